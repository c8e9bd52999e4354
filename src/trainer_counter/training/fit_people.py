"""Widen what the baselines let pass by how real people differ from the athlete.

    python fit_people.py [--shared ../../../../shared] [--tracks FOLDER] [--kept FILE] [--check]

Technique differs: of the people in the project's videos most do not lift the arms as high in a
jumping jack, or lean as far in a squat, as the drawn athlete, and none of them is wrong. Their
repetitions, from Penn Action and from the clips (tracks of any pose estimator, as for
fit_likeness.py), are taken for right ones. How far off they are grows with how badly the view that
was found shows them, so what they may differ is fitted as a share of that, each way by itself: who
is seen as plainly as the athlete is judged as strictly. In the way that the exercise is about,
ABOUT of the people are let pass, each track as one; of the many other things a coach says only
what is quite unusual. Exercises of which there are few tracks take the people of all others. By a
hash of its name a track is in one of two halves. Printed is how many repetitions of each half are
called right, and get a hint, by the baselines as they are, and by such as have seen only the other
half; those that are written have seen both. So that this is not had by saying nothing: in the same
repetitions one joint that the exercise is about is made to go less far, by a share of its way in
the picture, and it is printed in how many that is named. --check: nothing is written. --kept: where
the repetitions are kept, as finding them takes minutes.
"""

import argparse
import pickle
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from fit_likeness import EXERCISES, half, real
from make_baselines import FOLDER
from tqdm import tqdm

from trainer_core.angles import JOINTS
from trainer_core.skeleton import INDEX
from trainer_counter.form.baseline import Baseline, read
from trainer_counter.form.judge import MOVES, Form, Judge
from trainer_counter.form.limits import misfit
from trainer_counter.form.parts import MOMENTS, PAIRS, PARTS, direction, median
from trainer_counter.form.scorer import Scorer
from trainer_counter.reps.movement import Movement
from trainer_counter.reps.set import Set

ABOUT = 0.93          # of the people are let pass where the exercise is about it
BESIDE = 0.97         # of them in all else,
LATITUDE = 2.0        # and twice that: there are many such things in one repetition
TEMPI, PACE = 0.97, 1.1  # of the people's durations, either way, and some more
FEW = 12              # tracks; with fewer, people in other exercises count, too
KINDS = ('elbow', 'shoulder', 'hip', 'knee', 'torso')
TWINS = {'l': ('left', 'right'), 'r': ('right', 'left')}
NOBODY = np.zeros((0, len(PARTS), MOMENTS))
HANGS = {'elbow': ['wrist'], 'shoulder': ['elbow', 'wrist'], 'hip': ['knee', 'ankle'],
         'knee': ['ankle']}  # what a joint moves
SHARES = 0.3, 0.5     # of the way that is made to be missing
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


def differing(judge: Judge, forms: Tracks) -> np.ndarray:
    """(tracks, parts, moments) rad for each 1 of misfit; NaN: not judged."""
    return np.array([
        median(np.array([judge.off(f) / misfit(f.view.residual) for f in found if f.view]))
        for found in forms.values()]).reshape(-1, len(PARTS), MOMENTS)


