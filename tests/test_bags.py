"""`./trainer record` and `./trainer replay` as programs, on topics of our own."""

import signal
from pathlib import Path
from types import SimpleNamespace

import pytest
import rclpy
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile

from trainer_core.clock import SECOND
from trainer_core.ros.bags import Bag, Writer
from trainer_core.ros.qos import EVERY_ONE
from trainer_msgs.msg import Session, SetState

pytestmark = pytest.mark.alone

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
LIMIT = 60.0


@pytest.fixture
def graph(trainer):
    """Publishes a latched session, and states when asked to."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=trainer.domain)
    node = Node('feeder', context=context, namespace=trainer.namespace)
    session = node.create_publisher(Session, 'session', LATCHED)
    session.publish(Session(name='Ada'))
    states = node.create_publisher(SetState, 'set_state', EVERY_ONE)
    yield SimpleNamespace(session=session, states=states)
    node.destroy_node()
    context.try_shutdown()


@pytest.mark.parametrize(('storage', 'number'), [
    ('mcap', signal.SIGINT), ('sqlite3', signal.SIGTERM), ('mcap', signal.SIGHUP),
])
def test_a_recording_is_closed_however_it_is_ended(trainer, graph, tmp_path, storage, number):
    bag = tmp_path / 'bag'
    record = trainer('record', '-o', bag, '--storage', storage)
    assert record.says('recording into')
    publishers = (graph.session, graph.states)
    assert record.until(lambda: all(p.get_subscription_count() for p in publishers), LIMIT)
    for i in range(20):
        graph.states.publish(SetState(reps=i))
    assert all(p.wait_for_all_acked(Duration(seconds=LIMIT)) for p in publishers)
    assert record.end(number) == 0, record.err
    with Bag(bag) as opened:
        space = f'/{trainer.namespace}'
        assert opened.topics[f'{space}/session'].qos.durability == LATCHED.durability
        read = [message.reps for *_, message in opened.messages([f'{space}/set_state'])]
    assert read == list(range(20))
    assert f'21 messages are in {bag}' in record.err[-1]


@pytest.fixture
def bag(tmp_path) -> Path:
    with Writer(tmp_path / 'bag') as writer:
        for i in range(10):
            writer.write('/gym/set_state', SetState(reps=i), (1000 + i) * SECOND)
    return tmp_path / 'bag'


def test_nobody_publishes(trainer, tmp_path):
    record = trainer('record', '-o', tmp_path / 'bag', '--duration', '6')
    assert record.says('nothing to record yet in /test_')
    assert record.wait(LIMIT) == 0, record.err
    assert (tmp_path / 'bag' / 'metadata.yaml').is_file()


def test_replayed_to_the_end(trainer, bag):
    replay = trainer('replay', bag, '--rate', '10')
    assert replay.wait(LIMIT) == 0, replay.err
    assert replay.out == [f'playing 9.0 s of {bag}']


def test_a_loop_ends_with_ctrl_c(trainer, bag):
    replay = trainer('replay', bag, '--rate', '100', '--loop')
    assert replay.says('again from the start')
    assert replay.end(signal.SIGINT) == 0, replay.err


@pytest.mark.parametrize(('arguments', 'sentence'), [
    (['replay', 'nowhere'], 'there is no bag nowhere'),
    (['replay', __file__], 'is damaged or not a bag'),
    (['replay', 'BAG', '--rate', '0'], '--rate is 0; give a number above 0'),
    (['replay', 'BAG', '--topics', 'form'], 'has no topic form; it has /gym/set_state'),
    (['replay', 'BAG', '--nodes', 'counter'], 'neither poses nor images'),
    (['replay', 'BAG', '--nodes', 'camera'], 'the camera has no place beside a bag'),
    (['replay', 'BAG', '--nodes', 'nose'], "there is no node 'nose'"),
    (['record', '-o', 'BAG'], 'is there already'),
    (['record', '-o', '/proc/bag'], 'cannot be written to /proc/bag'),
])
def test_what_a_user_can_put_right_is_said_in_one_sentence(trainer, bag, arguments, sentence):
    program = trainer(*(str(bag) if a == 'BAG' else a for a in arguments))
    assert program.wait(LIMIT) == 2, program.err
    assert len(program.err) == 1
    assert sentence in program.err[0]
