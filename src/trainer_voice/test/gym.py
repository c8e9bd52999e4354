"""A whole session without ROS and without waiting: the athlete, the counter's own sets, a trainee
who answers, and a mouth that takes its time to speak. `python gym.py [it]` prints what is said.
"""

import sys
from collections.abc import Callable

from trainer_core.clock import SECOND, seconds
from trainer_core.people import People
from trainer_counter.reps.opening import open_set
from trainer_sim.script_file import parse
from trainer_sim.track import open_track
from trainer_voice.dialogue.events import (
    Answer,
    Body,
    CancelSet,
    Correction,
    Face,
    Form,
    Heard,
    Item,
    Knowing,
    Movement,
    Outcome,
    Result,
    Verdict,
    View,
)
from trainer_voice.dialogue.names import spoken_name
from trainer_voice.dialogue.session import Session
from trainer_voice.dialogue.wording import Wording
from trainer_voice.intents import Intents
from trainer_voice.mouth.queue import SpeechQueue, Utterance


def script(*segments: str) -> str:
    """Of somebody who does all this in front of the camera."""
    return (
        'name: workout\ncamera: {yaw: 50, pitch: 6, distance: 3.7, height: 0.85}\nactors:\n'
        '  - name: anna\n    segments:\n' + ''.join(f'      - {s}\n' for s in segments))


WORKOUT = script(
    'enter: {from: left}', 'stand: 16', 'squat: {reps: 5, tempo: 0.8}', 'stand: 24',
    'push_up: {reps: 4, tempo: 0.8}', 'stand: 18', 'plank: {seconds: 18}', 'stand: 14',
    'leave: {to: right}')
PLAN = (Item('squat', reps=5, rest=25.0), Item('push_up', reps=4, rest=25.0),
        Item('plank', seconds=15.0))
FACTS = (('record_reps', {'exercise': 'squat', 'reps': 5, 'before': 4}),
         ('days_in_a_row', {'days': 3}))
FORMS = {('squat', 2): (Correction('left_knee', 'bend', 0.35, 'bottom'),)}
WORDS_A_SECOND = 2.8
LATER = SECOND // 20  # so much the form of a repetition comes after its count


