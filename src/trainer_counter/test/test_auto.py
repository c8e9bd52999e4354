"""Which exercise it is, found out on tracks of the drawn athlete."""

import athletes
import pytest
from athletes import camera, count

from trainer_core.errors import UserError
from trainer_counter.reps.auto import FINDING_OUT
from trainer_counter.reps.opening import open_set
from trainer_counter.reps.set import Set

FPS = 15.0  # the images that candidates look at are fewer anyway
FROM_THE_FRONT = camera(30)
SQUATS = '{stand: 2}, {squat: {reps: 5}}, {stand: 1}'


def athlete(segments, cameras=FROM_THE_FRONT):
    """The people of these segments of a script."""
    return athletes.athlete(segments, cameras, fps=FPS)


def recognised(track, **given):
    """What a set of auto comes to: the sets as (exercise, repetitions), and all that was said."""
    counted = count('', track, open_set('auto', **given))
    return [(s.exercise.name, s.reps) for s in counted.set.sets], counted


@pytest.mark.parametrize(('exercise', 'yaw'), [
    ('biceps_curl', 30), ('burpee', 90), ('deadlift', 60), ('front_raise', 60),
    ('good_morning', 90), ('jumping_jack', 0), ('lunge', 60), ('pull_up', 180), ('push_up', 75),
    ('shoulder_press', 0), ('sit_up', 90), ('squat', 30), ('squat', 90), ('v_up', 90)])
def test_the_exercise_is_found_and_nothing_of_it_is_lost(exercise, yaw):
    sets, counted = recognised(athlete(
        f'{{stand: 1.5}}, {{{exercise}: {{reps: 3}}}}, {{stand: 1}}', camera(yaw)))
    assert sets == [(exercise, 3)]
    assert [m.count for m in counted.movements if m.verdict == 0] == [1, 2, 3]
    assert counted.states[0].phase == FINDING_OUT and counted.states[-1].phase != FINDING_OUT


@pytest.mark.parametrize(('hold', 'yaw'), [('plank', 80), ('wall_sit', 60), ('tree_pose', 10)])
def test_a_hold_is_found(hold, yaw):
    sets, counted = recognised(athlete(
        f'{{stand: 1}}, {{{hold}: {{seconds: 12}}}}, {{stand: 1}}', camera(yaw)))
    assert sets == [(hold, 0)]
    assert counted.set.hold_seconds == pytest.approx(12, abs=2.7)


def test_another_exercise_begins_another_count():
    sets, counted = recognised(athlete(
        '{stand: 1}, {squat: 4}, {stand: 2}, {biceps_curl: 4}, {stand: 2}, {squat: 3}, {stand: 1}'))
    assert sets == [('squat', 4), ('biceps_curl', 4), ('squat', 3)]
    assert [s.reps for s in counted.states][-1] == 3


def test_at_the_end_of_a_recording_the_likeliest_is_taken():
    track = athlete('{stand: 1.5}, {squat: {reps: 1}}, {stand: 1.5}')
    found = [s.phase for s in recognised(track)[1].states].index('start')
    sets, counted = recognised(track[:found])
    assert sets == []
    assert [(m.count, m.verdict) for m in counted.set.settle()] == [(1, 0)]
    assert (counted.set.exercise.name, counted.set.reps) == ('squat', 1)
    assert counted.set.settle() == []


def test_everyday_motions_are_no_exercise():
    sets, counted = recognised(athlete(
        '{enter: {from: right}}, {wait: 8}, {pick_up: 3}, {turn: 80}, {stand: 2}, {turn: 0}, '
        '{tie_shoe: 8}, {stand: 2}, {walk: {to: [0.4, 0.5]}}, {wait: 5}, {leave: {to: left}}'))
    assert sets == []
    assert {s.phase for s in counted.states} == {FINDING_OUT}


def test_the_target_is_that_of_whatever_is_done():
    _, counted = recognised(athlete(SQUATS), target_reps=3)
    assert counted.set.finished and counted.set.reps == 3


def test_time_that_goes_back_keeps_exercise_and_count():
    track = athlete(SQUATS)
    _, first = recognised(track)
    again = count('', track, first.set)
    assert again.set.exercise.name == 'squat' and again.set.reps == 10


def test_a_set_goes_on_where_another_was():
    _, first = recognised(athlete(SQUATS))
    second = open_set('auto')
    second.resume(first.set.snapshot())
    assert (second.exercise.name, second.reps) == ('squat', 5)
    third = open_set('auto')
    third.resume(open_set('auto').snapshot())
    assert (third.exercise.name, third.reps) == ('auto', 0)


def test_the_same_images_give_the_same():
    track = athlete(SQUATS)
    assert recognised(track)[1].movements == recognised(track)[1].movements


def test_a_named_exercise_is_an_ordinary_set():
    assert isinstance(open_set('squat'), Set)
    with pytest.raises(UserError, match='is it squat'):
        open_set('sqat')
