"""The ears on real ROS, hearing recordings made by espeak-ng through a named pipe."""

import shutil

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_srvs.srv import SetBool

from trainer_core.errors import UserError
from trainer_core.ros.convert import stamp_ns
from trainer_msgs.msg import Heard, Session, SpeechStatus
from trainer_voice.ears import recognisers
from trainer_voice.ears.ears_node import EarsNode
from trainer_voice.ears.microphone import RATE
from trainer_voice.ears.recognisers import Recognised


class Named:
    """Takes every utterance for the word it is told to."""

    name = 'named'

    def __init__(self):
        self.word, self.contexts = 'yes', []

    def prepare(self, context):
        pass

    def recognise(self, samples, voiced, context):
        self.contexts.append(context)
        return Recognised(self.word, self.word, 0.9)


class Room:
    """Ears that listen to a pipe, and somebody who speaks into it."""

    def __init__(self, graph, tmp_path, **parameters):
        self.graph, self.path = graph, tmp_path / 'voice'
        self.ears = graph.add(
            EarsNode, parameters={'microphone': f'pipe:{self.path}'} | parameters)
        self.node = graph.add(Node, 'somebody')
        self.heard, self.health = [], []
        self.node.create_subscription(Heard, 'heard', self.heard.append, 10)
        self.node.create_subscription(
            DiagnosticArray, '/diagnostics', lambda m: self.health.extend(m.status), 10)
        self.session = self.node.create_publisher(Session, 'session', QoSProfile(
            depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL))
        self.mouth = self.node.create_publisher(SpeechStatus, 'speech_status', 10)
        assert graph.until(lambda: self.ears._publisher.get_subscription_count()
                           and self.mouth.get_subscription_count()
                           and self.session.get_subscription_count())

    def speak(self, seconds=0.5):
        """Something voiced."""
        assert self.graph.until(lambda: self.ears._ears.microphone)
        t = np.arange(round(seconds * RATE)) / RATE
        sound = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 20))
        with open(self.path, 'wb') as pipe:
            loudness = 3000 * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))  # as syllables are
            pipe.write((loudness * sound).astype(np.int16).tobytes())

    def hears(self, n):
        assert self.graph.until(lambda: len(self.heard) >= n), self.heard
        return self.heard[n - 1]

    def diagnosed(self, words):
        assert self.graph.until(lambda: any(words in s.message for s in self.health)), [
            s.message for s in self.health]
        return next(s for s in self.health if words in s.message)


@pytest.fixture
def recogniser(monkeypatch):
    recogniser = Named()
    monkeypatch.setattr(recognisers, 'open_recogniser', lambda *_: recogniser)
    return recogniser


def test_heard_and_told(graph, tmp_path, recogniser):
    room = Room(graph, tmp_path)
    room.session.publish(Session(state=Session.GREETING, question='ready'))
    assert graph.until(lambda: room.ears._attended.question == 'ready')
    begin = room.node.get_clock().now().nanoseconds
    room.speak()
    heard = room.hears(1)
    assert (heard.text, heard.intent, heard.source, heard.language) == (
        'yes', 'yes', Heard.MICROPHONE, 'en')
    assert heard.confidence == pytest.approx(0.9)
    assert 0 < stamp_ns(heard.header.stamp) - begin < 60e9
    assert recogniser.contexts[0].question == 'ready'
    status = room.diagnosed('listens to pipe')
    assert {v.key for v in status.values} >= {'level (dB)', 'room (dB)', 'device', 'heard'}


def test_while_the_trainer_speaks(graph, tmp_path, recogniser):
    room = Room(graph, tmp_path)
    room.mouth.publish(SpeechStatus(id='a', text='well done', state=SpeechStatus.STARTED))
    assert graph.until(lambda: room.ears._ears.context.own == 'well done')
    room.mouth.publish(SpeechStatus(id='b', text='six', state=SpeechStatus.DROPPED))
    room.speak()
    room.hears(1)
    assert recogniser.contexts[0].own == 'well done'
    room.mouth.publish(SpeechStatus(id='a', text='well done', state=SpeechStatus.FINISHED))
    assert graph.until(lambda: not room.ears._ears.context.own)
    room.speak()
    room.hears(2)
    assert recogniser.contexts[-1].own == ''


def test_deaf_on_request(graph, tmp_path, recogniser):
    room = Room(graph, tmp_path)
    client = room.node.create_client(SetBool, 'ears/enable')
    assert graph.until(client.service_is_ready)
    for wanted, told in ((False, 'disabled'), (True, 'listens to')):
        future = client.call_async(SetBool.Request(data=wanted))
        assert graph.until(future.done) and future.result().success
        room.health.clear()
        room.diagnosed(told)
        assert room.ears._ears.enabled == wanted


def test_without_a_microphone_it_stays_and_says_so(graph, tmp_path, recogniser):
    room = Room(graph, tmp_path, microphone=f'file:{tmp_path}/none.wav')
    status = room.diagnosed('none.wav cannot be read')
    assert status.level == DiagnosticStatus.WARN


def test_without_a_recogniser_nothing_is_opened(graph, tmp_path):
    room = Room(graph, tmp_path, recogniser='text')
    assert room.diagnosed('does not listen').level == DiagnosticStatus.OK
    assert room.ears._ears is None


def test_a_recogniser_that_is_not_there_is_told(graph, tmp_path, monkeypatch):
    def missing(*_):
        raise UserError('recogniser whisper: there is no model tiny on this machine')
    monkeypatch.setattr(recognisers, 'open_recogniser', missing)
    room = Room(graph, tmp_path, recogniser='whisper')
    assert room.diagnosed('there is no model tiny').level == DiagnosticStatus.ERROR


@pytest.mark.parametrize('parameters', [{'recogniser': 'telepathy'}, {'silence': 9.0}])
def test_a_wrong_parameter_ends_it_with_one_sentence(graph, parameters):
    with pytest.raises(UserError, match=next(iter(parameters))):
        graph.add(EarsNode, parameters=parameters)


@pytest.mark.skipif(shutil.which('espeak-ng') is None, reason='espeak-ng is not installed')
def test_a_spoken_yes_is_recognised(graph, tmp_path):
    from trainer_sim.voice import Speaker
    room = Room(graph, tmp_path)
    room.session.publish(Session(state=Session.GREETING, question='ready'))
    assert graph.until(
        lambda: room.ears._ears.microphone and room.ears._attended.question == 'ready')
    with open(room.path, 'wb') as pipe:
        pipe.write(Speaker('en-us', snr=20.0).say('yes').tobytes())
    assert room.hears(1).intent == 'yes'
