"""All exercises at once, on one person: which of them would have counted a repetition."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from trainer_core.clock import SECOND
from trainer_core.people import Person
from trainer_counter.exercises.schema import Exercise
from trainer_counter.reps.body import Pose
from trainer_counter.reps.counting import Counter
from trainer_counter.reps.holding import Holder
from trainer_counter.reps.movement import Verdict
from trainer_counter.reps.posture import PostureLog
from trainer_counter.reps.set import UNSEEN
from trainer_counter.reps.signals import mean_value

EVERY = SECOND // 15  # ns between two looks: enough for a repetition of 0.4 s
HOLD = 4 * SECOND     # ns in a pose that are as much as a repetition


@dataclass(frozen=True)
class Sighting:
    """A repetition, or HOLD in a pose, as one candidate has it.

    Stamps in ns; numbers (SIZE,) of `posture`.
    """

    name: str
    start: int
    end: int
    numbers: np.ndarray


class Candidates:
    """Counts every exercise, with fewer images a second than the one that is known."""

    def __init__(self, exercises: Mapping[str, Exercise], line: float = 0.3):
        """line: keypoints below this confidence are not used."""
        self._exercises, self._line = dict(exercises), line
        self._counters: dict[str, Counter | Holder] = {
            name: Holder(e, line) if e.counts == 'seconds' else Counter(e, line, single=True)
            for name, e in self._exercises.items()}
        self._log = PostureLog(line)
        self.reset()

    def reset(self) -> None:
        """Time went back: what was seen is not what comes next."""
        for counter in self._counters.values():
            counter.reset()
        self._log.reset()
        self._next: int | None = None
        self._holding: dict[str, int] = {}  # since when (ns) one is in the pose of each hold

    @property
    def under_way(self) -> dict[str, int]:
        """Those that may soon have a repetition, and since when (ns)."""
        return {name: c.since for name, c in self._counters.items()
                if isinstance(c, Counter) and c.armed and c.out}

    def look(self, person: Person | None, stamp: int) -> list[Sighting] | None:
        """Take the next image; the repetitions that ended now, None if it was not looked at."""
        if self._next is not None and stamp < self._next:
            return None
        self._next = stamp + EVERY - EVERY // 10  # images do not come quite evenly
        pose = person.keypoints.tolist() if person else None
        if pose is not None:
            self._log.add(pose, stamp)
        found = []
        for name, counter in self._counters.items():
            seen, points = pose, self._exercises[name].points
            if pose is not None and person is not None and points:
                seen = pose + [person.points.get(point, UNSEEN) for point in points]
            movements = counter.update(seen, stamp)
            if isinstance(counter, Holder):
                found += self._held(name, counter.out, seen, stamp)
                continue
            found += [
                Sighting(name, m.start, m.end, self._log.movement(
                    m.start, m.start + round(m.seconds_out * SECOND), m.end))
                for m in movements if m.verdict == Verdict.REP]
        return found

    def _held(self, name: str, held: bool, pose: Pose | None, stamp: int) -> list[Sighting]:
        """A hold that has lasted; only what is seen of a pose can tell that it is one."""
        if not held or pose is None:
            self._holding.pop(name, None)
            return []
        since = self._holding.setdefault(name, stamp)
        if stamp - since < HOLD or any(
                v != v for v in (mean_value(pose, guard, self._log.stature, self._line)
                                 for guard in self._exercises[name].guards)):
            return []
        self._holding[name] = stamp
        return [Sighting(name, since, stamp, self._log.movement(since, stamp, stamp))]
