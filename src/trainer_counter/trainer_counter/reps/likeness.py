"""How much a movement looks like each exercise.

For the shipped exercises by a linear classifier, which `training/fit_likeness.py` of this package
makes from movements of the drawn athlete seen from all sides and of real people; for a taught one
by its distance from what was shown.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

import numpy as np

OTHER = 'other'  # no exercise
ALIKE = 3.0      # mean squared distance, in spreads within one exercise, that is half a likeness
UNSEEN = 0.7     # likeness of an exercise never seen, where nothing else fits


class Likeness:
    """Multinomial logistic regression on the numbers of `posture` and their squares."""

    def __init__(
        self, names: list[str], centre: np.ndarray, spread: np.ndarray, within: np.ndarray,
        weights: np.ndarray, shown: Mapping[str, np.ndarray | None] | None = None,
    ):
        """names: of the columns of weights (1 + 2 n, names).

        centre, spread: (n,) of the numbers over everything; within: their spread within one
        exercise. shown: the numbers (n,) of one repetition of other exercises, None = not known.
        """
        self.names, self._centre, self._spread, self._within = names, centre, spread, within
        self._weights, self._shown = weights, dict(shown or {})

    def arrays(self) -> dict[str, np.ndarray]:
        """What `shipped` reads again, in as many digits as matter."""
        return {
            'names': np.array(self.names), 'centre': self._centre.astype(np.float32),
            'spread': self._spread.astype(np.float32), 'within': self._within.astype(np.float32),
            'weights': self._weights.astype(np.float16)}

    def knowing(self, shown: Mapping[str, np.ndarray | None]) -> 'Likeness':
        """The same, and other exercises by one repetition (n,) each, or None."""
        return Likeness(
            self.names, self._centre, self._spread, self._within, self._weights, shown)

    def of(self, movement: np.ndarray) -> dict[str, float]:
        """Probability of every exercise and of OTHER, for the numbers of one movement (n,)."""
        logits = inputs(movement[None], self._centre, self._spread)[0] @ self._weights
        weights = np.exp(logits - logits.max())
        shares = dict(zip(self.names, (weights / weights.sum()).tolist(), strict=True))
        shown = {
            name: UNSEEN * shares.get(OTHER, 0.0) if one is None else self._near(movement, one)
            for name, one in self._shown.items()}
        # What was shown by somebody goes before what only looks alike.
        rest = 1 - max(
            (s for name, s in shown.items() if self._shown[name] is not None), default=0.0)
        return {name: rest * share for name, share in shares.items()} | shown

    def _near(self, movement: np.ndarray, one: np.ndarray) -> float:
        squares = np.minimum(((movement - one) / self._within) ** 2, 16)
        known = squares[~np.isnan(squares)]
        # A third of the numbers is the least that can tell anything.
        if len(known) * 3 < len(squares):
            return 0.0
        return 1 / (1 + math.exp(2 * (float(known.mean()) - ALIKE)))


def inputs(movements: np.ndarray, centre: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """What the weights are for: (k, 1 + 2 n) from the numbers (k, n); what is NaN says nothing."""
    z = np.nan_to_num(np.clip((movements - centre) / spread, -3, 3))
    return np.concatenate([np.ones((len(z), 1)), z, z * z], 1)


@lru_cache(maxsize=1)
def shipped() -> Likeness:
    """The one in the package."""
    with resources.as_file(resources.files(__package__) / 'likeness.npz') as path, \
            np.load(path) as kept:
        return Likeness(
            kept['names'].tolist(), *(kept[array].astype(float) for array in (
                'centre', 'spread', 'within', 'weights')))
