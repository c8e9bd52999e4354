"""Measure this machine: milliseconds of seeing and judging, and how many joints are right.

Every figure is of one run, so compare rows, not runs. The share of right joints needs labelled
photos (--photos), the rows of other networks their models (--reference, --mediapipe).
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from trainer_core.errors import UserError
from trainer_core.people import People


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """With what to compare."""
    parser.add_argument(
        '--reference', metavar='ONNX', help='another PAF network, measured beside ours')
    parser.add_argument(
        '--photos', metavar='DIR', help='labelled photos with annotations.json: share of right '
        'joints on those that training leaves out')
    parser.add_argument(
        '--teacher', metavar='NPZ', help='one more opinion about the labels of the photos, made by '
        'opinions.py')
    parser.add_argument('--limit', type=int, default=0, help='only so many photos; 0: all')
    parser.add_argument(
        '--mediapipe', metavar='PYTHON', help='the Python of an environment with '
        'mediapipe==0.10.21, measured on the photos')
    parser.add_argument(
        '--clips', metavar='TRUTH.json', help='recordings: share of the images in which the joints '
        'of the exercise are found')
    parser.add_argument(
        '--every', type=int, default=3, help='of --clips, only each so many-th image')
    parser.add_argument(
        '--sheets', metavar='DIR', help='write a sheet of images with skeletons of each clip')
    parser.add_argument('--json', action='store_true', help='one JSON document on stdout')


def main(args: argparse.Namespace) -> int:
    """Measure, row by row."""
    from rich.console import Console
    from rich.table import Table

    progress = Console(stderr=True)
    rows: list[tuple[str, str, float, str]] = []

    def row(what: str, how: str, value: float, unit: str = 'ms') -> None:
        rows.append((what, how, round(value, 3), unit))
        progress.print(f'[dim]{what}, {how}: {value:.3g} {unit}')

    for measured in (_seeing(args), _judging(), _right(args, progress), _found(args)):
        for entry in measured:
            row(*entry)
    if args.json:
        print(json.dumps(
            [{'what': w, 'how': h, 'value': v, 'unit': u} for w, h, v, u in rows], indent=1))
        return 0
    table = Table(title='measured here, in one run')
    for name, align in (('what', 'left'), ('how', 'left'), ('', 'right'), ('unit', 'left')):
        table.add_column(name, justify=align)  # type: ignore[arg-type]
    for what, how, value, unit in rows:
        table.add_row(what, how, f'{value:.3g}' if unit == 'ms' else f'{value:.1f}', unit)
    Console().print(table)
    return 0


Row = tuple[str, str, float] | tuple[str, str, float, str]


def _seeing(args: argparse.Namespace) -> Iterator[Row]:
    from trainer_pose.benchmark import speed
    from trainer_pose.paf import roi
    from trainer_pose.paf.engines import installed
    from trainer_pose.paf.estimator import PoseEstimator, Settings
    from trainer_sim.athlete import open_athlete

    settings = Settings()
    frames = [(f.stamp, f.image) for f, _ in zip(open_athlete('squat'), range(150), strict=False)]
    person = PoseEstimator().detect(frames[60][1]).people[0]
    region = roi.around(person.keypoints, 0.0, settings.roi_size, frames[60][1].shape[1::-1])
    crop = region.crop(frames[60][1])
    for engine in installed():
        for threads in (1, 2):
            yield ('network', f'ours, {settings.roi_size} px, {engine}, {_threads(threads)}',
                   speed.network('', engine, threads, settings.roi_size, crop))
            if args.reference:
                yield ('network', f'{Path(args.reference).name}, 256 px, {engine}, '
                       f'{_threads(threads)}',
                       speed.network(args.reference, engine, threads, 256, crop))
    for people in (1, 5, 10):
        yield 'decode', f'{people} people', speed.decoding('', crop, people)
    yield ('one image of a video', 'ours, one person followed, one thread',
           speed.following('', 'auto', 1, frames))
    if args.reference:
        yield ('one image of a video', f'{Path(args.reference).name}, the same',
               speed.following(args.reference, 'auto', 1, frames))


def _threads(n: int) -> str:
    return 'one thread' if n == 1 else f'{n} threads'


def _judging() -> Iterator[Row]:
    from trainer_pose.benchmark.speed import ROUNDS
    from trainer_sim.track import open_track

    track = list(open_track('squat'))
    rounds = [_judge(track) for _ in range(ROUNDS)]
    for row in rounds[0]:
        yield *row, min(found[row] for found in rounds)  # what is slower was disturbed


def _judge(track: list[People]) -> dict[tuple[str, str], float]:
    """Milliseconds of CPU for what is done with a set of squats."""
    from time import process_time

    from trainer_counter import exercises
    from trainer_counter.form import baseline
    from trainer_counter.form.scorer import Scorer
    from trainer_counter.reps.set import Set

    exercise = exercises.load('squat')
    base = baseline.find('squat')
    assert base is not None
    the_set, scorer = Set(exercise), Scorer(exercise, base)
    counting = watching = judging = 0.0
    forms = 0
    for people in track:
        start = process_time()
        _, movements = the_set.update(people)
        counting += process_time() - start
        pose = people.people[0].keypoints if people.people else None
        start = process_time()
        done = scorer.update(people.stamp, pose)
        for movement in movements:
            done += scorer.moved(movement)
        spent = process_time() - start
        forms += len(done)
        if done:
            judging += spent
        else:
            watching += spent
    return {
        ('count', 'one image, one person'): 1000 * counting / len(track),
        ('form', 'one image, one person'): 1000 * watching / len(track),
        ('form', 'one repetition, all parts'): 1000 * judging / max(forms, 1)}


def _right(args: argparse.Namespace, progress: Any) -> Iterator[Row]:
    if not args.photos:
        return
    import cv2
    from tqdm import tqdm

    from trainer_pose.benchmark import mediapipe_poses, photos, teachers
    from trainer_pose.paf import weights
    from trainer_pose.paf.estimator import PoseEstimator

    chosen = photos.validation(args.photos)[:args.limit or None]
    more = teachers.third(args.teacher) if args.teacher else {}
    checked = photos.validation(
        args.photos, lambda entry: teachers.checked(entry, more))[:args.limit or None]
    what = f'right joints, {len(chosen)} photos'
    times: list[float] = []

    def right(name: str, poses: list[np.ndarray | None]) -> Iterator[Row]:
        for how, truth in (('', chosen), (', labels checked', checked)):
            for turned, value in photos.pck(truth, poses).items():
                yield what, f'{name}, {turned}{how}', value, '%'

    for name, model in (('ours', weights.FLOAT), ('reference', args.reference)):
        if model is None:
            continue
        estimator = PoseEstimator(model)
        times.clear()

        poses: list[np.ndarray | None] = []
        for photo in tqdm(
                chosen, desc=name, unit='photo', file=sys.stderr, leave=False, disable=None):
            picture = cv2.imread(str(photo.path))
            if picture is None:
                raise UserError(f'{photo.path} cannot be read; {args.photos} is not complete')
            start = perf_counter()
            people = estimator.detect(picture).people
            times.append(perf_counter() - start)
            poses.append(people[0].keypoints if people else None)
        yield from right(name, poses)
        yield 'one photo', name, 1000 * float(np.median(times))
    for complexity, name in ((0, 'lite'), (1, 'full')) if args.mediapipe else ():
        try:
            said = subprocess.run(
                [args.mediapipe, mediapipe_poses.__file__, str(complexity)], text=True, check=True,
                input='\n'.join(str(p.path) for p in chosen), capture_output=True,
                timeout=60 + 2 * len(chosen)).stdout
        except (OSError, subprocess.SubprocessError) as error:
            why = str(getattr(error, 'stderr', None) or error).strip().splitlines()[-1]
            progress.print(f'MediaPipe {name} does not run with {args.mediapipe}: {why}')
            continue
        answers = [json.loads(line) for line in said.splitlines()]
        yield from right(
            f'MediaPipe {name}', [None if p is None else np.asarray(p) for _, p in answers])
        yield 'one photo', f'MediaPipe {name}', float(np.median([ms for ms, _ in answers]))


def _found(args: argparse.Namespace) -> Iterator[Row]:
    if not args.clips:
        return
    from trainer.clips import read_truth
    from trainer_counter import exercises
    from trainer_pose.benchmark import recordings

    for clip in read_truth(Path(args.clips).expanduser()):
        joints = exercises.load(clip.exercise).joints
        for name, model in (('ours', ''), ('reference', args.reference)):
            if model is None:
                continue
            sheet = Path(args.sheets) / f'{clip.path.stem}_{name}.png' if args.sheets else None
            share = recordings.watch(clip.path, joints, model, max(args.every, 1), sheet)
            how = f'{clip.path.stem}, {name}'
            yield f'{clip.exercise}: joints of one side', how, share.one_side, '%'
            if len(recordings.keypoints_of(joints)) > 1:
                yield f'{clip.exercise}: joints of both sides', how, share.both_sides, '%'
