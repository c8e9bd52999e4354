import numpy as np
import pytest

from trainer_core.clock import SECOND, Timeline
from trainer_core.smoothing import OneEuro

FOUND = np.ones(1, bool)


def smoothed(points, rate=30.0, found=None):
    euro = OneEuro()
    found = [True] * len(points) if found is None else found
    return np.array([
        euro(np.array([p], float), np.array([f]), i / rate, scale=100.0)[0]
        for i, (p, f) in enumerate(zip(points, found, strict=True))])


def test_jitter_of_a_still_point_shrinks():
    jitter = np.random.default_rng(0).normal(0, 2, (300, 2))
    assert smoothed(jitter)[30:].std() < 0.6 * jitter[30:].std()


def test_a_fast_point_lags_less_than_two_frames():
    line = np.stack([np.arange(60) * 10.0, np.zeros(60)], 1)
    assert 0 < (line - smoothed(line))[30:, 0].max() < 20


def test_a_lost_point_starts_fresh_where_it_comes_back():
    path = smoothed([(0, 0)] * 5 + [(9, 9)] * 3 + [(500, 0)] * 2, found=[1] * 5 + [0] * 3 + [1] * 2)
    assert path[8] == pytest.approx((500, 0))


@pytest.mark.parametrize('time', [0.0, 1.0], ids=['back', 'still'])
def test_time_that_does_not_advance_resets(time):
    euro = OneEuro()
    euro(np.zeros((1, 2)), FOUND, 1.0, 100.0)
    assert euro(np.full((1, 2), 50.0), FOUND, time, 100.0)[0] == pytest.approx((50, 50))


def test_first_points_pass_unchanged_also_after_reset():
    euro = OneEuro()
    euro(np.zeros((1, 2)), FOUND, 0.0, 100.0)
    euro.reset()
    assert euro(np.full((1, 2), 7.0), FOUND, 5.0, 100.0)[0] == pytest.approx((7, 7))


@pytest.mark.parametrize(('stamps', 'jumps'), [
    ([0, 1, 2], [False, False, False]),
    ([0, 2, 2], [False, False, False]),
    ([5, 4, 5], [False, True, False]),
    ([0, 1, 9, 10], [False, False, True, False]),
])
def test_timeline(stamps, jumps):
    line = Timeline(max_gap=2.0)
    assert [line.jumped(s * SECOND) for s in stamps] == jumps
