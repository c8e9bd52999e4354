"""Turns progress over time into movements: out of the start position and back."""

from collections import deque
from dataclasses import dataclass

from trainer_core.clock import SECOND


@dataclass(frozen=True)
class Swing:
    """One movement out and back; stamps in ns, levels in progress."""

    start: int
    furthest: int
    end: int
    low: float   # where it began
    high: float  # how far it went


class Swings:
    """Finds movements by turning points with hysteresis, in one pass.

    A movement begins when progress has risen by `leave` above the low of the last seconds, and ends
    when it has come back by the share `back` of the way it went. Whatever turns by less in between
    is part of it: so a second dip at the bottom, jitter and a pause are no movements.
    """

    NEAR = 0.08   # still at the low: the movement began when this was last so
    LEFT = 0.04   # has left the low, seen from later: what looks back need fear no noise
    RECENT = 3.0  # s that a low counts: who stands for long does so at many levels

    def __init__(self, leave: float = 0.2, back: float = 0.7):
        self.leave, self.back = leave, back
        self.reset()

    def reset(self) -> None:
        """Forget the past; a movement under way is dropped."""
        self.out = False
        self.low = self.high = float('nan')
        self.started = self.furthest = 0
        self._past: deque[tuple[int, float]] = deque()  # since the start, or RECENT
        self._lows: deque[tuple[int, float]] = deque()  # of these, rising; the first is the low

    def update(self, level: float, stamp: int) -> Swing | None:
        """Take the next level; a movement when one has just ended."""
        self._past.append((stamp, level))
        if not self.out:
            self._wait(level, stamp)
            return None
        if level > self.high:
            self.high, self.furthest = level, stamp
        if level > self.high - self.back * (self.high - self.low):
            return None
        swing = Swing(self._start(), self.furthest, stamp, self.low, self.high)
        self.out, self.low, self.started = False, level, stamp
        self._past.clear()
        self._lows.clear()
        return swing

    def _wait(self, level: float, stamp: int) -> None:
        while self._lows and self._lows[-1][1] >= level:
            self._lows.pop()
        self._lows.append((stamp, level))
        for levels in (self._past, self._lows):
            while stamp - levels[0][0] > self.RECENT * SECOND:
                levels.popleft()
        self.low = self._lows[0][1]
        if level <= self.low + self.NEAR:
            self.started = stamp
        if level > self.low + self.leave:
            self.out, self.high, self.furthest = True, level, stamp

    def _start(self) -> int:
        """When the way out began: for who had been standing there for long, not when that did.

        From where a quarter of the way was done last before the furthest point, back as far as a
        smooth movement takes for the first quarter, to where it was lowest there.
        """
        quarter = self.low + 0.25 * (self.high - self.low)
        before = [(t, v) for t, v in self._past if t <= self.furthest]
        i = max((i for i, (_, v) in enumerate(before) if v <= quarter), default=0)
        earliest = before[i][0] - max(0.3 * SECOND, 0.6 * (self.furthest - before[i][0]))
        near = [(t, v) for t, v in before[:i + 1] if t >= earliest]
        low = min(v for _, v in near)
        return max(t for t, v in near if v <= low + self.LEFT)
