"""Labels for training from a human, two teachers and the network of the cycle before."""

import numpy as np
import pytest

from trainer_core.errors import UserError
from trainer_core.skeleton import INDEX, MIRROR
from trainer_pose.benchmark import teachers

LEGS = [INDEX[f'{side}_{joint}'] for joint in ('hip', 'knee', 'ankle')
        for side in ('right', 'left')]


@pytest.fixture(scope='module')
def labels(training_module):
    return training_module('labels')


def somebody(swapped=False, knee=0, sure=0.9):
    """Upright with a torso of 100 px; the legs' sides, or the left knee's place, may differ."""
    k = np.zeros((18, 3))
    for name, x, y in (('shoulder', 30, 0), ('elbow', 45, 40), ('wrist', 50, 80),
                       ('hip', 25, 80), ('knee', 25, 150), ('ankle', 25, 220)):
        k[INDEX[f'right_{name}']], k[INDEX[f'left_{name}']] = (-x, y, sure), (x, y, sure)
    k[INDEX['left_knee'], 0] += knee
    if swapped:
        k[LEGS] = k[[MIRROR[i] for i in LEGS]]
    return k


def entry(human, reference, blaze):
    joints = np.zeros((14, 3))
    order = [(INDEX[f'{side}_{name}']) for side, name in (
        ('right', 'ankle'), ('right', 'knee'), ('right', 'hip'), ('left', 'hip'),
        ('left', 'knee'), ('left', 'ankle'), ('right', 'wrist'), ('right', 'elbow'),
        ('right', 'shoulder'), ('left', 'shoulder'), ('left', 'elbow'), ('left', 'wrist'))]
    joints[:12] = human[order]
    marks = np.zeros((33, 3))
    for to, source in teachers.LANDMARKS.items():
        if blaze is not None:
            marks[source] = blaze[to]
    return {'file': 'one.jpg', 'joints': joints.tolist(),
            'hpe': None if reference is None else reference.tolist(),
            'blazepose': None if blaze is None else marks.tolist()}


RIGHT, WRONG = somebody(), somebody(swapped=True)


@pytest.mark.parametrize(('human', 'reference', 'blaze', 'own', 'swapped', 'weight'), [
    (RIGHT, RIGHT, RIGHT, RIGHT, False, 1.0),
    (WRONG, RIGHT, RIGHT, RIGHT, True, 1.0),
    (WRONG, RIGHT, None, None, True, 1.0),
    (WRONG, RIGHT, None, RIGHT, True, 1.0),
    (RIGHT, WRONG, None, RIGHT, False, 0.3),    # one against one
    (RIGHT, WRONG, RIGHT, RIGHT, False, 1.0),   # one teacher alone is wrong
    (RIGHT, WRONG, WRONG, RIGHT, False, 0.3),   # who knows?
    (RIGHT, None, None, WRONG, False, 0.3 * 0.3),  # our own network alone changes nothing
    (RIGHT, None, None, RIGHT, False, 1.0),
    (RIGHT, None, None, None, False, 0.6)])
def test_legs_get_their_side_from_those_who_agree(
        labels, human, reference, blaze, own, swapped, weight):
    got = labels.fuse(entry(human, reference, blaze), own)[LEGS]
    np.testing.assert_allclose(got[:, :2], (human if not swapped else RIGHT)[LEGS, :2], atol=1e-4)
    np.testing.assert_allclose(got[:, 2], weight, atol=1e-6)


@pytest.mark.parametrize(('opinions', 'sides', 'weight'), [
    ((RIGHT, RIGHT, RIGHT, WRONG), RIGHT, 1.0),  # three see it, our own does not
    ((RIGHT, WRONG, RIGHT, RIGHT), RIGHT, 1.0),
    ((RIGHT, WRONG, RIGHT, WRONG), WRONG, 0.3)])
def test_two_more_are_enough_to_exchange_the_legs(labels, opinions, sides, weight):
    reference, blaze, movenet, own = opinions
    got = labels.fuse(entry(WRONG, reference, blaze), own, movenet)[LEGS]
    np.testing.assert_allclose(got[:, :2], sides[LEGS, :2], atol=1e-4)
    np.testing.assert_allclose(got[:, 2], weight, atol=1e-6)


@pytest.mark.parametrize(('human', 'reference', 'blaze', 'sides'), [
    (RIGHT, RIGHT, RIGHT, RIGHT), (WRONG, RIGHT, None, RIGHT), (WRONG, RIGHT, RIGHT, RIGHT),
    (WRONG, RIGHT, WRONG, WRONG), (RIGHT, None, None, RIGHT)])
def test_what_is_measured_with_has_its_sides_put_right_but_keeps_its_places(
        human, reference, blaze, sides):
    got = teachers.checked(entry(human, reference, blaze))
    np.testing.assert_allclose(got[LEGS, :2], sides[LEGS, :2], atol=1e-4)
    assert (got[LEGS, 2] > 0).all()


def test_a_third_teacher_comes_from_a_file(tmp_path):
    k = somebody()
    k[INDEX['left_knee'], 2] = 0.1
    np.savez(tmp_path / 'seen.npz', **{'one.jpg': k})
    seen = teachers.third(tmp_path / 'seen.npz')['one.jpg']
    assert not seen[INDEX['left_knee']].any() and seen[INDEX['right_knee']].all()
    (tmp_path / 'other.npz').write_text('no')
    for name in ('other.npz', 'missing.npz'):
        with pytest.raises(UserError, match=f'{name} cannot be read .*opinions.py'):
            teachers.third(tmp_path / name)


@pytest.mark.parametrize(('human', 'seen', 'counts'), [
    (0, (60, 62), False),       # two contradict, alike
    (0, (60, None), True),      # one is not enough
    (0, (60, 2), True),
    (0, (60, -60), True),       # each says something else
    (0, (60, 62, 3), True),     # somebody confirms it
    (0, (60, None, 61), False),
    (0, (None, None), True)])
def test_what_is_measured_with_has_no_labels_that_two_teachers_contradict(human, seen, counts):
    reference, blaze, *third = (None if s is None else somebody(knee=s) for s in seen)
    more = dict(zip(['one.jpg'], third, strict=False))
    got = teachers.checked(entry(somebody(knee=human), reference, blaze), more)
    assert (got[LEGS, 2] > 0).tolist() == [i != INDEX['left_knee'] or counts for i in LEGS]


@pytest.mark.parametrize(('human', 'reference', 'blaze', 'movenet', 'own', 'x', 'weight'), [
    (0, 10, None, None, None, 30, 1.0),        # half human, half teacher
    (0, 60, None, None, None, 25, 0.6),
    (0, 60, None, None, 5, 25, 1.0),           # our own confirms the human
    (0, 60, 62, None, None, 86, 0.8),          # two teachers against the human
    (0, None, 60, 62, None, 86, 0.8),
    (0, 60, 62, None, 2, 25, 1.0),             # but not against two
    (0, 60, 62, 4, None, 27, 1.0),
    (0, 60, 62, 61, 2, 86, 0.8),               # three are more than two
    (0, 60, None, None, 64, 87, 0.7),          # one teacher and our own
    (0, None, None, None, 60, 25, 0.3)])       # our own alone only sows doubt
def test_a_knee_is_where_most_see_it(
        labels, human, reference, blaze, movenet, own, x, weight):
    reference, blaze, movenet, own = (
        None if s is None else somebody(knee=s) for s in (reference, blaze, movenet, own))
    got = labels.fuse(entry(somebody(knee=human), reference, blaze), own, movenet)
    assert got[INDEX['left_knee']] == pytest.approx((x, 150, weight), abs=1e-4)
