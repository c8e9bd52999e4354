"""Fit the classifier that recognises exercises: trainer_counter/reps/likeness.npz.

    python fit_likeness.py [--athletes 400] [--shared ../../../../shared] [--tracks FOLDER]

Learns from movements that the candidates of `auto` counted on tracks of the drawn athlete (all
exercises and everyday motions; bodies, views, tempi and noise by chance), and, where they are
there, of real people: the joint tracks of --shared (Penn Action, form_openpose18), and those of
its clips in --tracks, made by any pose estimator: <clip>.npz or <anything>/<clip>.npz with
keypoints (n, 18, 3), fps or stamps, and size. Every track goes, by a hash of its name, into one of
two halves: each half is recognised by a classifier fitted to the other, and the tables of that
are printed; the classifier that is written has seen both.
"""

import argparse
import hashlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from tqdm import tqdm

from trainer.scoring import open_material
from trainer_core.clock import SECOND
from trainer_core.people import People, Person
from trainer_core.skeleton import INDEX
from trainer_counter import exercises
from trainer_counter.reps import likeness, posture
from trainer_counter.reps.candidates import Candidates, Sighting
from trainer_counter.reps.trainee import Trainee
from trainer_sim.script_file import parse
from trainer_sim.track import Noise, open_track

EXERCISES = {name: exercises.load(name) for name in exercises.names()}
NAMES = [*EXERCISES, likeness.OTHER]
PENALTY = 10.0  # on the squares of the weights
TRUE = 3.0     # weight of a movement as the right candidate has it, compared with other ones
ARMS_ONLY = ('shoulder_press', 'biceps_curl', 'front_raise')
HIDDEN = (('knee', 'ankle'), ('ankle',), ('elbow', 'wrist'))  # parts that may be out of the picture
# Who leaves what free, what then moves like what, and who shows where it may be.
ARMS, LEGS = {'hip', 'shoulder', 'elbow', 'wrist'}, {'shoulder', 'hip', 'knee', 'ankle'}
FREE = (
    (('squat', 'lunge', 'good_morning', 'wall_sit'), ARMS, {'wrist': 'shoulder'},
     ('shoulder_press', 'biceps_curl')),
    (ARMS_ONLY, LEGS, {}, ('wall_sit',)))
ELSEWHERE = 0.3  # weight of such a movement
HALF_SEEN = 0.2  # weight of a movement with one of these hidden
PENN = {
    'squat': 'squat', 'pushup': 'push_up', 'pullup': 'pull_up', 'situp': 'sit_up',
    'jumping_jacks': 'jumping_jack'}
FORM = {'bicep': 'biceps_curl', 'frontraise': 'front_raise', 'shoulderpress': 'shoulder_press'}
PENN_POINTS = [
    'nose', *(f'{side}_{part}' for part in ('shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle')
              for side in ('left', 'right'))]
EVERYDAY = (
    '{enter: {from: left}}, {wait: 5}, {wave: 3}, {pick_up: 3}, {turn: 60}, {stand: 1}, {turn: 0}, '
    '{tie_shoe: 6}, {stand: 1}, {walk: {to: [0.4, 0.4]}}, {wait: 3}, {leave: {to: right}}')
SCRIPT = """
name: training
camera: {{yaw: {yaw:.0f}, pitch: {pitch:.0f}, distance: {distance:.2f}, height: {height:.2f}}}
actors:
  - name: ana
    body: {{height: {tall:.2f}, legs: {legs:.2f}, arms: {arms:.2f}}}
    segments: [{segments}]
"""


def athletes(count: int) -> Iterator[tuple[str, str, Iterator[People]]]:
    """So many tracks of the drawn athlete: key, exercise, people."""
    for i in range(count):
        chance, name = random.Random(i), NAMES[i % len(NAMES)]
        lying = name in ('push_up', 'sit_up', 'v_up', 'plank')
        usual = 85 if lying or name == 'burpee' else 40
        yaw = chance.choice([-1, 1]) * chance.triangular(0, 180, usual)
        if name == 'pull_up':
            yaw = chance.uniform(90, 270)
        if name == likeness.OTHER:
            segments = EVERYDAY
        elif EXERCISES[name].counts == 'seconds':
            segments = f'{{stand: 1}}, {{{name}: {{seconds: 8}}}}, {{stand: 1}}'
        else:
            sided = name in ('biceps_curl', 'lunge') and chance.random() < 0.4
            side = ', side: ' + chance.choice(['left', 'right']) if sided else ''
            segments = (
                f'{{stand: 1}}, {{{name}: {{reps: 3, tempo: {chance.uniform(0.6, 1.6):.2f}, '
                f'range: {chance.uniform(0.85, 1):.2f}{side}}}}}, {{stand: 1}}')
        close = name in ARMS_ONLY and chance.random() < 0.3  # the legs are out of the picture
        middle = 0.5 if lying else 1.35 if close or name == 'pull_up' else 0.95
        text = SCRIPT.format(
            yaw=yaw, pitch=chance.uniform(-3, 15),
            distance=chance.uniform(1.7, 2.3) if close else chance.uniform(3.2, 6),
            height=middle + chance.uniform(-0.1, 0.2),
            tall=chance.uniform(1.5, 2.0), legs=chance.uniform(0.95, 1.05),
            arms=chance.uniform(0.95, 1.05), segments=segments)
        noise = Noise(
            jitter=chance.uniform(0.005, 0.03), drift=chance.uniform(0.005, 0.03),
            drop_joint=chance.choice([0, 0, 0.03]), swap=chance.choice([0, 0, 0.005]))
        yield f'athlete/{i}', name, iter(open_track(
            parse(text, 'training'), fps=15, noise=noise, seed=i))


