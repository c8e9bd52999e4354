"""The correct repetition that others are compared with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_core.skeleton import MIRROR
from trainer_counter.form.away import cut, furthest, steadied
from trainer_counter.form.limits import QUICK, SLOW
from trainer_counter.form.reach import KINDS
from trainer_counter.reps.movement import Movement, Side, Verdict

PHASES = 64       # samples of a repetition, evenly spaced in time
SUFFIX = '.baseline.npz'


@dataclass(frozen=True)
class Demonstration:
    """A repetition that somebody showed: stamps (n,) ns, keypoints (n, 18, 3) px."""

    stamps: np.ndarray
    keypoints: np.ndarray
    good: bool = True    # or as it should not be done

    def movement(self) -> Movement:
        """It as a movement, furthest where its pose is furthest from the first one."""
        points = np.where(self.keypoints[..., 2:] > 0, self.keypoints[..., :2], np.nan)
        far = furthest(steadied(points, (self.stamps - self.stamps[0]) / SECOND))
        return Movement(
            Verdict.REP, '', int(self.stamps[0]), int(self.stamps[-1]),
            seconds_out=float(self.stamps[far] - self.stamps[0]) / SECOND)


@dataclass(frozen=True)
class Baseline:
    """One repetition done right, from leaving the start position to being back in it.

    points: (PHASES, 18, 3) m, x the way the person faces, y to their left, z up: it can be looked
    at from anywhere; or (PHASES, 18, 2) px, y down, as recorded by a camera: it can be compared
    with people seen from where that camera stood. NaN where a keypoint was not seen.
    """

    name: str            # of the exercise
    points: np.ndarray
    seconds: float       # how long it takes
    far: int             # phase at which it is furthest from the start position
    turn: str = 'bottom'  # what that moment is called: bottom or top
    sided: bool = False  # done with the left side; with the right one it is mirrored
    single: np.ndarray | None = None     # points where the left side alone does it, if it may
    # What may differ, see `Limits`; without a tolerance, what may of every baseline.
    tolerance: np.ndarray | None = None  # (2, parts, moments) rad
    spread: np.ndarray | None = None     # (2, parts, moments) rad for each 1 of the view's residual
    threshold: float = 0.0               # rad, of the median
    quick: float = QUICK
    slow: float = SLOW
    demonstrations: tuple[Demonstration, ...] = ()  # what a recorded one was learned from
    watched: tuple[str, ...] = KINDS     # kinds of parts whose reach matters in them

    @property
    def recorded(self) -> bool:
        """Whether it is a camera's view."""
        return self.points.shape[-1] == 2

    def mirrored(self) -> 'Baseline':
        """The same with left and right exchanged."""
        points = self.points[:, MIRROR].copy()
        points[..., 0 if self.recorded else 1] *= -1
        return replace(self, points=points, single=None)

    def variants(self) -> dict[Side, 'Baseline']:
        """The ways in which it may be done."""
        if self.sided:
            return {Side.LEFT: self, Side.RIGHT: self.mirrored()}
        found = {Side.BOTH: self}
        if self.single is not None:
            left = replace(self, points=self.single, single=None)
            found |= {Side.LEFT: left, Side.RIGHT: left.mirrored()}
        return found

    def save(self, path: Path) -> None:
        """Write it as .npz."""
        extra: dict[str, Any] = {} if self.tolerance is None else {
            'tolerance': self.tolerance.astype(np.float32), 'threshold': self.threshold,
            'quick': self.quick, 'slow': self.slow}
        if self.spread is not None:
            extra['spread'] = self.spread.astype(np.float32)
        if self.single is not None:
            extra['single'] = self.single.astype(np.float32)
        np.savez_compressed(  # type: ignore[arg-type]  # mypy takes any ** for allow_pickle
            path, points=self.points.astype(np.float32), seconds=self.seconds, far=self.far,
            turn=self.turn, sided=self.sided, **extra)


