"""PCK@0.2 on the held-out photos, one crop per person turned upright by the human labels, joints by
the maps' maxima.

This measures the network alone, by the human labels as they are, and without those that teachers
contradict (trainer_pose.benchmark.teachers). The whole estimator (finding, tracking, decoding) is
measured by `./trainer bench`.

    python evaluate.py --data ../shared/pose_data MODEL.onnx [MODEL.onnx ...] [--side 160]
"""

import argparse
from collections import defaultdict
from pathlib import Path

import cv2
import dataset
import labels
import numpy as np

from trainer_pose.benchmark import photos, teachers


def held_out_crops(data, side, share=0.8, limit=None, file_names=None, truth=photos.human):
    """List of (crop BGR, keypoints 18 x 3 in it, the torso's size in it, orientation) of the
    validation photos; truth: keypoints in px of the photo, of an entry.
    """
    out = []
    for e in labels.load(data):
        wanted = e['file'] in file_names if file_names is not None else photos.held_out(e['file'])
        if not wanted or photos.diagonal(e['human18']) <= 0:
            continue
        m = dataset.upright_matrix(e['human18'], side, share)
        photo = cv2.imread(str(Path(data) / 'images' / e['file']))
        crop = cv2.warpAffine(photo, m, (side, side), borderValue=(128, 128, 128))
        size = photos.diagonal(dataset.move(e['human18'], m))
        turned = photos.orientation(e['human18']) or 'unknown'
        out.append((crop, dataset.move(truth(e), m), size, turned))
        if limit and len(out) >= limit:
            break
    return out


def argmax(heat, least=0.1, upsample=4):
    """Joints at each map's maximum (18 x 3, input pixels and score); below `least` a joint is
    missing.
    """
    h, w = heat.shape[1:]
    big = cv2.resize(
        heat[:18].transpose(1, 2, 0), (w * upsample, h * upsample), interpolation=cv2.INTER_CUBIC
    )
    k = np.zeros((18, 3), np.float32)
    for i in range(18):
        at = int(big[:, :, i].argmax())
        y, x = divmod(at, w * upsample)
        if big[y, x, i] >= least:
            step = dataset.STRIDE / upsample
            k[i] = (x + 0.5) * step - 0.5, (y + 0.5) * step - 0.5, big[y, x, i]
    return k


def pck(run, crops):
    """Percent by orientation; `run` maps a BGR crop to (heatmaps, pafs)."""
    return right([argmax(run(crop)[0]) for crop, *_ in crops], crops)


def right(poses, crops):
    """Percent of right joints by orientation; poses: 18 x 3 of each crop."""
    hits = defaultdict(list)
    for pose, (_, truth, size, orientation) in zip(poses, crops, strict=True):
        got = photos.right_joints(pose, truth, size)
        hits[orientation] += got
        hits['all'] += got
    return {name: 100 * float(np.mean(hits[name])) for name in photos.ORDER if hits[name]}


def line(scores):
    return '  '.join(f'{name} {scores[name]:.1f}' for name in photos.ORDER if name in scores)


def main():
    from prepare import engine

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('models', nargs='+', type=Path)
    parser.add_argument('--data', type=Path, default=Path('../shared/pose_data'))
    parser.add_argument('--side', type=int, default=160)
    parser.add_argument(
        '--share', type=float, default=0.8, help="person's longer extent as a share of the side"
    )
    parser.add_argument(
        '--movenet', type=Path, help='one more teacher of the labels, made by opinions.py')
    args = parser.parse_args()
    more = teachers.third(args.movenet) if args.movenet else {}
    truths = {
        'labels as they are': photos.human,
        'labels checked': lambda entry: teachers.checked(entry, more)}
    crops = {
        name: held_out_crops(args.data, args.side, args.share, truth=truth)
        for name, truth in truths.items()}
    for model in args.models:
        run = engine(model)
        poses = [argmax(run(crop)[0]) for crop, *_ in crops['labels as they are']]
        print(f'{model.name}: {len(poses)} held-out people, {args.side} x {args.side}')
        for name in truths:
            print(f'  {name}: {line(right(poses, crops[name]))}')


if __name__ == '__main__':
    main()
