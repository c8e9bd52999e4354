"""People followed through pictures of the athlete, by the shipped network."""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
import pytest

from trainer_core.people import People
from trainer_core.skeleton import INDEX
from trainer_pose.paf.estimator import PoseEstimator
from trainer_sim.athlete import AthleteFrame, open_athlete
from trainer_sim.script_file import parse

RATE = 15.0
BODY = [i for name, i in INDEX.items() if name.split('_')[-1] not in ('nose', 'eye', 'ear')]

STAND = """
name: {name}
camera: {{yaw: {yaw}, pitch: 5, distance: 3.6, height: 0.95}}
actors:
  - name: athlete
    segments:
      - {segment}
"""


@pytest.fixture(scope='module')
def estimator() -> PoseEstimator:
    return PoseEstimator(engine='auto', threads=1)


@pytest.fixture(autouse=True)
def afresh(estimator):
    estimator.reset()


def scene(
    segment: str, seconds: float, start: float = 0.0, yaw: int = 25,
) -> Iterator[AthleteFrame]:
    script = parse(STAND.format(name='scene', segment=segment, yaw=yaw), 'scene')
    for frame in open_athlete(script, 480, 360, RATE):
        if frame.stamp >= (start + seconds) * 1e9:
            return
        if frame.stamp >= start * 1e9:
            yield frame


def follow(estimator: PoseEstimator, frames: Iterable[AthleteFrame]) -> list[People]:
    return [estimator.update(f.image, f.stamp) for f in frames]


def ids(found: list[People]) -> set[str]:
    return {p.id for people in found for p in people.people}


def hits(people: People, truth: np.ndarray) -> list[bool]:
    """Which joints in sight are within 0.2 of the torso's diagonal of the first person's."""
    scale = max(
        np.hypot(*(truth[INDEX[a], :2] - truth[INDEX[b], :2]))
        for a, b in (('left_shoulder', 'right_hip'), ('right_shoulder', 'left_hip')))
    pose = people.people[0].keypoints if people.people else np.zeros((18, 3))
    return [
        bool(pose[i, 2] > 0 and np.hypot(*(pose[i, :2] - truth[i, :2])) < 0.2 * scale)
        for i in BODY if truth[i, 2] == 2]


@pytest.mark.parametrize(('segment', 'start', 'yaw', 'share'), [
    ('squat: {reps: 3}', 0.0, 25, 0.85),
    ('jumping_jack: {reps: 4}', 0.0, 0, 0.8),
    ('biceps_curl: {reps: 2}', 0.0, 25, 0.85),
    ('push_up: {reps: 3}', 6.0, 70, 0.65),
])
def test_one_person_keeps_one_id_and_the_joints_are_right(estimator, segment, start, yaw, share):
    frames = list(scene(segment, 4.0, start, yaw))
    found = follow(estimator, frames)
    assert len(ids(found)) == 1
    seen = [h for f, p in zip(frames, found, strict=True) if f.truth
            for h in hits(p, f.truth[0].keypoints)]
    assert np.mean(seen) >= share


@pytest.mark.parametrize('turn', [
    cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE],
    ids=['right', 'over', 'left'])
def test_a_turned_body_is_followed_and_left_stays_left(estimator, turn):
    right = total = 0
    for frame in scene('squat: {reps: 2}', 3.0):
        picture = cv2.rotate(frame.image, turn)
        people = estimator.update(picture, frame.stamp)
        h, w = frame.image.shape[:2]
        x, y, seen = frame.truth[0].keypoints.T
        x, y = {
            cv2.ROTATE_90_CLOCKWISE: (h - 1 - y, x), cv2.ROTATE_180: (w - 1 - x, h - 1 - y),
            cv2.ROTATE_90_COUNTERCLOCKWISE: (y, w - 1 - x)}[turn]
        found = hits(people, np.column_stack([x, y, seen]))
        right, total = right + sum(found), total + len(found)
    assert right / total >= 0.8


def test_somebody_out_of_view_for_a_moment_keeps_the_id(estimator):
    before = list(scene('wait: 20', 2.0))
    empty = np.full_like(before[0].image, 120)
    step = int(1e9 / RATE)
    found = follow(estimator, before)
    away = [estimator.update(empty, before[-1].stamp + (i + 1) * step) for i in range(25)]
    later = before[-1].stamp + 26 * step
    back = [estimator.update(f.image, later + f.stamp) for f in before]
    assert not away[-1].people
    assert back[-1].people and ids(found) == ids(back)


def test_somebody_who_is_elsewhere_at_once_keeps_the_id(estimator):
    """The camera was pushed, or the video was cut: who is missing here is who came there."""
    found = []
    for frame in scene('stand: 6', 2.0):
        aside = 115.0 if frame.stamp >= 1e9 else 0.0
        picture = cv2.warpAffine(
            frame.image, np.float32([[1, 0, aside], [0, 1, 0]]), (480, 360),
            borderMode=cv2.BORDER_REPLICATE)
        found.append(estimator.update(picture, frame.stamp))
    before, after = found[:15], found[-8:]
    assert len(ids(before)) == 1 and ids(after) == ids(before)


@pytest.mark.parametrize('picture', [
    np.zeros((360, 480, 3), np.uint8),
    np.full((360, 480, 3), 255, np.uint8),
    np.random.default_rng(0).integers(0, 255, (360, 480, 3)).astype(np.uint8),
    cv2.putText(
        np.zeros((360, 480, 3), np.uint8), 'SQUAT', (60, 220), cv2.FONT_HERSHEY_SIMPLEX, 4,
        (255, 255, 255), 12),
], ids=['black', 'white', 'noise', 'title'])
def test_nobody_is_found_where_nobody_is(estimator, picture):
    assert not any(estimator.update(picture, i * 66_666_667).people for i in range(20))
    assert not estimator.detect(picture).people


def test_two_people_keep_their_ids(estimator):
    frames = [f for f in open_athlete('pair', 640, 480, RATE) if f.stamp < 5e9]
    found = follow(estimator, frames)[15:]
    steady = set.intersection(*({p.id for p in people.people} for people in found))
    assert len(steady) >= 2


def test_time_going_back_starts_afresh(estimator):
    frames = list(scene('wait: 20', 1.0))
    first, second = follow(estimator, frames), follow(estimator, frames)
    assert len(ids(first)) == len(ids(second)) == 1
    assert not ids(first) & ids(second)


def test_the_same_pictures_give_the_same_people():
    frames = list(scene('squat: {reps: 1}', 1.5))
    runs = [follow(PoseEstimator(engine='auto', threads=1), frames) for _ in range(2)]
    for a, b in zip(*runs, strict=True):
        assert [p.id for p in a.people] == [p.id for p in b.people]
        for p, q in zip(a.people, b.people, strict=True):
            assert p.keypoints.tobytes() == q.keypoints.tobytes()


def test_single_pictures_put_the_best_first(estimator):
    frame = next(scene('wait: 5', 3.0, 1.0))
    people = estimator.detect(frame.image).people
    assert people[0].score == max(p.score for p in people)
    assert np.mean(hits(estimator.detect(frame.image), frame.truth[0].keypoints)) >= 0.85
