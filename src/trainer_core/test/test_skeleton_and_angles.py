import math

import numpy as np
import pytest

from trainer_core.angles import JOINTS, angle, angle_of
from trainer_core.skeleton import INDEX, KEYPOINTS, LIMBS, MIRROR

CASES = [
    # a, b, c, degrees at b
    ((0, 1), (0, 0), (1, 0), 90),
    ((1, 0), (0, 0), (0, 1), 90),
    ((-1, 0), (0, 0), (1, 0), 180),
    ((1, 0), (0, 0), (2, 0), 0),
    ((1, 0), (0, 0), (1, 1), 45),
    ((100, 100), (100, 200), (100, 300), 180),
]


@pytest.mark.parametrize(('a', 'b', 'c', 'degrees'), CASES)
def test_angle(a, b, c, degrees):
    a, b, c = (np.array(p, float) for p in (a, b, c))
    assert math.degrees(angle(a, b, c)) == pytest.approx(degrees, abs=1e-9)


def test_angle_keeps_precision_near_straight():
    bend = 1e-7
    end = np.array([math.cos(bend), math.sin(bend)])
    measured = math.pi - angle(np.array([-1.0, 0.0]), np.zeros(2), end)
    assert measured == pytest.approx(bend, rel=1e-6)


def test_angle_of_coinciding_points_is_unknown():
    assert np.isnan(angle(np.ones(2), np.ones(2), np.zeros(2)))


def test_angle_of_a_pose_needs_all_three_points():
    pose = np.zeros((18, 3))
    for name, x, y in (('left_hip', 0, 0), ('left_knee', 0, 10), ('left_ankle', 10, 10)):
        pose[INDEX[name]] = x, y, 0.9
    assert angle_of(pose, JOINTS['left_knee'], 0.5) == pytest.approx(math.pi / 2)
    pose[INDEX['left_ankle'], 2] = 0.4
    assert math.isnan(angle_of(pose, JOINTS['left_knee'], 0.5))


def test_skeleton_has_18_keypoints_and_19_limbs():
    assert len(KEYPOINTS) == 18 and len(LIMBS) == 19
    assert {i for limb in LIMBS for i in limb} == set(range(18))


def test_mirror_exchanges_left_and_right_and_undoes_itself():
    assert MIRROR[INDEX['left_wrist']] == INDEX['right_wrist']
    assert MIRROR[INDEX['nose']] == INDEX['nose']
    assert [MIRROR[i] for i in MIRROR] == list(range(18))
