"""What a repetition may differ from the baseline without being wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from trainer_counter.form.parts import MOMENTS, PAIRS, PARTS
from trainer_counter.form.reach import Bounds

QUICK, SLOW = 0.68, 1.55
LATITUDE = 1.5        # over what good repetitions of real people differ among themselves
FITS = 0.06           # residual of a view up to which it shows the person as well as any drawn one


@dataclass(frozen=True)
class Limits:
    """The tolerances of a judge; those that are given here where nothing is known."""

    # (2, parts, moments) rad in the picture that a quantity may be too small, and too large
    tolerance: np.ndarray = field(
        default_factory=lambda: np.full((2, len(PARTS), MOMENTS), 0.26))
    # (2, parts, moments) rad for each 1 of the view's residual: who is seen less like the baseline
    # from anywhere may differ more, as nobody knows what of it is the view's fault
    spread: np.ndarray = field(default_factory=lambda: np.zeros((2, len(PARTS), MOMENTS)))
    threshold: float = 0.22    # rad, of the median of the parts' distances
    quick: float = QUICK       # durations as shares of the baseline's, beyond which it is said
    slow: float = SLOW
    bounds: Bounds | None = None  # of the parts' reach, where several repetitions were recorded

    def allowed(self, residual: float) -> np.ndarray:
        """(2, parts, moments) rad, in a view that fits with this residual."""
        return np.maximum(self.tolerance, self.spread * misfit(residual))

    def open(self) -> 'Limits':
        """The same with nothing wrong, whatever it is: to measure how far good ones are off."""
        return replace(
            self, tolerance=np.full_like(self.tolerance, np.inf), threshold=np.inf, bounds=None)

    def widened(
        self, offs: Sequence[np.ndarray], medians: Sequence[float], tempos: Sequence[float],
    ) -> 'Limits':
        """At least what good repetitions differ among themselves, and some more.

        offs: (parts, moments) rad of each, NaN: not judged; medians, rad; tempos, as shares.
        """
        if not len(offs):
            return self
        # They are few: what one part does at one moment, its twin or it at another may, too.
        most = np.nan_to_num(np.abs(offs)).max((0, 2)) * LATITUDE
        for left, right in PAIRS:
            most[[left, right]] = max(most[left], most[right])
        return replace(
            self, tolerance=np.maximum(self.tolerance, most[None, :, None]),
            threshold=max(self.threshold, LATITUDE * float(np.nanmax(medians))),
            quick=min(self.quick, 0.85 * float(np.nanmin(tempos))),
            slow=max(self.slow, float(np.nanmax(tempos)) / 0.85))


def misfit(residual: float) -> float:
    """How much worse than a good one a view fits; never nothing."""
    return max(residual - FITS, FITS / 3)
