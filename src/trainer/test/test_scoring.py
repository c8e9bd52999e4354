"""`./trainer score` on joint tracks: the same bytes twice, one sentence for what is no track."""

import json

import numpy as np
import pytest

from trainer import cli
from trainer_sim.track import open_track

KEYS = {
    'source', 'exercise', 'method', 'reps', 'reps_left', 'reps_right', 'hold_seconds', 'movements',
    'frames', 'seconds'}


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


def test_an_array_alone_has_its_rate_from_the_command_line(capsys, squats, tmp_path):
    np.save(tmp_path / 'squats.npy', np.load(squats)['keypoints'])
    _, out, _ = score(
        capsys, tmp_path / 'squats.npy', '--exercise', 'squat', '--json', '--fps', '30')
    assert json.loads(out)['reps'] == 5


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
