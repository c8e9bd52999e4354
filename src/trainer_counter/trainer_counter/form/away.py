"""How far into a movement somebody is, and where it begins and ends."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from trainer_counter.form.parts import difference, median, quantities

STILL = 0.1       # of the way to the far end: nearer to the start position is being in it
SPIKE = 0.2       # s: what a keypoint does for less than half of it was not seen but imagined
RATE = 30.0       # images a second that are enough to see where a movement turns
FEW = 1.5 / RATE  # s between images that are not
NAN = float('nan')


def seen_points(poses: np.ndarray, line: float) -> np.ndarray:
    """(..., 18, 2) px of poses (..., 18, 3); NaN where the confidence is below the line."""
    return np.where(poses[..., 2:] >= line, poses[..., :2], NAN)


def steadied(points: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Points (n, 18, 2) px at times (n,) s without the leaps of a pose network; NaN stays."""
    width = 2 * round(0.5 * SPIKE / max(float(np.median(np.diff(times))), 0.01)) + 1
    filled, there = _bridged(points, times)
    around = np.concatenate([filled[:1].repeat(width // 2, 0), filled,
                             filled[-1:].repeat(width // 2, 0)])
    # Sorting so few is quicker than any filter of a library.
    smooth = np.sort(sliding_window_view(around, width, axis=0))[..., width // 2]
    return np.where(there, smooth, NAN).reshape(points.shape)


def denser(points: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 18, 2) px at times (n,) s, and those times, with some in between where n is small.

    They lie on curves through what was seen (cubic, Catmull-Rom): where a movement turns is seldom
    in one of few images. What was not seen in the nearest image stays NaN.
    """
    if np.median(np.diff(times)) < FEW:
        return points, times
    times, first = np.unique(times, return_index=True)
    filled, there = _bridged(points[first], times)
    slopes = np.gradient(filled, times, axis=0)
    wanted = np.arange(times[0], times[-1] + 0.5 / RATE, 1 / RATE)
    wanted[-1] = times[-1]
    i = np.clip(np.searchsorted(times, wanted, 'right') - 1, 0, len(times) - 2)
    gap = (times[i + 1] - times[i])[:, None]
    t = (wanted - times[i])[:, None] / gap
    between = (
        (1 + 2 * t) * (1 - t) ** 2 * filled[i] + t * (1 - t) ** 2 * gap * slopes[i]
        + t ** 2 * (3 - 2 * t) * filled[i + 1] - t ** 2 * (1 - t) * gap * slopes[i + 1])
    seen = np.where(t < 0.5, there[i], there[i + 1])
    return np.where(seen, between, NAN).reshape(-1, *points.shape[1:]), wanted


def _bridged(points: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 18, 2) as (n, 36) with straight lines over what was not seen, and what was."""
    flat = points.reshape(len(points), -1)
    there = np.isfinite(flat)
    filled = np.where(there, flat, 0.0)
    for i in np.flatnonzero(there.any(0) & ~there.all(0)):
        filled[:, i] = np.interp(times, times[there[:, i]], flat[there[:, i], i])
    return filled, there


class Away:
    """How far a pose is from the start position, as a share of the way to the far end.

    The share made of that way, or half of the distance by whatever way: in the middle of a burpee
    one crouches, which is no part of the way from standing to the plank, nor the start position.
    """

    def __init__(self, start: np.ndarray, far: np.ndarray):
        """start: (n, 18, 2) px, a few images; far: (18, 2) px."""
        self._start = median(quantities(start))
        self._way = difference(quantities(far), self._start)
        # Parts that hardly move say nothing but noise.
        self._main = np.abs(self._way) > 0.3 * np.nanmax(np.abs(self._way), initial=0)

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(...,) of poses (..., 18, 2) px; NaN where nothing that moves is seen."""
        off = difference(quantities(points), self._start)
        seen = np.isfinite(off) & np.isfinite(self._way)
        main = seen & self._main
        off, way = np.where(seen, off, 0.0), np.where(seen, self._way, 0.0)
        length = (np.where(main, way, 0.0) ** 2).sum(-1)
        share = (np.where(main, off * way, 0.0)).sum(-1) / np.maximum(length, 1e-9)
        by_any = 0.5 * np.sqrt((off ** 2).sum(-1) / np.maximum((way ** 2).sum(-1), 1e-9))
        return np.where(main.any(-1), np.maximum(share, by_any), NAN)


def furthest(points: np.ndarray) -> int:
    """The image of one repetition, steadied (n, 18, 2) px, in the middle of being furthest away."""
    known = np.isfinite(points[..., 0]).mean(0) > 0.5
    if not known.any() or len(points) < 3:
        return len(points) // 2
    seen = points[:, known]
    filled = np.where(np.isfinite(seen), seen, np.nanmedian(seen, 0))
    few = max(len(points) // 10, 1)
    away = [np.linalg.norm(filled - np.median(end, 0), axis=-1).mean(1)
            for end in (filled[:few], filled[-few:])]
    # It comes back: what is far from the first images alone is how somebody stopped.
    both = np.minimum(*away)
    return int(np.median(np.flatnonzero(both >= 0.95 * both.max())))


def cut(points: np.ndarray, far: int) -> tuple[int, int]:
    """First and last image of the movement in (n, 18, 2) px, without standing still around it.

    far: the image that is furthest from the start position. One who does not come all the way
    back has moved until they were nearest.
    """
    away = Away(points[:3], points[far])(points)
    before = np.flatnonzero(away[:far] < STILL)
    after = np.flatnonzero(away[far + 1:] < STILL)
    start = int(before[-1]) if len(before) else 0
    if len(after):
        return start, far + 1 + int(after[0])
    rest = np.where(np.isfinite(away[far + 1:]), away[far + 1:], 9.0)
    return start, far + 1 + int(np.argmin(rest)) if len(rest) else len(points) - 1
