"""`./trainer exercises`: the table, a check of a file, a definition and its picture."""

import cv2
import pytest

from trainer.cli import main
from trainer_counter import exercises

HOP = """\
name: hop
spoken: {en: hop}
points: [rope]
joints: [left_knee]
measures:
  - {angle: [hip, knee, ankle], rest: 170, peak: 90}
  - {height: [rope, ankle], rest: 0, peak: 1.1, weight: 2}
guards:
  - {tilt: [hip, shoulder], within: [0, 40], reason: bent over}
"""


@pytest.fixture
def hop(tmp_path):
    path = tmp_path / 'hop.yaml'
    path.write_text(HOP)
    return path


def test_the_table_has_every_exercise(capsys, hop):
    assert main(['exercises', '--exercise-dir', str(hop.parent)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        'exercise', 'spoken', '(en)', 'spoken', '(it)', 'counts', 'sides', 'from']
    assert [line.split()[0] for line in lines[1:]] == exercises.names([hop.parent])
    rows = {line.split()[0]: ' '.join(line.split()) for line in lines}
    assert rows['lunge'] == 'lunge lunge affondo repetitions by the leading knee trainer'
    assert rows['plank'] == 'plank plank plank seconds trainer'
    assert rows['hop'] == f'hop hop repetitions both together {hop.parent}'


def test_files_that_are_right(capsys, hop):
    assert main(['exercises', '--check', str(hop), str(exercises.FOLDER / 'squat.yaml')]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f'{hop}: ok'


@pytest.mark.parametrize(('wrong', 'right', 'sentence'), [
    ('left_knee', 'left_tail', 'line 4: joints: there is no joint left_tail'),
    ('[hip, knee, ankle]', '[hip, tail, ankle]',
     'line 6: measures.0.angle.1: there is no point tail'),
    ('name: hop', 'name: skip', 'line 1: name: skip must be the name of the file, hop')])
def test_a_wrong_file_is_said_with_line_and_joint(capsys, hop, wrong, right, sentence):
    hop.write_text(HOP.replace(wrong, right))
    assert main(['exercises', '--check', str(hop)]) == 2
    assert f'{hop}, {sentence}' in capsys.readouterr().err


@pytest.mark.parametrize(('arguments', 'sentence'), [
    (['--show', 'sqat'], "there is no exercise 'sqat'; is it squat?"),
    (['--check', 'nowhere.yaml'], 'exercise file nowhere.yaml cannot be read'),
    (['--out', 'x.png'], '--out says where to draw what --show shows'),
    (['--show', 'squat', '--out', 'nowhere/x.png'], 'cannot be written to nowhere/x.png'),
    (['--show', 'squat', '--out', 'x.tail'], 'cannot be written to x.tail')])
def test_what_a_user_can_put_right_is_said(capsys, arguments, sentence):
    assert main(['exercises', *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_a_definition_in_words(capsys, hop):
    assert main(['exercises', '--show', str(hop)]) == 0
    out = capsys.readouterr().out
    for line in (
            'hop: hop (en)', 'counts    repetitions, both together', 'points    rope',
            'angle at the knee (hip - knee - ankle): 170° to 90°',
            'height of the rope above the ankle: 0.00 statures to 1.10 statures, weight 2',
            'tilt of hip -> shoulder from upright is 0° to 40°, else: bent over'):
        assert line in out


@pytest.mark.parametrize('name', ['squat', 'plank', 'hop'])
def test_a_definition_is_drawn(capsys, hop, name, tmp_path):
    out = tmp_path / 'drawn.png'
    assert main(['exercises', '--show', str(hop) if name == 'hop' else name,
                 '--out', str(out)]) == 0
    picture = cv2.imread(str(out))
    assert picture.shape == (700, 1600, 3)
    assert (picture < 250).any(2).mean() > 0.01
