"""What a session hears of: the plan, movements, the state of a set, its end. No ROS."""

from dataclasses import dataclass
from enum import IntEnum


class State(IntEnum):
    """As in trainer_msgs/Session."""

    IDLE = 0
    GREETING = 1
    ANNOUNCING = 2
    TRAINING = 3
    RESTING = 4
    PAUSED = 5
    SUMMARY = 6


class Life(IntEnum):
    """Life of a set, as in trainer_msgs/SetState."""

    NOBODY = 0
    SETTLING = 1
    ARMED = 2
    ACTIVE = 3
    FINISHED = 4


class Verdict(IntEnum):
    """What a movement was taken for, as in trainer_msgs/Movement."""

    REP = 0
    PARTIAL = 1
    ABANDONED = 2
    NOT_IN_SET = 3
    PERSON_LOST = 4
    NOT_MEASURABLE = 5


class Outcome(IntEnum):
    """How a set ended, as in trainer_msgs/PerformSet."""

    COMPLETED = 0
    STOPPED = 1
    LEFT = 2
    REPLACED = 3
    INVALID = 4


@dataclass(frozen=True)
class Item:
    """One exercise of a plan, as in trainer_msgs/PlanItem."""

    exercise: str
    sets: int = 1
    reps: int = 0         # per set; 0 = by time
    seconds: float = 0.0  # per set; 0 = by repetitions; both 0 = open end
    rest: float = 0.0     # s after each set


@dataclass(frozen=True)
class Movement:
    """A finished movement."""

    stamp: int
    verdict: int  # of Verdict
    count: int
    track_id: str = ''


@dataclass(frozen=True)
class View:
    """The set as the counter sees it in one frame."""

    stamp: int
    life: int  # of Life
    track_id: str = ''
    hold_seconds: float = 0.0
    measurable: bool = True


@dataclass(frozen=True)
class Result:
    """The end of a set."""

    outcome: int  # of Outcome
    reps: int = 0
    seconds: float = 0.0
    message: str = ''
