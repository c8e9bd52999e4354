"""The exercises and groups of muscles that are named, each with what belongs to it."""

from trainer_voice.plans.amounts import (
    Amount,
    all_amounts,
    give,
    give_each,
    is_whole,
    of_workout,
    owner_of,
    stand_behind,
)
from trainer_voice.plans.reader import MINUTE, Reader
from trainer_voice.plans.request import Part, Request, Wanted
from trainer_voice.plans.vocabulary import NUMBER, Vocabulary

# Where one exercise has a time of its own, another one's from here on is no single set, either.
PART = 2 * MINUTE


def exercises(request: Request, reader: Reader, vocabulary: Vocabulary) -> None:
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
    both = {nearest(named, place) for place in reader.free('each_side')}
    reader.use(*reader.free('each_side'))
    amounts = all_amounts(reader)
    wanted = {i: Wanted(str(reader.marks[i]['exercise']), place=i) for i in named}
    behind = stand_behind(reader, named, amounts)
    whole: list[tuple[Amount, int]] = []  # times that stand beside an exercise
    for amount in amounts:
        owner = owner_of(reader, amount, named, behind)
        if len(named) > 1 and reader.is_free(amount.last + 1, 'each'):
            for one in wanted.values():
                give_each(one, amount)
            reader.use(*range(amount.first, amount.last + 2))
            continue
        if owner is None:
            continue
        if is_whole(reader, amount, owner):
            if not of_workout(reader, amount, owner):
                whole.append((amount, owner))
            continue
        give(wanted[owner], amount)
        if not (amount.sets or amount.reps or amount.seconds or amount.open):  # zero of it
            request.banned.add(wanted[owner].exercise)
        reader.use(*range(amount.first, amount.last + 1))
    _lasting(request, reader, wanted, whole)
    before: Wanted | None = None
    for place in named:
        one = wanted[place]
        if place in both:
            _on_both_sides(one, vocabulary)
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


def nearest(named: list[int], place: int) -> int:
    """The exercise before a place, or the first one behind it; -1 where there is none."""
    return next((i for i in reversed(named) if i < place), named[0] if named else -1)


def _on_both_sides(one: Wanted, vocabulary: Vocabulary) -> None:
    """Fifteen lunges on each leg are thirty; a pose is held twice."""
    if vocabulary.library.exercises[one.exercise].counts == 'reps':
        one.reps *= 2
    else:
        one.sets = 2 * max(one.sets, 1)


def _lasting(
    request: Request, reader: Reader, wanted: dict[int, Wanted],
    whole: list[tuple[Amount, int]],
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


def parts(request: Request, reader: Reader) -> None:
    """Groups with times of their own: ten minutes of legs and ten of arms; or ten minutes each."""
    times = [a for a in all_amounts(reader) if a.seconds >= PART and not a.sets]
    groups = reader.free('group')
    if len(times) == 1 and len(groups) > 1 and reader.is_free(times[0].last + 1, 'each'):
        request.parts = [
            Part(i, times[0].seconds, [str(reader.marks[i]['group'])]) for i in groups]
        reader.use(*groups, *range(times[0].first, times[0].last + 2))
        return
    if not times or not groups:
        return
    behind = groups[0] < times[0].first
    found: list[tuple[Amount, list[int]]] = []
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
    others = reader.free('exercise') and len(all_amounts(reader)) > 1 and not any(
        reader.is_free(i, 'with', 'workout') for i, _ in enumerate(reader.marks))
    if len(found) < 2 and not (found and others):
        return
    for time, mine in found:
        request.parts.append(
            Part(mine[0], time.seconds, [str(reader.marks[g]['group']) for g in mine]))
        reader.use(time.first, time.last, *mine)
