"""Find the skeletons in photos.

With --json an array with one object per image: image, width, height, ms, and people, the best
first, each with score and keypoints by name, [x, y, confidence] in pixels, those found only.
"""

import argparse
import json
import sys
from pathlib import Path
from time import monotonic
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Images, network, output."""
    parser.add_argument('images', nargs='+', metavar='IMAGE', help='picture file')
    parser.add_argument('--json', action='store_true', help='one JSON array on stdout')
    parser.add_argument('--out', metavar='DIR', help='write pictures with skeletons there')
    parser.add_argument('--model', default='', help='an ONNX file; not given: the one shipped')
    parser.add_argument('--engine', default='auto', help='what the network runs on')
    parser.add_argument('--threads', type=int, default=1, help='of the CPU; 0: all')


def main(args: argparse.Namespace) -> int:
    """Look at each image; exit code 2 when one could not be read."""
    import cv2

    from trainer_core.errors import UserError
    from trainer_pose.paf import draw, weights
    from trainer_pose.paf.estimator import PoseEstimator

    # A photo has the time for weights that are a little better and slower.
    estimator = PoseEstimator(args.model or weights.FLOAT, args.engine, args.threads)
    out = Path(args.out) if args.out else None
    found: list[dict[str, Any]] = []
    unread = 0
    for name in args.images:
        picture = cv2.imread(name, cv2.IMREAD_COLOR) if Path(name).is_file() else None
        if picture is None:
            fault = 'is not a picture that can be read' if Path(name).exists() else 'is not there'
            print(f'trainer: {name} {fault}', file=sys.stderr)
            unread += 1
            continue
        began = monotonic()
        people = estimator.detect(picture)
        ms = 1000 * (monotonic() - began)
        found.append(_document(name, people, ms))
        if out:
            target = out / f'{Path(name).stem}_pose.png'
            try:
                out.mkdir(parents=True, exist_ok=True)
                written = cv2.imwrite(str(target), draw.overlay(picture, people.people))
            except (OSError, cv2.error):
                written = False
            if not written:
                raise UserError(f'{target} cannot be written; give another folder with --out')
        if not args.json:
            print(_text(found[-1]))
    if args.json:
        print(json.dumps(found, indent=1))
    return 2 if unread else 0


def _document(name: str, people: Any, ms: float) -> dict[str, Any]:
    from trainer_core.skeleton import KEYPOINTS
    return {
        'image': name, 'width': people.width, 'height': people.height, 'ms': round(ms, 1),
        'people': [
            {
                'score': round(person.score, 3),
                'keypoints': {
                    part: [round(float(x), 1), round(float(y), 1), round(float(c), 3)]
                    for part, (x, y, c) in zip(KEYPOINTS, person.keypoints, strict=True) if c > 0},
            } for person in people.people]}


def _text(document: dict[str, Any]) -> str:
    people = document['people']
    lines = [
        f'{document["image"]}: {len(people) or "no"} {"person" if len(people) == 1 else "people"}, '
        f'{document["ms"]:.0f} ms']
    for i, person in enumerate(people, 1):
        lines.append(f'  {i}  score {person["score"]:.2f}, {len(person["keypoints"])} keypoints')
        for part, (x, y, confidence) in person['keypoints'].items():
            lines.append(f'     {part:15} {x:7.1f} {y:7.1f}  {confidence:.2f}')
    return '\n'.join(lines)
