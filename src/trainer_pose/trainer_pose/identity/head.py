"""Where the face of a body is: from the keypoints of the head, and of the body for its size.

Lengths are in eye distances: the distance between the pupils, 63 mm in the mean adult. The others
follow from it: ears 2.3, nose to between the eyes 0.7, neck (between the shoulders) to nose 3.6,
shoulders 5.8, neck to hips 7.6 (means of adults, rounded).
"""

import math
from dataclasses import dataclass

import numpy as np

from trainer_core.skeleton import INDEX
from trainer_pose.paf.roi import Roi, axis

EYES_IN_CROP = 50.0  # px, so that a face is about 110 px: dlib's detector sees those from 80 on
_NOSE, _NECK = INDEX['nose'], INDEX['neck']
_EYES = [INDEX['right_eye'], INDEX['left_eye']]
_EARS = [INDEX['right_ear'], INDEX['left_ear']]
_SHOULDERS = [INDEX['right_shoulder'], INDEX['left_shoulder']]


@dataclass(frozen=True)
class Head:
    """A head that may show its face."""

    x: float  # centre of the face, px of the picture
    y: float
    eyes: float  # px between the eyes, estimated
    angle: float  # rad, clockwise from straight up to the top of the head

    def region(self, wide: bool = False) -> Roi:
        """A square with the face upright in it.

        wide: more around it and larger, for keypoints that are off.
        """
        side, eyes = (448, 70.0) if wide else (256, EYES_IN_CROP)
        return Roi(self.x, self.y, eyes / max(self.eyes, 1.0), self.angle, side, side)


def find_head(pose: np.ndarray, least: float = 0.2) -> Head | None:
    """The head of a pose (18, 3) px of the picture; None when it is not seen or turned away.

    least: confidence of a keypoint that is used. A face needs the nose and an eye.
    """
    there = pose[:, 2] >= least
    if not there[_NOSE] or not there[_EYES].any():
        return None
    xy = pose[:, :2]
    lengths = [_length(xy[_NOSE] - xy[_EYES][there[_EYES]].mean(0)) / 0.7]
    across = []
    for pair, part in ((_EYES, 1.0), (_EARS, 2.3)):
        if there[pair].all():
            across.append(xy[pair[1]] - xy[pair[0]])
            lengths.append(_length(across[-1]) / part)
    if there[_NECK]:
        lengths.append(_length(xy[_NOSE] - xy[_NECK]) / 3.6)
    # What is seen end on looks short, so the longest is nearest to the truth; the body says how
    # far a head that was misplaced may be off.
    eyes = max(lengths)
    body = []
    if there[_SHOULDERS].all():
        body.append(_length(xy[_SHOULDERS[0]] - xy[_SHOULDERS[1]]) / 5.8)
    torso = axis(np.where(there[:, None], pose, 0.0))
    if torso is not None:
        body.append(_length(torso) / 7.6)
    if body:
        eyes = min(max(eyes, 0.6 * max(body)), 1.7 * max(body))
    used = [_NOSE, *(k for k in (*_EYES, *_EARS) if there[k])]
    x, y = xy[used].mean(0)
    return Head(float(x), float(y), float(eyes), _turned(xy, there, across, torso))


def _turned(
    xy: np.ndarray, there: np.ndarray, across: list[np.ndarray], torso: np.ndarray | None,
) -> float:
    """rad; the line of the eyes and ears tells best, unless it says that the head is on its head
    while the nose is above the neck."""
    up = np.zeros(2)
    if there[_NECK]:
        up = _unit(xy[_NOSE] - xy[_NECK])
    elif torso is not None:
        up = _unit(torso)
    for line in across:
        # From the right to the left eye, seen from in front, is from left to right.
        vector = _unit(np.array([line[1], -line[0]]))
        if not up.any() or vector @ up > 0.3:
            up = 0.3 * up + vector
    return math.atan2(up[0], -up[1]) if up.any() else 0.0


def _length(v: np.ndarray) -> float:
    return float(np.hypot(v[0], v[1]))


def _unit(v: np.ndarray) -> np.ndarray:
    length = _length(v)
    return v / length if length > 0 else np.zeros(2)
