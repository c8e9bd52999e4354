"""The file of workouts: what may stand in it, and what is said about what may not."""

import pytest

from trainer_core.errors import UserError
from trainer_voice.dialogue.events import Item
from trainer_voice.plans import workouts_file
from trainer_voice.plans.workout import library
from trainer_voice.plans.workouts_file import DAYS, read, shipped

GOOD = """\
everybody:
  monday: legs
  Sunday: rest
Anna:
  every day: short
workouts:
  legs:
    - squat: 3 x 12, rest 60 s
    - wall sit: 2 x 1 min, rest 45
  short:
    - Push-up: 10
equipment: [dumbbells]
progression: no
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / 'workouts.yaml'


def test_a_good_file(path):
    path.write_text(GOOD)
    shelf = read(path, library())
    assert shelf.of_day('everybody', 0) == 'legs'
    assert shelf.of_day('everybody', 6) == 'rest'
    assert shelf.of_day('everybody', 1) == ''
    assert [shelf.of_day('ANNA', day) for day in range(7)] == ['short'] * 7
    assert shelf.of_day('Bert', 0) == ''
    assert shelf.workout('Legs').items == (
        Item('squat', 3, 12, 0.0, 60.0), Item('wall_sit', 2, 0, 60.0, 45.0))
    assert (shelf.equipment, shelf.progression) == (('dumbbells',), False)


@pytest.mark.parametrize(('line', 'item'), [
    ('squat: 12', Item('squat', 1, 12)),
    ('squat: 3x12', Item('squat', 3, 12)),
    ('squat: 3 X 12, rest 2 min', Item('squat', 3, 12, 0.0, 120.0)),
    ('squat: 3 x open, rest 60 s', Item('squat', 3, 0, 0.0, 60.0)),
    ('squat: 3 x 12, no rest', Item('squat', 3, 12)),
    ('plank: 30 s', Item('plank', 1, 0, 30.0)),
    ('plank: 2 x 1 min, rest 30 s', Item('plank', 2, 0, 60.0, 30.0)),
    ('plank: open', Item('plank', 1)),
    ('push_up: 5', Item('push_up', 1, 5)), ('push up: 5', Item('push_up', 1, 5)),
    ('Biceps curl: 5', Item('biceps_curl', 1, 5)),
])
def test_items(path, line, item):
    path.write_text(f'workouts:\n  one:\n    - {line}\n')
    assert read(path, library()).workout('one').items == (item,)


@pytest.mark.parametrize(('old', 'new', 'line', 'sentence'), [
    ('squat: 3', 'squad: 3', 8, 'there is no exercise squad; is it squat?'),
    ('3 x 12, rest 60 s', 'many', 8, "'many' is not understood; write 12, 3 x 12, 2 x 30 s"),
    ('3 x 12, rest 60 s', '3 x 12 s', 8, 'squat is counted, not timed; leave out s'),
    ('2 x 1 min', '2 x 30', 9, 'wall_sit is timed; write 30 s'),
    ('3 x 12', '0 x 12', 8, 'nothing is to be done'),
    ('3 x 12', '3 x 0', 8, 'nothing is to be done'),
    ('3 x 12', '300 x 12', 8, '300 sets is too much'),
    ('- squat: 3 x 12, rest 60 s', '- squat', 8, 'write an exercise like this: - squat: 3 x 12'),
    ('monday: legs', 'monday: lgs', 2, 'there is no workout lgs; there are'),
    ('monday: legs', 'mondey: legs', 2, 'there is no mondey; write a day.*is it monday?'),
    ('monday: legs', 'monday: [legs]', 2, 'write the name of a workout, or rest'),
    ('  short:\n', '  Legs:\n', 10, 'Legs is there twice'),
    ('Anna:\n  every day: short', 'Anna: short', 4, 'Anna is a list of `name: value` lines'),
    ('  short:\n    - Push-up: 10', '  short: 10', 10, 'short is a list of lines that begin'),
    ('[dumbbells]', '[kettle]', 12, 'no exercise needs kettle; there are bar, barbell, dumbbells'),
    ('progression: no', 'progression: maybe', 13, 'write yes or no'),
    ('monday: legs', 'monday: "legs', 14, 'this is not YAML'),
    ('  short:\n', '  rest:\n', 10, 'a workout cannot be called rest'),
])
def test_what_is_wrong_is_said_with_its_line(path, old, new, line, sentence):
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(UserError, match=sentence) as caught:
        read(path, library())
    assert str(caught.value).startswith(f'{path}, line {line}: ')


@pytest.mark.parametrize('content', [b'\xff\xfe\x00', b'- a\n', b'just words'])
def test_a_file_that_is_none(path, content):
    path.write_bytes(content)
    with pytest.raises(UserError, match='workouts.yaml'):
        read(path, library())


def test_an_empty_file_and_none_at_all_say_nothing(path, tmp_path, monkeypatch):
    path.write_text('')
    assert read(path, library()).weeks == {}
    monkeypatch.setenv('XDG_CONFIG_HOME', str(tmp_path / 'home'))
    assert workouts_file.load('', library()).workouts == {}
    assert workouts_file.default_path() == tmp_path / 'home' / 'trainer' / 'workouts.yaml'
    with pytest.raises(UserError, match='nofile.yaml cannot be read'):
        workouts_file.load(str(tmp_path / 'nofile.yaml'), library())


def test_the_shipped_examples_have_something_for_everybody_on_every_day():
    shelf = shipped(library())
    for weekday in range(len(DAYS)):
        assert shelf.of_day('everybody', weekday)
        assert shelf.workout(shelf.of_day('guest', weekday))
    there = library().exercises
    assert not any(
        there[item.exercise].equipment for w in shelf.workouts.values() for item in w.items)


def test_a_file_of_ones_own_may_use_the_shipped_workouts(path):
    path.write_text('Anna:\n  every day: core\n')
    assert read(path, library()).of_day('anna', 3) == 'core'
