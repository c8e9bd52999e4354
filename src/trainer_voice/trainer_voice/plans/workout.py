"""A workout, the exercises there are for it, and how long it takes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from trainer_core.errors import UserError
from trainer_counter import exercises
from trainer_counter.exercises.schema import Exercise
from trainer_voice.dialogue.events import Item

OPEN_END = 30.0  # s that a set without a target is taken to last


@dataclass(frozen=True)
class Workout:
    """A name and what is done, in order."""

    name: str
    items: tuple[Item, ...]

    def to_json(self) -> str:
        """As it is kept in the database."""
        return json.dumps([asdict(item) for item in self.items])

    @staticmethod
    def from_json(name: str, plan: str) -> 'Workout':
        """Raises UserError when it is not what to_json wrote."""
        try:
            return Workout(name, tuple(Item(**item) for item in json.loads(plan)))
        except (ValueError, TypeError):
            raise UserError(
                f'the workout {name!r} in the database cannot be read; store it again') from None


def round_of(items: Sequence[Item]) -> Sequence[Item]:
    """The items of one round where a plan is made of rounds, else all of them."""
    for size in range(2, len(items) // 2 + 1):
        rounds, more = divmod(len(items), size)
        if not more and list(items) == rounds * list(items[:size]):
            return items[:size]
    return items


@dataclass(frozen=True, eq=False)
class Library:
    """The exercises by name, and what is wrong with files that could not be read."""

    exercises: Mapping[str, Exercise]
    faults: tuple[str, ...] = ()

    def work(self, item: Item) -> float:
        """Seconds of one set, without the rest."""
        if item.seconds:
            return item.seconds
        exercise = self.exercises.get(item.exercise)
        return item.reps * (exercise.pace if exercise else 3.0) or OPEN_END

    def seconds(self, items: Iterable[Item]) -> float:
        """Of all sets and the rests between them; after the last set there is none."""
        total = rest = 0.0
        for item in items:
            total += item.sets * (self.work(item) + item.rest)
            rest = item.rest
        return total - rest


def library(dirs: tuple[str, ...] = ()) -> Library:
    """All exercises of the package, of other packages and of these folders, as they are now.

    A file that is wrong is left out and named in `faults`: it is no reason to make no plan.
    """
    there = sorted(exercises.files(dirs).items())
    return _library(tuple((name, path, path.stat().st_mtime_ns) for name, path in there))


@lru_cache(maxsize=4)
def _library(files: tuple[tuple[str, Path, int], ...]) -> Library:
    found, faults = {}, []
    for name, path, _ in files:
        try:
            found[name] = exercises.read(path)
        except UserError as error:
            faults.append(str(error))
    return Library(found, tuple(faults))
