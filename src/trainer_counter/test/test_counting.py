"""What a careful coach would count, on tracks of the drawn athlete; see test_situations, too.

R is a repetition, P partial, A abandoned, N not in the set, L person lost, M not measurable.
"""

from dataclasses import replace
from time import process_time

import pytest
from athletes import NOISE, SCRIPT, athlete, camera, count

from trainer_core.clock import SECOND
from trainer_core.people import People
from trainer_counter import exercises
from trainer_counter.reps.movement import Life
from trainer_counter.reps.set import Set
from trainer_sim.script_file import parse
from trainer_sim.track import open_track

ARM_AND_LEG = ('shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle')
SQUATS = '{stand: 2}, {squat: {reps: 5}}, {stand: 1}'
LYING = {'push_up', 'sit_up', 'v_up'}


@pytest.mark.parametrize(('exercise', 'yaw'), [
    ('biceps_curl', 30), ('burpee', 90), ('deadlift', 90), ('front_raise', 60),
    ('good_morning', 90), ('jumping_jack', 0), ('lunge', 60), ('pull_up', 180), ('push_up', 90),
    ('shoulder_press', 0), ('sit_up', 90), ('squat', 30), ('v_up', 90)])
def test_five_of_each_exercise_are_five(exercise, yaw):
    counted = count(exercise, athlete(
        f'{{stand: 1.5}}, {{{exercise}: {{reps: 5}}}}, {{stand: 1}}', camera(yaw)))
    # Getting down and up is a movement too, and none of the set.
    assert counted.verdicts.strip('N' if exercise in LYING else '') == 'RRRRR'
    assert [m.count for m in counted.movements if m.verdict == 0] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize('exercise', [
    'squat', 'lunge', 'push_up', 'shoulder_press', 'jumping_jack', 'sit_up', 'pull_up',
    'front_raise', 'good_morning', 'burpee', 'v_up', 'deadlift', 'plank', 'wall_sit', 'tree_pose'])
def test_everyday_motions_are_no_repetitions(exercise):
    track = athlete(
        '{enter: {from: right}}, {wait: 8}, {wave: 3}, {pick_up: 3}, {turn: 80}, {stand: 2}, '
        '{turn: 0}, {tie_shoe: 8}, {stand: 2}, {walk: {to: [0.4, 0.5]}}, {wait: 5}, '
        '{leave: {to: left}}, {absent: 2}')
    counted = count(exercise, track).set
    assert (counted.reps, counted.hold_seconds) == (0, 0)


@pytest.mark.parametrize('noise', [
    replace(NOISE, blind=tuple(f'left_{p}' for p in ARM_AND_LEG)),
    replace(NOISE, blind=tuple(f'right_{p}' for p in ARM_AND_LEG)),
    replace(NOISE, blind=tuple(f'{s}_{p}' for s in ('left', 'right') for p in ARM_AND_LEG[:3])),
    replace(NOISE, swap=0.02), replace(NOISE, drop_frame=0.1), replace(NOISE, drop_joint=0.1),
], ids=['left hidden', 'right hidden', 'arms hidden', 'left and right exchanged', 'images lost',
        'keypoints lost'])
@pytest.mark.parametrize(('exercise', 'yaw'), [('squat', 30), ('lunge', 60)])
def test_what_the_pose_network_gets_wrong(exercise, yaw, noise):
    track = athlete(f'{{stand: 2}}, {{{exercise}: 5}}, {{stand: 1}}', camera(yaw), noise)
    assert count(exercise, track).verdicts == 'RRRRR'


def _without(track: tuple[People, ...], start: float, end: float) -> list[People]:
    """The track with nobody in it from start to end (s)."""
    return [
        replace(p, people=[]) if start * SECOND <= p.stamp < end * SECOND else p for p in track]


@pytest.mark.parametrize('start', [3.0, 4.5, 5.2, 6.1])
def test_nobody_is_found_for_not_quite_a_second(start):
    assert count('squat', _without(athlete(SQUATS), start, start + 0.9)).set.reps == 5


def test_lost_in_mid_movement_is_said():
    track = athlete(SQUATS)
    turn = count('squat', track).movements[1]
    middle = turn.start / SECOND + turn.seconds_out
    counted = count('squat', _without(track, middle, middle + 30))
    assert counted.verdicts == 'RL'
    assert counted.movements[-1].reason == 'out of view in mid-movement'
    assert counted.states[-1].life == Life.NOBODY


