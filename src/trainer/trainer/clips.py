"""Recordings whose truth is known: how many are counted right, ours beside the seed rule.

The truth is a JSON list of recordings in the same folder: `file`, `name` (the exercise), `reps`,
and, where several counts pass, `accept`, a list.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer.scoring import Score, open_material
from trainer_core.errors import UserError
from trainer_core.people import People
from trainer_counter.reps.auto import AUTO
from trainer_counter.reps.opening import open_set

METHODS = ('default', 'mse')
NAMES = {'default': 'ours', 'mse': 'seed rule'}


@dataclass(frozen=True)
class Clip:
    """One recording and what is in it."""

    path: Path
    exercise: str
    reps: int
    accept: tuple[int, ...]  # counts that pass


@dataclass(frozen=True)
class Result:
    """What was counted in one recording, by method, and what `auto` took it for."""

    clip: Clip
    reps: dict[str, int]
    recognised: str

    def away(self, method: str) -> int:
        """Repetitions too many or too few."""
        return min(abs(self.reps[method] - n) for n in self.clip.accept)


def read_truth(path: Path) -> list[Clip]:
    """The recordings of a truth file; raises UserError naming it and what is wrong."""
    try:
        return [
            Clip(path.parent / c['file'], str(c['name']), int(c['reps']),
                 tuple(int(n) for n in c.get('accept') or [c['reps']]))
            for c in json.loads(path.read_text('utf-8'))]
    except OSError as error:
        raise UserError(f'{path} cannot be read: {error.strerror}') from None
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            f'{path} is no list of recordings, each with file, name and reps ({error!r})') from None


def save_track(people: Sequence[People], path: Path) -> None:
    """Write them as a joint track; every track id has a column of its own."""
    names = sorted({person.id for p in people for person in p.people})
    poses = np.zeros((len(people), max(len(names), 1), 18, 3), np.float32)
    for i, p in enumerate(people):
        for person in p.people:
            poses[i, names.index(person.id)] = person.keypoints
    size = (people[0].width, people[0].height) if people else (0, 0)
    try:
        np.savez_compressed(
            path, keypoints=poses, stamps=np.array([p.stamp for p in people]), size=size)
    except OSError as error:
        raise UserError(
            f'the joint track cannot be written to {path}: {error.strerror}') from None


def people_of(path: Path, tracks: Path | None = None, **pose: Any) -> list[People]:
    """The people of a recording; of its joint track in the folder tracks, made if it is not there.

    pose: what `open_material` takes. Raises UserError.
    """
    track = tracks / f'{path.stem}.npz' if tracks is not None else None
    if track is not None and not track.is_file():
        tracks.mkdir(parents=True, exist_ok=True)  # type: ignore[union-attr]
        save_track([*open_material(str(path), **pose).people], track)
    return [*open_material(str(track or path), **pose).people]


def judge(clip: Clip, people: Sequence[People], dirs: Iterable[str] = ()) -> Result:
    """Count it by every method, and let `auto` find out what it is."""
    dirs = list(dirs)

    def counted(exercise: str, method: str = 'default') -> Score:
        score = Score(open_set(exercise, method, dirs), str(clip.path))
        for p in people:
            score.update(p)
        score.settle()
        return score

    return Result(
        clip, {method: counted(clip.exercise, method).set.reps for method in METHODS},
        counted(AUTO).set.exercise.name)


def totals(results: Sequence[Result], method: str) -> dict[str, float]:
    """Shares counted exactly and within one, and the mean of |error| / true."""
    away = [r.away(method) for r in results]
    return {
        'exact': sum(a == 0 for a in away) / len(away),
        'within_one': sum(a <= 1 for a in away) / len(away),
        'mean_error': sum(
            a / max(r.clip.reps, 1) for a, r in zip(away, results, strict=True)) / len(away)}


def document(results: Sequence[Result]) -> dict[str, Any]:
    """The results for programs."""
    return {
        'clips': [{
            'file': r.clip.path.name, 'exercise': r.clip.exercise, 'accept': list(r.clip.accept),
            **r.reps, 'recognised': r.recognised} for r in results],
        'totals': {m: {k: round(v, 3) for k, v in totals(results, m).items()} for m in METHODS},
        'recognised': round(
            sum(r.recognised == r.clip.exercise for r in results) / len(results), 3)}


def table(results: Sequence[Result]) -> str:
    """The results for people: a line for each recording, and the totals."""
    rows = [['recording', 'exercise', 'true', *NAMES.values(), 'recognised as']]
    for r in results:
        rows.append([
            r.clip.path.name, r.clip.exercise, _counts(r.clip.accept),
            *(f'{r.reps[m]}' + ('' if r.away(m) == 0 else ' !') for m in METHODS),
            r.recognised + ('' if r.recognised == r.clip.exercise else ' !')])
    for name, key in (
            ('exact', 'exact'), ('within one', 'within_one'), ('|error| / true', 'mean_error')):
        rows.append([name, '', '', *(f'{totals(results, m)[key]:.2f}' for m in METHODS), ''])
    right = sum(r.recognised == r.clip.exercise for r in results)
    rows[-3][-1] = f'{right} of {len(results)}'
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ['  '.join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
             for row in rows]
    return '\n'.join([*lines[:-3], '-' * len(lines[0]), *lines[-3:]])


def _counts(accept: tuple[int, ...]) -> str:
    if len(accept) > 2 and max(accept) - min(accept) == len(set(accept)) - 1:
        return f'{min(accept)} to {max(accept)}'
    return ' or '.join(map(str, accept))
