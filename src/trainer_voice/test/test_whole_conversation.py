"""Whole conversations through the graph: dialogue, mouth and counter as nodes, the athlete's joints
instead of a camera, an identity that knows Anna, a clock that runs as fast as they can follow."""

from dataclasses import replace
from time import monotonic

import pytest
from gym import script
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rosgraph_msgs.msg import Clock
from std_msgs.msg import Header

from trainer_core.clock import SECOND
from trainer_core.database import open_database
from trainer_core.people import People
from trainer_core.ros.convert import people_to_message, to_stamp
from trainer_counter.reps.counter_node import CounterNode
from trainer_msgs.msg import (
    FormScore,
    Heard,
    Hint,
    Identity,
    IdentityArray,
    Movement,
    PersonArray,
    Say,
    Session,
    SpeechStatus,
)
from trainer_msgs.srv import Enroll, Forget, ListPeople
from trainer_sim.script_file import parse
from trainer_sim.track import open_track
from trainer_voice.dialogue.dialogue_node import DialogueNode
from trainer_voice.dialogue.wording import Wording
from trainer_voice.history.records import sessions
from trainer_voice.mouth.mouth_node import MouthNode

START = 1_795_000_000 * SECOND
FPS = 10       # images a second in which the counter has something to do
IDLE_FPS = 5
TICK = SECOND // 5  # between two looks of the dialogue at the clock
WORKOUTS = """
everybody:
  every day: short
workouts:
  short:
    - squat: 3, rest 10 s
    - push up: 3, rest 10 s
    - plank: 10 s
"""
WORKOUT = script(
    'enter: {from: left}', 'stand: 14', 'squat: {reps: 3, tempo: 0.9}', 'stand: 16',
    'push_up: {reps: 3, tempo: 0.9}', 'stand: 11', 'plank: {seconds: 13}', 'stand: 8',
    'leave: {to: right}')
SHORT = script('enter: {from: left}', 'stand: 90')


class World(Node):
    """Everything around the trainer: who is in view, who they are, what they say, the time."""

    def __init__(self, database, **kwargs):
        super().__init__('world', **kwargs)
        self.database = database
        self.clock = self.create_publisher(Clock, '/clock', 10)
        self.poses = self.create_publisher(PersonArray, 'poses', 10)
        self.words = self.create_publisher(Heard, 'heard', 10)
        self.form = self.create_publisher(FormScore, 'form', 10)
        self.spoken, self.session, self.moved = [], Session(), []
        self._unsaid: set[str] = set()
        self.create_subscription(Say, 'say', lambda m: self._unsaid.add(m.id), 50)
        self.create_subscription(SpeechStatus, 'speech_status', self._speech, 50)
        self.create_subscription(Movement, 'movements', self._movement, 50)
        self.create_subscription(
            Session, 'session', lambda m: setattr(self, 'session', m),
            QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL))
        self.now = START
        self.play_identity()

    def play_identity(self) -> None:
        """In place of the node that looks at faces."""
        self.known: dict[str, str] = {}  # name and id by whom identity takes everybody for
        self.identities = self.create_publisher(IdentityArray, 'identities', 10)
        self.create_service(Enroll, 'enroll', self._enroll)
        self.create_service(Forget, 'forget', self._forget)
        self.create_service(ListPeople, 'list_people', lambda _, response: response)

    @property
    def texts(self):
        return [s.text for s in self.spoken]

    def show(self, people: People) -> None:
        """An image, at the time that it has from now on."""
        self.now = START + people.stamp
        self.clock.publish(Clock(clock=to_stamp(self.now)))
        self.see(people)

    def see(self, people: People) -> None:
        """What is made of an image now."""
        header = Header(stamp=to_stamp(self.now))
        self.poses.publish(people_to_message(people, header))
        self.tell_who(people, header)

    def tell_who(self, people: People, header: Header) -> None:
        self.identities.publish(IdentityArray(header=header, identities=[
            Identity(track_id=p.id, distance=0.3, margin=0.3, looks=5, **self._who())
            for p in people.people]))

    def say(self, text: str, intent: str = '') -> None:
        self.words.publish(Heard(
            header=Header(stamp=to_stamp(self.now)), text=text, intent=intent))

    def _who(self):
        if not self.known:
            return {'state': Identity.UNKNOWN}
        return {'state': Identity.KNOWN, **self.known}

    @property
    def quiet(self):
        """Nothing waits to be said."""
        return not self._unsaid

    def _speech(self, message):
        if message.state != SpeechStatus.STARTED:
            self._unsaid.discard(message.id)
        if message.state == SpeechStatus.STARTED:
            self.spoken.append(message)

    def _movement(self, message):
        self.moved.append(message)
        if message.verdict == Movement.REP:
            hints = [Hint(part='left_knee', direction='bend', amount=0.35, moment='bottom')] if (
                message.exercise, message.count) == ('squat', 2) else []
            self.form.publish(FormScore(
                header=message.header, track_id=message.track_id, exercise=message.exercise,
                rep=message.count, correct=not hints, hints=hints, median=0.1, threshold=0.2))

    def _enroll(self, request, response):
        with open_database(self.database) as db, db.transaction() as c:
            c.execute("INSERT INTO people VALUES ('m1m1m', ?, '2026')", (request.name,))
        self.known = {'person_id': 'm1m1m', 'name': request.name}
        response.success, response.person_id = True, 'm1m1m'
        return response

    def _forget(self, request, response):
        with open_database(self.database) as db:
            response.success = db.forget(request.person_id) is not None
        self.known = {}
        return response


