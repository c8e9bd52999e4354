"""Things that are found by their colour, and the node that does it on real rclpy."""

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool

from trainer_core.ros.convert import to_stamp
from trainer_core.ros.image import from_bgr
from trainer_core.ros.params import table
from trainer_core.ros.stage import Stage
from trainer_msgs.msg import NamedPointArray
from trainer_pose.points.colour import Colour, find
from trainer_pose.points.colour_points_node import ColourPointsNode, ColourPointsParams

RED, GREEN, BLUE, PINK = (40, 30, 220), (60, 200, 60), (220, 60, 30), (200, 60, 235)  # BGR


def picture(*blobs, width=640, height=480):
    """A grey gradient with discs: colour, x, y, radius in px."""
    image = np.repeat(np.linspace(60, 200, width).astype(np.uint8)[None, :, None], height, 0)
    image = np.ascontiguousarray(np.repeat(image, 3, 2))
    for colour, x, y, radius in blobs:
        cv2.circle(image, (x, y), radius, colour, -1, cv2.LINE_AA)
    return image


@pytest.mark.parametrize(('blobs', 'hue', 'count', 'places'), [
    ([(PINK, 100, 200, 9), (PINK, 500, 220, 9)], (300, 340), 2, [(100, 200), (500, 220)]),
    ([(PINK, 500, 220, 12), (PINK, 100, 200, 9), (PINK, 300, 50, 7)], (300, 340), 2,
     [(100, 200), (500, 220)]),
    ([(RED, 320, 240, 20), (GREEN, 100, 100, 60)], (345, 20), 1, [(320, 240)]),
    ([(GREEN, 100, 100, 60)], (100, 140), 1, [(100, 100)]),
    ([(PINK, 100, 200, 9)], (300, 340), 2, []),
    ([(PINK, 100, 200, 2)], (300, 340), 1, []),
    ([(BLUE, 100, 200, 30)], (300, 340), 1, []),
    ([], (0, 360), 1, []),
], ids=['two', 'the largest two', 'red goes over 0', 'green', 'one of two is none', 'too small',
        'another colour', 'grey is no colour'])
def test_the_largest_patches_of_a_colour(blobs, hue, count, places):
    found = [(s.x * 640, s.y * 480) for s in find(picture(*blobs), Colour(hue), count)]
    assert found == [pytest.approx(place, abs=1.5) for place in places]


def test_confidence_grows_with_the_size():
    small, large = (
        find(picture((PINK, 300, 200, radius)), Colour((300, 340)))[0].confidence
        for radius in (6, 30))
    assert 0.5 <= small < large < 1


@pytest.mark.parametrize('size', [(1920, 1080), (160, 120), (301, 97)])
def test_the_size_of_the_picture_does_not_matter(size):
    width, height = size
    spot, = find(
        picture((PINK, width // 4, height // 2, height // 12), width=width, height=height),
        Colour((300, 340)))
    assert (spot.x, spot.y) == pytest.approx((0.25, 0.5), abs=0.01)


@pytest.fixture
def stage():
    stage = Stage()
    stage.add(ColourPointsNode, parameters={'names': ['bar_right', 'bar_left']})
    stage.listen('points', NamedPointArray)
    stage.images = stage.other.create_publisher(Image, 'image_raw', 10)
    stage.until(lambda: stage.images.get_subscription_count()
                and stage.other.count_publishers('points'))
    yield stage
    stage.close()


def test_points_carry_the_header_and_are_sent_when_nothing_is_seen(stage):
    bar = picture((PINK, 160, 240, 12), (PINK, 480, 120, 12))
    heard = stage.heard['points']
    for i, one in enumerate((bar, picture())):
        stage.images.publish(from_bgr(one, Header(stamp=to_stamp(i + 1), frame_id='lens')))
        stage.until(lambda i=i: len(heard) == i + 1)
    assert [m.header.stamp.nanosec for m in heard] == [1, 2]
    assert {m.header.frame_id for m in heard} == {'lens'}
    seen, unseen = heard
    assert [p.name for p in seen.points] == ['bar_right', 'bar_left']
    assert [(p.x, p.y) for p in seen.points] == [
        pytest.approx((0.25, 0.5), abs=0.01), pytest.approx((0.75, 0.25), abs=0.01)]
    assert all(math.isnan(p.x) and p.confidence == 0 for p in unseen.points)
    stage.said('bar_right, bar_left seen')


def test_switched_off_and_an_image_that_cannot_be_read(stage):
    node, = stage.nodes
    stage.call(SetBool, 'colour_points/enable', data=False)
    stage.said('switched off; call the service enable', DiagnosticStatus.STALE)
    stage.call(SetBool, 'colour_points/enable', data=True)
    stage.images.publish(Image(encoding='32FC9', height=2, width=2, step=8, data=bytes(16)))
    stage.said('32FC9', DiagnosticStatus.ERROR)
    node.set_parameters([Parameter('hue_low', value=100), Parameter('hue_high', value=140)])
    stage.images.publish(
        from_bgr(picture((GREEN, 100, 100, 20), (GREEN, 300, 100, 20)), Header()))
    stage.until(lambda: stage.heard['points'])
    assert stage.heard['points'][0].points[0].confidence > 0.5


def test_the_readme_shows_the_parameters():
    readme = Path(__file__).resolve().parents[1] / 'README.md'
    assert table(ColourPointsParams) in readme.read_text()
