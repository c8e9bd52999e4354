"""Holds: seconds in a pose."""

import math
from collections import deque

from trainer_core.clock import SECOND
from trainer_core.skeleton import INDEX
from trainer_counter.exercises.schema import Exercise
from trainer_counter.reps.body import NAN, Pose, across, stature, view
from trainer_counter.reps.movement import Movement, Verdict
from trainer_counter.reps.signals import mean_value

ENTER = 0.5   # s in the pose before it counts (and then counts from its beginning)
LEAVE = 0.7   # s out of the pose that end it: a stumble is forgiven, but not counted
STILL = 0.08  # statures that neck and hips may go in ENTER, or one is on the way in or out
GAP = 1.0     # s between two images over which nothing is counted
_TRUNK = tuple(INDEX[part] for part in ('neck', 'left_hip', 'right_hip'))


class Holder:
    """Times one hold of one person; the guards of the exercise are the pose."""

    def __init__(self, exercise: Exercise, line: float = 0.3):
        self.exercise, self._line = exercise, line
        self.seconds = 0.0
        self.reset()

    def reset(self) -> None:
        """Forget where one is; the seconds held stay."""
        self.armed = self.out = False
        self.level = NAN
        self._stature = NAN
        self._last: int | None = None
        self._since: int | None = None
        self._left: int | None = None
        self._held = 0.0
        self._places: deque[tuple[int, Pose]] = deque()

    @property
    def phase(self) -> str:
        """What the exercise calls start or hold."""
        return self.exercise.phase('hold' if self.out else 'start')

    def update(self, pose: Pose | None, stamp: int) -> list[Movement]:
        """Take the next pose; a movement when a hold has just ended."""
        dt = (stamp - self._last) / SECOND if self._last is not None else 0.0
        self._last = stamp
        fault = self._fault(pose, stamp)
        self.level = float(not fault)
        self.armed = self.armed or not fault
        if not fault:
            self._left = None
            if self._since is None:
                self._since, self._held = stamp, 0.0
            elif dt <= GAP:
                self._held += dt
                if self.out:
                    self.seconds += dt
                elif self._held >= ENTER:
                    self.out = True
                    self.seconds += self._held
            return []
        if self._since is None:
            return []
        self._left = stamp if self._left is None else self._left
        if self.out and stamp - self._left < LEAVE * SECOND:
            return []
        started, held, counted = self._since, self._held, self.out
        self._since, self.out = None, False
        if not counted:
            return []
        verdict = Verdict.PERSON_LOST if pose is None else Verdict.REP
        return [Movement(
            verdict, f'held {held:.1f} s, then: {fault}', started, self._left, seconds_out=held)]

    def _fault(self, pose: Pose | None, stamp: int) -> str:
        """Why this is not the pose; '' when it is."""
        if pose is None:
            return 'out of view'
        tall = stature(pose, self._line)
        if tall == tall:
            self._stature = tall if self._stature != self._stature else (
                0.9 * self._stature + 0.1 * tall)
        if self._stature != self._stature:
            return 'cannot be seen well enough'
        seen = view(across(pose, self._stature, self._line))
        values = [
            mean_value(pose, g, self._stature, self._line, view=seen)
            for g in self.exercise.guards]
        if all(v != v for v in values):
            return 'cannot be seen well enough'
        for guard, v in zip(self.exercise.guards, values, strict=True):
            if v == v and not guard.within[0] <= v <= guard.within[1]:
                return guard.reason
        return 'moved' if self._moves(pose, stamp) else ''

    def _moves(self, pose: Pose, stamp: int) -> bool:
        """Whether the trunk is elsewhere than it was a moment ago."""
        while self._places and stamp - self._places[0][0] > ENTER * SECOND:
            self._places.popleft()
        self._places.append((stamp, pose))
        before = self._places[0][1]
        return any(
            math.dist(pose[i][:2], before[i][:2]) > STILL * self._stature
            for i in _TRUNK if min(pose[i][2], before[i][2]) >= self._line)
