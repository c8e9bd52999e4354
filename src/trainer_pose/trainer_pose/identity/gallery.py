"""Those enrolled, and how an encoding is compared with them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Entry:
    """Somebody enrolled."""

    id: str
    name: str
    encodings: np.ndarray  # (n, 128)


@dataclass(frozen=True)
class Lines:
    """Where answers change, in distances of encodings.

    Photos of the same person are 0.34 to 0.48 apart, those of others 0.65 and more (17 faces of 6
    people; 0.65 at 14 px between the eyes); other people are nearer now and then, so the
    line is well below.
    """

    accept: float = 0.5  # at most so far away is a person named
    unsure: float = 0.6  # farther away it is somebody else
    margin: float = 0.07  # by which the next person must be farther away


DEFAULT = Lines()


@dataclass(frozen=True)
class Match:
    """The nearest person."""

    entry: Entry | None  # None when nobody is enrolled
    distance: float  # NaN then
    margin: float  # how much farther the next one is; NaN when there is none

    def accepted(self, lines: Lines) -> bool:
        """Whether a name may be said, from this comparison alone."""
        return (
            self.entry is not None and self.distance <= lines.accept
            and not self.margin < lines.margin)

    def told(self, lines: Lines = DEFAULT) -> str:
        """The answer of a single look, as a sentence."""
        if self.entry is None:
            return 'unknown: nobody is enrolled'
        if self.accepted(lines):
            answer = f'known: {self.entry.name} ({self.entry.id})'
        elif self.distance <= lines.unsure:
            answer = f'unsure: like {self.entry.name} ({self.entry.id})'
        else:
            answer = f'unknown: nearest is {self.entry.name} ({self.entry.id})'
        beside = '' if math.isnan(self.margin) else f', margin {self.margin:.2f}'
        return f'{answer}, distance {self.distance:.2f}{beside}'


class Gallery:
    """Everybody enrolled."""

    def __init__(self, entries: Sequence[Entry] = ()):
        self.entries = {entry.id: entry for entry in entries if len(entry.encodings)}

    def distance(self, person_id: str, encoding: np.ndarray) -> float:
        """To the nearest of a person's encodings; infinite when they have none."""
        entry = self.entries.get(person_id)
        if entry is None:
            return math.inf
        return float(np.linalg.norm(entry.encodings - encoding, axis=1).min())

    def nearest(self, encoding: np.ndarray) -> Match:
        """Whom an encoding (128,) is most like."""
        ranked = sorted((self.distance(id_, encoding), id_) for id_ in self.entries)
        if not ranked:
            return Match(None, math.nan, math.nan)
        best, id_ = ranked[0]
        margin = ranked[1][0] - best if len(ranked) > 1 else math.nan
        return Match(self.entries[id_], best, margin)
