"""The seed rule against series that were computed by hand."""

import math

import pytest

from trainer_core.clock import SECOND
from trainer_counter.reps.mse import SeedRule

NAN = float('nan')

# Initial angles (3.0, 2.0) rad, threshold 0.25 rad^2: angles, MSE, square wave, rising edge.
SERIES = [
    ((3.0, 2.0), 0.0, 1, False),
    ((2.9, 2.1), 0.01, 1, False),          # (0.1^2 + 0.1^2) / 2
    ((2.5, 1.5), 0.25, 0, False),          # (0.5^2 + 0.5^2) / 2 is not below 0.25
    ((1.5, 1.2), 1.445, 0, False),         # (1.5^2 + 0.8^2) / 2
    ((1.5, NAN), 2.25, 0, False),          # 1.5^2: over what can be measured
    ((NAN, NAN), NAN, 0, False),           # nothing can be measured: the wave stays
    ((2.7, 1.9), 0.05, 1, True),           # (0.3^2 + 0.1^2) / 2: a repetition
    ((2.8, 2.0), 0.02, 1, False),
    ((3.8, 2.6), 0.5, 0, False),           # (0.8^2 + 0.6^2) / 2: away on the other side
    ((3.1, 2.0), 0.005, 1, True),
]


def test_the_series():
    rule = SeedRule(0.25)
    rule.capture((3.0, 2.0))
    for i, (angles, mse, wave, edge) in enumerate(SERIES):
        assert rule.update(angles, i * SECOND // 30) == edge, i
        assert rule.mse == pytest.approx(mse, abs=1e-6, nan_ok=True), i
        assert rule.wave == wave, i


@pytest.mark.parametrize(('series', 'captured_at'), [
    ([1.0] * 40, 15),                                        # still from the beginning
    ([0.1 * i for i in range(20)] + [2.0] * 30, 34),         # comes in moving, then stands
    ([1.0 + 0.02 * (-1) ** i for i in range(40)], 15),       # jitter is still
    ([math.sin(i / 3) for i in range(60)], None),            # never still
    ([NAN] * 40, None),                                      # never seen
    ([1.0] * 10 + [NAN] * 5 + [1.0] * 40, 30),               # seen, lost, seen again
])
def test_the_start_position_is_where_one_first_holds_still(series, captured_at):
    rule, at = SeedRule(0.25), None
    for i, a in enumerate(series):
        rule.update((a,), i * SECOND // 30)
        if rule.initial and at is None:
            at = i
    assert at == captured_at


def test_the_wave_that_starts_at_1_is_no_repetition():
    rule = SeedRule(0.25)
    assert not any(rule.update((1.0,), i * SECOND // 30) for i in range(60))
    assert rule.wave == 1
