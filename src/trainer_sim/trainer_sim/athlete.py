"""The athlete as a camera would see it: pictures with their truth."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainer_sim.render.painter import Painter
from trainer_sim.script import Script
from trainer_sim.script_file import load
from trainer_sim.session import Session, perform


@dataclass(frozen=True)
class PersonTruth:
    """One athlete in one picture."""

    name: str
    keypoints: np.ndarray         # (18, 3) x, y in pixels; 2 seen, 1 covered, 0 outside the picture
    space: np.ndarray             # (18, 3) m in the world
    angles: dict[str, float]      # rad, in space, by trainer_core.angles.JOINTS
    angles_plane: dict[str, float]  # rad, in the image plane


@dataclass(frozen=True)
class AthleteFrame:
    """One picture and what is true in it."""

    stamp: int                    # ns from the start
    image: np.ndarray             # (height, width, 3) BGR uint8
    truth: tuple[PersonTruth, ...]  # of those who are there


class Athlete:
    """An iterable of AthleteFrame; truth() is that of the whole session, known from the start."""

    def __init__(self, session: Session, seed: int):
        self.session, self._seed = session, seed

    def __len__(self) -> int:
        return len(self.session.stamps)

    def __iter__(self) -> Iterator[AthleteFrame]:
        paint = Painter(self.session, self._seed)
        for i in range(len(self)):
            yield AthleteFrame(int(self.session.stamps[i]), paint(i), self.people(i))

    def people(self, i: int) -> tuple[PersonTruth, ...]:
        """Truth of frame i."""
        result = []
        for take in self.session.takes:
            if take.present[i]:
                space, plane = take.angles(i)
                keypoints = np.column_stack([take.pixels[i, :, :2], take.seen[i]])
                result.append(PersonTruth(take.actor.name, keypoints, take.points[i], space, plane))
        return tuple(result)

    def truth(self) -> dict[str, Any]:
        """Sets, repetitions, holds and faults of every actor, as can be written as JSON."""
        return self.session.truth()


def open_athlete(script: str | Script = '', width: int = 640, height: int = 480, fps: float = 30.0,
                 seed: int = 0) -> Athlete:
    """The athlete doing a script: a name, a .yaml file, an exercise, or '' for the demo.

    The same script, size, rate and seed give the same bytes. Raises UserError for a bad script.
    """
    parsed = load(script) if isinstance(script, str) else script
    return Athlete(perform(parsed, width, height, fps, seed), seed)
