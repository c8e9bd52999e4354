"""The mouth on real ROS with a voice that speaks until it is told to have finished."""

import os
import select
import signal
import subprocess
import sys
from itertools import count
from queue import Queue
from time import monotonic

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.node import Node
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock as ClockMessage
from std_srvs.srv import SetBool, Trigger

from trainer_core.errors import UserError
from trainer_core.ros.convert import stamp_ns, to_stamp
from trainer_core.ros.stage import DOMAIN, patient, quickest
from trainer_msgs.msg import Say, SpeechStatus
from trainer_voice.mouth import voices
from trainer_voice.mouth.mouth_node import MouthNode

STARTED, FINISHED, DROPPED = SpeechStatus.STARTED, SpeechStatus.FINISHED, SpeechStatus.DROPPED


class HeldVoice:
    """Speaks each sentence until `finish`."""

    name = 'held'

    def __init__(self):
        self.sentences, self._finished, self._wake = Queue(), False, None

    def speak(self, sentence, started, stop):
        self._finished, self._wake = False, stop
        started()
        self.sentences.put(sentence)
        stop.wait(60)
        return self._finished

    def finish(self):
        self._finished = True
        self._wake.set()

    def close(self):
        pass


class Talk:
    """A mouth, somebody who talks to it, and all that is told about it."""

    def __init__(self, graph, **parameters):
        self.graph = graph
        self.mouth = graph.add(MouthNode, parameters=parameters)
        self.node = graph.add(Node, 'somebody')
        self.statuses, self.health = [], []
        self.node.create_subscription(SpeechStatus, 'speech_status', self.statuses.append, 10)
        self.node.create_subscription(
            DiagnosticArray, '/diagnostics', lambda m: self.health.extend(m.status), 10)
        self.publisher = self.node.create_publisher(Say, 'say', 10)
        assert graph.until(lambda: self.publisher.get_subscription_count()
                           and self.mouth._status.get_subscription_count())

    def say(self, text, age=0.0, valid=0.0, **more):
        """age: s since the event; valid: s that it stays true."""
        stamp = self.node.get_clock().now().nanoseconds - round(age * 1e9)
        message = Say(text=text, id=text, **more)
        message.header.stamp = to_stamp(stamp)
        if valid:
            message.deadline = to_stamp(stamp + round(valid * 1e9))
        self.publisher.publish(message)

    def told(self, n):
        assert self.graph.until(lambda: len(self.statuses) >= n), self.statuses
        return [(s.text, s.state, s.reason) for s in self.statuses]

    def service(self, kind, name, request):
        client = self.node.create_client(kind, name)
        assert self.graph.until(client.service_is_ready)
        future = client.call_async(request)
        assert self.graph.until(future.done)
        return future.result()

    def diagnosed(self, words):
        assert self.graph.until(lambda: any(words in s.message for s in self.health)), [
            s.message for s in self.health]
        return next(s for s in self.health if words in s.message)


@pytest.fixture
def voice(monkeypatch):
    voice = HeldVoice()
    monkeypatch.setattr(voices, 'open_voice', lambda *_: (voice, ''))
    return voice


def test_said_and_told(graph, voice):
    talk = Talk(graph, language='it')
    talk.say('uno', priority=Say.COUNT, valid=5.0)
    assert talk.told(1) == [('uno', STARTED, 'held')]
    assert voice.sentences.get(timeout=60).language == 'it'
    voice.finish()
    assert talk.told(2)[1] == ('uno', FINISHED, 'held')
    started, finished = (stamp_ns(s.header.stamp) for s in talk.statuses)
    assert 0 < finished - started < 60e9


def test_late_and_interrupted(graph, voice):
    talk = Talk(graph)
    talk.say('seven', age=2.0, valid=1.0)
    (text, state, reason), = talk.told(1)
    assert (text, state) == ('seven', DROPPED) and reason.startswith('late by 1.')
    talk.say('well done')
    talk.told(2)
    talk.say('stop', priority=Say.ALERT)
    assert talk.told(4)[2:] == [
        ('well done', DROPPED, 'interrupted by stop'), ('stop', STARTED, 'held')]


def test_enable_and_reset(graph, voice):
    talk = Talk(graph)
    talk.say('a')
    talk.told(1)
    assert talk.service(Trigger, 'mouth/reset', Trigger.Request()).success
    assert talk.told(2)[1] == ('a', DROPPED, 'reset')
    talk.service(SetBool, 'mouth/enable', SetBool.Request(data=False))
    talk.say('b')
    assert talk.told(3)[2] == ('b', DROPPED, 'the mouth is disabled')
    assert talk.diagnosed('disabled').level == DiagnosticStatus.OK
    talk.service(SetBool, 'mouth/enable', SetBool.Request(data=True))
    talk.say('c')
    assert talk.told(4)[3] == ('c', STARTED, 'held')


def test_lifecycle(graph, voice):
    talk = Talk(graph, autostart=False)
    talk.say('a')
    assert talk.told(1) == [('a', DROPPED, 'the mouth is not configured')]
    talk.mouth.trigger_configure()
    talk.mouth.trigger_activate()
    talk.say('b')
    assert talk.told(2)[1] == ('b', STARTED, 'held')
    talk.mouth.trigger_deactivate()
    assert talk.told(3)[2] == ('b', DROPPED, 'the mouth is disabled')
    talk.mouth.trigger_cleanup()
    talk.mouth.trigger_configure()
    talk.mouth.trigger_activate()
    talk.say('c')
    assert talk.told(4)[3] == ('c', STARTED, 'held')


