"""The camera node on real rclpy."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event
from time import monotonic

import cv2
import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.executors import ExternalShutdownException
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from sensor_msgs.srv import SetCameraInfo
from std_srvs.srv import SetBool

from trainer_core.errors import UserError
from trainer_core.ros.convert import stamp_ns
from trainer_core.ros.image import decompress, to_bgr
from trainer_core.ros.params import table
from trainer_core.ros.stage import DOMAIN, LIMIT, Stage
from trainer_pose.camera import camera_node
from trainer_pose.camera.camera_node import CameraNode
from trainer_pose.camera.frames import Unavailable
from trainer_pose.camera.live import Live
from trainer_pose.camera.ros.settings import CameraParams

MS = 1_000_000
TOPICS = {'image_raw': Image, 'image_raw/compressed': CompressedImage, 'camera_info': CameraInfo}


@pytest.fixture
def folder(tmp_path):
    """Twenty pictures whose brightness is ten times their number."""
    for i in range(20):
        cv2.imwrite(str(tmp_path / f'{i}.png'), np.full((48, 64, 3), 10 * i, np.uint8))
    return tmp_path


@pytest.fixture
def stage():
    stage = Room()
    yield stage
    stage.close()


class Room(Stage):
    """A camera, and somebody who listens."""

    def camera(self, opener=None, cli_args=None, **given):
        more = {} if opener is None else {'opener': opener}
        return self.add(CameraNode, parameters=given, cli_args=cli_args, **more)

    def watch(self, *topics):
        for topic in topics:
            kind = next(kind for end, kind in TOPICS.items() if topic.endswith(end))
            self.listen(topic, kind, qos_profile_sensor_data)

    def connected(self, *topics):
        self.until(lambda: all(
            self.other.count_publishers(f'/trainer/{t}') and self.nodes[-1].count_subscribers(
                f'/trainer/{t}') for t in topics))

    def enable(self, wanted=True):
        return self.call(SetBool, 'camera/enable', data=wanted)



def started(stage, folder, *topics, **given):
    """A camera that waits until everybody listens."""
    stage.watch(*topics)
    camera = stage.camera(source=str(folder), enabled=False, **given)
    stage.connected(*topics)
    return camera


def times(messages):
    return [stamp_ns(m.header.stamp) for m in messages]


def test_every_picture_comes_with_its_camera_info(stage, folder):
    camera = started(stage, folder, 'image_raw', 'camera_info', rate=50.0, frame_id='eye')
    before = camera.get_clock().now().nanoseconds
    assert stage.enable().message == 'sending'
    stage.until(lambda: len(stage.heard['image_raw']) > 10 and len(stage.heard['camera_info']) > 10)
    images, infos = stage.heard['image_raw'], stage.heard['camera_info']
    first = times(images)[0]
    assert before <= first < camera.get_clock().now().nanoseconds
    assert set(times(images)) & set(times(infos))
    for image in images:
        number = int(to_bgr(image)[0, 0, 0]) // 10
        assert stamp_ns(image.header.stamp) - first == pytest.approx(number * 20 * MS, abs=1)
        assert (image.encoding, image.header.frame_id) == ('bgr8', 'eye')
    for info in infos:
        assert (info.width, info.height, info.header.frame_id) == (64, 48, 'eye')
        assert not info.k.any()


def test_nothing_is_lost_before_it_is_enabled_nor_in_a_pause(stage, folder):
    camera = started(stage, folder, 'camera_info', 'image_raw', rate=100.0)
    stage.said('not enabled', DiagnosticStatus.OK)
    assert not stage.heard['image_raw']
    stage.enable()
    stage.until(lambda: stage.heard['image_raw'])
    assert to_bgr(stage.heard['image_raw'][0])[0, 0, 0] == 0
    assert stage.enable(False).message == 'not sending'
    assert camera.get_parameter('enabled').value is False
    stage.said('not enabled', DiagnosticStatus.OK)
    before = len(stage.heard['camera_info'])
    stage.enable()
    values = stage.said('the source has ended', DiagnosticStatus.OK)
    stage.until(lambda: len(stage.heard['camera_info']) > before or before == 20)
    assert int(values['sent']) + int(values['dropped']) == 20
    assert values['resolution'] == '64x48'
    stamps = times(stage.heard['camera_info'])
    assert stamps == sorted(set(stamps))


def test_jpeg_is_made_only_for_those_who_want_it(stage, folder, monkeypatch):
    made = []

    def compress(*args):
        made.append(args)
        return original(*args)
    original = camera_node.compress
    monkeypatch.setattr(camera_node, 'compress', compress)
    started(stage, folder, 'image_raw', rate=50.0, loop=True)
    stage.enable()
    stage.until(lambda: len(stage.heard['image_raw']) > 5)
    assert not made
    stage.watch('image_raw/compressed')
    stage.until(lambda: len(stage.heard['image_raw/compressed']) > 3)
    message = stage.heard['image_raw/compressed'][0]
    assert message.format == 'bgr8; jpeg compressed bgr8'
    assert message.header.frame_id == 'camera_optical_frame'
    assert decompress(message).shape == (48, 64, 3)


def test_remapping_the_image_takes_the_compressed_one_along(stage, folder):
    camera = stage.camera(
        source=str(folder), cli_args=['--ros-args', '-r', 'image_raw:=picture'])
    published = {publisher.topic_name: publisher.msg_type for publisher in camera.publishers}
    assert published['/trainer/picture'] is Image
    assert published['/trainer/picture/compressed'] is CompressedImage
    assert not any('image_raw' in topic for topic in published)
    assert camera.has_parameter('qos_overrides./trainer/picture.publisher.reliability')


def test_a_loop_goes_on_in_time(stage, folder):
    started(stage, folder, 'camera_info', rate=200.0, loop=True)
    stage.enable()
    stage.until(lambda: len(stage.heard['camera_info']) > 50)
    stamps = times(stage.heard['camera_info'])
    assert stamps == sorted(set(stamps))


def test_at_most_speed_stamps_still_keep_the_pace_of_the_recording(stage, folder):
    camera = started(stage, folder, 'camera_info', rate=1.0, speed='max')
    stage.enable()
    stage.until(lambda: stage.heard['camera_info'])
    stage.until(lambda: len(stage.heard['camera_info']) >= 2)
    steps = np.diff(times(stage.heard['camera_info']))
    assert (steps % (1000 * MS) == 0).all() and (steps > 0).all()
    assert camera.get_parameter('speed').value == 'max'


def k():
    return [500.0, 0.0, 32.0, 0.0, 500.0, 24.0, 0.0, 0.0, 1.0]


def calibrate(stage, width=64):
    info = CameraInfo(width=width, height=48, distortion_model='plumb_bob', d=[0.0] * 5, k=k())
    return stage.call(SetCameraInfo, 'set_camera_info', camera_info=info)


def test_a_calibration_is_sent_written_and_found_again(stage, folder):
    url = (folder / 'calibration' / 'c.yaml').as_uri()
    given = {'rate': 50.0, 'loop': True, 'camera_info_url': url}
    camera = started(stage, folder, 'camera_info', **given)
    stage.enable()
    stage.until(lambda: stage.heard['camera_info'])
    assert not stage.heard['camera_info'][0].k.any()
    answer = calibrate(stage)
    assert answer.success
    assert answer.status_message == f'written to {folder}/calibration/c.yaml'
    stage.until(lambda: list(stage.heard['camera_info'][-1].k) == k())
    stage.remove(camera)
    stage.heard['camera_info'].clear()
    stage.camera(source=str(folder), **given)
    stage.until(lambda: stage.heard['camera_info'])
    assert list(stage.heard['camera_info'][0].k) == k()


def test_a_calibration_for_another_size_is_not_sent(stage, folder):
    started(stage, folder, 'camera_info', rate=50.0, loop=True,
            camera_info_url=(folder / 'c.yaml').as_uri())
    assert calibrate(stage, width=128).success
    stage.enable()
    stage.until(lambda: stage.heard['camera_info'])
    assert not stage.heard['camera_info'][0].k.any()


def test_a_calibration_that_cannot_be_written_is_refused_with_the_reason(stage, folder):
    started(stage, folder, camera_info_url=f'file://{folder}/0.png/c.yaml')
    answer = calibrate(stage)
    assert not answer.success
    assert 'give another camera_info_url' in answer.status_message


def test_a_damaged_calibration_does_not_stop_the_pictures(stage, folder):
    (folder / 'c.yaml').write_text('image_width: 64')
    started(stage, folder, 'camera_info', camera_info_url=str(folder / 'c.yaml'))
    stage.enable()
    stage.until(lambda: stage.heard['camera_info'])
    # One may have been on its way before it was looked for.
    stage.until(lambda: any(
        v.key == 'last error' and 'c.yaml cannot be used' in v.value
        for said in stage.heard['diagnostics'] for v in said.values))


class FakeDevice:
    """A camera of 100 pictures a second that can be plugged in and pulled out."""

    def __init__(self, there):
        self.there, self.waiting = there, Event()

    def open(self, source, clock, **_):
        self.connect()
        return Live(f'camera {source}', self.connect, lambda: f'camera {source} was unplugged',
                    clock, retry=0.05)

    def connect(self):
        if not self.there:
            raise Unavailable('there is no camera fake; plug it in')
        return self

    def grab(self):
        self.waiting.wait(0.01)
        return self.there

    def retrieve(self):
        return True, np.zeros((48, 64, 3), np.uint8)

    def release(self):
        pass


def test_a_camera_that_is_plugged_in_later_is_found(stage, monkeypatch):
    monkeypatch.setattr(CameraNode, 'retry_seconds', 0.1)
    device = FakeDevice(there=False)
    stage.watch('image_raw')
    camera = stage.camera(device.open, source='fake')
    values = stage.said('there is no camera fake; plug it in', DiagnosticStatus.ERROR)
    assert values['source'] == 'fake'
    device.there = True
    stage.until(lambda: stage.heard['image_raw'])
    values = stage.said('sending', DiagnosticStatus.OK)
    assert values['last error'] == 'there is no camera fake; plug it in'
    assert float(values['rate (1/s)']) > 1
    assert camera.fault == ''


def test_configuring_by_hand_ends_the_retries(stage, monkeypatch):
    monkeypatch.setattr(CameraNode, 'retry_seconds', 0.1)
    device = FakeDevice(there=False)
    camera = stage.camera(device.open, source='fake')
    device.there = True
    assert camera.trigger_configure() == TransitionCallbackReturn.SUCCESS
    stage.said('not active', DiagnosticStatus.OK)  # several retries later


def test_an_unplugged_camera_is_reported_and_comes_back(stage):
    device = FakeDevice(there=True)
    stage.watch('image_raw')
    camera = stage.camera(device.open, source='fake')
    stage.until(lambda: stage.heard['image_raw'])
    now = camera.get_clock().now().nanoseconds
    assert abs(now - times(stage.heard['image_raw'])[-1]) < LIMIT * 1000 * MS
    device.there = False
    stage.said('there is no camera fake', DiagnosticStatus.ERROR)
    before = len(stage.heard['image_raw'])
    device.there = True
    stage.until(lambda: len(stage.heard['image_raw']) > before)
    stage.heard['diagnostics'].clear()
    stage.said('sending', DiagnosticStatus.OK)


def test_lifecycle_by_hand(stage, folder):
    stage.watch('camera_info')
    camera = stage.camera(source='absent.mp4', autostart=False, loop=True, rate=100.0)
    assert camera.trigger_configure() == TransitionCallbackReturn.FAILURE
    assert "'absent.mp4' is no file" in camera.fault
    camera.set_parameters([Parameter('source', value=str(folder))])
    assert camera.trigger_configure() == TransitionCallbackReturn.SUCCESS
    stage.connected('camera_info')
    assert not stage.heard['camera_info']
    camera.trigger_activate()
    stage.until(lambda: stage.heard['camera_info'])
    camera.trigger_deactivate()
    stage.said('not active', DiagnosticStatus.OK)
    before = len(stage.heard['camera_info'])
    camera.trigger_activate()
    stage.until(lambda: len(stage.heard['camera_info']) > before)
    stamps = times(stage.heard['camera_info'])
    assert stamps == sorted(set(stamps))
    camera.trigger_deactivate()
    camera.trigger_cleanup()
    camera.trigger_configure()
    camera.trigger_shutdown()


def test_what_waiting_cannot_cure_is_raised_at_start(stage):
    with pytest.raises(UserError, match="'absent.mp4' is no file"):
        stage.camera(source='absent.mp4')


def test_the_end_leaves_spin_when_asked(stage, folder):
    stage.camera(source=str(folder), rate=200.0, at_end='exit')
    with pytest.raises(ExternalShutdownException):
        stage.until(lambda: False)


def process(*given, wait_for=None):
    """The node as its own process; waits until it has written wait_for."""
    arguments = [part for pair in given for part in ('-p', pair)]
    node = subprocess.Popen(
        [sys.executable, '-c', 'from trainer_pose.camera.camera_node import main; main()',
         '--ros-args', *arguments], text=True, stderr=subprocess.STDOUT, stdout=subprocess.PIPE,
        env=os.environ | {'ROS_DOMAIN_ID': str(DOMAIN), 'PYTHONUNBUFFERED': '1'})
    lines: list[str] = []
    while wait_for and node.stdout:
        lines.append(node.stdout.readline())
        assert lines[-1], f'ended early: {lines}'
        if wait_for in lines[-1]:
            break
    return node, lines


def test_the_process_exits_as_told(folder):
    processes = {
        'end': process(f'source:={folder}', 'at_end:=exit', 'rate:=100'),
        'absent': process('source:=absent.mp4'),
        'typo': process(f'source:={folder}', 'speed:=fast'),
        'INT': process(f'source:={folder}', 'loop:=true', wait_for='uncalibrated'),
        'TERM': process('source:=77', wait_for='there is no camera'),
    }
    begin = monotonic()
    processes['INT'][0].send_signal(signal.SIGINT)
    processes['TERM'][0].send_signal(signal.SIGTERM)
    for name in ('INT', 'TERM'):
        assert processes[name][0].wait(LIMIT) == 0, processes[name][0].stdout.read()
    assert monotonic() - begin < 3
    codes = {name: p.wait(LIMIT) for name, (p, _) in processes.items()}
    said = {name: ''.join(lines) + p.stdout.read() for name, (p, lines) in processes.items()}
    assert codes == {'end': 0, 'absent': 2, 'typo': 2, 'INT': 0, 'TERM': 0}
    assert ' has ended: ' in said['end']
    assert said['absent'].count("source 'absent.mp4' is no file") == 1
    assert "speed is 'fast'; give one of real, max" in said['typo']
    assert said['TERM'].count('there is no camera /dev/video77') == 1
    for name, text in said.items():
        assert 'Traceback' not in text, name
        assert 'Error' not in text, name


def test_the_readme_lists_the_parameters():
    readme = Path(__file__).resolve().parents[1] / 'README.md'
    assert table(CameraParams) in readme.read_text()
