"""Maps of known bodies to skeletons."""

import numpy as np
import pytest
from ideal import body, maps

from trainer_core.skeleton import INDEX, KEYPOINTS, LIMBS
from trainer_pose.paf import decoder
from trainer_pose.paf.decoder import Settings, candidates

SIZE = 256  # px, of the network's input
ARM = ('right_elbow', 'right_wrist')
CROSSED = {'left_wrist': (-0.5, 0.6), 'right_wrist': (0.5, 0.6),
           'left_knee': (-0.3, 1.85), 'right_knee': (0.3, 1.85)}


def decode(heatmaps, pafs, stride=8.0, **settings):
    return decoder.decode(candidates(heatmaps, pafs), stride, Settings(**settings))


def without(pose, *names):
    """The pose with joints that are not seen."""
    pose = pose.copy()
    pose[[INDEX[n] for n in names], 2] = 0
    return pose


def with_joints(pose, torso, places):
    """The pose with joints moved to places in torsos from its neck."""
    pose = pose.copy()
    for name, place in places.items():
        pose[INDEX[name], :2] = pose[INDEX['neck'], :2] + torso * np.array(place)
    return pose


def row(n, torso, step):
    return [body(40 + step * i, 128, torso) for i in range(n)]


CASES = {
    'nobody': [],
    'one person': [body(128, 128, 45)],
    'one far away': [body(100.3, 90.7, 25)],
    'upside down': [body(128, 128, 45, np.pi)],
    'lying': [body(128, 128, 45, np.pi / 2)],
    'arms and legs crossed': [with_joints(body(128, 128, 50), 50, CROSSED)],
    'an arm behind the back': [without(body(128, 128, 45), *ARM)],
    'only the upper body': [without(
        body(128, 128, 45), *(f'{s}_{j}' for s in ('left', 'right') for j in ('knee', 'ankle')))],
    'from behind': [without(body(128, 128, 45), 'nose', 'left_eye', 'right_eye')],
    'two side by side': [body(70, 128, 45), body(180, 120, 45)],
    'two whose arms overlap': [body(100, 128, 45), body(148, 128, 45)],
    'one stands before the other': [
        body(110, 128, 45), without(
            body(138, 120, 38), 'right_wrist', 'right_hip', 'right_knee', 'right_ankle')],
    'one stands, one lies': [body(70, 110, 40), body(165, 220, 40, np.pi / 2)],
}


def joined(found, truth):
    """Truth of each found pose: the nearest body that was drawn."""
    return [int(np.argmin([
        np.abs(f[:, :2] - t[:, :2])[f[:, 2] > 0].mean() for t in truth])) for f in found]


def right(found, truth, tolerance=1.5):
    """Every body once, each with exactly its joints, at most tolerance px away."""
    assert len(found) == len(truth)
    if not truth:
        return
    assert sorted(joined(found, truth)) == list(range(len(truth)))
    for pose, i in zip(found, joined(found, truth), strict=True):
        there = truth[i][:, 2] > 0
        assert [KEYPOINTS[k] for k in np.flatnonzero(pose[:, 2])] == [
            KEYPOINTS[k] for k in np.flatnonzero(there)]
        assert np.abs(pose[there, :2] - truth[i][there, :2]).max() < tolerance
        assert (pose[:, 2] <= 1).all()


@pytest.mark.parametrize('name', CASES)
def test_everybody_is_found(name):
    poses, scores = decode(*maps(CASES[name], SIZE, SIZE))
    assert poses.shape == (len(CASES[name]), 18, 3) and scores.shape == (len(CASES[name]),)
    right(poses, CASES[name], 3.0)


@pytest.mark.parametrize('stride', (4, 8))
@pytest.mark.parametrize('x', (128.0, 129.3, 131.9, 133.5))
def test_places_are_exact_below_the_cell(x, stride):
    truth = body(x, 2 * x - 130, 48)
    right(decode(*maps([truth], SIZE, SIZE, stride), stride)[0], [truth], 0.06 * stride)


def test_ten_people():
    truth = row(10, 30, 46)
    right(decode(*maps(truth, 512, SIZE))[0], truth)


def test_at_the_border_what_is_in_the_picture_is_found():
    truth = body(20, 200, 45)
    inside = (truth[:, 0] >= 0) & (truth[:, 1] < SIZE)
    assert 4 < inside.sum() < 18
    truth[~inside, 2] = 0
    poses, _ = decode(*maps([truth], SIZE, SIZE))
    right(poses, [truth], 3.0)


