"""`./trainer score` on joint tracks: the same bytes twice, one sentence for what is no track."""

import dataclasses
import json
import math
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from matplotlib.figure import Figure

from trainer import cli
from trainer.form_plot import draw_form, worst_parts
from trainer.plots import draw
from trainer.scoring import Score
from trainer_counter.form.baseline import PHASES
from trainer_counter.form.judge import Form, Hint, PartScore
from trainer_counter.form.parts import PARTS
from trainer_counter.reps.opening import open_set
from trainer_sim.track import open_track

KEYS = {
    'source', 'exercise', 'method', 'reps', 'reps_left', 'reps_right', 'hold_seconds', 'movements',
    'forms', 'frames', 'seconds'}


@pytest.fixture(scope='module')
def squats(tmp_path_factory):
    """Five squats of the athlete, as a joint track."""
    track = open_track('squat')
    path = tmp_path_factory.mktemp('tracks') / 'squats.npz'
    np.savez(path, keypoints=track.poses(), stamps=track.session.stamps, size=(640, 480))
    return path


def score(capsys, *arguments):
    code = cli.main(['score', *map(str, arguments)])
    return code, *capsys.readouterr()


def test_a_joint_track_is_counted_with_the_same_bytes_twice(capsys, squats):
    first, second = (score(capsys, squats, '--exercise', 'squat', '--json') for _ in range(2))
    assert first[:2] == second[:2]
    document = json.loads(first[1])
    assert set(document) == KEYS
    assert (document['exercise'], document['method'], document['reps']) == ('squat', 'default', 5)
    assert [m['count'] for m in document['movements'] if m['verdict'] == 'rep'] == [1, 2, 3, 4, 5]


def test_the_exercise_is_recognised(capsys, squats, tmp_path):
    code, out, _ = score(
        capsys, squats, '--exercise', 'auto', '--json', '--plot', tmp_path / 'set.png')
    document = json.loads(out)
    assert code == 0 and set(document) == {*KEYS, 'recognised'}
    assert (document['exercise'], document['reps']) == ('squat', 5)
    assert document['recognised'] == [{'exercise': 'squat', 'reps': 5, 'hold_seconds': 0.0}]
    assert {m['exercise'] for m in document['movements']} == {'squat'}
    assert (tmp_path / 'set.png').is_file()


def test_nothing_is_recognised_where_nothing_is_done(capsys, tmp_path):
    pose = np.random.default_rng(0).random((1, 18, 3))
    np.save(tmp_path / 'still.npy', np.tile(pose, (60, 1, 1)))
    code, out, _ = score(capsys, tmp_path / 'still.npy', '--exercise', 'auto')
    assert code == 0
    assert 'auto: 0 repetitions' in out and 'recognised: no exercise' in out


def test_an_array_alone_has_its_rate_from_the_command_line(capsys, squats, tmp_path):
    np.save(tmp_path / 'squats.npy', np.load(squats)['keypoints'])
    _, out, _ = score(
        capsys, tmp_path / 'squats.npy', '--exercise', 'squat', '--json', '--fps', '30')
    assert json.loads(out)['reps'] == 5


def test_a_list_of_recordings_is_a_table(capsys, squats, tmp_path):
    truth = squats.with_name('truth.json')
    truth.write_text(json.dumps([
        {'file': squats.name, 'name': 'squat', 'reps': 5},
        {'file': squats.name, 'name': 'squat', 'reps': 8, 'accept': [7, 8, 9]}]))
    code, out, _ = score(capsys, truth, '--json', '--tracks', tmp_path / 'tracks')
    found = json.loads(out)
    assert code == 0
    assert [(c['default'], c['recognised']) for c in found['clips']] == [(5, 'squat')] * 2
    assert found['totals']['default'] == {'exact': 0.5, 'within_one': 0.5, 'mean_error': 0.125}
    assert set(found['totals']) == {'default', 'mse'} and found['recognised'] == 1.0
    kept = tmp_path / 'tracks' / squats.name  # the second time from there
    assert score(capsys, kept, '--exercise', 'squat', '--json')[0] == 0
    lines = score(capsys, truth, '--tracks', tmp_path / 'tracks')[1].splitlines()
    assert lines[2].split()[:5] == [squats.name, 'squat', '7', 'to', '9'] and '5 !' in lines[2]
    truth.write_text('{"file": 1}')
    code, _, err = score(capsys, truth)
    assert code == 2 and f'{truth} is no list of recordings' in err
    code, _, err = score(capsys, squats)
    assert code == 2 and 'say with --exercise what is done' in err


