"""Where points of the picture are in the frame of the camera: x right, y down, z away from it."""

from dataclasses import dataclass

import cv2
import numpy as np

# How many numbers of CameraInfo.d each model that OpenCV knows takes, at least.
_MODELS = {'plumb_bob': 4, 'rational_polynomial': 8, 'equidistant': 4}


@dataclass(frozen=True)
class Camera:
    """A calibration as in sensor_msgs/CameraInfo; pixels of a picture of width x height."""

    width: int
    height: int
    k: tuple[float, ...]  # 9, row by row
    d: tuple[float, ...] = ()
    model: str = 'plumb_bob'

    @property
    def calibrated(self) -> bool:
        return len(self.k) == 9 and self.k[0] > 0 and self.k[4] > 0


@dataclass(frozen=True)
class Place:
    """Turns pixels into metres for one person, who stands in a plane parallel to the picture.

    Calibrated: at the depth at which a person of that stature looks as large as this one.
    Otherwise the picture itself, `picture_height` m high, as far away as it is high.
    """

    width: int
    height: int
    depth: float              # m
    camera: Camera | None     # None = uncalibrated
    picture_height: float     # m

    @property
    def metres(self) -> float:
        """Of one pixel."""
        if self.camera is None:
            return self.picture_height / self.height
        return self.depth / (self.camera.k[4] * self.height / self.camera.height)

    def points(self, pixels: np.ndarray) -> np.ndarray:
        """(n, 2) px to (n, 3) m."""
        xy = np.asarray(pixels, float).reshape(-1, 2)
        if self.camera is None:
            plane = (xy - (self.width / 2, self.height / 2)) * self.metres
            return np.column_stack([plane, np.full(len(xy), self.depth)])
        rays = _rays(xy * (self.camera.width / self.width, self.camera.height / self.height),
                     self.camera)
        return np.column_stack([rays * self.depth, np.full(len(xy), self.depth)])


def place(
    width: int, height: int, camera: Camera | None, stature_px: float, stature: float,
    picture_height: float,
) -> Place:
    """For a person who would be stature_px high standing in this picture, and is stature (m)."""
    if camera is None or not camera.calibrated or not stature_px > 0:
        return Place(width, height, picture_height, None, picture_height)
    focal = camera.k[4] * height / camera.height
    return Place(width, height, focal * stature / stature_px, camera, picture_height)


def _rays(pixels: np.ndarray, camera: Camera) -> np.ndarray:
    """(n, 2) px to x, y at depth 1, without the distortion of the lens."""
    k = np.reshape(camera.k, (3, 3)).astype(float)
    d = np.array(camera.d, float)
    if not len(pixels) or len(d) < _MODELS.get(camera.model, 99) or not d.any():
        return (pixels - k[:2, 2]) / (k[0, 0], k[1, 1])
    undistort = cv2.fisheye.undistortPoints if camera.model == 'equidistant' else (
        cv2.undistortPoints)
    return undistort(pixels.reshape(-1, 1, 2), k, d).reshape(-1, 2)
