"""The file in which somebody writes down who trains what on which day.

    everybody:
      monday: legs
      sunday: rest
    Anna:
      every day: short
    workouts:
      legs:
        - squat: 3 x 12, rest 60 s
        - wall sit: 2 x 30 s, rest 45 s

The messages about what is wrong name the file and the line.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

import platformdirs
import yaml

from trainer_core.errors import UserError
from trainer_voice.dialogue.events import Item
from trainer_voice.plans.workout import Library, Workout

NAME = 'workouts.yaml'
EVERYBODY, GUEST = 'everybody', 'guest'
EVERY_DAY, REST_DAY = 'every day', 'rest'
DAYS = ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')

_MOST = {'sets': 100, 'reps': 10000, 'seconds': 86400.0}
_AMOUNT = re.compile(
    r'(?:(?P<sets>\d+) *x *)?(?P<n>\d+|open)(?: *(?P<unit>s|min))?'
    r'(?:, *rest +(?P<rest>\d+) *(?P<rest_unit>s|min)?|, *no rest)?', re.IGNORECASE)
_UNITS = {'s': 1.0, 'min': 60.0}


@dataclass(frozen=True)
class Shelf:
    """What a file says."""

    path: Path
    workouts: Mapping[str, Workout] = field(default_factory=dict)
    # Who, in lower case: day: name of a workout, or REST_DAY.
    weeks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    equipment: tuple[str, ...] = ()
    progression: bool = True

    def of_day(self, who: str, weekday: int) -> str:
        """Name of the workout of somebody on a day, REST_DAY, or '' where nothing is said."""
        week = self.weeks.get(who.casefold(), {})
        return week.get(DAYS[weekday], week.get(EVERY_DAY, ''))

    def workout(self, name: str) -> Workout | None:
        """By name, in whatever case."""
        return next((w for n, w in self.workouts.items() if n.casefold() == name.casefold()), None)


def default_path() -> Path:
    """Where the file of this user is."""
    return platformdirs.user_config_path('trainer') / NAME


def shipped(library: Library) -> Shelf:
    """The examples that come with the package."""
    return read(Path(str(resources.files(__package__) / NAME)), library)


def load(path: str, library: Library) -> Shelf:
    """The file; '' is the default one, which need not be there. Raises UserError."""
    file = Path(path).expanduser() if path else default_path()
    if not path and not file.exists():
        return Shelf(file)
    return read(file, library)


def read(path: Path, library: Library) -> Shelf:
    """What is in a file; raises UserError naming the file and the line."""
    try:
        root = yaml.compose(path.read_text('utf-8'), yaml.BaseLoader)
    except OSError as error:
        raise UserError(f'workouts file {path} cannot be read: {error.strerror}') from None
    except UnicodeDecodeError:
        raise UserError(f'workouts file {path} is not text in UTF-8') from None
    except yaml.YAMLError as error:
        mark = getattr(error, 'problem_mark', None)
        raise UserError(
            f'{path}, line {mark.line + 1 if mark else 1}: this is not YAML '
            f'({getattr(error, "problem", error)})') from None
    return _File(path, library).shelf(root)


class _File:
    def __init__(self, path: Path, library: Library):
        self._path, self._library = path, library
        # `push up`, `push-up` and `push_up` are the same.
        self._names = {_plain(name): name for name in library.exercises}
        for name, exercise in library.exercises.items():
            self._names.setdefault(_plain(exercise.spoken['en']), name)

    def shelf(self, root: Any) -> Shelf:
        if root is None:
            return Shelf(self._path)
        parts = self._mapping(root, 'a workouts file')
        workouts: dict[str, Workout] = {}
        weeks: dict[str, dict[str, str]] = {}
        equipment: tuple[str, ...] = ()
        progression = True
        for key, node in parts:
            if key.value == 'workouts':
                for name, items in self._mapping(node, 'workouts'):
                    if name.value.casefold() == REST_DAY:
                        self._wrong(name, f'a workout cannot be called {REST_DAY}')
                    workouts[name.value] = Workout(
                        name.value, tuple(map(self._item, self._sequence(items, name.value))))
            elif key.value == 'equipment':
                equipment = tuple(self._gear(n) for n in self._sequence(node, 'equipment'))
            elif key.value == 'progression':
                progression = self._truth(node)
            else:
                weeks[key.value.casefold()] = self._week(key, node)
        shelf = Shelf(self._path, workouts, weeks, equipment, progression)
        self._check_names(parts, shelf)
        return shelf

    def _week(self, who: Any, node: Any) -> dict[str, str]:
        week = {}
        for day, name in self._mapping(node, who.value):
            key = day.value.casefold()
            if key not in (*DAYS, EVERY_DAY):
                self._wrong(day, f'there is no {day.value}; write a day, like monday, or '
                                 f'{EVERY_DAY}{_near(key, DAYS)}')
            if not isinstance(name, yaml.ScalarNode) or not name.value:
                self._wrong(name, f'write the name of a workout, or {REST_DAY}')
            week[key] = name.value
        return week

    def _check_names(self, parts: list[tuple[Any, Any]], shelf: Shelf) -> None:
        """Every name in a week must be a workout; the shipped ones may be used as well."""
        there = {n.casefold() for n in shelf.workouts} | {REST_DAY}
        if self._path.parent != Path(str(resources.files(__package__))):
            there |= {n.casefold() for n in shipped(self._library).workouts}
        for key, node in parts:
            if key.value in ('workouts', 'equipment', 'progression'):
                continue
            for _, name in node.value:
                if name.value.casefold() not in there:
                    self._wrong(name, f'there is no workout {name.value}; there are '
                                      f'{", ".join(sorted(there - {REST_DAY}))}')

    def _item(self, node: Any) -> Item:
        pairs: list[tuple[Any, Any]] = (
            node.value if isinstance(node, yaml.MappingNode) else [])
        if len(pairs) != 1 or not isinstance(pairs[0][1], yaml.ScalarNode):
            self._wrong(node, 'write an exercise like this: - squat: 3 x 12, rest 60 s')
        key, value = pairs[0]
        name = self._names.get(_plain(key.value))
        if not name:
            self._wrong(key, f'there is no exercise {key.value}{_near(key.value, self._names)}')
        return self._amounts(name, value)

    def _amounts(self, name: str, node: Any) -> Item:
        match = _AMOUNT.fullmatch(node.value.strip())
        if not match:
            self._wrong(node, f'{node.value!r} is not understood; write 12, 3 x 12, 2 x 30 s or '
                              '3 x open, then: , rest 60 s')
        sets = int(match['sets'] or 1)
        rest = float(match['rest'] or 0) * _UNITS[(match['rest_unit'] or 's').lower()]
        number = 0 if match['n'].lower() == 'open' else int(match['n'])
        timed = self._library.exercises[name].counts == 'seconds'
        if match['unit'] and not timed:
            self._wrong(node, f'{name} is counted, not timed; leave out {match["unit"]}')
        if timed and number and not match['unit']:
            self._wrong(node, f'{name} is timed; write {number} s')
        seconds = number * _UNITS[(match['unit'] or 's').lower()] if timed else 0.0
        reps = 0 if timed else number
        for what, amount in (('sets', sets), ('reps', reps), ('seconds', seconds)):
            if amount > _MOST[what]:
                self._wrong(node, f'{amount:g} {what} is too much')
        if not sets or (not number and match['n'].lower() != 'open'):
            self._wrong(node, 'nothing is to be done; leave it out, or write open for no target')
        return Item(name, sets, reps, seconds, rest)

    def _gear(self, node: Any) -> str:
        there = sorted({g for e in self._library.exercises.values() for g in e.equipment})
        if getattr(node, 'value', None) not in there:
            self._wrong(node, f'no exercise needs {node.value}; there are {", ".join(there)}')
        return str(node.value)

    def _truth(self, node: Any) -> bool:
        value = str(getattr(node, 'value', '')).lower()
        if value not in ('yes', 'no', 'true', 'false', 'on', 'off'):
            self._wrong(node, 'progression: write yes or no')
        return value in ('yes', 'true', 'on')

    def _mapping(self, node: Any, what: str) -> list[tuple[Any, Any]]:
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, f'{what} is a list of `name: value` lines')
        found: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._wrong(key, 'a name is one line of text')
            if key.value.casefold() in found:
                self._wrong(key, f'{key.value} is there twice')
            found.add(key.value.casefold())
        return list(node.value)

    def _sequence(self, node: Any, what: str) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self._wrong(node, f'{what} is a list of lines that begin with -')
        return list(node.value)

    def _wrong(self, node: Any, what: str) -> NoReturn:
        raise UserError(f'{self._path}, line {node.start_mark.line + 1}: {what}')


def _plain(name: str) -> str:
    return name.casefold().replace('_', ' ').replace('-', ' ').strip()


def _near(word: str, words: Any) -> str:
    near = difflib.get_close_matches(word.casefold(), list(words), 1)
    return f'; is it {near[0]}?' if near else ''
