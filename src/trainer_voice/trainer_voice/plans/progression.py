"""A little more after two good sessions, a little less after one that was not reached.

One rule for repetitions and seconds, on the targets of the last two sessions in which the exercise
was done in the same unit. It goes on from the target of the last session, but stays between half
and twice what the plan says, so that a plan that is rewritten is followed. Whether the form was
good is the third part of the rule; where it was not judged, it counts as good.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from trainer_voice.dialogue.events import Item
from trainer_voice.history.records import SessionRecord, SetRecord

MORE, LESS, AFTER_PAUSE, SAME = 'more', 'less', 'after_pause', 'same'

STEP_REPS, STEP_SECONDS = 1, 5.0
FAILED = 0.1                 # share that is taken off after a session that was not reached
LONG_PAUSE = timedelta(days=21)
PAUSED = 0.2                 # share that is taken off after a long pause
_LIMITS = (0.5, 2.0)         # of what the plan says


@dataclass(frozen=True)
class Progress:
    """What today's item is, and why."""

    item: Item
    reason: str     # MORE, LESS, AFTER_PAUSE or SAME
    before: float = 0.0  # target of the last session; 0 = there was none


def progress(item: Item, past: Sequence[SessionRecord], now: datetime) -> Progress:
    """What the plan's item becomes today. past: sessions of the person, the oldest first."""
    timed = item.seconds > 0
    base = item.seconds if timed else float(item.reps)
    if not base:
        return Progress(item, SAME)  # open end
    done = [(s, sets) for s in past if (sets := _planned(s, item.exercise, timed))]
    if not done:
        return Progress(item, SAME)
    session, sets = done[-1]
    target = _target(sets, timed)
    if now - session.started > LONG_PAUSE:
        return _made(item, base, target, target * (1 - PAUSED), AFTER_PAUSE)
    if not all(s.reached for s in sets):
        return _made(item, base, target, target * (1 - FAILED), LESS)
    before = [_target(sets, timed) for _, sets in done[-2:]]
    good = all(s.reached and s.good_form for _, sets in done[-2:] for s in sets)
    if len(before) == 2 and before[0] >= target and good:
        return _made(item, base, target, target + (STEP_SECONDS if timed else STEP_REPS), MORE)
    return _made(item, base, target, target, SAME)


def _planned(session: SessionRecord, exercise: str, timed: bool) -> list[SetRecord]:
    """The sets that had a target in this unit."""
    return [s for s in session.of(exercise)
            if (s.target_seconds if timed else s.target_reps) > 0 and s.outcome != 'invalid']


def _target(sets: Sequence[SetRecord], timed: bool) -> float:
    return max(s.target_seconds if timed else float(s.target_reps) for s in sets)


def _made(item: Item, base: float, before: float, wanted: float, reason: str) -> Progress:
    step = STEP_SECONDS if item.seconds else STEP_REPS
    low, high = (base * limit for limit in _LIMITS)
    if reason in (LESS, AFTER_PAUSE):
        wanted = min(wanted, before - step)  # a little less is at least one less
    new = step * round(min(max(wanted, low, step), max(high, step)) / step)
    if (new <= before if reason == MORE else new >= before):
        reason = SAME  # at the limit
    changed = replace(item, seconds=float(new)) if item.seconds else replace(item, reps=int(new))
    return Progress(changed, reason, before)