class Hall:
    """All nodes, and time that is made here."""

    kind = World

    def __init__(self, graph, tmp_path, **parameters):
        (tmp_path / 'workouts.yaml').write_text(WORKOUTS)
        self._time, self._tracks = 0, {}
        self.graph, self.database = graph, str(tmp_path / 'data' / 'trainer.sqlite')
        sim = {'use_sim_time': True}
        self.world = graph.add(self.kind, self.database)
        self.counter = graph.add(CounterNode, parameters=sim)
        self.mouth = graph.add(MouthNode, parameters={'voice': 'text', **sim})
        self.parameters = {
            'workouts': str(tmp_path / 'workouts.yaml'), 'seed': 4, **sim, **parameters}
        self.dialogue = graph.add(DialogueNode, parameters=self.parameters)
        self._connect()

    def restart_dialogue(self):
        self.graph.remove(self.dialogue)
        self.dialogue = self.graph.add(DialogueNode, parameters=self.parameters)
        self._connect()

    def _connect(self) -> None:
        """Everybody hears everybody: shown by images of an empty room, some of which arrive."""
        world, presence = self.world, self.dialogue._session.presence
        end = monotonic() + 60
        senses, self._ticked = self.dialogue._senses, 0
        look = senses.look

        def looked():  # at every tick of the dialogue
            self._ticked = self.dialogue._now()
            look()
        senses.look = looked

        def connected():
            return (presence.now and presence.ever_recognised and self.dialogue._link.up
                    and self.counter._meter.total and world.words.get_subscription_count() >= 1
                    and world.form.get_subscription_count() >= 1
                    and self.dialogue._say.get_subscription_count() >= 2
                    and self.mouth._status.get_subscription_count() >= 2)
        while not connected():
            assert monotonic() < end
            self._later(1 / IDLE_FPS)
            world.show(People(self._time, 640, 480))
            self.graph.until(connected, 0.2)

    def show(self, people: People) -> None:
        """One image, and all that follows from it."""
        seen = self.counter._meter.total
        self.world.show(people)
        self.graph.until(lambda: (
            self.world.now - self._ticked < TICK and self.counter._meter.total > seen
            and self.world.quiet), 30.0)
        for _ in range(4):
            self.graph.executor.spin_once(timeout_sec=0)

    def play(self, script: str, until=None, limit: float = 1e9) -> bool:
        """Show the script, from where it was, until something is true or so many seconds of it.

        What does not depend on the clock gets some more time of this machine.
        """
        fps = float(FPS if script == WORKOUT else IDLE_FPS)
        if script not in self._tracks:
            self._tracks[script] = iter(open_track(parse(script, 'script'), fps=fps))
        for _, people in zip(range(round(min(limit, 1e6) * fps)), self._tracks[script],
                             strict=False):
            self._later(1 / fps)
            self.show(replace(people, stamp=self._time))
            if until is not None and until():
                return True
        return until is not None and self.graph.until(until)

    def _later(self, seconds: float) -> None:
        self._time += round(seconds * SECOND)

    def empty(self, seconds: float, until=lambda: False) -> bool:
        for _ in range(round(seconds * IDLE_FPS)):
            self._later(1 / IDLE_FPS)
            self.show(People(self._time, 640, 480))
            if until():
                return True
        return bool(until())

    def state(self, state, question=''):
        return lambda: (self.world.session.state, self.world.session.question) == (state, question)

    def done(self):
        """What is in the history of a person."""
        assert self.graph.until(lambda: self.dialogue._keeper.waiting == 0)
        with open_database(self.database) as db:
            return [
                (s.exercise, s.reps, round(s.seconds), s.outcome)
                for who in ('a7k2m', 'm1m1m', '') for session in sessions(db, who)
                for s in session.sets]


