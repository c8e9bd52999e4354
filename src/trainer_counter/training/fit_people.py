"""Widen what the baselines let pass by how real people differ from the athlete.

    python fit_people.py [--shared ../../../../shared] [--tracks FOLDER] [--kept FILE] [--check]

Technique differs: of the people in the project's videos most do not lift the arms as high in a
jumping jack, or lean as far in a squat, as the drawn athlete, and none of them is wrong. Their
repetitions, from Penn Action and from the clips (tracks of any pose estimator, as for
fit_likeness.py), are taken for right ones. The tolerances are widened, each way by itself, so that
a fault in the other direction is named as before: to what MOST of the people differ, each track as
one repetition; but never so far that one is not told who misses a plain part of the way. By a hash
of its name a track is in one of two halves. Printed is how many repetitions of each half are called
right, and get a hint, by the baselines as they are, and by such as have seen only the other half;
those that are written have seen both. --check: nothing is written. --kept: where the repetitions
are kept, as finding them takes minutes.
"""

import argparse
import pickle
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from fit_likeness import EXERCISES, half, real
from make_baselines import CEILING, FOLDER
from tqdm import tqdm

from trainer_core.angles import JOINTS
from trainer_core.skeleton import INDEX
from trainer_counter.form.baseline import Baseline, read
from trainer_counter.form.judge import MOVES, Form, Judge
from trainer_counter.form.parts import MOMENTS, PAIRS, PARTS, median
from trainer_counter.form.scorer import Scorer
from trainer_counter.reps.movement import Movement
from trainer_counter.reps.set import Set

MOST = 0.97       # of the people
MARGIN = 1.25     # over them: there are few
SHORT = 0.1       # of the way to the far end that may be missing, whatever most people do
TWINS = {'l': ('left', 'right'), 'r': ('right', 'left')}
ALIKE = ((0, 4), (1, 3))  # moments that are taken together: start and end, out and back


Tracks = dict[str, list[Form]]  # forms by track


@dataclass(frozen=True)
class Repetition:
    """What a judge is given."""

    track: str
    exercise: str
    stamps: list[int]
    poses: list[np.ndarray]
    movement: Movement

    @property
    def half(self) -> int:
        return half(self.track.rsplit('/', 1)[-1])


def repetitions(shared: Path, tracks: Path | None) -> Iterator[Repetition]:
    for key, name, people in real(shared, tracks):
        if name not in EXERCISES or EXERCISES[name].counts == 'seconds' or key.startswith('form'):
            continue
        exercise = EXERCISES[name]
        the_set, scorer = Set(exercise), Scorer(exercise, read(FOLDER / f'{name}.npz', name))
        found: list[Repetition] = []
        judge = scorer.judge.judge

        def keep(stamps, poses, movement, found=found, judge=judge, key=key, name=name):
            found.append(Repetition(key, name, list(stamps), list(poses), movement))
            return judge(stamps, poses, movement)

        scorer.judge.judge = keep  # type: ignore[method-assign]
        for image in people:
            state, movements = the_set.update(image)
            mine = [p for p in image.people if p.id == state.track_id]
            scorer.update(image.stamp, mine[0].keypoints if mine else None)
            for movement in movements:
                scorer.moved(movement)
        scorer.finish()
        yield from found


