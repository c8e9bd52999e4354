"""Score a video, bag or joint track as fast as it can be read: counts, verdicts, form.

No graph and no clock: the same input gives the same output, byte for byte. A joint track is .npz
with an array keypoints (n, 18, 3) or (n, people, 18, 3): x, y in pixels and confidence, in the
order of OpenPose-COCO; beside it, if known, stamps (n,) in ns or fps, and size (width, height).

A list of recordings with their truth, a .json with file, name and reps of each, gives a table:
how many are counted right, beside the seed rule, and whether the exercise is recognised.
"""

import argparse
import json
import sys
from contextlib import ExitStack
from time import monotonic


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to score, as what, and how."""
    parser.add_argument(
        'source', help='video, folder of pictures, bag, joint track, or list of recordings (.json)')
    parser.add_argument('--exercise', help='name of an exercise file, as squat; auto: find out')
    parser.add_argument(
        '--method', default='default', choices=('default', 'mse'),
        help='how repetitions are counted: default, or mse, the seed rule')
    parser.add_argument('--json', action='store_true', help='one JSON document on stdout')
    parser.add_argument(
        '--plot', metavar='FILE.png', help='draw angles, MSE, square wave, phases, verdicts and '
        'form')
    parser.add_argument(
        '--video', metavar='FILE.mp4', help='the source with skeleton, count and running curves')
    parser.add_argument(
        '--exercise-dir', action='append', default=[], help='a folder with more exercise files')
    parser.add_argument('--model', default='', help='network, ONNX; not given: the one shipped')
    parser.add_argument('--engine', default='auto', help='what the network runs on')
    parser.add_argument('--threads', type=int, default=1, help='for the network; 0: all cores')
    parser.add_argument('--fps', type=float, default=30.0, help='of a joint track without times')
    parser.add_argument(
        '--tracks', metavar='FOLDER', help='of a list of recordings: where their joint tracks are '
        'kept, so that the network runs only once')


def main(args: argparse.Namespace) -> int:
    """Score it; progress and speed go to stderr."""
    if args.source.endswith('.json'):
        return _list(args)
    from tqdm import tqdm

    from trainer import summary
    from trainer.ending import EndingSignals
    from trainer.forming import Forming
    from trainer.scoring import Score, open_material
    from trainer_core.errors import UserError
    from trainer_counter.reps.opening import open_set

    if not args.exercise:
        raise UserError(f'say with --exercise what is done in {args.source}; auto: find out')
    the_set = open_set(args.exercise, args.method, args.exercise_dir)
    material = open_material(
        args.source, args.fps, bool(args.video), model=args.model, engine=args.engine,
        threads=args.threads)
    score = Score(the_set, args.source)
    score.former = Forming(args.exercise_dir)
    began = monotonic()
    with ExitStack() as stack:
        if args.video:
            from trainer.animation import Animation
            stack.enter_context(EndingSignals())  # what there is of the video is to be whole
            score.watcher = stack.enter_context(
                Animation(args.video, the_set, material.fps or args.fps))
        for people in tqdm(
                material.people, total=material.total or None, unit='image', file=sys.stderr,
                desc=args.exercise, leave=False, disable=None):
            score.update(people, material.picture)
    if args.video:
        print(f'drawn: {args.video}', file=sys.stderr)
    score.settle()
    document = score.document()
    if args.plot:
        from trainer.plots import draw
        draw(score, args.plot)
        print(f'drawn: {args.plot}', file=sys.stderr)
    print(json.dumps(document, indent=1) if args.json else summary.text(document))
    took = monotonic() - began
    print(
        f'{document["frames"]} images in {took:.1f} s, '
        f'{document["seconds"] / max(took, 1e-9):.1f} times as fast as they were recorded',
        file=sys.stderr)
    return 0


def _list(args: argparse.Namespace) -> int:
    """Every recording of a list, with its exercise and with auto."""
    from pathlib import Path

    from trainer import clips
    results = []
    for clip in clips.read_truth(Path(args.source).expanduser()):
        people = clips.people_of(
            clip.path, Path(args.tracks).expanduser() if args.tracks else None, fps=args.fps,
            model=args.model, engine=args.engine, threads=args.threads)
        results.append(clips.judge(clip, people, args.exercise_dir))
        print(f'{clip.path.name}: {results[-1].reps["default"]} of {clip.reps}', file=sys.stderr)
    print(json.dumps(clips.document(results), indent=1) if args.json else clips.table(results))
    return 0
