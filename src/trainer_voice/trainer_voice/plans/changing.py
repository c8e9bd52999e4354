"""Words to changes of a plan: swap, less, longer, easier, all that a new one may be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from operator import mul

from trainer_voice.dialogue.events import Item
from trainer_voice.plans import filling
from trainer_voice.plans.changed import BIT, Changed, longer_than_minutes, moved
from trainer_voice.plans.reader import MINUTE, Reader
from trainer_voice.plans.request import Request
from trainer_voice.plans.vocabulary import COMMA, NUMBER, Mark

_REST_STEP = 15.0          # s, longer and shorter rest
_SHORTER, _LONGER = 0.75, 1.25
_FACTORS = (('double', 2.0), ('triple', 3.0), ('half', 0.5))


class Changing:
    """Reads what is to become of a plan; first `all`, then `asked` with what that has left."""

    def __init__(self, plan: Changed, reader: Reader):
        self.plan, self.reader = plan, reader

    def all(self) -> None:
        """What has a word of its own: swap, more, less, longer, shorter."""
        for step in (self._ordinals, self._swap, self._instead, self._others, self._order,
                     self._times, self._rest, self._counts, self._amounts, self._groups,
                     self._length, self._level, self._all_of_it):
            step()

    def _ordinals(self) -> None:
        """The second exercise is the one that is there."""
        marks = self.reader.marks
        for place in self.reader.free('ordinal'):
            number = marks[place]['ordinal']
            behind = self.reader.is_free(place + 1, 'count') or (
                self.reader.is_free(place + 1, NUMBER) and marks[place + 1].number == 1)
            if behind and isinstance(number, int) and -1 <= number < len(self.plan.items):
                name = self.plan.items[number].exercise
                marks[place] = Mark(marks[place].text, {'exercise': name})
                self.reader.use(place + 1)

    # Swapping.

    def _swap(self) -> None:
        for place in self.reader.free('swap'):
            named = [i for i in self.reader.free('exercise') if i > place][:2]
            if len(named) == 2:
                self.plan.swap(*(self._exercise(i) for i in named))
                self.reader.use(place, *named, *(
                    i for i in self.reader.free('for') if named[0] < i < named[1]))
            elif len(named) == 1 and self.plan.has(name := self._exercise(named[0])):
                self._for_any([name])  # `change the squats`: whatever is nearest to them
                self.reader.use(place, *named)

    def _instead(self) -> None:
        for place in self.reader.free('instead'):
            after = [i for i in self.reader.free('exercise') if i > place][:1]
            before = [i for i in self.reader.free('exercise') if i < place][-1:]
            other = [i for i in self.reader.free('other') if i < place]
            if after and other and not before:
                if self.plan.has(name := self._exercise(after[0])):
                    self._for_any([name])
                    self.reader.use(place, *after, *other)
            elif after and before:
                self.plan.swap(*(self._exercise(i) for i in (*after, *before)))
                self.reader.use(place, *after, *before)

    def _others(self) -> None:
        """Something else: other exercises for the same muscles, for those named or all."""
        places = [i for i in self.reader.free('other') if not (
            self.reader.free('group') or self.reader.free('add') or self.reader.free('more'))]
        if places:
            named = [i for i in self.reader.free('exercise') if self.plan.has(self._exercise(i))]
            self._for_any([self._exercise(i) for i in named] or self.plan.names)
            self.reader.use(*places, *named)

    def _for_any(self, old: list[str]) -> None:
        kept = [name for name in old if not self.plan.swap_for_any(name, besides=old)]
        if kept:
            self.plan.reasons.append(('no_other', {'exercises': kept}))

    def _order(self) -> None:
        """Start with the plank; put the squats last."""
        marks = self.reader.marks
        for place in [*self.reader.free('front'), *self.reader.free('end'),
                      *self.reader.free('ordinal')]:
            first = 'front' in marks[place] or marks[place].means.get('ordinal') == 0
            if not first and 'end' not in marks[place] and marks[place]['ordinal'] != -1:
                continue
            near = sorted(self.reader.free('exercise'), key=lambda i: abs(i - place))[:1]
            items = self.plan.items
            to_move = [i for i in items if near and i.exercise == marks[near[0]]['exercise']]
            if not to_move:
                continue  # what is added is last anyway
            left = [i for i in items if i not in to_move]
            self.plan.items = [*to_move, *left] if first else [*left, *to_move]
            self.plan.reasons.append((
                'first' if first else 'last', {'exercise': to_move[0].exercise}))
            self.reader.use(place, *near)

    # More and less.

    def _times(self) -> None:
        """Twice as many squats, half the rest; the double of everything."""
        for kind, factor in _FACTORS:
            for place in self.reader.free(kind):
                near = [i for i in range(place - 2, place + 4) if self.reader.is_free(
                    i, 'exercise', 'rest', 'sets') and i != place]
                mark = self.reader.marks[place]
                self.reader.use(place, *near)
                kinds = {k for i in near for k in self.reader.marks[i].means}
                names = [self._exercise(i) for i in near if 'exercise' in self.reader.marks[i]]
                if 'rest' in kinds:
                    self.plan.set_rest(partial(mul, factor))
                elif 'sets' in kinds:
                    self.plan.change(partial(_times_sets, factor=factor), names)
                elif ('longer' in mark or 'shorter' in mark) and not names and self.plan.items:
                    self.plan.fit(self._takes * factor)
                else:
                    self.plan.scale(factor, names)

    def _rest(self) -> None:
        for place in self.reader.free('rest'):
            near = range(place - 2, place + 3)
            sign = self._sign(near)
            if not sign:
                continue
            said = [i for i in range(place - 4, place + 4) if self.reader.duration(i)][:1]
            step = self.reader.duration(said[0]) if said else _REST_STEP
            self.reader.use(place, *self._signs(near), *said, *(i + 1 for i in said))
            self.plan.set_rest(partial(moved, step=sign * step))

    def _counts(self) -> None:
        """Two more exercises, one exercise less."""
        for place, sign, near in self._signed('count', _nearest):
            number = len(self.plan.items) + sign * (self._number(near) or 1)
            self.reader.use(place)
            self.plan.number(max(1, number))

    def _amounts(self) -> None:
        """Five more squats, less push-ups, two more sets, a longer plank."""
        for place, sign, near in self._signed('exercise'):
            name = self._exercise(place)
            if self.plan.has(name):
                self._stepped([name], sign, near)
                self.reader.use(place)
            elif sign < 0:
                self.plan.reasons.append(('not_in_it', {'exercise': name}))
        for place, sign, near in self._signed('sets', _nearest):
            self.plan.step(sign, number=self._number(near), sets=True)
            self.reader.use(place)
        for place, sign, near in self._signed('reps', _nearest):
            self._stepped([], sign, near)
            self.reader.use(place)

    def _stepped(self, names: list[str], sign: int, near: list[int]) -> None:
        number, sets = self._number(near), [i for i in near if self.reader.is_free(i, 'sets')]
        self.reader.use(*sets, *(i for i in near if self.reader.is_free(i, 'reps', 'second')))
        self.plan.step(sign, names, number, bool(sets))

    def _groups(self) -> None:
        """More core: one exercise for it besides. Less legs: less of all that trains them."""
        for place, sign, _ in self._signed('group'):
            group = str(self.reader.marks[place]['group'])
            self.reader.use(place)
            if sign > 0 and self.plan.add([group]):
                continue
            muscles = set(filling.GROUPS[group])
            first, besides = [[
                name for name in self.plan.names
                if muscles & set(self.plan.library.exercises[name].muscles[:most])
            ] for most in (1, None)]
            if names := first or besides:
                self.plan.step(sign, names)

    def _length(self) -> None:
        """Shorter, longer; five minutes less."""
        minutes = [i for i, _ in enumerate(self.reader.marks) if self.reader.duration(i)][:1]
        step = self.reader.duration(minutes[0]) if minutes else 0.0
        shorter, longer = self.reader.free('shorter'), self.reader.free('longer')
        less, more = self.reader.free('less'), self.reader.free('more')
        until = self.reader.free('until')
        if not self.plan.items:
            return
        if until and step:  # shorten it to fifteen minutes
            self.reader.use(*until, minutes[0], minutes[0] + 1)
            self.plan.fit(step)
            return
        if shorter or longer:
            share = _SHORTER if shorter else _LONGER
            seconds = self._takes + (-step if shorter else step) if step else (
                longer_than_minutes(self._takes * share))
            self.reader.use(*shorter, *longer)
        elif step and (less or more) and not self.reader.free('exercise'):
            seconds = self._takes + (-step if less else step)
            self.reader.use(*less, *more)
        else:
            return
        self.reader.use(*minutes, *(i + 1 for i in minutes))
        self.plan.fit(max(MINUTE, seconds) if step else seconds)

    def _level(self) -> None:
        for level in ('easy', 'hard'):
            if places := self.reader.free(level):
                self.reader.use(*places)
                self.plan.ease(level)

    def _all_of_it(self) -> None:
        """Too much; a bit more; two more: of everything."""
        less, more = self.reader.free('less'), self.reader.free('more')
        numbers = self.reader.free(NUMBER)
        kinds = {kind for mark in self.reader.marks for kind in mark.means}
        if self.plan.reasons or not kinds <= {'less', 'more', 'make', NUMBER} or len(numbers) > 1:
            return
        number = self.reader.marks[numbers[0]].number if numbers else 0
        if number and (less or more):
            self.plan.step(-1 if less else 1, number=number)
        elif number:  # make it twelve: repetitions, if there are any
            counted = [i.exercise for i in self.plan.items if i.reps]
            self.plan.change(partial(_with_amount, number=number), counted)
        elif less or more:
            self.plan.scale(1 - BIT if less else 1 + BIT)
        self.reader.use(*less, *more, *numbers)

    # What is asked for as in a new plan.

    def asked(self, request: Request) -> None:
        """Numbers of exercises, what is forbidden, the time."""
        plan, mine = self.plan, self.plan.request
        named = [w.exercise for w in request.wanted]
        mine.unknown, mine.keep = request.unknown, request.keep
        # Whoever asks for an exercise takes back that it was not wanted.
        mine.banned = mine.banned - set(named) | request.banned
        mine.banned_groups |= request.banned_groups
        mine.joints |= request.joints
        mine.sore |= request.sore
        mine.gear |= request.gear
        mine.banned_gear |= request.banned_gear
        mine.no_gear, mine.no_jump = mine.no_gear or request.no_gear, (
            mine.no_jump or request.no_jump)
        mine.all_gear = mine.all_gear or request.all_gear
        if request.groups or (request.gear or request.all_gear) and not plan.before.wanted:
            plan.remake(request)
            return
        if request.gear and not request.wanted:
            plan.add(plan.before.groups, request.gear)
        only = self._only()
        if only:
            plan.only(named)
        plan.reasons += [('not_in_it', {'exercise': name})
                         for name in sorted(request.banned) if not plan.has(name)]
        taken = plan.drop_forbidden(replaced=not request.wanted)
        for wanted in request.wanted:
            plan.want(wanted)
        if (taken or only) and request.wanted and not request.seconds:
            plan.keep_time()  # burpees in place of squats
        if only:
            plan.change(lambda item: item)
        if request.no_jump and not plan.reasons:
            plan.reasons.append(('no_jump', {}))
        if request.joints and not taken:
            plan.reasons.append(('spared', {'joints': tuple(sorted(request.joints))}))
        if request.sore and not taken:
            plan.reasons.append(('spared', {'groups': tuple(sorted(request.sore))}))
        if request.sets and not request.wanted:
            plan.change(lambda item: replace(item, sets=request.sets))
        if request.reps and not request.wanted:
            plan.change(partial(_with_amount, number=request.reps))
        if request.number:
            plan.number(request.number)
        if request.rest is not None:
            plan.set_rest(lambda _: request.rest or 0.0)
        if request.seconds and plan.items:
            plan.fit(request.seconds)

    def _only(self) -> bool:
        """Just squats; but not: just ten squats, just two sets."""
        return any(self.reader.is_free(i + 1, 'exercise') for i in self.reader.free('only'))

    # Looking around.

    @property
    def _takes(self) -> float:
        return self.plan.library.seconds(self.plan.items)

    def _exercise(self, place: int) -> str:
        return str(self.reader.marks[place]['exercise'])

    def _signed(
        self, kind: str, around: Callable[[int], list[int]] | None = None,
    ) -> Iterator[tuple[int, int, list[int]]]:
        """Where more or less of something is asked for: its place, +1 or -1, and the places around,
        the nearest first; the words for more and less are used up.
        """
        for place in self.reader.free(kind):
            near = around(place) if around else [*self._before(place), *self._behind(place)]
            if sign := self._sign(near):
                self.reader.use(*self._signs(near)[:1 if around else None])
                yield place, sign, near

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


def _times_sets(item: Item, factor: float) -> Item:
    return replace(item, sets=max(1, round(item.sets * factor)))


def _with_amount(item: Item, number: int) -> Item:
    return replace(item, reps=number) if item.reps else item
