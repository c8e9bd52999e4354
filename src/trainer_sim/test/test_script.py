"""Scripts: what is accepted, and one clear sentence with the line for everything that is not."""

import pytest

from trainer_core.errors import UserError
from trainer_sim.motions.exercises import EXERCISES, exercise
from trainer_sim.script_file import load, parse, presets
from trainer_sim.session import perform


def script(segment: str = 'stand: 1', more: str = '') -> str:
    return f'actors:\n  - name: a\n    segments:\n      - {segment}\n{more}'


# text of the script, what the message must contain
BAD = [
    ('', ['t.yaml, line 1', 'mapping with "actors"']),
    ('actors: []', ['line 1', 'list of actors']),
    ('actors: [a', ['line 1', 'expected']),
    ('actors:\n  - {}\n', ['line 2', '"segments" must be a list']),
    ('actors: [x]', ['every actor must be a mapping']),
    (script('sqat: 5'), ['line 4', 'no motion "sqat"', 'squat', 'walk']),
    (script('squat: {rep: 5}'), ['line 4', 'squat has no "rep"', 'reps', 'tempo']),
    (script('squat: {reps: 0}'), ['line 4', '"reps" must be a number from 1', 'not 0']),
    (script('squat: {reps: many}'), ['"reps" must be a number', "'many'"]),
    (script('squat: {range: 1.4}'), ['"range" must be a share above 0 and up to 1']),
    (script('squat: {side: left}'), ['squat has no side', 'lunge']),
    (script('lunge: {side: up}'), ['"side" must be left, right or both']),
    (script('squat: {faults: [{part: nose}]}'), ["no part 'nose'", 'tempo']),
    (script('squat: {faults: [{part: left_knee, reps: [0]}]}'), ['"reps" of a fault']),
    (script('squat: {faults: 3}'), ['"faults" must be a list']),
    (script('squat: [1]'), ['"squat" takes a number or a mapping']),
    (script('{squat: 1, stand: 1}'), ['every segment is one motion']),
    (script('walk: {to: left}'), ['"to" of walk must be [x, y] in m']),
    (script('enter: {from: above}'), ['"from" of enter must be [x, y] in m, left or right']),
    (script('plank: {reps: 3}'), ['plank has no "reps"', 'seconds']),
    (script(more='    body: {height: 3}\n'),
     ['line 5', '"height" must be a number from 1.4 to 2.1']),
    (script(more='    clothes: {shirt: blue}\n'), ['line 5', 'colour like', 'blue']),
    (script(more='    clothes: {sleeves: wide}\n'), ['one of none, short, long']),
    (script(more='    clothes: {long_hair: 1}\n'), ['"long_hair" must be true or false']),
    (script(more='    at: 3\n'), ['line 5', '"at" must be [x, y]']),
    (script(more='camera: {zoom: 2}\n'), ['line 5', 'a camera has no "zoom"', 'fov']),
    (script(more='camera: [{from: 1}]\n'), ['cameras must start with "from: 0"']),
    (script(more='camera: [{from: 0}, {from: 0}]\n'), ['follow in time']),
    (script(more='scene: {background: beach}\n'), ['line 5', 'no background "beach"', 'gym']),
    (script(more='scene: {light_yaw: [1]}\n'), ['"light_yaw" must be a number']),
    (script(more='stage: {}\n'), ['line 5', 'a script has no "stage"']),
    (script(more='name: x\nname: y\n'), ['line 6', '"name" is given twice']),
    (script(more='  - name: a\n    segments: [stand]\n'), ['two actors "a"']),
]


@pytest.mark.parametrize(('text', 'parts'), BAD)
def test_what_is_wrong_is_said_with_file_and_line(text, parts):
    with pytest.raises(UserError) as error:
        parse(text, 't.yaml')
    message = str(error.value)
    assert message.startswith('t.yaml, line ')
    for part in parts:
        assert part in message


def test_names_that_do_not_exist():
    with pytest.raises(UserError, match='no script "dance".*demo.*push_up'):
        load('dance')
    with pytest.raises(UserError, match='nowhere.yaml cannot be read: No such file'):
        load('nowhere.yaml')
    with pytest.raises(UserError, match='does not know the exercise "dance"; it knows squat'):
        exercise('dance')


@pytest.mark.parametrize('name', ['', *presets(), *EXERCISES])
def test_everything_with_a_name_can_be_performed(name):
    result = perform(load(name), 160, 120, 5.0)
    assert 2 < result.seconds < 120
    done = [s for take in result.takes for s in take.truth['sets']]
    if name in EXERCISES:
        assert [s['exercise'] for s in done] == [name]
        kind = EXERCISES[name]
        assert done[0]['count'] == (0 if kind.seconds else 5)
        assert ('hold' in done[0]) == bool(kind.seconds)


def test_a_file_with_cameras_and_defaults(tmp_path):
    path = tmp_path / 'mine.yaml'
    path.write_text('camera:\n  - {from: 0, yaw: 0}\n  - {from: 2, yaw: 90}\n'
                    'actors:\n  - segments: [stand, squat: 2, {stand: 1.5}]\n')
    parsed = load(str(path))
    assert [(start, camera.yaw) for start, camera in parsed.cameras] == [(0.0, 0.0), (2.0, 90.0)]
    actor, = parsed.actors
    assert actor.name == 'athlete1'
    assert [segment.motion for segment in actor.segments] == ['stand', 'squat', 'stand']
    assert actor.segments[1].values['style'].reps == 2
    result = perform(parsed, 160, 120, 10.0)
    width = [result.takes[0].pixels[i, 2, 0] - result.takes[0].pixels[i, 5, 0] for i in (19, 21)]
    assert abs(width[0]) > 3 * abs(width[1])  # shoulders from the front, then from the side
