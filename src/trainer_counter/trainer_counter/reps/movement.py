"""What counting says: the life of a set, and one verdict for every movement."""

from dataclasses import dataclass
from enum import IntEnum


class Verdict(IntEnum):
    """What a movement was taken for; numbers as in Movement.msg."""

    REP = 0
    PARTIAL = 1
    ABANDONED = 2
    NOT_IN_SET = 3
    PERSON_LOST = 4
    NOT_MEASURABLE = 5


class Side(IntEnum):
    """Which side of the body did it; numbers as in Movement.msg."""

    BOTH = 0
    LEFT = 1
    RIGHT = 2


class Life(IntEnum):
    """The life of a set; numbers as in SetState.msg."""

    NOBODY = 0
    SETTLING = 1
    ARMED = 2
    ACTIVE = 3
    FINISHED = 4


@dataclass(frozen=True)
class Movement:
    """One finished movement; stamps in ns."""

    verdict: Verdict
    reason: str
    start: int
    end: int
    side: Side = Side.BOTH
    range: float = float('nan')  # rad, of the leading angle; NaN = not measured
    seconds_out: float = 0.0
    seconds_back: float = 0.0
    count: int = 0  # repetitions in the set after it
    track_id: str = ''