def real(shared: Path, tracks: Path | None) -> Iterator[tuple[str, str, Iterator[People]]]:
    """The tracks of real people that are there: key, exercise or other, people."""
    penn = shared / 'poses' / 'penn_action_train.npz'
    if penn.is_file():
        with np.load(penn) as kept:
            for key in kept.files:
                name = PENN.get(key.split('_', 1)[1], likeness.OTHER)
                if name in EXERCISES or half(key, 8) == 0:  # there is plenty of other things
                    yield f'penn/{key}', name, people_of(penn_pose(kept[key]), 30)
    labels = shared / 'poses' / 'form_openpose18' / 'labels.json'
    if labels.is_file():
        for label in json.loads(labels.read_text()):
            yield (f'form/{label["file"]}', FORM.get(label['exercise'], likeness.OTHER),
                   people_of(np.load(labels.parent / label['file']).astype(float), 30))
    if tracks is not None:
        truth = json.loads((shared / 'clips' / 'truth.json').read_text())
        names = {Path(clip['file']).stem: clip['name'] for clip in truth}
        names |= {'plank_wahoo': 'plank', 'wall_sit_wahoo': 'wall_sit'}
        for path in sorted(tracks.rglob('*.npz')):
            if path.stem in names:
                key = path.relative_to(tracks).with_suffix('')
                yield str(key), names[path.stem], open_material(str(path)).people


def penn_pose(track: np.ndarray) -> np.ndarray:
    """The 13 joints of Penn Action (n, 13, 3) as 18 keypoints; it has the head, but no face."""
    pose = np.zeros((len(track), 18, 3))
    for i, point in enumerate(PENN_POINTS):
        there = (track[:, i, :2] > 3).all(1)  # what was not labelled is in the corner
        pose[:, INDEX[point], :2] = track[:, i, :2]
        pose[:, INDEX[point], 2] = np.where(there, np.where(track[:, i, 2] > 0, 0.9, 0.35), 0)
    left, right = pose[:, INDEX['left_shoulder']], pose[:, INDEX['right_shoulder']]
    pose[:, INDEX['neck']] = (left + right) / 2
    pose[:, INDEX['neck'], 2] = np.minimum(left[:, 2], right[:, 2])
    return pose


def people_of(poses: np.ndarray, fps: float) -> Iterator[People]:
    """Poses (n, 18, 3) as people; the size of the picture only serves to find the trainee."""
    width, height = (int(n) + 1 for n in poses[..., :2].max((0, 1)))
    for i, pose in enumerate(poses):
        there = [Person('p0000', pose, pose, 1.0)] if (pose[:, 2] > 0).sum() >= 4 else []
        yield People(round(i * SECOND / fps), width, height, there)


def sightings(track: Iterator[People]) -> list[Sighting]:
    """All that all candidates count."""
    trainee, candidates = Trainee(), Candidates(EXERCISES)
    return [s for people in track
            for s in candidates.look(trainee.find(people), people.stamp) or []]


def half(key: str, parts: int = 2) -> int:
    """The half that a track belongs to: all tracks of one recording to the same."""
    return hashlib.md5(Path(key).stem.encode()).digest()[0] % parts


