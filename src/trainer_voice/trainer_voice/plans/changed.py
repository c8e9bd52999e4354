"""A plan while it is being changed: what can be done to it, and what has been done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from trainer_voice.plans import filling
from trainer_voice.plans.reader import MINUTE
from trainer_voice.plans.request import Request, Wanted
from trainer_voice.plans.workout import round_of

if TYPE_CHECKING:
    from trainer_voice.dialogue.events import Item
    from trainer_voice.plans.explaining import Reason
    from trainer_voice.plans.planner import Planned, Planner

BIT = 0.2   # a bit less, a bit more: share of an amount
_TOLD = 2   # items whose new amounts are told; the names of more are


class Changed:
    """`items` and `request` are the plan as it is now, `reasons` what has become of it."""

    def __init__(self, planner: Planner, planned: Planned):
        self.planner, self.items = planner, list(planned.workout.items)
        self.library = planner.library
        self.name, self.level = planned.workout.name, planned.level
        self.before = planned.request
        self.request = replace(deepcopy(planned.request), unknown=[], keep='')
        self.reasons: list[Reason] = []

    def has(self, name: str) -> bool:
        return any(i.exercise == name for i in self.items)

    @property
    def names(self) -> list[str]:
        """The exercises, each once."""
        return list(dict.fromkeys(i.exercise for i in self.items))

    def change(self, how: Callable[[Item], Item], names: Collection[str] = ()) -> None:
        """Every item, or those of some exercises."""
        self.items = [
            how(i) if not names or i.exercise in names else i for i in self.items]
        self.reasons += [
            ('not_in_it', {'exercise': name}) for name in names if not self.has(name)]
        self._now(names)

    def _now(self, names: Collection[str] = ()) -> None:
        items = [i for i in self.items if not names or i.exercise in names]
        if len(items) > _TOLD:  # the plan is read back anyway
            self.reasons.append((
                'all_now', {'exercises': list(dict.fromkeys(i.exercise for i in items))}))
            return
        self.reasons += [('now', {
            'exercise': i.exercise, 'sets': i.sets, 'reps': i.reps, 'seconds': i.seconds})
            for i in items]

    # Other exercises.

    def swap(self, old: str, new: str) -> None:
        """One for the other, with as much work; the other way round when only new is in it."""
        if not self.has(old):
            if self.has(new):
                old, new = new, old
            else:
                self.reasons.append(('not_in_it', {'exercise': old}))
                return
        if not self.planner.permitted(new, self.request):
            self._leave_out(new)
            return
        work = self.library.work
        if self.has(new):  # more sets of what there is
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

    def swap_for_any(self, old: str, besides: Collection[str] = ()) -> bool:
        """Another exercise for the same muscles in its place, and none of those besides it; False
        when there is none.
        """
        there = [self.library.exercises[name] for name in self.names]
        main = self.library.exercises[old].muscles[:1]
        every = self.planner.candidates(replace(
            self.request, banned=self.request.banned | {old, *besides}))
        groups = self.request.groups or [
            g for g, muscles in filling.GROUPS.items() if set(main) <= set(muscles)][:1]
        found = filling.chosen(every, groups, 1, self.level, there)
        if found:
            self.swap(old, found[0])
        return bool(found)

    def add(self, groups: Sequence[str], gear: Collection[str] = ()) -> bool:
        """Another exercise, with gear where it is given; the time stays where one was asked for."""
        there = [self.library.exercises[name] for name in self.names]
        found = filling.chosen(
            {name: e for name, e in self.planner.candidates(self.request).items()
             if not gear or set(e.equipment) & set(gear)}, groups, 1, self.level, there,
            self.planner.past.usual)
        if found:
            self.want(Wanted(found[0]))
            self.keep_time()
        return bool(found)

    def number(self, number: int) -> None:
        """So many exercises."""
        before = [i.exercise for i in self.items]
        while len(self.items) < number and self.add(self.request.groups):
            pass
        self.items = self.items[:number]
        self.reasons += [('removed', {'exercise': name}) for name in before[number:]]
        self.keep_time()

    def want(self, wanted: Wanted) -> None:
        """An exercise that was named: it comes, or changes."""
        if not self.planner.permitted(wanted.exercise, self.request):
            self._leave_out(wanted.exercise)
            return
        one = self.planner.dose(wanted, Request(), self.level)
        if self.has(wanted.exercise):
            for i, item in enumerate(self.items):
                if item.exercise == wanted.exercise:
                    new = replace(one, sets=wanted.sets or item.sets).item(item.rest)
                    if not (wanted.reps or wanted.seconds):
                        new = replace(new, reps=item.reps, seconds=item.seconds)
                    self.items[i] = new
            if wanted.counted:
                self._now([wanted.exercise])
            return
        self.reasons.append(('added', {'exercise': wanted.exercise}))
        rest = self.items[-1].rest if self.items else filling.rest_of(self.level)
        round_ = list(round_of(self.items))
        if len(round_) < len(self.items):
            round_.append(replace(one, sets=1).item(rest))
            self.items = len(self.items) // (len(round_) - 1) * round_
            return
        # As many sets as the others have.
        usual = sorted(i.sets for i in self.items)[len(self.items) // 2] if self.items else 1
        sets = one.sets or (1 if wanted.reps or wanted.seconds else usual)
        self.items.append(replace(one, sets=sets).item(rest))

    def only(self, names: Collection[str]) -> None:
        """Nothing but these, of what there is."""
        self.items = [i for i in self.items if i.exercise in names]

    def _leave_out(self, name: str) -> None:
        exercise = self.library.exercises[name]
        self.reasons.append(('left_out', {'exercises': [name]}))
        if joints := self.request.joints & set(exercise.avoid_for):
            self.reasons.append(('spared', {'joints': tuple(sorted(joints))}))
        elif self.request.no_jump and exercise.impact == 'jump':
            self.reasons.append(('no_jump', {}))

    def drop_forbidden(self, replaced: bool) -> bool:
        """What is no longer permitted goes, replaced where a time was asked for and nothing else
        is to come; whether anything was.
        """
        muscles = {m for g in self.request.banned_groups for m in filling.GROUPS[g]}
        bad = [name for name in self.names if not self.planner.permitted(name, self.request)
               or self.library.exercises[name].muscles[0] in muscles]
        for name in bad:
            if replaced and self.before.seconds and self.swap_for_any(name):
                continue
            self.items = [i for i in self.items if i.exercise != name]
            self.reasons.append(('removed', {'exercise': name}))
        if bad:
            self.keep_time()
        if not self.items and replaced:
            self.reasons.append(('nothing_left', {}))
        return bool(bad)

    def remake(self, request: Request) -> None:
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

    # Other amounts.

    def scale(self, factor: float, names: Collection[str] = ()) -> None:
        """All amounts, or those of some exercises, by a factor."""
        self.change(lambda item: replace(
            item, reps=max(1, round(item.reps * factor)) if item.reps else 0,
            seconds=max(5.0, 5.0 * round(item.seconds * factor / 5)) if item.seconds else 0.0),
            names)

    def step(
        self, sign: int, names: Collection[str] = (), number: int = 0, sets: bool = False,
    ) -> None:
        """More or less of all, or of some exercises; number: of it, 0 = a bit. sets: of these."""
        def stepped(item: Item) -> Item:
            if sets:
                return replace(item, sets=max(1, item.sets + sign * (number or 1)))
            if item.seconds:
                some = number or max(5, 5 * round(item.seconds * BIT / 5))
                return replace(item, seconds=max(5.0, item.seconds + sign * some))
            some = number or max(1, round(item.reps * BIT))
            return replace(item, reps=max(1, item.reps + sign * some))
        self.change(stepped, names)

    def ease(self, level: str) -> None:
        """The whole of it easier or harder; what is too hard is replaced."""
        self.level = self.request.level = level
        for name in self.names:
            if level == 'easy' and self.library.exercises[name].level == 'hard':
                self.swap_for_any(name)
        self.scale(1 - BIT if level == 'easy' else 1 + BIT)

    def set_rest(self, new: Callable[[float], float]) -> None:
        self.items = [replace(item, rest=new(item.rest)) for item in self.items]
        rest = self.items[0].rest if self.items else 0.0
        self.request.rest = rest
        self.reasons.append(('rest_now', {'seconds': rest}) if rest else ('no_rest', {}))

    def keep_time(self) -> None:
        """As long as it was asked for, if it was."""
        if self.before.seconds and self.items:
            self.fit(self.before.seconds)

    def fit(self, seconds: float) -> None:
        """The same exercises in another time; the last ones go when there are too many."""
        self.request.seconds = seconds
        before, round_, doses = self.names, round_of(self.items), []
        for item in self.items:
            one = filling.dose(self.library.exercises[item.exercise], self.level)
            amount = (item.seconds if one.timed else float(item.reps)) or one.amount
            doses.append(replace(
                one, amount=amount, least=min(one.least, amount), most=max(one.most, amount)))
        rounds = len(self.items) // len(round_)
        self.items = filling.fitted(
            doses, seconds, self.items[0].rest, self.request.rest is not None)
        if rounds > 1:  # all of them alike; the rests between them are in the time, too
            rest = self.items[0].rest
            self.items = rounds * filling.fitted(
                [replace(d, sets=1) for d in doses[:len(round_)]],
                (seconds + rest) / rounds - rest, rest, True)
        self.reasons += [('removed', {'exercise': n}) for n in before if not self.has(n)]
        if not self.reasons:
            self.reasons.append(('fitted', {}))
        if self.planner.missed(self.items, seconds):
            self.reasons.append(('missed', {'seconds': seconds}))


def moved(rest: float, step: float) -> float:
    """A rest that is longer or shorter; shorter is not none, for that there are other words."""
    return max(rest + step, 5.0 * round(rest / 10), min(rest, 5.0)) if step < 0 else rest + step


def longer_than_minutes(seconds: float) -> float:
    """In whole minutes from three on."""
    return MINUTE * round(seconds / MINUTE) if seconds > 3 * MINUTE else seconds
