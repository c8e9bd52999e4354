"""Form of one trainee, image by image: the same code under the form node and `./trainer score`."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from trainer_core.clock import SECOND
from trainer_counter.exercises.schema import Exercise
from trainer_counter.form import baseline
from trainer_counter.form.away import STILL, Away, seen_points
from trainer_counter.form.judge import RECENT, Form, Judge
from trainer_counter.form.recent import Recent
from trainer_counter.form.things import Points, Things
from trainer_counter.reps.movement import Movement, Verdict

PATIENCE = 1.0   # s after a repetition was counted for the trainee to come all the way back
ANEW = 0.06      # share of the way by which one who moves out again has begun the next one,
BACK = 0.3       # and had come back so near before: who gets up from a burpee jumps


class Scorer:
    """Judges every counted repetition once the trainee is back in the start position.

    A repetition is counted when most of the way back has been made; whether the arms are straight
    again at the end is seen only later, so a form comes up to a second after its count.
    """

    def __init__(
        self, exercise: Exercise, base: baseline.Baseline, min_confidence: float = 0.3,
        before: Iterable[tuple[int, np.ndarray]] = (),
    ):
        """before: stamps and poses of the trainee from before it was known what is done."""
        self.judge = Judge(exercise, base, min_confidence)
        self._line = min_confidence
        self._frames = Recent(before)
        self._things = Things(exercise, min_confidence)
        self._open: Movement | None = None
        self._away: Away | None = None
        self._nearest = 9.0
        self._closing = False
        self._hold = exercise.counts == 'seconds'

    def update(
        self, stamp: int, pose: np.ndarray | None, points: Points | None = None,
    ) -> list[Form]:
        """Take the trainee's pose (18, 3) px of the next image, None: not seen.

        points: what is not of the body, in px. Time that goes back starts afresh.
        """
        self._things.add(stamp, None if pose is None else pose.tolist(), points or {})
        if self._frames.add(stamp, pose):
            self._open = None
        return [self._close()] if self._open is not None and self._done(stamp, pose) else []

    def moved(self, movement: Movement) -> list[Form]:
        """Take a movement that was judged, at its image or some images later."""
        forms = self.finish()
        if movement.verdict == Verdict.REP:
            self._begin(movement)
            forms += [self._close()] if self._closing else []
        return forms

    def finish(self) -> list[Form]:
        """The set or the recording is over: judge what is still open."""
        return [self._close()] if self._open is not None else []

    def _begin(self, movement: Movement) -> None:
        self._open, self._away, self._nearest = movement, None, 9.0
        self._closing = self._hold
        here = [(t, p) for t, p in self._frames if movement.start <= t <= movement.end]
        if len(here) >= 4 and not self._hold:
            far = movement.start + round(movement.seconds_out * SECOND)
            furthest = min(here, key=lambda frame: abs(frame[0] - far))[1]
            start = np.stack([p for _, p in here[:3]])
            self._away = Away(seen_points(start, self._line), seen_points(furthest, self._line))
            for t, p in self._frames:
                self._closing = self._closing or (t >= movement.end and self._done(t, p))

    def _done(self, stamp: int, pose: np.ndarray | None) -> bool:
        assert self._open is not None
        if self._away is None or stamp - self._open.end > PATIENCE * SECOND:
            return True
        if pose is None:
            return False
        away = float(self._away(seen_points(pose, self._line)))
        if away != away:
            return False
        self._nearest = min(self._nearest, away)
        return away < 0.5 * STILL or away > self._nearest + ANEW and self._nearest < BACK

    def _close(self) -> Form:
        movement, self._open = self._open, None
        assert movement is not None
        since = movement.start - RECENT * SECOND
        here = [(t, p) for t, p in self._frames if t >= since]
        form = self.judge.judge([t for t, _ in here], [p for _, p in here], movement)
        hints = self._things.hints(movement, self.judge.baseline.turn)
        # What an author has asked for comes first.
        return replace(form, hints=(*hints, *form.hints), correct=False) if hints else form


def open_scorer(
    exercise: Exercise, dirs: Iterable[str] = (), min_confidence: float = 0.3,
    before: Iterable[tuple[int, np.ndarray]] = (),
) -> Scorer | None:
    """The scorer of an exercise that has a baseline; dirs: folders with more of them.

    before: as for `Scorer`. Raises UserError for a baseline that is damaged.
    """
    base = baseline.find(exercise.baseline or exercise.name, dirs)
    return Scorer(exercise, base, min_confidence, before) if base else None
