"""Hints about what is not of the body, and whatever else the author of an exercise wants watched.

The `parts` of an exercise file: quantities, of a bar for instance, that must be within limits at
some moments of a repetition.
"""

from collections.abc import Mapping, Sequence
from statistics import median

from trainer_core.clock import SECOND
from trainer_counter.exercises.schema import Exercise, FormPart, Moment
from trainer_counter.form.judge import Hint
from trainer_counter.form.recent import Recent
from trainer_counter.reps.body import NAN, Pose, across, stature, view
from trainer_counter.reps.movement import Movement
from trainer_counter.reps.signals import mean_value

Points = Mapping[str, tuple[float, float, float]]  # x, y in px, confidence
UNSEEN = (0.0, 0.0, 0.0)
NEAR = 0.15   # share of the way out and of the way back that are start, far end and end
LEAST = 3     # images in which it must be seen at a moment
_MOMENTS: tuple[Moment, ...] = ('start', 'out', 'far', 'back', 'end')
# What puts it right when there is too much of it, or too little.
_WAYS = {
    'height': ('lower', 'raise'), 'forward': ('back', 'forward'),
    'distance': ('inward', 'outward'), 'apart': ('inward', 'outward'), 'uneven': ('level', 'level')}


class Things:
    """Watches the parts of one exercise on one trainee."""

    def __init__(self, exercise: Exercise, line: float = 0.3):
        """line: points below this confidence are not used."""
        self._exercise, self._line = exercise, line
        self._seen: Recent[list[float]] = Recent()  # the value of every part, NaN = not seen
        self._view = ''

    def add(self, stamp: int, pose: Pose | None, points: Points) -> None:
        """Take the next image: 18 rows of x, y in px and confidence; stamp in ns."""
        if not self._exercise.parts:
            return
        tall = stature(pose, self._line) if pose is not None else NAN
        if pose is None or tall != tall:
            self._seen.add(stamp, None)
            return
        rows = [*pose, *(points.get(name, UNSEEN) for name in self._exercise.points)]
        seen = view(across(rows, tall, self._line))
        self._seen.add(stamp, [
            mean_value(rows, part, tall, self._line, view=seen) for part in self._exercise.parts])

    def hints(self, movement: Movement, far: str) -> list[Hint]:
        """Of a repetition, the worst moment of every part; far: what its far end is called.

        The amount is by how much the limits are passed, in statures.
        """
        found = []
        for i, part in enumerate(self._exercise.parts):
            offs = {m: self._off(part, i, movement, m) for m in part.at or _MOMENTS}
            worst = max(offs, key=lambda m: abs(offs[m]))
            if offs[worst]:
                found.append(Hint(
                    part.name, _WAYS[part.kind][offs[worst] < 0], abs(offs[worst]),
                    far if worst == 'far' else worst, _MOMENTS.index(worst) / 4))
        return found

    def _off(self, part: FormPart, i: int, movement: Movement, moment: Moment) -> float:
        """By how much it is above (or below, negative) the limits there; 0 within or unseen."""
        first, last = _window(movement, moment)
        values = [v[i] for t, v in self._seen if first <= t <= last and v[i] == v[i]]
        if len(values) < LEAST:
            return 0.0
        v, (low, high) = float(median(values)), part.within
        return v - high if v > high else min(v - low, 0.0)


def _window(movement: Movement, moment: Moment) -> Sequence[float]:
    """From when to when (ns) this moment of a repetition is."""
    out, back = movement.seconds_out * SECOND, movement.seconds_back * SECOND
    turn = movement.start + out
    return {
        'start': (movement.start - NEAR * out, movement.start + NEAR * out),
        'out': (movement.start + NEAR * out, turn - NEAR * out),
        'far': (turn - NEAR * out, turn + NEAR * back),
        'back': (turn + NEAR * back, movement.end - NEAR * back),
        'end': (movement.end - NEAR * back, movement.end)}[moment]
