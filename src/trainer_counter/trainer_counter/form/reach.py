"""How far the parts go in a repetition, and how far they may go: learned from real people.

A part has two numbers, its least and its greatest quantity: so one that should stay still and
swings, one that does not go far enough, and one that goes too far are all seen, and in degrees that
mean something to people. They are of the picture: they serve people seen from the same side as
those who showed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from trainer_core.skeleton import INDEX
from trainer_counter.form.away import seen_points
from trainer_counter.form.parts import PARTS, TORSO, facing, quantities

# The neck is the height of the ears over the shoulders: what a shrug is about.
KINDS = ('elbow', 'shoulder', 'hip', 'knee', 'torso', 'neck')
RATE = 30.0        # images a second at which the curves are smoothed
SPIKE = 7          # images: shorter leaps are errors of the pose network
SOFT = 1.5         # images, sigma of the smoothing
EDGE = 3           # percent of the images that may go further
KNOWN = 0.4        # share of the images in which a part must be seen
NEAR = 0.8         # of the better seen side: the other is used, too, if it is seen that well
FLOOR = 0.08       # rad by which good repetitions differ, however few were seen
MOST = 3.0         # spreads that a good one may be off, where no bad ones were seen
RIDGE = 0.1        # how little is believed of a few repetitions
_BELL = np.exp(-0.5 * (np.arange(-6, 7) / SOFT) ** 2)
_BELL /= _BELL.sum()
_SIDES = ('left', 'right')
_EARS, _NECK = [INDEX['left_ear'], INDEX['right_ear']], INDEX['neck']
_HIPS = [INDEX['left_hip'], INDEX['right_hip']]
_SEEN_BY = {side: [INDEX[f'{side}_{p}'] for p in ('shoulder', 'elbow', 'wrist', 'hip')]
            for side in _SIDES}


@dataclass(frozen=True)
class Reach:
    """Of one repetition: values (kinds, 2), least and greatest, rad; NaN: not seen.

    moments: (kinds, 2) s at which that was. sides: those that were seen well.
    """

    values: np.ndarray
    moments: np.ndarray
    sides: tuple[str, ...]


def reach(times: np.ndarray, poses: np.ndarray, line: float) -> Reach:
    """How far the parts go in poses (n, 18, 3) px and confidence at times (n,) s."""
    points = seen_points(poses, line)
    sides = _well_seen(poses, points)
    even = np.arange(times[0], times[-1] + 0.5 / RATE, 1 / RATE)
    each = quantities(points, facing(points))
    curves = [np.stack([each[:, PARTS.index(f'{side}_{kind}')] for side in sides])
              for kind in KINDS[:4]] + [each[None, :, TORSO], _neck(points)[None]]
    values, moments = np.full((len(KINDS), 2), np.nan), np.full((len(KINDS), 2), np.nan)
    for i, curve in enumerate(curves):
        smooth = [s for s in (_smooth(c, times, even) for c in curve) if s is not None]
        if smooth:
            mean = np.mean(smooth, 0)
            values[i] = np.percentile(mean, (EDGE, 100 - EDGE))
            moments[i] = even[[int(np.argmin(mean)), int(np.argmax(mean))]]
    return Reach(values, moments, sides)


def _well_seen(poses: np.ndarray, points: np.ndarray) -> tuple[str, ...]:
    seen = np.where(np.isfinite(points[..., 0]), poses[..., 2], 0.0).mean(0)
    of = {side: float(seen[of_side].mean()) for side, of_side in _SEEN_BY.items()}
    return tuple(side for side in _SIDES if of[side] >= NEAR * max(of.values()))


def _neck(points: np.ndarray) -> np.ndarray:
    """(n,) distance of the ears from the neck, in lengths of the torso: as an angle, about rad."""
    ears = points[:, _EARS]
    there = np.isfinite(ears)
    head = np.where(there, ears, 0).sum(1) / np.where(there.any(1), there.sum(1), np.nan)
    torso = np.linalg.norm(points[:, _NECK] - points[:, _HIPS].mean(1), axis=-1)
    known = np.isfinite(torso)
    length = float(np.median(torso[known])) if known.any() else np.nan
    return np.linalg.norm(head - points[:, _NECK], axis=-1) / length


def _smooth(curve: np.ndarray, times: np.ndarray, even: np.ndarray) -> np.ndarray | None:
    known = np.isfinite(curve)
    if known.mean() < KNOWN or known.sum() < 4:
        return None
    filled = np.interp(even, times[known], np.unwrap(curve[known]))
    calm = np.median(sliding_window_view(np.pad(filled, SPIKE // 2, 'edge'), SPIKE), -1)
    return np.convolve(np.pad(calm, len(_BELL) // 2, 'edge'), _BELL, 'valid')


@dataclass(frozen=True)
class Bounds:
    """How far the parts may go, as learned from repetitions; arrays (kinds, 2).

    typical: of good repetitions. scale: rad that count as one step. weights: how much a step
    towards the greater speaks for a bad repetition; None: more than MOST steps either way do.
    """

    typical: np.ndarray
    scale: np.ndarray
    weights: np.ndarray | None = None
    limit: float = MOST

    def wrong(self, values: np.ndarray) -> list[tuple[float, int, int]]:
        """What speaks against a repetition: how much (> 1), kind, 0 least or 1 greatest.

        values: (kinds, 2), of `reach`. Worst first, empty: nothing.
        """
        steps = np.nan_to_num((values - self.typical) / self.scale)
        if self.weights is None:
            worst = np.abs(steps) / self.limit
            found = [(float(worst[i, j]), i, j) for i, j in np.ndindex(worst.shape)]
            return sorted((f for f in found if f[0] > 1), reverse=True)
        against = steps * self.weights
        if against.sum() <= self.limit:
            return []
        kind, end = np.unravel_index(int(np.argmax(against)), against.shape)
        return [(1 + float(against.sum() - self.limit), int(kind), int(end))]


def bounds(
    good: Sequence[np.ndarray], bad: Sequence[np.ndarray] = (),
    watched: Sequence[str] = KINDS,
) -> Bounds:
    """Bounds from values (kinds, 2) of good repetitions and, if there are, of bad ones.

    watched: the kinds that matter. With bad ones, by logistic regression with a ridge: with few
    repetitions hardly more than the direction from the good to the bad ones is believed.
    """
    right, wrong = np.array(good), np.array(bad).reshape(-1, len(KINDS), 2)
    matters = np.isin(KINDS, watched) & np.isfinite(right).any((0, 2))
    with np.errstate(invalid='ignore'):
        typical = np.full((len(KINDS), 2), np.nan)
        typical[matters] = np.nanmedian(right[:, matters], 0)
        spread = np.full((len(KINDS), 2), np.nan)
        spread[matters] = 1.48 * np.nanmedian(np.abs(right - typical)[:, matters], 0) + FLOOR
    if not len(wrong):
        return Bounds(typical, spread)
    every = np.concatenate([right, wrong])[:, matters].reshape(len(right) + len(wrong), -1)
    middle = typical[matters].ravel()
    scale = np.nanstd(every, 0) + FLOOR / 4
    steps = np.nan_to_num((every - middle) / scale)
    is_bad = np.arange(len(every)) >= len(right)
    weights, offset = _logistic(steps, is_bad)
    whole, scales = np.zeros((len(KINDS), 2)), np.ones((len(KINDS), 2))
    whole[matters], scales[matters] = weights.reshape(-1, 2), scale.reshape(-1, 2)
    return Bounds(typical, scales, whole, -offset)


def _logistic(x: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and offset for x (n, k); both classes count as much. Newton's method."""
    share = np.where(positive, 0.5 / positive.sum(), 0.5 / (~positive).sum())
    padded = np.column_stack([x, np.ones(len(x))])
    ridge = np.diag([2 * RIDGE] * x.shape[1] + [1e-9])
    found = np.zeros(padded.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-padded @ found))
        slope = padded.T @ (share * (p - positive)) + ridge @ found
        bend = (padded * (share * p * (1 - p))[:, None]).T @ padded + ridge
        found = found - np.linalg.solve(bend, slope)
    return found[:-1], float(found[-1])
