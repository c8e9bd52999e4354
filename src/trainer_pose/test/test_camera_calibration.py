"""Calibration files: where they are, what is in them, what is said about bad ones."""

from pathlib import Path

import pytest
import yaml
from ament_index_python.packages import get_package_share_directory
from platformdirs import user_config_path
from std_msgs.msg import Header

from trainer_core.errors import UserError
from trainer_pose.camera.calibration import Calibration, load, locate, save
from trainer_pose.camera.convert import info_from_message, info_to_message

CALIBRATION = Calibration(
    640, 480, 'plumb_bob', (0.1, -0.25, 0.0, 0.001, 0.0),
    (500.0, 0.0, 320.0, 0.0, 501.5, 240.0, 0.0, 0.0, 1.0),
    (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
    (500.0, 0.0, 320.0, 0.0, 0.0, 501.5, 240.0, 0.0, 0.0, 0.0, 1.0, 0.0))

# As camera_calibration writes it.
FROM_ROS = """\
image_width: 640
image_height: 480
camera_name: narrow_stereo
camera_matrix:
  rows: 3
  cols: 3
  data: [500., 0., 320., 0., 501.5, 240., 0., 0., 1.]
distortion_model: plumb_bob
distortion_coefficients:
  rows: 1
  cols: 5
  data: [0.1, -0.25, 0., 0.001, 0.]
rectification_matrix:
  rows: 3
  cols: 3
  data: [1., 0., 0., 0., 1., 0., 0., 0., 1.]
projection_matrix:
  rows: 3
  cols: 4
  data: [500., 0., 320., 0., 0., 501.5, 240., 0., 0., 0., 1., 0.]
"""


def test_a_file_of_the_ros_tools_is_read(tmp_path):
    (tmp_path / 'c.yaml').write_text(FROM_ROS)
    assert load(tmp_path / 'c.yaml') == CALIBRATION


def test_what_is_written_is_read_again_and_has_the_keys_of_the_ros_tools(tmp_path):
    file = tmp_path / 'new' / 'c.yaml'
    save(file, 'narrow_stereo', CALIBRATION)
    assert load(file) == CALIBRATION
    assert yaml.safe_load(file.read_text()) == yaml.safe_load(FROM_ROS)
    assert list(file.parent.iterdir()) == [file]


def test_through_the_message_and_back():
    message = info_to_message(CALIBRATION, 640, 480, Header(frame_id='f'))
    assert message.header.frame_id == 'f'
    assert info_from_message(message) == CALIBRATION


@pytest.mark.parametrize(('calibration', 'width', 'height'), [
    (None, 640, 480), (CALIBRATION, 1280, 720)])
def test_uncalibrated_is_all_zero(calibration, width, height):
    message = info_to_message(calibration, width, height, Header())
    assert (message.width, message.height) == (width, height)
    assert not message.k.any() and not message.p.any() and not message.r.any() and not message.d


@pytest.mark.parametrize(('url', 'file'), [
    ('file:///etc/my%20camera.yaml', Path('/etc/my camera.yaml')),
    ('/etc/c.yaml', Path('/etc/c.yaml')),
    ('~/c.yaml', Path.home() / 'c.yaml'),
    ('', user_config_path('trainer') / 'camera_info' / 'front.yaml'),
    ('package://sensor_msgs/a/c.yaml',
     Path(get_package_share_directory('sensor_msgs')) / 'a' / 'c.yaml'),
])
def test_where_the_file_is(url, file):
    assert locate(url, 'front') == file


@pytest.mark.parametrize(('url', 'sentence'), [
    ('package://nowhere/c.yaml', "package 'nowhere' is not installed"),
    ('http://x/c.yaml', 'unknown scheme; give file:///path or package://package/path'),
])
def test_where_it_cannot_be(url, sentence):
    with pytest.raises(UserError, match=sentence):
        locate(url, 'front')


@pytest.mark.parametrize(('old', 'new', 'sentence'), [
    ('', '', None),
    ('image_width: 640\n', '', 'image_width is missing'),
    ('camera_matrix:', 'matrix:', 'camera_matrix is missing'),
    ('0., 1., 0.]\n', '0., 1.]\n', 'projection_matrix needs 12 numbers'),
    ('[0.1, -0.25', '[a, -0.25', 'could not convert'),
    ('data: [0.1', 'data: {0.1', 'while parsing'),
    (FROM_ROS, 'just text', 'calibrate again, or remove the file'),
    (FROM_ROS, '', 'calibrate again, or remove the file'),
])
def test_a_damaged_file_is_named_with_the_reason(tmp_path, old, new, sentence):
    file = tmp_path / 'c.yaml'
    file.write_text(FROM_ROS.replace(old, new) if old else FROM_ROS)
    if sentence is None:
        assert load(file) == CALIBRATION
        return
    with pytest.raises(UserError) as error:
        load(file)
    assert sentence in str(error.value)
    assert str(file) in str(error.value)
    assert '\n' not in str(error.value)


def test_no_file_is_no_fault(tmp_path):
    assert load(tmp_path / 'absent.yaml') is None


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(UserError, match='file/c.yaml: .*; give another camera_info_url'):
        save(tmp_path / 'file' / 'c.yaml', 'x', CALIBRATION)