def twice(off: np.ndarray) -> np.ndarray:
    """With left and right exchanged, too, and with moments that are alike: the same people."""
    both = np.concatenate([off, off])
    for left, right in PAIRS:
        both[len(off):, [left, right]] = both[len(off):, [right, left]]
    both = np.concatenate([both, both])
    for a, b in ALIKE:
        both[len(both) // 2:, :, [a, b]] = both[len(both) // 2:, :, [b, a]]
    return both


def ends(values: np.ndarray, share: float) -> np.ndarray:
    """(2, ...) how far values (n, ...) go below and above 0 in a share of them, each by itself."""
    there = np.isfinite(values).any(0) if len(values) else np.zeros(values.shape[1:], bool)
    values = np.where(there, values, 0.0) if len(values) else np.zeros((1, *values.shape[1:]))
    low, high = np.nanquantile(values, 1 - share, axis=0), np.nanquantile(values, share, axis=0)
    return np.maximum(np.stack([-low, high]), 0)


def spread(name: str, people: dict[str, np.ndarray], share: float) -> np.ndarray:
    """(2, parts, moments) what so many of the people differ, as in `differing`."""
    both = twice(people[name])
    own = ends(both, share)
    few = np.isfinite(both).sum(0) / 2 < FEW
    others = np.zeros_like(own)
    for kind in KINDS:
        here = [i for i, part in enumerate(PARTS) if part.endswith(kind)]
        all_others = [values[:, here] for other, values in people.items() if other != name]
        # Every exercise counts as much as any other.
        ranks = [np.quantile(v[np.isfinite(v)], np.linspace(0, 1, 41))
                 for v in all_others if np.isfinite(v).any()]
        if ranks:
            others[:, here] = ends(np.concatenate(ranks), share)[:, None, None]
    return np.where(few, np.maximum(own, others), own)


def widened(base: Baseline, people: dict[str, np.ndarray], forms: dict[str, Tracks]) -> Baseline:
    """The baseline with what the people of some tracks differ, by exercise."""
    beside = LATITUDE * spread(base.name, people, BESIDE)
    wide = np.where(about(base), spread(base.name, people, ABOUT), beside)
    known = [forms[base.name]] if len(forms[base.name]) > FEW else list(forms.values())
    each = [found for tracks in known for found in tracks.values()]
    tempi = [float(np.median([f.tempo for f in found])) for found in each]
    medians = [float(np.median([f.median for f in found])) for found in each]
    return replace(
        base, spread=wide,
        threshold=max(base.threshold, PACE * float(np.quantile(medians, BESIDE))),
        quick=min(base.quick, float(np.quantile(tempi, 1 - TEMPI)) / PACE),
        slow=max(base.slow, float(np.quantile(tempi, TEMPI)) * PACE))


def about(base: Baseline) -> np.ndarray:
    """(2, parts, moments) whether it is not going far enough with a joint of its measures."""
    found = np.zeros((2, len(PARTS), MOMENTS), bool)
    measured = {m.parts[1] for m in EXERCISES[base.name].measures if m.kind == 'angle'}
    for joint, points in JOINTS.items():
        if joint.split('_')[1] not in measured:
            continue
        a, b, c = (base.points[[0, base.far]][:, INDEX[p]] for p in points)
        u, v = a - b, c - b
        rest, far = np.arctan2(np.linalg.norm(np.cross(u, v), axis=-1), (u * v).sum(-1))
        for part in (joint, joint.replace(*TWINS[joint[0]])):
            if abs(far - rest) > MOVES:
                found[int(far < rest), PARTS.index(part), 1:-1] = True
    return found


def named(judge: Judge, rep: Repetition, right: Form, share: float) -> Counter:
    """How often it is said that a joint lacks a share of its way, of the joints that are judged."""
    tally = Counter(n=0, named=0)
    for way, part in np.argwhere(about(judge.baseline)[:, :, 2]):
        if right.parts[part].judged:
            hints = judge.judge(rep.stamps, short(rep, PARTS[part], share), rep.movement).hints
            said = PARTS[part], direction(int(part), 1.0 if way else -1.0)
            tally += Counter(n=1, named=said in [(h.part, h.direction) for h in hints])
    return tally


def short(rep: Repetition, joint: str, share: float) -> list[np.ndarray]:
    """The poses with what hangs on a joint turned back by a share of its way from the start."""
    poses = np.array(rep.poses, float)
    side, kind = joint.split('_')
    a, b, c = (poses[:, INDEX[p], :2] for p in JOINTS[joint])
    (ux, uy), (vx, vy) = (a - b).T, (c - b).T
    angle = np.unwrap(np.arctan2(ux * vy - uy * vx, ux * vx + uy * vy))
    started = np.searchsorted(rep.stamps, rep.movement.start)
    turn = share * (np.median(angle[started:started + 3]) - angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    for end in HANGS[kind]:
        at = INDEX[f'{side}_{end}']
        poses[:, at, :2] = b + np.einsum('ijn,nj->ni', rotation, poses[:, at, :2] - b)
    return list(poses)


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
    seen: dict[int, dict[str, Tracks]] = {
        h: {name: defaultdict(list) for name in names} for h in (0, 1)}
    now = [judges[rep.exercise].judge(rep.stamps, rep.poses, rep.movement) for rep in reps]
    for rep, form in zip(reps, now, strict=True):
        if form.path and np.isfinite(form.median):
            seen[rep.half][rep.exercise][rep.track].append(form)
    people = {h: {name: differing(judges[name], seen[h][name]) for name in names} for h in (0, 1)}
    everybody = {name: np.concatenate([people[0][name], people[1][name]]) for name in names}
    all_seen: dict[str, Tracks] = {name: seen[0][name] | seen[1][name] for name in names}
    total: dict[str, Counter] = defaultdict(Counter)
    faults: dict[float, Counter] = defaultdict(Counter)
    for name, judge in judges.items():
        for part in (0, 1):
            by_other = Judge(EXERCISES[name], widened(
                judge.baseline, people[1 - part], seen[1 - part]))
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
            for share in SHARES:
                for i, form in zip(mine, again, strict=True):
                    faults[share] += named(by_other, reps[i], form, share)
    if not args.check:
        for name in EXERCISES:
            path = FOLDER / f'{name}.npz'
            base = read(path, name)
            if base.tolerance is not None:
                widened(base, {name: NOBODY, **everybody}, {name: {}, **all_seen}).save(path)
    for what, tally in total.items():
        print(line('all', what, tally))
    for share, tally in faults.items():
        print(f'{share:.0%} of the way missing at one joint: named in {tally["named"]} of '
              f'{tally["n"]}, {tally["named"] / tally["n"]:.0%}')


def line(name: str, what: str, t: Counter) -> str:
    n = max(t['n'], 1)
    return (f'{name:17s} {what:17s} {t["n"]:4d} repetitions, called right '
            f'{100 * t["right"] / n:3.0f} %, hinted {100 * t["hinted"] / n:3.0f} %')


if __name__ == '__main__':
    main()