@pytest.fixture
def anna(data):
    with open_database(data / 'trainer.sqlite') as db, db.transaction() as c:
        c.execute("INSERT INTO people VALUES ('a7k2m', 'Anna', '2026')")
    return {'person_id': 'a7k2m', 'name': 'Anna'}


@pytest.mark.timeout(300)  # minutes of training, on a machine that may be busy
def test_from_walking_in_to_goodbye(graph, tmp_path, anna):
    hall = Hall(graph, tmp_path)
    hall.world.known = anna
    assert hall.play(WORKOUT, hall.state(Session.GREETING, 'ready'), 10)
    hall.play(WORKOUT, limit=1)
    hall.world.say('yes')
    assert graph.until(hall.state(Session.TRAINING)), hall.world.texts
    hall.play(WORKOUT)
    words, said = Wording('en'), hall.world.texts
    assert hall.empty(10, lambda: 'Anna' in hall.world.texts[-1]), said
    said = hall.world.texts
    assert [text for text in said if text in words.numbers] == [words.number(n) for n in (
        3, 2, 1, 1, 2, 3, 3, 2, 1, 1, 2, 3, 5, 4, 3, 2, 1)]
    assert hall.empty(20, hall.state(Session.IDLE)), said
    assert hall.done() == [
        ('squat', 3, 0, 'completed'), ('push_up', 3, 0, 'completed'),
        ('plank', 0, 10, 'completed')], said


def test_no_silence_and_gibberish(graph, tmp_path, anna):
    hall = Hall(graph, tmp_path)
    hall.world.known = anna
    assert hall.play(SHORT, hall.state(Session.GREETING, 'ready'), 10)
    hall.world.say('blue potatoes fly')
    assert hall.play(SHORT, lambda: 'understand' in ''.join(hall.world.texts) or 'did not get' in (
        ''.join(hall.world.texts)), 5)
    hall.world.say('no')
    assert hall.play(SHORT, lambda: 'Say start when' in ' '.join(hall.world.texts), 5), (
        hall.world.texts)
    before = len(hall.world.texts)
    hall.play(SHORT, limit=20)
    assert len(hall.world.texts) == before  # it waits in silence
    hall.world.say('start')
    assert graph.until(hall.state(Session.TRAINING)), hall.world.texts
    hall.world.say('stop')
    assert hall.play(SHORT, hall.state(Session.SUMMARY), 10)


def test_silence_is_asked_again_and_waited_for(graph, tmp_path, anna):
    hall = Hall(graph, tmp_path)
    hall.world.known = anna
    assert hall.play(SHORT, lambda: len(hall.world.texts) == 3, 40)
    greeting, again, wait = hall.world.texts
    assert 'Anna' in greeting and 'Say yes or no' in again and 'I will wait' in wait


def test_a_stranger_is_known_next_time_and_then_forgotten(graph, tmp_path, data):
    hall = Hall(graph, tmp_path)
    assert hall.play(SHORT, hall.state(Session.GREETING, 'enroll'), 15)
    hall.world.say('yes please')
    assert hall.play(SHORT, hall.state(Session.GREETING, 'name'), 5)
    hall.world.say('my name is Maria')
    assert hall.play(SHORT, hall.state(Session.GREETING, 'ready'), 5)
    assert graph.until(lambda: 'Next time I will know you, Maria.' in hall.world.texts), (
        hall.world.texts)
    before = len(hall.world.texts)
    hall.restart_dialogue()
    hall.world.session = Session()
    assert hall.play(SHORT, hall.state(Session.GREETING, 'ready'), 10)
    assert graph.until(lambda: 'Maria' in ''.join(hall.world.texts[before:]))
    assert graph.until(lambda: (
        hall.world.session.person_id, hall.world.session.name) == ('m1m1m', 'Maria'))
    hall.world.say('forget me')
    assert hall.play(SHORT, hall.state(Session.GREETING, 'forget'), 5)
    hall.world.say('yes')
    assert hall.play(SHORT, lambda: 'deleted everything' in ' '.join(hall.world.texts), 5), (
        hall.world.texts)
    assert graph.until(lambda: hall.world.session.person_id == '')
    with open_database(data / 'trainer.sqlite') as db:
        assert db.person('Maria') is None
