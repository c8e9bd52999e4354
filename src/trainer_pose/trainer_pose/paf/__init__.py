"""Pose of all people in an image by part affinity fields."""
