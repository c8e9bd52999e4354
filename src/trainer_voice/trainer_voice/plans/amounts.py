"""Numbers with their meanings, and to which exercise they belong."""

from dataclasses import dataclass, replace

from trainer_voice.plans.reader import MINUTE, UNITS, Reader
from trainer_voice.plans.request import Wanted
from trainer_voice.plans.vocabulary import COMMA, NUMBER, UNKNOWN

# A time from which on it is that of the workout, even when an exercise stands beside it.
WHOLE = 4 * MINUTE
_FEW = 3  # times: so often a set, not a repetition


@dataclass(frozen=True)
class Amount:
    """A number with its meaning, and where it stands."""

    first: int
    last: int
    sets: int = 0
    reps: int = 0
    seconds: float = 0.0
    times: bool = False  # ten times: repetitions, or sets where those are known
    split: bool = False  # in sets of ten
    open: bool = False


def all_amounts(reader: Reader) -> list[Amount]:
    found, place = [], 0
    while place < len(reader.marks):
        amount = _amount(reader, place)
        if amount:
            found.append(amount)
            place = amount.last
        place += 1
    return found


def _amount(reader: Reader, place: int) -> Amount | None:
    if reader.is_free(place, 'open'):
        return Amount(place, place, open=True)
    if (reader.is_free(place, 'sets') and reader.is_free(place + 1, NUMBER)
            and not reader.duration(place + 1) and not (
                place and any(k in reader.marks[place - 1] for k in (NUMBER, 'more', 'less')))):
        return Amount(place, place + 1, reps=reader.marks[place + 1].number, split=True)
    if not reader.is_free(place, NUMBER):
        return None
    number = reader.marks[place].number
    seconds = reader.duration(place)
    if seconds:
        return Amount(place, place + 1, seconds=seconds)
    if reader.is_free(place + 1, 'sets'):
        return Amount(place, place + 1, sets=number)
    if reader.is_free(place + 1, 'times') and reader.is_free(place + 2, NUMBER):
        inner = _amount(reader, place + 2)
        if inner and not inner.sets:
            return replace(inner, first=place, sets=number)
    if reader.is_free(place + 1, 'times'):
        return Amount(place, place + 1, reps=number, times=True)
    if reader.is_free(place + 1, 'reps'):
        return Amount(place, place + 1, reps=number)
    if reader.is_free(place + 1, 'rounds', 'sets'):
        return None
    return Amount(place, place, reps=number)


def stand_behind(reader: Reader, named: list[int], amounts: list[Amount]) -> bool:
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
            i, NUMBER, *UNITS, 'open', 'sets', 'reps', 'times', 'for', UNKNOWN, 'every',
            'article', 'easy', 'hard', 'more', 'less', 'gear', 'weights', 'equipment',
            *((COMMA, 'with') if comma else ()))
        for i in range(first + 1, last))


def owner_of(
    reader: Reader, amount: Amount, named: list[int], behind: bool,
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


def is_whole(reader: Reader, amount: Amount, place: int) -> bool:
    """A time that is that of the workout, though an exercise stands beside it."""
    if not amount.seconds:
        return False
    return amount.seconds >= WHOLE or of_workout(reader, amount, place)


def of_workout(reader: Reader, amount: Amount, place: int) -> bool:
    """A two minute squat workout."""
    workout = any(
        reader.is_free(i, 'workout', 'group') for i in range(place + 1, place + 4))
    return workout and not amount.sets and amount.first < place


def give_each(wanted: Wanted, amount: Amount) -> None:
    if amount.seconds >= WHOLE and not wanted.counted:
        wanted.lasts = amount.seconds
    elif not amount.seconds or not wanted.counted:
        give(wanted, amount)


def give(wanted: Wanted, amount: Amount) -> None:
    wanted.open = wanted.open or amount.open
    if amount.times and (wanted.reps or wanted.seconds):
        wanted.sets = amount.reps
        return
    if amount.times and amount.reps <= _FEW:
        wanted.sets = amount.reps
        return
    if amount.split and wanted.reps > amount.reps > 0:  # fifty in sets of ten
        wanted.sets = round(wanted.reps / amount.reps)
    wanted.sets = amount.sets or wanted.sets
    wanted.reps = amount.reps or wanted.reps
    wanted.seconds = amount.seconds or wanted.seconds
