"""The runner's eye on the graph, fed with messages as the nodes send them."""

from threading import Thread
from time import monotonic

import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header

from trainer import nodes
from trainer.watcher import Watcher
from trainer_core.clock import SECOND
from trainer_core.ros.convert import to_stamp
from trainer_core.ros.stage import DOMAIN
from trainer_msgs.msg import Movement, PlanItem, Say, Session, SetState, SpeechStatus, Workout

LIMIT = 60.0
SQUATS = Workout(items=[PlanItem(exercise='squat')])
START = 1000 * SECOND
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
KINDS = {
    'camera_info': CameraInfo, 'set_state': SetState, 'movements': Movement, 'say': Say,
    'speech_status': SpeechStatus, '/diagnostics': DiagnosticArray, 'session': Session}


@pytest.fixture
def told():
    return []


@pytest.fixture
def watcher(told):
    """A watcher of a counter and a mouth that are not there, and publishers to feed it."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=DOMAIN)
    chosen = [node for node in nodes.NODES if node.name in ('counter', 'mouth')]
    watcher = Watcher(chosen, told.append, context=context, namespace='gym')
    feeder = Node('feeder', context=context, namespace='gym')
    out = {topic: feeder.create_publisher(kind, topic, LATCHED if topic == 'session' else 10)
           for topic, kind in KINDS.items()}
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(watcher)
    thread = Thread(target=executor.spin, daemon=True)
    thread.start()
    assert watcher.wait_for(
        lambda: all(p.get_subscription_count() for p in out.values()), LIMIT)
    watcher.feed = lambda topic, **fields: out[topic].publish(KINDS[topic](**fields))
    yield watcher
    executor.shutdown(1.0)
    thread.join(LIMIT)
    watcher.destroy_node()
    feeder.destroy_node()
    context.try_shutdown()


def at(seconds: float):
    return to_stamp(START + round(seconds * SECOND))


def header(seconds: float) -> Header:
    return Header(stamp=at(seconds))


def test_the_summary_is_what_was_published(watcher, told):
    for i in range(31):
        watcher.feed('camera_info', header=header(i / 10))
    watcher.feed('movements', header=header(1), verdict=Movement.PARTIAL, reason='too shallow',
                 start=at(0.5), end=at(1), range=0.5)
    watcher.feed('movements', header=header(2), verdict=Movement.REP, side=Movement.LEFT, count=1,
                 start=at(1.5), end=at(2), range=1.0)
    watcher.feed('set_state', header=header(3), exercise='lunge', method='default', reps=1)
    assert watcher.wait_for(lambda: watcher.frames == 31 and watcher.judged, LIMIT)
    assert watcher.all_judged()
    document = watcher.document('clip.mp4', 'mse')
    movements = document.pop('movements')
    assert document == {
        'source': 'clip.mp4', 'exercise': 'lunge', 'method': 'default', 'reps': 1, 'reps_left': 1,
        'reps_right': 0, 'hold_seconds': 0.0, 'frames': 31, 'seconds': 3.0, 'said': [],
        'forms': []}
    assert [(m['verdict'], m['start'], m['end'], m['side'], m['count']) for m in movements] == [
        ('partial', 0.5, 1.0, 'both', 0), ('rep', 1.5, 2.0, 'left', 1)]
    assert told == ['    1.00 s  - partial: too shallow', '    2.00 s  1']


def test_the_last_image_is_waited_for(watcher):
    watcher.feed('camera_info', header=header(1))
    assert watcher.wait_for(lambda: watcher.frames, LIMIT)
    assert not watcher.all_judged()
    watcher.feed('set_state', header=header(1))
    assert watcher.wait_for(watcher.all_judged, LIMIT)


@pytest.mark.parametrize('end', [SpeechStatus.FINISHED, SpeechStatus.DROPPED])
def test_the_last_word_is_waited_for(watcher, told, end):
    watcher.feed('say', id='a', text='one')
    assert watcher.wait_for(lambda: not watcher.all_spoken(0.0), LIMIT)
    watcher.feed('speech_status', id='a', text='one', state=SpeechStatus.STARTED)
    assert watcher.wait_for(lambda: watcher.said == ['one'], LIMIT)
    assert not watcher.all_spoken(0.0)
    watcher.feed('speech_status', id='a', text='one', state=end)
    assert watcher.wait_for(lambda: watcher.all_spoken(0.0), LIMIT)
    assert told == ['            "one"']


def test_what_no_mouth_has_heard_is_not_waited_for_for_ever(watcher, monkeypatch):
    monkeypatch.setattr('trainer.watcher.BEGUN_WITHIN', 0.0)
    watcher.feed('say', id='a', text='one')
    assert watcher.wait_for(lambda: watcher._last_word, LIMIT)
    before = monotonic()
    while not watcher.all_spoken(0.0):
        assert monotonic() - before < 1.0


def test_who_is_missing_and_why(watcher):
    assert watcher.missing() == {'counter': 'has not started', 'mouth': 'has not started'}
    mouth = Node('mouth', context=watcher.context, namespace='gym')
    assert watcher.wait_for(lambda: 'active' in watcher.missing().get('mouth', ''), LIMIT)
    watcher.feed('/diagnostics', status=[DiagnosticStatus(
        name='gym/mouth: voice', level=DiagnosticStatus.ERROR, message='no such voice')])
    assert watcher.wait_for(lambda: watcher.missing()['mouth'] == 'no such voice', LIMIT)
    watcher.feed('/diagnostics', status=[DiagnosticStatus(
        name='gym/mouth: voice', level=DiagnosticStatus.OK, message='speaking')])
    assert watcher.wait_for(lambda: not watcher.fault('mouth'), LIMIT)
    mouth.destroy_node()


@pytest.mark.parametrize('fields', [
    {'state': Session.TRAINING, 'workout': SQUATS}, {'state': Session.IDLE}])
def test_a_set_is_open_or_somebody_may_come(watcher, fields):
    assert not watcher.training()
    watcher.feed('session', state=Session.IDLE, workout=SQUATS, question='to be opened')
    assert watcher.wait_for(lambda: watcher.session.question, LIMIT)
    assert not watcher.training()
    watcher.feed('session', **fields)
    assert watcher.wait_for(watcher.training, LIMIT)


def test_the_end_of_the_source_is_told_once(watcher, told):
    for _ in range(2):
        watcher.feed('/diagnostics', status=[DiagnosticStatus(
            name='gym/camera: source', message='the source has ended')])
    watcher.feed('say', id='a', text='one')
    assert watcher.wait_for(lambda: watcher._last_word, LIMIT)
    assert told == ['the source has ended; Ctrl-C ends this session']


def test_where_the_mirror_is_is_told_once(watcher, told):
    for _ in range(2):
        watcher.feed('/diagnostics', status=[DiagnosticStatus(
            name='gym/mirror: page', level=DiagnosticStatus.OK,
            values=[KeyValue(key='url', value='http://127.0.0.1:8080/')])])
    watcher.feed('/diagnostics', status=[DiagnosticStatus(
        name='gym/mouth: voice', level=DiagnosticStatus.ERROR, message='last')])
    assert watcher.wait_for(lambda: watcher.fault('mouth'), LIMIT)
    assert told == ['the mirror is at http://127.0.0.1:8080/']
