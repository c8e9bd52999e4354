"""Score a video, bag or joint track as fast as it can be read: counts, verdicts, form.

No graph and no clock: the same input gives the same output, byte for byte. A joint track is .npz
with an array keypoints (n, 18, 3) or (n, people, 18, 3): x, y in pixels and confidence, in the
order of OpenPose-COCO; beside it, if known, stamps (n,) in ns or fps, and size (width, height).
"""

import argparse
import json
import sys
from contextlib import ExitStack
from time import monotonic


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to score, as what, and how."""
    parser.add_argument('source', help='video, folder of pictures, bag, or joint track')
    parser.add_argument(
        '--exercise', required=True, help='name of an exercise file, as squat; auto: find out')
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


def main(args: argparse.Namespace) -> int:
    """Score it; progress and speed go to stderr."""
    from tqdm import tqdm

    from trainer import summary
    from trainer.forming import Forming
    from trainer.scoring import Score, open_material
    from trainer_counter.reps.opening import open_set

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
