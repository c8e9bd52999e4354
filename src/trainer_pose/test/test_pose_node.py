"""The pose node on real rclpy, with pictures of the athlete."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.parameter import Parameter
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger

from trainer_core.errors import UserError
from trainer_core.ros.convert import to_stamp
from trainer_core.ros.image import compress, from_bgr
from trainer_core.ros.params import table
from trainer_core.ros.stage import DOMAIN, Stage
from trainer_msgs.msg import PersonArray
from trainer_pose.paf.pose_node import PoseNode, PoseParams
from trainer_sim.athlete import open_athlete

PICTURES = ('overlay', 'heatmaps', 'pafs')


@pytest.fixture(scope='module')
def frames():
    return [f for f in open_athlete('demo', 320, 240, 10.0) if 3e9 < f.stamp < 5e9]


class Room(Stage):
    """A pose node, and somebody who sends images and listens."""

    def start(self, kind=Image, topic='image_raw', **given):
        node = self.add(PoseNode, parameters=given)
        self.images = self.other.create_publisher(kind, topic, 10)
        self.listen('poses', PersonArray)
        self.until(lambda: self.images.get_subscription_count()
                   and self.other.count_publishers('poses'))
        return node

    def send(self, picture, ns, make=from_bgr):
        self.images.publish(make(picture, Header(stamp=to_stamp(ns), frame_id='lens')))

    def sent_and_seen(self, frames):
        """Send one picture after the other, each when the last has been answered."""
        for frame in frames:
            n = len(self.heard['poses'])
            self.send(frame.image, frame.stamp)
            self.until(lambda n=n: len(self.heard['poses']) > n)
        return self.heard['poses']


@pytest.fixture
def stage():
    stage = Room()
    yield stage
    stage.close()


def test_poses_carry_the_header_of_their_image(stage, frames):
    stage.start()
    poses = stage.sent_and_seen(frames[:6])
    assert [(m.header.stamp, m.header.frame_id) for m in poses] == [
        (to_stamp(f.stamp), 'lens') for f in frames[:6]]
    assert (poses[0].image_width, poses[0].image_height) == (320, 240)
    person = poses[-1].people[0]
    assert person.id[0].isalpha() and person.id.isalnum() and len(person.id) == 5
    assert all(0 <= k.x <= 1 and 0 <= k.y <= 1 for k in person.keypoints if k.confidence > 0)


def test_nobody_is_told_too(stage):
    stage.start()
    stage.send(np.zeros((240, 320, 3), np.uint8), 1)
    stage.until(lambda: stage.heard['poses'])
    assert stage.heard['poses'][0].people == []


def test_the_newest_image_wins(stage, frames):
    node = stage.start()
    for i in range(10):
        stage.send(frames[0].image, i + 1)
    stage.until(
        lambda: any(m.header.stamp.nanosec == 10 for m in stage.heard['poses']))
    stamps = [m.header.stamp.nanosec for m in stage.heard['poses']]
    assert stamps == sorted(stamps)
    assert node.count_publishers('poses') == 1


@pytest.mark.parametrize('name', PICTURES)
def test_pictures_are_drawn_for_those_who_look(stage, frames, name):
    stage.start()
    stage.sent_and_seen(frames[:4])
    stage.listen(name, Image)
    stage.until(lambda: stage.other.count_subscribers(name))
    stage.sent_and_seen(frames[4:6])
    stage.until(lambda: stage.heard[name])
    picture = stage.heard[name][0]
    assert (picture.width, picture.height, picture.encoding) == (320, 240, 'bgr8')
    assert picture.header.frame_id == 'lens'
    plain = from_bgr(frames[4].image, Header())
    assert picture.data != plain.data


def test_compressed_images_are_read(stage, frames):
    stage.start(CompressedImage, 'image_raw/compressed', image_transport='compressed')
    stage.send(frames[0].image, 7, compress)
    stage.until(lambda: stage.heard['poses'])


def test_an_image_that_cannot_be_read_is_said_and_the_next_one_seen(stage, frames):
    stage.start()
    stage.images.publish(Image(encoding='32FC9', height=2, width=2, step=8, data=bytes(16)))
    stage.until(lambda: any('32FC9' in s.message for s in stage.heard['diagnostics']))
    stage.sent_and_seen(frames[:1])
    stage.until(lambda: stage.heard['diagnostics'][-1].level == DiagnosticStatus.OK)


def test_enable_and_reset(stage, frames):
    stage.start()
    first = stage.sent_and_seen(frames[:5])[-1].people[0].id
    assert stage.call(Trigger, 'pose/reset').success
    assert stage.sent_and_seen(frames[5:10])[-1].people[0].id != first
    assert stage.call(SetBool, 'pose/enable', data=False).success
    n = len(stage.heard['poses'])
    stage.send(frames[0].image, 99)
    assert stage.call(SetBool, 'pose/enable', data=True).success
    assert len(stage.heard['poses']) == n


def test_a_missing_model_is_told_and_the_node_stays(stage):
    stage.add(PoseNode, parameters={'model': '/not/here.onnx'})
    stage.said('/not/here.onnx', DiagnosticStatus.ERROR)


def test_silence_is_told_with_the_topic(stage, monkeypatch):
    monkeypatch.setattr('trainer_pose.paf.pose_node.SILENCE', 0.5)
    stage.start()
    stage.until(lambda: any(
        '/trainer/image_raw (1 publishers)' in s.message for s in stage.heard['diagnostics']))


def test_a_wrong_parameter_is_refused_by_name(stage):
    with pytest.raises(UserError, match='engine'):
        PoseNode(context=stage.context, parameter_overrides=[Parameter('engine', value='steam')])


def test_the_readme_shows_the_parameters():
    readme = Path(__file__).resolve().parents[1] / 'README.md'
    assert table(PoseParams) in readme.read_text()


@pytest.mark.parametrize('sign', [signal.SIGINT, signal.SIGTERM])
def test_ends_quietly(sign):
    process = subprocess.Popen(
        [sys.executable, '-c', 'from trainer_pose.paf.pose_node import main; main()'],
        env={**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN)}, stderr=subprocess.PIPE, text=True)
    try:
        lines = iter(process.stderr.readline, '')
        assert any('->' in line for line in lines)
        process.send_signal(sign)
        _, rest = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, rest
    assert 'Traceback' not in rest
