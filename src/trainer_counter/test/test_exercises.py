"""The exercise files: all valid, and a wrong one says where."""

from pathlib import Path

import pytest

from trainer_core.errors import UserError
from trainer_counter import exercises
from trainer_counter.exercises.schema import read

SHIPPED = [
    'biceps_curl', 'burpee', 'deadlift', 'front_raise', 'good_morning', 'jumping_jack', 'lunge',
    'plank', 'pull_up', 'push_up', 'shoulder_press', 'sit_up', 'squat', 'tree_pose', 'v_up',
    'wall_sit']

GOOD = """\
name: hop
spoken: {en: hop}
joints: [left_knee]
measures:
  - {angle: [hip, knee, ankle], rest: 170, peak: 90}
guards:
  - {tilt: [hip, shoulder], within: [0, 40], reason: bent over}
"""


def test_every_exercise_of_the_design_is_shipped():
    assert exercises.names() == SHIPPED


@pytest.mark.parametrize('name', SHIPPED)
def test_shipped_files_are_valid_and_have_both_languages(name):
    assert set(exercises.load(name).spoken) == {'en', 'it'}


@pytest.mark.parametrize('name', SHIPPED)
def test_plans_know_what_each_shipped_exercise_trains(name):
    exercise = exercises.load(name)
    assert exercise.muscles and exercise.avoid_for
    assert len(set(exercise.muscles)) == len(exercise.muscles)


@pytest.mark.parametrize(('wrong', 'right', 'line', 'sentence'), [
    ('joints: [left_knee]', 'joints: [left_tail]', 3, 'there is no joint left_tail'),
    ('rest: 170, peak: 90', 'rest: 90, peak: 90', 5, 'rest and peak must differ'),
    ('angle: [hip, knee, ankle]', 'angle: [hip, knee]', 5, 'measures.0.angle'),
    ('angle: [hip, knee, ankle]', 'angle: [hip, knee, tail]', 5, 'measures.0.angle.2'),
    ('angle: [hip, knee, ankle]', 'apart: knee, angle: [hip, knee, ankle]', 5, 'exactly one'),
    ('within: [0, 40]', 'within: [40, 0]', 7, 'lower limit comes first'),
    ('spoken: {en: hop}', 'spoken: {it: hop}', 1, 'spoken needs a name in en'),
    ('name: hop', 'name: jump', 1, 'must be the name of the file, hop'),
    ('name: hop', 'name: hop\ncolour: red', 2, 'colour'),
    ('joints: [left_knee]', 'joints: [left_knee', 4, 'this is not YAML'),
    ('tilt: [hip, shoulder]', 'tilt: [hip, bar]', 7,
     'guards.0.tilt.1: there is no point bar; there are nose, neck'),
    ('name: hop', 'name: hop\npoints: [Bar]', 2, 'points.0'),
    ('name: hop', 'name: hop\npoints: [knee]', 2, 'knee is a part of the body'),
    ('name: hop', 'name: hop\npoints: [bar, bar]', 2, 'bar is there twice'),
    ('name: hop', 'name: hop\npoints: bar', 2, 'points'),
    ('within: [0, 40]', 'views: [top], within: [0, 40]', 7, 'guards.0.views.0'),
    ('name: hop', 'name: hop\nphases: {far: down}', 2, 'phases.far'),
    ('name: hop', 'name: hop\nclear:\n  - {uneven: wrist, within: [0, 1], reason: one hand}', 1,
     'clear says which repetitions are no everyday movement; it needs everyday: true'),
])
def test_a_wrong_file_names_itself_the_line_and_the_field(tmp_path, wrong, right, line, sentence):
    path = tmp_path / 'hop.yaml'
    path.write_text(GOOD.replace(wrong, right, 1))
    with pytest.raises(UserError) as caught:
        read(path)
    assert str(caught.value).startswith(f'{path}, line {line}: ')
    assert sentence in str(caught.value)


@pytest.mark.parametrize('points', ['[bar_left, bar_right]', '[bar]'])
def test_points_that_are_declared_may_be_used(tmp_path, points):
    path = tmp_path / 'hop.yaml'
    path.write_text(GOOD.replace('[hip, shoulder]', '[hip, bar]') + f'points: {points}\n')
    assert read(path).guards[0].parts == ['hip', 'bar']


def test_phases_have_the_names_of_the_file(tmp_path):
    path = tmp_path / 'hop.yaml'
    path.write_text(GOOD + 'phases: {out: down}\n')
    assert [read(path).phase(name) for name in ('start', 'out', 'back')] == [
        'start', 'down', 'back']


def test_the_examples_are_valid():
    examples = sorted((exercises.FOLDER / 'examples').glob('*.yaml'))
    assert [read(path).name for path in examples] == ['barbell_squat']


@pytest.mark.parametrize(
    'content', [b'', b'- a\n- b\n', b'\xff\xfe\x00'], ids=['empty', 'list', 'bytes'])
def test_a_file_that_is_no_exercise_is_refused(tmp_path, content):
    path = tmp_path / 'hop.yaml'
    path.write_bytes(content)
    with pytest.raises(UserError, match='hop.yaml'):
        read(path)


def test_own_folders_add_and_replace(tmp_path):
    (tmp_path / 'hop.yaml').write_text(GOOD)
    (tmp_path / 'squat.yaml').write_text(GOOD.replace('name: hop', 'name: squat'))
    assert 'hop' in exercises.names([tmp_path])
    assert exercises.load('squat', [tmp_path]).joints == ['left_knee']
    assert 'hop' not in exercises.names()


def test_another_package_adds_its_own_by_the_ament_index(tmp_path, monkeypatch):
    index = tmp_path / 'share/ament_index/resource_index/trainer_exercises'
    index.mkdir(parents=True)
    (index / 'gym').write_text('share/gym/exercises\n')
    folder = Path(tmp_path / 'share/gym/exercises')
    folder.mkdir(parents=True)
    (folder / 'hop.yaml').write_text(GOOD)
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path))
    assert exercises.load('hop').name == 'hop'


@pytest.mark.parametrize(('name', 'sentence'), [
    ('sqat', "there is no exercise 'sqat'; is it squat?"),
    ('xyz', 'there are biceps_curl, burpee'),
])
def test_an_unknown_name_is_answered_with_a_near_one(name, sentence):
    with pytest.raises(UserError, match=sentence):
        exercises.load(name)


def test_a_folder_that_is_not_there_is_said():
    with pytest.raises(UserError, match='/not/here'):
        exercises.names(['/not/here'])
