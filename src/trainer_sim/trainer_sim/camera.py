"""A pinhole camera that looks at a point of the scene."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Camera:
    """View of the athlete's place; angles in degrees, lengths in m."""

    yaw: float = 30.0        # 0 sees the front of somebody who faces 0, 90 the left side
    pitch: float = 6.0       # above the level of the target, positive looks down
    distance: float = 3.8    # from the target
    height: float = 0.9      # of the target above the floor
    x: float = 0.0           # of the target on the floor
    y: float = 0.0
    fov: float = 45.0        # vertical field of view
    roll: float = 0.0        # of the picture, clockwise

    def frame(self) -> tuple[np.ndarray, np.ndarray]:
        """Place (3,) and axes (3, 3) of the camera: rows are right, down, forward in the world."""
        yaw, pitch, roll = np.radians([self.yaw, self.pitch, self.roll])
        back = np.array([np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), np.sin(pitch)])
        forward = -back
        right = np.array([-np.sin(yaw), np.cos(yaw), 0.0])
        down = np.cross(forward, right)
        right, down = (np.cos(roll) * right - np.sin(roll) * down,
                       np.sin(roll) * right + np.cos(roll) * down)
        place = np.array([self.x, self.y, self.height]) + self.distance * back
        return place, np.stack([right, down, forward])

    def focal(self, height: int) -> float:
        """Focal length in pixels of a picture of this height."""
        return height / 2 / float(np.tan(np.radians(self.fov) / 2))

    def project(self, points: np.ndarray, width: int, height: int) -> np.ndarray:
        """Pixels and depth (..., 3) of points (..., 3) m; depth <= 0 is behind the camera."""
        place, axes = self.frame()
        local = (points - place) @ axes.T
        depth = np.maximum(local[..., 2:], 1e-3)
        xy = local[..., :2] / depth * self.focal(height) + [width / 2, height / 2]
        return np.concatenate([xy, local[..., 2:]], -1)
