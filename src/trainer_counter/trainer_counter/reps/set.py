"""One set of one exercise: the same code under the counter node and under `./trainer score`."""

import math
from dataclasses import dataclass, replace
from typing import Any

from trainer_core.angles import JOINTS
from trainer_core.clock import Timeline
from trainer_core.errors import UserError
from trainer_core.people import People, Person
from trainer_core.skeleton import INDEX
from trainer_counter.exercises.schema import Exercise
from trainer_counter.reps.body import Pose, angle
from trainer_counter.reps.counting import Counter
from trainer_counter.reps.holding import Holder
from trainer_counter.reps.movement import Life, Movement, Side, Verdict
from trainer_counter.reps.mse import SeedRule
from trainer_counter.reps.trainee import Trainee

METHODS = ('default', 'mse')
NAN = float('nan')
UNSEEN = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class State:
    """Where the trainee is in the set after one image; fields as in SetState.msg."""

    stamp: int
    track_id: str
    life: Life
    phase: str
    reps: int
    reps_left: int
    reps_right: int
    hold_seconds: float
    joints: tuple[str, ...]
    angles: tuple[float, ...]
    initial_angles: tuple[float, ...]
    mse: float
    threshold: float
    square_wave: int


class Set:
    """Counts one set: people of one image in, state and finished movements out."""

    def __init__(
        self, exercise: Exercise, method: str = 'default', *, target_reps: int = 0,
        target_seconds: float = 0.0, track_id: str = '', min_confidence: float = 0.3,
    ):
        """target_reps, target_seconds: 0 = open end. track_id: the trainee, '' = found by itself.

        Raises UserError for an unknown method.
        """
        if method not in METHODS:
            raise UserError(f'there is no method {method!r}; there are {", ".join(METHODS)}')
        self.exercise, self.method = exercise, method
        self.target_reps, self.target_seconds = target_reps, target_seconds
        self.reps = self.reps_left = self.reps_right = 0
        self.finished = False
        self._line = min_confidence
        self._trainee = Trainee(track_id, min_confidence)
        self._rule = SeedRule(exercise.threshold)
        # In plain Python: for three points at a time NumPy takes five times as long.
        self._joints = [tuple(INDEX[p] for p in JOINTS[joint]) for joint in exercise.joints]
        self._counter: Counter | Holder = (
            Holder(exercise, min_confidence) if exercise.counts == 'seconds' else
            Counter(exercise, min_confidence, single=target_reps == 1))
        self._held_before = 0.0
        self._timeline = Timeline()
        self._edge: int | None = None
        self._newest: Movement | None = None

    @property
    def hold_seconds(self) -> float:
        """Seconds in pose, for holds."""
        held = self._counter.seconds if isinstance(self._counter, Holder) else 0.0
        return self._held_before + held

    @property
    def track_id(self) -> str:
        """The trainee; '' while nobody has been found."""
        return self._trainee.track_id

    def update(self, people: People) -> tuple[State, list[Movement]]:
        """Take the people of the next image. Time that goes back starts afresh, the count stays."""
        if self._timeline.jumped(people.stamp):
            self._counter.reset()
            self._rule.reset()
            self._trainee.reset()
            self._edge = None
        person = self._trainee.find(people)
        pose = person.keypoints.tolist() if person else None
        if pose is not None and person is not None:
            pose += [person.points.get(name, UNSEEN) for name in self.exercise.points]
        angles = tuple(self._angle(pose, *rows) for rows in self._joints)
        edge = self._rule.update(angles, people.stamp)
        movements = self._counter.update(pose, people.stamp)
        if self.method == 'mse':
            movements = self._edges(people.stamp, edge)
        done = [] if self.finished else [self._counted(m) for m in movements]
        if done:
            self._newest = done[-1]
        self.finished = self.finished or self._complete()
        return self._state(people.stamp, person, angles), done

    def follow(self, track_id: str) -> None:
        """The trainee is this track from now on: known to be the same person."""
        self._trainee.follow(track_id)

    def adjust(self, target_reps: int, target_seconds: float) -> None:
        """Other targets for the rest of the set; 0 = open end."""
        self.target_reps, self.target_seconds = target_reps, target_seconds
        if isinstance(self._counter, Counter):
            self._counter.single = target_reps == 1
        self.finished = self._complete()

    def correct(self, reps: int) -> int:
        """Put the count right; returns what had been counted."""
        counted, self.reps = self.reps, reps
        self.finished = self._complete()
        return counted

    def judge(self, accept: bool) -> tuple[Movement, Movement]:
        """A human's word on the newest movement: a repetition, or none; before and after.

        Raises UserError when there is nothing to judge.
        """
        if self.exercise.counts != 'reps':
            raise UserError(f'{self.exercise.name} counts seconds; there is nothing to judge')
        if self._newest is None:
            raise UserError('there has been no movement in this set yet')
        before = self._newest
        if accept == (before.verdict == Verdict.REP):
            return before, before
        step = 1 if accept else -1
        self.reps = max(self.reps + step, 0)
        self.reps_left = max(self.reps_left + step * (before.side == Side.LEFT), 0)
        self.reps_right = max(self.reps_right + step * (before.side == Side.RIGHT), 0)
        self._newest = replace(
            before, verdict=Verdict.REP if accept else Verdict.NOT_IN_SET, count=self.reps,
            reason='' if accept else 'a human trainer says so')
        self.finished = self._complete()
        return before, self._newest

    def stop(self) -> None:
        """Nothing counts any more."""
        self.finished = True

    def snapshot(self) -> dict[str, Any]:
        """What another `Set` needs to go on with this one's count."""
        return {
            'exercise': self.exercise.name, 'method': self.method, 'reps': self.reps,
            'reps_left': self.reps_left, 'reps_right': self.reps_right,
            'hold_seconds': self.hold_seconds, 'track_id': self.track_id}

    def resume(self, snapshot: dict[str, Any]) -> None:
        """Go on with the count of a snapshot of the same exercise."""
        self.reps, self.reps_left = int(snapshot['reps']), int(snapshot['reps_left'])
        self.reps_right = int(snapshot['reps_right'])
        self._held_before = float(snapshot['hold_seconds'])
        self.follow(snapshot['track_id'])

    def _complete(self) -> bool:
        return (0 < self.target_reps <= self.reps
                or 0 < self.target_seconds <= self.hold_seconds)

    def _angle(self, pose: Pose | None, a: int, b: int, c: int) -> float:
        """Angle at b in rad; NaN where one of the three is not seen."""
        if pose is None or min(pose[a][2], pose[b][2], pose[c][2]) < self._line:
            return NAN
        return math.radians(angle(pose, a, b, c))

    def _edges(self, stamp: int, edge: bool) -> list[Movement]:
        """Movements of the seed rule: from one leaving of the start position to the return."""
        if not self._rule.wave and self._edge is None:
            self._edge = stamp
        if not edge:
            return []
        start, self._edge = self._edge if self._edge is not None else stamp, None
        return [Movement(Verdict.REP, '', start, stamp)]

    def _counted(self, movement: Movement) -> Movement:
        if movement.verdict == Verdict.REP and self.exercise.counts == 'reps':
            self.reps += 1
            self.reps_left += movement.side == Side.LEFT
            self.reps_right += movement.side == Side.RIGHT
        return replace(movement, count=self.reps, track_id=self.track_id)

    def _state(self, stamp: int, person: Person | None, angles: tuple[float, ...]) -> State:
        if self.method == 'mse':
            armed, out = bool(self._rule.initial), bool(self._rule.initial) and not self._rule.wave
            phase = 'away' if out else 'start'
        else:
            armed, out = self._counter.armed, self._counter.out
            phase = self._counter.phase
        if self.finished:
            life = Life.FINISHED
        elif person is None and not out:
            life = Life.NOBODY
        elif not armed:
            life = Life.SETTLING
        else:
            life = Life.ACTIVE if out else Life.ARMED
        joints = tuple(self.exercise.joints)
        return State(
            stamp, person.id if person else '', life, phase, self.reps, self.reps_left,
            self.reps_right, self.hold_seconds, joints, angles,
            tuple(self._rule.initial) or (NAN,) * len(joints), self._rule.mse,
            self.exercise.threshold, self._rule.wave)
