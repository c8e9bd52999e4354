"""The share of right joints, measured on made-up labels, and the clock."""

import json
from time import perf_counter

import numpy as np
import pytest

from trainer_core.errors import UserError
from trainer_core.skeleton import INDEX
from trainer_pose.benchmark import photos, speed

# right ankle, knee, hip, left hip, knee, ankle, right wrist, elbow, shoulder, left shoulder,
# elbow, wrist, neck, head top of somebody upright with a torso of 50 px, legs of 80
UPRIGHT = np.array([
    [40, 180], [40, 140], [40, 100], [60, 100], [60, 140], [60, 180], [30, 90], [30, 70],
    [35, 50], [65, 50], [70, 70], [70, 90], [50, 45], [50, 20]], float)


def turned(points, degrees):
    a = np.radians(degrees)
    return (points - 100) @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) + 100


def entry(file, points, seen=1):
    return {'file': file, 'joints': [[*map(float, p), seen] for p in points]}


@pytest.fixture
def folder(tmp_path):
    names = [f'{i}.jpg' for i in range(400)]
    kept = [name for name in names if photos.held_out(name)]
    entries = [entry(name, UPRIGHT) for name in names if name not in kept]
    for name, degrees in zip(kept, (0, 90, 180, 0, 0), strict=False):
        entries.append(entry(name, turned(UPRIGHT, degrees)))
    (tmp_path / 'annotations.json').write_text(json.dumps(entries))
    return tmp_path


@pytest.mark.parametrize(('degrees', 'name'), [
    (0, 'upright'), (40, 'upright'), (-44, 'upright'), (90, 'horizontal'), (-90, 'horizontal'),
    (180, 'upside_down'), (140, 'upside_down')])
def test_how_a_body_is_turned(degrees, name):
    assert photos.orientation(photos.human(entry('a', turned(UPRIGHT, degrees)))) == name


def test_only_held_out_photos_are_asked_and_each_counts_where_it_belongs(folder):
    chosen = photos.validation(folder)
    assert all(photos.held_out(photo.path) for photo in chosen)
    assert {photo.orientation for photo in chosen} == {'upright', 'horizontal', 'upside_down'}
    assert photos.pck(chosen, [photo.truth for photo in chosen]) == dict.fromkeys(
        ('upright', 'horizontal', 'upside_down', 'all'), 100.0)


def test_a_joint_is_right_within_a_fifth_of_the_torso_and_missing_is_wrong(folder):
    photo = photos.validation(folder)[0]
    truth, size = photo.truth, photo.size
    limit = photos.NEAR * size
    for shift, right in ((0.9 * limit, True), (1.1 * limit, False)):
        found = truth.copy()
        found[INDEX['left_wrist'], 0] += shift
        assert photos.right_joints(found, truth, size).count(False) == (0 if right else 1)
    found[INDEX['left_wrist']] = 0
    assert photos.right_joints(found, truth, size).count(False) == 1
    assert not any(photos.right_joints(None, truth, size))


def test_a_folder_without_labels_is_said(tmp_path):
    with pytest.raises(UserError, match='annotations.json cannot be read.*folder of labelled'):
        photos.validation(tmp_path)


def test_the_clock_takes_the_undisturbed_round():
    def work():
        end = perf_counter() + 0.002
        while perf_counter() < end:
            pass
    assert 2.0 <= speed.milliseconds(work, 0.05) < 10.0
