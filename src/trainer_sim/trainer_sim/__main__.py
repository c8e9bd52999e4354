"""Lets the athlete perform a script and writes what was asked for.

    python -m trainer_sim squat --video squat.mp4 --truth squat.json
"""

import argparse
import sys
import time
from pathlib import Path

import cv2

from trainer_core.errors import UserError
from trainer_sim import training_samples, writers
from trainer_sim.athlete import open_athlete
from trainer_sim.motions.exercises import EXERCISES
from trainer_sim.script_file import presets
from trainer_sim.track import open_track


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition('x')
    if not (width.isdigit() and height.isdigit() and int(width) >= 16 and int(height) >= 16):
        raise argparse.ArgumentTypeError(f'{text} is no size like 640x480')
    return int(width), int(height)


def _rate(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError(f'{text} is no frame rate above 0')
    return value


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='python -m trainer_sim', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('script', nargs='?', default='',
                        help='name of a script or exercise, or a .yaml file (default: demo)')
    parser.add_argument('--list', action='store_true', help='names of scripts and exercises')
    parser.add_argument('--video', type=Path, metavar='FILE.mp4')
    parser.add_argument('--truth', type=Path, metavar='FILE.json')
    parser.add_argument('--track', type=Path, metavar='FILE.npz', help='joint track')
    parser.add_argument('--sheet', type=Path, metavar='FILE.png', help='contact sheet')
    parser.add_argument('--skeleton', action='store_true', help='draw true skeletons on the sheet')
    parser.add_argument('--exercises', type=Path, metavar='FILE.png',
                        help='one picture of every exercise')
    parser.add_argument('--samples', type=Path, metavar='FOLDER',
                        help='training samples: pictures and keypoints.npz')
    parser.add_argument('--count', type=int, default=100, help='of training samples')
    parser.add_argument('--size', type=_size, default=(640, 480), metavar='WxH')
    parser.add_argument('--fps', type=_rate, default=30.0)
    parser.add_argument('--seed', type=int, default=0)
    return parser


def _write_samples(folder: Path, count: int, seed: int, size: tuple[int, int]) -> None:
    import numpy as np
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for i, sample in enumerate(training_samples.samples(count, seed, *size)):
        cv2.imwrite(str(folder / f'{i:06d}.jpg'), sample.image)
        found[f'{i:06d}'] = sample.keypoints.astype(np.float32)
    np.savez_compressed(folder / 'keypoints.npz', allow_pickle=False, **found)


def main(args: list[str] | None = None) -> int:
    """Exit code 0, or 2 after one sentence on stderr."""
    given = _arguments().parse_args(args)
    if given.list:
        print('scripts:  ', ', '.join(presets()))
        print('exercises:', ', '.join(EXERCISES))
        return 0
    try:
        return _perform(given)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def _perform(given: argparse.Namespace) -> int:
    if given.samples:
        _write_samples(given.samples, given.count, given.seed, given.size)
        return 0
    if given.exercises:
        writers.write_exercises(given.exercises)
        return 0
    width, height = given.size
    athlete = open_athlete(given.script, width, height, given.fps, given.seed)
    if given.truth:
        writers.write_truth(athlete, given.truth)
    if given.track:
        writers.write_track(open_track(given.script, width, height, given.fps, given.seed),
                            given.track)
    if given.sheet:
        writers.write_sheet(athlete, given.sheet, skeleton=given.skeleton)
    if given.video:
        start = time.perf_counter()
        writers.write_video(athlete, given.video, given.fps)
        ms = (time.perf_counter() - start) / len(athlete) * 1e3
        print(f'{given.video}: {len(athlete)} frames, {ms:.1f} ms each with encoding')
    for actor in athlete.truth()['actors']:
        for done in actor['sets']:
            held = done.get('hold')
            amount = (f'held {held["end"] - held["start"]:.1f} s' if held else
                      f'{done["count"]} repetitions, {done["partial"]} partial')
            print(f'{actor["name"]}: {done["exercise"]}, {amount}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
