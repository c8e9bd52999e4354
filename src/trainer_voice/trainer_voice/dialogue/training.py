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
from trainer_voice.dialogue.resting import Rest
from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.tally import Done, Tally
from trainer_voice.mouth.queue import Priority, Utterance

RETURN = 2 * SECOND            # before a set is opened again for somebody who walked off
DIFFERENT = SECOND // 2        # so long the counter must say another number to be corrected
SLOWER, STEP = 1.25, 5.0       # rests become so much longer, in whole steps (s)

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
        self.rest = Rest(talk)
        self._waits = waits
        self.plan: tuple[Item, ...] = ()
        self.state = State.IDLE
        self.item, self.set = 0, 1
        self.track_id = ''
        self.fault = ''  # why nothing goes on; for /diagnostics
        self.begun = 0
        self.done: list[Done] = []  # every set
        self._clear()

    def _clear(self) -> None:
        self._first = 0       # of `done` that belongs to this item
        self._resume = False  # the next goal continues a set
        self._reopen_at = 0   # when to open the set again for somebody who walked off
        self.rest.after = (0, 1)
        self._fresh_set()

    def _fresh_set(self) -> None:
        self.tally = Tally()
        self._recorded = False  # in the journal
        self._tried = 0         # movements that went not far enough
        self.rest.over()
        self._noticing.fresh()
        self._counting.cancel()
        self.coach.begin()

    # Events from the counter node itself.

    def begin(self, plan: Sequence[Item], now: int, counter_up: bool = True) -> list[Command]:
        """Start a plan from its beginning."""
        self.plan, self.item, self.set = tuple(plan), 0, 1
        self.state, self.done, self.begun = State.IDLE, [], now
        self.fault = ''
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
            return [*said, self.goal]
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
        if result.outcome == Outcome.COMPLETED and result.reps == self.tally.count + 1:
            # The movement and the end of the set come by different ways, in any order.
            said.append(self._talk.number(self.tally.before + result.reps, now))
        elif abs(result.reps - self.tally.count) > 1:
            # Corrected, which has ended the set: that comes by a third way.
            self._journal.corrected(self.tally.before + result.reps)
        self.tally.take(result, self.plan[self.item])
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
            return [self._talk.chat('stopped', now, amount=amount)] if (
                amount and not self._waits) else []
        return [*said, self._talk.chat('done', now, amount=amount), *self._after_set(now)]

    def _reached(self, now: int) -> list[Command]:
        amount = self.amount(self._close(Outcome.COMPLETED, now))
        return [self._talk.chat('done', now, amount=amount), *self._after_set(now)]

    # Events from the set.

    def moved(self, movement: Movement) -> list[Command]:
        """A movement has been judged; a repetition is counted aloud."""
        if self.state == State.IDLE or not self._mine(movement.track_id):
            return []
        stamp = movement.stamp
        self._journal.moved(replace(movement, count=self.tally.before + movement.count))
        if self.state not in RUNNING:
            return []
        if movement.verdict == Verdict.REP:
            self.tally.count = movement.count
            self._counting.cancel()
            return [self._talk.number(self.tally.before + movement.count, stamp)]
        if movement.verdict == Verdict.PARTIAL:
            self._tried += 1
            if self._tried == 1 and not self.so_far:
                return []  # may have been but getting into position
            return list(self._noticing.hint('partial', stamp, Priority.HINT))
        if movement.verdict == Verdict.NOT_MEASURABLE:
            return list(self._noticing.hint('not_measurable', stamp, Priority.CHAT))
        return []

    def scored(self, form: Form) -> list[Command]:
        """The form of a repetition: a hint, praise, or nothing."""
        if self.state == State.IDLE or not self._mine(form.track_id):
            return []
        self._journal.scored(replace(form, rep=self.tally.before + form.rep))
        if self.state == State.RESTING and self.rest.reminds:
            self.coach.last(form)
        if self.state not in RUNNING or not self.tally.count:
            return []  # of the last repetition of a set: it is over
        text = self.coach.scored(form, self.tally.before)
        return [self._talk.hint(text, form.stamp)] if text else []

    def seen(self, view: View) -> list[Command]:
        """A new frame of the set: is somebody there, can it be judged, how long is the hold."""
        if self.state != State.TRAINING:
            return []
        self.track_id = view.track_id or self.track_id
        self._follow(view)
        said = self._noticing.seen(view)
        self.tally.held(view.hold_seconds)
        if self.tally.seconds:
            item = self.plan[self.item]
            said += self._noticing.hold(self.tally.done(item), item.seconds, view.stamp)
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
            return [self.goal]
        if self.state == State.RESTING:
            return self._rest(now)
        return list(self._counting.tick(now)) if self.state in RUNNING else []

    # What the trainee, or a trainer of flesh and blood, asks for.

    def pause(self, now: int) -> list[Command]:
        """Until `go_on`."""
        if self.state not in (*RUNNING, State.RESTING, State.PAUSED):
            return []
        halted = self._halt(now) if self.state != State.PAUSED else []
        return [*halted, self._talk.answer('paused', now)]

    def away(self, now: int) -> list[Command]:
        """The trainee has left the picture; waits until `go_on`."""
        if self.state not in (*RUNNING, State.RESTING):
            return []
        open_set = [CancelSet()] if self.state in RUNNING else []
        return [*open_set, *self._leave(now)]

    def go_on(self, now: int, asked: bool = True) -> list[Command]:
        """After a pause; in a rest it is the end of the rest. asked: somebody wants to."""
        if self.state == State.RESTING:
            return self._announce(now)
        if self.state != State.PAUSED:
            return []
        if self.rest.paused:
            self.state = State.RESTING
            self.rest.go_on(now)
            return [self._talk.answer('how_many_rest', now, time=self._words.duration(
                self.rest.left(now) / SECOND))] if asked else []
        item = self.plan[self.item]
        if 0 < (item.seconds or item.reps) <= self.so_far:
            return self._reached(now)  # by a correction, or the target is another one now
        self.state, self._resume = State.ANNOUNCING, True
        self.tally.go_on()
        return [self.goal]

    def stop(self, now: int) -> list[Command]:
        """The end of the whole plan."""
        if self.state not in (*RUNNING, State.RESTING, State.PAUSED):
            return []
        cancel: list[Command] = [CancelSet()] if self.state in RUNNING else []
        done = 0.0 if self.resting else self._close(Outcome.STOPPED, now)
        self.rest.over()
        self.state = State.SUMMARY
        if self._waits or not round(done):
            return cancel  # the summary says what was done
        return [*cancel, self._talk.answer('stopped', now, amount=self.amount(done))]

    def skip(self, now: int) -> list[Command]:
        """To the next exercise; in a rest to the next set."""
        if self.resting:
            return self._announce(now)
        if self.state not in (*RUNNING, State.PAUSED):
            return []
        cancel = [CancelSet()] if self.state in RUNNING else []
        self._close(Outcome.STOPPED, now)
        return [*cancel, self._talk.answer('skipped', now), *self._next_item(now)]

    def repeat(self, now: int) -> list[Command]:
        """The set over again; in a rest the one before it."""
        if self.resting:
            self.item, self.set = self.rest.after
        elif self.state in (*RUNNING, State.PAUSED):
            self._close(Outcome.STOPPED, now)
        else:
            return []
        cancel = [CancelSet()] if self.state in RUNNING else []
        return [*cancel, self._talk.answer('once_more', now), *self._announce(now)]

    def change_rests(self, pace: str) -> bool:
        """Rests for a `slower` or `faster` pace from now on; False where that changes nothing."""
        change = _shorter if pace == 'faster' else _longer
        new = tuple(replace(item, rest=change(item.rest)) for item in self.plan)
        if self.at is None or new == self.plan:
            return False
        self.plan = new
        return True

    def change_target(self, number: float, relative: int = 0) -> Item | None:
        """Another target for this set and those after it; the item with the new one, or None.

        relative: +1 or -1 adds the number to the target, or takes it away.
        """
        if self.state not in (*RUNNING, State.RESTING, State.PAUSED):
            return None
        item = self.plan[self.item]
        if relative:
            number = max((item.seconds or item.reps) + relative * number, 1)
        new = (replace(item, seconds=float(number)) if self.tally.counts_seconds(item)
               else replace(item, reps=round(number)))
        self._put(new)
        return new

    @property
    def at(self) -> Item | None:
        """What is trained, or rested from; None when neither."""
        if self.state not in (*RUNNING, State.RESTING, State.PAUSED):
            return None
        return self.plan[self._at]

    @property
    def timed(self) -> bool:
        """The set that is on, or the one just done, counts seconds."""
        return bool(self.plan) and self.tally.counts_seconds(self.plan[self._at])

    @property
    def _at(self) -> int:
        return self.rest.after[0] if self.resting else self.item

    def change_rest(self, seconds: float, relative: int, now: int) -> Item | None:
        """Another rest after the sets of this exercise, and for the one that is running."""
        item = self.at
        if item is None:
            return None
        rest = max(item.rest + relative * seconds, 0.0) if relative else seconds
        if self.resting:
            self.rest.change(rest - item.rest, now)
        self._put(replace(item, rest=rest), self._at)
        return self.at

    def recount(self, reps: int) -> None:
        """A human trainer says how many there have been in this set, or the one just done."""
        self.tally.recount(reps)
        self._journal.corrected(reps)
        if self.done and (self.resting or self.state == State.SUMMARY):
            self.done[-1] = self.done[-1]._replace(amount=reps)

    @property
    def goal(self) -> Item:
        """What is left of the open set, in the counter's own numbers."""
        return self.tally.rest_of(self.plan[self.item])

    def amount_of(self, item: Item) -> str:
        """The target of a set in words; '' is an open end."""
        return self._words.target(item.reps, item.seconds)

    @property
    def resting(self) -> bool:
        """In a rest, be it a paused one."""
        return self.state == State.RESTING or (self.state == State.PAUSED and self.rest.paused)

    # Where in the plan.

    def _announce(self, now: int) -> list[Command]:
        self._fresh_set()
        self.state, self._resume = State.ANNOUNCING, False
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
        return [said, self.goal]

    def _next_item(self, now: int) -> list[Command]:
        if self.item + 1 == len(self.plan):
            self.state = State.SUMMARY
            return []
        self.item, self.set, self._first = self.item + 1, 1, len(self.done)
        return self._announce(now)

    def _after_set(self, now: int) -> list[Command]:
        item, after = self.plan[self.item], (self.item, self.set)
        said: list[Command] = []
        if self.set < item.sets:
            self.set += 1
        else:
            last = self.item + 1 == len(self.plan)
            if item.sets > 1 and not (last and self._waits):  # then the summary says it
                total = sum(done.amount for done in self.done[self._first:])
                said.append(self._talk.chat('all_done', now, amount=self.amount(total)))
            if last:
                self.state = State.SUMMARY
                return said
            self.item, self.set, self._first = self.item + 1, 1, len(self.done)
        if not item.rest:
            return [*said, *self._announce(now)]
        self.state, self.rest.after = State.RESTING, after
        return [*said, *self.rest.begin(item.rest, now)]

    def _rest(self, now: int) -> list[Command]:
        item = self.plan[self.item]
        self.rest.tick(now)
        if self.rest.told_next:  # the countdown of the rest counts in
            if now >= self.rest.until - self._counting.seconds * SECOND:
                until = self.rest.until
                self._fresh_set()
                self._counting.until(until)
                self.state = State.ANNOUNCING
                return [self.goal, *self._counting.tick(now)]
        elif now >= self.rest.until:
            return self._announce(now)
        return [
            *self.rest.reminded(now, lambda: self.coach.after_set(self.tally.before)),
            *self.rest.ends(item, self.spoken_name(item.exercise), self.amount_of(item),
                            self._counting.seconds > 0, now)]

    def _one_moment(self, now: int) -> list[Command]:
        self.state, self._resume = State.PAUSED, True
        return [self._talk.chat('one_moment', now)]

    def _halt(self, now: int) -> list[Command]:
        """Keep what has been done so far for when it goes on."""
        if self.state == State.RESTING:
            self.rest.pause(now)
            self.state = State.PAUSED
            return []
        self.tally.interrupt(self.plan[self.item])
        self._counting.cancel()
        self.state, self._resume = State.PAUSED, False
        return [CancelSet()]

    def _leave(self, now: int) -> list[Command]:
        self._halt(now)
        amount = self.amount(self.so_far) if round(self.so_far) and not self.rest.paused else ''
        if amount:
            return [self._talk.chat('left', now, amount=amount)]
        return [self._talk.chat('left_nothing', now)]

    def _put(self, item: Item, at: int | None = None) -> None:
        at = self.item if at is None else at
        self.plan = (*self.plan[:at], item, *self.plan[at + 1:])
        if at == self.item and self._recorded:
            self._journal.target(item)

    # What happened in the set.

    def _mine(self, track_id: str) -> bool:
        return not self.track_id or track_id in ('', self.track_id)

    @property
    def so_far(self) -> float:
        """Repetitions or seconds of the set that is on, or the one just done."""
        return self.tally.done(self.plan[self._at])

    def _close(self, outcome: Outcome | int, now: int) -> float:
        """The set is over; how much was done in it."""
        item, done = self.plan[self.item], self.so_far
        if self._recorded:
            timed = self.tally.counts_seconds(item)
            self._journal.set_ends(Result(
                outcome, 0 if timed else round(done), done if timed else 0.0), now)
            self._recorded = False
        self.done.append(Done(item.exercise, done, self.tally.counts_seconds(item)))
        return done

    def amount(self, done: float) -> str:
        """So much of the exercise that is on, in words."""
        return self._words.amount(done, self.tally.counts_seconds(self.plan[self.item]))

    def _follow(self, view: View) -> None:
        """A human trainer may have told the counter itself; movements may come a little later."""
        goal, item, lasts = self.goal, self.plan[self.item], self._noticing.lasts
        if lasts('count', view.reps not in (-1, self.tally.count), view.stamp, DIFFERENT):
            self.recount(view.reps + self.tally.before)
        other = (0 < view.target_reps != goal.reps if goal.reps else
                 goal.seconds > 0 and view.target_seconds > 0
                 and abs(view.target_seconds - goal.seconds) > 0.01)
        if lasts('target', bool(other), view.stamp, DIFFERENT):
            self._put(
                replace(item, reps=view.target_reps + self.tally.before) if goal.reps
                else replace(item, seconds=view.target_seconds + self.tally.earlier))


def _longer(rest: float) -> float:
    return max(STEP * round(SLOWER * rest / STEP), rest + STEP) if rest else rest


def _shorter(rest: float) -> float:
    return max(min(STEP * round(rest / SLOWER / STEP), rest - STEP), min(rest, STEP))
