"""One more opinion about every photo, once for all: what a network of ours sees, or MoveNet.

    python opinions.py --data ../shared/pose_data --model RUN/paf.onnx --out RUN/own.npz
    python opinions.py --data ../shared/pose_data --movenet PACKAGE/models --out RUN/movenet.npz

The person is looked at where the labels say and turned upright, as it is and mirrored, by our own
network in two sizes; of every keypoint the mean of the looks that agree is kept. MoveNet needs
TensorFlow (movenet.py).
"""

import argparse
from pathlib import Path

import cv2
import dataset
import evaluate
import labels
import movenet
import numpy as np
from prepare import engine
from tqdm import tqdm

from trainer_pose.benchmark import photos


def looks(photo, person, run, side, shares):
    """What `run` sees of the person (18 x 3 px) in upright crops, mirrored, too: a list of 18 x 3
    in pixels of the photo.
    """
    seen = []
    for share in shares:
        m = dataset.upright_matrix(person, side, share)
        back = cv2.invertAffineTransform(m)
        crop = cv2.warpAffine(photo, m, (side, side), borderValue=(128, 128, 128))
        other = run(np.ascontiguousarray(crop[:, ::-1]))
        other[:, 0] = side - 1 - other[:, 0]
        seen += [dataset.move(run(crop), back), dataset.move(other[list(dataset.FLIP)], back)]
    return seen


def agreed(seen, limit):
    """18 x 3 of the looks' largest group within `limit` px, weighted by score; the new score is the
    group's sum, as a share of all looks.
    """
    out = np.zeros((18, 3), np.float32)
    for i, points in enumerate(np.stack(seen, 1)):
        points = points[points[:, 2] > 0.05]
        groups = [points[np.hypot(*(points - p)[:, :2].T) < limit] for p in points]
        best = max(groups, key=lambda g: g[:, 2].sum(), default=points)
        if len(best):
            out[i, :2] = np.average(best[:, :2], axis=0, weights=best[:, 2])
            out[i, 2] = best[:, 2].sum() / len(seen)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--data', type=Path, default=Path('../shared/pose_data'))
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--model', type=Path, help='ONNX file of a network of ours')
    source.add_argument('--movenet', type=Path, help='folder with movenet-thunder.json')
    parser.add_argument('--side', type=int, default=160, help='of our own network')
    parser.add_argument('--out', type=Path, required=True)
    args = parser.parse_args()
    if args.model:
        maps = engine(args.model)
        view = lambda crop: evaluate.argmax(maps(crop)[0], least=0.05), args.side, (0.7, 0.85)
    else:
        view = movenet.load(args.movenet), movenet.SIDE, (0.8,)
    seen = {}
    for e in tqdm(labels.load(args.data), desc='opinions'):
        person = e['human18'] if (e['human18'][:, 2] > 0).sum() >= 4 else e['fused']
        if (person[:, 2] > 0).sum() >= 4:
            picture = cv2.imread(str(args.data / 'images' / e['file']))
            limit = photos.NEAR * max(photos.diagonal(e['fused']) or 50, 12)
            seen[e['file']] = agreed(looks(picture, person, *view), limit)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(args.out, **seen)
    print(f'{len(seen)} photos, in {args.out}')


if __name__ == '__main__':
    main()
