"""Form of one repetition: how far every part is from the baseline, and what to do about it.

Source of the rule: the project's second seed article (dynamic time warping part by part, median
against a threshold). The baseline is looked at from where the person is seen, so that neither
view nor body size nor distance matters; the warping path says when something was how wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from trainer_core.clock import SECOND
from trainer_counter.exercises.schema import Exercise
from trainer_counter.form import warping
from trainer_counter.form.away import FEW, cut, denser, seen_points, steadied
from trainer_counter.form.baseline import PHASES, Baseline, Demonstration, resampled
from trainer_counter.form.limits import Limits
from trainer_counter.form.parts import (
    MOMENTS,
    PAIRS,
    PARTS,
    corrected,
    difference,
    direction,
    median,
    quantities,
    sure,
    way,
)
from trainer_counter.form.reach import KINDS, Reach, bounds, reach
from trainer_counter.form.view import View, Views
from trainer_counter.form.warping import SEEN, moments
from trainer_counter.reps.movement import Movement, Side

RECENT = 0.5          # s before a movement in which an image may still be of it
KNOWN = 0.6           # share of the images in which a part must be seen
SURELY = 0.1          # share of them in which it must be more than a guess
MOVES = 0.35          # rad that a part moves in the baseline to belong to those that make the range
LEAST = 0.21          # rad of a joint that are worth a word: most parts of real people are within
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
        self.limits = Limits()
        if baseline.tolerance is not None:
            spread = baseline.spread
            self.limits = Limits(
                baseline.tolerance, np.zeros_like(baseline.tolerance) if spread is None else spread,
                baseline.threshold, baseline.quick, baseline.slow)
        # What the arms do is free where the exercise is not about them.
        about = {part for measure in exercise.measures for part in measure.parts}
        arms = bool(about & {'elbow', 'wrist'}) or self._hold
        self._meant = np.array([arms or not name.endswith(ARMS) for name in PARTS])
        if baseline.demonstrations:
            self.limits = self._learned(baseline.demonstrations)

    def _learned(self, shown: Sequence[Demonstration]) -> Limits:
        """The limits with what the good repetitions differ, and what the bad ones have of them."""
        self.limits, known = self.limits.open(), self.limits
        forms = [self.judge(s.stamps.tolist(), list(s.keypoints), s.movement())
                 for s in shown[1:] if s.good]
        forms = [form for form in forms if form.path]
        reaches = [reach((s.stamps - s.stamps[0]) / SECOND, s.keypoints, self._line).values
                   for s in shown]
        found = bounds([r for r, s in zip(reaches, shown, strict=True) if s.good],
                       [r for r, s in zip(reaches, shown, strict=True) if not s.good],
                       self.baseline.watched)
        return replace(known.widened(
            [self.off(form) for form in forms], [form.median for form in forms],
            [form.tempo for form in forms]), bounds=found)

    def judge(
        self, stamps: Sequence[int], poses: Sequence[np.ndarray], movement: Movement,
    ) -> Form:
        """The form of a movement from the images it is made of.

        stamps: (n,) ns; poses: (n, 18, 3) px and confidence of the person who moved. A part that
        was not visible, or not from this view, is not judged; with fewer than four images nothing.
        """
        times, points, far = self._cut(stamps, poses, movement)
        reached = self._reach(stamps, poses, movement)
        if len(times) < 4:
            return self._nothing(movement)
        in_step = self._in_step(points, times, far)
        fits = [views.fit(in_step) for side, views in self.views.items()
                if {side, movement.side} != {Side.LEFT, Side.RIGHT}]
        view = min(fits, key=lambda fit: fit.residual)
        if not np.isfinite(view.residual):
            return self._nothing(movement)
        person = quantities(points, view.facing)
        confidence = np.asarray(poses, float)[np.asarray(stamps) >= movement.start, :, 2]
        judged = self._judged(person, view) & self._meant & (sure(confidence) >= SURELY)
        if not judged.any():
            return replace(self._nothing(movement), times=times, person=person, view=view)
        seen = warping.between(person)
        person = resampled(person, times, times)  # gaps bridged
        first, last = view.moving
        path = [(i, phase + first) for i, phase in warping.path(
            person, view.quantities[first:last + 1], judged)]
        share = warping.whole(view.sensitivity[first:last + 1])
        distances = np.array([
            warping.distance(person[:, i], view.quantities[first:last + 1, i]) / share[i]
            if judged[i] else NAN for i in range(len(PARTS))])
        excess = self._excess(np.where(seen, person, NAN), view, path)
        excess[:, ~judged] = NAN
        typical = float(np.nanmedian(distances))
        duration = float(times[-1] - times[0])
        whole = self.baseline.seconds * (last - first) / (PHASES - 1)
        tempo = NAN if self._hold else duration / whole
        form = Form(
            self.exercise.name, movement.count, movement.track_id, movement.end,
            tuple(PartScore(name, bool(j), float(d) if j else 0.0)
                  for name, j, d in zip(PARTS, judged, distances, strict=True)),
            typical, self.limits.threshold, False,
            self._range(person, view, judged), tempo, self._asymmetry(excess, judged), (),
            view, times, person, tuple(path), excess)
        hints = self._hints(form, reached)
        return replace(form, hints=hints, correct=typical < self.limits.threshold and not hints)

    def _reach(self, stamps, poses, movement: Movement) -> Reach | None:
        here = np.asarray(stamps, np.int64) >= movement.start
        if self.limits.bounds is None or here.sum() < 4:
            return None
        times = (np.asarray(stamps, np.int64)[here] - movement.start) / SECOND
        return reach(times, np.asarray(poses, float)[here], self._line)

    def _nothing(self, movement: Movement) -> Form:
        return Form(
            self.exercise.name, movement.count, movement.track_id, movement.end,
            tuple(PartScore(name, False, 0.0) for name in PARTS), NAN, self.limits.threshold, False,
            NAN, NAN, NAN, ())

    def _cut(self, stamps, poses, movement: Movement) -> tuple[np.ndarray, np.ndarray, int]:
        """Times (s), points (n, 18, 2) px and the furthest image, without standing still."""
        stamps = np.asarray(stamps, np.int64)
        here = stamps >= movement.start
        if here.sum() < 4:
            return np.zeros(0), np.zeros((0, 18, 2)), 0
        if np.median(np.diff(stamps[here])) >= FEW * SECOND:
            # It began somewhere between its first image and the one before, if that is not old.
            before = ~here & (stamps >= movement.start - RECENT * SECOND)
            here[np.flatnonzero(before)[-1:]] = True
        times = (stamps[here] - movement.start) / SECOND
        points = seen_points(np.asarray(poses, float)[here], self._line)
        if self._hold:
            inside = stamps[here] <= movement.end
            return times[inside], points[inside], max(int(inside.sum()) // 2, 1)
        points, times = denser(points, times)
        far = int(np.argmin(np.abs(times - movement.seconds_out)))
        far = min(max(far, 1), len(times) - 2)
        start, end = cut(steadied(points, times), far)
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
        from_here = np.median(view.sensitivity[around], 0) >= SEEN
        return seen & from_here & np.isfinite(view.quantities).all(0)

    def _excess(self, person: np.ndarray, view: View, path) -> np.ndarray:
        """(PHASES, parts) rad by which each quantity was too large in the picture."""
        images, phases = np.array(path).T
        known = np.isfinite(person)
        total, count = np.zeros((2, PHASES, len(PARTS)))
        there, first = np.unique(phases, return_index=True)  # a path never goes back
        total[there] = np.add.reduceat(np.where(known, person, 0.0)[images], first)
        count[there] = np.add.reduceat(known[images].astype(float), first)
        off = difference(total / np.where(count > 0, count, NAN), view.quantities)
        # A little early or late is not wrong: compared with all that the baseline does around it.
        return off - np.clip(off, *view.near)

    def off(self, form: Form) -> np.ndarray:
        """(parts, moments) rad by which the quantities were too large; NaN: not judged."""
        windows = moments(self.baseline.far)
        found = np.full((len(PARTS), MOMENTS), NAN)
        for j, window in enumerate(windows):
            enough = np.isfinite(form.excess[window]).mean(0) >= 0.5
            if enough.any():
                found[enough, j] = median(form.excess[window][:, enough])
        return found

    def _hints(self, form: Form, reached: Reach | None) -> tuple[Hint, ...]:
        assert form.view is not None
        windows = moments(self.baseline.far)
        allowed = self.limits.allowed(form.view.residual)
        found: list[tuple[float, Hint]] = []
        for i, means in enumerate(np.nan_to_num(self.off(form))):
            below, above = allowed[:, i]
            shares = np.abs(means) / np.where(means < 0, below, above)
            worst = int(np.argmax(shares))
            if shares[worst] <= 1:
                continue
            window = windows[worst]
            # What the joint itself is off, of which the picture shows a part.
            amount = abs(means[worst]) / float(warping.whole(form.view.sensitivity[window, i]))
            if amount > LEAST:
                found.append((float(shares[worst]), Hint(
                    PARTS[i], direction(i, means[worst]), float(amount),
                    self.names()[worst], float(np.mean(window) / (PHASES - 1)))))
        if form.tempo < self.limits.quick:
            found.append((self.limits.quick / form.tempo, Hint(
                'body', 'slower', 1 / form.tempo - 1, 'out', 0.0)))
        elif form.tempo > self.limits.slow:
            found.append((form.tempo / self.limits.slow, Hint(
                'body', 'faster', 1 - 1 / form.tempo, 'out', 0.0)))
        if reached is not None:
            found += self._over(reached, form)
        found.sort(key=lambda f: -f[0])
        # Of several reasons to mind a part, the worst.
        first = {hint.part: hint for _, hint in reversed(found)}
        return tuple(hint for _, hint in found if first[hint.part] is hint)

    def _over(self, reached: Reach, form: Form) -> list[tuple[float, Hint]]:
        """Hints for what went too far, or not far enough."""
        found: list[tuple[float, Hint]] = []
        if self.limits.bounds is None:
            return found
        images = np.array([image for image, _ in form.path])
        for severity, kind, end in self.limits.bounds.wrong(reached.values):
            at = int(np.argmin(np.abs(form.times[images] - reached.moments[kind, end])))
            phase = form.path[at][1]
            moment = next(name for name, window in zip(
                self.names(), moments(self.baseline.far), strict=True) if phase <= window[-1])
            off = reached.values[kind, end] - self.limits.bounds.typical[kind, end]
            for part in corrected(KINDS[kind], reached.sides):
                amount = NAN if KINDS[kind] == 'neck' else abs(float(off))
                found.append((severity, Hint(
                    part, way(KINDS[kind], float(off)), amount, moment, phase / (PHASES - 1))))
        return found

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
        pairs = np.array([(a, b) for a, b in PAIRS if judged[a] and judged[b]])
        if not len(pairs):
            return NAN
        return float(np.nanmean(np.abs(excess[:, pairs[:, 0]] - excess[:, pairs[:, 1]])))
