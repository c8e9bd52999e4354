"""Dynamic time warping of a repetition with the baseline."""

import numpy as np
from dtaidistance import dtw

from trainer_counter.form.baseline import PHASES
from trainer_counter.form.parts import TORSO

SEEN = 0.5            # rad in the picture per rad of the joint: less is not judged from this view


def between(person: np.ndarray) -> np.ndarray:
    """(n, parts) whether an image is within the first and the last in which a part was seen."""
    known = np.isfinite(person)
    return np.maximum.accumulate(known, 0) & np.maximum.accumulate(known[::-1], 0)[::-1]


def path(person: np.ndarray, baseline: np.ndarray, judged: np.ndarray) -> list[tuple[int, int]]:
    """The warping path of all judged parts together: pairs of image and phase."""
    a = person[:, judged]
    b = baseline[:, judged]
    if judged[TORSO]:
        a = a.copy()
        a[:, -1] = b[0, -1] + (a[:, -1] - b[0, -1] + np.pi) % (2 * np.pi) - np.pi
    keep = np.isfinite(a).all(0)
    if keep.sum() == 1:  # the library wants a single part as numbers
        a, b = np.ascontiguousarray(a[:, keep][:, 0]), np.ascontiguousarray(b[:, keep][:, 0])
        return dtw.warping_path_fast(a, b)
    a, b = np.ascontiguousarray(a[:, keep]), np.ascontiguousarray(b[:, keep])
    return dtw.warping_path_fast(a, b, use_ndim=True)


def distance(person: np.ndarray, baseline: np.ndarray) -> float:
    """DTW distance of one part per step, rad in the picture."""
    a, b = np.ascontiguousarray(person), np.ascontiguousarray(baseline)
    return float(dtw.distance_fast(a, b) / np.sqrt(max(len(a), len(b))))


def whole(sensitivity: np.ndarray) -> np.ndarray:
    """(...,) rad in the picture per rad of the joint, over phases (n, ...), within reason."""
    return np.clip(np.median(sensitivity, 0), SEEN, 1.3)


def moments(far: int) -> tuple[np.ndarray, ...]:
    """Phases of start, way out, far end, way back and end."""
    last = PHASES - 1
    edge = max(3, min(far, last - far) // 4)
    return (np.arange(0, edge), np.arange(edge, max(far - edge, edge + 1)),
            np.arange(max(far - edge, 0), min(far + edge + 1, PHASES)),
            np.arange(min(far + edge + 1, last - edge), last - edge + 1),
            np.arange(last - edge + 1, PHASES))
