"""One Euro filter for keypoints: little lag when moving fast, little jitter when still."""

import math

import numpy as np


class OneEuro:
    """Smooths an array of points; one low-pass whose cutoff grows with each point's speed.

    Source: Casiez, Roussel, Vogel, 1 Euro Filter, CHI 2012. Positions may have any unit as long as
    `scale` (for instance the height of the person) has the same: speeds are taken relative to it,
    so that the same setting serves somebody near and somebody far.
    """

    def __init__(self, min_cutoff: float = 1.5, beta: float = 4.0, speed_cutoff: float = 1.0):
        """min_cutoff, speed_cutoff: Hz. beta: Hz per (scale / s)."""
        self.min_cutoff, self.beta, self.speed_cutoff = min_cutoff, beta, speed_cutoff
        self.reset()

    def reset(self) -> None:
        """Forget the past; the next points pass unchanged."""
        self._position = self._velocity = np.empty((0, 2))
        self._time = float('nan')  # compares false: the next points are the first

    def __call__(
        self, points: np.ndarray, found: np.ndarray, time: float, scale: float,
    ) -> np.ndarray:
        """Smooth points (N, 2) of which found (N,) bool are valid, at time (s).

        A point that was not found keeps no memory: it starts fresh when it comes back. Time that
        stands still or goes back resets the filter.
        """
        points = np.asarray(points, float)
        if not time > self._time:
            self._position = np.where(found[:, None], points, np.nan)
            self._velocity = np.zeros_like(points)
            self._time = time
            return points.copy()
        dt = time - self._time
        known = found & ~np.isnan(self._position[:, 0])
        previous = np.where(known[:, None], self._position, points)
        velocity = (points - previous) / dt
        a = _share(self.speed_cutoff, dt)
        velocity = np.where(known[:, None], a * velocity + (1 - a) * self._velocity, 0.0)
        speed = np.linalg.norm(velocity, axis=1) / max(scale, 1e-9)
        a = _share(self.min_cutoff + self.beta * speed, dt)[:, None]
        position = a * points + (1 - a) * previous
        self._position = np.where(found[:, None], position, np.nan)
        self._velocity, self._time = velocity, time
        return np.where(found[:, None], position, points)


def _share(cutoff, dt: float):
    """Weight of the new value in a first order low-pass of cutoff (Hz) sampled every dt (s)."""
    r = 2 * math.pi * cutoff * dt
    return r / (r + 1)
