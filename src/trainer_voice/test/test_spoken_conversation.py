"""Conversations aloud: the trainee speaks into a noisy room that the ears listen to, the mouth
into a file that is listened to afterwards. In real time, through the nodes; only the camera and the
looking at faces are played."""

import os
import shutil
import subprocess
from itertools import islice
from time import monotonic

import numpy as np
import pytest
from hearing import RECORDINGS
from replying import LEVEL, voice_only
from test_whole_conversation import SHORT, World, anna  # noqa: F401
from transcribe import check

from trainer_core.clock import SECOND
from trainer_core.database import open_database
from trainer_core.people import People
from trainer_core.ros.stage import patient
from trainer_counter.reps.counter_node import CounterNode
from trainer_msgs.msg import Heard, Session
from trainer_pose.identity import people as store
from trainer_sim.script_file import parse
from trainer_sim.track import open_track
from trainer_sim.voice import Room, Speaker
from trainer_voice.dialogue import asking
from trainer_voice.dialogue.dialogue_node import DialogueNode
from trainer_voice.ears.ears_node import EarsNode
from trainer_voice.ears.microphone import RATE, read_wav
from trainer_voice.mouth.mouth_node import MouthNode

REPLY = 0.8  # s from the end of speech to the start of the reply
ALONE = 'TRAINER_TEST_WITHOUT_NETWORK'  # in the environment: this is the namespace
# Between the trainer's words and the trainee's; the ears wait 0.25 s for the echo to fade.
BREATH = np.zeros(round(0.6 * RATE))
PACE = 260  # words a minute of the trainer, which make the test shorter
FOR_EVER = 1000.0, 1000.0  # s of silence that the trainer bears
LOUDNESS = 2500.0  # RMS that recordings are brought to, that of the speaker
WORKOUTS = 'everybody:\n  every day: short\nworkouts:\n  short:\n    - squat: 10\n'
# One word by people whom the ears have never heard; who does not have them hears espeak-ng.
NO, YES = 'no_fdb5155e_nohash_0.wav', 'yes_af7a8296_nohash_3.wav'
OTHER = 'unknown_backward_5170b77f_nohash_4.wav.wav'


def namespaces() -> bool:
    """Whether anybody may take the network away from a program."""
    try:
        return subprocess.run(
            ['unshare', '-rn', 'ip', 'link', 'set', 'lo', 'up'], capture_output=True, timeout=10,
            check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


NAMESPACES = namespaces()
pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(shutil.which('espeak-ng') is None, reason='espeak-ng is not installed'),
    pytest.mark.skipif(NAMESPACES and ALONE not in os.environ, reason=(
        f'run by test_without_network.py; {ALONE}=1 runs it here'))]


class Standing(World):
    """Somebody who stands there, now, and is known when anybody is in the database."""

    def __init__(self, database, **kwargs):
        super().__init__(database, **kwargs)
        self._person = next(islice(open_track(parse(SHORT, 'standing'), fps=5.0), 40, None))
        self.heard: list[Heard] = []
        self.create_subscription(Heard, 'heard', self.heard.append, 10)
        with open_database(database) as db:
            self.known = next((
                {'person_id': id_, 'name': name} for id_, name, *_ in store.listed(db)), {})

    def come(self) -> None:
        """Be in view from now on."""
        self.create_timer(0.2, self._look)

    def _look(self) -> None:
        self.now = self.get_clock().now().nanoseconds
        self.see(People(self.now, 640, 480, self._person.people))

    def _enroll(self, request, response):
        with open_database(self.database) as db:
            response.person_id, response.message = store.add(
                db, request.name, [(np.zeros(128), 1.0)])
        self.known = {'person_id': response.person_id, 'name': request.name}
        response.success = True
        return response

    def _forget(self, request, response):
        with open_database(self.database) as db:
            response.message = store.forget(db, request.person_id)
        response.success, self.known = True, {}
        return response


