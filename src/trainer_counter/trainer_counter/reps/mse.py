"""The seed rule: repetitions as rising edges of a square wave.

Source: the project's first seed article. The initial angles are captured at the start position;
every frame the mean squared error between the current and the initial angles (rad^2) says how far
one is from the start; the square wave is 1 while it is below the threshold; each rising edge is
one repetition. Anything that leaves and returns counts: that is what the default method removes.
"""

import math
from collections import deque
from collections.abc import Sequence

from trainer_core.clock import SECOND

NAN = float('nan')
STILL_FOR = 0.5   # s without movement make the start position
STILL = 0.12      # rad that an angle may change meanwhile


class SeedRule:
    """The rule, one frame at a time."""

    def __init__(self, threshold: float):
        """threshold: rad^2."""
        self.threshold = threshold
        self.reset()

    def reset(self) -> None:
        """Forget the start position; the count is the caller's."""
        self.initial: list[float] = []
        self.mse = NAN
        self.wave = 0
        self._recent: deque[tuple[int, tuple[float, ...]]] = deque()

    def capture(self, angles: Sequence[float]) -> None:
        """Take these angles (rad, NaN = not measurable) for the start position."""
        self.initial = list(angles)
        self.wave = 1

    def update(self, angles: Sequence[float], stamp: int) -> bool:
        """Take the angles (rad) of the next frame; True on a rising edge, that is a repetition.

        The start position is captured by itself where the person first holds still. A frame in
        which nothing can be measured leaves the square wave as it was.
        """
        if not self.initial:
            self._settle(tuple(angles), stamp)
            if not self.initial:
                return False
        squares = [
            (a - b) ** 2 for a, b in zip(angles, self.initial, strict=True)
            if not math.isnan(a) and not math.isnan(b)]
        if not squares:
            self.mse = NAN
            return False
        self.mse = sum(squares) / len(squares)
        before, self.wave = self.wave, int(self.mse < self.threshold)
        return self.wave > before

    def _settle(self, angles: tuple[float, ...], stamp: int) -> None:
        if all(math.isnan(a) for a in angles):
            self._recent.clear()
            return
        self._recent.append((stamp, angles))
        while self._recent and stamp - self._recent[0][0] > STILL_FOR * SECOND:
            oldest = self._recent.popleft()
            if stamp - self._recent[0][0] < STILL_FOR * SECOND:
                self._recent.appendleft(oldest)
                break
        if stamp - self._recent[0][0] < STILL_FOR * SECOND:
            return
        for values in zip(*(a for _, a in self._recent), strict=True):
            known = [v for v in values if not math.isnan(v)]
            if known and max(known) - min(known) > STILL:
                return
        self.capture(angles)
