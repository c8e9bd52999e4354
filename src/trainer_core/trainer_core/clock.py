"""Time as it is in message stamps: integer nanoseconds, never the wall clock."""

SECOND = 1_000_000_000


def seconds(stamp: int) -> float:
    """Nanoseconds to seconds; only for differences and display, a float loses nanoseconds."""
    return stamp / SECOND


class Timeline:
    """Notices time that jumps: a bag that loops, a clip that starts over, a clock that was set.

    >>> line = Timeline(max_gap=2.0)
    >>> line.jumped(0), line.jumped(SECOND), line.jumped(0), line.jumped(5 * SECOND)
    (False, False, True, True)
    """

    def __init__(self, max_gap: float = float('inf')):
        """max_gap: a step forward of more than this many seconds is a jump too."""
        self.max_gap = max_gap
        self._last: int | None = None

    def jumped(self, stamp: int) -> bool:
        """True when stamp (ns) is before the last one or further after it than max_gap."""
        last, self._last = self._last, stamp
        return last is not None and (stamp < last or stamp - last > self.max_gap * SECOND)
