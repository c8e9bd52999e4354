"""Body parts that are judged: quantities that do not depend on body size, distance or place."""

import numpy as np

from trainer_core.angles import JOINTS
from trainer_core.angles import angle as angle_between
from trainer_core.skeleton import INDEX

PARTS = (*JOINTS, 'torso')
TORSO = len(JOINTS)
GUESSED = 0.45     # of the confidence of the best seen point: below, a point is but a guess
FRONTAL = 0.1      # of the torso's length that the nose of one who looks at the camera is off
MOMENTS = 5        # start, out, far end, back, end
PAIRS = tuple((i, PARTS.index('right' + name[4:]))
              for i, name in enumerate(PARTS) if name.startswith('left'))
_POINTS = np.array([[INDEX[p] for p in points] for points in JOINTS.values()])
_NOSE, _NECK, _HIPS = INDEX['nose'], INDEX['neck'], [INDEX['left_hip'], INDEX['right_hip']]


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


def sure(confidence: np.ndarray) -> np.ndarray:
    """(parts,) share of the images in which a part was seen and not only guessed.

    confidence: (n, 18). What is behind the body has a place, too, but an unsure one; how sure a
    pose network is of what it sees is its own matter, so it is measured by its best point.
    """
    there = confidence >= GUESSED * np.median(confidence.max(1))
    joints = there[:, _POINTS].all(-1).mean(0)
    return np.append(joints, there[:, [_NECK, *_HIPS]].all(-1).mean())


def difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a - b (..., parts), the torso's the short way round."""
    d = a - b
    d[..., TORSO] = (d[..., TORSO] + np.pi) % (2 * np.pi) - np.pi
    return d


def median(values: np.ndarray) -> np.ndarray:
    """Over the first axis of (n, ...), of those that are not NaN; as nanmedian, but quick."""
    ordered = np.sort(values, 0)  # NaN last
    count = np.isfinite(values).sum(0)
    low, high = (np.take_along_axis(ordered, at[None], 0)[0] for at in (
        np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(values) - 1)))
    return (low + high) / 2


def direction(part: int, excess: float) -> str:
    """What to do about a part whose quantity is too large (excess > 0) or too small."""
    name = PARTS[part]
    if name == 'torso':
        return 'back' if excess > 0 else 'forward'
    if name.endswith('shoulder'):
        return 'lower' if excess > 0 else 'raise'
    return 'bend' if excess > 0 else 'straighten'


def corrected(kind: str, sides: tuple[str, ...]) -> tuple[str, ...]:
    """The parts that are spoken of for a kind of part that was seen on some sides."""
    if kind == 'torso':
        return ('torso',)
    # How far the shoulders are from the ears is up to both.
    return ('left_shoulder', 'right_shoulder') if kind == 'neck' else tuple(
        f'{side}_{kind}' for side in sides)


def way(kind: str, excess: float) -> str:
    """What to do about a kind of part of which a quantity is too large (> 0) or too small."""
    if kind == 'neck':
        return 'raise' if excess > 0 else 'lower'
    return direction(PARTS.index(corrected(kind, ('left',))[0]), excess)


def facing(points: np.ndarray) -> float:
    """-1 where a person (n, 18, 2) px looks to the image's left, else 1: by the nose.

    One who looks at the camera looks to the right.
    """
    ahead = points[:, _NOSE, 0] - points[:, _NECK, 0]
    torso = np.linalg.norm(points[:, _HIPS].mean(1) - points[:, _NECK], axis=-1)
    known = np.isfinite(ahead + torso)
    return -1.0 if known.any() and np.median((ahead / torso)[known]) < -FRONTAL else 1.0