def fit(taken: list[tuple[str, str, list[Sighting]]]) -> likeness.Likeness:
    """The classifier of these tracks: key, exercise, sightings."""
    numbers, labels, weights, own = [], [], [], []
    for _, name, seen in taken:
        often = Counter(s.name for s in seen)
        for s in seen:
            numbers.append(s.numbers)
            labels.append(NAMES.index(name))
            own.append(s.name == name)
            weights.append((TRUE if own[-1] else 1.0) / often[s.name])
    x, y, weight = np.array(numbers), np.array(labels), np.array(weights)
    inside = np.array(own)
    within = np.sqrt(np.nanmean([
        np.nanvar(x[inside & (y == i)], 0) for i in range(len(NAMES))
        if (inside & (y == i)).sum() > 10], 0))
    x, y, weight = (np.concatenate(parts) for parts in zip(
        (x, y, weight), *_elsewhere(x, y, weight), strict=True))
    x, y, weight = _also_half_seen(x, y, weight)
    centre, spread = np.nanmean(x, 0), np.nanstd(x, 0) + 1e-6
    inputs = likeness.inputs(x, centre, spread)
    total = np.bincount(y, weight, len(NAMES))
    weight = 100 * weight / total[y]  # every exercise matters as much
    aim = np.eye(len(NAMES))[y]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        a = flat.reshape(-1, len(NAMES))
        logits = inputs @ a
        logits -= logits.max(1, keepdims=True)
        share = np.exp(logits)
        share /= share.sum(1, keepdims=True)
        slope = inputs.T @ ((share - aim) * weight[:, None])
        slope[1:] += PENALTY * a[1:]
        error = -(weight * np.log(share[np.arange(len(y)), y] + 1e-12)).sum()
        return error + PENALTY * (a[1:] ** 2).sum() / 2, slope.ravel()

    found = minimize(
        loss, np.zeros(inputs.shape[1] * len(NAMES)), jac=True, method='L-BFGS-B',
        options={'maxiter': 300})
    return likeness.Likeness(
        NAMES, centre, spread, within, found.x.reshape(-1, len(NAMES)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--athletes', type=int, default=400, help='tracks of the drawn athlete')
    parser.add_argument('--shared', type=Path, default=Path('../../../../shared'))
    parser.add_argument('--tracks', type=Path, help='joint tracks of the clips')
    parser.add_argument(
        '--out', type=Path, default=Path(likeness.__file__).with_name('likeness.npz'))
    args = parser.parse_args()
    material = [*real(args.shared, args.tracks)]
    taken = [
        (key, name, sightings(track)) for key, name, track in tqdm(
            [*material, *athletes(args.athletes)], unit='track')]
    report(taken)
    np.savez_compressed(args.out, **fit(taken).arrays())


def _elsewhere(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray,
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The movements again, with the part of the body that the exercise leaves free held elsewhere.

    In squats the hands may be at a bar on the shoulders or in front, curls may be done seated.
    """
    chance = np.random.default_rng(0)
    n, k = len(posture.QUANTITIES), len(posture.PLACES)
    more = []
    for movers, free, follows, donors in FREE:
        held = [i for i, q in enumerate(posture.QUANTITIES) if set(q.parts) <= free]
        mixed = [i for i, q in enumerate(posture.QUANTITIES)
                 if i not in held and set(q.parts) & free - {'hip', 'shoulder'}]
        lent = np.concatenate([
            x[y == NAMES.index(name)][:, held + [n + i for i in held]] for name in donors])
        lent = np.concatenate([lent[:, :len(held)], lent[:, len(held):]])
        lent = lent[np.isfinite(lent).all(1)]
        chosen = np.isin(y, [NAMES.index(name) for name in movers])
        if not len(lent) or not chosen.any():
            continue
        again = x[chosen].copy()
        new = lent[chance.integers(len(lent), size=len(again))]
        for i, column in enumerate(held):
            again[:, [column, n + column]] = new[:, [i]]
            again[:, 2 * n + column] = np.abs(chance.normal(0, 0.03, len(again))) * (
                180 if posture.QUANTITIES[column].kind in ('angle', 'tilt') else 1)
        for column in mixed:
            again[:, [column, n + column, 2 * n + column]] = np.nan
        for part, like in follows.items():
            for block in (3 * n, 3 * n + k):
                again[:, block + posture.PLACES.index(part)] = again[
                    :, block + posture.PLACES.index(like)]
        more.append((again, y[chosen], weight[chosen] * ELSEWHERE))
    return more


def _also_half_seen(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The movements (n, SIZE), and again as if parts of the body had been out of the picture."""
    hidden = [np.where(posture.using(*parts), np.nan, x) for parts in HIDDEN]
    return (np.concatenate([x, *hidden]), np.tile(y, 1 + len(HIDDEN)),
            np.concatenate([weight, *[weight * HALF_SEEN] * len(HIDDEN)]))


def report(taken: list[tuple[str, str, list[Sighting]]]) -> None:
    """Print how often the likeliest of a track's own sightings is right, half by half."""
    table: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for part in (0, 1):
        fitted = fit([t for t in taken if half(t[0]) != part])
        for key, name, seen in taken:
            if half(key) != part:
                continue
            worth: Counter = Counter()
            for s in seen:
                worth[s.name] += fitted.of(s.numbers).get(s.name, 0.0)
            best, share = max(worth.items(), key=lambda item: item[1], default=('', 0.0))
            table[key.split('/')[0], name][best if share >= 0.5 else 'none'] += 1
    for (source, name), found in sorted(table.items()):
        wrong = ', '.join(f'{n} {k}' for n, k in found.most_common() if n != name)
        print(f'{source:10} {name:15} {found[name]:4} of {found.total():4}  {wrong}')


if __name__ == '__main__':
    main()
