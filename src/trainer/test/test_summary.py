"""The summary as a document and as text."""

import math

import pytest

from trainer import summary


def test_a_movement():
    assert summary.movement(1, 'too shallow', 1.00049, 2.5, 2, math.pi / 2, 0.5, math.nan, 3) == {
        'verdict': 'partial', 'reason': 'too shallow', 'start': 1.0, 'end': 2.5, 'side': 'right',
        'range_deg': 90.0, 'seconds_out': 0.5, 'seconds_back': None, 'count': 3}


DOCUMENT = {
    'source': 'clip.mp4', 'exercise': 'squat', 'method': 'default', 'reps': 1, 'reps_left': 0,
    'reps_right': 0, 'hold_seconds': 0.0, 'frames': 90, 'seconds': 3.0, 'said': ['one'],
    'movements': [
        summary.movement(0, '', 0.5, 1.5, 0, 1.5, 0.5, 0.5, 1),
        summary.movement(1, 'too shallow', 2.0, 2.5, 0, math.nan, 0.2, 0.3, 1)]}


@pytest.mark.parametrize(('changed', 'lines'), [
    ({}, ['squat: 1 repetition in 3.0 s of clip.mp4',
          '  1     0.50 to    1.50 s  rep             86 deg',
          '  -     2.00 to    2.50 s  partial               : too shallow',
          'said: one']),
    ({'reps': 0, 'movements': [], 'said': []}, ['squat: 0 repetitions in 3.0 s of clip.mp4']),
    ({'hold_seconds': 12.34, 'exercise': 'plank', 'movements': [], 'said': []},
     ['plank: 12.3 s held in 3.0 s of clip.mp4']),
    ({'reps': 3, 'reps_left': 2, 'reps_right': 1, 'movements': [], 'said': []},
     ['squat: 3 repetitions in 3.0 s of clip.mp4', '  left 2, right 1']),
])
def test_as_text(changed, lines):
    assert summary.text({**DOCUMENT, **changed}).splitlines() == lines
