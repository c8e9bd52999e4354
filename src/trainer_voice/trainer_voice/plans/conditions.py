"""What is asked for besides exercises: for which day, what to spare, what not, how much rest."""

from collections.abc import Iterable

from trainer_voice.plans.reader import Reader
from trainer_voice.plans.request import DAILY, TODAY, TOMORROW, Request
from trainer_voice.plans.vocabulary import COMMA, NUMBER, UNKNOWN, Mark

WEIGHTS = {'dumbbells', 'barbell'}
UNWELL = {'chest', 'cardio'}  # pain there is for a doctor
_NEAR = 3  # marks from `bad` to the knee


def keep(request: Request, reader: Reader) -> None:
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


def pain(request: Request, reader: Reader) -> None:
    """A bad knee, my back hurts, easy on the wrists."""
    for kind in ('pain', 'pain_after'):
        for place in reader.free(kind):
            after = range(place + 1, len(reader.marks))
            before = range(place - 1, -1, -1)
            first, second = (after, before) if kind == 'pain' else (before, after)
            for what, where in (('joint', first), ('joint', second),
                                ('group', first), ('group', second)):
                if found := _next(reader, where, what):
                    names = {str(reader.marks[j][what]) for j in found}
                    if what == 'joint':
                        request.joints |= names
                    else:
                        request.sore |= names
                    reader.use(place, *found)
                    break
    request.unwell = bool(request.sore & UNWELL)


def mentioned(request: Request, reader: Reader) -> None:
    """Nobody names a knee but to spare it; a back, which can be trained, beside an unknown word."""
    for place in reader.free('joint'):
        mark = reader.marks[place]
        unknown = [i for i in (place - 1, place + 1) if reader.is_free(i, UNKNOWN)]
        if 'group' not in mark or unknown:
            request.joints.add(str(mark['joint']))
            reader.use(place, *unknown)


def _next(reader: Reader, places: Iterable[int], what: str) -> list[int]:
    """The next joints (or groups) that way: a bad knee and wrist are two; knee, back and wrist
    three.
    """
    found: list[int] = []
    listed = False  # an `and` has been met: what stands before its comma belongs to it, too
    for steps, place in enumerate(places):
        if reader.is_free(place, what):
            found.append(place)
        elif found and reader.is_free(place, 'and', 'or'):
            listed = True
        elif (found and not (listed and reader.is_free(place, COMMA))
              or reader.is_free(place, COMMA, 'exercise', 'minute', 'workout', NUMBER)
              and not found or steps + 1 >= _NEAR and not found):
            break
    return found


def forbidden(request: Request, reader: Reader) -> None:
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


def rest(request: Request, reader: Reader) -> None:
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
