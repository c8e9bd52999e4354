from array import array
from dataclasses import dataclass
from threading import Thread

import cv2
import numpy as np
import pytest
import rclpy
from rcl_interfaces.msg import ParameterType
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from trainer_core.errors import UserError
from trainer_core.people import People, Person
from trainer_core.ros.convert import people_from_message, people_to_message, stamp_ns, to_stamp
from trainer_core.ros.image import compress, decompress, from_bgr, to_bgr
from trainer_core.ros.latest import Latest
from trainer_core.ros.params import declare, param, table
from trainer_core.ros.stage import DOMAIN
from trainer_msgs.msg import PersonArray


@dataclass(frozen=True)
class Params:
    rate: float = param(30.0, 'Pictures a second', 1.0, 120.0)
    source: str = param('0', 'Where pictures come from', read_only=True)
    people: int = param(4, 'At most so many people', 1, 20)
    transport: str = param('raw', 'Which topic', choices=('raw', 'compressed'))
    mirror: bool = param(False, 'Swap left and right')
    dirs: list = param([''], 'Where to look')


@pytest.fixture
def context():
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=DOMAIN)
    yield context
    rclpy.shutdown(context=context)


def node(context, **given):
    return Node('n', context=context, parameter_overrides=[
        Parameter(name, value=value) for name, value in given.items()])


@pytest.mark.parametrize(('given', 'read'), [
    ({}, Params()),
    ({'rate': 15}, Params(rate=15.0)),
    ({'source': 483}, Params(source='483')),
    ({'dirs': ['/a', '/b']}, Params(dirs=['/a', '/b'])),
    ({'transport': 'compressed'}, Params(transport='compressed')),
])
def test_parameters_given_at_start(context, given, read):
    assert declare(node(context, **given), Params) == read


@pytest.mark.parametrize(('given', 'sentence'), [
    ({'rate': 'fast'}, 'rate'), ({'rate': 500.0}, 'rate'), ({'people': 0}, 'people'),
    ({'people': 2.5}, 'people'), ({'transport': 'smoke'}, 'raw, compressed'),
    ({'mirror': 'yes'}, 'mirror'),
])
def test_wrong_parameters_are_refused_by_name(context, given, sentence):
    with pytest.raises(UserError, match=sentence):
        declare(node(context, **given), Params)


def test_parameters_change_at_run_time(context):
    changes = []
    n = node(context)
    declare(n, Params, changes.append)
    results = n.set_parameters([
        Parameter('rate', value=60), Parameter('people', value=99), Parameter('source', value='1')])
    assert [r.successful for r in results] == [True, False, False]
    assert '20' in results[1].reason
    assert changes == [Params(rate=60.0)]


def test_parameters_describe_themselves(context):
    n = node(context)
    declare(n, Params)
    d = n.describe_parameter('rate')
    assert (d.description, d.type) == ('Pictures a second', ParameterType.PARAMETER_DOUBLE)
    assert d.floating_point_range[0].to_value == 120.0
    assert '| `people` | int | `4` | 1 to 20 | At most so many people |' in table(Params)


def test_latest_keeps_the_newest_and_counts_the_rest():
    slot = Latest()
    for i in range(3):
        slot.put(i)
    assert (slot.take(), slot.dropped) == (2, 2)


def test_latest_wakes_a_waiting_worker_when_closed():
    slot, taken = Latest(), []
    worker = Thread(target=lambda: taken.append(slot.take()))
    worker.start()
    slot.close()
    worker.join(timeout=60)
    assert taken == [None]


def test_people_survive_the_message_and_the_wire():
    pose = np.random.default_rng(0).uniform(0, 1, (18, 3)) * (640, 480, 1)
    pose[3] = 0
    people = People(12_345_678_901, 640, 480, [Person('p3fk2', pose, pose + 1, 0.75, 0.5)])
    sent = people_to_message(people, Header(stamp=to_stamp(people.stamp), frame_id='camera'))
    back = people_from_message(deserialize_message(serialize_message(sent), PersonArray))
    assert (back.stamp, back.width, back.height) == (people.stamp, 640, 480)
    assert back.people[0].id == 'p3fk2'
    np.testing.assert_allclose(back.people[0].keypoints, pose, atol=1e-3)
    np.testing.assert_allclose(back.people[0].raw[:, :2], pose[:, :2] + 1, atol=1e-3)


@pytest.mark.parametrize('ns', [0, 1, 999_999_999, 1_000_000_000, 1_795_000_000_123_456_789])
def test_stamps_keep_every_nanosecond(ns):
    assert stamp_ns(to_stamp(ns)) == ns


def image(encoding, data, step=None):
    data = np.ascontiguousarray(data)
    h, w = data.shape[:2]
    return Image(
        encoding=encoding, height=h, width=w, step=step or data.nbytes // h,
        data=array('B', data.tobytes()))


BLUE = np.full((4, 6, 3), (200, 10, 20), np.uint8)


@pytest.mark.parametrize(('message', 'expected'), [
    (image('bgr8', BLUE), (200, 10, 20)),
    (image('rgb8', BLUE), (20, 10, 200)),
    (image('mono8', np.full((4, 6), 77, np.uint8)), (77, 77, 77)),
    (image('rgba8', np.dstack([BLUE, BLUE[..., 0]])), (20, 10, 200)),
    (image('mono16', np.full((4, 6), 0x4D00, '<u2')), (77, 77, 77)),
    (image('yuv422_yuy2', np.full((4, 6, 2), 128, np.uint8)), (130, 130, 130)),
    (image('bayer_rggb8', np.full((4, 6), 77, np.uint8)), (77, 77, 77)),
], ids=lambda v: getattr(v, 'encoding', ''))
def test_encodings(message, expected):
    assert to_bgr(message).shape == (4, 6, 3)
    assert to_bgr(message)[1, 1] == pytest.approx(expected, abs=1)


def test_padded_rows_are_honoured():
    padded = np.zeros((4, 32), np.uint8)
    padded[:, :18] = BLUE.reshape(4, 18)
    message = Image(
        encoding='bgr8', height=4, width=6, step=32, data=array('B', padded.tobytes()))
    np.testing.assert_array_equal(to_bgr(message), BLUE)


@pytest.mark.parametrize(('message', 'sentence'), [
    (Image(encoding='bgr8', height=4, width=6, step=18), 'needs 72 bytes and has 0'),
    (image('bgr8', BLUE, step=3), 'needs a step of 18, not 3'),
    (image('32FC7', BLUE), '32FC7'),
    (Image(encoding='bgr8'), '0x0'),
])
def test_images_that_cannot_be_read_say_why(message, sentence):
    with pytest.raises(UserError, match=sentence):
        to_bgr(message)


def test_images_and_jpegs_survive_the_round_trip():
    header = Header(stamp=to_stamp(5), frame_id='camera_optical_frame')
    np.testing.assert_array_equal(to_bgr(from_bgr(BLUE, header)), BLUE)
    jpeg = compress(cv2.resize(BLUE, (64, 48)), header)
    assert jpeg.format == 'bgr8; jpeg compressed bgr8'
    assert decompress(jpeg)[20, 20].astype(int) == pytest.approx((200, 10, 20), abs=4)
    with pytest.raises(UserError, match='damaged'):
        decompress(CompressedImage(format='jpeg', data=array('B', b'nothing')))