def test_rate_changes_while_it_runs(graph, voice):
    talk = Talk(graph)
    results = talk.mouth.set_parameters([
        Parameter('rate', value=120), Parameter('volume', value=0.4), Parameter('rate', value=9)])
    assert [r.successful for r in results] == [True, True, False]
    talk.say('a')
    talk.told(1)
    sentence = voice.sentences.get(timeout=60)
    assert (sentence.rate, sentence.volume, sentence.language) == (120, 0.4, 'en')


def test_without_sound_it_writes_and_says_so(graph, monkeypatch):
    def no_player():
        raise UserError('no sound card answers (aplay tried)')
    monkeypatch.setattr(voices, 'open_synthesizer', lambda name: None)
    monkeypatch.setattr(voices, 'Player', no_player)
    talk = Talk(graph)
    talk.say('one')
    assert talk.told(2) == [('one', STARTED, 'text'), ('one', FINISHED, 'text')]
    assert talk.diagnosed('no sound card answers').level == DiagnosticStatus.WARN


def test_a_voice_that_is_not_installed_is_tried_again(graph, monkeypatch, voice):
    there = []

    def open_voice(*_):
        if not there:
            raise UserError('voice espeak: there is no espeak-ng program')
        return voice, ''
    monkeypatch.setattr(voices, 'open_voice', open_voice)
    monkeypatch.setattr(MouthNode, 'retry_seconds', 0.1)
    talk = Talk(graph, voice='espeak')
    talk.say('one')
    assert talk.told(1) == [('one', DROPPED, 'voice espeak: there is no espeak-ng program')]
    assert talk.diagnosed('there is no espeak-ng').level == DiagnosticStatus.ERROR
    there.append(True)
    assert talk.diagnosed('speaks with held').level == DiagnosticStatus.OK


def test_deadlines_and_stamps_are_on_the_clock_topic(graph, voice):
    talk = Talk(graph, use_sim_time=True)
    clock = talk.node.create_publisher(ClockMessage, '/clock', 10)

    def turned():
        clock.publish(ClockMessage(clock=to_stamp(100 * 10**9)))
        return talk.mouth.get_clock().now().nanoseconds == 100 * 10**9
    assert graph.until(turned)
    for text, deadline in (('six', 99.5), ('seven', 100.5)):
        talk.publisher.publish(Say(text=text, deadline=to_stamp(round(deadline * 1e9))))
    assert talk.told(2) == [('six', DROPPED, 'late by 0.50 s'), ('seven', STARTED, 'held')]
    assert {stamp_ns(s.header.stamp) for s in talk.statuses} == {100 * 10**9}


def test_another_clock_is_suspected(graph, voice):
    talk = Talk(graph)
    talk.say('one', age=1e6, valid=1.0)
    talk.told(1)
    assert 'is use_sim_time the same' in talk.diagnosed('late').message


SPEAKING = """
import wave
from trainer_voice.mouth import mouth_node, voices

class Silent:
    name = 'silent'
    def render(self, sentence, path):
        with wave.open(str(path), 'wb') as file:
            file.setparams((1, 2, 22050, 0, 'NONE', ''))
            file.writeframes(bytes(2 * 22050 * 60))

class Talking(mouth_node.MouthNode):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._on_say(mouth_node.Say(text='a very long word'))

voices.open_synthesizer = lambda name: Silent()
mouth_node.run(Talking)
"""


def test_a_wrong_parameter_ends_it_with_one_sentence(graph):
    with pytest.raises(UserError, match='voice is .loud.; give one of auto, pyttsx3'):
        graph.add(MouthNode, parameters={'voice': 'loud'})


@pytest.mark.alone
@pytest.mark.parametrize('end', [signal.SIGINT, signal.SIGTERM])
def test_ends_in_mid_word(tmp_path, end):
    """The real process with a player that plays for a minute: quiet, exit 0, within a second.

    More where others use the processors, too.
    """
    limit = patient(1.0)
    folders = (tmp_path / str(n) for n in count())
    assert quickest(lambda: ends_in_mid_word(next(folders), end), limit) < limit


def ends_in_mid_word(folder, end):
    """How many seconds it takes."""
    folder.mkdir()
    playing = folder / 'playing'
    os.mkfifo(playing)
    for name in ('pw-play', 'paplay', 'aplay', 'play'):
        player = folder / name
        player.write_text(
            f'#!/bin/sh\n[ -e {folder}/tried ] || {{ touch {folder}/tried; exit 0; }}\n'
            f'echo $$ > {playing}\nexec sleep 60\n')
        player.chmod(0o755)
    reader = os.open(playing, os.O_RDONLY | os.O_NONBLOCK)
    process = subprocess.Popen(
        [sys.executable, '-c', SPEAKING], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env=os.environ | {
            'PATH': f'{folder}:{os.environ["PATH"]}', 'ROS_DOMAIN_ID': str(DOMAIN),
            'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'})
    try:
        assert select.select([reader], [], [], 60)[0]
        player_id = int(os.read(reader, 100))
        begin = monotonic()
        process.send_signal(end)
        output, _ = process.communicate(timeout=60)
        seconds = monotonic() - begin
    finally:
        process.kill()
        os.close(reader)
    assert process.returncode == 0, output
    assert 'Traceback' not in output and 'rror' not in output
    with pytest.raises(ProcessLookupError):
        os.kill(player_id, 0)
    return seconds
