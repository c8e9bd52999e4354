"""Labels for training from teachers that agree, and from the athlete."""

import numpy as np
import pytest

from trainer_core.skeleton import INDEX


@pytest.fixture(scope='module')
def frames(training_module):
    return training_module('frames')


def opinion(**moved):
    """Somebody upright with a torso of 100 px; knees and noses may be moved or not found."""
    k = np.zeros((18, 3))
    for name, x, y in (
            ('right_shoulder', 0, 0), ('left_shoulder', 60, 0), ('right_hip', 0, 80),
            ('left_hip', 60, 80), ('left_knee', 60, 150), ('nose', 30, -30)):
        shift = moved.get(name, 0)
        k[INDEX[name]] = (x, y, 0) if shift is None else (x + shift, y, 0.5)
    return k


@pytest.mark.parametrize(('part', 'shifts', 'weight', 'x'), [
    ('left_knee', (0, 6, -6), 1.0, 60),
    ('left_knee', (0, 10, 70), 0.8, 65),      # one is wrong
    ('left_knee', (0, None, 10), 0.8, 65),    # one found nothing
    ('left_knee', (0, 40, 90), 0.0, 0),       # everybody says something else
    ('left_knee', (0, None, None), 0.0, 0),   # nobody confirms it
    ('nose', (0, 15, None), 0.0, 0),          # a face needs a finer rule
    ('nose', (0, 6, None), 0.8, 33)])
def test_a_keypoint_counts_where_two_teachers_agree(frames, part, shifts, weight, x):
    k = frames.agreed([opinion(**{part: shift}) for shift in shifts])
    assert k[INDEX[part]] == pytest.approx((x, k[INDEX[part], 1], weight))
    assert k[INDEX['left_hip'], 2] == 1.0


@pytest.mark.parametrize(('part', 'shifts', 'weight', 'x'), [
    ('nose', (0, 6, None), 1.0, 33),
    ('nose', (0, 40, None), 0.0, 0),           # not agreed, but it may be there
    ('left_knee', (None, None, None), -1.0, 0),  # out of the picture
    ('left_knee', (0, None, None), 0.0, 0)])
def test_what_nobody_sees_of_a_portrait_is_not_there(frames, part, shifts, weight, x):
    k = frames.portrait([opinion(**{part: shift}) for shift in shifts])
    assert (k[INDEX[part], 0], k[INDEX[part], 2]) == pytest.approx((x, weight))
    assert k[INDEX['neck']] == pytest.approx((30, 0, 1))


def test_nothing_is_agreed_without_a_torso(frames):
    assert not frames.agreed([np.zeros((18, 3)), np.zeros((18, 3))]).any()


def test_what_the_athlete_hides_is_less_sure_and_the_far_side_of_its_face_is_not_there(frames):
    truth = np.full((18, 3), 2.0)
    truth[INDEX['left_knee'], 2], truth[INDEX['left_ankle'], 2] = 1, 0
    truth[INDEX['left_ear'], 2] = 1
    weight = frames.exact(truth, True)[:, 2]
    assert weight[INDEX['right_knee']] == 1.0 and 0 < weight[INDEX['left_knee']] < 1
    assert weight[INDEX['left_ankle']] == 0 and weight[INDEX['left_ear']] == -1
