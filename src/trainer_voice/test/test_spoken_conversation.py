"""A conversation aloud: the trainee speaks into a noisy room that the ears listen to, the mouth
into a file that is listened to afterwards. In real time, through the nodes."""

import os
import shutil
import subprocess
from itertools import islice
from time import monotonic

import pytest
from replying import voice_only
from test_whole_conversation import SHORT, World
from transcribe import check

from trainer_core.people import People
from trainer_counter.reps.counter_node import CounterNode
from trainer_msgs.msg import Heard, Session
from trainer_sim.script_file import parse
from trainer_sim.track import open_track
from trainer_sim.voice import Room, Speaker
from trainer_voice.dialogue.dialogue_node import DialogueNode
from trainer_voice.ears.ears_node import EarsNode
from trainer_voice.mouth.mouth_node import MouthNode

REPLY = 0.8  # s from the end of speech to the start of the reply
ALONE = 'TRAINER_TEST_WITHOUT_NETWORK'  # in the environment: this is the namespace


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
    pytest.mark.skipif(shutil.which('espeak-ng') is None, reason='espeak-ng is not installed'),
    pytest.mark.skipif(NAMESPACES and ALONE not in os.environ, reason=(
        f'run by test_without_network.py; {ALONE}=1 runs it here'))]


class Standing(World):
    """Somebody who stands there, now."""

    def __init__(self, database, **kwargs):
        super().__init__(database, **kwargs)
        self._person = next(islice(open_track(parse(SHORT, 'standing'), fps=5.0), 40, None))
        self.heard: list[Heard] = []
        self.create_subscription(Heard, 'heard', self.heard.append, 10)

    def come(self) -> None:
        """Be in view from now on."""
        self.create_timer(0.2, self._look)

    def _look(self) -> None:
        self.now = self.get_clock().now().nanoseconds
        self.see(People(self.now, 640, 480, self._person.people))


def test_known_not_yet_yes_stop(graph, tmp_path, data):
    world = graph.add(Standing, str(data / 'trainer.sqlite'))
    world.known = {'person_id': 'a7k2m', 'name': 'Anna'}
    (tmp_path / 'workouts.yaml').write_text(
        'everybody:\n  every day: short\nworkouts:\n  short:\n    - squat: 10\n')
    with Room(tmp_path / 'room', 30.0) as room:
        graph.add(EarsNode, parameters={'microphone': f'pipe:{room.path}'})
        graph.add(MouthNode, parameters={'voice': 'file', 'file': str(tmp_path / 'said.wav')})
        graph.add(CounterNode)
        graph.add(DialogueNode, parameters={
            'workouts': str(tmp_path / 'workouts.yaml'), 'seed': 2, 'count_in': 0})
        speaker, replies = Speaker('en-gb+f3'), list[float]()
        world.come()

        def state(*wanted):
            return graph.until(lambda: (
                world.session.state, world.session.question) in wanted and world.quiet, 30)

        def says(text):
            heard, said = len(world.heard), len(world.spoken)
            for _ in range(3):  # whoever is not heard says it again
                assert graph.until(lambda: world.quiet, 30), world.texts
                room.hear(voice_only(speaker.clean(text)))
                if graph.until(lambda: len(world.heard) > heard, 10):
                    break
            assert len(world.heard) > heard, world.texts
            assert graph.until(lambda: len(world.spoken) > said, 15), world.heard[-1]
            replies.append(monotonic() - room.ended)
        assert state((Session.GREETING, 'ready'))
        says('not yet')
        assert state((Session.GREETING, 'ready'))
        says("let's go")
        assert state((Session.TRAINING, '')), world.texts
        says('how many left')
        assert graph.until(lambda: world.quiet)
        says('stop')
        assert state((Session.SUMMARY, ''), (Session.IDLE, '')), world.texts
    assert [h.intent for h in world.heard] == ['no', 'yes', 'how_many_left', 'stop']
    # The quickest: `replying.py` measures more of them, and where the time goes.
    assert min(replies) < REPLY * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)), replies
    said = check(tmp_path / 'said.wav')
    assert 'Anna' in said[0][0] and 'Anna' in said[-1][0]
    assert sum(understood for _, understood in said) >= len(said) - 2  # names are hard
