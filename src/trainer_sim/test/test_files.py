"""The console tool and what it writes."""

import json

import cv2
import numpy as np
import pytest

from trainer_sim.__main__ import main

SMALL = ['--size', '160x120', '--fps', '2']


def test_video_truth_track_and_sheet(tmp_path, capsys):
    names = {kind: str(tmp_path / f'a.{end}') for kind, end in
             (('video', 'mp4'), ('truth', 'json'), ('track', 'npz'), ('sheet', 'png'))}
    files = [part for kind, name in names.items() for part in (f'--{kind}', name)]
    assert main(['pair', *SMALL, *files, '--skeleton']) == 0
    out = capsys.readouterr().out
    assert 'ana: squat, 5 repetitions, 0 partial' in out and 'ben: jumping_jack, 8' in out
    truth = json.loads((tmp_path / 'a.json').read_text())
    ana, ben, passer = truth['actors']
    assert (ana['sets'][0]['count'], ben['sets'][0]['count'], passer['sets']) == (5, 8, [])
    rep = ana['sets'][0]['reps'][0]
    assert 0 < rep['start'] < rep['turn'] < rep['end'] < truth['seconds']
    video = cv2.VideoCapture(names['video'])
    assert int(video.get(cv2.CAP_PROP_FRAME_COUNT)) == truth['frames']
    video.release()
    track = np.load(names['track'])
    assert track['keypoints'].shape == (truth['frames'], 3, 18, 3)
    assert track['names'].tolist() == ['ana', 'ben', 'passer']
    assert track['size'].tolist() == [160, 120]
    assert cv2.imread(names['sheet']).shape == (3 * 120, 4 * 160, 3)


def test_training_samples_are_written(tmp_path):
    assert main(['--samples', str(tmp_path / 's'), '--count', '3', '--size', '96x96']) == 0
    keypoints = np.load(tmp_path / 's' / 'keypoints.npz')
    assert sorted(keypoints) == ['000000', '000001', '000002']
    assert cv2.imread(str(tmp_path / 's' / '000002.jpg')).shape == (96, 96, 3)


def test_the_picture_of_the_readme(tmp_path):
    path = tmp_path / 'all.png'
    assert main(['--exercises', str(path)]) == 0
    assert cv2.imread(str(path)).shape == (800, 960, 3)
    assert path.stat().st_size < 300_000


def test_list_names_everything(capsys):
    assert main(['--list']) == 0
    assert 'demo' in (out := capsys.readouterr().out) and 'push_up' in out


# arguments, exit code, part of the sentence on stderr
WRONG = [
    (['dance'], 'the athlete has no script "dance"'),
    (['squat', '--truth', '/nowhere/a.json'], 'there is no folder /nowhere'),
    (['squat', *SMALL, '--sheet', '/nowhere/a.png'], 'there is no folder /nowhere'),
]


@pytest.mark.parametrize(('args', 'sentence'), WRONG)
def test_what_cannot_be_done_is_one_sentence(args, sentence, capsys):
    assert main(args) == 2
    err = capsys.readouterr().err
    assert sentence in err and 'Traceback' not in err and err.count('\n') == 1


@pytest.mark.parametrize('args', [['--size', '640'], ['--fps', '0']])
def test_bad_numbers_are_refused(args):
    with pytest.raises(SystemExit) as error:
        main(args)
    assert error.value.code == 2
