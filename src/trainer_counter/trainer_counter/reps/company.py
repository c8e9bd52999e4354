"""Repetitions of exercises that look like everyday movements: one in company counts.

Somebody who fetches a bottle once bends as for a deadlift; nobody does so twice in the same way. So
a careful coach counts at once what is clearly the exercise and what is like the repetitions
before, and waits with the rest for another one that is like it.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trainer_core.clock import SECOND
from trainer_counter.exercises.schema import DEGREES, Exercise, Quantity
from trainer_counter.reps.movement import Movement, Side, Verdict

# Degrees and statures by which the far ends of two may differ: of the next one, which may be a
# tired one, and of one after a pause, which may be something else.
NEXT, LATER = (20.0, 0.08), (12.0, 0.05)
SOON = 2.0    # s after which there was a pause
TEMPO = 2.0   # times as long as the other
FOLLOWS = 4.0  # s in which the other one must begin
ALONE = 'only once, as in everyday movements'


def quantities(exercise: Exercise) -> list[Quantity]:
    """What two repetitions are compared by."""
    return [*exercise.measures, *exercise.guards, *exercise.clear]


@dataclass(frozen=True)
class _One:
    movement: Movement
    # At the far end, NaN = not seen: by how many statures one has sunk, and, unless that is all
    # that could be told, its `quantities`.
    far: tuple[float, ...]

    @property
    def seconds(self) -> float:
        return (self.movement.end - self.movement.start) / SECOND


class Company:
    """Decides which repetitions of one set count, and when."""

    def __init__(self, exercise: Exercise):
        self._clear = exercise.clear
        self._degrees = [False, *(q.kind in DEGREES for q in quantities(exercise))]
        self._counted: deque[_One] = deque(maxlen=5)
        self._waiting: _One | None = None

    def reset(self) -> None:
        """Time went back: what waits is dropped, what counted is remembered."""
        self._waiting = None

    def add(self, movement: Movement, far: Sequence[float]) -> list[Movement]:
        """Take what would be a repetition; all movements that are decided now, in order."""
        new, before, self._waiting = _One(movement, tuple(far)), self._waiting, None
        follows = before is not None and self._alike(before, new) and (
            movement.start - before.movement.end <= FOLLOWS * SECOND)
        if not (follows or self._is_clear(far) or any(self._alike(c, new) for c in self._counted)):
            self._waiting = new
            return [_dropped(before)] if before else []
        done = [] if before is None else [before.movement if follows else _dropped(before)]
        self._counted.extend([before, new] if before is not None and follows else [new])
        return [*done, movement]

    def overdue(self, stamp: int, out: bool) -> list[Movement]:
        """What has waited for too long; out: whether a movement is under way."""
        if self._waiting is None or out or (
                stamp - self._waiting.movement.end <= FOLLOWS * SECOND):
            return []
        return self.give_up()

    def give_up(self) -> list[Movement]:
        """What waits is none."""
        waiting, self._waiting = self._waiting, None
        return [_dropped(waiting)] if waiting else []

    def _is_clear(self, far: Sequence[float]) -> bool:
        """Whether nothing everyday looks like that, and all of it is seen."""
        values = far[len(far) - len(self._clear):]
        return bool(self._clear) and all(
            g.within[0] <= v <= g.within[1] for v, g in zip(values, self._clear, strict=True))

    def _alike(self, one: _One, other: _One) -> bool:
        """Whether two that came one after the other are the same exercise."""
        sides = [o.movement.side == Side.BOTH for o in (one, other)]
        soon = other.movement.start - one.movement.end <= SOON * SECOND
        degrees, statures = NEXT if soon else LATER
        apart = [(abs(a - b), degrees if angle else statures) for a, b, angle in zip(
            one.far, other.far, self._degrees, strict=False) if a == a and b == b]
        return (sides[0] == sides[1] and bool(apart) and all(d <= limit for d, limit in apart)
                and max(one.seconds, other.seconds) <= TEMPO * min(one.seconds, other.seconds))


def _dropped(one: _One) -> Movement:
    return replace(one.movement, verdict=Verdict.NOT_IN_SET, reason=ALONE)
