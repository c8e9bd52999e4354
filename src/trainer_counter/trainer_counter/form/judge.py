"""Form of one repetition: how far every part is from the baseline, and what to do about it.

Source of the rule: the project's second seed article (dynamic time warping part by part, median
against a threshold). The baseline is looked at from where the person is seen, so that neither
view nor body size nor distance matters; the warping path says when something was how wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from dtaidistance import dtw, dtw_ndim

from trainer_core.clock import SECOND
from trainer_counter.exercises.schema import Exercise
from trainer_counter.form.away import cut, seen_points
from trainer_counter.form.baseline import PHASES, Baseline, resampled
from trainer_counter.form.parts import (
    MOMENTS,
    PAIRS,
    PARTS,
    TORSO,
    difference,
    direction,
    quantities,
)
from trainer_counter.form.view import View, Views
from trainer_counter.reps.movement import Movement, Side

TOLERANCE = 0.26      # rad that a part may differ, where the baseline does not say
THRESHOLD = 0.22      # rad, of the median of the parts' distances, likewise
SEEN = 0.5            # rad in the picture per rad of the joint: less is not judged from this view
KNOWN = 0.6           # share of the images in which a part must be seen
MOVES = 0.35          # rad that a part moves in the baseline to belong to those that make the range
QUICK, SLOW = 0.68, 1.55 # durations as shares of the baseline's, beyond which it is said
LEAST = 0.21          # rad of a joint that are worth a word: most parts of real people are within
SLACK = 5             # phases that somebody may be early or late in one part
ARMS = ('elbow', 'shoulder')
NAN = float('nan')


@dataclass(frozen=True)
class PartScore:
    """One body part; distance in rad per step of the warping path."""

    part: str
    judged: bool
    distance: float


@dataclass(frozen=True)
class Hint:
    """One correction; fields as in Hint.msg: amount in rad, or a ratio for tempo."""

    part: str
    direction: str
    amount: float
    moment: str
    progress: float


@dataclass(frozen=True)
class Form:
    """Form of one repetition; fields as in FormScore.msg."""

    exercise: str
    rep: int
    track_id: str
    end: int             # ns, stamp of the image that ended it
    parts: tuple[PartScore, ...]
    median: float
    threshold: float
    correct: bool
    range: float
    tempo: float
    asymmetry: float
    hints: tuple[Hint, ...]
    # For those who draw it:
    view: View | None = None
    times: np.ndarray = field(default_factory=lambda: np.zeros(0))   # (n,) s of the images
    person: np.ndarray = field(default_factory=lambda: np.zeros((0, len(PARTS))))  # (n, parts) rad
    path: tuple[tuple[int, int], ...] = ()  # image, phase: the warping path of all parts together
    # (PHASES, parts) rad by which each quantity was too large in the picture; NaN: not judged
    excess: np.ndarray = field(default_factory=lambda: np.zeros((PHASES, len(PARTS))))


class Judge:
    """Judges the repetitions of one exercise."""

    def __init__(self, exercise: Exercise, baseline: Baseline, min_confidence: float = 0.3):
        self.exercise, self.baseline = exercise, baseline
        self._line = min_confidence
        self._hold = exercise.counts == 'seconds'
        self.views = {side: Views(b) for side, b in baseline.variants().items()}
        self.tolerance = (
            baseline.tolerance if baseline.tolerance is not None
            else np.full((len(PARTS), MOMENTS), TOLERANCE))
        self.threshold = baseline.threshold or THRESHOLD
        # What the arms do is free where the exercise is not about them.
        about = {part for measure in exercise.measures for part in measure.parts}
        arms = bool(about & {'elbow', 'wrist'}) or self._hold
        self._meant = np.array([arms or not name.endswith(ARMS) for name in PARTS])

    def judge(
        self, stamps: Sequence[int], poses: Sequence[np.ndarray], movement: Movement,
    ) -> Form:
        """The form of a movement from the images it is made of.

        stamps: (n,) ns; poses: (n, 18, 3) px and confidence of the person who moved. A part that
        was not visible, or not from this view, is not judged; with fewer than four images nothing.
        """
        times, points, far = self._cut(stamps, poses, movement)
        if len(times) < 4:
            return self._nothing(movement)
        in_step = self._in_step(points, times, far)
        fits = [views.fit(in_step) for side, views in self.views.items()
                if {side, movement.side} != {Side.LEFT, Side.RIGHT}]
        view = min(fits, key=lambda fit: fit.residual)
        if not np.isfinite(view.residual):
            return self._nothing(movement)
        person = quantities(points, view.facing)
        judged = self._judged(person, view) & self._meant
        if not judged.any():
            return replace(self._nothing(movement), times=times, person=person, view=view)
        seen = _between(person)
        person = resampled(person, times, times)  # gaps bridged
        first, last = view.moving
        path = [(i, phase + first) for i, phase in _path(
            person, view.quantities[first:last + 1], judged)]
        distances = np.array([
            _distance(person[:, i], view.quantities[first:last + 1, i], view.sensitivity[:, i])
            if judged[i] else NAN for i in range(len(PARTS))])
        excess = self._excess(np.where(seen, person, NAN), view, path)
        excess[:, ~judged] = NAN
        median = float(np.nanmedian(distances))
        duration = float(times[-1] - times[0])
        whole = self.baseline.seconds * (last - first) / (PHASES - 1)
        tempo = NAN if self._hold else duration / whole
        hints = self._hints(excess, view, tempo)
        return Form(
            self.exercise.name, movement.count, movement.track_id, movement.end,
            tuple(PartScore(name, bool(j), float(d) if j else 0.0)
                  for name, j, d in zip(PARTS, judged, distances, strict=True)),
            median, self.threshold, median < self.threshold and not hints,
            self._range(person, view, judged), tempo, self._asymmetry(excess, judged), hints,
            view, times, person, tuple(path), excess)

    def _nothing(self, movement: Movement) -> Form:
        return Form(
            self.exercise.name, movement.count, movement.track_id, movement.end,
            tuple(PartScore(name, False, 0.0) for name in PARTS), NAN, self.threshold, False,
            NAN, NAN, NAN, ())

    def _cut(self, stamps, poses, movement: Movement) -> tuple[np.ndarray, np.ndarray, int]:
        """Times (s), points (n, 18, 2) px and the furthest image, without standing still."""
        stamps = np.asarray(stamps, np.int64)
        here = stamps >= movement.start
        if here.sum() < 4:
            return np.zeros(0), np.zeros((0, 18, 2)), 0
        times = (stamps[here] - movement.start) / SECOND
        points = seen_points(np.asarray(poses, float)[here], self._line)
        if self._hold:
            inside = stamps[here] <= movement.end
            return times[inside], points[inside], max(int(inside.sum()) // 2, 1)
        far = int(np.argmin(np.abs(times - movement.seconds_out)))
        far = min(max(far, 1), len(times) - 2)
        start, end = cut(points, far)
        return times[start:end + 1], points[start:end + 1], far - start

    def _in_step(self, points: np.ndarray, times: np.ndarray, far: int) -> np.ndarray:
        """The person's points at the baseline's phases, matched at start, far end and end.

        Only to find the view, for which a little off in time is no matter.
        """
        turn = self.baseline.far
        wanted = np.concatenate([
            np.linspace(times[0], times[far], turn + 1)[:-1],
            np.linspace(times[far], times[-1], PHASES - turn)])
        return resampled(points, times, wanted)

    def _judged(self, person: np.ndarray, view: View) -> np.ndarray:
        """(parts,) whether it was seen, and can be from here."""
        seen = np.isfinite(person).mean(0) >= KNOWN
        around = slice(max(self.baseline.far - 6, 0), self.baseline.far + 7)
        from_here = np.nanmedian(view.sensitivity[around], 0) >= SEEN
        return seen & from_here & np.isfinite(view.quantities).all(0)

    def _excess(self, person: np.ndarray, view: View, path) -> np.ndarray:
        """(PHASES, parts) rad by which each quantity was too large in the picture."""
        total, count = np.zeros((PHASES, len(PARTS))), np.zeros((PHASES, len(PARTS)))
        for i, phase in path:
            known = np.isfinite(person[i])
            total[phase, known] += person[i, known]
            count[phase] += known
        first, last = view.moving
        count[count == 0] = NAN
        off = difference(total / count, view.quantities)
        # A little early or late is not wrong: compared with all that the baseline does around it.
        around = np.stack([
            difference(view.quantities[np.clip(np.arange(PHASES) + k, first, last)],
                       view.quantities) for k in range(-SLACK, SLACK + 1)])
        return off - np.clip(off, around.min(0), around.max(0))

    def _hints(self, excess: np.ndarray, view: View, tempo: float) -> tuple[Hint, ...]:
        windows = moments(self.baseline.far)
        found: list[tuple[float, Hint]] = []
        for i in np.flatnonzero(np.isfinite(excess).any(0)):
            means = np.array([np.nanmedian(excess[window, i]) if np.isfinite(
                excess[window, i]).mean() >= 0.5 else 0.0 for window in windows])
            shares = np.abs(means) / self.tolerance[i]
            worst = int(np.argmax(shares))
            window = windows[worst]
            # What the joint itself is off, of which the picture shows a part.
            amount = abs(means[worst]) / _whole(view.sensitivity[window, i])
            if shares[worst] > 1 and amount > LEAST:
                found.append((float(shares[worst]), Hint(
                    PARTS[i], direction(int(i), means[worst]), float(amount),
                    self.names()[worst], float(np.mean(window) / (PHASES - 1)))))
        if tempo < QUICK:
            found.append((QUICK / tempo, Hint('body', 'slower', 1 / tempo - 1, 'out', 0.0)))
        elif tempo > SLOW:
            found.append((tempo / SLOW, Hint('body', 'faster', 1 - 1 / tempo, 'out', 0.0)))
        return tuple(hint for _, hint in sorted(found, key=lambda f: -f[0]))

    def names(self) -> tuple[str, ...]:
        """What the moments of this exercise are called."""
        return ('start', 'out', self.baseline.turn, 'back', 'end')

    def _range(self, person: np.ndarray, view: View, judged: np.ndarray) -> float:
        """Share of the baseline's movement, over the parts that move most."""
        full = np.ptp(view.quantities, 0)
        moving = np.flatnonzero(judged & (full > MOVES))
        if not len(moving):
            return NAN
        return float(np.median(np.ptp(person[:, moving], 0) / full[moving]))

    def _asymmetry(self, excess: np.ndarray, judged: np.ndarray) -> float:
        pairs = [(a, b) for a, b in PAIRS if judged[a] and judged[b]]
        if not pairs:
            return NAN
        return float(np.mean([
            np.nanmean(np.abs(excess[:, a] - excess[:, b])) for a, b in pairs]))


