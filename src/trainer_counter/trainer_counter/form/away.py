"""How far into a movement somebody is, and where it begins and ends."""

import numpy as np

from trainer_counter.form.parts import difference, quantities

STILL = 0.1       # of the way to the far end: nearer to the start position is being in it
NAN = float('nan')


def seen_points(poses: np.ndarray, line: float) -> np.ndarray:
    """(..., 18, 2) px of poses (..., 18, 3); NaN where the confidence is below the line."""
    return np.where(poses[..., 2:] >= line, poses[..., :2], NAN)


class Away:
    """How far a pose is from the start position, as a share of the way to the far end.

    The share made of that way, or half of the distance by whatever way: in the middle of a burpee
    one crouches, which is no part of the way from standing to the plank, nor the start position.
    """

    def __init__(self, start: np.ndarray, far: np.ndarray):
        """start: (n, 18, 2) px, a few images; far: (18, 2) px."""
        found = quantities(start)
        known = np.isfinite(found).any(0)
        self._start = np.where(
            known, np.nanmedian(np.where(known, found, 0.0), 0), NAN)
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
