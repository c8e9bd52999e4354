"""Regions of interest: which part of the picture the network looks at, how large and how turned.

The network knows people who stand. So a body that lies or hangs is turned until its torso is
upright in the network's input; turning is a rotation, never a mirroring, so that left stays left.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from trainer_core.skeleton import INDEX

_GREY = (128, 128, 128)  # outside of the picture, as in training
_NECK, _NOSE = INDEX['neck'], INDEX['nose']
_SHOULDERS = [INDEX['right_shoulder'], INDEX['left_shoulder']]
_HIPS = [INDEX['right_hip'], INDEX['left_hip']]
_KNEES = [INDEX['right_knee'], INDEX['left_knee']]
_HEAD = [INDEX[n] for n in ('nose', 'right_eye', 'left_eye', 'right_ear', 'left_ear')]
# What is beyond the last joint found: missing, nearest found, the one before it, share of length
_BEYOND = tuple(
    (INDEX[f'{side}_{c}'], INDEX[f'{side}_{b}'], INDEX[f'{side}_{a}'], share)
    for side in ('right', 'left')
    for a, b, c, share in (
        ('shoulder', 'elbow', 'wrist', 0.9), ('hip', 'knee', 'ankle', 1.0)))


@dataclass(frozen=True)
class Roi:
    """A turned rectangle of the picture."""

    x: float  # centre, px of the picture
    y: float
    scale: float  # px of the input per px of the picture
    angle: float  # rad, clockwise: direction in the picture that becomes up in the input
    width: int  # px of the input
    height: int

    def matrix(self) -> np.ndarray:
        """(2, 3): picture to input, px."""
        c, s = self.scale * math.cos(self.angle), self.scale * math.sin(self.angle)
        return np.array([
            [c, s, (self.width - 1) / 2 - c * self.x - s * self.y],
            [-s, c, (self.height - 1) / 2 + s * self.x - c * self.y]])

    def crop(self, picture: np.ndarray) -> np.ndarray:
        """The region as (height, width, 3) uint8, grey where the picture ends."""
        m, shrink = self.matrix(), int(1 / self.scale)
        if shrink > 1:
            # Bilinear sampling would skip pixels and flicker: average blocks of them first, only
            # where the region is.
            corners = self._corners()
            x0, y0 = np.maximum(np.floor(corners.min(0)) - shrink, 0).astype(int)
            x1, y1 = np.ceil(corners.max(0)).astype(int) + shrink
            part = picture[y0:y1, x0:x1]
            h, w = part.shape[0] // shrink, part.shape[1] // shrink
            if h == 0 or w == 0:
                return np.full((self.height, self.width, 3), 128, np.uint8)
            part = cv2.resize(
                part[:h * shrink, :w * shrink], (w, h), interpolation=cv2.INTER_AREA)
            # picture = (small + 0.5) * shrink - 0.5 + corner
            offset = np.array([x0, y0]) + (shrink - 1) / 2
            m = np.hstack([m[:, :2] * shrink, (m[:, :2] @ offset + m[:, 2])[:, None]])
            picture = part
        return cv2.warpAffine(
            picture, m, (self.width, self.height), flags=cv2.INTER_LINEAR, borderValue=_GREY)

    def to_picture(self, poses: np.ndarray) -> np.ndarray:
        """Poses (..., 3) of the input in px of the picture; missing keypoints stay zero."""
        m = cv2.invertAffineTransform(self.matrix())
        moved = poses.copy()
        moved[..., :2] = np.where(
            poses[..., 2:] > 0, poses[..., :2] @ m[:, :2].T + m[:, 2], 0.0)
        return moved

    def _corners(self) -> np.ndarray:
        m = cv2.invertAffineTransform(self.matrix())
        w, h = self.width, self.height
        return np.array([[0, 0], [w, 0], [0, h], [w, h]]) @ m[:, :2].T + m[:, 2]


def whole(width: int, height: int, size: int, quarter: int) -> Roi:
    """All of a picture of width x height px in a square input of size px, turned by quarter * 90
    degrees. Square for every picture, because an engine compiles the network once per shape."""
    return Roi(
        (width - 1) / 2, (height - 1) / 2, size / max(width, height), quarter * math.pi / 2,
        size, size)


def around(
    pose: np.ndarray, angle: float, size: int, picture: tuple[int, int], fill: float = 0.85,
    least: float = 0.0,
) -> Roi:
    """A square region of size px that the body fills to the share `fill`.

    pose: (18, 3) px of the picture, turned by angle (rad); picture: its (width, height); least: the
    side of the region is at least this many px of the picture.
    """
    points = np.vstack([pose[pose[:, 2] > 0, :2], _not_found(pose, picture)])
    c, s = math.cos(angle), math.sin(angle)
    turned = points @ np.array([[c, -s], [s, c]])
    low, high = turned.min(0), turned.max(0)
    # Ears are well below the top of the head, as ankles are above the toes; hands add to wrists.
    scale = body_scale(pose)
    extent = max(float((high - low).max()) + 0.42 * scale, 2.4 * scale)
    middle = (low + high) / 2
    x, y = middle @ np.array([[c, s], [-s, c]])
    side = max(extent / fill, least, 16.0)
    return Roi(float(x), float(y), size / side, angle, size, size)


def _not_found(pose: np.ndarray, picture: tuple[int, int]) -> np.ndarray:
    """Where hands and feet would be that were not found, as far as they are in the picture."""
    points = []
    for missing, near, before, share in _BEYOND:
        if pose[missing, 2] == 0 and pose[near, 2] > 0 and pose[before, 2] > 0:
            points.append(pose[near, :2] + share * (pose[near, :2] - pose[before, :2]))
    up = axis(pose)
    if up is not None:
        for hip, knee in zip(_HIPS, _KNEES, strict=True):
            if pose[hip, 2] > 0 and pose[knee, 2] == 0:
                points.append(pose[hip, :2] - 1.2 * up)
        chest = _centre(pose, [_NECK, *_SHOULDERS])
        if chest is not None and not pose[_HIPS + _KNEES, 2].any():
            points.append(chest - 1.5 * up)
    if not points:
        return np.zeros((0, 2))
    return np.clip(np.array(points), 0, np.array(picture) - 1)


def axis(pose: np.ndarray) -> np.ndarray | None:
    """Vector (2,) px from the hips to the neck, or the best guess from what there is; else None."""
    top = _centre(pose, [_NECK] if pose[_NECK, 2] > 0 else _SHOULDERS)
    hips = _centre(pose, _HIPS)
    if top is not None and hips is not None:
        return top - hips
    knees, head = _centre(pose, _KNEES), _centre(pose, _HEAD)
    if top is not None and head is not None:
        return 1.5 * (head - top)
    if top is not None and knees is not None:
        return 0.55 * (top - knees)
    if hips is not None and head is not None:
        return 0.7 * (head - hips)
    return None


def turn(pose: np.ndarray) -> float:
    """Angle (rad) from straight up to the axis of the torso, clockwise positive; NaN = unknown."""
    up = axis(pose)
    return math.atan2(up[0], -up[1]) if up is not None and up.any() else math.nan


def body_scale(pose: np.ndarray) -> float:
    """About the length of the torso (px), also when it is seen end on or not at all."""
    found = pose[pose[:, 2] > 0, :2]
    if len(found) < 2:
        return 1.0
    up = axis(pose)
    lengths = [0.25 * float(np.hypot(*(found.max(0) - found.min(0))))]
    if up is not None:
        lengths.append(float(np.hypot(*up)))
    if pose[_SHOULDERS, 2].all():
        lengths.append(1.2 * float(np.hypot(*(pose[_SHOULDERS[0], :2] - pose[_SHOULDERS[1], :2]))))
    return max(*lengths, 1.0)


def _centre(pose: np.ndarray, which: list[int]) -> np.ndarray | None:
    # Not by numpy, which takes five times as long for so few, and this is asked all the time.
    points = [(x, y) for x, y, confidence in pose[which].tolist() if confidence > 0]
    if not points:
        return None
    return np.array([sum(values) / len(points) for values in zip(*points, strict=True)])
