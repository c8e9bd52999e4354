"""A training session as a state machine: events in, what to say and to do out.

No clock and no ROS: every event brings its time (ns). The states and their order are drawn in the
README of this package.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from trainer_core.clock import SECOND
from trainer_voice.dialogue.events import (
    Item,
    Life,
    Movement,
    Outcome,
    Result,
    State,
    Verdict,
    View,
)
from trainer_voice.dialogue.wording import Wording
from trainer_voice.mouth.queue import Priority, Utterance

COUNT_VALID = SECOND           # a number is true for so long after its repetition
CHAT_VALID = 10 * SECOND
ABSENT = 3 * SECOND            # out of view for so long: say so
HINT_VALID = 3 * SECOND
HINT_PAUSE = 15 * SECOND       # between two hints of the same kind
RETURN = 2 * SECOND            # before a set is opened again for somebody who walked off
REST_WARNING = 10 * SECOND     # before the end of the rest
COUNTDOWN, TENS = 5, 10        # s of a hold: the last ones, and steps before


Command: TypeAlias = Utterance | Item  # to say, or a set to be opened with the counter


class Session:
    """Leads through a plan. Every method takes an event and returns what to say and to do."""

    def __init__(
        self, plan: Sequence[Item], words: Wording, spoken_name: Callable[[str], str],
    ):
        """spoken_name: name of an exercise file to what it is called in the language of words."""
        self.plan, self._words, self._spoken_name = tuple(plan), words, spoken_name
        self.state = State.IDLE
        self.item, self.set = 0, 1
        self.rest_until = 0
        self.track_id = ''
        self.fault = ''  # why nothing goes on; for /diagnostics
        self._serial = 0
        self._total = 0.0    # repetitions or seconds in the sets of this item
        self._resume = False  # the next goal continues a set
        self._reopen_at = 0  # when to open the set again for somebody who walked off
        self._away = False    # walked off and has been told to come back
        self._warned = False  # that the rest ends
        self._fresh_set()

    # Events from the counter node itself.

    def counter_up(self, now: int) -> list[Command]:
        """The counter is there, for the first time or again."""
        if self.state == State.IDLE and self.plan and not self.fault:
            return self._announce(now)
        if self.state in (State.ANNOUNCING, State.TRAINING, State.PAUSED) and not self._reopen_at:
            said = [] if self.state == State.PAUSED else self._one_moment(now)
            self._resume = True
            return [*said, self.plan[self.item]]
        return []

    def counter_down(self, now: int) -> list[Command]:
        """The counter has gone."""
        if self.state not in (State.ANNOUNCING, State.TRAINING):
            return []
        return self._one_moment(now)

    def accepted(self, now: int) -> list[Command]:
        """The counter has taken the set."""
        if self.state not in (State.ANNOUNCING, State.PAUSED):
            return []
        self.state = State.TRAINING
        if self._resume:
            self._resume = False
            return [self._chat('go_on', now)]
        return []

    def ended(self, result: Result, now: int) -> list[Command]:
        """The set is over."""
        if self.state not in (State.ANNOUNCING, State.TRAINING, State.PAUSED):
            return []
        if result.outcome == Outcome.INVALID:
            self.state, self.fault = State.IDLE, result.message
            return [self._utterance(
                result.message, now, Priority.ANSWER, language='en')]  # the counter's own words
        if result.outcome == Outcome.REPLACED:
            self.state = State.IDLE
            self.fault = 'somebody else sent the counter a set; reset starts this session again'
            return []
        amount = self._done(result)
        if result.outcome == Outcome.LEFT:
            self._reopen_at, self._away = now + RETURN, True
            key = 'left' if amount else 'left_nothing'
            return [self._chat(key, now, **({'amount': amount} if amount else {}))]
        if result.outcome == Outcome.STOPPED:
            self.state = State.SUMMARY
            return [self._chat('stopped', now, amount=amount)] if amount else []
        return [self._chat('done', now, amount=amount), *self._after_set(now)]

    # Events from the set.

    def moved(self, movement: Movement) -> list[Command]:
        """A movement has been judged; a repetition is counted aloud."""
        if self.state not in (State.ANNOUNCING, State.TRAINING) or not self._mine(movement):
            return []
        stamp = movement.stamp
        if movement.verdict == Verdict.REP:
            return [self._number(movement.count, stamp)]
        if movement.verdict == Verdict.PARTIAL:
            return self._hint('partial', stamp, Priority.HINT)
        if movement.verdict == Verdict.NOT_MEASURABLE:
            return self._hint('not_measurable', stamp, Priority.CHAT)
        return []

    def seen(self, view: View) -> list[Command]:
        """A new frame of the set: is somebody there, can it be judged, how long is the hold."""
        if self.state != State.TRAINING:
            return []
        self.track_id = view.track_id or self.track_id
        absent = view.life == Life.NOBODY
        if not absent:
            self._met, self._away = True, False
        return [
            *self._lasting(
                'lost' if self._met else 'unseen', absent and not self._away, view.stamp),
            *self._lasting(
                'not_measurable', not view.measurable and not absent, view.stamp),
            *self._hold(view),
        ]

    def tick(self, now: int) -> list[Command]:
        """Time passes; call it a few times a second."""
        if self._reopen_at and now >= self._reopen_at:
            self._reopen_at = 0
            self._fresh_set()
            self.state = State.ANNOUNCING
            return [self.plan[self.item]]
        if self.state != State.RESTING:
            return []
        if now >= self.rest_until:
            return self._announce(now)
        if not self._warned and now >= self.rest_until - REST_WARNING:
            self._warned = True
            return [self._chat('rest_ends', now, time=self._words.duration(REST_WARNING // SECOND))]
        return []

    # Where in the plan.

    def _announce(self, now: int) -> list[Command]:
        self._fresh_set()
        self.state, self.rest_until, self._resume = State.ANNOUNCING, 0, False
        item = self.plan[self.item]
        values = {'exercise': self._spoken_name(item.exercise)}
        key = 'announce'
        if item.seconds:
            values['amount'] = self._words.duration(item.seconds)
        elif item.reps:
            values['amount'] = self._words.count('repetitions', item.reps)
        else:
            key += '_open'
        if item.sets > 1:
            key += '_set'
            values |= {
                'set': self._words.number(self.set), 'sets': self._words.number(item.sets)}
        return [self._chat(key, now, **values), item]

    def _after_set(self, now: int) -> list[Command]:
        item = self.plan[self.item]
        said: list[Command] = []
        if self.set < item.sets:
            self.set += 1
        else:
            if item.sets > 1:
                said.append(self._chat('all_done', now, amount=self._amount(self._total)))
            if self.item + 1 == len(self.plan):
                self.state = State.SUMMARY
                return said
            self.item, self.set, self._total = self.item + 1, 1, 0.0
        if not item.rest:
            return [*said, *self._announce(now)]
        self.state, self._warned = State.RESTING, item.rest * SECOND <= 2 * REST_WARNING
        self.rest_until = now + round(item.rest * SECOND)
        return [*said, self._chat('rest', now, time=self._words.duration(item.rest))]

    def _fresh_set(self) -> None:
        self._told: dict[str, int] = {}   # stamp of what was last said about a condition
        self._since: dict[str, int] = {}  # stamp from which on a condition has lasted
        self._held = 0                    # s of the hold that have been dealt with
        self._timed = False               # this set counts seconds
        self._met = False                 # somebody has been in view

    def _one_moment(self, now: int) -> list[Command]:
        self.state = State.PAUSED
        return [self._chat('one_moment', now)]

    # What happened in the set.

    def _mine(self, movement: Movement) -> bool:
        return not self.track_id or movement.track_id in ('', self.track_id)

    def _done(self, result: Result) -> str:
        """How much was done in a set, in words; '' for nothing."""
        item = self.plan[self.item]
        self._timed = self._timed or item.seconds > 0
        done = result.seconds if self._timed else result.reps
        if result.outcome == Outcome.COMPLETED and item.seconds:
            done = item.seconds  # not the fraction of a second that the last frame was late
        self._total += done
        return self._amount(done) if round(done) else ''

    def _amount(self, done: float) -> str:
        if self._timed:
            return self._words.duration(done)
        return self._words.count('repetitions', round(done))

    def _hold(self, view: View) -> list[Command]:
        """Full tens of seconds, and the last five counted down."""
        before, now = self._held, int(view.hold_seconds)
        self._held = now
        if now <= before:
            return []
        self._timed = True
        target = round(self.plan[self.item].seconds)
        if target and now < target and target - now <= COUNTDOWN:
            return [self._number(target - now, view.stamp)]
        if now // TENS > before // TENS and now != target:
            return [self._number(now // TENS * TENS, view.stamp)]
        return []

    def _lasting(self, key: str, true: bool, stamp: int) -> list[Command]:
        """Say so when a condition lasts; once each time it does, and not too often."""
        if not true:
            self._since.pop(key, None)
            return []
        since = min(self._since.setdefault(key, stamp), stamp)  # time may have jumped back
        self._since[key] = since
        if stamp - since < ABSENT or self._told.get(key, since - 1) >= since:
            return []
        return self._hint(key, stamp, Priority.CHAT)

    def _hint(self, key: str, stamp: int, priority: Priority) -> list[Command]:
        told = self._told.get(key)
        if told is not None and 0 <= stamp - told < HINT_PAUSE:
            return []
        self._told[key] = stamp
        return [self._utterance(
            self._words.say(key), stamp, priority, stamp + HINT_VALID, group='hint')]

    # Utterances.

    def _number(self, n: int, stamp: int) -> Utterance:
        return self._utterance(
            self._words.number(n), stamp, Priority.COUNT, stamp + COUNT_VALID, group='count')

    def _chat(self, key: str, now: int, **values: str) -> Utterance:
        return self._utterance(
            self._words.say(key, **values), now, Priority.CHAT, now + CHAT_VALID)

    def _utterance(
        self, text: str, stamp: int, priority: Priority, deadline: int = 0, group: str = '',
        language: str = '',
    ) -> Utterance:
        self._serial += 1
        return Utterance(
            text=text, id=f's{self._serial}', language=language or self._words.language,
            priority=priority, stamp=stamp, deadline=deadline, group=group)