@pytest.mark.parametrize('name', ('one person', 'two whose arms overlap', 'nobody'))
def test_noise_makes_no_people(name):
    random = np.random.default_rng(1)
    heatmaps, pafs = maps(CASES[name], SIZE, SIZE)
    heatmaps += random.normal(0, 0.03, heatmaps.shape).astype(np.float32)
    pafs += random.normal(0, 0.05, pafs.shape).astype(np.float32)
    right(decode(heatmaps, pafs)[0], CASES[name], 4.0)


def test_noise_alone_is_nobody():
    random = np.random.default_rng(2)
    heatmaps = random.uniform(0, 0.15, (19, 32, 32)).astype(np.float32)
    pafs = random.normal(0, 0.05, (38, 32, 32)).astype(np.float32)
    assert len(decode(heatmaps, pafs)[0]) == 0


def test_weak_maps_are_found_too_and_score_less():
    truth = CASES['two side by side']
    heatmaps, pafs = maps(truth, SIZE, SIZE)
    strong, weak = (decode(f * heatmaps, f * pafs) for f in (1.0, 0.35))
    right(weak[0], truth)
    assert (weak[1] < 0.5).all() and (strong[1] > 0.8).all()


def test_the_whole_body_comes_first():
    truth = [without(body(70, 128, 45), *ARM, 'left_knee', 'left_ankle'), body(180, 128, 45)]
    for order in (truth, truth[::-1]):
        poses, _ = decode(*maps(order, SIZE, SIZE))
        assert [int((p[:, 2] > 0).sum()) for p in poses] == [18, 14]


def test_the_order_of_the_people_does_not_matter():
    truth = CASES['one stands before the other'] + [body(220, 128, 40)]
    one = decode(*maps(truth, SIZE, SIZE))
    other = decode(*maps(truth[::-1], SIZE, SIZE))
    again = decode(*maps(truth, SIZE, SIZE))
    for a, b, c in zip(one, other, again, strict=True):
        assert np.allclose(a, b) and np.array_equal(a, c)


def test_a_fragment_of_few_parts_is_nobody():
    names = ('right_shoulder', 'right_elbow', 'right_wrist')
    truth = without(body(128, 128, 45), *(n for n in KEYPOINTS if n not in names))
    maps_ = maps([truth], SIZE, SIZE)
    assert len(decode(*maps_)[0]) == 0
    assert len(decode(*maps_, min_parts=3)[0]) == 1


def test_a_part_that_no_field_joins_belongs_to_nobody():
    truth = body(128, 128, 45)
    heatmaps, pafs = maps([truth], SIZE, SIZE)
    for i, (_, b) in enumerate(LIMBS):
        if KEYPOINTS[b] == 'left_wrist':
            pafs[2 * i:2 * i + 2] = 0
    right(decode(heatmaps, pafs)[0], [without(truth, 'left_wrist')])


@pytest.mark.parametrize('name', [n for n, poses in CASES.items() if len(poses) == 1])
def test_the_one_body_is_what_the_maps_were_made_of(name):
    truth, = CASES[name]
    found = decoder.body(candidates(*maps([truth], SIZE, SIZE), Settings(peak=0.03)))
    seen = truth[:, 2] > 0
    assert np.abs(found[seen, :2] - truth[seen, :2]).max() < 2
    assert not found[~seen].any()


def test_the_one_body_keeps_a_joint_whose_limb_is_not_seen_and_takes_none_of_somebody_else():
    one, other = body(90, 128, 45), body(175, 128, 45)
    other[:, 2] = 0.6
    one[INDEX['right_wrist'], 2] = 0.3
    heat, pafs = maps([one, other], SIZE, SIZE)
    forearm = LIMBS.index((INDEX['right_elbow'], INDEX['right_wrist']))
    pafs[2 * forearm:2 * forearm + 2] = 0
    found = decoder.body(candidates(heat, pafs, Settings(peak=0.03)))
    expected = [i for i in range(len(KEYPOINTS)) if KEYPOINTS[i] != 'right_wrist']
    assert np.abs(found[expected, :2] - one[expected, :2]).max() < 2
    assert found[INDEX['right_wrist'], 2] > 0
    alone = decoder.body(candidates(*maps([one], SIZE, SIZE), Settings(peak=0.03)))
    assert alone[INDEX['right_wrist'], 2] == pytest.approx(0.3, abs=0.1)