def widened(
    base: Baseline, judge: Judge, forms: Tracks, tempo: tuple[float, float],
) -> Baseline:
    """The baseline with what the people of some tracks differ; tempo: of those of all exercises."""
    base = replace(base, quick=min(base.quick, tempo[0]), slow=max(base.slow, tempo[1]))
    if not forms:
        return base
    off = np.array([median(np.array([judge.off(f) for f in found])) for found in forms.values()])
    # Left and right are the same people, and so are moments alike.
    both = np.concatenate([off, off])
    for left, right in PAIRS:
        both[len(off):, [left, right]] = both[len(off):, [right, left]]
    for a, b in ALIKE:
        both = np.concatenate([both, both])
        both[len(both) // 2:, :, [a, b]] = both[len(both) // 2:, :, [b, a]]
    both = np.where(np.isfinite(both).any(0), both, 0.0)
    low, high = np.nanquantile(both, 1 - MOST, axis=0), np.nanquantile(both, MOST, axis=0)
    people = np.clip(MARGIN * np.stack([-low, high]), 0, CEILING)
    people = np.minimum(people, enough(base))
    assert base.tolerance is not None
    medians = [float(np.median([f.median for f in found])) for found in forms.values()]
    return replace(
        base, tolerance=np.maximum(base.tolerance, people),
        threshold=max(base.threshold, MARGIN * float(np.quantile(medians, MOST))))


def enough(base: Baseline) -> np.ndarray:
    """(2, parts, moments) rad: who does not go as far as most of the way is told, whoever they are.

    inf where it is not about how far a joint goes by which the exercise is measured.
    """
    most = np.full((2, len(PARTS), MOMENTS), np.inf)
    about = {m.parts[1] for m in EXERCISES[base.name].measures if m.kind == 'angle'}
    for joint, points in JOINTS.items():
        if joint.split('_')[1] not in about:
            continue
        a, b, c = (base.points[[0, base.far]][:, INDEX[p]] for p in points)
        u, v = a - b, c - b
        rest, far = np.arctan2(np.linalg.norm(np.cross(u, v), axis=-1), (u * v).sum(-1))
        for part in (joint, joint.replace(*TWINS[joint[0]])):
            if abs(far - rest) > MOVES:
                most[int(far < rest), PARTS.index(part), 1:-1] = SHORT * abs(far - rest)
    return most


def tempos(tracks: Iterable[Tracks]) -> tuple[float, float]:
    """Between which durations, as shares of the baselines', most people do a repetition."""
    each = [float(np.median([f.tempo for f in found])) for t in tracks for found in t.values()]
    return float(np.quantile(each, 1 - MOST)), float(np.quantile(each, MOST))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--shared', type=Path, default=Path('../../../../shared'))
    parser.add_argument('--tracks', type=Path)
    parser.add_argument('--kept', type=Path)
    parser.add_argument('--check', action='store_true')
    args = parser.parse_args()
    if args.kept and args.kept.is_file():
        reps = pickle.loads(args.kept.read_bytes())
    else:
        reps = list(tqdm(repetitions(args.shared, args.tracks), unit='repetition'))
        if args.kept:
            args.kept.write_bytes(pickle.dumps(reps))
    names = sorted({rep.exercise for rep in reps})
    judges = {name: Judge(EXERCISES[name], read(FOLDER / f'{name}.npz', name)) for name in names}
    seen: dict[tuple[str, int], Tracks] = {(n, h): defaultdict(list) for n in names for h in (0, 1)}
    now = [judges[rep.exercise].judge(rep.stamps, rep.poses, rep.movement) for rep in reps]
    for rep, form in zip(reps, now, strict=True):
        if form.path and np.isfinite(form.median):
            seen[rep.exercise, rep.half][rep.track].append(form)
    total: dict[str, Counter] = defaultdict(Counter)
    for name, judge in judges.items():
        for part in (0, 1):
            by_other = Judge(EXERCISES[name], widened(
                judge.baseline, judge, seen[name, 1 - part],
                tempos(seen[n, 1 - part] for n in names)))
            mine = [i for i, r in enumerate(reps) if r.exercise == name and r.half == part]
            again = [by_other.judge(reps[i].stamps, reps[i].poses, reps[i].movement) for i in mine]
            for what, said in (
                    ('as they are', [now[i] for i in mine]), ('by the other half', again)):
                blamed = Counter(
                    f'{h.part} {h.direction} {h.moment}' for f in said for h in f.hints)
                tally = Counter(n=len(said), right=sum(f.correct for f in said),
                                hinted=sum(bool(f.hints) for f in said))
                total[what] += tally
                print(line(f'{name} {part}', what, tally), '|', ', '.join(
                    f'{k}: {v}' for k, v in blamed.most_common(4)), flush=True)
        if not args.check:
            widened(judge.baseline, judge, seen[name, 0] | seen[name, 1],
                    tempos(seen.values())).save(FOLDER / f'{name}.npz')
    for what, tally in total.items():
        print(line('all', what, tally))


def line(name: str, what: str, t: Counter) -> str:
    n = max(t['n'], 1)
    return (f'{name:17s} {what:17s} {t["n"]:4d} repetitions, called right '
            f'{100 * t["right"] / n:3.0f} %, hinted {100 * t["hinted"] / n:3.0f} %')


if __name__ == '__main__':
    main()
