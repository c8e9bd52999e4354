"""Joint tracks without pictures, and the imperfections of a network."""

import numpy as np
import pytest

from trainer_core.people import People
from trainer_core.skeleton import INDEX, MIRROR
from trainer_sim.script_file import parse
from trainer_sim.track import Noise, open_track

SQUAT = 'camera: {yaw: 40}\nactors: [{segments: [stand: 1, squat: {reps: 2}, stand: 1]}]\n'


def track(noise: Noise | None = None, text: str = SQUAT, seed: int = 0):
    return open_track(parse(text, 't'), 640, 480, 30.0, seed, noise)


def test_people_of_every_frame():
    clean = track()
    frames = list(clean)
    assert len(frames) == len(clean) == len(clean.session.stamps)
    first = frames[0]
    assert isinstance(first, People) and (first.width, first.height) == (640, 480)
    person, = first.people
    assert person.id == 'p0000' and 0.5 < person.score <= 1
    assert abs(person.orientation) < 0.1
    assert [frames[i].stamp for i in (0, 1, 30)] == [0, 33333333, 1000000000]
    seen = clean.session.takes[0].seen[0] == 2
    assert np.allclose(person.keypoints[seen, :2], clean.session.takes[0].pixels[0, seen, :2])


def test_the_same_seed_gives_the_same_track():
    noise = Noise(jitter=0.03, drop_joint=0.1, swap=0.02, drop_frame=0.1)
    a, b = track(noise), track(noise)
    assert np.array_equal(a.poses(), b.poses()) and len(a) == len(b)
    assert not np.array_equal(a.poses(), track(noise, seed=1).poses())


def test_somebody_who_is_not_there_is_not_in_the_track():
    text = 'actors: [{segments: [stand: 1, absent: 1, stand: 1]}]\n'
    counts = [len(people.people) for people in track(text=text)]
    assert counts == [1] * 30 + [0] * 30 + [1] * 30


def test_jitter_has_the_size_that_is_asked_for():
    clean, noisy = track().poses(), track(Noise(jitter=0.05)).poses()
    seen = clean[..., 2] > 0.5
    torso = np.linalg.norm(clean[0, INDEX['neck'], :2] - clean[0, INDEX['left_hip'], :2])
    gap = (noisy - clean)[seen][:, :2]
    assert np.std(gap) == pytest.approx(0.05 * torso, rel=0.15)


def test_drift_is_slow():
    gap = (track(Noise(drift=0.05)).poses() - track().poses())[:, INDEX['neck'], 0]
    assert np.std(np.diff(gap)) < 0.25 * np.std(gap)


def test_dropped_joints_frames_and_blind_keypoints():
    noise = Noise(drop_joint=0.2, drop_frame=0.1, blind=('nose',), hidden=0.0)
    noisy = track(noise)
    poses, clean = noisy.poses(), track()
    assert (poses[:, INDEX['nose']] == 0).all()
    seen = clean.session.takes[0].seen == 2
    seen[:, INDEX['nose']] = False
    assert (poses[..., 2][seen] == 0).mean() == pytest.approx(0.2, abs=0.03)
    assert (poses[..., 2][clean.session.takes[0].seen != 2] == 0).all()
    assert len(noisy) / len(clean) == pytest.approx(0.9, abs=0.05)


def test_swapped_sides_last_five_frames():
    noise = Noise(swap=0.02)
    poses, clean = track(noise).poses(), track().poses()
    swapped = np.abs(poses[:, :, 0] - clean[:, MIRROR, 0]).max(1) < 1e-9
    kept = np.abs(poses[:, :, 0] - clean[:, :, 0]).max(1) < 1e-9
    assert (swapped | kept).all() and swapped.sum() >= 5
