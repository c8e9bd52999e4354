"""Words to a plan, and a plan changed by words: the same ones always give the same.

Nothing is guessed in silence: every planned workout says why it is as it is, and which words were
not understood.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from trainer_counter.exercises.schema import Exercise
from trainer_voice.dialogue.events import Item
from trainer_voice.plans import filling
from trainer_voice.plans.filling import Dose
from trainer_voice.plans.request import MINUTE, Reader, Request, Wanted, read
from trainer_voice.plans.vocabulary import COMMA, NUMBER, UNKNOWN, Mark, Vocabulary, vocabulary
from trainer_voice.plans.workout import Library, Workout

Reason: TypeAlias = tuple[str, dict[str, object]]  # key of a sentence in words/, values

USUAL_TIME = 15 * MINUTE   # of a workout for which none was said
SHORT_TIME = 8 * MINUTE    # the same, of a short one
_BIT = 0.2                 # a bit less, a bit more: share of an amount
_REST_STEP = 15.0          # s, longer and shorter rest
_STEP = 5                  # s, in which short times are told
_SHORTER, _LONGER = 0.75, 1.25


@dataclass(frozen=True)
class Past:
    """What is known of a person: usual repetitions (or seconds of holds) in a set."""

    usual: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Planned:
    """A plan with its reasons. `workout` has no items when there is none, and reasons say why."""

    workout: Workout
    reasons: tuple[Reason, ...]
    explanation: str               # the reasons as sentences in the language
    seconds: float                 # that it takes
    not_understood: tuple[str, ...] = ()
    keep: str | int = ''           # wanted for 'today', 'tomorrow', or every weekday, 0 = Monday
    request: Request = field(default_factory=Request)
    level: str = 'medium'

    def __bool__(self) -> bool:
        return bool(self.workout.items)


def plan(
    text: str, language: str = 'en', past: Past | None = None, dirs: tuple[str, ...] = (),
    gear: Iterable[str] = (),
) -> Planned:
    """The plan that is asked for. gear: equipment there is, when nothing is said about it.

    Raises UserError for a language without words.
    """
    words = vocabulary(language, dirs)
    request = read(words.marks(text), words)
    return _Planner(words, past or Past(), tuple(gear)).make(request)


def change(
    planned: Planned, text: str, language: str = 'en', past: Past | None = None,
    dirs: tuple[str, ...] = (), gear: Iterable[str] = (),
) -> Planned:
    """The plan as it is wanted now; the same one, with the reason `unchanged`, where nothing was
    understood. Raises UserError for a language without words.
    """
    words = vocabulary(language, dirs)
    return _Planner(words, past or Past(), tuple(gear)).change(planned, words.marks(text))


def asks_for_plan(
    text: str, language: str = 'en', changing: bool = False, dirs: tuple[str, ...] = (),
) -> bool:
    """Whether a text that is no command wants a plan, or, while one is read back, a change of it.

    More of it must be understood than not. A new plan needs what is to be trained; a change may be
    about anything that a plan can be about. Raises UserError for a language without words.
    """
    words = vocabulary(language, dirs)
    marks = [m for m in words.marks(text) if COMMA not in m]
    unknown = sum(1 for m in marks if UNKNOWN in m)
    if not marks or 2 * unknown > len(marks):
        return False
    request = read(marks, words)
    told = bool(
        request.seconds or request.rest is not None or request.joints or request.banned
        or request.no_jump or request.no_gear or request.keep != '')
    if changing:
        kinds = ('more', 'less', 'longer', 'shorter', 'easy', 'hard', 'swap', 'rest')
        return told or bool(
            request.groups or request.wanted or request.sets or request.reps or request.gear
            or request.number
            or any(kind in m for m in marks for kind in kinds))
    numbered = any(w.reps or w.seconds or w.sets or w.open for w in request.wanted)
    # `Exercise` alone is also in `next exercise`.
    workout = request.number > 0 or any('workout' in m and 'count' not in m for m in marks)
    named = numbered or len(request.wanted) > 1 or bool(request.wanted and (workout or told))
    return named or workout or bool(request.groups and len(marks) > 1) or bool(
        request.seconds >= MINUTE and len(marks) > 3)


def as_planned(
    workout: Workout, language: str = 'en', reasons: Iterable[Reason] = (),
    dirs: tuple[str, ...] = (),
) -> Planned:
    """A workout that came from elsewhere, so that it can be changed."""
    return _Planner(vocabulary(language, dirs), Past(), ()).planned(
        workout, list(reasons), Request())


def read_back(planned: Planned) -> list[Reason]:
    """What there is to be said before it starts, for the dialogue to word.

    plan_summary(minutes, exercises, sets), then for each item plan_reps(exercise, sets, reps, rest)
    or plan_seconds(exercise, sets, seconds, rest) or plan_open(exercise, sets, rest).
    """
    items = planned.workout.items
    said: list[Reason] = [('plan_summary', {
        'minutes': max(1, round(planned.seconds / MINUTE)), 'exercises': len(items),
        'sets': sum(item.sets for item in items)})]
    for item in items:
        values: dict[str, object] = {'exercise': item.exercise, 'sets': item.sets}
        if item.seconds:
            said.append(('plan_seconds', values | {'seconds': item.seconds, 'rest': item.rest}))
        elif item.reps:
            said.append(('plan_reps', values | {'reps': item.reps, 'rest': item.rest}))
        else:
            said.append(('plan_open', values | {'rest': item.rest}))
    return said


class _Planner:
    def __init__(self, words: Vocabulary, past: Past, gear: tuple[str, ...]):
        self._words, self._past, self._has = words, past, gear
        self._library: Library = words.library

    # A new plan.

    def make(self, request: Request) -> Planned:
        if request.no_time and not request.wanted:
            return self.planned(self._named((), request), [('no_time', {})], request)
        both = [g for g in request.groups if g in request.banned_groups]
        if both and both == request.groups:
            return self.planned(
                self._named((), request), [('contradiction', {'groups': both})], request)
        request = replace(request, groups=[g for g in request.groups if g not in both])
        if not request.constrained and not request.wanted:
            return self.planned(self._named((), request), [('nothing_understood', {})], request)
        reasons: list[Reason] = []
        wanted = [w for w in request.wanted if self._permitted(w.exercise, request)]
        left_out = [w.exercise for w in request.wanted if w not in wanted]
        if left_out:
            reasons.append(('left_out', {'exercises': left_out}))
        fill = (not wanted and not left_out) or bool(request.groups)
        seconds = request.seconds
        if fill and not seconds and (request.workout or not wanted):
            seconds = SHORT_TIME if request.short else USUAL_TIME
            reasons.append(('default_time', {'seconds': seconds}))
        level = request.level or 'medium'
        doses = [self._dose(w, request, level) for w in wanted]
        if fill and seconds:
            doses, items = self._filled(doses, wanted, request, seconds, level)
        else:
            items = self._items(doses, request, seconds, level)
        if not doses:
            why = self._why_none(request)
            return self.planned(self._named((), request), [
                *(r for r in reasons if r[0] == 'left_out'), why], request)
        items = tuple(
            replace(i, reps=0, seconds=0.0) if any(
                w.open and w.exercise == i.exercise for w in wanted) else i for i in items)
        return self.planned(
            self._named(items, request), self._why(items, request, seconds, reasons), request)

    def _filled(
        self, doses: list[Dose], wanted: Sequence[Wanted], request: Request, seconds: float,
        level: str,
    ) -> tuple[list[Dose], tuple[Item, ...]]:
        """With so many more exercises that the time comes out."""
        candidates = self._candidates(request)
        there = [self._library.exercises[w.exercise] for w in wanted]
        number = (request.number or filling.number_of(seconds)) - len(doses)
        for besides in (False, True):
            more = filling.chosen(
                candidates, request.groups, number, level, there, self._past.usual, besides)
            found = [*doses, *(
                self._dose(Wanted(name, sets=request.sets), request, level) for name in more)]
            items = self._items(found, request, seconds, level)
            if not self._missed(items, seconds):
                break
        return found, items

    def _missed(self, items: Sequence[Item], seconds: float) -> bool:
        takes = self._library.seconds(items) if items else 0.0
        return abs(takes - seconds) > filling.CLOSE * seconds

    def planned(
        self, workout: Workout, reasons: list[Reason], request: Request,
    ) -> Planned:
        """With the words that were not understood, and everything worded."""
        if request.unknown:
            reasons = [*reasons, ('not_understood', {'words': tuple(request.unknown)})]
        return Planned(
            workout, tuple(reasons), explain(reasons, self._words),
            self._library.seconds(workout.items) if workout.items else 0.0,
            tuple(request.unknown), request.keep, request, request.level or 'medium')

    def _gear(self, request: Request) -> set[str] | None:
        """What may be needed; None = anything."""
        if request.no_gear:
            return set(request.gear)
        if request.all_gear:
            return {g for e in self._library.exercises.values() for g in e.equipment
                    } - request.banned_gear
        return (set(self._has) | request.gear) - request.banned_gear

    def _candidates(self, request: Request, gear: bool = True) -> dict[str, Exercise]:
        return filling.allowed(
            self._library, request.level or 'medium', request.joints,
            self._gear(request) if gear else None, request.no_jump, request.banned,
            request.banned_groups)

    def _permitted(self, name: str, request: Request) -> bool:
        """Whoever names an exercise has what it needs, and its level; unless that is forbidden."""
        exercise = self._library.exercises[name]
        return not (
            name in request.banned or request.joints & set(exercise.avoid_for)
            or (request.no_jump and exercise.impact == 'jump')
            or request.banned_gear & set(exercise.equipment)
            or (request.no_gear and set(exercise.equipment) - request.gear))

    def _dose(self, wanted: Wanted, request: Request, level: str) -> Dose:
        exercise = self._library.exercises[wanted.exercise]
        one = filling.dose(exercise, level, self._past.usual.get(wanted.exercise, 0.0))
        said = wanted.seconds if one.timed else wanted.reps or request.reps
        if wanted.seconds and not one.timed:  # squats for a minute
            said = max(1, round(wanted.seconds / one.pace))
        elif wanted.reps and one.timed:       # twenty planks are taken for seconds
            said = wanted.reps
        if said:
            one = replace(one, amount=said, least=said, most=said)
        return replace(one, sets=wanted.sets or request.sets)

    def _items(
        self, doses: Sequence[Dose], request: Request, seconds: float, level: str,
    ) -> tuple[Item, ...]:
        rest = filling.rest_of(level) if request.rest is None else request.rest
        if seconds and not request.rounds:
            return tuple(filling.fitted(doses, seconds, rest, request.rest is not None))
        if seconds:
            one = filling.fitted(
                [replace(d, sets=1) for d in doses],
                (seconds + rest) / request.rounds - rest, rest, True)
            return tuple(one) * request.rounds
        items = [replace(d, sets=d.sets or 1).item(rest) for d in doses]
        return tuple(items) * max(1, request.rounds)

    # Why it is so.

    def _why(
        self, items: Sequence[Item], request: Request, seconds: float, reasons: list[Reason],
    ) -> list[Reason]:
        takes = self._library.seconds(items)
        found: list[Reason] = []
        # What was said to be taken, it takes.
        if not any(key == 'default_time' for key, _ in reasons) or self._missed(items, seconds):
            found.append(('takes', {'seconds': takes}))
        if request.groups:
            found.append(('trains', {'groups': tuple(request.groups)}))
        gear = sorted({g for i in items for g in self._exercise(i).equipment})
        if gear:
            found.append(('gear', {'gear': tuple(gear)}))
        elif request.no_gear:
            found.append(('bodyweight', {}))
        if request.no_jump:
            found.append(('no_jump', {}))
        if request.joints:
            found.append(('spared', {'joints': tuple(sorted(request.joints))}))
        if any(i.exercise in self._past.usual for i in items):
            found.append(('usual', {}))
        if seconds and self._missed(items, seconds):
            found.append(('missed', {'seconds': seconds}))
        return [*reasons, *found]

    def _why_none(self, request: Request) -> Reason:
        wanted = {m for group in request.groups for m in filling.GROUPS[group]}
        with_gear = {
            n: e for n, e in self._candidates(request, gear=False).items()
            if e.muscles[0] in wanted and not request.no_gear}
        gear = sorted({g for e in with_gear.values() for g in e.equipment})
        return ('needs', {'gear': tuple(gear)}) if gear else ('nothing_left', {})

    def _exercise(self, item: Item) -> Exercise:
        return self._library.exercises[item.exercise]

    def _named(self, items: tuple[Item, ...], request: Request) -> Workout:
        what = self._words.listed(
            [self._words.group_names[g] for g in request.groups]
        ) if request.groups else self._words.names['workout']
        if request.seconds:
            what += f', {minutes(request.seconds, self._words)}'
        return Workout(what, items)

    # A changed plan.

    def change(self, planned: Planned, marks: list[Mark]) -> Planned:
        items = list(planned.workout.items)
        reader = Reader(marks)
        changed = _Changed(self, planned, items, reader)
        changed.all()
        request = read(
            [m for i, m in enumerate(reader.marks) if i not in reader.used], self._words)
        changed.asked(request)
        reasons = changed.reasons
        if not reasons and request.keep == '':
            reasons = [('unchanged', {})]
        elif changed.items:
            reasons = [*reasons, ('takes', {'seconds': self._library.seconds(changed.items)})]
        if changed.name == self._named((), planned.request).name:
            changed.name = self._named((), changed.request).name
        found = self.planned(
            Workout(changed.name, tuple(changed.items)), reasons, changed.request)
        return replace(
            found, keep=request.keep if request.keep != '' else planned.keep,
            level=changed.level, not_understood=tuple(request.unknown))


class _Changed:
    """A plan while it is being changed."""

    def __init__(self, planner: _Planner, planned: Planned, items: list[Item], reader: Reader):
        self.planner, self.items, self.reader = planner, items, reader
        self.words, self.library = planner._words, planner._library
        self.name, self.level = planned.workout.name, planned.level
        self.before = planned.request
        self.request = replace(deepcopy(planned.request), unknown=[], keep='')
        self.reasons: list[Reason] = []

    def all(self) -> None:
        """What has a word of its own: swap, more, less, longer, shorter."""
        for step in (self._ordinals, self._swap, self._instead, self._rest, self._amounts,
                     self._groups, self._length):
            step()

    def _ordinals(self) -> None:
        """The second exercise is the one that is there."""
        marks = self.reader.marks
        for place in self.reader.free('ordinal'):
            number = marks[place]['ordinal']
            behind = self.reader.is_free(place + 1, 'count') or (
                self.reader.is_free(place + 1, NUMBER) and marks[place + 1].number == 1)
            if behind and isinstance(number, int) and -1 <= number < len(self.items):
                name = self.items[number].exercise
                marks[place] = Mark(marks[place].text, {'exercise': name})
                self.reader.use(place + 1)

    # Swapping.

    def _swap(self) -> None:
        for place in self.reader.free('swap'):
            named = [i for i in self.reader.free('exercise') if i > place][:2]
            if len(named) == 2:
                self._swapped(*(str(self.reader.marks[i]['exercise']) for i in named))
                self.reader.use(place, *named, *(
                    i for i in self.reader.free('for') if named[0] < i < named[1]))
            elif len(named) == 1 and self._in_it(name := str(
                    self.reader.marks[named[0]]['exercise'])):
                # `change the squats`: whatever is nearest to them.
                self._replaced(name)
                self.reader.use(place, *named)

    def _instead(self) -> None:
        for place in self.reader.free('instead'):
            after = [i for i in self.reader.free('exercise') if i > place][:1]
            before = [i for i in self.reader.free('exercise') if i < place][-1:]
            if after and before:
                self._swapped(*(
                    str(self.reader.marks[i]['exercise']) for i in (*after, *before)))
                self.reader.use(place, *after, *before)

    def _swapped(self, old: str, new: str) -> None:
        if not self._in_it(old):
            if self._in_it(new):
                old, new = new, old
            else:
                self.reasons.append(('not_in_it', {'exercise': old}))
                return
        if not self.planner._permitted(new, self.request):
            self.reasons.append(('left_out', {'exercises': [new]}))
            return
        work = self.library.work
        for i, item in enumerate(self.items):
            if item.exercise == old:
                one = filling.dose(self.library.exercises[new], self.level, 0.0)
                amount = filling.limited(one, work(item) / one.pace)
                self.items[i] = replace(one, amount=amount, sets=item.sets).item(item.rest)
        self.reasons.append(('swapped', {'old': old, 'new': new}))

    def _replaced(self, old: str) -> bool:
        """Another exercise for the same muscles in its place; False when there is none."""
        there = [self.library.exercises[i.exercise] for i in self.items]
        main = self.library.exercises[old].muscles[:1]
        every = self.planner._candidates(replace(
            self.request, banned=self.request.banned | {old}))
        groups = self.request.groups or [
            g for g, muscles in filling.GROUPS.items() if set(main) <= set(muscles)][:1]
        found = filling.chosen(every, groups, 1, self.level, there)
        if found:
            self._swapped(old, found[0])
        return bool(found)

    # More and less.

    def _rest(self) -> None:
        for place in self.reader.free('rest'):
            sign = self._sign(range(place - 2, place + 3))
            if not sign:
                continue
            step = next((s for i in range(place - 4, place + 4)
                         if (s := self.reader.duration(i))), _REST_STEP)
            for i in range(place - 4, place + 4):
                if self.reader.duration(i):
                    self.reader.use(i, i + 1)
            self.reader.use(place, *self._signs(range(place - 2, place + 3)))
            self._set_rest(partial(_moved, step=sign * step))

    def _set_rest(self, new: Callable[[float], float]) -> None:
        self.items = [replace(item, rest=new(item.rest)) for item in self.items]
        rest = self.items[0].rest if self.items else 0.0
        self.request.rest = rest
        self.reasons.append(('rest_now', {'seconds': rest}) if rest else ('no_rest', {}))

    def _amounts(self) -> None:
        """Five more squats, less push-ups, two more sets, a longer plank."""
        for place in self.reader.free('exercise'):
            near = [*self._before(place), *self._behind(place)]
            sign = self._sign(near)
            if not sign:
                continue
            name = str(self.reader.marks[place]['exercise'])
            if self._in_it(name):
                self._change(name, sign, near)
                self.reader.use(place, *self._signs(near))
            elif sign < 0:
                self.reasons.append(('not_in_it', {'exercise': name}))
                self.reader.use(place, *self._signs(near))
        for place in self.reader.free('sets') + self.reader.free('reps'):
            near = list(range(max(0, place - 3), place + 2))
            sign = self._sign(near)
            if not sign:
                continue
            if 'sets' in self.reader.marks[place]:
                number = self._number(near) or 1
                self.items = [replace(i, sets=max(1, i.sets + sign * number)) for i in self.items]
                self._now(self.items)
            else:
                self._change('', sign, near)
            self.reader.use(place, *self._signs(near))

    def _groups(self) -> None:
        """More core: one exercise for it besides. Less legs: less of all that trains them."""
        for place in self.reader.free('group'):
            near = [*self._before(place), *self._behind(place)]
            sign = self._sign(near)
            if not sign:
                continue
            group = str(self.reader.marks[place]['group'])
            self.reader.use(place, *self._signs(near))
            if sign > 0:
                self._one_more([group])
                continue
            for name in dict.fromkeys(i.exercise for i in self.items):
                if self.library.exercises[name].muscles[0] in filling.GROUPS[group]:
                    self._change(name, sign, ())

    def _one_more(self, groups: Sequence[str]) -> bool:
        """Another exercise; the time stays where one was asked for."""
        there = [self.library.exercises[i.exercise] for i in self.items]
        found = filling.chosen(
            self.planner._candidates(self.request), groups, 1, self.level, there,
            self.planner._past.usual)
        if found:
            self._wanted(Wanted(found[0]))
            if self.before.seconds:
                self._fit(self.before.seconds)
        return bool(found)

    def _number_of_exercises(self, number: int) -> None:
        before = [i.exercise for i in self.items]
        while len(self.items) < number and self._one_more(self.request.groups):
            pass
        self.items = self.items[:number]
        self.reasons += [('removed', {'exercise': name}) for name in before[number:]]
        if self.before.seconds:
            self._fit(self.before.seconds)

    def _change(self, name: str, sign: int, near: Iterable[int]) -> None:
        """More or less of an exercise, '' of all."""
        near = list(near)
        number, sets = self._number(near), [i for i in near if self.reader.is_free(i, 'sets')]
        self.reader.use(*sets, *(i for i in near if self.reader.is_free(i, 'reps', 'second')))
        for i, item in enumerate(self.items):
            if name and item.exercise != name:
                continue
            if sets:
                self.items[i] = replace(item, sets=max(1, item.sets + sign * (number or 1)))
            elif item.seconds:
                step = number or max(5, 5 * round(item.seconds * _BIT / 5))
                self.items[i] = replace(item, seconds=max(5.0, item.seconds + sign * step))
            else:
                step = number or max(1, round(item.reps * _BIT))
                self.items[i] = replace(item, reps=max(1, item.reps + sign * step))
        self._now([i for i in self.items if not name or i.exercise == name])

    def _now(self, items: Iterable[Item]) -> None:
        self.reasons += [('now', {
            'exercise': i.exercise, 'sets': i.sets, 'reps': i.reps, 'seconds': i.seconds})
            for i in items]

    def _length(self) -> None:
        """Shorter, longer, easier, harder; the whole of it."""
        shorter, longer = self.reader.free('shorter'), self.reader.free('longer')
        takes = self.library.seconds(self.items) if self.items else 0.0
        minutes = [i for i, _ in enumerate(self.reader.marks) if self.reader.duration(i)]
        if (shorter or longer) and takes:
            seconds = takes * (_SHORTER if shorter else _LONGER)
            if seconds > 3 * MINUTE:
                seconds = MINUTE * round(seconds / MINUTE)
            if minutes:  # five minutes shorter
                step = self.reader.duration(minutes[0])
                seconds = max(MINUTE, takes + (-step if shorter else step))
                self.reader.use(minutes[0], minutes[0] + 1)
            self.reader.use(*shorter, *longer)
            self._fit(seconds)
        elif minutes and takes and not self.reader.free('exercise'):
            less, more = self.reader.free('less'), self.reader.free('more')
            step = self.reader.duration(minutes[0])
            if less or more:
                self.reader.use(*less, *more, minutes[0], minutes[0] + 1)
                self._fit(max(MINUTE, takes + (-step if less else step)))
        for kind, factor in (('easy', 1 - _BIT), ('hard', 1 + _BIT)):
            places = self.reader.free(kind)
            if places:
                self.reader.use(*places)
                self.level = self.request.level = kind
                self._scale(factor, kind)

    def _scale(self, factor: float, level: str) -> None:
        """The whole of it easier or harder; what is too hard is replaced."""
        for item in list(self.items):
            exercise = self.library.exercises[item.exercise]
            if level == 'easy' and exercise.level == 'hard':
                self._replaced(item.exercise)
        self.items = [
            replace(i, reps=max(1, round(i.reps * factor)) if i.reps else 0,
                    seconds=max(5.0, 5.0 * round(i.seconds * factor / 5)) if i.seconds else 0.0)
            for i in self.items]
        self._now(self.items)

    # What is asked for as in a new plan.

    def asked(self, request: Request) -> None:
        """Numbers of exercises, what is forbidden, the time."""
        mine = self.request
        mine.unknown, mine.keep = request.unknown, request.keep
        mine.banned |= request.banned
        mine.banned_groups |= request.banned_groups
        mine.joints |= request.joints
        mine.gear |= request.gear
        mine.banned_gear |= request.banned_gear
        mine.no_gear, mine.no_jump = mine.no_gear or request.no_gear, (
            mine.no_jump or request.no_jump)
        mine.all_gear = mine.all_gear or request.all_gear
        if request.groups or request.gear or request.all_gear:
            self._remade(request)
            return
        for name in sorted(request.banned):
            if not self._in_it(name):
                self.reasons.append(('not_in_it', {'exercise': name}))
        self._remove()
        for wanted in request.wanted:
            self._wanted(wanted)
        if request.sets and not request.wanted:
            self.items = [replace(i, sets=request.sets) for i in self.items]
            self._now(self.items)
        if request.reps and not request.wanted:
            self.items = [replace(i, reps=request.reps) if i.reps else i for i in self.items]
            self._now(self.items)
        if request.number:
            self._number_of_exercises(request.number)
        if request.rest is not None:
            self._set_rest(lambda _: request.rest or 0.0)
        if request.seconds and self.items:
            self._fit(request.seconds)

    def _remade(self, request: Request) -> None:
        """Other muscles are another plan, with all that was said before."""
        made = self.planner.make(replace(
            self.request, groups=request.groups or self.request.groups, wanted=request.wanted,
            seconds=request.seconds or self.request.seconds or self.library.seconds(self.items),
            rest=self.request.rest if request.rest is None else request.rest, unknown=[]))
        if made:
            self.items, self.name = list(made.workout.items), made.workout.name
        self.reasons += [r for r in made.reasons if r[0] not in ('takes', 'not_understood')]
        self.request.groups = request.groups or self.request.groups

    def _remove(self) -> None:
        """What is no longer permitted is replaced where a time was asked for, else left out."""
        bad = [i.exercise for i in self.items
               if not self.planner._permitted(i.exercise, self.request)
               or self._muscles_banned(i.exercise)]
        for name in dict.fromkeys(bad):
            if self.before.seconds and self._replaced(name):
                continue
            self.items = [i for i in self.items if i.exercise != name]
            self.reasons.append(('removed', {'exercise': name}))
        if bad and self.before.seconds and self.items:
            self._fit(self.before.seconds)
        if not self.items:
            self.reasons.append(('nothing_left', {}))

    def _muscles_banned(self, name: str) -> bool:
        muscles = {m for g in self.request.banned_groups for m in filling.GROUPS[g]}
        return self.library.exercises[name].muscles[0] in muscles

    def _wanted(self, wanted: Wanted) -> None:
        if not self.planner._permitted(wanted.exercise, self.request):
            self.reasons.append(('left_out', {'exercises': [wanted.exercise]}))
            return
        one = self.planner._dose(wanted, Request(), self.level)
        if self._in_it(wanted.exercise):
            for i, item in enumerate(self.items):
                if item.exercise == wanted.exercise:
                    new = replace(one, sets=wanted.sets or item.sets).item(item.rest)
                    if not (wanted.reps or wanted.seconds):
                        new = replace(new, reps=item.reps, seconds=item.seconds)
                    self.items[i] = new
            self._now([i for i in self.items if i.exercise == wanted.exercise])
            return
        rest = self.items[-1].rest if self.items else filling.rest_of(self.level)
        # As many sets as the others have.
        usual = sorted(i.sets for i in self.items)[len(self.items) // 2] if self.items else 1
        sets = wanted.sets or (1 if wanted.reps or wanted.seconds else usual)
        self.items.append(replace(one, sets=sets).item(rest))
        self.reasons.append(('added', {'exercise': wanted.exercise}))

    def _fit(self, seconds: float) -> None:
        """The same exercises in another time; the last ones go when there are too many."""
        self.request.seconds = seconds
        doses = []
        for item in self.items:
            one = filling.dose(self.library.exercises[item.exercise], self.level)
            amount = item.seconds if one.timed else float(item.reps)
            amount = amount or one.amount
            doses.append(replace(
                one, amount=amount, least=min(one.least, amount), most=max(one.most, amount)))
        rest = self.items[0].rest
        before = [i.exercise for i in self.items]
        self.items = filling.fitted(doses, seconds, rest, self.request.rest is not None)
        for name in before:
            if not self._in_it(name):
                self.reasons.append(('removed', {'exercise': name}))
        if not self.reasons:
            self.reasons.append(('fitted', {}))
        if self.planner._missed(self.items, seconds):
            self.reasons.append(('missed', {'seconds': seconds}))

    # Looking around.

    def _in_it(self, name: str) -> bool:
        return any(i.exercise == name for i in self.items)

    def _signs(self, places: Iterable[int]) -> list[int]:
        return [i for i in places if self.reader.is_free(i, 'more', 'less', 'longer', 'shorter')]

    def _before(self, place: int) -> list[int]:
        """Up to four places in front of one, as far as they belong to it; the nearest first."""
        found = []
        for i in range(place - 1, max(-1, place - 5), -1):
            if any(kind in self.reader.marks[i]
                   for kind in (COMMA, 'and', 'add', 'exercise', 'group', 'rest')):
                break
            found.append(i)
        return found

    def _behind(self, place: int) -> list[int]:
        """The next two places, as far as they belong to this one."""
        found = []
        for i in range(place + 1, min(place + 3, len(self.reader.marks))):
            if any(kind in self.reader.marks[i] for kind in (COMMA, 'and', 'exercise')):
                break
            found.append(i)
        return found

    def _sign(self, places: Iterable[int]) -> int:
        """+1 for more, -1 for less, 0 when neither is said there."""
        for place in places:
            if self.reader.is_free(place, 'more', 'longer'):
                return 1
            if self.reader.is_free(place, 'less', 'shorter'):
                return -1
        return 0

    def _number(self, places: Iterable[int]) -> int:
        for place in places:
            if self.reader.is_free(place, NUMBER):
                self.reader.use(place)
                return self.reader.marks[place].number
        return 0


def _moved(rest: float, step: float) -> float:
    return max(0.0, rest + step)


def explain(reasons: Iterable[Reason], words: Vocabulary) -> str:
    """The reasons as sentences."""
    return ' '.join(filter(None, (_sentence(key, values, words) for key, values in reasons)))


def _sentence(key: str, values: Mapping[str, object], words: Vocabulary) -> str:
    template = words.sentences.get(key)
    if template is None:
        return ''
    text = template.format_map(_Worded(values, words))
    return text[:1].upper() + text[1:]


class _Worded(dict):
    """The fields of a sentence, from the values of a reason."""

    def __init__(self, values: Mapping[str, object], words: Vocabulary):
        super().__init__()
        self._values, self._words = values, words

    def __missing__(self, key: str) -> str:
        v, w = self._values, self._words
        if key == 'time':
            return minutes(float(str(v['seconds'])), w)
        if key == 'amount':
            amount = w.words.duration(float(str(v['seconds']))) if v.get('seconds') else (
                w.words.count('repetitions', int(str(v.get('reps', 0)))))
            sets = int(str(v.get('sets', 1)))
            return amount if sets == 1 else w.names['sets'].format(
                n=w.words.number(sets), amount=amount)
        if key in ('old', 'new', 'exercise'):
            return w.exercise(str(v[key]))
        for kind, names in (('groups', w.group_names), ('joints', w.joint_names),
                            ('gear', w.gear_names)):
            if kind in v:
                return w.listed([names.get(n, n) for n in _texts(v[kind])])
        if 'exercises' in v:
            return w.listed([w.exercise(n) for n in _texts(v['exercises'])])
        if 'exercise' in v:
            return w.exercise(str(v['exercise']))
        return w.listed(_texts(v.get('words') or [v.get('name', '')]))


def _texts(values: object) -> list[str]:
    return [str(v) for v in values] if isinstance(values, list | tuple) else [str(values)]


def minutes(seconds: float, words: Vocabulary) -> str:
    """A time as one says it: whole minutes from two on, below that steps of five seconds."""
    about = _STEP * round(seconds / _STEP)
    if about < 90 and about != MINUTE:
        return words.words.duration(about)
    whole = round(seconds / MINUTE)
    return words.names['minute'] if whole == 1 else words.names['minutes'].format(
        n=words.words.number(whole))
