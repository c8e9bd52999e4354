"""The default method: counts what a careful human would."""

import math
from collections import deque
from dataclasses import dataclass, replace
from statistics import median

from trainer_core.clock import SECOND
from trainer_core.skeleton import INDEX
from trainer_counter.exercises.schema import Exercise, Guard
from trainer_counter.reps.body import NAN, Pose, across, stature, view
from trainer_counter.reps.company import Company, quantities
from trainer_counter.reps.exchange import Exchange
from trainer_counter.reps.movement import Movement, Side, Verdict
from trainer_counter.reps.signals import SIDES, levels, mean_value
from trainer_counter.reps.sinking import Sinking
from trainer_counter.reps.swing import Swing, Swings

FULL = 0.6        # progress that makes a repetition
LEAST = 0.45      # what `FULL` may sink to for somebody who always moves so far
RISE = 0.4        # progress above the low before it
PARTIAL = 0.2     # less than this is fidgeting, not a try
TRY = 0.12        # and so is what stays below this: swaying in the start position
REST = 0.5        # progress below which one is in the start position
NEXT = 0.55       # the same between two repetitions: who goes on need not come all the way back
BEGAN = 0.55      # the same as a share of the furthest: perspective may hide that arms are straight
SETTLE = 0.25     # s in the start position that arm the set
COAST = 1.0       # s without a measurement that are bridged
AGREE = 0.8       # progress by which the sides of what is done with both may differ
STILL = 0.25      # progress below which a side has not moved
STEP = 0.4        # the same, of what is done with one side ahead: more is of one side alone
WANDER = 0.12     # statures the hips may go in SETTLE while in the start position
FAR = 0.8         # share of the way from which it is the far end
HELD = 0.34       # share of the images around the start in which one is in the start position
SEEN = 0.25       # of the images at the far end in which a guard is seen
QUICK = 0.15      # s of three images that show so little of a movement that a leap is an error
_HIPS = (INDEX['left_hip'], INDEX['right_hip'])
_TRUNK = {'hip', 'shoulder', 'neck', 'nose'}  # what both sides have together


@dataclass
class _Look:
    """What was measured in one image of a movement."""

    stamp: int
    level: float
    guards: dict[str, list[float]]  # by the side that moves
    far: dict[str, list[float]]     # the same, what two repetitions are compared by, where needed
    angle: float  # degrees, of the leading angle
    lead: float   # statures the left leading point is above the right one
    posed: bool   # as in the start position, however far the measures have gone
    back: str     # why this is not where a repetition ends, '' if it is
    apart: float  # progress by which the two sides differ


