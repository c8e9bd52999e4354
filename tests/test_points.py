"""From coloured tape on a bar in the picture to a verdict that needs the bar."""

import cv2
import pytest
from std_msgs.msg import Header

from trainer.scoring import open_material
from trainer_core.clock import SECOND
from trainer_core.people import People, Person
from trainer_core.ros.bags import Writer
from trainer_core.ros.convert import people_to_message, to_stamp
from trainer_core.skeleton import INDEX
from trainer_counter import exercises
from trainer_counter.reps.movement import Verdict
from trainer_counter.reps.points import NamedPoint, joined
from trainer_counter.reps.set import Set
from trainer_msgs.msg import NamedPoint as NamedPointMessage
from trainer_msgs.msg import NamedPointArray
from trainer_pose.points.colour import Colour, find
from trainer_sim.athlete import open_athlete
from trainer_sim.script_file import parse

EXAMPLES = exercises.FOLDER / 'examples'
PINK = (200, 60, 235)  # BGR of the tape
SCRIPT = """
name: bar
camera: {yaw: 10, pitch: 5, distance: 3.8, height: 0.95}
actors: [{name: ana, segments: [{stand: 1.5}, {squat: 3}, {stand: 0.5}]}]
"""


def bar(pose, slope):
    """Where the ends of a bar on the shoulders are (px); slope: rise of the bar, by its length."""
    x, y = pose[[INDEX['left_shoulder'], INDEX['right_shoulder']], :2].mean(0)
    half = 2.2 * abs(pose[INDEX['left_shoulder'], 0] - pose[INDEX['right_shoulder'], 0]) / 2
    return (x - half, y + slope * half), (x + half, y - slope * half)


@pytest.fixture(scope='module')
def squats():
    """Pictures of three squats with a bar, crooked in the second; with the person and the ends."""
    athlete = open_athlete(parse(SCRIPT, 'bar'), 320, 240, 12.0)
    second = athlete.truth()['actors'][0]['sets'][0]['reps'][1]
    images = []
    for frame in athlete:
        pose = frame.truth[0].keypoints.astype(float)
        pose[:, 2] = (pose[:, 2] > 0) * 0.9
        crooked = second['start'] <= frame.stamp / SECOND <= second['end']
        ends = [tuple(round(v) for v in end) for end in bar(pose, 0.35 if crooked else 0.02)]
        picture = frame.image.copy()
        cv2.line(picture, *ends, (90, 90, 90), 3)
        for end in ends:
            cv2.circle(picture, end, 5, PINK, -1, cv2.LINE_AA)
        images.append((frame.stamp, picture, Person('p0000', pose, pose, 0.9), ends))
    return images


def test_a_crooked_bar_is_seen_and_said(squats):
    the_set = Set(exercises.load('barbell_squat', [EXAMPLES]))
    movements = []
    for stamp, picture, person, ends in squats:
        h, w = picture.shape[:2]
        spots = find(picture, Colour((300, 340)), 2)
        assert [(s.x * w, s.y * h) for s in spots] == [pytest.approx(end, abs=3) for end in ends]
        points = [
            NamedPoint(name, s.x, s.y, s.confidence)
            for name, s in zip(('bar_right', 'bar_left'), spots, strict=True)]
        movements += the_set.update(joined(People(stamp, w, h, [person]), points))[1]
    assert [(m.verdict, m.reason) for m in movements] == [
        (Verdict.REP, ''), (Verdict.NOT_IN_SET, 'the bar is not level'), (Verdict.REP, '')]


def test_without_the_bar_its_guards_are_left_out(squats):
    the_set = Set(exercises.load('barbell_squat', [EXAMPLES]))
    for stamp, picture, person, _ in squats:
        h, w = picture.shape[:2]
        the_set.update(People(stamp, w, h, [person]))
    assert the_set.reps == 3


def test_a_bag_with_points_is_scored_with_them(squats, tmp_path):
    """The points of an image were recorded after its people, as of a slow detector."""
    with Writer(tmp_path / 'bag') as writer:
        for stamp, picture, person, ends in squats:
            h, w = picture.shape[:2]
            header = Header(stamp=to_stamp(stamp))
            writer.write(
                '/gym/poses', people_to_message(People(stamp, w, h, [person]), header), stamp)
            writer.write('/gym/points', NamedPointArray(header=header, points=[
                NamedPointMessage(name=name, x=x / w, y=y / h, confidence=0.9)
                for name, (x, y) in zip(('bar_right', 'bar_left'), ends, strict=True)]), stamp)
    the_set = Set(exercises.load('barbell_squat', [EXAMPLES]))
    material = open_material(str(tmp_path / 'bag'))
    verdicts = [m.verdict for people in material.people for m in the_set.update(people)[1]]
    assert verdicts == [Verdict.REP, Verdict.NOT_IN_SET, Verdict.REP]
