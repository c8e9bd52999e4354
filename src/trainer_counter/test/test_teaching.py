"""An exercise that was shown three times is counted in somebody else."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from athletes import NOISE, athlete, count

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_core.people import People
from trainer_counter import exercises
from trainer_counter.exercises.schema import read
from trainer_counter.exercises.teaching import Lesson, check_name
from trainer_counter.form.baseline import find
from trainer_counter.form.scorer import Scorer
from trainer_counter.reps.opening import open_set
from trainer_counter.reps.set import Set
from trainer_sim.script_file import parse
from trainer_sim.track import open_track

SPOKEN = {'en': 'shown', 'it': 'shown'}
SCRIPT = """
name: lesson
camera: {{yaw: {yaw}, pitch: 5, distance: {distance}, height: {height}}}
actors:
  - name: ana
    body: {{height: {tall}}}
    segments: [{{stand: 2}}, {{{exercise}: {{reps: {reps}, tempo: {tempo}{more}}}}}, {{stand: 1.5}}]
"""


def track(exercise, yaw, tall=1.9, distance=3.6, reps=4, tempo=1.0, fps=30.0, more=''):
    """Somebody of that height (m) who does it, seen from there."""
    height = 0.5 if exercise in ('push_up', 'sit_up') else 0.95
    text = SCRIPT.format(
        exercise=exercise, yaw=yaw, tall=tall, distance=distance, height=height, reps=reps,
        tempo=tempo, more=more)
    return tuple(open_track(parse(text, 'lesson'), fps=fps, noise=NOISE, seed=reps))


def taught(images, name='shown', **given):
    """The lesson after these images."""
    lesson = Lesson(name, **given)
    for people in images:
        lesson.update(people)
        if lesson.done:
            break
    return lesson


@lru_cache(maxsize=1)
def distractions():
    return tuple(open_track('distractions', noise=NOISE, fps=15))


@pytest.mark.parametrize(('exercise', 'yaw'), [
    ('front_raise', 60), ('squat', 35), ('biceps_curl', 30), ('jumping_jack', 0), ('lunge', 40),
    ('push_up', 80), ('sit_up', 85)])
def test_what_a_tall_person_shows_is_counted_in_a_short_one_far_away(tmp_path, exercise, yaw):
    lesson = taught(track(exercise, yaw))
    assert lesson.done and lesson.seen == 3
    learned = read(lesson.learned(SPOKEN).write(tmp_path))
    other = track(exercise, yaw + 8, tall=1.6, distance=7.2, reps=10, tempo=1.3, fps=20)
    assert count('', other, Set(learned)).verdicts.count('R') == 10
    assert count('', distractions(), Set(learned)).set.reps == 0


def test_the_baseline_is_one_repetition_of_the_lesson(tmp_path):
    images = track('squat', 35)
    lesson = taught(images)
    path = lesson.learned(SPOKEN).write(tmp_path)
    with np.load(path.with_name('shown.baseline.npz')) as kept:
        stamps, poses = kept['stamps'], kept['keypoints']
    assert poses.shape == (len(stamps), 18, 3) and stamps.dtype == np.int64
    assert 1.5 < (stamps[-1] - stamps[0]) / SECOND < 4.5
    there = {people.stamp: people.people[0].keypoints for people in images}
    assert all((there[t] == pose).all() for t, pose in zip(stamps.tolist(), poses, strict=True))


def test_form_is_compared_with_all_that_was_shown(tmp_path):
    taught(track('front_raise', 60)).learned(SPOKEN).write(tmp_path)
    judge = Scorer(exercises.load('shown', [tmp_path]), find('shown', [tmp_path])).judge
    assert len(judge.baseline.demonstrations) == 3 and judge.limits.bounds is not None
    done = {}
    for what, more in (('right', ''), ('wrong', ', faults: [{part: left_shoulder, amount: 0.4}]')):
        scorer = Scorer(judge.exercise, judge.baseline)
        the_set, forms = Set(judge.exercise), []
        for image in track('front_raise', 63, tall=1.6, distance=6.4, reps=2, more=more):
            _, movements = the_set.update(image)
            forms += scorer.update(image.stamp, image.people[0].keypoints)
            forms += [form for movement in movements for form in scorer.moved(movement)]
        done[what] = forms + scorer.finish()
    assert [form.correct for form in done['right']] == [True, True]
    assert [form.correct for form in done['wrong']] == [False, False]
    assert {(h.part, h.direction) for h in done['wrong'][0].hints} >= {('left_shoulder', 'raise')}


def test_a_taught_exercise_is_recognised(tmp_path):
    """Also where a shipped one looks the same: what somebody has shown goes first."""
    taught(track('front_raise', 60)).learned(SPOKEN).write(tmp_path)
    the_set = open_set('auto', dirs=[str(tmp_path)])
    count('', track('front_raise', 55, tall=1.7, reps=4, fps=15), the_set)
    assert (the_set.exercise.name, the_set.reps) == ('shown', 4)


def test_one_side_at_a_time_is_counted_per_side(tmp_path):
    curl = '{stand: 2}, {biceps_curl: {reps: 3, side: left}}, {stand: 1.5}'
    learned = read(taught(athlete(curl)).learned(SPOKEN).write(tmp_path))
    assert learned.sides == 'each'
    both = athlete('{stand: 2}, {biceps_curl: {reps: 2, side: left}}, '
                   '{biceps_curl: {reps: 3, side: right}}, {stand: 1}')
    the_set = count('', both, Set(learned)).set
    assert (the_set.reps_left, the_set.reps_right) == (2, 3)


def test_what_is_to_be_done_is_said():
    lesson, said = Lesson('shown', 2), []
    for people in track('squat', 35, reps=3):
        lesson.update(people)
        if not said or said[-1] != (lesson.seen, lesson.instruction):
            said.append((lesson.seen, lesson.instruction))
    assert [seen for seen, _ in said] == [0, 1, 2]
    assert said[0][1].startswith('take the start position') and said[1][1] == 'good; 1 more'
    assert lesson.done


def _empty(images):
    return [replace(p, people=[]) for p in images]


def _still(images, seconds):
    people = images[10].people
    return [People(i * SECOND // 10, 640, 480, people) for i in range(seconds * 10)]


@pytest.mark.parametrize(('images', 'given', 'sentence'), [
    (lambda t: _empty(_still(t, 11)), {}, 'nobody was in view for 10 s'),
    (lambda t: _still(t, 11), {'track_id': 'p0009'}, 'p0009 was not in view for 10 s'),
    (lambda t: _still(t, 31), {}, 'no repetition was seen for 30 s'),
    (lambda t: [replace(p, people=[*p.people, replace(p.people[0], id='p0007')]) for p in t],
     {}, '2 people are in view; say with track_id who teaches: p0000, p0007'),
], ids=['nobody', 'the teacher is away', 'no movement', 'two people'])
def test_what_goes_wrong_is_said(images, given, sentence):
    with pytest.raises(UserError, match=sentence):
        taught(images(track('squat', 35, reps=1)), **given)


def test_with_two_people_the_teacher_is_followed():
    images = [
        replace(p, people=[replace(p.people[0], id='p0007', keypoints=t.people[0].keypoints),
                           *p.people])
        for p, t in zip(_still(track('squat', 35), 12), track('squat', 35)[::3], strict=False)]
    assert taught(images, track_id='p0007', repetitions=2).done


@pytest.mark.parametrize(('name', 'sentence'), [
    ('Side Raise', 'small letters'), ('2raise', 'small letters'), ('', 'small letters'),
    ('../x', 'small letters'), ('squat', 'there is an exercise squat already'),
    ('auto', 'there is an exercise auto already')])
def test_wrong_names(name, sentence):
    with pytest.raises(UserError, match=sentence):
        check_name(name, exercises.files())


def test_a_file_that_is_there_is_kept(tmp_path):
    learned = taught(track('squat', 35)).learned(SPOKEN)
    learned.write(tmp_path)
    with pytest.raises(UserError, match='is there already'):
        learned.write(tmp_path)
    (tmp_path / 'file').write_text('')
    with pytest.raises(UserError, match='cannot be written'):
        learned.write(tmp_path / 'file')
