"""A lesson: a person shows an exercise two or three times, and an exercise file comes of it.

Nothing is known of the exercise. Wherever the teacher turns round or keeps still may be the start
position; how far the body is from there, in what changes most, is cut into movements as
repetitions are. The first place to which enough movements come back that are alike is the start.
What changes in all of them is what the exercise moves; the rest of the body becomes its guards. All
is measured in degrees and statures, so that people of any size can do it.
"""

import json
import math
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from trainer_core.clock import SECOND, Timeline
from trainer_core.errors import UserError
from trainer_core.people import People
from trainer_core.skeleton import INDEX
from trainer_counter.exercises.schema import SIDES, Exercise, Quantity
from trainer_counter.form.baseline import SUFFIX, Demonstration, save_demonstrations
from trainer_counter.reps.body import NAN, stature
from trainer_counter.reps.counting import Counter
from trainer_counter.reps.movement import Verdict
from trainer_counter.reps.signals import value
from trainer_counter.reps.swing import Swing, Swings

PATIENCE = 30.0    # s without a repetition after which the lesson is over
LONELY = 10.0      # s without anybody in view, likewise
CROWDED = 1.0      # s with several people, of whom nobody knows which one teaches, likewise
SLOW = 0.25        # s in which one hardly moves where one turns round,
HARDLY = 0.4       # that is less than these changes, in the scales below
PLACES = 12        # where one has turned round that are remembered
AFTER = 0.7        # s after the last repetition that are watched too: it ends in them
LONGEST = 120.0    # s of poses that are kept
MOVED = 0.6        # changes, in the scales below, that are a movement
ALIKE = 0.8        # cosine between the changes of two repetitions of one exercise
MOST_MEASURES = 4

DEGREES, STATURES = 35.0, 0.12  # a change that is plainly seen
LENGTHS = 0.75  # weight of a change in statures: an angle depends less on where the camera is
REASONS = {
    ('tilt', 'hip', 'shoulder'): 'torso not as it was shown',
    ('angle', 'shoulder', 'elbow', 'wrist'): 'elbows not as they were shown',
    ('angle', 'hip', 'shoulder', 'elbow'): 'upper arms not as they were shown',
    ('angle', 'shoulder', 'hip', 'knee'): 'hips not as they were shown',
    ('angle', 'hip', 'knee', 'ankle'): 'knees not as they were shown',
    ('height', 'wrist', 'shoulder'): 'hands not where they were shown',
    ('height', 'hip', 'ankle'): 'hips not as high as they were shown',
    ('height', 'shoulder', 'ankle'): 'shoulders not as high as they were shown',
    ('apart', 'wrist'): 'hands not as far apart as they were shown',
    ('apart', 'ankle'): 'feet not as far apart as they were shown',
}
QUANTITIES = tuple(
    Quantity.model_validate({kind: parts if len(parts) > 1 else parts[0]})
    for kind, *parts in REASONS)
SCALES = np.array([DEGREES if q.kind in ('angle', 'tilt') else STATURES for q in QUANTITIES])
# For the seed rule: the joint whose angle each quantity is.
JOINTS = {1: 'elbow', 2: 'shoulder', 3: 'hip', 4: 'knee'}
_TILT, _HIPS = 0, 6
_BOTH_HIPS = [INDEX['left_hip'], INDEX['right_hip']]


@dataclass(frozen=True)
class Shown:
    """One repetition of the teacher; values (2, quantities), left and right."""

    swing: Swing
    rest: np.ndarray
    far: np.ndarray

    @property
    def change(self) -> np.ndarray:
        """In scales; 0 where it was not seen."""
        return np.nan_to_num((self.far - self.rest) / SCALES)

    def like(self, other: 'Shown') -> bool:
        """Whether it is the same exercise, perhaps with the other side."""
        mine, theirs = self.change, other.change
        size = float(np.linalg.norm(mine)) / max(float(np.linalg.norm(theirs)), 1e-9)
        return 0.6 < size < 1 / 0.6 and max(
            _cosine(mine, theirs), _cosine(mine, theirs[::-1])) >= ALIKE


