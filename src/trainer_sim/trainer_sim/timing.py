"""Time of movements: smooth velocity profiles and the natural sway of a living body."""

import numpy as np


def ease(share) -> np.ndarray:
    """Minimum-jerk profile from 0 to 1 (Flash and Hogan, 1985); share is cut to [0, 1]."""
    s = np.clip(share, 0.0, 1.0)
    return s ** 3 * (10 - 15 * s + 6 * s ** 2)


def part(u, start: float, end: float) -> np.ndarray:
    """How far u is from start to end, eased: for joints that move in only part of a movement."""
    return ease((np.asarray(u, float) - start) / (end - start))


def along(u: np.ndarray, keys: list[tuple[float, float]]) -> np.ndarray:
    """Values at u between keys (u, value), eased from one to the next."""
    places, values = (np.array(column, float) for column in zip(*keys, strict=True))
    i = np.clip(np.searchsorted(places, u, side='right') - 1, 0, len(places) - 2)
    return values[i] + (values[i + 1] - values[i]) * ease(
        (u - places[i]) / (places[i + 1] - places[i]))


# Amplitude (mm for places, degrees for angles) of a person who stands at ease.
_SWAY = {'x': 3.0, 'y': 3.5, 'pitch': 0.7, 'roll': 0.35, 'nod': 1.5, 'shake': 2.5,
         'raised': 1.2, 'out': 0.7}


class Sway:
    """Slow, smooth, aperiodic small motion, the same for the same seed at the same time."""

    def __init__(self, rng: np.random.Generator, amount: float = 1.0):
        self._frequency = rng.uniform(0.08, 0.7, (len(_SWAY), 4))
        self._phase = rng.uniform(0, 2 * np.pi, (len(_SWAY), 4))
        self._size = amount / (1 + 3 * self._frequency)

    def __call__(self, time: np.ndarray) -> dict[str, np.ndarray]:
        """What is added at time (n,) s: m for x and y, degrees for the rest."""
        waves = np.sin(2 * np.pi * self._frequency * time[:, None, None] + self._phase)
        waves = (waves * self._size).sum(-1)
        return {name: waves[:, i] * size * (0.001 if name in 'xy' else 1.0)
                for i, (name, size) in enumerate(_SWAY.items())}
