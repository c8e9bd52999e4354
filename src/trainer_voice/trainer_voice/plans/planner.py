"""Words to a plan, and a plan changed by words: the same ones always give the same.

Nothing is guessed in silence: every planned workout says why it is as it is, and which words were
not understood.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from trainer_counter.exercises.schema import Exercise
from trainer_voice.dialogue.events import Item
from trainer_voice.plans import filling
from trainer_voice.plans.amounts import WHOLE
from trainer_voice.plans.changed import Changed
from trainer_voice.plans.changing import Changing
from trainer_voice.plans.explaining import Reason, explain, minutes
from trainer_voice.plans.filling import Dose
from trainer_voice.plans.reader import MINUTE, Reader
from trainer_voice.plans.reading import read
from trainer_voice.plans.request import TODAY, Part, Request, Wanted
from trainer_voice.plans.vocabulary import COMMA, NUMBER, UNKNOWN, Mark, Vocabulary, vocabulary
from trainer_voice.plans.workout import Library, Workout

USUAL_TIME = 15 * MINUTE   # of a workout for which none was said
SHORT_TIME = 8 * MINUTE    # the same, of a short one
FEW_SECONDS = 10           # of a hold; a smaller number is one of sets


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
    return Planner(words, past or Past(), tuple(gear)).make(request)


def change(
    planned: Planned, text: str, language: str = 'en', past: Past | None = None,
    dirs: tuple[str, ...] = (), gear: Iterable[str] = (),
) -> Planned:
    """The plan as it is wanted now; the same one, with the reason `unchanged`, where nothing was
    understood. Raises UserError for a language without words.
    """
    words = vocabulary(language, dirs)
    return Planner(words, past or Past(), tuple(gear)).change(planned, words.marks(text))


def asks_for_plan(
    text: str, language: str = 'en', changing: bool = False, dirs: tuple[str, ...] = (),
    asked: bool = False,
) -> bool:
    """Whether a text that is no command wants a plan, or, while one is read back, a change of it.

    asked: what to train, so that `squats`, `legs` or `ten minutes` is enough.

    More of it must be understood than not. A new plan needs what is to be trained; a change may be
    about anything that a plan can be about. Raises UserError for a language without words.
    """
    words = vocabulary(language, dirs)
    marks = [m for m in words.marks(text) if COMMA not in m]
    unknown = sum(1 for m in marks if UNKNOWN in m)
    if not marks or 2 * unknown > len(marks):
        return False
    request = read(marks, words)
    if asked and (
            request.groups or request.wanted or request.seconds >= MINUTE or request.joints
            or request.sore or request.banned or request.banned_groups):
        return True
    told = bool(
        request.seconds or request.rest is not None or request.joints or request.banned
        or request.no_jump or request.no_gear or request.keep != '')
    if changing:
        kinds = ('more', 'less', 'longer', 'shorter', 'easy', 'hard', 'swap', 'rest', 'double',
                 'triple', 'half', 'other', 'front', 'end')
        return told or bool(
            request.groups or request.wanted or request.sets or request.reps or request.gear
            or request.number
            or any(kind in m for m in marks for kind in kinds)
            or {'make', NUMBER} <= {kind for m in marks for kind in m.means})
    numbered = any(w.counted for w in request.wanted)
    # `Exercise` alone is also in `next exercise`.
    workout = request.number > 0 or any('workout' in m and 'count' not in m for m in marks)
    named = numbered or len(request.wanted) > 1 or bool(request.wanted and (workout or told))
    return named or workout or bool(request.groups and len(marks) > 1) or bool(
        request.parts) or bool(request.seconds >= MINUTE and len(marks) > 3) or (
        request.seconds >= WHOLE and any('with' in m for m in marks))  # I have an hour


def as_planned(
    workout: Workout, language: str = 'en', reasons: Iterable[Reason] = (),
    dirs: tuple[str, ...] = (),
) -> Planned:
    """A workout that came from elsewhere, so that it can be changed."""
    return Planner(vocabulary(language, dirs), Past(), ()).planned(
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


class Planner:
    def __init__(self, words: Vocabulary, past: Past, gear: tuple[str, ...]):
        self.words, self.past, self._has = words, past, gear
        self.library: Library = words.library

    # A new plan.

    def make(self, request: Request) -> Planned:
        if request.no_time and not request.wanted:
            return self.planned(self._named((), request), [('no_time', {})], request)
        if request.unwell:
            return self.planned(self._named((), request), [('doctor', {})], request)
        both = [g for g in request.groups if g in request.banned_groups]
        if both and both == request.groups:
            return self.planned(
                self._named((), request), [('contradiction', {'groups': both})], request)
        request = replace(request, groups=[g for g in request.groups if g not in both])
        if not request.constrained and not request.wanted:
            return self.planned(self._named((), request), [('nothing_understood', {})], request)
        reasons: list[Reason] = []
        wanted = [w for w in request.wanted if self.permitted(w.exercise, request)]
        left_out = [w.exercise for w in request.wanted if w not in wanted]
        if left_out:
            reasons.append(('left_out', {'exercises': left_out}))
        fill = not request.parts and ((not wanted and not left_out) or bool(request.groups))
        seconds = request.seconds
        if fill and not seconds and (request.workout or not wanted or self._untrained(
                request.groups, wanted)):
            seconds = SHORT_TIME if request.short or wanted and not request.workout else USUAL_TIME
            reasons.append(('default_time', {'seconds': seconds}))
        level = request.level or 'medium'
        doses = [self.dose(w, request, level) for w in wanted]
        if request.parts or any(w.lasts for w in wanted):
            request, items = self._in_parts(doses, wanted, request, level)
            seconds = request.seconds
        elif fill and seconds:
            doses, items = self._filled(doses, wanted, request, seconds, level)
        else:
            items = self._items(doses, request, seconds, level)
        if not items:
            why = self._why_none(request)
            return self.planned(self._named((), request), [
                *(r for r in reasons if r[0] == 'left_out'), why], request)
        items = tuple(
            replace(i, reps=0, seconds=0.0) if any(
                w.open and w.exercise == i.exercise for w in wanted) else i for i in items)
        return self.planned(
            self._named(items, request), self._why(items, request, seconds, reasons), request)

    def _untrained(self, groups: Sequence[str], wanted: Sequence[Wanted]) -> bool:
        """Whether there are groups for which no exercise was named."""
        trained = {m for w in wanted for m in self.library.exercises[w.exercise].muscles}
        return any(not trained & set(filling.GROUPS[group]) for group in groups)

    def _filled(
        self, doses: list[Dose], wanted: Sequence[Wanted], request: Request, seconds: float,
        level: str,
    ) -> tuple[list[Dose], tuple[Item, ...]]:
        """With so many more exercises that the time comes out."""
        candidates = self.candidates(request)
        there = [self.library.exercises[w.exercise] for w in wanted]
        number = (request.number or filling.number_of(seconds)) - len(doses)
        for besides in (False, True):
            more = filling.chosen(
                candidates, request.groups, number, level, there, self.past.usual, besides,
                request.gear)
            found = [*doses, *(
                self.dose(Wanted(name, sets=request.sets), request, level) for name in more)]
            items = self._items(found, request, seconds, level)
            if not self.missed(items, seconds):
                break
        return found, items

    def _in_parts(
        self, doses: Sequence[Dose], wanted: Sequence[Wanted], request: Request, level: str,
    ) -> tuple[Request, tuple[Item, ...]]:
        """One after the other as said, each for its own time; and what was asked for in all."""
        rest = filling.rest_of(level) if request.rest is None else request.rest
        found: list[Item] = []
        both: list[Part | Wanted] = [*request.parts, *wanted]
        parts = sorted(both, key=lambda p: p.place)
        for part in parts:
            after = 0.0 if part is parts[-1] else rest  # the rest behind it belongs to it
            if isinstance(part, Wanted):
                one = doses[wanted.index(part)]
                if not part.lasts:
                    found.append(replace(one, sets=one.sets or 1).item(rest))
                    continue
                items = filling.fitted([one], part.lasts - after, rest, request.rest is not None)
                found += filling.fitted(
                    [one], part.lasts - items[-1].rest, items[-1].rest, True) if after else items
            else:
                mine = replace(
                    request, groups=part.groups, parts=[], number=0,
                    banned=request.banned | {i.exercise for i in found})
                found += self._filled([], (), mine, part.seconds - after, level)[1]
        timed = all(w.lasts for w in wanted)
        return replace(
            request,
            seconds=sum(p.seconds for p in request.parts) + sum(w.lasts for w in wanted)
            if timed else 0.0,
            groups=list(dict.fromkeys(g for p in request.parts for g in p.groups))), tuple(found)

    def missed(self, items: Sequence[Item], seconds: float) -> bool:
        takes = self.library.seconds(items) if items else 0.0
        return abs(takes - seconds) > filling.CLOSE * seconds

    def planned(
        self, workout: Workout, reasons: list[Reason], request: Request,
    ) -> Planned:
        """With the words that were not understood, and everything worded."""
        if workout.items and request.keep not in ('', TODAY):
            reasons = [*reasons, ('for_day', {'day': request.keep})]
        if request.unknown:
            reasons = [*reasons, ('not_understood', {'words': tuple(request.unknown)})]
        return Planned(
            workout, tuple(reasons), explain(reasons, self.words),
            self.library.seconds(workout.items) if workout.items else 0.0,
            tuple(request.unknown), request.keep, request, request.level or 'medium')

    def _gear(self, request: Request) -> set[str] | None:
        """What may be needed; None = anything."""
        if request.no_gear:
            return set(request.gear)
        if request.all_gear:
            return {g for e in self.library.exercises.values() for g in e.equipment
                    } - request.banned_gear
        return (set(self._has) | request.gear) - request.banned_gear

    def candidates(self, request: Request, gear: bool = True) -> dict[str, Exercise]:
        return filling.allowed(
            self.library, request.level or 'medium', request.joints,
            self._gear(request) if gear else None, request.no_jump,
            request.banned | self._sore(request), request.banned_groups)

    def _sore(self, request: Request) -> set[str]:
        """The exercises that train what hurts."""
        muscles = {m for group in request.sore for m in filling.GROUPS[group]}
        return {n for n, e in self.library.exercises.items() if muscles & set(e.muscles)}

    def permitted(self, name: str, request: Request) -> bool:
        """Whoever names an exercise has what it needs, and its level; unless that is forbidden."""
        exercise = self.library.exercises[name]
        return not (
            name in request.banned | self._sore(request)
            or request.joints & set(exercise.avoid_for)
            or (request.no_jump and exercise.impact == 'jump')
            or request.banned_gear & set(exercise.equipment)
            or (request.no_gear and set(exercise.equipment) - request.gear))

    def dose(self, wanted: Wanted, request: Request, level: str) -> Dose:
        exercise = self.library.exercises[wanted.exercise]
        one = filling.dose(exercise, level, self.past.usual.get(wanted.exercise, 0.0))
        said = wanted.seconds if one.timed else wanted.reps or request.reps
        sets = wanted.sets or request.sets
        if wanted.seconds and not one.timed:  # squats for a minute
            said = max(1, round(wanted.seconds / one.pace))
        elif wanted.reps and one.timed and not said:
            if wanted.reps < FEW_SECONDS:     # two planks
                sets = sets or wanted.reps
            else:                             # plank sixty
                said = wanted.reps
        if said:
            one = replace(one, amount=said, least=said, most=said)
        return replace(one, sets=sets)

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
        if len(doses) == 1 and not doses[0].sets:  # rounds of one exercise are sets of it
            return (replace(doses[0], sets=max(1, request.rounds)).item(rest),)
        items = [replace(d, sets=d.sets or 1).item(rest) for d in doses]
        return tuple(items) * max(1, request.rounds)

    # Why it is so.

    def _why(
        self, items: Sequence[Item], request: Request, seconds: float, reasons: list[Reason],
    ) -> list[Reason]:
        takes = self.library.seconds(items)
        found: list[Reason] = []
        # What was said to be taken, it takes.
        if not any(key == 'default_time' for key, _ in reasons) or self.missed(items, seconds):
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
        if request.sore:
            found.append(('spared', {'groups': tuple(sorted(request.sore))}))
        if any(i.exercise in self.past.usual for i in items):
            found.append(('usual', {}))
        if seconds and self.missed(items, seconds):
            found.append(('missed', {'seconds': seconds}))
        return [*reasons, *found]

    def _why_none(self, request: Request) -> Reason:
        wanted = {m for group in request.groups for m in filling.GROUPS[group]}
        with_gear = {
            n: e for n, e in self.candidates(request, gear=False).items()
            if e.muscles[0] in wanted and not request.no_gear}
        gear = sorted({g for e in with_gear.values() for g in e.equipment})
        return ('needs', {'gear': tuple(gear)}) if gear else ('nothing_left', {})

    def _exercise(self, item: Item) -> Exercise:
        return self.library.exercises[item.exercise]

    def _named(self, items: tuple[Item, ...], request: Request) -> Workout:
        what = self.words.listed(
            [self.words.group_names[g] for g in request.groups]
        ) if request.groups else self.words.names['workout']
        if request.seconds:
            what += f', {minutes(request.seconds, self.words)}'
        return Workout(what, items)

    # A changed plan.

    def change(self, planned: Planned, marks: list[Mark]) -> Planned:
        changed, reader = Changed(self, planned), Reader(marks)
        changing = Changing(changed, reader)
        changing.all()
        request = read(
            [m for i, m in enumerate(reader.marks) if i not in reader.used], self.words)
        changing.asked(request)
        reasons = [*([('doctor', {})] if request.unwell else []), *changed.reasons]
        if not reasons and request.keep == '':
            reasons = [('unchanged', {})]
        elif changed.items:
            reasons = [*reasons, ('takes', {'seconds': self.library.seconds(changed.items)})]
        if changed.name == self._named((), planned.request).name:
            changed.name = self._named((), changed.request).name
        found = self.planned(
            Workout(changed.name, tuple(changed.items)), reasons, changed.request)
        return replace(
            found, keep=request.keep if request.keep != '' else planned.keep,
            level=changed.level, not_understood=tuple(request.unknown))
