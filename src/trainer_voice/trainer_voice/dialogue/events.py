"""What a session hears of, and what it wants others to do. No ROS."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

# The same numbers as in the messages; one place for them, the counter's.
from trainer_counter.reps.movement import Life as Life
from trainer_counter.reps.movement import Side as Side
from trainer_counter.reps.movement import Verdict as Verdict

NAN = float('nan')


class State(IntEnum):
    """As in trainer_msgs/Session."""

    IDLE = 0
    GREETING = 1
    ANNOUNCING = 2
    TRAINING = 3
    RESTING = 4
    PAUSED = 5
    SUMMARY = 6


class Outcome(IntEnum):
    """How a set ended, as in trainer_msgs/PerformSet."""

    COMPLETED = 0
    STOPPED = 1
    LEFT = 2
    REPLACED = 3
    INVALID = 4


class Knowing(IntEnum):
    """How well a face is known, as in trainer_msgs/Identity."""

    UNKNOWN = 0
    UNSURE = 1
    KNOWN = 2


class Taken(IntEnum):
    """Why a face cannot be remembered under a name, though it was seen well."""

    FREE = 0
    NAME = 1  # another face has that name
    FACE = 2  # that face has another name


class Source(IntEnum):
    """Where words came from, as in trainer_msgs/Heard."""

    MICROPHONE = 0
    KEYBOARD = 1
    MIRROR = 2


@dataclass(frozen=True)
class Item:
    """One exercise of a plan, as in trainer_msgs/PlanItem."""

    exercise: str
    sets: int = 1
    reps: int = 0         # per set; 0 = by time
    seconds: float = 0.0  # per set; 0 = by repetitions; both 0 = open end
    rest: float = 0.0     # s after each set


# What happens. Stamps are ns on the clock of the camera.


@dataclass(frozen=True)
class Movement:
    """A finished movement."""

    stamp: int
    verdict: int  # of Verdict
    count: int
    track_id: str = ''
    exercise: str = ''
    reason: str = ''
    start: int = 0
    end: int = 0
    side: int = Side.BOTH
    range: float = NAN        # rad
    seconds_out: float = 0.0
    seconds_back: float = 0.0


@dataclass(frozen=True)
class View:
    """The set as the counter sees it in one frame."""

    stamp: int
    life: int  # of Life
    track_id: str = ''
    hold_seconds: float = 0.0
    measurable: bool = True
    reps: int = -1              # -1: not told
    target_reps: int = -1       # 0 = open end, -1 = not told
    target_seconds: float = -1.0


@dataclass(frozen=True)
class Result:
    """The end of a set."""

    outcome: int  # of Outcome
    reps: int = 0
    seconds: float = 0.0
    message: str = ''


@dataclass(frozen=True)
class Correction:
    """One hint, as in trainer_msgs/Hint."""

    part: str
    direction: str
    amount: float = NAN  # rad, or a share for tempo
    moment: str = ''
    progress: float = NAN


@dataclass(frozen=True)
class Form:
    """Form of one repetition, as in trainer_msgs/FormScore."""

    stamp: int
    rep: int
    correct: bool
    hints: tuple[Correction, ...] = ()
    track_id: str = ''
    exercise: str = ''
    median: float = NAN
    threshold: float = NAN
    range: float = NAN
    tempo: float = NAN
    asymmetry: float = NAN
    parts: tuple[tuple[str, bool, float], ...] = ()  # name, judged, distance


@dataclass(frozen=True)
class Body:
    """Somebody in view."""

    track_id: str
    size: float = 0.0  # height of what is seen, [0, 1] of the picture


@dataclass(frozen=True)
class Face:
    """Who somebody in view is."""

    track_id: str
    knowing: int  # of Knowing
    person_id: str = ''
    name: str = ''


@dataclass(frozen=True)
class Heard:
    """Words of the trainee; stamp is the end of the utterance."""

    stamp: int
    text: str
    intent: str = ''
    source: int = Source.MICROPHONE


Fact = tuple[str, dict[str, str | int | float]]  # as in trainer_voice.history.facts


# What the session wants others to do; every one of them is answered.


@dataclass(frozen=True)
class CancelSet:
    """End the open set; not answered."""


@dataclass(frozen=True)
class LoadPlan:
    """The workout of the day of somebody; '' is a guest."""

    person_id: str


@dataclass(frozen=True)
class TellPlan:
    """The same, but it does not begin yet."""

    person_id: str


@dataclass(frozen=True)
class MakePlan:
    """A plan from words, or `before` changed by words."""

    text: str
    person_id: str
    before: object = None  # what the answer to an earlier MakePlan had as `plan`


@dataclass(frozen=True)
class StorePlan:
    """Keep a plan that was agreed to."""

    person_id: str
    plan: object


@dataclass(frozen=True)
class Enroll:
    """Remember the face of somebody in view."""

    name: str
    track_id: str


@dataclass(frozen=True)
class Forget:
    """Delete everything known about somebody."""

    person_id: str


@dataclass(frozen=True)
class Correct:
    """The count of the open set is really this."""

    reps: int


@dataclass(frozen=True)
class Judge:
    """The newest movement was a repetition, or was none."""

    accept: bool


@dataclass(frozen=True)
class Adjust:
    """Other targets for the open set; -1 = as it is."""

    reps: int = -1
    seconds: float = -1.0
    rest: float = -1.0


@dataclass(frozen=True)
class ChangePace:
    """Fewer words a minute, or more; not answered."""

    pace: Literal['slower', 'faster']


@dataclass(frozen=True)
class SumUp:
    """Records and trends of the session that ends."""

    person_id: str


Request = (
    CancelSet | LoadPlan | MakePlan | StorePlan | Enroll | Forget | Correct | Judge | Adjust
    | ChangePace | SumUp | TellPlan)


@dataclass(frozen=True)
class Answer:
    """What became of a request."""

    success: bool
    message: str = ''               # in English, for logs
    items: tuple[Item, ...] = ()    # of LoadPlan, TellPlan and MakePlan
    name: str = ''                  # of that plan
    unfinished: bool = False        # it is what is left of one that was broken off
    later: bool = False             # the plan is for another day
    plan: object = None             # the plan that the items are of, as its maker has it
    person_id: str = ''             # of Enroll
    taken: int = Taken.FREE         # of Enroll
    deleted: tuple[tuple[str, int], ...] = ()  # of Forget: what, and how many of it
    reps: int = 0                   # of Judge
    sentences: tuple[str, ...] = ()  # of a plan: why it is so, in the language that is spoken
    facts: tuple[Fact, ...] = ()     # of SumUp, the best first