def _between(person: np.ndarray) -> np.ndarray:
    """(n, parts) whether an image is within the first and the last in which a part was seen."""
    known = np.isfinite(person)
    return np.maximum.accumulate(known, 0) & np.maximum.accumulate(known[::-1], 0)[::-1]


def _path(person: np.ndarray, baseline: np.ndarray, judged: np.ndarray) -> list[tuple[int, int]]:
    """The warping path of all judged parts together: pairs of image and phase."""
    a = person[:, judged]
    b = baseline[:, judged]
    if judged[TORSO]:
        a = a.copy()
        a[:, -1] = b[0, -1] + (a[:, -1] - b[0, -1] + np.pi) % (2 * np.pi) - np.pi
    keep = np.isfinite(a).all(0)
    a, b = np.ascontiguousarray(a[:, keep]), np.ascontiguousarray(b[:, keep])
    _, paths = dtw_ndim.warping_paths_fast(a, b)
    return [(int(i), int(j)) for i, j in dtw.best_path(paths)]


def _distance(person: np.ndarray, baseline: np.ndarray, sensitivity: np.ndarray) -> float:
    """DTW distance of one part per step, rad of the joint."""
    a, b = np.ascontiguousarray(person), np.ascontiguousarray(baseline)
    squares = dtw.distance_fast(a, b) ** 2
    return float(np.sqrt(squares / max(len(a), len(b))) / _whole(sensitivity))


def _whole(sensitivity: np.ndarray) -> float:
    return float(np.clip(np.median(sensitivity), SEEN, 1.3))


def moments(far: int) -> tuple[np.ndarray, ...]:
    """Phases of start, way out, far end, way back and end."""
    last = PHASES - 1
    edge = max(3, min(far, last - far) // 4)
    return (np.arange(0, edge), np.arange(edge, max(far - edge, edge + 1)),
            np.arange(max(far - edge, 0), min(far + edge + 1, PHASES)),
            np.arange(min(far + edge + 1, last - edge), last - edge + 1),
            np.arange(last - edge + 1, PHASES))
