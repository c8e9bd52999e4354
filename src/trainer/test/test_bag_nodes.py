"""A bag is played, and what is played is recorded, with its times, as it was."""

from functools import partial
from threading import Event, Thread
from time import monotonic

import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSDurabilityPolicy, QoSProfile
from rosgraph_msgs.msg import Clock
from std_msgs.msg import Header

from trainer.player import Player
from trainer_core.clock import SECOND
from trainer_core.ros import bags
from trainer_core.ros.bags import Bag, Writer
from trainer_core.ros.convert import stamp_ns, to_stamp
from trainer_core.ros.recorder import Recorder
from trainer_core.ros.stage import DOMAIN
from trainer_msgs.msg import Session, SetState

LIMIT = 60.0
START = 1000 * SECOND
LATCHED = QoSProfile(depth=1, durability=QoSDurabilityPolicy.TRANSIENT_LOCAL)


@pytest.fixture
def spin():
    """Spins nodes of one context until the test ends."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=DOMAIN)
    executor = SingleThreadedExecutor(context=context)
    thread = Thread(target=executor.spin, daemon=True)
    nodes = []

    def add(make):
        node = make(context=context)
        nodes.append(node)
        executor.add_node(node)
        if not thread.is_alive():
            thread.start()
        return node
    yield add
    executor.shutdown(1.0)
    thread.join(LIMIT)
    for node in nodes:
        node.destroy_node()
    context.try_shutdown()


@pytest.fixture
def bag(tmp_path):
    """A latched session, then 20 states, one every 50 ms."""
    with Writer(tmp_path / 'bag') as writer:
        writer.add('/trainer/session', 'trainer_msgs/msg/Session', [LATCHED])
        writer.write('/trainer/session', Session(name='Ada'), START)
        for i in range(20):
            stamp = START + i * SECOND // 20
            writer.write('/trainer/set_state', SetState(
                header=Header(stamp=to_stamp(stamp)), reps=i), stamp)
    with Bag(tmp_path / 'bag') as opened:
        yield opened


def until(condition):
    end = monotonic() + LIMIT
    while monotonic() < end and not condition():
        Event().wait(0.01)
    return condition()


class Listener(Node):
    """Keeps what it hears."""

    def __init__(self, kind, topic, count, **kwargs):
        super().__init__('listener', **kwargs)
        self.heard, self.clock, self.enough = [], [], Event()
        self.create_subscription(kind, topic, partial(self._on, count), 50)
        self.create_subscription(Clock, '/clock', lambda m: self.clock.append(m.clock), 50)

    def _on(self, count, message):
        self.heard.append(message)
        if len(self.heard) >= count:
            self.enough.set()


def test_played_in_order_with_its_time(spin, bag):
    listener = spin(partial(Listener, SetState, '/trainer/set_state', 20))
    player = spin(partial(Player, bag, bag.select(), 2.0))
    player.find()
    player.play()
    assert listener.enough.wait(LIMIT)
    assert [m.reps for m in listener.heard] == list(range(20))
    times = [stamp_ns(t) for t in listener.clock]
    assert times[0] == START
    assert times == sorted(times)
    assert times[-1] > START + 0.7 * SECOND


def test_played_again_time_goes_back(spin, bag):
    listener = spin(partial(Listener, SetState, '/trainer/set_state', 40))
    player = spin(partial(Player, bag, ['/trainer/set_state'], 10.0))
    player.find()
    player.play()
    player.play()
    assert listener.enough.wait(LIMIT)
    assert [m.reps for m in listener.heard] == [*range(20), *range(20)]


def test_a_latched_topic_stays_latched(spin, bag):
    player = spin(partial(Player, bag, bag.select(), 100.0))
    player.play()
    late = spin(partial(_LateListener))
    assert late.enough.wait(LIMIT)
    assert late.heard[0].name == 'Ada'


class _LateListener(Node):
    def __init__(self, **kwargs):
        super().__init__('late', **kwargs)
        self.heard, self.enough = [], Event()
        self.create_subscription(Session, '/trainer/session', self._on, LATCHED)

    def _on(self, message):
        self.heard.append(message)
        self.enough.set()


def test_stops_at_once(spin, bag):
    player = spin(partial(Player, bag, bag.select(), 0.001))
    thread = Thread(target=player.play)
    thread.start()
    player.ended.set()
    thread.join(LIMIT)
    assert not thread.is_alive()


@pytest.mark.parametrize('storage', bags.STORAGES)
def test_what_is_played_is_recorded(spin, bag, tmp_path, storage):
    with Writer(tmp_path / 'copy', storage) as writer:
        player = spin(partial(Player, bag, bag.select()))
        recorder = spin(partial(
            Recorder, writer, ['set_state', 'session', 'form'], namespace='trainer'))
        player.find()
        player.play()
        assert until(lambda: writer.count == 21)
        assert recorder.waiting == ['/trainer/form']
    with Bag(tmp_path / 'copy') as copy:
        assert copy.topics['/trainer/session'].qos.durability == LATCHED.durability
        read = [message for *_, message in copy.messages(copy.select(['set_state']))]
        assert [message.reps for message in read] == list(range(20))
        assert [stamp_ns(m.header.stamp) for m in read] == [
            START + i * SECOND // 20 for i in range(20)]


def test_a_full_disk_stops_the_recorder(spin, bag, tmp_path, monkeypatch):
    monkeypatch.setattr(bags, 'FREE', 2**60)
    with Writer(tmp_path / 'copy') as writer:
        player = spin(partial(Player, bag, bag.select()))
        recorder = spin(partial(Recorder, writer, ['set_state'], namespace='trainer'))
        player.find()
        player.play()
        assert recorder.stopped.wait(LIMIT)
        assert 'the disk is full' in recorder.fault
