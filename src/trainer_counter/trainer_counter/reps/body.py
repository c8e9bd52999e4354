"""What a pose says about the body as a whole: its size in the picture, and single measurements.

Everything here is in an isotropic frame (pixels) and independent of where in the picture the
person is and of how large: lengths are given in statures, angles in degrees.
"""

import math
from collections.abc import Sequence

from trainer_core.skeleton import INDEX

Pose = Sequence[Sequence[float]]  # 18 rows of x, y, confidence; plain lists are fastest here

# Lengths of body segments as shares of the stature. Source: Drillis and Contini (1966), as given
# by Winter, Biomechanics and Motor Control of Human Movement; the torso is shoulder to hip.
SEGMENTS = tuple(
    (INDEX[f'{side}_{a}'], INDEX[f'{side}_{b}'], share)
    for side in ('left', 'right')
    for a, b, share in (
        ('shoulder', 'elbow', 0.186), ('elbow', 'wrist', 0.146), ('shoulder', 'hip', 0.288),
        ('hip', 'knee', 0.245), ('knee', 'ankle', 0.246)))

NAN = float('nan')
NARROW = 0.09  # statures between the shoulders, of about 0.2, below which one is seen from the side
_NECK = INDEX['neck']
_SHOULDERS = INDEX['left_shoulder'], INDEX['right_shoulder']
_HIPS = INDEX['left_hip'], INDEX['right_hip']


def stature(pose: Pose, min_confidence: float) -> float:
    """Height of the person in pixels if standing upright, from whatever segments are seen.

    Perspective can only shorten a segment, so the long ones are believed: the third longest of
    the ten, which survives two that the pose network stretched. NaN with fewer than two: of
    somebody behind a bar or a machine, often no more than a thigh and a shank are seen.
    """
    lengths = sorted(
        (math.dist(pose[a][:2], pose[b][:2]) / share for a, b, share in SEGMENTS
         if pose[a][2] >= min_confidence and pose[b][2] >= min_confidence), reverse=True)
    if len(lengths) < 2:
        return NAN
    return lengths[min(2, len(lengths) // 3)]


def angle(pose: Pose, a: int, b: int, c: int) -> float:
    """Angle at b between b->a and b->c, degrees [0, 180]."""
    ux, uy = pose[a][0] - pose[b][0], pose[a][1] - pose[b][1]
    vx, vy = pose[c][0] - pose[b][0], pose[c][1] - pose[b][1]
    if (ux == 0 and uy == 0) or (vx == 0 and vy == 0):
        return NAN
    return math.degrees(math.atan2(abs(ux * vy - uy * vx), ux * vx + uy * vy))


def tilt(pose: Pose, a: int, b: int) -> float:
    """Angle between a->b and straight up in the picture, degrees [0, 180]."""
    x, y = pose[b][0] - pose[a][0], pose[a][1] - pose[b][1]
    return NAN if x == 0 and y == 0 else math.degrees(math.atan2(abs(x), y))


def across(pose: Pose, stature: float, line: float) -> float:
    """How far the left shoulder is from the right one across the trunk, statures.

    Above 0 from the front, below from behind; NaN where the trunk is not seen. stature in px.
    """
    neck, (left, right) = pose[_NECK], (pose[i] for i in _SHOULDERS)
    hips = [pose[i] for i in _HIPS if pose[i][2] >= line]
    if not hips or neck[2] < line:
        return NAN
    if min(left[2], right[2]) < line:
        return 0.0  # the other one is behind the body
    ux = neck[0] - sum(h[0] for h in hips) / len(hips)
    uy = neck[1] - sum(h[1] for h in hips) / len(hips)
    long = math.hypot(ux, uy) * stature
    return (ux * (left[1] - right[1]) - uy * (left[0] - right[0])) / long if long else NAN


def view(across: float) -> str:
    """From where somebody is seen whose shoulders are so far `across`: front, side or back."""
    if across != across:
        return ''
    return 'side' if abs(across) < NARROW else 'front' if across > 0 else 'back'
