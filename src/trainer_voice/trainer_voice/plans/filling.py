"""Which exercises, how many sets and repetitions: so that the time comes out, nothing is hurt."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from trainer_counter.exercises.schema import Exercise
from trainer_voice.dialogue.events import Item
from trainer_voice.plans.workout import Library

LEGS = ('quadriceps', 'hamstrings', 'glutes', 'calves')
UPPER = ('chest', 'back', 'shoulders', 'biceps', 'triceps')
GROUPS: dict[str, tuple[str, ...]] = {
    'legs': LEGS, 'glutes': ('glutes', 'hamstrings'), 'core': ('core',),
    'arms': ('biceps', 'triceps', 'shoulders'), 'biceps': ('biceps',), 'triceps': ('triceps',),
    'chest': ('chest',), 'back': ('back',), 'shoulders': ('shoulders',), 'upper_body': UPPER,
    'full_body': (*LEGS, *UPPER, 'core', 'heart'), 'cardio': ('heart',),
}

_ORDER = GROUPS['full_body']
CLOSE = 0.1                # of the time asked for; farther off is said
_PER_EXERCISE = 150.0      # s of a workout from which on there is one more exercise
_MOST = 8                  # exercises
_SETS = 7                  # of one exercise
_STEP = 5                  # s by which holds and rests are changed
_RESTS = (15.0, 60.0)      # s, when nobody has said how long

# By the level of the person: seconds of work in a set, rest, what limits of repetitions become.
_WORK = {'easy': 25.0, 'medium': 30.0, 'hard': 35.0}
_REST = {'easy': 40.0, 'medium': 30.0, 'hard': 20.0}
_SCALE = {'easy': 0.7, 'medium': 1.0, 'hard': 1.4}
# By the level of the exercise: repetitions in a set, seconds of a hold.
_REPS = {'easy': (6, 25), 'medium': (5, 16), 'hard': (3, 10)}
_HOLDS = {'easy': (20, 60), 'medium': (15, 60), 'hard': (10, 40)}
_EAGER = 3.0               # worth of the first exercise with the equipment that was named
_LIVELY = 40.0             # s that fast exercises may last, whatever the number


@dataclass(frozen=True)
class Dose:
    """One exercise to be fitted into a time: the amount of a set and what it may become."""

    exercise: str
    amount: float           # repetitions or seconds
    least: float
    most: float
    pace: float             # s for one of the amount
    timed: bool
    sets: int = 0           # 0: free

    @property
    def fixed(self) -> bool:
        return self.least == self.most

    def item(self, rest: float) -> Item:
        if self.timed:
            return Item(self.exercise, self.sets, 0, float(self.amount), rest)
        return Item(self.exercise, self.sets, round(self.amount), 0.0, rest)


def dose(exercise: Exercise, level: str, usual: float = 0.0) -> Dose:
    """A usual set of an exercise; usual: repetitions or seconds that this person does."""
    scale = _SCALE[level]
    timed = exercise.counts == 'seconds'
    pace = 1.0 if timed else exercise.pace
    least, most = (_HOLDS if timed else _REPS)[exercise.level]
    if not timed and exercise.level == 'easy':
        most = max(most, round(_LIVELY / pace))
    least, most = max(1, round(least * min(1.0, scale))), round(most * scale)
    amount = _WORK[level] / pace
    if usual:
        least, most = max(1, round(usual * 0.6)), max(2, round(usual * 1.25))
        amount = usual
    amount = min(max(amount, least), most)
    if timed:
        least, most, amount = (max(_STEP, _STEP * round(x / _STEP)) for x in (least, most, amount))
    return Dose(exercise.name, round(amount), least, most, pace, timed)


def rest_of(level: str) -> float:
    """Seconds of rest when nothing is said."""
    return _REST[level]


def allowed(
    library: Library, level: str, joints: Iterable[str], gear: Iterable[str] | None, no_jump: bool,
    banned: Iterable[str], banned_groups: Iterable[str],
) -> dict[str, Exercise]:
    """The exercises that nothing speaks against; gear: None = whatever there is."""
    bad, out = set(joints), set(banned)
    muscles = {m for group in banned_groups for m in GROUPS[group]}
    found = {}
    for name, exercise in library.exercises.items():
        against = (
            name in out or bad & set(exercise.avoid_for)
            or (no_jump and exercise.impact == 'jump')
            or (gear is not None and set(exercise.equipment) - set(gear))
            or (level == 'easy' and exercise.level == 'hard')
            or not exercise.muscles
            or exercise.muscles[0] in muscles or len(muscles & set(exercise.muscles)) > 1)
        if not against:
            found[name] = exercise
    return found


def chosen(
    candidates: Mapping[str, Exercise], groups: Sequence[str], number: int, level: str,
    already: Sequence[Exercise] = (), known: Iterable[str] = (), besides: bool = False,
    gear: Collection[str] = (),
) -> list[str]:
    """So many exercises for these groups of muscles, each for what has had the least so far.

    known: exercises that the person has done before go first among equals. besides: also those that
    train these muscles only besides others; without it where there are hardly any others. gear:
    who says to have it wants to use it.
    """
    wanted = {m for group in groups or ('full_body',) for m in GROUPS[group]}
    had = dict.fromkeys(wanted, 0.0)
    for exercise in already:
        _count(had, exercise)
    there = {n: e for n, e in candidates.items() if e not in already}
    fitting = {n: e for n, e in there.items() if e.muscles[0] in wanted}
    for group in groups:  # legs and arms: what trains the arms only besides is wanted, too
        if not any(e.muscles[0] in GROUPS[group] for e in fitting.values()):
            fitting |= {n: e for n, e in there.items() if set(GROUPS[group]) & set(e.muscles)}
    others = {n: e for n, e in there.items() if n not in fitting and wanted & set(e.muscles)}
    order = ('hard', 'medium', 'easy') if level == 'hard' else ('easy', 'medium', 'hard')
    familiar = set(known)
    found: list[str] = []

    def eager(exercise: Exercise) -> float:
        with_it = sum(bool(set(gear) & set(there[n].equipment)) for n in found)
        return max(0.0, _EAGER - with_it) if set(gear) & set(exercise.equipment) else 0.0
    if len(fitting) >= min(number, 2) and not besides:
        others = {}
    while (fitting or others) and len(found) < number:
        left = fitting or others
        best = max(left, key=lambda n: (
            round(_worth(left[n], had, level) + eager(left[n]), 3), n in familiar,
            -order.index(left[n].level), -_ORDER.index(left[n].muscles[0]), [-ord(c) for c in n]))
        found.append(best)
        _count(had, left.pop(best))
    return found


def _worth(exercise: Exercise, had: Mapping[str, float], level: str) -> float:
    worth = sum(
        (2.0 if i == 0 else 1.0) / (1.0 + had[m])
        for i, m in enumerate(exercise.muscles) if m in had)
    return worth - (2.0 if exercise.level == 'hard' and level != 'hard' else 0.0)


def _count(had: dict[str, float], exercise: Exercise) -> None:
    for i, muscle in enumerate(exercise.muscles):
        if muscle in had:
            had[muscle] += 1.0 if i == 0 else 0.5


def number_of(seconds: float) -> int:
    """How many exercises a workout of that time has."""
    return max(1, min(_MOST, round(seconds / _PER_EXERCISE)))


def fitted(doses: Sequence[Dose], seconds: float, rest: float, rest_said: bool) -> list[Item]:
    """Sets and amounts, so that all of it and the rests between last so many seconds.

    Exercises at the end are left out where there is no time for them. Of the numbers of sets the
    one is taken with which the amounts stay closest to the given ones.
    """
    best = _Tried(inf)
    for count in range(len(doses), 0, -1):
        part = doses[:count]
        left_out = 2.0 * (len(doses) - count)
        free = sum(1 for d in part if not d.sets)
        least = sum(d.sets for d in part) + free
        for total in range(least, least + free * (_SETS - 1) + 1):
            sets = _spread(part, total)
            for pause in _rests(rest, rest_said):
                tried = _Tried(0.0, part, sets, [d.least for d in part], pause)
                short = tried.length() - seconds
                tried.amounts = [d.most for d in part]
                # What it costs at least: most of all that could be tried is not worth it.
                off = max(0.0, short, seconds - tried.length()) / seconds
                if _penalty(off) + _strain(tried, rest) + left_out >= best.cost - 1e-9:
                    continue
                tried.amounts = _balanced(tried, seconds)
                tried.cost = left_out + _strain(tried, rest) + _penalty(
                    abs(tried.length() - seconds) / seconds) + sum(
                    abs(amount - d.amount) / d.amount
                    for amount, d in zip(tried.amounts, part, strict=True)) / count
                if tried.cost < best.cost - 1e-9:
                    best = tried
        if best.cost < 1.0:
            break
    return [replace(d, sets=n, amount=amount).item(best.rest) for d, n, amount in zip(
        best.doses, best.sets, best.amounts, strict=True)]


@dataclass
class _Tried:
    """Doses with other numbers of sets and other amounts; cost: how bad that is."""

    cost: float
    doses: Sequence[Dose] = ()
    sets: Sequence[int] = ()
    amounts: list[float] = field(default_factory=list)
    rest: float = 0.0

    def length(self) -> float:
        """s"""
        return sum(
            n * amount * d.pace for n, amount, d in zip(
                self.sets, self.amounts, self.doses, strict=True)
        ) + (sum(self.sets) - 1) * self.rest


def _rests(rest: float, said: bool) -> list[float]:
    if said:
        return [rest]
    low, high = _RESTS
    return sorted(
        {min(max(rest + step, low), high) for step in (0, -5, 5, -10, 10, -15, 15, 20, 30)},
        key=lambda r: abs(r - rest))


def _spread(doses: Sequence[Dose], total: int) -> list[int]:
    """So many sets in all; the first ones get what is left over."""
    free = sum(1 for d in doses if not d.sets)
    left = total - sum(d.sets for d in doses)
    shares = iter([left // free + (i < left % free) for i in range(free)] if free else ())
    return [d.sets or next(shares) for d in doses]


def _balanced(tried: _Tried, seconds: float) -> list[float]:
    """All amounts changed by the same share, then single ones until nothing is gained."""
    doses, sets = tried.doses, tried.sets
    tried.amounts = [d.amount for d in doses]
    free = sum(n * d.amount * d.pace for n, d in zip(sets, doses, strict=True) if not d.fixed)
    share = max(0.2, 1 - (tried.length() - seconds) / free) if free else 1.0
    tried.amounts = [d.amount if d.fixed else limited(d, d.amount * share) for d in doses]
    for _ in range(200):
        off = tried.length() - seconds
        changes = [
            (abs(off + sign * n * _step(d) * d.pace), i, sign)
            for i, (n, d) in enumerate(zip(sets, doses, strict=True))
            if not d.fixed for sign in (-1, 1)
            if d.least <= tried.amounts[i] + sign * _step(d) <= d.most]
        if not changes or min(changes)[0] >= abs(off) - 1e-9:
            break
        _, i, sign = min(changes)
        tried.amounts[i] += sign * _step(doses[i])
    return tried.amounts


def _step(one: Dose) -> int:
    return _STEP if one.timed else 1


def limited(one: Dose, amount: float) -> float:
    """The nearest amount that is within the limits, holds in steps."""
    step = _step(one)
    return min(max(step * round(amount / step), one.least), one.most)


def _penalty(off: float) -> float:
    """For a time that is off by a share of it; up to a twentieth hardly matters."""
    return 100 * max(0.0, off - 0.05) + 2 * off


def _strain(tried: _Tried, rest: float) -> float:
    """Of rests that differ from the usual, and of many sets or few."""
    return abs(tried.rest - rest) / 60 + abs(max(tried.sets) - 3) * 0.1