def test_the_plot_is_drawn(capsys, squats, tmp_path):
    assert score(capsys, squats, '--exercise', 'squat', '--plot', tmp_path / 'set.png')[0] == 0
    assert (tmp_path / 'set.png').read_bytes().startswith(b'\x89PNG')


@pytest.mark.parametrize(('content', 'sentence'), [
    ({'keypoints': np.zeros((5, 17, 3))}, '(n, 18, 3)'),
    ({'keypoints': np.zeros((0, 18, 3))}, '(n, 18, 3)'),
    ({'joints': np.zeros((5, 18, 3))}, 'no array keypoints'),
    ({'keypoints': np.zeros((5, 18, 3)), 'fps': 0}, 'give --fps'),
    (b'no track', 'not a joint track'),
])
def test_a_wrong_track_is_named_with_what_is_wrong(capsys, tmp_path, content, sentence):
    path = tmp_path / 'track.npz'
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        np.savez(path, **content)
    code, out, err = score(capsys, path, '--exercise', 'squat')
    assert (code, out) == (2, '')
    assert str(path) in err and sentence in err and 'Traceback' not in err


@pytest.mark.parametrize(('source', 'exercise', 'sentence'), [
    ('0', 'squat', 'has no end'), ('/not/here.mp4', 'squat', '/not/here.mp4'),
    ('0', 'sqat', 'is it squat?'),
])
def test_what_cannot_be_scored_is_said(capsys, source, exercise, sentence):
    code, _, err = score(capsys, source, '--exercise', exercise)
    assert code == 2 and sentence in err


def form(rep, distances, hints=()):
    """The form of a repetition whose parts are that far from the baseline; None: not judged."""
    curve = np.sin(np.linspace(0, np.pi, PHASES))[:, None] * np.ones(len(PARTS))
    view = SimpleNamespace(quantities=2.9 - curve)
    distances = (*distances, *[None] * (len(PARTS) - len(distances)))
    judged = [d for d in distances if d is not None]
    given = {
        'exercise': 'squat', 'rep': rep, 'track_id': 'p', 'threshold': 0.2,
        'parts': tuple(PartScore(name, d is not None, d or 0.0)
                       for name, d in zip(PARTS, distances, strict=True)),
        'median': float(np.median(judged)) if judged else math.nan, 'correct': not hints,
        'range': 1.0, 'tempo': 1.0, 'asymmetry': 0.0, 'hints': tuple(hints), 'view': view,
        'times': np.linspace(0, 2, 40), 'person': 2.7 - curve[::PHASES // 40][:40],
        'path': tuple((i, i * PHASES // 40) for i in range(40)) if judged else ()}
    others = {f.name: 0 for f in dataclasses.fields(Form) if f.name not in given}
    return Form(**{**others, **given})


KNEE = Hint('left_knee', 'bend', 0.35, 'bottom', 0.5)
SLOWER = Hint('body', 'slower', 0.3, 'out', 0.0)


@pytest.mark.parametrize(('forms', 'worst'), [
    ([form(1, (0.1, 0.2)), form(2, (0.1, 0.1, 0.1, 0.15), [KNEE]), form(3, (0.3, 0.4))],
     (2, ['left_knee', 'left_elbow'])),
    ([form(1, (0.1, 0.2)), form(2, (0.3, 0.4), [SLOWER])], (2, ['left_shoulder', 'left_elbow'])),
    ([form(1, ()), form(2, (0.1,))], (2, ['left_elbow'])),
    ([form(1, ())], None),
])
def test_the_worst_parts_are_drawn_with_their_path(forms, worst, squats, tmp_path):
    found = worst_parts(forms)
    if worst is None:
        assert found == []
    else:
        assert [(f.rep, PARTS[i]) for f, i in found] == [(worst[0], name) for name in worst[1]]
    figure = Figure((16, 4.4), 50)
    draw_form(figure.subfigures(1, 1), forms)
    figure.savefig(tmp_path / 'form.png')
    assert cv2.imread(str(tmp_path / 'form.png')).std() > 10


def test_the_plot_grows_by_the_form(squats, tmp_path):
    score = Score(open_set('squat'), 'test')
    for people in list(open_track('squat', fps=10))[:60]:
        score.update(people)
    draw(score, tmp_path / 'plain.png')
    score.forms = [form(1, (0.1, 0.2, 0.1, 0.3), [KNEE])]
    draw(score, tmp_path / 'set.png')
    heights = [cv2.imread(str(tmp_path / name)).shape[0] for name in ('plain.png', 'set.png')]
    assert heights == [1000, 1440]
