"""What the shipped network sees in every photo, once for all: `own.npz`, one more opinion.

    python opinions.py --data ../shared/pose_data --out OUT/own.npz

Needs the environment of the workspace. The person is looked at where the labels say, as
`./trainer pose` does it.
"""

import argparse
from pathlib import Path

import cv2
import labels
import numpy as np
from tqdm import tqdm

from trainer_pose.paf import engines, photo, weights


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--data', type=Path, default=Path('../shared/pose_data'))
    parser.add_argument('--model', default='', help='another network than the shipped one')
    parser.add_argument('--side', type=int, default=160)
    parser.add_argument('--out', type=Path, required=True)
    args = parser.parse_args()
    engine = engines.open_engine(weights.find(args.model))
    seen = {}
    for e in tqdm(labels.load(args.data), desc='opinions'):
        if (e['fused'][:, 2] > 0).sum() >= 4:
            picture = cv2.imread(str(args.data / 'images' / e['file']))
            seen[e['file']] = photo.study(
                engine, picture, e['fused'].astype(float), args.side).astype(np.float32)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(args.out, **seen)
    print(f'{len(seen)} photos, in {args.out}')


if __name__ == '__main__':
    main()
