"""What somebody asks for, as it was understood: no plan yet."""

from dataclasses import dataclass, field

TODAY, TOMORROW, DAILY = 'today', 'tomorrow', 'daily'


@dataclass
class Wanted:
    """An exercise that was named; 0 and None are not said."""

    exercise: str
    sets: int = 0
    reps: int = 0
    seconds: float = 0.0
    open: bool = False   # as many or as long as one can
    alone: bool = False  # neither a number nor an article: `and squats`
    lasts: float = 0.0   # s, with all its sets and rests: ten minutes of it, and ten of another
    place: int = 0       # in the sentence

    @property
    def counted(self) -> bool:
        """Something was said of how much."""
        return bool(self.sets or self.reps or self.seconds or self.open or self.lasts)


@dataclass
class Part:
    """Ten minutes of legs, where ten of arms follow."""

    place: int
    seconds: float
    groups: list[str]


@dataclass
class Request:
    """Everything that was said."""

    seconds: float = 0.0                  # of the whole workout; 0 = not said
    groups: list[str] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    banned: set[str] = field(default_factory=set)         # exercises
    banned_groups: set[str] = field(default_factory=set)
    joints: set[str] = field(default_factory=set)         # to be spared
    sore: set[str] = field(default_factory=set)           # groups that hurt
    unwell: bool = False                  # says what a doctor should hear first
    gear: set[str] = field(default_factory=set)           # that there is
    banned_gear: set[str] = field(default_factory=set)
    all_gear: bool = False                # equipment, without saying which
    short: bool = False                   # without saying how short
    no_gear: bool = False
    no_jump: bool = False
    level: str = ''
    sets: int = 0
    reps: int = 0
    number: int = 0                       # of exercises
    rounds: int = 0
    rest: float | None = None             # s
    workout: bool = False                 # `a workout`, without more
    no_time: bool = False                 # zero minutes
    keep: str | int = ''                  # 'today', 'tomorrow', 'daily' or a weekday, 0 = Monday
    unknown: list[str] = field(default_factory=list)

    @property
    def constrained(self) -> bool:
        """Says something about which exercises there shall be, or for how long."""
        return bool(
            self.seconds or self.groups or self.parts or self.workout or self.level or self.gear
            or self.all_gear or self.no_gear or self.no_jump or self.joints or self.sore
            or self.banned or self.banned_groups)