class Counter:
    """Finds the repetitions of one exercise in the poses of one person.

    Progress (see `signals`) is cut into movements by turning points (see `swing`). A movement is a
    repetition if the set was armed, it went far enough, took a possible time, kept the guards at
    its far end and came back to where it began. `armed` says whether the set counts.
    """

    def __init__(self, exercise: Exercise, line: float = 0.3, single: bool = False):
        """line: keypoints below this confidence are not used. single: see there."""
        self.single = single  # a repetition counts alone, even of an everyday movement
        self.exercise, self._line = exercise, line
        self._swings = {
            side: Swings() for side in (SIDES if exercise.sides == 'each' else ('both',))}
        self._highs: deque[float] = deque(maxlen=5)
        self._exchange = Exchange(line)
        # What is done with both sides alike; who moves the trunk may have the legs as they like.
        self._paired = exercise.sides == 'together' and not exercise.lead and not any(
            _TRUNK.issuperset(measure.parts) for measure in exercise.measures)
        self._company = Company(exercise)
        self._compared = quantities(exercise) if exercise.everyday else []
        self._sinking = Sinking(exercise.hidden, line) if exercise.hidden else None
        self.reset()

    def reset(self) -> None:
        """Forget where in the movement one is; what was learned of the person stays."""
        for swings in self._swings.values():
            swings.reset()
        self._exchange.reset()
        self._company.reset()
        if self._sinking is not None:
            self._sinking.reset()
        self.armed, self._counting, self.level = False, False, NAN
        self._stature = NAN
        self._recent: dict[str, deque[tuple[int, float]]] = {
            side: deque(maxlen=3) for side in self._swings}
        self._looks: deque[_Look] = deque(maxlen=2000)
        self._hips: deque[tuple[int, float]] = deque(maxlen=2000)
        self._across: deque[float] = deque(maxlen=15)
        self._view = ''
        self._settling: int | None = None
        self._measured: int | None = None
        self._waiting: tuple[str, Swing] | None = None

    @property
    def out(self) -> bool:
        """Whether a movement is under way."""
        return any(swings.out for swings in self._swings.values())

    @property
    def since(self) -> int:
        """When the movement that is under way began, ns; 0 if none is."""
        return min((s.started for s in self._swings.values() if s.out), default=0)

    @property
    def phase(self) -> str:
        """What the exercise calls start, out or back."""
        return self.exercise.phase(next((
            'back' if self.level < swings.high - 0.12 else 'out'
            for swings in self._swings.values() if swings.out), 'start'))

    @property
    def full(self) -> float:
        """Progress that makes a repetition for this person: what they usually reach, quietly."""
        if len(self._highs) < 3:
            return FULL
        return min(max(0.8 * median(self._highs), LEAST), FULL)

    def update(self, pose: Pose | None, stamp: int) -> list[Movement]:
        """Take the pose (18 rows of x, y in px, confidence) of the next image, None = not seen.

        Returns the movements that ended with it; their counts are the caller's to fill in.
        """
        if pose is not None:
            pose = self._put_right(pose, stamp)
        found = self._measure(pose, stamp) if pose is not None else {}
        if not found or pose is None:
            return self._gap(stamp, pose is None)
        self._measured = stamp
        apart = abs(found['left'] - found['right']) if len(found) == 2 else NAN
        if self.exercise.sides != 'each':
            level = sum(found.values()) / len(found)
            if self.exercise.lead and apart > STEP:
                # Who steps goes down with both legs; a knee that is raised is one leg alone.
                level -= (apart - STEP) / 2
            found = {'both': level}
        smooth = {}
        for side, level in found.items():
            recent = self._recent[side]
            recent.append((stamp, level))
            # The median of three drops a single wrong pose and delays by one image.
            quick = stamp - recent[0][0] <= QUICK * SECOND
            smooth[side] = median(v for _, v in recent) if quick else level
        self.level = max(smooth.values())
        self._note(pose, stamp, apart)
        self._arm(stamp)
        movements = self._company.overdue(stamp, self.out)
        for side, level in smooth.items():
            swing = self._swings[side].update(level, stamp)
            if swing is not None:
                movements += self._pair(side, swing)
        movements += self._overdue(stamp)
        return movements

    def _put_right(self, pose: Pose, stamp: int) -> Pose:
        return pose if self._stature != self._stature else self._exchange(
            pose, self._stature, stamp)

    def _measure(self, pose: Pose, stamp: int) -> dict[str, float]:
        tall = stature(pose, self._line)
        if tall == tall:
            s = self._stature
            # Slow, because perspective shortens the body in mid-movement; but a jump is a cut.
            self._stature = tall if s != s or abs(math.log(tall / s)) > 0.5 else (
                s * (tall / s) ** 0.05)
        found = self._levels(pose)
        if self._sinking is None:
            return found
        sunk = self._sinking.update(pose, tall, stamp, bool(found), self.out)
        if not self._sinking.on:
            return found
        self._stature = self._sinking.stature
        return {'both': sunk} if sunk == sunk else {}

    def _levels(self, pose: Pose) -> dict[str, float]:
        if self._stature != self._stature:
            return {}
        if not self.out:  # who bends down hardly shows from where one is seen
            self._across.append(across(pose, self._stature, self._line))
            seen = [a for a in self._across if a == a]
            self._view = view(median(seen)) if seen else ''
        return levels(pose, self.exercise, self._stature, self._line, self._view)

    def _gap(self, stamp: int, lost: bool) -> list[Movement]:
        """Nothing could be measured: coast for a while, then give up the movement."""
        if self._measured is None or stamp - self._measured <= COAST * SECOND:
            return []
        out = next((s for s in self._swings.values() if s.out), None)
        started, measured, armed = out.started if out else 0, self._measured, self.armed
        walked = self._walked(started, measured)
        movements = self._company.give_up()
        self.reset()
        if out is None or not armed:
            return movements
        if walked:
            return [*movements, Movement(Verdict.NOT_IN_SET, 'walked', started, measured)]
        verdict = Verdict.PERSON_LOST if lost else Verdict.NOT_MEASURABLE
        reason = 'out of view in mid-movement' if lost else 'what it is judged by was hidden'
        return [*movements, Movement(verdict, reason, started, measured)]

    def _note(self, pose: Pose, stamp: int, apart: float) -> None:
        tall, line, seen = self._stature, self._line, self._view
        guards, far = ({
            moving: [
                mean_value(
                    pose, q, tall, line,
                    SIDES if moving == 'both' or _TRUNK.issuperset(q.parts) else (moving,), seen)
                for q in quantities]
            for moving in self._swings} for quantities in (self.exercise.guards, self._compared))
        angle = next((m for m in self.exercise.measures if m.kind in ('angle', 'tilt')), None)
        lead = NAN
        if self.exercise.lead:
            left, right = (pose[INDEX[f'{side}_{self.exercise.lead}']] for side in SIDES)
            if min(left[2], right[2]) >= line:
                lead = (right[1] - left[1]) / tall
        self._looks.append(_Look(
            stamp, self.level, guards, far,
            mean_value(pose, angle, tall, line, view=seen) if angle else NAN, lead,
            not self._broken(self.exercise.start, pose), self._broken(self.exercise.end, pose),
            apart))
        hips = [pose[i][0] for i in _HIPS if pose[i][2] >= line]
        if hips:
            self._hips.append((stamp, sum(hips) / len(hips)))

    def _broken(self, guards: list[Guard], pose: Pose) -> str:
        """The reason of the first guard that does not hold; '' if all do or cannot be seen."""
        for guard in guards:
            v = mean_value(pose, guard, self._stature, self._line, view=self._view)
            if v == v and not guard.within[0] <= v <= guard.within[1]:
                return guard.reason
        return ''

    def _arm(self, stamp: int) -> None:
        """The set counts once one has been in the start position for a moment."""
        if self.armed:
            return
        look = self._looks[-1]
        if not look.posed or abs(look.level) >= self._rest or self._wandered(stamp):
            self._settling = None
            return
        if self._settling is None:
            self._settling = stamp
        self.armed = stamp - self._settling >= SETTLE * SECOND

    def _wandered(self, stamp: int) -> bool:
        recent = [x for t, x in self._hips if stamp - t <= SETTLE * SECOND]
        return bool(recent) and max(recent) - min(recent) > WANDER * self._stature

    def _pair(self, side: str, swing: Swing) -> list[Movement]:
        """Both sides at once are one movement: the first one waits for the other."""
        if side == 'both':
            return self._judged(swing, Side.BOTH)
        other = SIDES[side == 'left']
        mine = Side.LEFT if side == 'left' else Side.RIGHT
        if self._waiting is not None and self._waiting[0] == other:
            first = self._waiting[1]
            self._waiting = None
            if first.furthest < swing.end and swing.start < first.end:
                whole = replace(
                    swing if swing.high > first.high else first,
                    start=min(swing.start, first.start), end=swing.end)
                return self._judged(whole, Side.BOTH)
            theirs = Side.RIGHT if side == 'left' else Side.LEFT
            return self._judged(first, theirs) + self._judged(swing, mine)
        partner = self._swings[other]
        if partner.out and partner.started < swing.furthest and partner.high > 0.5 * swing.high:
            self._waiting = side, swing
            return []
        return self._judged(swing, mine)

    def _overdue(self, stamp: int) -> list[Movement]:
        """What waits too long for the other side, and what went out and did not come back."""
        movements = []
        if self._waiting is not None and stamp - self._waiting[1].end > SECOND:
            side, swing = self._waiting
            self._waiting = None
            movements += self._judged(swing, Side.LEFT if side == 'left' else Side.RIGHT)
        for swings in self._swings.values():
            if swings.out and stamp - swings.started > self.exercise.seconds[1] * SECOND:
                if self.armed:
                    movements.append(Movement(
                        Verdict.ABANDONED, 'did not come back to the start position',
                        swings.started, stamp))
                self.armed, self._settling = False, None
                swings.reset()
        return movements

    def _judged(self, swing: Swing, side: Side) -> list[Movement]:
        """The verdict on a movement; fidgeting gets none."""
        if swing.high - swing.low < PARTIAL or swing.high < TRY:
            return []
        looks = [look for look in self._looks if swing.start <= look.stamp <= swing.end]
        verdict, reason = self._verdict(swing, side, looks)
        sinking = self._sinking if self._sinking is not None and self._sinking.on else None
        if verdict is None or (sinking and verdict == Verdict.PARTIAL and not self._counting):
            return []
        if verdict == Verdict.REP:
            self._counting = True
            self._highs.append(swing.high)
            if self.exercise.lead:
                side = self._leading(swing, looks)
        angles = [look.angle for look in looks if look.angle == look.angle]
        movement = Movement(
            verdict, reason, swing.start, swing.end, side,
            math.radians(max(angles) - min(angles)) if angles else NAN,
            (swing.furthest - swing.start) / SECOND, (swing.end - swing.furthest) / SECOND)
        if verdict == Verdict.REP and sinking:
            # Too little is seen to count a single one.
            return self._company.add(movement, (swing.high * sinking.peak,))
        if verdict != Verdict.REP or not self.exercise.everyday or self.single:
            return [movement]
        return self._company.add(movement, self._far_end(swing, side, looks))

    def _far_end(self, swing: Swing, side: Side, looks: list[_Look]) -> list[float]:
        """What the body was like there; NaN = not seen."""
        far = [k for k in looks if k.level >= swing.low + FAR * (swing.high - swing.low)]
        moving = [s for s in self._swings if side == Side.BOTH or s == side.name.lower()]
        values = [[v for k in far for s in moving if (v := k.far[s][i]) == v]
                  for i in range(len(self._compared))]
        return [NAN, *(median(v) if v else NAN for v in values)]

    def _verdict(
        self, swing: Swing, side: Side, looks: list[_Look],
    ) -> tuple[Verdict | None, str]:
        whole = swing.high >= self.full and swing.high - swing.low >= RISE
        rest = max(self._rest, BEGAN * swing.high)
        began = [look.posed for look in self._looks
                 if abs(look.stamp - swing.start) <= SETTLE * SECOND and abs(look.level) < rest]
        if not began or sum(began) < HELD * len(began):
            return (Verdict.NOT_IN_SET, 'before the start position was taken') if whole else (
                None, '')
        if self._walked(swing.start, swing.end):
            self.armed, self._counting, self._settling = False, False, None
            return Verdict.NOT_IN_SET, 'walked'
        far = swing.low + FAR * (swing.high - swing.low)
        moving = [s for s in self._swings if side == Side.BOTH or s == side.name.lower()]
        there = [look for look in looks if look.level >= far]
        for i, guard in enumerate(self.exercise.guards):
            values = [v for look in there for s in moving if (v := look.guards[s][i]) == v]
            # What is hardly ever seen there is a guess when it is.
            seen = len(values) >= SEEN * len(there) * len(moving)
            if values and seen and not guard.within[0] <= median(values) <= guard.within[1]:
                return Verdict.NOT_IN_SET, guard.reason
        apart = [(k.apart, k.level - k.apart / 2) for k in there if k.apart == k.apart]
        # From some views one side seems to do less; but it does something.
        if self._paired and apart and median(a for a, _ in apart) > AGREE and (
                median(least for _, least in apart) < STILL):
            return Verdict.NOT_IN_SET, 'only one side moved'
        if looks and looks[-1].back:
            return Verdict.NOT_IN_SET, looks[-1].back
        if (swing.end - swing.start) < self.exercise.seconds[0] * SECOND:
            # One wrong pose is no movement.
            return (Verdict.NOT_MEASURABLE, 'too quick for a person') if (
                whole and len(there) > 1) else (None, '')
        if not whole:
            return Verdict.PARTIAL, f'went {100 * swing.high / self.full:.0f} % of the way'
        return Verdict.REP, ''

    @property
    def _rest(self) -> float:
        """Progress below which one is in the start position."""
        return NEXT if self._counting else REST

    def _walked(self, start: int, end: int) -> bool:
        """Whether the hips are elsewhere after a movement."""
        hips = [x for t, x in self._hips if start <= t <= end]
        return bool(hips) and abs(hips[-1] - hips[0]) > self.exercise.travel * self._stature

    def _leading(self, swing: Swing, looks: list[_Look]) -> Side:
        """The side in front, at the far end."""
        far = swing.low + FAR * (swing.high - swing.low)
        ahead = [k.lead for k in looks if k.level >= far and k.lead == k.lead]
        if not ahead or abs(median(ahead)) < 0.02:
            return Side.BOTH
        return Side.LEFT if median(ahead) > 0 else Side.RIGHT