class Aloud:
    """Ears, mouth, counter and dialogue, and somebody who speaks to them in a room."""

    def __init__(self, graph, room, folder):
        self.graph, self.room = graph, room
        self.speaker, self.replies = Speaker('en-gb+f3'), list[float]()
        self.said = folder / f'said{len(list(folder.glob("*.wav")))}.wav'
        (folder / 'workouts.yaml').write_text(WORKOUTS)
        self.world = graph.add(Standing, str(folder / 'data' / 'trainer.sqlite'))
        self.ears = graph.add(EarsNode, parameters={'microphone': f'pipe:{room.path}'})
        graph.add(MouthNode, parameters={
            'voice': 'file', 'file': str(self.said), 'rate': PACE})
        graph.add(CounterNode)
        graph.add(DialogueNode, parameters={
            'workouts': str(folder / 'workouts.yaml'), 'seed': 2, 'count_in': 0})
        self.world.come()

    def state(self, *wanted: tuple[int, str]) -> None:
        """Wait for one of these states and questions, and until all is said."""
        world = self.world
        assert self.graph.until(lambda: (
            world.session.state, world.session.question) in wanted and world.quiet), world.texts

    def tells(self, *words: str) -> None:
        """Wait until the last sentence, spoken to its end, has these words."""
        world = self.world
        assert self.graph.until(lambda: world.quiet and world.texts and all(
            w in world.texts[-1] for w in words)), world.texts

    def says(self, text: str, recording: str = '') -> None:
        """The trainee says something, again when it is not understood, and gets a reply."""
        said = len(self.world.spoken)
        assert any(self._understood(text, recording) for _ in range(3)), (text, self.world.texts)
        assert self.graph.until(lambda: len(self.world.spoken) > said, 15), self.world.heard[-1]
        self.replies.append(monotonic() - self.room.ended)

    def mumbles(self, text: str, recording: str = '') -> None:
        """The trainee says something, and it is taken for nothing."""
        assert not self._understood(text, recording), self.world.heard[-1]

    def understood(self) -> tuple[list[str], list[bool]]:
        """What the trainer said, and whether another recogniser understands it."""
        said = check(self.said)
        return [text for text, _ in said], [heard for _, heard in said]

    def _understood(self, text: str, recording: str) -> bool:
        """Whether anything came of it, at the first of three times that the ears noticed it."""
        world, ears = self.world, self.ears._ears
        for _ in range(3):
            assert self.graph.until(lambda: world.quiet), world.texts
            heard, rejected = len(world.heard), ears.rejected
            self.room.hear(np.concatenate([BREATH, self._sound(text, recording)]))
            if self.graph.until(
                    lambda n=(heard, rejected): (len(world.heard), ears.rejected) != n, 10):
                return len(world.heard) > heard
        raise AssertionError(f'nobody noticed {text!r}')

    def _sound(self, text: str, recording: str) -> np.ndarray:
        path = RECORDINGS / recording
        if not (recording and path.is_file()):
            return voice_only(self.speaker.clean(text))
        sound = read_wav(path).astype(float)
        loud = np.abs(sound) > 0.02 * np.abs(sound).max()
        return sound * LOUDNESS / sound[loud].std()


@pytest.fixture
def room(tmp_path):
    with Room(tmp_path / 'room', LEVEL) as room:
        yield room


@pytest.fixture
def patience(monkeypatch):
    """Sets how long the trainer bears silence: s before it asks again, and before it resigns.

    For ever, unless silence is what is looked at: a busy machine is slow to answer.
    """
    def bear(first: float, then: float) -> None:
        monkeypatch.setattr(asking, 'PATIENCE', round(first * SECOND))
        monkeypatch.setattr(asking, 'RESIGN', round(then * SECOND))
    bear(*FOR_EVER)
    return bear


def test_known_silence_no_yes_stop(graph, tmp_path, room, patience, anna):  # noqa: F811
    aloud = Aloud(graph, room, tmp_path)
    world = aloud.world
    aloud.state((Session.GREETING, 'ready'))
    patience(0.5, 0.5)
    aloud.tells('I will wait')
    so_far = len(world.spoken)
    assert not graph.until(lambda: len(world.spoken) > so_far or world.heard, 2)  # left in peace
    patience(*FOR_EVER)
    aloud.says('no', NO)
    aloud.tells('Say start when you are ready')
    aloud.says("let's go")
    aloud.state((Session.TRAINING, ''))
    aloud.says('how many left')
    aloud.tells('Ten repetitions')
    aloud.says('stop')
    aloud.state((Session.SUMMARY, ''), (Session.IDLE, ''))
    assert [h.intent for h in world.heard] == ['no', 'yes', 'how_many_left', 'stop']
    # The quickest: `replying.py` measures more of them, and where the time goes.
    assert min(aloud.replies) < patient(REPLY), aloud.replies
    said, understood = aloud.understood()
    assert 'Anna' in said[0] and 'Anna' in said[-1] and 'Say yes or no' in ''.join(said), said
    assert sum(understood) >= len(said) - 2  # names are hard


def test_a_stranger_mumbles_is_remembered_and_forgotten(graph, tmp_path, room, patience):
    aloud = Aloud(graph, room, tmp_path)
    aloud.state((Session.GREETING, 'enroll'))
    aloud.mumbles('flurb wozzik gantoomble')
    aloud.mumbles('zumpf', OTHER)
    aloud.state((Session.GREETING, 'enroll'))
    patience(0.5, FOR_EVER[1])
    aloud.tells('Say yes, no or guest')
    patience(*FOR_EVER)
    aloud.says('yes please')
    aloud.state((Session.GREETING, 'name'))
    aloud.mumbles('my name is Esmeralda')  # a name that it does not have: no other one instead
    aloud.says('my name is Maria')
    aloud.state((Session.GREETING, 'ready'))
    assert 'Next time I will know you, Maria.' in aloud.world.texts
    aloud.says('yes', YES)
    aloud.state((Session.TRAINING, ''))
    assert [h.intent for h in aloud.world.heard] == ['yes', 'enroll', 'yes']
    first = aloud.understood()

    for node in list(graph.nodes):  # in the middle of the set
        graph.remove(node)
    aloud = Aloud(graph, room, tmp_path)
    aloud.state((Session.GREETING, 'ready'))
    aloud.says('forget me')
    aloud.state((Session.GREETING, 'forget'))
    aloud.tells('delete everything', 'Maria')
    aloud.says('yes', YES)
    aloud.tells('deleted everything', 'your face', 'the history of one workout')
    with open_database(tmp_path / 'data' / 'trainer.sqlite') as db:
        assert [db.row(f'SELECT count(*) FROM {table}')[0]
                for table in ('people', 'encodings', 'sessions')] == [0, 0, 0]
    second = aloud.understood()
    assert 'Maria' in second[0][0], second
    assert sum(first[1] + second[1]) >= len(first[0] + second[0]) - 3, (first, second)
