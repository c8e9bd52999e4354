"""What every node of a running trainer reports of itself, and `./trainer top` beside it."""

import signal
from time import monotonic

import numpy as np
import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from visualization_msgs.msg import Marker, MarkerArray

from trainer import health, nodes

pytestmark = pytest.mark.alone

LIMIT = 60.0
# What these have beside what all have.
MORE = {
    'camera': {'dropped', 'device'}, 'pose': {'dropped', 'engine', 'device', 'model'},
    'mouth': {'dropped', 'engine'}, 'identity': {'dropped'}, 'mirror': {'dropped'}}


@pytest.fixture
def running(trainer, squats):
    run = trainer('run', *squats, '--mute', '--loop')
    assert run.says('"one"', LIMIT), run.err
    return run


def test_every_node_reports_and_markers_are_drawn(running, trainer):
    seen = markers(trainer, 12)
    assert {m.header.frame_id for m in seen} == {'camera_optical_frame'}
    kinds = {m.ns.partition('/')[2] for m in seen if m.action == Marker.ADD}
    assert {'skeleton', 'joints', 'angles', 'degrees', 'name', 'count'} <= kinds
    points = np.array([(p.x, p.y, p.z) for m in seen for p in m.points])
    # An uncalibrated camera: all in the plane of the picture, which is one metre high.
    assert set(points[:, 2]) == {1.0} and np.abs(points[:, :2]).max() < 1.2

    top = trainer('top', '--json', '--namespace', trainer.namespace)
    assert top.wait(LIMIT) == 0, top.err
    rows = {row['name']: row for row in top.json()}
    assert set(rows) == set(nodes.NAMES)
    for name, row in rows.items():
        assert row['state'] in ('ok', 'warn', 'stale'), row
        assert set(health.ALWAYS) | MORE.get(name, set()) <= set(row['values']), (name, row)
        assert row['cpu'] is not None and row['memory'] > 10, row
    assert rows['pose']['state'] == 'ok' and float(rows['pose']['rate']) > 1
    assert running.end(signal.SIGINT) == 0
    assert not running.left_over()


def markers(trainer, count: int) -> list[Marker]:
    """All markers of so many messages."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=trainer.domain)
    node = Node('display', namespace=trainer.namespace, context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    heard: list[MarkerArray] = []
    node.create_subscription(MarkerArray, 'markers', heard.append, 10)
    end = monotonic() + LIMIT
    # The first ones may come before the node has heard of the count.
    while (len(heard) < count or not any('/count' in m.ns for m in heard[-1].markers)) \
            and monotonic() < end:
        executor.spin_once(timeout_sec=0.1)
    node.destroy_node()
    executor.shutdown()
    rclpy.shutdown(context=context)
    return [marker for message in heard for marker in message.markers]
