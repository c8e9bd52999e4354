"""Find, once for all photos, where somebody else may be: `others.npz`, a small mask per photo.

Only one person of each photo is labelled. Where the reference model sees body parts away from that
person's skeleton, the loss must not call them background. Each photo is looked at as it is and, if
the person is turned, turned upright.

    python prepare.py --data ../shared/pose_data --model ../shared/models/NAME.onnx --out
    OUT/others.npz
"""

import argparse
from pathlib import Path

import cv2
import labels
import numpy as np
from tqdm import tqdm

from trainer_core.skeleton import LIMBS
from trainer_pose.benchmark import photos

SHRINK = 4  # the mask has a quarter of the photo's resolution


def engine(model, threads=1):
    """A function from a BGR picture (any size) to (heatmaps, pafs), with OpenVINO or else ONNX
    Runtime.
    """
    try:
        import openvino as ov

        core = ov.Core()
        compiled = core.compile_model(
            core.read_model(str(model)),
            'CPU',
            {'INFERENCE_NUM_THREADS': threads, 'PERFORMANCE_HINT': 'LATENCY'},
        )
        request = compiled.create_infer_request()

        def run(picture):
            out = request.infer(
                {0: np.ascontiguousarray(picture.transpose(2, 0, 1)[None], dtype=np.float32)}
            )
            return tuple(np.array(out[k][0]) for k in ('heatmaps', 'pafs'))
    except ImportError:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        session = ort.InferenceSession(str(model), options, providers=['CPUExecutionProvider'])

        def run(picture):
            image = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], dtype=np.float32)
            return tuple(o[0] for o in session.run(['heatmaps', 'pafs'], {'image': image}))

    return run


def turned(shape, degrees, side):
    """Affine 2x3 that turns a picture of `shape` by -`degrees` and fits all of it into side x side,
    pixel centres at .0.
    """
    h, w = shape[:2]
    c, s = np.cos(np.radians(-degrees)), np.sin(np.radians(-degrees))
    scale = side / max(abs(w * c) + abs(h * s), abs(w * s) + abs(h * c))
    a = scale * np.array([[c, -s], [s, c]])
    return np.hstack([a, (np.array([side / 2, side / 2]) - a @ [w / 2, h / 2])[:, None]]).astype(
        np.float32
    )


def own_zone(shape, keypoints):
    """Boolean H/4 x W/4: the surroundings of the labelled person's skeleton."""
    zone = np.zeros((max(1, shape[0] // SHRINK), max(1, shape[1] // SHRINK)), np.uint8)
    thick = max(2, int(0.45 * max(photos.diagonal(keypoints), 20) / SHRINK))
    point = [tuple(int(v) for v in k[:2] / SHRINK) for k in keypoints]
    for a, b in LIMBS:
        if keypoints[a, 2] > 0 and keypoints[b, 2] > 0:
            cv2.line(zone, point[a], point[b], 1, thick)
    for p, k in zip(point, keypoints, strict=True):
        if k[2] > 0:
            cv2.circle(zone, p, thick // 2 + 1, 1, -1)
    return zone.astype(bool)


def others(photo, keypoints, run, side=256, least=0.12):
    """Boolean H/4 x W/4 of the places that belong to somebody else."""
    h, w = max(1, photo.shape[0] // SHRINK), max(1, photo.shape[1] // SHRINK)
    seen = np.zeros((h, w), np.float32)
    tilt = photos.tilt(keypoints)
    for degrees in {0.0, tilt if tilt is not None and abs(tilt) > 30 else 0.0}:
        m = turned(photo.shape, degrees, side)
        heat, _ = run(cv2.warpAffine(photo, m, (side, side), borderValue=(128, 128, 128)))
        heat = heat[:18].max(0)
        # from the photo's quarter grid to the map's grid of 8
        to = np.vstack([m, [0, 0, 1]]) @ np.diag([SHRINK, SHRINK, 1.0])
        to = (np.diag([1 / 8, 1 / 8, 1]) @ to)[:2]
        to[:, 2] += -0.5 + to[:, :2] @ [0.5, 0.5]
        seen = np.maximum(
            seen,
            cv2.warpAffine(
                heat, to.astype(np.float32), (w, h), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            ),
        )
    away = (seen > least) & ~own_zone(photo.shape, keypoints)
    return cv2.dilate(away.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--data', type=Path, default=Path('../shared/pose_data'))
    parser.add_argument('--model', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    args = parser.parse_args()
    run = engine(args.model)
    found = {}
    for e in tqdm(labels.load(args.data), desc='others'):
        photo = cv2.imread(str(args.data / 'images' / e['file']))
        mask = others(photo, e['fused'], run)
        if mask.any():
            found[e['file']] = mask
    args.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(args.out, **found)
    print(f'{len(found)} photos with somebody else, in {args.out}')


if __name__ == '__main__':
    main()
