"""The voice that answers: what it says, and when."""

import shutil
from time import monotonic

import numpy as np
import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile

from trainer_core.errors import UserError
from trainer_core.ros.stage import DOMAIN
from trainer_msgs.msg import Session, SpeechStatus
from trainer_sim.voice import VOICES, Answerer, Reply, Room, Speaker
from trainer_sim.voice.ros.partner import Partner
from trainer_sim.voice.speaker import RATE, conversation, noise

needs_espeak = pytest.mark.skipif(
    shutil.which('espeak-ng') is None, reason='espeak-ng is not installed')

# what the trainer says (or ?question), what is answered
TABLE = [
    ('?ready', 'what'),
    ('?ready', 'yes'),
    ('?ready', 'yes'),
    ('?name', 'my name is Anna'),
    ('?', None),
    ('Rest for thirty seconds.', 'skip'),
    ('rest for ten seconds', None),
    ('Nothing that is in the script', None),
]


def test_the_script_is_followed():
    spoken = []
    answers = Answerer([
        Reply('?ready', ('what', 'yes')), Reply('?name', 'my name is Anna'),
        Reply('rest for', 'skip', times=1)], spoken.append)
    for trainer, answer in TABLE:
        given = answers.asked(trainer[1:]) if trainer[0] == '?' else answers.said(trainer)
        assert given == answer, trainer
    assert spoken == [answer for _, answer in TABLE if answer]


def test_a_pattern_that_is_none():
    with pytest.raises(UserError, match='reply to'):
        Answerer([Reply('(', 'yes')])


@needs_espeak
@pytest.mark.parametrize('voice', [v for voices in VOICES.values() for v in voices])
def test_every_voice_speaks_at_the_loudness_asked_for(voice):
    sound = Speaker(voice, snr=10.0).say('yes please')
    assert sound.dtype == np.int16 and 0.8 < len(sound) / RATE < 3.0
    before, spoken = sound[:4000].astype(float).std(), sound[6400:-6400].astype(float).std()
    assert 1.5 < spoken / before < 4.0  # 10 dB, pauses and all
    assert (sound == Speaker(voice, snr=10.0).say('yes please')).all()


@needs_espeak
def test_a_conversation_knows_where_its_lines_are():
    sound, where = conversation(['yes', 'no'], Speaker(), pause=0.5)
    assert len(where) == 2 and where[0][0] == 0.5
    for begin, end in where:
        assert np.abs(sound[round(begin * RATE):round(end * RATE)].astype(float)).max() > 2000
    assert not sound[:round(0.5 * RATE)].any()


def test_noise_has_the_level_asked_for():
    assert noise(RATE, 300.0).std() == pytest.approx(300.0)
    assert not noise(RATE, 0.0).any()


def test_a_room_is_heard_through_its_pipe(tmp_path):
    with Room(tmp_path / 'room', level=0.0) as room, open(room.path, 'rb') as ears:
        room.hear(np.full(960, 1000))
        heard = 0
        for _ in range(100):  # 3 s at most
            heard += (np.frombuffer(ears.read(2 * 480), np.int16) == 1000).sum()
            if heard == 960:
                break
        assert heard == 960 and room.quiet(10.0)


def test_a_partner_answers_aloud_when_it_is_asked():
    """On real ROS: the answer comes after the question has been spoken."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=DOMAIN)
    executor = SingleThreadedExecutor(context=context)
    sounds = []

    class Says:
        def clean(self, line):
            return line

    partner = Partner(
        [Reply('?ready', ('what', 'yes')), Reply('rest for', 'skip')], Says(), sounds.append,
        context=context)
    trainer = Node('trainer', context=context)
    session = trainer.create_publisher(Session, 'session', QoSProfile(
        depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL))
    mouth = trainer.create_publisher(SpeechStatus, 'speech_status', 10)
    executor.add_node(partner)
    executor.add_node(trainer)

    def until(condition, limit=60.0):
        end = monotonic() + limit
        while not condition() and monotonic() < end:
            executor.spin_once(timeout_sec=0.05)
        return condition()

    def say(text):
        for state in (SpeechStatus.STARTED, SpeechStatus.FINISHED):
            mouth.publish(SpeechStatus(text=text, state=state))
    try:
        assert until(lambda: mouth.get_subscription_count() and session.get_subscription_count())
        session.publish(Session(question='ready'))
        say('Are you ready?')
        assert until(lambda: sounds == ['what']), sounds
        say('Are you ready?')
        assert until(lambda: sounds == ['what', 'yes']), sounds
        session.publish(Session(question=''))
        say('Rest for ten seconds.')
        assert until(lambda: sounds == ['what', 'yes', 'skip']), sounds
        assert partner.lines == sounds
    finally:
        partner.destroy_node()
        trainer.destroy_node()
        rclpy.shutdown(context=context)
