"""Turns progress over time into movements: out of the start position and back."""

from dataclasses import dataclass


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

    A movement begins when progress has risen by `leave` above its last low, and ends when it has
    come back by the share `back` of the way it went. Whatever turns by less in between is part of
    it: so a second dip at the bottom, jitter and a pause are no movements.
    """

    NEAR = 0.08  # still at the low: the movement began when this was last so

    def __init__(self, leave: float = 0.2, back: float = 0.7):
        self.leave, self.back = leave, back
        self.reset()

    def reset(self) -> None:
        """Forget the past; a movement under way is dropped."""
        self.out = False
        self.low = self.high = float('nan')
        self.started = self.furthest = 0

    def update(self, level: float, stamp: int) -> Swing | None:
        """Take the next level; a movement when one has just ended."""
        if self.low != self.low:
            self.low, self.started = level, stamp
        if not self.out:
            if level <= self.low + self.NEAR:
                self.started = stamp
            self.low = min(self.low, level)
            if level > self.low + self.leave:
                self.out, self.high, self.furthest = True, level, stamp
            return None
        if level > self.high:
            self.high, self.furthest = level, stamp
        if level > self.high - self.back * (self.high - self.low):
            return None
        swing = Swing(self.started, self.furthest, stamp, self.low, self.high)
        self.out, self.low, self.started = False, level, stamp
        return swing
