"""Body parts that are judged: quantities that do not depend on body size, distance or place."""

import numpy as np

from trainer_core.angles import JOINTS
from trainer_core.angles import angle as angle_between
from trainer_core.skeleton import INDEX

PARTS = (*JOINTS, 'torso')
TORSO = len(JOINTS)
MOMENTS = 5        # start, out, far end, back, end
PAIRS = tuple((i, PARTS.index('right' + name[4:]))
              for i, name in enumerate(PARTS) if name.startswith('left'))
_POINTS = np.array([[INDEX[p] for p in points] for points in JOINTS.values()])
_NECK, _HIPS = INDEX['neck'], [INDEX['left_hip'], INDEX['right_hip']]


def quantities(points: np.ndarray, facing: float = 1.0) -> np.ndarray:
    """(..., parts) rad of keypoints (..., 18, 2) in pixels, y down; NaN where one is not seen.

    The joints' angles in [0, pi], then how far the torso leans the way the person faces, in
    (-pi, pi]. facing: 1 where the person faces the image's right, -1 the left.
    """
    a, b, c = (points[..., _POINTS[:, i], :] for i in range(3))
    joints = np.where(
        np.isfinite(a + b + c).all(-1), angle_between(a, b, c), np.nan)
    up = points[..., _NECK, :] - points[..., _HIPS, :].mean(-2)
    lean = np.arctan2(facing * up[..., 0], -up[..., 1])
    return np.concatenate([joints, lean[..., None]], -1)


def difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a - b (..., parts), the torso's the short way round."""
    d = a - b
    d[..., TORSO] = (d[..., TORSO] + np.pi) % (2 * np.pi) - np.pi
    return d


def direction(part: int, excess: float) -> str:
    """What to do about a part whose quantity is too large (excess > 0) or too small."""
    name = PARTS[part]
    if name == 'torso':
        return 'back' if excess > 0 else 'forward'
    if name.endswith('shoulder'):
        return 'lower' if excess > 0 else 'raise'
    return 'bend' if excess > 0 else 'straighten'
