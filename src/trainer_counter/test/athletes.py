"""Tracks of the drawn athlete, counted: what the tables of test_counting.py are made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from trainer_core.people import People
from trainer_counter import exercises
from trainer_counter.reps.movement import Movement
from trainer_counter.reps.set import Set, State
from trainer_sim.script_file import parse
from trainer_sim.track import Noise, open_track

NOISE = Noise(jitter=0.01, drift=0.01)
CODES = 'RPANLM'  # Rep, Partial, Abandoned, Not in set, person Lost, not Measurable

SCRIPT = """
name: test
camera: {camera}
actors:
  - name: ana
    segments: [{segments}]
{others}
"""


@dataclass
class Counted:
    """What a set came to."""

    set: Set
    states: list[State]
    movements: list[Movement]

    @property
    def verdicts(self) -> str:
        return codes(self.movements)


def codes(movements: Iterable[Movement]) -> str:
    """The verdicts, a letter each."""
    return ''.join(CODES[m.verdict] for m in movements)


def camera(yaw: float = 30.0, distance: float = 3.8, start: float = 0.0) -> str:
    return (f'{{yaw: {yaw}, pitch: 5, distance: {distance}, height: 0.95'
            + (f', from: {start}}}' if start else '}'))


@lru_cache(maxsize=8)
def athlete(
    segments: str, cameras: str = camera(), noise: Noise = NOISE, fps: float = 30.0,
    others: str = '', seed: int = 0,
) -> tuple[People, ...]:
    """The people of a script: segments as in a script, without brackets."""
    text = SCRIPT.format(segments=segments, camera=cameras, others=others)
    return tuple(open_track(parse(text, 'test'), fps=fps, noise=noise, seed=seed))


def count(exercise: str, track: Iterable[People], the_set: Set | None = None, **kwargs) -> Counted:
    """The track, counted by a set."""
    counted = Counted(the_set or Set(exercises.load(exercise), **kwargs), [], [])
    for people in track:
        state, movements = counted.set.update(people)
        counted.states.append(state)
        counted.movements += movements
    return counted
