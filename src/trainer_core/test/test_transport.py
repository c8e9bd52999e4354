"""Large images between processes."""

import os
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image

from trainer_core.ros import transport
from trainer_core.ros.stage import DOMAIN, LIMIT

SENT = 40

SENDER = f"""
from array import array
from rclpy.node import Node
from sensor_msgs.msg import Image
from trainer_core.ros.run import run

class Sender(Node):
    def __init__(self):
        super().__init__('sender')
        self.left = {SENT}
        self.image = Image(height=720, width=1280, step=3840, data=array('B', bytes(720 * 3840)))
        self.images = self.create_publisher(Image, 'image_raw', 2)
        self.create_timer(0.03, self.send)

    def send(self):
        if self.left and self.images.get_subscription_count():
            self.images.publish(self.image)
            self.left -= 1

run(Sender)
"""


@pytest.fixture
def received():
    """Images that a best effort subscriber in this process gets."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=DOMAIN)
    node = Node('receiver', context=context)
    images: list[Image] = []
    node.create_subscription(Image, 'image_raw', images.append, qos_profile_sensor_data)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    yield images, executor
    executor.shutdown()
    node.destroy_node()
    rclpy.shutdown(context=context)


def test_best_effort_subscribers_get_large_images(received):
    images, executor = received
    environment = {k: v for k, v in os.environ.items() if k not in transport._DECIDED}
    sender = subprocess.Popen(
        [sys.executable, '-c', SENDER], env=environment | {'ROS_DOMAIN_ID': str(DOMAIN)})
    try:
        end = monotonic() + 20
        while len(images) < 0.7 * SENT:  # without the profile it is less than a tenth
            assert monotonic() < end, f'got {len(images)} of {SENT}'
            executor.spin_once(timeout_sec=0.1)
    finally:
        sender.terminate()
        assert sender.wait(10) == 0


@pytest.mark.parametrize('name', transport._DECIDED)
def test_whoever_has_decided_about_transports_is_left_alone(monkeypatch, name):
    for other in transport._DECIDED:
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, 'mine')
    transport.make_room()
    assert [os.environ.get(n) for n in transport._DECIDED if n != name] == [None, None]
    assert os.environ[name] == 'mine'


def segments(process: subprocess.Popen) -> set[Path]:
    """Those that it holds."""
    held = [Path(os.readlink(link)) for link in Path(f'/proc/{process.pid}/fd').iterdir()]
    return {lock.with_name(lock.name.removesuffix('_el')) for lock in held
            if 'port' not in lock.name and lock.name.endswith('_el')}


@pytest.mark.skipif(not Path('/dev/shm').is_dir(), reason='no shared memory in /dev/shm')
def test_what_a_killed_process_had_is_given_back(received, monkeypatch):
    _, executor = received
    monkeypatch.setattr(transport, '_YOUNG', 0.0)
    with subprocess.Popen(
            [sys.executable, '-c', SENDER],
            env=os.environ | {'ROS_DOMAIN_ID': str(DOMAIN)}) as sender:
        try:
            end = monotonic() + LIMIT
            while not executor.get_nodes()[0].count_publishers('image_raw'):
                assert monotonic() < end
                executor.spin_once(timeout_sec=0.1)
            its = segments(sender)
            transport.sweep()
            assert its and all(segment.exists() for segment in its), 'it lives'
        finally:
            sender.kill()
    transport.sweep()
    assert not any(segment.exists() for segment in its)
