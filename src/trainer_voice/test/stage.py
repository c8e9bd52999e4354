"""A stage for a session without ROS: people come and go, speak, train; time is made here."""

from trainer_core.clock import SECOND
from trainer_voice.dialogue.events import (
    Answer,
    Body,
    Face,
    Form,
    Heard,
    Item,
    Knowing,
    Life,
    Movement,
    Outcome,
    Result,
    Source,
    Verdict,
    View,
)
from trainer_voice.dialogue.session import Session
from trainer_voice.dialogue.wording import Wording
from trainer_voice.mouth.queue import Priority, Utterance

STEP = 0.2  # s
PLAN = (Item('squat', reps=3, rest=30.0), Item('push_up', sets=2, reps=2, rest=15.0),
        Item('plank', seconds=20.0))


def ns(seconds: float) -> int:
    return round(seconds * SECOND)


class Keys(Wording):
    """Says which sentence it would say, instead of one of its variants."""

    def say(self, sentence, **values):
        return ' '.join([sentence, *(f'{v}' for v in values.values())])


class Stage:
    """Everything around a session: identities, a mouth that needs no time, others that answer."""

    def __init__(self, plan=(), words=None, understand=None, answers=None, count_in=3,
                 converse=True, journal=None, spoken_name=str.upper):
        self.session = Session(
            plan, words or Keys('en'), spoken_name, understand=understand, count_in=count_in,
            converse=converse, journal=journal)
        self.t, self.counter_is_up = 0.0, False
        self.answers = {'LoadPlan': Answer(True, items=PLAN), **(answers or {})}
        self.here: dict[str, float] = {}
        self.known: dict[str, Face] = {}
        self.faces_work = self.eyes_work = True
        self.goal: Item | None = None
        self.log: list[str] = []     # of all that was said and done since it was last asked for
        self.asked: list = []        # requests
        self.timeline: list[tuple[float, str]] = []

    # What happens.

    def comes(self, track='p1', knowing=Knowing.UNKNOWN, person='', name='', size=0.5):
        self.here[track] = size
        self.known[track] = Face(track, knowing, person, name)

    def anna(self, track='p1'):
        self.comes(track, Knowing.KNOWN, 'a7k2m', 'Anna')

    def goes(self, track='p1'):
        del self.here[track]

    def counter(self, up=True):
        self.counter_is_up = up
        self._take(self.session.counter_up(self.now) if up
                   else self.session.counter_down(self.now))

    def wait(self, seconds):
        for _ in range(round(seconds / STEP)):
            self.t += STEP
            if self.eyes_work:
                self.session.people(
                    [Body(track, size) for track, size in self.here.items()], self.now)
                if self.faces_work:
                    self.session.faces(
                        [face for t, face in self.known.items() if t in self.here], self.now)
            self._take(self.session.tick(self.now))

    def says(self, text, intent='', source=Source.MICROPHONE):
        self.timeline.append((self.t, f'< {text}'))
        self._take(self.session.heard(Heard(self.now, text, intent, source), self.now))

    def reps(self, first, last=None, every=2.0, forms=()):
        for n in range(first, (last or first) + 1):
            self.wait(every)
            self._take(self.session.moved(Movement(self.now, Verdict.REP, n)))
            for form in forms:
                if form.rep == n:
                    self._take(self.session.scored(form))

    def form(self, rep, *hints, correct=None):
        self._take(self.session.scored(Form(
            self.now, rep, not hints if correct is None else correct, hints)))

    def holds(self, seconds, offset=0.0):
        for i in range(round(seconds / STEP) + 1):
            self._take(self.session.seen(View(
                self.now, Life.ACTIVE, '', offset + i * STEP)))
            self.wait(STEP)

    def ends(self, reps=0, seconds=0.0, outcome=Outcome.COMPLETED, message=''):
        self.goal = None
        self._take(self.session.ended(Result(outcome, reps, seconds, message), self.now))

    # What is done about it.

    @property
    def now(self):
        return ns(self.t)

    def said(self):
        """All that was said and done since it was last asked for."""
        log, self.log = self.log, []
        return log

    def _take(self, commands):
        for command in commands:
            if isinstance(command, Utterance):
                self.log.append(command.text)
                self.timeline.append((self.t, command.text))
                if command.priority != Priority.COUNT:
                    self.session.spoken(command.id, self.now)
            elif isinstance(command, Item):
                amount = f' {command.reps}' if command.reps else (
                    f' {command.seconds:g} s' if command.seconds else '')
                self.log.append(f'-> {command.exercise}{amount}')
                self.goal = command
                self._take(self.session.accepted(self.now))
            else:
                self._request(command)

    def _request(self, request):
        kind = type(request).__name__
        self.asked.append(request)
        values = [v for v in vars(request).values()
                  if isinstance(v, str | float | int) and v not in ('', -1)]
        self.log.append(' '.join(['=>', kind, *(f'{v}' for v in values)]))
        if kind in self.answers:
            answer = self.answers[kind]
            answer = answer(request) if callable(answer) else answer
            self._take(self.session.answered(request, answer, self.now))