def read(path: Path, name: str) -> Baseline:
    """A baseline from its file, or from a demonstrated repetition.

    A demonstration is what `save_demonstrations` writes, of which `stamps` and `keypoints` will
    do. Raises UserError naming the file.
    """
    try:
        with np.load(path) as data:
            if 'keypoints' in data:
                shown = [Demonstration(data['stamps'], data['keypoints'])]
                for i in range(1, int(data.get('others', 0)) + 1):
                    shown.append(Demonstration(
                        data[f'stamps_{i}'], data[f'keypoints_{i}'], bool(data[f'good_{i}'])))
                return of_demonstrations(
                    name, shown, tuple(map(str, data.get('watched', KINDS))))
            points = np.asarray(data['points'], float)
            tolerance = np.asarray(data['tolerance'], float) if 'tolerance' in data else None
            if tolerance is not None and tolerance.ndim == 2:  # the same both ways
                tolerance = np.stack([tolerance, tolerance])
            spread = np.asarray(data['spread'], float) if 'spread' in data else None
            if points.shape[:2] != (PHASES, 18):
                raise ValueError(f'points are {points.shape}')
            return Baseline(
                name, points, float(data['seconds']), int(data['far']), str(data['turn']),
                bool(data['sided']),
                np.asarray(data['single'], float) if 'single' in data else None, tolerance,
                spread, float(data.get('threshold', 0)), float(data.get('quick', QUICK)),
                float(data.get('slow', SLOW)))
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise UserError(
            f'baseline {path} cannot be read ({error}); record the exercise again') from None


def save_demonstrations(
    path: Path, shown: Sequence[Demonstration], watched: Sequence[str] = KINDS,
) -> None:
    """Write a demonstration as .npz; the first is the good repetition to compare with."""
    arrays: dict[str, Any] = {
        'stamps': shown[0].stamps, 'keypoints': shown[0].keypoints, 'others': len(shown) - 1,
        'watched': np.array(watched)}
    for i, other in enumerate(shown[1:], 1):
        arrays |= {f'stamps_{i}': other.stamps, f'keypoints_{i}': other.keypoints,
                   f'good_{i}': other.good}
    np.savez_compressed(path, **arrays)


def of_demonstrations(
    name: str, shown: Sequence[Demonstration], watched: Sequence[str] = KINDS,
) -> Baseline:
    """The baseline of what somebody showed; the first is the good repetition to compare with."""
    base = recorded(name, shown[0].stamps, shown[0].keypoints)
    if len(shown) < 2:
        return base
    return replace(base, demonstrations=tuple(shown), watched=tuple(watched))


def recorded(
    name: str, stamps: np.ndarray, keypoints: np.ndarray, far: int | None = None,
    min_confidence: float = 0.1,
) -> Baseline:
    """A baseline from one repetition of a real trainer: stamps (n,) ns, keypoints (n, 18, 3) px.

    far: frame that is furthest from the start position; None: found by the pose's distance.
    """
    times = (np.asarray(stamps, float) - stamps[0]) / 1e9
    points = np.asarray(keypoints, float)[..., :2].copy()
    points[np.asarray(keypoints)[..., 2] < min_confidence] = np.nan
    points = steadied(points, times)
    far = furthest(points) if far is None else far
    start, end = cut(points, min(max(far, 1), len(points) - 2))
    points, times, far = points[start:end + 1], times[start:end + 1] - times[start], far - start
    seconds = float(times[-1]) or 1.0
    down = np.nanmean(points[far, :, 1]) > np.nanmean(points[0, :, 1])
    evenly = resampled(points, times, np.linspace(0, seconds, PHASES))
    return Baseline(
        name, evenly, seconds, round(times[far] / seconds * (PHASES - 1)),
        'bottom' if down else 'top')


def resampled(values: np.ndarray, times: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Series (n, ...) at other times, linear in between; gaps are bridged, unseen stays NaN."""
    flat = values.reshape(len(values), -1)
    result = np.full((len(wanted), flat.shape[1]), np.nan)
    whole = np.isfinite(flat).all(0)
    if whole.any():
        place = np.clip(np.interp(wanted, times, np.arange(len(times))), 0, len(times) - 1)
        i = np.minimum(place.astype(int), max(len(times) - 2, 0))
        j = np.minimum(i + 1, len(times) - 1)
        share = (place - i)[:, None]
        result[:, whole] = flat[i][:, whole] * (1 - share) + flat[j][:, whole] * share
    for column in np.flatnonzero(~whole):
        known = np.isfinite(flat[:, column])
        if known.sum() >= 2:
            result[:, column] = np.interp(wanted, times[known], flat[known, column])
    return result.reshape(len(wanted), *values.shape[1:])


def find(name: str, dirs: Iterable[str | Path] = ()) -> Baseline | None:
    """The baseline of an exercise: beside a user's exercise file, else the shipped one, or None.

    Raises UserError for a file that is damaged.
    """
    from trainer_counter import exercises

    file = exercises.files(dirs).get(name)
    own = file.with_name(name + SUFFIX) if file else None
    if own and own.is_file():
        return read(own, name)
    shipped = Path(str(resources.files('trainer_counter') / 'baselines' / f'{name}.npz'))
    return read(shipped, name) if shipped.is_file() else None
