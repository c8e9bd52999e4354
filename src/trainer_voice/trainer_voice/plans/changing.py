"""A plan changed by words: swap, less, longer, easier, and all that can be asked of a new one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import partial
from operator import mul
from typing import TYPE_CHECKING

from trainer_voice.plans import filling
from trainer_voice.plans.request import MINUTE, Reader, Request, Wanted
from trainer_voice.plans.vocabulary import COMMA, NUMBER, Mark

if TYPE_CHECKING:
    from trainer_voice.dialogue.events import Item
    from trainer_voice.plans.explaining import Reason
    from trainer_voice.plans.planner import Planned, Planner

_BIT = 0.2                 # a bit less, a bit more: share of an amount
_REST_STEP = 15.0          # s, longer and shorter rest
_SHORTER, _LONGER = 0.75, 1.25


class Changed:
    """A plan while it is being changed."""

    def __init__(self, planner: Planner, planned: Planned, items: list[Item], reader: Reader):
        self.planner, self.items, self.reader = planner, items, reader
        self.words, self.library = planner.words, planner.library
        self.name, self.level = planned.workout.name, planned.level
        self.before = planned.request
        self.request = replace(deepcopy(planned.request), unknown=[], keep='')
        self.reasons: list[Reason] = []

    def all(self) -> None:
        """What has a word of its own: swap, more, less, longer, shorter."""
        for step in (self._ordinals, self._swap, self._instead, self._others, self._order,
                     self._times, self._rest, self._counts, self._amounts, self._groups,
                     self._length, self._all_of_it):
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
            other = [i for i in self.reader.free('other') if i < place]
            if after and other and not before:
                if self._in_it(name := str(self.reader.marks[after[0]]['exercise'])):
                    self._replaced(name)
                    self.reader.use(place, *after, *other)
            elif after and before:
                self._swapped(*(
                    str(self.reader.marks[i]['exercise']) for i in (*after, *before)))
                self.reader.use(place, *after, *before)

    def _others(self) -> None:
        """Something else: other exercises for the same muscles, for those named or all."""
        places = [i for i in self.reader.free('other') if not (
            self.reader.free('group') or self.reader.free('add') or self.reader.free('more'))]
        if places:
            named = [i for i in self.reader.free('exercise')
                     if self._in_it(str(self.reader.marks[i]['exercise']))]
            old = [str(self.reader.marks[i]['exercise']) for i in named] or list(
                dict.fromkeys(i.exercise for i in self.items))
            for name in old:
                self._replaced(name, besides=old)
            self.reader.use(*places, *named)

    def _order(self) -> None:
        """Start with the plank; put the squats last."""
        marks = self.reader.marks
        for place in [*self.reader.free('front'), *self.reader.free('end'),
                      *self.reader.free('ordinal')]:
            first = 'front' in marks[place] or marks[place].means.get('ordinal') == 0
            if not first and 'end' not in marks[place] and marks[place]['ordinal'] != -1:
                continue
            near = sorted(self.reader.free('exercise'), key=lambda i: abs(i - place))[:1]
            moved = [i for i in self.items if near and i.exercise == marks[near[0]]['exercise']]
            if not moved:
                continue  # what is added is last anyway
            left = [i for i in self.items if i not in moved]
            self.items = [*moved, *left] if first else [*left, *moved]
            self.reasons.append(('first' if first else 'last', {'exercise': moved[0].exercise}))
            self.reader.use(place, *near)

    def _times(self) -> None:
        """Twice as many squats, half the rest; the double of everything."""
        marks = self.reader.marks
        for kind, factor in (('double', 2.0), ('triple', 3.0), ('half', 0.5)):
            for place in self.reader.free(kind):
                near = [i for i in range(place - 2, place + 4) if self.reader.is_free(
                    i, 'exercise', 'rest', 'sets') and i != place]
                length = 'longer' in marks[place] or 'shorter' in marks[place]
                self.reader.use(place, *near)
                named = {str(marks[i]['exercise']) for i in near if 'exercise' in marks[i]}
                if any('rest' in marks[i] for i in near):
                    self._set_rest(partial(mul, factor))
                elif any('sets' in marks[i] for i in near):
                    self.items = [
                        replace(i, sets=max(1, round(i.sets * factor)))
                        if i.exercise in (named or {i.exercise}) else i for i in self.items]
                    self._now([i for i in self.items if i.exercise in (named or {i.exercise})])
                elif length and not named and self.items:
                    self._fit(self.library.seconds(self.items) * factor)
                else:
                    self._scaled(factor, named)

    def _scaled(self, factor: float, names: Collection[str] = ()) -> None:
        """All amounts, or those of some exercises, by a factor."""
        for i, item in enumerate(self.items):
            if not names or item.exercise in names:
                self.items[i] = replace(
                    item, reps=max(1, round(item.reps * factor)) if item.reps else 0,
                    seconds=max(5.0, 5.0 * round(item.seconds * factor / 5))
                    if item.seconds else 0.0)
        for name in names:
            if not self._in_it(name):
                self.reasons.append(('not_in_it', {'exercise': name}))
        self._now([i for i in self.items if not names or i.exercise in names])

    def _swapped(self, old: str, new: str) -> None:
        if not self._in_it(old):
            if self._in_it(new):
                old, new = new, old
            else:
                self.reasons.append(('not_in_it', {'exercise': old}))
                return
        if not self.planner.permitted(new, self.request):
            self.reasons.append(('left_out', {'exercises': [new]}))
            return
        work = self.library.work
        if self._in_it(new):  # more sets of what there is
            sets = sum(i.sets for i in self.items if i.exercise == old)
            place = next(i for i, item in enumerate(self.items) if item.exercise == new)
            self.items[place] = replace(self.items[place], sets=self.items[place].sets + sets)
            self.items = [i for i in self.items if i.exercise != old]
        for i, item in enumerate(self.items):
            if item.exercise == old:
                one = filling.dose(self.library.exercises[new], self.level, 0.0)
                amount = filling.limited(one, work(item) / one.pace)
                self.items[i] = replace(one, amount=amount, sets=item.sets).item(item.rest)
        self.reasons.append(('swapped', {'old': old, 'new': new}))

    def _replaced(self, old: str, besides: Collection[str] = ()) -> bool:
        """Another exercise for the same muscles in its place, and none of those besides it; False
        when there is none.
        """
        there = [self.library.exercises[i.exercise] for i in self.items]
        main = self.library.exercises[old].muscles[:1]
        every = self.planner.candidates(replace(
            self.request, banned=self.request.banned | {old, *besides}))
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

    def _counts(self) -> None:
        """Two more exercises, one exercise less."""
        for place in self.reader.free('count'):
            near = _nearest(place)
            sign = self._sign(near)
            if sign:
                number = len(self.items) + sign * (self._number(near) or 1)
                self.reader.use(place, *self._signs(near))
                self._number_of_exercises(max(1, number))

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
            near = _nearest(place)
            sign = self._sign(near)
            if not sign:
                continue
            if 'sets' in self.reader.marks[place]:
                number = self._number(near) or 1
                self.items = [replace(i, sets=max(1, i.sets + sign * number)) for i in self.items]
                self._now(self.items)
            else:
                self._change('', sign, near)
            self.reader.use(place, *self._signs(near)[:1])

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

    def _one_more(self, groups: Sequence[str], gear: Collection[str] = ()) -> bool:
        """Another exercise, with gear where it is given; the time stays where one was asked for."""
        there = [self.library.exercises[i.exercise] for i in self.items]
        found = filling.chosen(
            {name: e for name, e in self.planner.candidates(self.request).items()
             if not gear or set(e.equipment) & set(gear)}, groups, 1, self.level, there,
            self.planner.past.usual)
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

    def _all_of_it(self) -> None:
        """Too much; a bit more: of everything."""
        less, more = self.reader.free('less'), self.reader.free('more')
        if (less or more) and not self.reasons and all(
                m in ('less', 'more') for mark in self.reader.marks for m in mark.means):
            self.reader.use(*less, *more)
            self._scaled(1 - _BIT if less else 1 + _BIT)

    def _scale(self, factor: float, level: str) -> None:
        """The whole of it easier or harder; what is too hard is replaced."""
        for item in list(self.items):
            exercise = self.library.exercises[item.exercise]
            if level == 'easy' and exercise.level == 'hard':
                self._replaced(item.exercise)
        self._scaled(factor)

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
        if request.groups or (request.gear or request.all_gear) and not self.before.wanted:
            self._remade(request)
            return
        if request.gear and not request.wanted:
            self._one_more(self.before.groups, request.gear)
        only = self._only()
        if only:
            self.items = [i for i in self.items
                          if any(w.exercise == i.exercise for w in request.wanted)]
        for name in sorted(request.banned):
            if not self._in_it(name):
                self.reasons.append(('not_in_it', {'exercise': name}))
        taken = self._remove(replaced=not request.wanted)
        for wanted in request.wanted:
            self._wanted(wanted)
        if (taken or only) and self.before.seconds and request.wanted and not request.seconds:
            self._fit(self.before.seconds)  # burpees in place of squats
        if only:
            self._now(self.items)
        if request.no_jump and not self.reasons:
            self.reasons.append(('no_jump', {}))
        if request.joints and not taken:
            self.reasons.append(('spared', {'joints': tuple(sorted(request.joints))}))
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
        gear = sorted({g for i in self.items for g in self.library.exercises[i.exercise].equipment})
        said = [r for r in made.reasons if r[0] not in ('takes', 'not_understood', 'gear')]
        self.reasons += said
        if gear:
            self.reasons.append(('gear', {'gear': tuple(gear)}))
        self.request.groups = request.groups or self.request.groups

    def _only(self) -> bool:
        """Just squats; but not: just ten squats, just two sets."""
        return any(self.reader.is_free(i + 1, 'exercise') for i in self.reader.free('only'))

    def _remove(self, replaced: bool) -> bool:
        """What is no longer permitted goes, replaced where a time was asked for and nothing else
        is to come; whether anything was.
        """
        bad = [i.exercise for i in self.items
               if not self.planner.permitted(i.exercise, self.request)
               or self._muscles_banned(i.exercise)]
        for name in dict.fromkeys(bad):
            if replaced and self.before.seconds and self._replaced(name):
                continue
            self.items = [i for i in self.items if i.exercise != name]
            self.reasons.append(('removed', {'exercise': name}))
        if bad and self.before.seconds and self.items:
            self._fit(self.before.seconds)
        if not self.items and replaced:
            self.reasons.append(('nothing_left', {}))
        return bool(bad)

    def _muscles_banned(self, name: str) -> bool:
        muscles = {m for g in self.request.banned_groups for m in filling.GROUPS[g]}
        return self.library.exercises[name].muscles[0] in muscles

    def _wanted(self, wanted: Wanted) -> None:
        if not self.planner.permitted(wanted.exercise, self.request):
            self.reasons.append(('left_out', {'exercises': [wanted.exercise]}))
            return
        one = self.planner.dose(wanted, Request(), self.level)
        if self._in_it(wanted.exercise):
            for i, item in enumerate(self.items):
                if item.exercise == wanted.exercise:
                    new = replace(one, sets=wanted.sets or item.sets).item(item.rest)
                    if not (wanted.reps or wanted.seconds):
                        new = replace(new, reps=item.reps, seconds=item.seconds)
                    self.items[i] = new
            if wanted.counted:
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
        if self.planner.missed(self.items, seconds):
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


def _nearest(place: int) -> list[int]:
    """Places around one, the nearest first, of two the one before."""
    return [i for i in (place, place - 1, place + 1, place - 2, place - 3) if i >= 0]


def _moved(rest: float, step: float) -> float:
    return max(0.0, rest + step)
