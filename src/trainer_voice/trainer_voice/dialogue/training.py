"""Leads through a plan: announces, counts in, counts aloud, coaches, times the rests.

No clock and no ROS: every event brings its time (ns). Every method takes an event and returns what
to say and to do.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from trainer_core.clock import SECOND
from trainer_voice.dialogue.coaching import Coach
from trainer_voice.dialogue.count_in import CountIn
from trainer_voice.dialogue.events import (
    CancelSet,
    Form,
    Item,
    Movement,
    Outcome,
    Request,
    Result,
    State,
    Verdict,
    View,
)
from trainer_voice.dialogue.journal import Journal, NoJournal
from trainer_voice.dialogue.noticing import Noticing
from trainer_voice.dialogue.talk import Talk
from trainer_voice.mouth.queue import Priority, Utterance

RETURN = 2 * SECOND            # before a set is opened again for somebody who walked off
REST_WARNING = 10 * SECOND     # before the end of the rest
REMIND = SECOND                # after a set, of a hint that there was no time for
DIFFERENT = SECOND // 2        # so long the counter must say another number to be corrected

Command = Utterance | Item | Request  # to say, a set to be opened, and what others are to do
RUNNING = (State.ANNOUNCING, State.TRAINING)


class Training:
    """One person, one plan.

    A set that was interrupted (paused, walked off) is opened again for what is left of it; numbers
    go on where they were.
    """

    def __init__(
        self, talk: Talk, spoken_name: Callable[[str], str], journal: Journal | None = None,
        count_in: int = 0, waits: bool = False,
    ):
        """spoken_name: name of an exercise file to what it is called. count_in: from so many
        before "Go!", 0 = not at all. waits: who walks off is waited for until `go_on`; otherwise
        the set is opened again after 2 s.
        """
        self._talk, self._words, self.spoken_name = talk, talk.words, spoken_name
        self._journal: Journal = journal or NoJournal()
        self.coach = Coach(talk.words)
        self._counting, self._noticing = CountIn(talk, count_in), Noticing(talk)
        self._waits = waits
        self.plan: tuple[Item, ...] = ()
        self.state = State.IDLE
        self.item, self.set = 0, 1
        self.rest_until = 0
        self.track_id = ''
        self.fault = ''  # why nothing goes on; for /diagnostics
        self.begun = 0
        self.pace = 1.0  # rests are so much longer
        self.done: list[tuple[str, float]] = []  # exercise and amount of every set
        self._clear()

    def _clear(self) -> None:
        self._total = 0.0     # repetitions or seconds in the sets of this item
        self._resume = False  # the next goal continues a set
        self._reopen_at = 0   # when to open the set again for somebody who walked off
        self._warned = False  # that the rest ends
        self._told_next = False
        self._rest_left = 0   # ns, of a rest that is paused
        self._before_rest = (0, 1)
        self._fresh_set()

    def _fresh_set(self) -> None:
        self._timed = False     # this set counts seconds
        self._before = 0.0      # repetitions or seconds of this set before it was resumed
        self._count = 0         # repetitions since then
        self._seconds = 0.0     # in pose since then
        self._recorded = False  # in the journal
        self._remind_at = 0     # of a hint, in the rest
        self._noticing.fresh()
        self._counting.cancel()
        self.coach.begin()

    # Events from the counter node itself.

    def begin(self, plan: Sequence[Item], now: int, counter_up: bool = True) -> list[Command]:
        """Start a plan from its beginning."""
        self.plan, self.item, self.set = tuple(plan), 0, 1
        self.state, self.done, self.begun = State.IDLE, [], now
        self.rest_until, self.pace, self.fault = 0, 1.0, ''
        self._clear()
        if not self.plan:
            return []
        return self._announce(now) if counter_up else [self._talk.chat('one_moment', now)]

    def counter_up(self, now: int) -> list[Command]:
        """The counter is there, for the first time or again."""
        if self.state == State.IDLE and self.plan and not self.fault:
            self.begun = self.begun or now
            return self._announce(now)
        halted = self.state == State.PAUSED and not self._resume
        if self.state in (*RUNNING, State.PAUSED) and not self._reopen_at and not halted:
            said = [] if self.state == State.PAUSED else self._one_moment(now)
            return [*said, self._goal()]
        return []

    def counter_down(self, now: int) -> list[Command]:
        """The counter has gone."""
        return self._one_moment(now) if self.state in RUNNING else []

    def accepted(self, now: int) -> list[Command]:
        """The counter has taken the set."""
        if self.state not in (State.ANNOUNCING, State.PAUSED):
            return []
        self.state = State.TRAINING
        if not self._recorded:
            self._recorded = True
            self._journal.set_begins(self.plan[self.item], self.set, now)
        if self._resume:
            self._resume = False
            return [self._talk.chat('go_on', now)]
        return []

    def ended(self, result: Result, now: int) -> list[Command]:
        """The set is over."""
        if self.state not in (*RUNNING, State.PAUSED):
            return []
        if result.outcome == Outcome.INVALID:
            why = self._talk.utterance(  # the counter's own words
                result.message, now, Priority.ANSWER, language='en')
            if self._waits:
                return [why, *self._next_item(now)]
            self.state, self.fault = State.IDLE, result.message
            return [why]
        if result.outcome == Outcome.REPLACED:
            if self._waits:
                self.state, self._resume = State.PAUSED, False
                return [self._talk.answer('paused', now)]
            self.state = State.IDLE
            self.fault = 'somebody else sent the counter a set; reset starts this session again'
            self._close(result.outcome, now)
            return []
        said: list[Command] = []
        if result.outcome == Outcome.COMPLETED and result.reps == self._count + 1:
            # The movement and the end of the set come by different ways, in any order.
            said.append(self._talk.number(int(self._before) + result.reps, now))
        self._take(result)
        if result.outcome == Outcome.LEFT and self._waits:
            return self._leave(now)
        done = self._close(result.outcome, now)
        amount = self.amount(done) if round(done) else ''
        if result.outcome == Outcome.LEFT:
            self._reopen_at, self._noticing.away = now + RETURN, True
            key = 'left' if amount else 'left_nothing'
            return [self._talk.chat(key, now, **({'amount': amount} if amount else {}))]
        if result.outcome == Outcome.STOPPED:
            self.state = State.SUMMARY
            return [self._talk.chat('stopped', now, amount=amount)] if amount else []
        return [*said, self._talk.chat('done', now, amount=amount), *self._after_set(now)]

    # Events from the set.

    def moved(self, movement: Movement) -> list[Command]:
        """A movement has been judged; a repetition is counted aloud."""
        if self.state == State.IDLE or not self._mine(movement.track_id):
            return []
        stamp = movement.stamp
        self._journal.moved(replace(movement, count=int(self._before) + movement.count))
        if self.state not in RUNNING:
            return []
        if movement.verdict == Verdict.REP:
            self._count = movement.count
            self._counting.cancel()
            return [self._talk.number(int(self._before) + movement.count, stamp)]
        if movement.verdict == Verdict.PARTIAL:
            return list(self._noticing.hint('partial', stamp, Priority.HINT))
        if movement.verdict == Verdict.NOT_MEASURABLE:
            return list(self._noticing.hint('not_measurable', stamp, Priority.CHAT))
        return []

    def scored(self, form: Form) -> list[Command]:
        """The form of a repetition: a hint, praise, or nothing."""
        if self.state == State.IDLE or not self._mine(form.track_id):
            return []
        self._journal.scored(replace(form, rep=int(self._before) + form.rep))
        if self.state == State.RESTING and self._remind_at:
            self.coach.last(form)
        if self.state not in RUNNING or not self._count:
            return []  # of the last repetition of a set: it is over
        text = self.coach.scored(form, int(self._before))
        return [self._talk.hint(text, form.stamp)] if text else []

    def seen(self, view: View) -> list[Command]:
        """A new frame of the set: is somebody there, can it be judged, how long is the hold."""
        if self.state != State.TRAINING:
            return []
        self.track_id = view.track_id or self.track_id
        self._follow(view)
        said = self._noticing.seen(view)
        self._seconds = max(view.hold_seconds, 0.0)
        if self._seconds:
            self._timed = True
            said += self._noticing.hold(
                self._before + self._seconds, self.plan[self.item].seconds, view.stamp)
        return list(said)

    def spoken(self, id_: str, now: int) -> None:
        """Something has been said to its end."""
        self._counting.spoken(id_, now)

    def tick(self, now: int) -> list[Command]:
        """Time passes; call it a few times a second."""
        if self._reopen_at and now >= self._reopen_at:
            self._reopen_at = 0
            self._fresh_set()
            self.state = State.ANNOUNCING
            return [self._goal()]
        if self.state == State.RESTING:
            return self._rest(now)
        return list(self._counting.tick(now)) if self.state in RUNNING else []

    # What the trainee, or a trainer of flesh and blood, asks for.

    def pause(self, now: int) -> list[Command]:
        """Until `go_on`."""
        if self.state not in (*RUNNING, State.RESTING):
            return []
        return [*self._halt(now), self._talk.answer('paused', now)]

    def away(self, now: int) -> list[Command]:
        """The trainee has left the picture; waits until `go_on`."""
        if self.state not in (*RUNNING, State.RESTING):
            return []
        open_set = [CancelSet()] if self.state in RUNNING else []
        return [*open_set, *self._leave(now)]

    def go_on(self, now: int) -> list[Command]:
        """After a pause; in a rest it is the end of the rest."""
        if self.state == State.RESTING:
            return self._announce(now)
        if self.state != State.PAUSED:
            return []
        if self._rest_left:
            self.state, self.rest_until, self._rest_left = (
                State.RESTING, now + self._rest_left, 0)
            return []
        self.state, self._resume = State.ANNOUNCING, True
        return [self._goal()]

    def stop(self, now: int) -> list[Command]:
        """The end of the whole plan."""
        if self.state not in (*RUNNING, State.RESTING, State.PAUSED):
            return []
        cancel: list[Command] = [CancelSet()] if self.state in RUNNING else []
        done = 0.0 if self._resting else self._close(Outcome.STOPPED, now)
        self.state, self.rest_until = State.SUMMARY, 0
        if not round(done):
            return cancel
        return [*cancel, self._talk.answer('stopped', now, amount=self.amount(done))]

    def skip(self, now: int) -> list[Command]:
        """To the next exercise; in a rest to the next set."""
        if self._resting:
            return self._announce(now)
        if self.state not in (*RUNNING, State.PAUSED):
            return []
        cancel = [CancelSet()] if self.state in RUNNING else []
        self._close(Outcome.STOPPED, now)
        return [*cancel, self._talk.answer('skipped', now), *self._next_item(now)]

    def repeat(self, now: int) -> list[Command]:
        """The set over again; in a rest the one before it."""
        if self._resting:
            self.item, self.set = self._before_rest
        elif self.state in (*RUNNING, State.PAUSED):
            self._close(Outcome.STOPPED, now)
        else:
            return []
        cancel = [CancelSet()] if self.state in RUNNING else []
        return [*cancel, self._talk.answer('once_more', now), *self._announce(now)]

    def slower(self) -> None:
        """Longer rests from now on."""
        self.pace *= 1.25

    def change_target(self, number: float, relative: int = 0) -> Item | None:
        """Another target for this set and those after it; the item with the new one, or None.

        relative: +1 or -1 adds the number to the target, or takes it away.
        """
        if self.state not in (*RUNNING, State.RESTING, State.PAUSED):
            return None
        item = self.plan[self.item]
        if relative:
            number = max((item.seconds or item.reps) + relative * number, 1)
        new = (replace(item, seconds=float(number)) if item.seconds or self._timed
               else replace(item, reps=round(number)))
        self._put(new)
        return new

    def change_rest(self, seconds: float, relative: int, now: int) -> Item | None:
        """Another rest after the sets of this exercise, and for the one that is running."""
        if self.state not in (*RUNNING, State.RESTING, State.PAUSED):
            return None
        at = self._before_rest[0] if self.state == State.RESTING else self.item
        item = self.plan[at]
        rest = max(item.rest + relative * seconds, 0.0) if relative else seconds
        if self.state == State.RESTING:
            self.rest_until = max(self.rest_until + round((rest - item.rest) * SECOND), now)
            self._warned = self.rest_until - now <= REST_WARNING
        self._put(replace(item, rest=rest), at)
        return self.plan[at]

    def recount(self, reps: int) -> None:
        """A human trainer says how many there have been in this set."""
        self._count = max(reps - int(self._before), 0)
        self._journal.corrected(reps)

    @property
    def before(self) -> int:
        """Repetitions of this set that the counter does not know of."""
        return int(self._before)

    def left_to_count(self, item: Item) -> tuple[int, float]:
        """The target of the open set in the counter's own numbers: repetitions, seconds."""
        goal = self._rest_of(item)
        return goal.reps, goal.seconds

    def amount_of(self, item: Item) -> str:
        """The target of a set in words; '' is an open end."""
        if item.seconds:
            return self._words.duration(item.seconds)
        return self._words.count('repetitions', item.reps) if item.reps else ''

    @property
    def _resting(self) -> bool:
        """In a rest, be it a paused one."""
        return self.state == State.RESTING or (self.state == State.PAUSED and self._rest_left > 0)

    # Where in the plan.

    def _announce(self, now: int) -> list[Command]:
        self._fresh_set()
        self.state, self.rest_until, self._resume = State.ANNOUNCING, 0, False
        self._rest_left = 0
        item = self.plan[self.item]
        values = {'exercise': self.spoken_name(item.exercise)}
        amount = self.amount_of(item)
        key = 'announce' if amount else 'announce_open'
        if amount:
            values['amount'] = amount
            if self._counting.seconds:
                key = 'announce_hold' if item.seconds else 'announce_counted'
        if item.sets > 1:
            key += '_set'
            values |= {
                'set': self._words.number(self.set), 'sets': self._words.number(item.sets)}
        said = self._talk.chat(key, now, **values)
        if key.startswith('announce_counted'):
            self._counting.after(said.id, now)
        return [said, self._goal()]

    def _next_item(self, now: int) -> list[Command]:
        if self.item + 1 == len(self.plan):
            self.state = State.SUMMARY
            return []
        self.item, self.set, self._total = self.item + 1, 1, 0.0
        return self._announce(now)

    def _after_set(self, now: int) -> list[Command]:
        item, self._before_rest = self.plan[self.item], (self.item, self.set)
        said: list[Command] = []
        if self.set < item.sets:
            self.set += 1
        else:
            if item.sets > 1:
                said.append(self._talk.chat('all_done', now, amount=self.amount(self._total)))
            if self.item + 1 == len(self.plan):
                self.state = State.SUMMARY
                return said
            self.item, self.set, self._total = self.item + 1, 1, 0.0
        if not item.rest:
            return [*said, *self._announce(now)]
        rest = item.rest * self.pace
        self.state, self._told_next = State.RESTING, False
        self._warned = rest * SECOND <= 2 * REST_WARNING
        self.rest_until = now + round(rest * SECOND)
        self._remind_at = now + REMIND
        return [*said, self._talk.chat('rest', now, time=self._words.duration(rest))]

    def _reminded(self, now: int) -> list[Command]:
        if not self._remind_at or now < self._remind_at:
            return []
        self._remind_at = 0
        text = self.coach.after_set(int(self._before))
        return [self._talk.text(text, now)] if text else []

    def _rest(self, now: int) -> list[Command]:
        item = self.plan[self.item]
        if self._told_next and not item.seconds:  # the countdown of the rest counts in
            if now >= self.rest_until - self._counting.seconds * SECOND:
                self._fresh_set()
                self._counting.until(self.rest_until)
                self.state, self.rest_until = State.ANNOUNCING, 0
                return [self._goal(), *self._counting.tick(now)]
        elif now >= self.rest_until:
            return self._announce(now)
        if said := self._reminded(now):
            return said
        if self._warned or now < self.rest_until - REST_WARNING:
            return []
        self._warned = True
        time, amount = self._words.duration(REST_WARNING // SECOND), self.amount_of(item)
        if not (self._counting.seconds and amount):
            return [self._talk.chat('rest_ends', now, time=time)]
        self._told_next = True
        return [self._talk.chat(
            'rest_ends_next', now, time=time, amount=amount,
            exercise=self.spoken_name(item.exercise))]

    def _one_moment(self, now: int) -> list[Command]:
        self.state, self._resume = State.PAUSED, True
        return [self._talk.chat('one_moment', now)]

    def _halt(self, now: int) -> list[Command]:
        """Keep what has been done so far for when it goes on."""
        if self.state == State.RESTING:
            self._rest_left, self.rest_until = max(self.rest_until - now, SECOND), 0
            self.state = State.PAUSED
            return []
        self._before = self.so_far
        self._count, self._seconds = 0, 0.0
        self._counting.cancel()
        self.state, self._resume = State.PAUSED, False
        return [CancelSet()]

    def _leave(self, now: int) -> list[Command]:
        self._halt(now)
        amount = self.amount(self._before) if round(self._before) and not self._rest_left else ''
        if amount:
            return [self._talk.chat('left', now, amount=amount)]
        return [self._talk.chat('left_nothing', now)]

    def _put(self, item: Item, at: int | None = None) -> None:
        at = self.item if at is None else at
        self.plan = (*self.plan[:at], item, *self.plan[at + 1:])
        if at == self.item and self._recorded:
            self._journal.target(item)

    def _goal(self) -> Item:
        return self._rest_of(self.plan[self.item])

    def _rest_of(self, item: Item) -> Item:
        """What is left to do of a set."""
        if not self._before:
            return item
        if item.seconds:
            return replace(item, seconds=max(item.seconds - self._before, 1.0))
        return replace(item, reps=max(item.reps - int(self._before), 1)) if item.reps else item

    # What happened in the set.

    def _mine(self, track_id: str) -> bool:
        return not self.track_id or track_id in ('', self.track_id)

    @property
    def so_far(self) -> float:
        """Repetitions or seconds of the set that is on."""
        item = self.plan[self.item]
        timed = self._timed or item.seconds > 0
        return self._before + (self._seconds if timed else self._count)

    def _take(self, result: Result) -> None:
        """How much there has been, in the counter's last words."""
        item = self.plan[self.item]
        self._timed = self._timed or item.seconds > 0
        self._count, self._seconds = result.reps, result.seconds
        if result.outcome == Outcome.COMPLETED and item.seconds:
            # Not the fraction of a second that the last frame was late.
            self._seconds = item.seconds - self._before

    def _close(self, outcome: Outcome | int, now: int) -> float:
        """The set is over; how much was done in it."""
        done = self.so_far
        if self._recorded:
            timed = self._timed or self.plan[self.item].seconds > 0
            self._journal.set_ends(Result(
                outcome, 0 if timed else round(done), done if timed else 0.0), now)
            self._recorded = False
        self._total += done
        self.done.append((self.plan[self.item].exercise, done))
        return done

    def amount(self, done: float) -> str:
        """So much of the exercise that is on, in words."""
        if self._timed or self.plan[self.item].seconds > 0:
            return self._words.duration(done)
        return self._words.count('repetitions', round(done))

    def _follow(self, view: View) -> None:
        """A human trainer may have told the counter itself; movements may come a little later."""
        goal, item, lasts = self._goal(), self.plan[self.item], self._noticing.lasts
        if lasts('count', view.reps not in (-1, self._count), view.stamp, DIFFERENT):
            self.recount(view.reps + int(self._before))
        other = (0 < view.target_reps != goal.reps if goal.reps else
                 goal.seconds > 0 and view.target_seconds > 0
                 and abs(view.target_seconds - goal.seconds) > 0.01)
        if lasts('target', bool(other), view.stamp, DIFFERENT):
            self._put(
                replace(item, reps=view.target_reps + int(self._before)) if goal.reps
                else replace(item, seconds=view.target_seconds + self._before))
