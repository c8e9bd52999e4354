"""Sees: camera, part affinity field pose, identity."""
