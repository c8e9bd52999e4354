"""Is this skeleton that body? Similarity, colours, and left and right kept apart."""

import cv2
import numpy as np

from trainer_core.skeleton import INDEX, LIMBS, MIRROR

_MIRROR = np.array(MIRROR)
_PAIRS = [(i, j) for i, j in enumerate(MIRROR) if i < j]


def _limbs(*names: str) -> np.ndarray:
    return np.array([INDEX[f'{side}_{n}'] for side in ('right', 'left') for n in names])


# What a network exchanges together: the whole body, an arm or a leg from some joint outwards.
_WHOLE = np.array([i for pair in _PAIRS for i in pair])
GROUPS = {
    'body': _WHOLE,
    'arms': _limbs('shoulder', 'elbow', 'wrist'), 'forearms': _limbs('elbow', 'wrist'),
    'hands': _limbs('wrist'),
    'legs': _limbs('hip', 'knee', 'ankle'), 'shins': _limbs('knee', 'ankle'),
    'feet': _limbs('ankle'),
}


def similarity(a: np.ndarray, b: np.ndarray, scale: float) -> float:
    """How well two poses (18, 3) agree, [0, 1]; scale: px, about the length of the torso.

    A Gaussian of each joint's distance, as in COCO's object keypoint similarity, with one width
    for all joints, over the joints that both have; few common joints give less.
    """
    both = (a[:, 2] > 0) & (b[:, 2] > 0)
    n = int(both.sum())
    if n == 0:
        return 0.0
    squared = ((a[both, :2] - b[both, :2]) ** 2).sum(1) / (0.4 * scale) ** 2
    return float(np.exp(-squared / 2).mean()) * min(n / 5, 1.0)


def overlap(a: np.ndarray, b: np.ndarray, scale: float) -> float:
    """Share [0, 1] of the joints of pose a (18, 3) that lie on the body of b, whichever joint they
    are taken for: within 0.3 scale (px) of one of its limbs.

    A network that is shown somebody upside down may take arms for legs: that is nobody else.
    """
    points = a[a[:, 2] > 0, :2]
    start, end = (b[list(ends)] for ends in zip(*LIMBS, strict=True))
    there = (start[:, 2] > 0) & (end[:, 2] > 0)
    start, along = start[there, :2], (end - start)[there, :2]
    if not len(points) or not len(start):
        return 0.0
    away = points[:, None] - start
    length = np.maximum((along ** 2).sum(-1), 1e-9)
    t = np.clip((away * along).sum(-1) / length, 0, 1)
    distance = np.hypot(*(away - t[..., None] * along).transpose(2, 0, 1)).min(1)
    return float((distance < 0.3 * scale).mean())


def same_body(a: np.ndarray, b: np.ndarray, scale_a: float, scale_b: float) -> bool:
    """Whether pose a is of the body that b is of: alike, or lying on it."""
    return (similarity(a, b, max(scale_a, scale_b)) > 0.3
            or overlap(a, b, min(scale_a, scale_b)) > 0.75)


def distinct(
    poses: np.ndarray, scores: np.ndarray, scales: np.ndarray, same: float = 0.5,
) -> list[int]:
    """Indices of the poses that are left when of two of the same body the better one stays."""
    kept: list[int] = []
    for i in np.argsort(-scores, kind='stable').tolist():
        if all(similarity(poses[i], poses[k], max(scales[i], scales[k])) < same for k in kept):
            kept.append(i)
    return kept


def disagreement(pose: np.ndarray, expected: np.ndarray, scale: float) -> np.ndarray:
    """For each joint (18,) the distance to where it is expected, in scales, at most 1.

    A joint that only one of the two poses has counts a third: it came, went or was exchanged.
    """
    mine, theirs = pose[:, 2] > 0, expected[:, 2] > 0
    away = pose[:, :2] - expected[:, :2]
    near = np.minimum(np.hypot(away[:, 0], away[:, 1]) / scale, 1.0)
    return np.where(mine & theirs, near, (mine ^ theirs) / 3)


def exchange(pose: np.ndarray, which: np.ndarray) -> np.ndarray:
    """The pose with left and right of some joints exchanged."""
    changed = pose.copy()
    changed[which] = pose[_MIRROR[which]]
    return changed


def exchanged(keep: np.ndarray, swap: np.ndarray, which: np.ndarray) -> bool:
    """True when these joints fit clearly better with left and right exchanged.

    keep, swap: disagreement of the pose and of the one with all joints exchanged.
    """
    kept, swapped = float(keep[which].sum()), float(swap[which].sum())
    return kept - swapped > 0.15 * len(which) / 2 + 0.1 and swapped < 0.6 * kept


def colours(picture: np.ndarray, pose: np.ndarray) -> np.ndarray | None:
    """Histogram (256,) of the clothes in the CIELAB space, normalised; None when no torso is found.

    picture: the region that was shown to the network, pose: in its px.
    """
    names = ('right_shoulder', 'left_shoulder', 'left_hip', 'right_hip')
    corners = pose[[INDEX[n] for n in names]]
    corners = corners[corners[:, 2] > 0, :2]
    if len(corners) < 2:
        return None
    x0, y0 = np.maximum(corners.min(0), 0).astype(int)
    x1, y1 = np.ceil(corners.max(0)).astype(int) + 1
    # From the side a torso is narrow: a little of what hangs around it does no harm.
    pad = max(0, int(0.15 * (y1 - y0)) - (x1 - x0) // 2)
    patch = picture[y0:y1, max(x0 - pad, 0):x1 + pad]
    if patch.size < 3 * 16:
        return None
    lab = cv2.cvtColor(patch, cv2.COLOR_BGR2LAB)
    histogram = cv2.calcHist([lab], [0, 1, 2], None, [4, 8, 8], [0, 256, 64, 192, 64, 192]).ravel()
    total = histogram.sum()
    return histogram / total if total > 0 else None


def colour_likeness(a: np.ndarray | None, b: np.ndarray | None) -> float:
    """Bhattacharyya coefficient [0, 1] of two histograms; 0.5 when one is not known."""
    return float(np.sqrt(a * b).sum()) if a is not None and b is not None else 0.5
