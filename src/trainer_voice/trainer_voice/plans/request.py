"""What somebody asks for, taken from the marks of a sentence: no plan yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from trainer_voice.plans.vocabulary import COMMA, NUMBER, UNKNOWN, Mark, Vocabulary

MINUTE = 60.0
# A time from which on it is that of the workout, even when an exercise stands beside it.
WHOLE = 4 * MINUTE
# Where one exercise has a time of its own, another one's from here on is no single set, either.
PART = 2 * MINUTE
FEW = 3    # times: so often a set, not a repetition
_NEAR = 3  # marks from `bad` to the knee

WEIGHTS = {'dumbbells', 'barbell'}
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
            or self.all_gear or self.no_gear or self.no_jump or self.joints or self.banned
            or self.banned_groups)


class Reader:
    """Reads marks; what has been dealt with is not looked at again."""

    def __init__(self, marks: Sequence[Mark]):
        self.marks = list(marks)
        self.used: set[int] = set()  # places of marks that have been dealt with

    def free(self, kind: str) -> list[int]:
        """Where marks of a kind are that nobody has dealt with."""
        return [i for i, m in enumerate(self.marks) if kind in m and i not in self.used]

    def use(self, *places: int) -> None:
        """These have been dealt with."""
        self.used.update(places)

    def is_free(self, place: int, *kinds: str) -> bool:
        """There is a mark, not dealt with, of one of the kinds."""
        return (0 <= place < len(self.marks) and place not in self.used
                and any(k in self.marks[place] for k in kinds))

    def duration(self, place: int) -> float:
        """Seconds where a number and its unit stand, 0 where they do not."""
        if not self.is_free(place, NUMBER) or not self.is_free(
                place + 1, 'minute', 'second', 'hour'):
            return 0.0
        unit = self.marks[place + 1]
        factor = 1.0 if 'second' in unit else MINUTE if 'minute' in unit else 60 * MINUTE
        return self.marks[place].number * factor


def read(marks: Sequence[Mark], vocabulary: Vocabulary) -> Request:
    """What is asked for; what is not understood is in `unknown`."""
    request, reader = Request(), Reader(_told_apart(marks))
    _keep(request, reader)
    _pain(request, reader)
    _forbidden(request, reader)
    _rest(request, reader)
    request.no_time = any(
        reader.marks[i].number == 0 and reader.is_free(i + 1, 'minute', 'second', 'hour')
        for i in reader.free(NUMBER))
    _parts(request, reader)
    _exercises(request, reader, vocabulary)
    _whole(request, reader)
    request.unknown = [
        m.text for i, m in enumerate(reader.marks) if i in reader.free(UNKNOWN)]
    return request


def _told_apart(marks: Sequence[Mark]) -> list[Mark]:
    """Where a word is an exercise and a group: with a number before it, it is the exercise.

    Ten `addominali` are sit-ups, a workout of `addominali` is one for the core.
    """
    found: list[Mark] = []
    for mark in marks:
        if 'exercise' in mark and 'group' in mark:
            counted = bool(found) and any(k in found[-1] for k in (NUMBER, 'sets', 'add', 'less'))
            out = 'group' if counted else 'exercise'
            mark = Mark(mark.text, {k: v for k, v in mark.means.items() if k != out})
        found.append(mark)
    return found


def _keep(request: Request, reader: Reader) -> None:
    """When it is for: today, every Monday, every day."""
    for place in reader.free('daily'):
        request.keep = DAILY
        reader.use(place)
    for place in reader.free('day'):
        day = reader.marks[place]['day']
        request.keep = day if isinstance(day, int) else ''
        reader.use(place)
        if reader.is_free(place - 1, 'every'):
            reader.use(place - 1)
    for kind in (TODAY, TOMORROW):
        for place in reader.free(kind):
            request.keep = kind if request.keep == '' else request.keep
            reader.use(place)


def _pain(request: Request, reader: Reader) -> None:
    """A bad knee, my back hurts, easy on the wrists."""
    for kind in ('pain', 'pain_after'):
        for place in reader.free(kind):
            after = range(place + 1, len(reader.marks))
            before = range(place - 1, -1, -1)
            first, second = (after, before) if kind == 'pain' else (before, after)
            joints = _joints(reader, first) or _joints(reader, second)
            if joints:
                request.joints |= {str(reader.marks[j]['joint']) for j in joints}
                reader.use(place, *joints)


def _joints(reader: Reader, places: Iterable[int]) -> list[int]:
    """The next joints that way: a bad knee and wrist are two; knee, back and wrist three."""
    found: list[int] = []
    listed = False  # an `and` has been met: what stands before its comma belongs to it, too
    for steps, place in enumerate(places):
        if reader.is_free(place, 'joint'):
            found.append(place)
        elif found and reader.is_free(place, 'and', 'or'):
            listed = True
        elif (found and not (listed and reader.is_free(place, COMMA))
              or reader.is_free(place, COMMA, 'exercise', 'minute', 'workout', NUMBER)
              and not found or steps + 1 >= _NEAR and not found):
            break
    return found


def _forbidden(request: Request, reader: Reader) -> None:
    """What follows `without`, as far as it belongs together."""
    for start in reader.free('not'):
        place, kind, joined = start + 1, '', True
        while place < len(reader.marks):
            mark = reader.marks[place]
            if reader.is_free(place, 'or', 'not'):
                joined = True
            elif not kind and reader.is_free(
                    place, 'with', 'for', 'more', 'article', 'only', UNKNOWN):
                pass
            elif kind and (COMMA in mark or 'and' in mark):
                # Only what is of the same kind, and has no number of its own, is still forbidden.
                joined = _noun_ahead(reader, place) == kind
                if not joined:
                    break
            elif mark.noun and reader.is_free(place, mark.noun) and (
                    joined or mark.noun == kind):
                kind, joined = mark.noun, False
                _forbid(request, mark)
                reader.use(place)
            else:
                break
            place += 1
        if kind:
            reader.use(start)


def _noun_ahead(reader: Reader, place: int) -> str:
    while reader.is_free(place, COMMA, 'and', 'or', 'not'):
        place += 1
    return reader.marks[place].noun if place < len(reader.marks) else ''


def _forbid(request: Request, mark: Mark) -> None:
    if 'exercise' in mark:
        request.banned.add(str(mark['exercise']))
    elif 'group' in mark:
        request.banned_groups.add(str(mark['group']))
        if 'joint' in mark:
            request.joints.add(str(mark['joint']))
    elif 'joint' in mark:
        request.joints.add(str(mark['joint']))
    elif 'gear' in mark:
        request.banned_gear.add(str(mark['gear']))
    elif 'equipment' in mark:
        request.no_gear = True
    elif 'weights' in mark:
        request.banned_gear |= WEIGHTS
    elif 'jump' in mark:
        request.no_jump = True
    elif 'rest' in mark:
        request.rest = 0.0
    else:
        request.level = 'easy' if 'hard' in mark else 'medium'


def _rest(request: Request, reader: Reader) -> None:
    """A minute rest, rest of 30 seconds, 30 seconds between the sets."""
    for place in [*reader.free('rest'), *reader.free('between')]:
        for at in (place - 2, place + 1, place + 2, place - 3):
            seconds = reader.duration(at)
            if seconds:
                request.rest = seconds
                reader.use(at, at + 1)
                break
        else:
            if reader.is_free(place + 1, NUMBER):  # rest 45
                request.rest = float(reader.marks[place + 1].number)
                reader.use(place + 1)
        if request.rest is not None:
            reader.use(place)


@dataclass(frozen=True)
class _Amount:
    """A number with its meaning, and where it stands."""

    first: int
    last: int
    sets: int = 0
    reps: int = 0
    seconds: float = 0.0
    times: bool = False  # ten times: repetitions, or sets where those are known
    split: bool = False  # in sets of ten
    open: bool = False


def _amounts(reader: Reader) -> list[_Amount]:
    found, place = [], 0
    while place < len(reader.marks):
        amount = _amount(reader, place)
        if amount:
            found.append(amount)
            place = amount.last
        place += 1
    return found


def _amount(reader: Reader, place: int) -> _Amount | None:
    if reader.is_free(place, 'open'):
        return _Amount(place, place, open=True)
    if (reader.is_free(place, 'sets') and reader.is_free(place + 1, NUMBER)
            and not reader.duration(place + 1) and not (
                place and any(k in reader.marks[place - 1] for k in (NUMBER, 'more', 'less')))):
        return _Amount(place, place + 1, reps=reader.marks[place + 1].number, split=True)
    if not reader.is_free(place, NUMBER):
        return None
    number = reader.marks[place].number
    seconds = reader.duration(place)
    if seconds:
        return _Amount(place, place + 1, seconds=seconds)
    if reader.is_free(place + 1, 'sets'):
        return _Amount(place, place + 1, sets=number)
    if reader.is_free(place + 1, 'times') and reader.is_free(place + 2, NUMBER):
        inner = _amount(reader, place + 2)
        if inner and not inner.sets:
            return replace(inner, first=place, sets=number)
    if reader.is_free(place + 1, 'times'):
        return _Amount(place, place + 1, reps=number, times=True)
    if reader.is_free(place + 1, 'reps'):
        return _Amount(place, place + 1, reps=number)
    if reader.is_free(place + 1, 'rounds', 'sets'):
        return None
    return _Amount(place, place, reps=number)


def _exercises(request: Request, reader: Reader, vocabulary: Vocabulary) -> None:
    """The named exercises with their numbers, which stand before them or behind."""
    for place in reader.free('rounds'):
        if reader.is_free(place - 1, NUMBER):
            request.rounds = reader.marks[place - 1].number
            reader.use(place, place - 1)
    for place in reader.free('count'):
        if reader.is_free(place - 1, NUMBER):
            request.number = reader.marks[place - 1].number
            reader.use(place - 1)
    named = reader.free('exercise')
    amounts = _amounts(reader)
    wanted = {i: Wanted(str(reader.marks[i]['exercise']), place=i) for i in named}
    behind = _behind(reader, named, amounts)
    whole: list[tuple[_Amount, int]] = []  # times that stand beside an exercise
    for amount in amounts:
        owner = _owner(reader, amount, named, behind)
        if len(named) > 1 and reader.is_free(amount.last + 1, 'each'):
            for one in wanted.values():
                _give_each(one, amount)
            reader.use(*range(amount.first, amount.last + 2))
            continue
        if owner is None:
            continue
        if _is_whole(reader, amount, owner):
            if not _of_workout(reader, amount, owner):
                whole.append((amount, owner))
            continue
        _give(wanted[owner], amount)
        if not (amount.sets or amount.reps or amount.seconds or amount.open):  # zero of it
            request.banned.add(wanted[owner].exercise)
        reader.use(*range(amount.first, amount.last + 1))
    _lasting(request, reader, wanted, whole)
    before: Wanted | None = None
    for place in named:
        one = wanted[place]
        one.alone = not one.counted and not reader.is_free(place - 1, 'article')
        if before and one.alone:
            one.sets = before.sets
            if vocabulary.library.exercises[one.exercise].counts == 'reps':
                one.reps = before.reps
            else:
                one.seconds = before.seconds
        before = one
        if not one.alone or all(w.exercise != one.exercise for w in request.wanted):
            request.wanted.append(one)
    reader.use(*named)


def _lasting(
    request: Request, reader: Reader, wanted: dict[int, Wanted],
    whole: list[tuple[_Amount, int]],
) -> None:
    """Ten minutes of squats: of all, or of these, where of the others it is said how much, too."""
    timed = {owner for _, owner in whole}
    for amount, owner in whole:
        others = [one for place, one in wanted.items() if place != owner]
        if wanted[owner].counted or not (others or request.parts) or not all(
                one.counted or place in timed for place, one in wanted.items() if place != owner):
            continue
        wanted[owner].lasts = amount.seconds
        reader.use(amount.first, amount.last)
    if request.parts or any(one.lasts for one in wanted.values()):
        for one in wanted.values():
            if one.seconds >= PART and not one.sets:
                one.lasts, one.seconds = one.seconds, 0.0


def _parts(request: Request, reader: Reader) -> None:
    """Groups with times of their own: ten minutes of legs and ten of arms; or ten minutes each."""
    times = [a for a in _amounts(reader) if a.seconds >= PART and not a.sets]
    groups = reader.free('group')
    if len(times) == 1 and len(groups) > 1 and reader.is_free(times[0].last + 1, 'each'):
        request.parts = [
            Part(i, times[0].seconds, [str(reader.marks[i]['group'])]) for i in groups]
        reader.use(*groups, *range(times[0].first, times[0].last + 2))
        return
    if not times or not groups:
        return
    behind = groups[0] < times[0].first
    found: list[tuple[_Amount, list[int]]] = []
    for i, time in enumerate(times):
        if behind:
            first, last = times[i - 1].last if i else -1, time.first
        else:
            first = time.last
            last = times[i + 1].first if i + 1 < len(times) else len(reader.marks)
        mine = [g for g in groups if first < g < last]
        if mine and not any(
                reader.is_free(j, 'exercise') for j in range(first + 1, max(mine))):
            found.append((time, mine))
    # A leg workout with twenty squats has them in it; legs and then twenty squats are two.
    others = reader.free('exercise') and len(_amounts(reader)) > 1 and not any(
        reader.is_free(i, 'with', 'workout') for i, _ in enumerate(reader.marks))
    if len(found) < 2 and not (found and others):
        return
    for time, mine in found:
        request.parts.append(
            Part(mine[0], time.seconds, [str(reader.marks[g]['group']) for g in mine]))
        reader.use(time.first, time.last, *mine)


def _behind(reader: Reader, named: list[int], amounts: list[_Amount]) -> bool:
    """The numbers stand behind the exercises: squats 10, push-ups 20."""
    if not named or not amounts:
        return False
    last = any(named[-1] < a.first and _between(reader, named[-1], a.first) for a in amounts)
    first = any(a.last < named[0] and _between(reader, a.last, named[0]) for a in amounts)
    return last and not first


def _between(reader: Reader, first: int, last: int, comma: bool = True) -> bool:
    """Nothing that separates stands between two places."""
    return all(
        i in reader.used or reader.is_free(
            i, NUMBER, 'open', 'minute', 'second', 'hour', 'sets', 'reps', 'times', 'for', UNKNOWN,
            'every', 'article', 'easy', 'hard', 'more', 'less',
            *((COMMA, 'with') if comma else ()))
        for i in range(first + 1, last))


def _owner(
    reader: Reader, amount: _Amount, named: list[int], behind: bool,
) -> int | None:
    """Which exercise the amount belongs to."""
    after = next((i for i in named if i > amount.last), None)
    before = next((i for i in reversed(named) if i < amount.first), None)
    goes_on = after is not None and _between(reader, amount.last, after, comma=False)
    goes_back = before is not None and _between(reader, before, amount.first)
    if behind and goes_back:
        return before
    if goes_on:
        return after
    return before if goes_back else None


def _is_whole(reader: Reader, amount: _Amount, place: int) -> bool:
    """A time that is that of the workout, though an exercise stands beside it."""
    if not amount.seconds:
        return False
    return amount.seconds >= WHOLE or _of_workout(reader, amount, place)


def _of_workout(reader: Reader, amount: _Amount, place: int) -> bool:
    """A two minute squat workout."""
    workout = any(
        reader.is_free(i, 'workout', 'group') for i in range(place + 1, place + 4))
    return workout and not amount.sets and amount.first < place


def _give_each(wanted: Wanted, amount: _Amount) -> None:
    if amount.seconds >= WHOLE and not wanted.counted:
        wanted.lasts = amount.seconds
    elif not amount.seconds or not wanted.counted:
        _give(wanted, amount)


def _give(wanted: Wanted, amount: _Amount) -> None:
    wanted.open = wanted.open or amount.open
    if amount.times and (wanted.reps or wanted.seconds):
        wanted.sets = amount.reps
        return
    if amount.times and amount.reps <= FEW:
        wanted.sets = amount.reps
        return
    if amount.split and wanted.reps > amount.reps > 0:  # fifty in sets of ten
        wanted.sets = round(wanted.reps / amount.reps)
    wanted.sets = amount.sets or wanted.sets
    wanted.reps = amount.reps or wanted.reps
    wanted.seconds = amount.seconds or wanted.seconds


def _whole(request: Request, reader: Reader) -> None:
    """What belongs to the workout and to no exercise."""
    for amount in _amounts(reader):
        if amount.times:
            request.rounds = request.rounds or amount.reps
            reader.use(*range(amount.first, amount.last + 1))
            continue
        if amount.seconds and not request.seconds:
            request.seconds = amount.seconds
        request.sets = amount.sets or request.sets
        if amount.split or amount.reps and reader.is_free(amount.last, 'reps'):
            request.reps = amount.reps
        elif amount.reps and not amount.sets and not amount.seconds:
            # `ten workouts`, `twenty cartwheels`: a number of what is not known.
            if not reader.is_free(amount.last + 1, UNKNOWN):
                request.unknown.append(reader.marks[amount.first].text)
            continue
        reader.use(*range(amount.first, amount.last + 1))
    for place in reader.free('group'):
        name = str(reader.marks[place]['group'])
        if name not in request.groups:
            request.groups.append(name)
    for place in reader.free('gear'):
        request.gear.add(str(reader.marks[place]['gear']))
    if reader.free('weights'):
        request.gear |= WEIGHTS - request.banned_gear
    request.short = bool(reader.free('shorter'))
    request.all_gear = bool(reader.free('equipment'))
    request.no_gear = request.no_gear or bool(reader.free('bodyweight'))
    request.no_jump = request.no_jump or bool(reader.free('quiet'))
    for level in ('easy', 'hard', 'medium'):
        if reader.free(level) and not request.level:
            request.level = level
    request.workout = bool(reader.free('workout'))
