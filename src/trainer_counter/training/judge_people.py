"""Judge the form of real people: right and wrong repetitions, each by baselines of the others.

    python judge_people.py FOLDER

FOLDER has labels.json, a list of {file, exercise, form: good or bad}, and joint tracks (n, 18, 3)
of one repetition each. Every repetition is judged by a baseline recorded from all others of its
exercise, and by nothing that has seen it: the reference, the tolerances, and the bounds of what the
parts may reach are learned anew without it. Printed is the balanced accuracy, over all and of each
exercise, with the share of good ones passed and of bad ones named:

* `all parts`: as anybody gets it who records good and bad repetitions; nothing is chosen.
* `what a coach watches`: the two kinds of parts that instructions for the exercise speak of.
* `good ones alone`: the baseline has not seen any bad repetition.
* `neighbours unseen`: repetitions of the same label whose numbers are next to the judged one's,
  which may be of the same minute, are left out, too, where two of that label remain.
* `DTW nearest neighbour`: the label of the nearest other repetition, by the distance of dynamic
  time warping of all joint angles, or of the keypoints (from the neck, in lengths of the torso).
"""

import argparse
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from dtaidistance import dtw_ndim

from trainer_core.clock import SECOND
from trainer_counter.exercises.schema import Exercise
from trainer_counter.form.away import seen_points
from trainer_counter.form.baseline import Demonstration, of_demonstrations, resampled
from trainer_counter.form.judge import Judge
from trainer_counter.form.parts import facing, quantities
from trainer_counter.form.reach import KINDS, bounds, reach

FPS, LINE = 30, 0.1
UNSEEN = 0.5       # rad
WATCHED = {  # what instructions speak of: what moves, and what must keep still meanwhile
    'bicep': ('elbow', 'shoulder'), 'frontraise': ('shoulder', 'torso'),
    'shoulderpress': ('elbow', 'torso'), 'shouldershrug': ('neck', 'elbow')}
# Form hardly asks for more than the name and that it is of the arms.
EXERCISE = Exercise.model_validate({
    'name': 'shown', 'spoken': {'en': 'shown'}, 'joints': ['left_elbow', 'right_elbow'],
    'threshold': 1.0,
    'measures': [{'angle': ['shoulder', 'elbow', 'wrist'], 'rest': 160, 'peak': 60}]})


@dataclass(frozen=True, eq=False)
class Track:
    """One labelled repetition."""

    file: str
    exercise: str
    shown: Demonstration
    values: np.ndarray   # (kinds, 2) rad, its reach

    @property
    def good(self) -> bool:
        return self.shown.good

    @property
    def number(self) -> int:
        return int(re.findall(r'\d+', self.file)[-1])


def read(folder: Path) -> list[Track]:
    tracks = []
    for label in json.loads((folder / 'labels.json').read_text()):
        keypoints = np.load(folder / label['file']).astype(float)
        stamps = np.arange(len(keypoints)) * SECOND // FPS
        shown = Demonstration(stamps, keypoints, label['form'] == 'good')
        tracks.append(Track(
            label['file'], label['exercise'], shown,
            reach(stamps / SECOND, keypoints, LINE).values))
    return tracks


def apart(track: Track, others: list[Track]) -> list[Track]:
    """The others without those that may be of the same minute: numbers go up by two."""
    alike = [t for t in others if t.good == track.good]
    far = [t for t in alike if abs(t.number - track.number) > 2]
    return [t for t in others if t.good != track.good] + (far if len(far) >= 2 else alike)


def ours(track: Track, others: list[Track], watched: tuple[str, ...] = KINDS) -> bool:
    """Whether the product calls a repetition right that these others are the baseline of."""
    good = [t for t in others if t.good]
    values = np.array([t.values for t in good])
    # The most typical one; what it does not show is as bad as what is far off.
    off = np.nan_to_num(np.abs(values - bounds(values).typical), nan=UNSEEN)
    first = good[int(np.argmin(off.mean((1, 2))))]
    shown = [first.shown, *(t.shown for t in others if t is not first)]
    judge = Judge(EXERCISE, of_demonstrations('shown', shown, watched), LINE)
    mine = track.shown
    return judge.judge(mine.stamps.tolist(), list(mine.keypoints), mine.movement()).correct


@cache
def angles(track: Track) -> np.ndarray:
    """(n, parts) rad."""
    points = seen_points(track.shown.keypoints, LINE)
    return _filled(quantities(points, facing(points)))


@cache
def places(track: Track) -> np.ndarray:
    """(n, 36): keypoints from the neck, in lengths of the torso, facing right."""
    points = _filled(seen_points(track.shown.keypoints, LINE))
    torso = np.median(np.linalg.norm(points[:, 1] - points[:, [8, 11]].mean(1), axis=-1))
    turned = (points - points[:, 1:2]) / torso * [facing(points), 1]
    return turned.reshape(len(points), -1)


def _filled(values: np.ndarray) -> np.ndarray:
    times = np.arange(len(values)) / FPS
    return np.nan_to_num(resampled(values, times, times))


def nearest(
    track: Track, others: list[Track], measure: Callable[[Track], np.ndarray],
) -> bool:
    """Whether the nearest of the others is good."""
    mine = np.ascontiguousarray(measure(track))
    return min(others, key=lambda t: dtw_ndim.distance_fast(
        mine, np.ascontiguousarray(measure(t))) / np.sqrt(len(mine) + len(measure(t)))).good


def balanced(tracks: list[Track], right: list[bool]) -> str:
    passed = np.mean([r for t, r in zip(tracks, right, strict=True) if t.good])
    named = np.mean([not r for t, r in zip(tracks, right, strict=True) if not t.good])
    return f'{(passed + named) / 2:.3f} ({passed:.2f} {named:.2f})'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('folder', type=Path)
    tracks = read(parser.parse_args().folder)
    names = sorted({t.exercise for t in tracks})
    rules: dict[str, Callable[[Track, list[Track]], bool]] = {
        'all parts': ours,
        'what a coach watches': lambda t, o: ours(t, o, WATCHED.get(t.exercise, KINDS)),
        'all parts, neighbours unseen': lambda t, o: ours(t, apart(t, o)),
        'good ones alone': lambda t, o: ours(t, [x for x in o if x.good]),
        'DTW nearest neighbour, angles': lambda t, o: nearest(t, o, angles),
        'DTW nearest neighbour, points': lambda t, o: nearest(t, o, places)}
    print(f'{"":30s} {"all":20s} ' + ' '.join(f'{n:20s}' for n in names))
    for rule, right in rules.items():
        said = {t.file: right(t, [o for o in tracks if o.exercise == t.exercise and o is not t])
                for t in tracks}
        row = [balanced(tracks, [said[t.file] for t in tracks])]
        for name in names:
            mine = [t for t in tracks if t.exercise == name]
            row.append(balanced(mine, [said[t.file] for t in mine]))
        print(f'{rule:30s} ' + ' '.join(f'{cell:20s}' for cell in row), flush=True)


if __name__ == '__main__':
    main()
