"""Draws the athlete: a skinned mesh, the scene behind it, shadows and sensor noise."""