class Gym:
    """Runs a script to its end; `transcript` is (s, who, text), who is trainer or trainee."""

    def __init__(self, replies: dict[str, str], language: str = 'en', plan=PLAN, fps: float = 20.0,
                 script: str = WORKOUT, asides: dict[float, str] | None = None):
        """replies: by question. asides: what the trainee says at which second, unasked."""
        self.session = Session(
            (), Wording(language, seed=4), lambda name: spoken_name(name, language),
            understand=Intents(language).understand, count_in=3, converse=True)
        self.replies, self._plan, self._fps = replies, plan, fps
        self._script, self._asides = script, dict(asides or {})
        self.transcript: list[tuple[float, str, str]] = []
        self.dropped: list[str] = []
        self._queue, self._until = SpeechQueue(), 0
        self._set, self._reply = None, (0, '')
        self._asked: set[str] = set()
        self.states: list[str] = []
        self._forms: list[tuple[int, Form]] = []

    def run(self) -> 'Gym':
        self._do(self.session.counter_up(0), 0)
        last = 0
        for frame, people in enumerate(open_track(parse(self._script, 'gym'), fps=self._fps)):
            last = people.stamp
            self._frame(frame, people)
        for i in range(round(30 * self._fps)):  # after the last one has gone
            self._frame(i, People(last + round((i + 1) / self._fps * SECOND), 640, 480))
        return self

    def _frame(self, frame: int, people: People) -> None:
        now = people.stamp
        if frame % 3 == 0:
            self.session.people([Body(p.id, 0.5) for p in people.people], now)
            self.session.faces([
                Face(p.id, Knowing.KNOWN, 'a7k2m', 'Anna') for p in people.people], now)
        self._count(people)
        while self._forms and self._forms[0][0] <= now:
            self._do(self.session.scored(self._forms.pop(0)[1]), now)
        if frame % 6 == 0:
            self._do(self.session.tick(now), now)
        self._speak(now)
        self._listen(now)
        if not self.states or self.states[-1] != self.session.state.name:
            self.states.append(self.session.state.name)

    def _count(self, people: People) -> None:
        if self._set is None:
            return
        now, the_set = people.stamp, self._set
        state, movements = the_set.update(people)
        for m in movements:
            self._do(self.session.moved(Movement(now, m.verdict, m.count, m.track_id)), now)
            hints = FORMS.get((the_set.exercise.name, m.count), ())
            if m.verdict == Verdict.REP:
                self._forms.append((now + LATER, Form(
                    now, m.count, not hints, hints, m.track_id)))
        self._do(self.session.seen(View(
            now, state.life, state.track_id, state.hold_seconds, True, state.reps)), now)
        if the_set.finished:
            self._set = None
            self._do(self.session.ended(
                Result(Outcome.COMPLETED, the_set.reps, the_set.hold_seconds), now), now)

    def _do(self, commands, now: int) -> None:
        for command in commands:
            if isinstance(command, Utterance):
                self.dropped += [d.utterance.text for d in self._queue.put(command, now)]
                if self._queue.interrupts(command):
                    self._silent(now)
            elif isinstance(command, Item):
                self._set = open_set(
                    command.exercise, target_reps=command.reps, target_seconds=command.seconds)
                self._do(self.session.accepted(now), now)
            elif isinstance(command, CancelSet):
                self._set = None
            else:
                answer = {
                    'LoadPlan': Answer(True, items=self._plan),
                    'SumUp': Answer(True, facts=FACTS)}.get(type(command).__name__, Answer(False))
                self._do(self.session.answered(command, answer, now), now)

    def _speak(self, now: int) -> None:
        if self._queue.speaking and now < self._until:
            return
        self._silent(now)
        said, dropped = self._queue.take(now)
        self.dropped += [d.utterance.text for d in dropped]
        if said:
            self.transcript.append((seconds(now), 'trainer', said.text))
            self._until = now + round(
                (0.3 + len(said.text.split()) / WORDS_A_SECOND) * SECOND)

    def _silent(self, now: int) -> None:
        if self._queue.speaking:
            self.session.spoken(self._queue.speaking.id, now)
            self._queue.speaking = None

    def _listen(self, now: int) -> None:
        question = self.session.question
        silent = not self._queue.speaking and not len(self._queue)
        if question in self.replies and silent and question not in self._asked:
            self._asked.add(question)
            self._reply = now + SECOND, self.replies[question]
        for at in [at for at in self._asides if at <= seconds(now)]:
            self._say(self._asides.pop(at), now)
        at, text = self._reply
        if text and now >= at:
            self._reply = 0, ''
            self._say(text, now)

    def _say(self, text: str, now: int) -> None:
        self.transcript.append((seconds(now), 'trainee', text))
        self._do(self.session.heard(Heard(now, text), now), now)


def written(transcript, name: str = 'Anna') -> str:
    """As in the README: the numbers of a set on one line."""
    lines: list[str] = []
    number: Callable[[str], bool] = lambda text: ' ' not in text  # noqa: E731
    for at, who, text in transcript:
        if number(text) and who == 'trainer' and lines and lines[-1].endswith('…'):
            lines[-1] = lines[-1][:-1] + f'{text} …'
        else:
            speaker = 'Trainer' if who == 'trainer' else name
            end = ' …' if number(text) and who == 'trainer' else ''
            lines.append(f'{int(at) // 60}:{int(at) % 60:02d}  {speaker:<8} {text}{end}')
    return '\n'.join(lines)


if __name__ == '__main__':
    LANGUAGE = (sys.argv[1:] or ['en'])[0]
    GYM = Gym({'ready': {'en': 'yes', 'it': 'sì'}[LANGUAGE]}, LANGUAGE, fps=30.0).run()
    print(written(GYM.transcript))
    print('dropped:', GYM.dropped, GYM.states)