@pytest.mark.parametrize(('width', 'height'), [(640, 480), (0, 0)], ids=['nobody', 'no picture'])
def test_images_without_anybody(width, height):
    track = [People(i * SECOND // 30, width, height) for i in range(90)]
    counted = count('squat', track)
    assert counted.verdicts == ''
    assert {s.life for s in counted.states} == {Life.NOBODY}


def test_another_id_is_the_same_trainee():
    track = [
        replace(p, people=[replace(q, id='p0007') for q in p.people])
        if i > 160 else p for i, p in enumerate(athlete(SQUATS))]
    counted = count('squat', track)
    assert counted.verdicts == 'RRRRR'
    assert counted.set.track_id == 'p0007'


def test_the_life_of_a_set():
    track = athlete('{enter: {from: left}}, {stand: 2}, {squat: 2}, {stand: 1}')
    lives = [s.life for s in count('squat', track, target_reps=2).states]
    order = [life for i, life in enumerate(lives) if i == 0 or life != lives[i - 1]]
    assert order[0] == Life.NOBODY
    assert order[-5:] == [
        Life.ARMED, Life.ACTIVE, Life.ARMED, Life.ACTIVE, Life.FINISHED]


@pytest.mark.parametrize(('exercise', 'yaw', 'late'), [
    ('plank', 90, 2.6), ('wall_sit', 60, 1.0), ('tree_pose', 30, 1.5)])
def test_a_hold_is_timed(exercise, yaw, late):
    """The way in and out looks like the pose for a moment; it may add so many seconds."""
    counted = count(exercise, athlete(
        f'{{stand: 2}}, {{{exercise}: {{seconds: 12}}}}, {{stand: 2}}', camera(yaw)))
    assert 11.5 <= counted.set.hold_seconds <= 12 + late
    assert counted.verdicts == 'R'


def test_the_target_ends_the_set():
    counted = count('squat', athlete(SQUATS), target_reps=3)
    assert counted.verdicts == 'RRR'
    assert counted.set.finished


def test_a_set_goes_on_where_another_was():
    track = athlete(SQUATS)
    first = count('squat', track)
    second = Set(exercises.load('squat'))
    second.resume(first.set.snapshot())
    assert count('squat', track, second).set.reps == 10


def test_the_seed_rule_counts_whatever_leaves_and_returns():
    assert count('squat', athlete(SQUATS), method='mse').set.reps >= 5


@pytest.mark.parametrize(('exercise', 'yaw', 'segments'), [
    ('squat', 30, '{stand: 8}, {squat: {reps: 3, rest: 2.5}}, {stand: 1}'),
    ('squat', 90, '{wait: 8}, {squat: {reps: 3, tempo: 0.5}}, {stand: 1}'),
    ('biceps_curl', 60, '{stand: 8}, {biceps_curl: {reps: 3, rest: 2.5}}, {stand: 1}'),
    ('jumping_jack', 0, '{stand: 8}, {jumping_jack: {reps: 3, tempo: 1.5}}, {stand: 1}')])
def test_a_movement_begins_when_it_begins(exercise, yaw, segments):
    """And not when the person began to stand there."""
    text = SCRIPT.format(segments=segments, camera=camera(yaw), others='')
    track = open_track(parse(text, 'test'), noise=NOISE)
    counted = count(exercise, track)
    truth = track.session.truth()['actors'][0]['sets'][0]['reps']
    assert len(counted.movements) == len(truth) == 3
    for movement, rep in zip(counted.movements, truth, strict=True):
        # The first tenth of a smooth movement takes a quarter of the time.
        near = max(0.4, 0.25 * rep['seconds_out'])
        assert movement.start / SECOND == pytest.approx(rep['start'], abs=near)
        assert movement.start / SECOND + movement.seconds_out == pytest.approx(
            rep['turn'], abs=near)


def test_one_image_of_one_person_takes_less_than_a_third_of_a_millisecond():
    track, took = athlete(SQUATS), []
    for _ in range(5):
        the_set, began = Set(exercises.load('squat')), process_time()
        for people in track:
            the_set.update(people)
        took.append((process_time() - began) / len(track))
    assert min(took) < 0.0003