@dataclass(frozen=True)
class Learned:
    """What came of a lesson: the text of the file, and the repetitions that it stands for."""

    name: str
    text: str
    summary: str            # one sentence
    repetitions: tuple[Demonstration, ...]  # the first is the one to compare form with

    def write(self, folder: Path) -> Path:
        """Put `<name>.yaml` and `<name>.baseline.npz` there; the path of the first.

        Raises UserError when the folder cannot be written, or there is such a file.
        """
        path = folder / f'{self.name}.yaml'
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if path.exists():
                raise UserError(f'{path} is there already; give the exercise another name')
            save_demonstrations(folder / f'{self.name}{SUFFIX}', self.repetitions)
            # The name appears with the file complete: others may be reading the folder.
            draft = folder / f'.{self.name}.yaml.new'
            draft.write_text(self.text, 'utf-8')
            draft.replace(path)
        except OSError as error:
            raise UserError(
                f'the exercise cannot be written to {folder}: {error.strerror}') from None
        return path


class _Place:
    """Where the teacher has turned round: perhaps the start position."""

    def __init__(self, values: np.ndarray):
        """values: (2, quantities)."""
        self.values = values
        self.swings = Swings(leave=MOVED, back=0.6)
        self.shown: list[Shown] = []

    def away(self, values: np.ndarray) -> float:
        """How far from here: mean of the three largest changes, of either side."""
        sizes = np.abs(values - self.values) / SCALES
        largest = np.sort(np.where(np.isnan(sizes), -1, sizes).max(0))[-3:]
        return float(largest.mean()) if largest[0] >= 0 else NAN

    @property
    def alike(self) -> list[Shown]:
        """Its movements that are as the newest one."""
        return [s for s in self.shown if s.like(self.shown[-1])]


