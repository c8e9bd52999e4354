"""Marks to a request, in an order in which every rule leaves less to the next one."""

from collections.abc import Sequence

from trainer_voice.plans.amounts import all_amounts
from trainer_voice.plans.conditions import WEIGHTS, forbidden, keep, mentioned, pain, rest
from trainer_voice.plans.named import exercises, parts
from trainer_voice.plans.reader import UNITS, Reader
from trainer_voice.plans.request import Request
from trainer_voice.plans.vocabulary import NUMBER, UNKNOWN, Mark, Vocabulary


def read(marks: Sequence[Mark], vocabulary: Vocabulary) -> Request:
    """What is asked for; what is not understood is in `unknown`."""
    request, reader = Request(), Reader(_told_apart(marks))
    keep(request, reader)
    pain(request, reader)
    forbidden(request, reader)
    mentioned(request, reader)
    rest(request, reader)
    request.no_time = any(
        reader.marks[i].number == 0 and reader.is_free(i + 1, *UNITS)
        for i in reader.free(NUMBER))
    parts(request, reader)
    exercises(request, reader, vocabulary)
    _whole(request, reader)
    request.unknown = [reader.marks[i].text for i in reader.free(UNKNOWN)]
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


def _whole(request: Request, reader: Reader) -> None:
    """What belongs to the workout and to no exercise."""
    for amount in all_amounts(reader):
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
            continue  # `ten workouts`, `twenty cartwheels`: a number of what is not known
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
