"""A training session as a state machine: events in, what to say and to do out.

No clock and no ROS: every event brings its time (ns). The states and their order are drawn in the
README of this package. The work is done by its parts: who is there (presence), greeting, planning,
training with its coach; here events find their way to them, and words their meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from trainer_core.clock import SECOND
from trainer_voice.dialogue.asking import Asking
from trainer_voice.dialogue.attending import Attending
from trainer_voice.dialogue.correcting import COUNTS, Correcting
from trainer_voice.dialogue.correcting import INTENTS as CORRECTIONS
from trainer_voice.dialogue.events import (
    Adjust,
    Answer,
    Body,
    CancelSet,
    ChangePace,
    Correct,
    Enroll,
    Face,
    Forget,
    Form,
    Heard,
    Item,
    Judge,
    Knowing,
    LoadPlan,
    MakePlan,
    Movement,
    Request,
    Result,
    Source,
    State,
    StorePlan,
    SumUp,
    TellPlan,
    View,
)
from trainer_voice.dialogue.farewell import Farewell
from trainer_voice.dialogue.forgetting import Forgetting
from trainer_voice.dialogue.greeting import Greeting
from trainer_voice.dialogue.journal import Journal, NoJournal
from trainer_voice.dialogue.peers import Peers
from trainer_voice.dialogue.planning import Planning
from trainer_voice.dialogue.presence import Presence
from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.telling import how_many_left, whats_next
from trainer_voice.dialogue.training import RUNNING, Command, Training
from trainer_voice.dialogue.wording import Wording

if TYPE_CHECKING:
    from trainer_voice.intents import Understood

BLIND = 5 * SECOND       # without an image
AUTO = 'auto'            # the counter finds out which exercise it is
ACTIVE = (*RUNNING, State.RESTING, State.PAUSED)


class Session:
    """One trainee at a time; every method returns what to say and to do.

    With a plan it trains whoever comes, without asking anything. Without one, and with `converse`,
    it greets, asks, and takes the workout of the day.
    """

    def __init__(
        self, plan: Sequence[Item], words: Wording, spoken_name: Callable[[str], str], *,
        understand: Callable[[str, str], Understood] | None = None,
        journal: Journal | None = None, count_in: int = 0, converse: bool = False,
    ):
        """spoken_name: name of an exercise file to what it is called in the language of words.
        understand: text and open question to what was meant.
        """
        def named(exercise: str) -> str:
            return (words.piece('auto') if exercise == AUTO
                    else words.several(spoken_name(exercise)))
        self._spoken_name, self._understand, self._converse = named, understand, converse
        self._journal: Journal = journal or NoJournal()
        self.talk = Talk(words)
        self.asking = Asking(self.talk)
        self.presence = Presence()
        self.training = Training(
            self.talk, named, self._journal, count_in if converse else 0, waits=converse)
        self.training.plan = tuple(plan)
        self.greeting = Greeting(self.talk, self.asking, self.presence, self._load)
        self.planning = Planning(
            self.talk, self.asking, named, self._begin, self._back)
        self.attending = Attending(
            self.talk, self.asking, self.presence, self.greeting, self.training)
        self.farewell = Farewell(self.talk, self.greeting, self.attending, self.training, named)
        self.correcting = Correcting(self.talk, self.training, self._journal)
        self.forgetting = Forgetting(
            self.talk, self.asking, self.presence, self.greeting, self._back, self._break_off)
        self.plan_name = ''
        self._counter = False     # is there
        self._written = False     # the journal has begun
        self._loading = False
        self.peers = Peers(self.talk)
        self._waiting: list[Request] = []
        self._handlers = {
            **self.greeting.answers, 'plan_ok': self.planning.answered,
            'forget': self.forgetting.answered, 'resume': self.attending.answered}

    @property
    def state(self) -> State:
        """As published."""
        if self.training.state == State.IDLE and self.greeting.active:
            return State.GREETING
        return self.training.state

    @property
    def question(self) -> str:
        """What an answer is waited for; '' is nothing."""
        return self.asking.name

    @property
    def plan(self) -> tuple[Item, ...]:
        return self.training.plan

    @property
    def fault(self) -> str:
        return self.training.fault

    @property
    def track_id(self) -> str:
        """The trainee."""
        return self.greeting.who.track_id or self.training.track_id

    @property
    def alone(self) -> bool:
        """Nobody but the trainee is in view."""
        return len(self.presence.here()) < 2

    @property
    def exercise(self) -> str:
        """Of the set that is on, or comes next; '' without a plan."""
        return self.plan[self.training.item].exercise if self.plan else ''

    def close(self, now: int) -> None:
        """It is not gone on with: what has been done is kept."""
        if self._written:
            self._written = False
            self._journal.ends(now)

    # Events from the counter.

    def counter_up(self, now: int) -> list[Command]:
        """The counter is there, for the first time or again."""
        self._counter = True
        if self.training.state == State.IDLE and self.plan:
            self._begin_journal(now)
        return self._out(self.training.counter_up(now))

    def counter_down(self, now: int) -> list[Command]:
        """The counter has gone."""
        self._counter = False
        return self.training.counter_down(now)

    def accepted(self, now: int) -> list[Command]:
        """The counter has taken the set."""
        return self.training.accepted(now)

    def ended(self, result: Result, now: int) -> list[Command]:
        """The set is over."""
        return self._out([*self.training.ended(result, now), *self._after(now)])

    def moved(self, movement: Movement) -> list[Command]:
        """A movement has been judged; a repetition is counted aloud."""
        return self.training.moved(movement)

    def scored(self, form: Form) -> list[Command]:
        """The form of a repetition."""
        return self.training.scored(form)

    def seen(self, view: View) -> list[Command]:
        """A new frame of the set."""
        return self.training.seen(view)

    # Events from the others.

    def people(self, bodies: Iterable[Body], stamp: int) -> None:
        """Everybody in an image; what follows from it comes with the next tick."""
        self.presence.people(bodies, stamp)

    def faces(self, faces: Iterable[Face], stamp: int) -> None:
        """Who everybody is."""
        self.presence.faces(faces, stamp)

    def spoken(self, id_: str, now: int) -> None:
        """Something has been said to its end."""
        self.asking.spoken(id_, now)
        self.training.spoken(id_, now)

    def ears(self, there: bool, now: int) -> list[Command]:
        """Whether anybody listens."""
        return self._peer('ears', there, now)

    def heard(self, heard: Heard, now: int) -> list[Command]:
        """The trainee has said or typed something, or pressed a button."""
        question = self.asking.name
        meant = self._understand(heard.text, question) if self._understand else None
        intent = heard.intent or (meant.intent if meant else '')
        values = dict(meant.values) if meant else {}
        if question:
            said = self._handlers[question](intent, values, heard, now)
            if said is not None:
                return self._out([*said, *self._after(now)])
        if intent:
            active = self.training.state in ACTIVE
            said = self._command(intent, values, heard, now)
            if said is not None and (said or active):
                return self._out([*said, *self._after(now)])
        typed = heard.source == Source.KEYBOARD and heard.text
        if self.question:
            return self.asking.not_understood(now, bool(typed))
        if typed:
            return [self.talk.answer('nothing_running' if intent else 'not_understood', now)]
        return []  # people talk, and not only to us

    def answered(self, request: Request, answer: Answer, now: int) -> list[Command]:
        """What became of something that others were to do; what nobody waits for is ignored."""
        if request not in self._waiting:
            return []
        self._waiting.remove(request)
        return self._out([*self._answered(request, answer, now), *self._after(now)])

    def changed(self, change: Adjust | Correct | Judge, now: int) -> list[Command] | None:
        """A human trainer has told the counter: another rest, count or verdict, in the counter's
        own numbers. None when there is no set that it could be about.
        """
        said = self.correcting.told(change, now)
        return None if said is None else self._out(said)

    def tick(self, now: int) -> list[Command]:
        """Time passes; call it a few times a second."""
        said = [*self.training.tick(now), *self.asking.tick(now), *self._recognise(now),
                *self.farewell.tick(now)]
        if self._converse:
            said += self._peer('ears', 'ears' not in self.peers.missing, now)
            said += self._peer('history', not self._journal.fault, now)
            sees = self._sees(now) or not self.presence.now
            said += self._peer('eyes', sees, now)
            if sees:
                said += self._watch(now)
        return self._out([*said, *self._after(now)])

    # Coming and going.

    def _watch(self, now: int) -> list[Command]:
        if self.training.state in ACTIVE:
            return self.attending.tick(now)
        aside, people = self.attending.aside(now)
        if self.training.state == State.SUMMARY and not self.farewell.waits and (
                self.presence.gone(self.greeting.who.track_id)
                or any(t not in aside for t in self.presence.here())):
            self.training.state, self.training.plan = State.IDLE, ()
        if self.training.state == State.SUMMARY or self._loading or self.plan:
            return []
        return self.greeting.tick(now, aside, people)

    def _recognise(self, now: int) -> list[Command]:
        """Somebody who trains as a guest may be known after all."""
        who = self.greeting.who
        face = self.presence.face(self.track_id)
        if (self.training.state in ACTIVE and not who.person_id and face
                and face.knowing == Knowing.KNOWN and face.person_id != who.denied):
            who.person_id, who.name = face.person_id, face.name
            self._journal.belongs_to(who.person_id)
        if not self.presence.now or not (self._converse and self.training.state in ACTIVE):
            return []
        there = self.presence.recognised() or not self.presence.ever_recognised
        return self._peer('faces', there, now)

    def _peer(self, name: str, there: bool, now: int) -> list[Command]:
        return self.peers.look(name, there, self.state not in (State.IDLE, State.SUMMARY), now)

    # From the yes to the goodbye.

    def _load(self, now: int) -> list[Command]:
        """The trainee wants to begin."""
        self.asking.settle()
        self._loading = True
        return [LoadPlan(self.greeting.who.person_id)]

    def _begin(self, items: tuple[Item, ...], now: int) -> list[Command]:
        self.greeting.begun()
        self._loading, self.attending.left_at = False, 0
        said = self.training.begin(items, now, self._counter)
        self._begin_journal(now)
        return said

    def _begin_journal(self, now: int) -> None:
        if not self._written:
            self._written = True
            self._journal.begins(
                self.greeting.who.person_id, self.plan_name, self.plan, now)

    def _after(self, now: int) -> list[Command]:
        """When the plan has just come to its end: what it came to, and goodbye."""
        if self.question == 'resume' and self.training.state != State.PAUSED:
            self.asking.settle()  # skipped, or repeated
        if self.training.state != State.SUMMARY or not self._written:
            return []
        self._written = False
        self._journal.ends(now)
        self.asking.settle()
        return self.farewell.begin(now) if self._converse else []

    def _back(self, now: int) -> list[Command]:
        """To where we were before a plan was talked about."""
        if self.training.state in (*ACTIVE, State.SUMMARY) or not self._present():
            return []
        return self.greeting.ask_ready('ready_again', now)

    def _sees(self, now: int) -> bool:
        """There is a camera."""
        return bool(self.presence.now) and now - self.presence.now <= BLIND

    def _nobody(self) -> bool:
        """Who is to be trained is not in view."""
        return self._converse and self.training.state not in ACTIVE and not self._present()

    def _present(self) -> bool:
        track = self.greeting.who.track_id
        return self._converse and bool(track) and not self.presence.gone(track)

    def _answered(self, request: Request, answer: Answer, now: int) -> list[Command]:
        match request:
            case TellPlan():
                if not answer.items:
                    return [*self._todays(answer, now), self.talk.chat('tell_me', now)]
                return [*self._todays(answer, now),
                        *(self._back(now) if self.question == 'ready' else [])]
            case LoadPlan():
                self._loading = False
                if not (answer.success and answer.items):
                    self.greeting.active = True
                    return [*self._todays(answer, now), self.talk.chat('tell_me', now)]
                self.plan_name = answer.name
                return [*self._todays(answer, now), *self._begin(answer.items, now)]
            case MakePlan():
                self.plan_name = answer.name
                return self.planning.made(request, answer, now)
            case StorePlan():
                return self.planning.stored(answer, now)
            case Enroll():
                return self._enrolled(request, answer, now)
            case Forget():
                return self.forgetting.done(answer, now)
            case SumUp():
                return self.farewell.say(answer.facts, now) if self.farewell.waits else []
            case Correct() | Judge() | Adjust():
                return self.correcting.done(request, answer, now)
        return []

    def _todays(self, answer: Answer, now: int) -> list[Command]:
        """What the workout of the day is, or why there is none."""
        said: list[Command] = [self.talk.text(text, now) for text in answer.sentences]
        if not (answer.success and answer.items):
            return said or [self.talk.answer('no_plan', now)]
        names = dict.fromkeys(self._spoken_name(i.exercise) for i in answer.items)
        key = 'unfinished' if answer.unfinished else 'today'
        return [self.talk.answer(key, now, exercises=self.talk.words.listed(list(names))), *said]

    # What the trainee wants.

    def _command(
        self, intent: str, values: dict, heard: Heard, now: int,
    ) -> list[Command] | None:
        """None for what makes no sense at the moment."""
        training = self.training
        active = training.state in ACTIVE
        match intent:
            case 'stop' | 'goodbye' if active:
                return training.stop(now)
            case 'stop' | 'goodbye' if self._present():
                self.asking.settle()
                return self.farewell.say((), now) if self.greeting.active else []
            case 'start' | 'go_on' | 'yes' if active and self.attending.others_only:
                return self.attending.one_at_a_time(now)
            case 'start' if training.state in RUNNING and not self.alone:
                return self.attending.one_at_a_time(now)
            case 'guest' | 'enroll' if active and not self.alone:
                return self.attending.one_at_a_time(now)
            case 'pause' if self.question and not active or self.question == 'resume':
                self.asking.wait()
                return [self.talk.answer('waiting', now)]
            case 'pause':
                return training.pause(now)
            case 'go_on' | 'start' | 'yes' if active:
                return [] if intent == 'yes' and training.state != State.PAUSED else (
                    training.go_on(now))
            case 'start' | 'go_on' | 'yes' if self._present() and not self._loading:
                return self._load(now)
            case 'skip':
                return training.skip(now)
            case 'repeat':
                if active and self.talk.words.means_set(heard.text):
                    return training.repeat(now)
                if training.state == State.RESTING and not self.question:
                    return [how_many_left(training, self.talk, now)]  # not what it was at first
                return self.asking.again(now) if self.question else list(self.talk.again(now))
            case 'slower' | 'faster' as pace:
                key = pace if training.change_rests(pace) else f'{pace}_voice'
                return [ChangePace(pace), self.talk.answer(key, now)]
            case 'how_many_left':
                return [how_many_left(training, self.talk, now)]
            case 'whats_next' if self.question == 'ready':
                return [TellPlan(self.greeting.who.person_id)]
            case 'whats_next':
                return [whats_next(training, self.talk, now)]
            case 'help':
                return self._help(now)
            case 'plan' | 'enroll' if active:
                return [self.talk.answer('not_now', now)]
            case 'plan' if self._present() or not self._converse:
                return self.planning.wish(heard.text, self.greeting.who.person_id)
            case 'enroll' if self._present() and not self.greeting.who.person_id:
                name = values.get('name', '')
                over = training.state == State.SUMMARY
                return (self.greeting.enroll(name, now, over) if name
                        else self.greeting.ask_name(now, over))
            case 'enroll' if self._present():
                key = 'known_as' if self.state == State.GREETING else 'known_already'
                return [self.talk.answer(key, now, name=self.greeting.who.name)]
            case 'guest' if self.state == State.GREETING and self.greeting.who.person_id:
                return self.greeting.mistaken(now)
            case 'start' | 'go_on' | 'plan' | 'enroll' | 'guest' if self._nobody():
                return [self.talk.answer('unseen' if self._sees(now) else 'blind', now)]
            case 'polite' if self.question:
                return self.asking.again(now)
            case 'forget_me' if self._converse and not self._present():
                return [self.talk.answer('unseen', now)]  # anybody might say so
            case 'forget_me':
                return self.forgetting.ask(now)
            case _ if intent in CORRECTIONS and (active or (
                    training.state == State.SUMMARY and training.done and intent in COUNTS)):
                return self.correcting.wanted(intent, values, now)
        return None

    def _help(self, now: int) -> list[Command]:
        if self.question and self.question != 'ready':
            return self.asking.again(now)  # which says what may be answered
        if self.training.state == State.PAUSED:
            return [self.talk.answer('help_paused', now)]
        if self.training.state in ACTIVE:
            return [self.talk.answer('help_training', now)]
        return [self.talk.answer('help_ready' if self.question else 'help_idle', now)]

    def _enrolled(self, request: Enroll, answer: Answer, now: int) -> list[Command]:
        said = self.greeting.enrolled(request, answer, now)
        if answer.success and self.training.state == State.SUMMARY:
            # Who was a guest until the end takes the session along.
            self._journal.belongs_to(answer.person_id)
            self.attending.put_aside(self.greeting.who, now)
        return said

    def _break_off(self, now: int) -> list[Command]:
        """Nothing is left of what was on; who is here is not greeted again."""
        self.attending.put_aside(self.greeting.who, now)
        self.greeting.active = self._loading = self._written = False
        stopped: list[Command] = []
        if self.training.state in ACTIVE:
            self._journal.belongs_to('')
            stopped = [c for c in self.training.stop(now) if isinstance(c, Request)]
        self.training.state, self.training.plan = State.IDLE, ()
        return stopped

    def _out(self, commands: list[Command]) -> list[Command]:
        """Remember which requests an answer is waited for."""
        self._waiting += [
            c for c in commands
            if isinstance(c, Request) and not isinstance(c, CancelSet | ChangePace)]
        return commands
