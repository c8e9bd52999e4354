"""Joints that an exercise needs, found or not, in a video of the athlete; one body seen twice."""

import cv2
import numpy as np
import pytest
from ideal import body

from trainer_core.people import People, Person
from trainer_core.skeleton import INDEX
from trainer_pose.benchmark import recordings
from trainer_pose.paf import matching
from trainer_sim.athlete import open_athlete

NEEDED = recordings.keypoints_of(['left_knee', 'right_knee', 'left_hip'])


def people(*poses):
    return People(0, 640, 480, [Person(f'p{i}', p, p, 1.0) for i, p in enumerate(poses)])


def without(*names):
    pose = body(320, 240, 80)
    pose[[INDEX[n] for n in names], 2] = 0
    return pose


@pytest.mark.parametrize(('poses', 'sides'), [
    ([], 0), ([without()], 2), ([without('left_ankle')], 1), ([without('right_shoulder')], 2),
    ([without('left_shoulder')], 1), ([without('left_knee', 'right_knee')], 0),
    ([without('left_knee'), without('right_knee')], 1)])
def test_a_side_is_found_when_all_its_keypoints_are(poses, sides):
    assert recordings.sides_found(people(*poses), NEEDED) == sides


def test_a_recording_is_followed_and_drawn_on_a_sheet(tmp_path):
    video = tmp_path / 'squat.mp4'
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter_fourcc(*'mp4v'), 15, (320, 240))
    for _, frame in zip(range(20), open_athlete('squat', 320, 240, 15.0), strict=False):
        writer.write(frame.image)
    writer.release()
    share = recordings.watch(
        video, ['left_knee', 'right_knee'], every=2, sheet=tmp_path / 'new' / 'sheet.png', most=6)
    assert share.images == 10
    assert 0 <= share.both_sides <= share.one_side <= 100
    assert cv2.imread(str(tmp_path / 'new' / 'sheet.png')).shape[1] == 6 * 240


@pytest.mark.parametrize(('other', 'same'), [
    (body(320, 240, 80), True),
    (body(322, 244, 82), True),
    (body(320, 240, 80)[[*range(2, 18), 0, 1]], True),  # its joints taken for other ones
    (body(420, 240, 80), False),                        # beside it
    (body(320, 240, 80, np.pi / 2), False)])            # lying across
def test_who_lies_on_somebody_is_nobody_else(other, same):
    one = body(320, 240, 80)
    assert matching.same_body(other, one, 80, 80) is same