class Lesson:
    """Watches the teacher, image by image, until enough has been shown."""

    def __init__(self, name: str, repetitions: int = 3, track_id: str = '', line: float = 0.3):
        """repetitions: to be shown. track_id: of the teacher, '' = the only person in view."""
        self.name, self.repetitions, self.track_id = name, repetitions, track_id
        self._line = line
        self._timeline = Timeline()
        self._forget()

    def _forget(self) -> None:
        self.done = False  # whether enough has been shown
        self.instruction = 'take the start position, keep still for a moment, then show it'
        self._places: list[_Place] = []
        self._poses: deque[tuple[int, np.ndarray]] = deque()
        self._looks: deque[tuple[int, np.ndarray]] = deque()  # (2, quantities)
        self._hips: deque[tuple[int, float]] = deque()  # statures from the left of the picture
        self._stature = NAN
        self._present: int | None = None
        self._alone: int | None = None
        self._progress: int | None = None

    @property
    def seen(self) -> int:
        """Repetitions that have been shown alike."""
        return min(len(self._like), self.repetitions)

    @property
    def _like(self) -> list[Shown]:
        """Those of the place that most of them come back to; the first such place."""
        return max((p.alike for p in self._places if p.shown), key=len, default=[])

    def update(self, people: People) -> None:
        """Take the people of the next image; raises UserError when it cannot go on."""
        if self._timeline.jumped(people.stamp):
            self._forget()
        stamp = people.stamp
        if self._progress is None:
            self._progress = self._present = self._alone = stamp
        pose = self._teacher(people)
        enough = self.seen >= self.repetitions
        if stamp - self._progress > (AFTER if enough else PATIENCE) * SECOND:
            if not enough:
                raise UserError(
                    f'no {"other " if self.seen else ""}repetition was seen for {PATIENCE:.0f} s; '
                    'keep still in the start position for two seconds, then show it with large '
                    'movements')
            self.done = True
        if pose is None or self.done:
            return
        self._poses.append((stamp, pose))
        self._measure(pose, stamp)
        if enough or not self._looks:
            return
        now = _median(np.array([v for _, v in list(self._looks)[-3:]]))
        for place in self._places:
            level = place.away(now)
            swing = place.swings.update(level, stamp) if level == level else None
            if swing is not None:
                self._show(place, swing)
        self._remember(now, stamp)

    def learned(self, spoken: Mapping[str, str]) -> Learned:
        """The exercise file of what was shown; spoken: its name by language, en among them.

        Raises UserError when nothing that could be counted was shown.
        """
        reps = self._like[-self.repetitions:]
        if not reps:
            raise UserError('no repetition was seen; show some and come back each time')
        each = _one_sided(reps)
        for guarded in (True, False):
            text, moving = _file(self.name, spoken, reps, each, guarded)
            if moving and self._counts(text) >= len(reps):
                break
        else:
            raise UserError(
                'what was shown cannot be told from standing still; show it again with larger '
                'movements, and from a side where they are seen')
        best = _middle(reps)
        reps = [best, *(rep for rep in reps if rep is not best)]
        what = ' and '.join(' '.join(q.parts[1:2] if q.kind == 'angle' else q.parts[:1])
                            for q in moving[:2])
        return Learned(
            self.name, text, f'learned {self.name} from {len(reps)} repetitions; it moves the '
            f'{what}', tuple(self._demonstration(rep) for rep in reps))

    def _demonstration(self, rep: Shown) -> Demonstration:
        kept = [(t, p) for t, p in self._poses
                if rep.swing.start - SECOND // 5 <= t <= rep.swing.end + SECOND // 5]
        return Demonstration(np.array([t for t, _ in kept]), np.array([p for _, p in kept]))

    def _teacher(self, people: People) -> np.ndarray | None:
        stamp = people.stamp
        found = [p for p in people.people if self.track_id in ('', p.id)]
        if len(found) < 2:
            self._alone = stamp
        elif stamp - (self._alone or 0) > CROWDED * SECOND:
            raise UserError(
                f'{len(found)} people are in view; say with track_id who teaches: '
                + ', '.join(sorted(p.id for p in found)))
        if found:
            self._present = stamp
        elif stamp - (self._present or 0) > LONELY * SECOND:
            who = f'{self.track_id} was' if self.track_id else 'nobody was'
            missing = ' not' if self.track_id else ''
            raise UserError(
                f'{who}{missing} in view for {LONELY:.0f} s; step before the camera and begin '
                'again')
        return found[0].keypoints if len(found) == 1 else None

    def _measure(self, keypoints: np.ndarray, stamp: int) -> None:
        pose = keypoints.tolist()
        tall, s = stature(pose, self._line), self._stature
        if tall == tall:
            self._stature = tall if s != s or abs(math.log(tall / s)) > 0.5 else (
                s * (tall / s) ** 0.05)
        if self._stature != self._stature:
            return
        self._looks.append((stamp, np.array([
            [value(pose, q, side, self._stature, self._line) for q in QUANTITIES]
            for side in SIDES])))
        hips = [pose[i][0] for i in _BOTH_HIPS if pose[i][2] >= self._line]
        if hips:
            self._hips.append((stamp, sum(hips) / len(hips) / self._stature))
        for kept in (self._looks, self._hips, self._poses):
            while kept and stamp - kept[0][0] > LONGEST * SECOND:
                kept.popleft()  # type: ignore[attr-defined]

    def _remember(self, now: np.ndarray, stamp: int) -> None:
        """Where one hardly moves may be the start position."""
        recent = [v for t, v in self._looks if stamp - t <= SLOW * SECOND]
        if stamp - self._looks[0][0] < SLOW * SECOND or len(recent) < 3:
            return
        # Of the images, a tenth may be wrong.
        low, high = _quantiles(np.array(recent), (0.1, 0.9))
        largest = np.sort(np.nan_to_num((high - low) / SCALES).max(0))[-3:]
        if largest.mean() > HARDLY or any(
                not place.away(now) > MOVED for place in self._places):
            return
        self._places.append(_Place(_median(np.array(recent))))
        if len(self._places) > PLACES:
            idle = [p for p in self._places[:-1] if not p.shown] or self._places
            self._places.remove(idle[0])

    def _show(self, place: _Place, swing: Swing) -> None:
        """A movement has come back: a repetition, unless it led somewhere else."""
        hips = [x for t, x in self._hips if swing.start <= t <= swing.end]
        if hips and abs(hips[-1] - hips[0]) > 0.5:
            place.shown.clear()
            return
        before = self.seen
        place.shown.append(
            Shown(swing, self._around(swing.start), self._around(swing.furthest)))
        left = self.repetitions - self.seen
        if self.seen > before:
            self._progress = swing.end
            self.instruction = (
                'that is enough, thank you' if left <= 0 else f'good; {left} more')
        elif len(place.shown) > 1 and len(place.alike) == 1:
            self.instruction = f'that was different from the one before; show it {left} more times'

    def _around(self, at: int) -> np.ndarray:
        near = [v for t, v in self._looks if abs(t - at) <= 0.12 * SECOND]
        return _median(np.array(near))

    def _counts(self, text: str) -> int:
        """How many repetitions of the lesson the file would count."""
        counter = Counter(Exercise.model_validate(yaml.safe_load(text)), self._line)
        first = self._like[0].swing.start - 1.5 * SECOND
        return sum(
            m.verdict == Verdict.REP for stamp, pose in self._poses if stamp >= first
            for m in counter.update(pose.tolist(), stamp))


def check_name(name: str, taken: Mapping[str, Path]) -> None:
    """Raises UserError for what is no name of a new exercise file."""
    if not re.fullmatch('[a-z][a-z0-9_]*', name):
        raise UserError(
            f'{name!r} is no name for an exercise; small letters, digits and _, as in side_raise')
    if name == 'auto' or name in taken:
        where = f' ({taken[name]})' if name in taken else ''
        raise UserError(f'there is an exercise {name} already{where}; give another name')


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float((a * b).sum()) / size if size else 0.0


def _median(values: np.ndarray) -> np.ndarray:
    """Over the first axis; NaN where more than half is."""
    return _quantiles(values, (0.5,))[0]


def _quantiles(values: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """Over the first axis of (n, ...); NaN where more than half is."""
    if not len(values):
        return np.full((len(shares), *values.shape[1:]), np.nan)
    there = np.isfinite(values).mean(0) >= 0.5
    found = np.quantile(np.where(np.isnan(values), _filled(values), values), shares, axis=0)
    return np.where(there, found, np.nan)


def _filled(values: np.ndarray) -> np.ndarray:
    """The mean over the first axis of what is there, 0 where nothing is."""
    there = np.isfinite(values)
    return np.where(there, values, 0).sum(0) / np.maximum(there.sum(0), 1)


def _one_sided(reps: Sequence[Shown]) -> bool:
    """Whether each repetition was done with one side, seen beside the other."""
    for rep in reps:
        both = np.isfinite(rep.far - rep.rest).all(0)
        left, right = (float(np.linalg.norm(side[both])) for side in rep.change)
        if both.sum() < 4 or max(left, right) < 2.5 * min(left, right):
            return False
    return True


def _middle(reps: Sequence[Shown]) -> Shown:
    """The repetition that is most like the others in size and duration."""
    sizes = [float(np.linalg.norm(r.change)) for r in reps]
    times = [(r.swing.end - r.swing.start) / SECOND for r in reps]
    size, time = float(np.median(sizes)), float(np.median(times))
    return min(zip(reps, sizes, times, strict=True), key=lambda r: (
        abs(r[1] / size - 1) + abs(r[2] / time - 1)))[0]


def _file(
    name: str, spoken: Mapping[str, str], reps: Sequence[Shown], each: bool, guarded: bool,
) -> tuple[str, list[Quantity]]:
    """The text of the exercise file, and what moves, most first; without measures none does."""
    rest, far = (np.array([_sides(side, rep, each) for rep in reps for side in [getattr(rep, at)]])
                 for at in ('rest', 'far'))  # (repetitions, quantities)
    seen = np.isfinite(rest).all(0) & np.isfinite(far).all(0)
    change = np.where(seen, (far - rest) / SCALES, 0)
    size = np.abs(change.mean(0))
    steady = (np.sign(change) == np.sign(change.mean(0))).all(0) & (change.std(0) < 0.35 * size)
    single = [i for i, q in enumerate(QUANTITIES) if each and q.kind == 'apart']
    size[single] = 0
    order = np.argsort(-size * np.where(SCALES == DEGREES, 1, LENGTHS))
    moving = [int(i) for i in order if steady[i] and size[i] >= max(MOVED, 0.45 * size.max())]
    moving = moving[:MOST_MEASURES]
    lines = [
        '# Taught by showing it. Statures and degrees; the README of trainer_counter says more.',
        f'name: {name}',
        'spoken: {' + ', '.join(
            f'{language}: {json.dumps(text, ensure_ascii=False)}'
            for language, text in spoken.items()) + '}']
    if each:
        lines.append('sides: each')
    bent = [i for i in moving if i in JOINTS] or [i for i in map(int, order) if i in JOINTS][:1]
    angle = float(np.radians(np.abs(far - rest)[:, bent].mean()))
    joints = [f'{side}_{JOINTS[i]}' for i in bent for side in SIDES]
    times = [(rep.swing.end - rep.swing.start) / SECOND for rep in reps]
    lines += [
        f'joints: [{", ".join(joints)}]',
        f'threshold: {min(max((0.4 * angle) ** 2, 0.01), 10):.3f}',
        f'pace: {min(max(float(np.median(times)), 0.3), 60):.1f}',
        f'seconds: [{max(0.3, 0.25 * min(times)):.1f}, {max(20.0, 4 * max(times)):.0f}]',
        'measures:']
    lines += [
        f'  - {{{_named(i)}, rest: {_number(i, rest[:, i].mean())}, '
        f'peak: {_number(i, far[:, i].mean())}}}' for i in moving]
    lines.append('start:')
    for i in (_TILT, _HIPS):
        if seen[i]:
            lines.append(_guard(i, rest[:, i], 0.9))
    guards = [i for i in range(len(QUANTITIES)) if guarded and seen[i] and i not in moving
              and i not in single]
    if guards:
        lines += ['guards:', *(_guard(i, far[:, i], 1.1) for i in guards)]
    if seen[_TILT]:
        lines += ['end:', _guard(_TILT, rest[:, _TILT], 1.1)]
    return '\n'.join(lines) + '\n', [QUANTITIES[i] for i in moving]


def _sides(values: np.ndarray, rep: Shown, each: bool) -> np.ndarray:
    """Values (quantities,) of (2, quantities): of the side that moved, or the mean of the sides."""
    if each:
        return values[int(np.argmax(np.linalg.norm(rep.change, axis=1)))]
    return _filled(values) + np.where(np.isfinite(values).any(0), 0, np.nan)


def _named(i: int) -> str:
    quantity = QUANTITIES[i]
    parts = quantity.parts
    return f'{quantity.kind}: ' + (parts[0] if len(parts) == 1 else f'[{", ".join(parts)}]')


def _number(i: int, number: float) -> str:
    return f'{number:.0f}' if SCALES[i] == DEGREES else f'{number:.2f}'


def _guard(i: int, values: np.ndarray, margin: float) -> str:
    """Within what was shown, and a margin in scales."""
    low, high = values.min() - margin * SCALES[i], values.max() + margin * SCALES[i]
    if SCALES[i] == DEGREES:
        low, high = max(low, 0), min(high, 180)
    reason = list(REASONS.values())[i]
    return f'  - {{{_named(i)}, within: [{_number(i, low)}, {_number(i, high)}], reason: {reason}}}'
