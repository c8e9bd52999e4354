"""More to train on than photos of sports: frames of videos and portraits, labelled by teachers that
agree, and renders of the athlete, whose labels are exact.

    python frames.py clips --clips ../shared/clips --model REFERENCE.onnx --mediapipe PYTHON --out
    RUN/extra_frames
    python frames.py portraits PHOTO... --model REFERENCE.onnx --movenet PACKAGE/models --out
    RUN/extra_portraits
    python frames.py athlete --data ../shared/pose_data --others RUN/others.npz --model
    REFERENCE.onnx --out RUN/extra_athlete
    python frames.py sheet RUN/extra_athlete --to sheet.jpg    # look at what was made

A folder has pictures, `fused.json` (a list of people: file, keypoints 18 x 3 in the form of
labels.py, optionally `beside`, somebody else in the same form, and `mask`, a key of `others.npz`)
and `others.npz` as prepare.py makes it. The same call makes the same folder.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import cv2
import labels
import movenet
import numpy as np
import prepare
from tqdm import tqdm

from trainer_core.skeleton import INDEX, LIMBS
from trainer_pose.benchmark import mediapipe_poses, photos
from trainer_pose.paf import matching, photo, roi
from trainer_pose.paf.estimator import PoseEstimator
from trainer_sim import training_samples
from trainer_sim.script import BACKGROUNDS

# Never labelled and never trained on, for measuring. No author of these has a clip in training.
HELD_OUT = (
    'curl_02_austinlhx', 'pullup_01_divyansh', 'pushup_19_divyansh',
    'situp_04_repcountA_test2021', 'squat_23_repcountA_test2315')
EVERY, MOST = 0.9, 60  # s between frames, frames of a clip
LONGEST, PORTRAIT = 640, 480  # px of the longer side of a frame, of a portrait
AGREE = 0.2  # torso diagonals within which two teachers say the same
SIDE = 384  # px of the crops that MediaPipe sees, and of the athlete's pictures

_FACE = [INDEX[n] for n in ('nose', 'right_eye', 'left_eye', 'right_ear', 'left_ear')]
_SHOULDERS = [INDEX['right_shoulder'], INDEX['left_shoulder']]


def stills(video):
    """(number, picture) every `EVERY` seconds, at most `MOST` evenly over the video."""
    capture = cv2.VideoCapture(str(video))
    fps, total = capture.get(cv2.CAP_PROP_FPS) or 25.0, capture.get(cv2.CAP_PROP_FRAME_COUNT)
    step = max(round(EVERY * fps), int(np.ceil(total / MOST)), 1)
    number = 0
    while capture.grab():
        if number % step == step // 2:
            _, picture = capture.retrieve()
            scale = min(LONGEST / max(picture.shape[:2]), 1.0)
            yield number, cv2.resize(picture, None, fx=scale, fy=scale,
                                     interpolation=cv2.INTER_AREA)
        number += 1


def agreed(opinions):
    """18 x 3 of what at least two of the opinions (18 x 3 each, score 0 = nothing said) agree on.

    Weight 1 where three do, 0.8 for two, 0 where nobody is confirmed.
    """
    scale = float(np.median([photos.diagonal(k) for k in opinions if photos.diagonal(k)] or [0]))
    out = np.zeros((18, 3), np.float32)
    if not scale:
        return out
    # a small head needs a finer rule than a knee
    for i in range(18):
        said = np.array([k[i, :2] for k in opinions if k[i, 2] > 0])
        if len(said) < 2:
            continue
        near = np.hypot(*(said[:, None] - said[None]).transpose(2, 0, 1)) < AGREE * scale * (
            0.5 if i in _FACE else 1.0)
        best = near[int(near.sum(1).argmax())]
        if best.sum() >= 2:
            out[i] = *said[best].mean(0), 1.0 if best.sum() > 2 else 0.8
    return out


def people(picture, teachers):
    """Each person in a picture: where one is (18 x 3), and what each PAF teacher says of it."""
    seen = [s.pose for teacher in teachers for s in teacher.find(picture, (0, 1, 2, 3), 2)]
    seen = [pose for pose in seen if (pose[:, 2] > 0).sum() >= 6]
    if not seen:
        return []
    chosen = matching.distinct(
        np.array(seen), np.array([pose[:, 2].sum() for pose in seen]),
        np.array([roi.body_scale(pose) for pose in seen]), 0.3)
    return [(seen[i], [study(teacher, picture, seen[i]) for teacher in teachers]) for i in chosen]


def study(teacher, picture, pose, sure=0.1):
    """What a PAF teacher is sure of in the surroundings of a pose, 18 x 3."""
    k = photo.study(teacher.engine, picture, pose, teacher.settings.roi_size)
    return np.where(k[:, 2:] >= sure, k, 0.0)


def blaze(crops, python, complexity):
    """18 x 3 of each BGR crop by MediaPipe in the environment of `python`, in px of the crop."""
    with tempfile.TemporaryDirectory() as folder:
        names = [str(Path(folder) / f'{i}.png') for i in range(len(crops))]
        for name, crop in zip(names, crops, strict=True):
            cv2.imwrite(name, crop)
        done = subprocess.run(
            [python, mediapipe_poses.__file__, str(complexity)], input='\n'.join(names),
            text=True, capture_output=True, check=True)
    out = []
    for line in done.stdout.splitlines():
        k = np.array(json.loads(line)[1] or np.zeros((18, 3)), float)
        k[k[:, 2] < 0.5, 2] = 0
        if k[_SHOULDERS, 2].all():
            k[INDEX['neck']] = *k[_SHOULDERS, :2].mean(0), 1
        out.append(k)
    return out


def from_clips(args):
    teachers = [PoseEstimator(), PoseEstimator(str(args.model))]
    truth = json.loads((args.clips / 'truth.json').read_text())
    found = []  # name of the frame, picture, where somebody is, opinions
    names = sorted(Path(c['file']).stem for c in truth)
    for name in tqdm([n for n in names if n not in HELD_OUT], desc='clips'):
        for number, picture in stills(args.clips / f'{name}.mp4'):
            for guide, opinions in people(picture, teachers):
                found.append((f'{name}_{number:05d}.jpg', picture, guide, opinions))
    if args.mediapipe:
        regions = [
            roi.around(g, 0.0 if np.isnan(t := roi.turn(g)) else t, SIDE, p.shape[1::-1])
            for _, p, g, _ in found]
        crops = [r.crop(p) for r, (_, p, *_) in zip(regions, found, strict=True)]
        for region, said, (*_, opinions) in zip(
                regions, blaze(crops, args.mediapipe, args.complexity), found, strict=True):
            opinions.append(region.to_picture(said))
    run, entries, masks, pictures = prepare.engine(args.model), [], {}, {}
    for file, picture, _, opinions in tqdm(found, desc='agreement'):
        k = agreed(opinions)
        if (k[:, 2] > 0).sum() < 8 or photos.diagonal(k) < 12:
            continue
        entries.append({'file': file, 'keypoints': k.round(2).tolist(), 'mask': f'{len(entries)}'})
        masks[entries[-1]['mask']] = prepare.others(picture, k, run)
        pictures[file] = picture
    write(args.out, entries, masks, pictures.items())


def portrait(opinions):
    """18 x 3 of somebody close to the camera: weight 1 where at least two opinions (18 x 3 each)
    agree, -1 what nobody sees at all, for it is out of the picture; 0 what one cannot say.
    """
    scale = max(float(np.hypot(*np.subtract(*opinions[0][_SHOULDERS, :2]))), 40.0)
    out = np.zeros((18, 3), np.float32)
    for i in range(18):
        said = np.array([k[i, :2] for k in opinions if k[i, 2] > 0.35])
        best = labels.group(said, AGREE * scale)
        if len(best) >= 2:
            out[i] = *np.mean(best, 0), 1
        elif all(k[i, 2] < 0.2 for k in opinions):
            out[i, 2] = -1
    out[INDEX['neck']] = (
        (*out[_SHOULDERS, :2].mean(0), 1) if (out[_SHOULDERS, 2] > 0).all() else 0)
    return out


def from_portraits(args):
    run, teacher = movenet.load(args.movenet), PoseEstimator(str(args.model))
    entries, pictures = [], []
    for i, path in enumerate(tqdm(args.photos, desc='portraits')):
        picture = cv2.imread(str(path))
        scale = PORTRAIT / max(picture.shape[:2])
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        size, opinions = picture.shape[1::-1], []
        for room in (1.0, 1.4):  # MoveNet sees a close face better with some grey around it
            whole = roi.whole(*(int(room * max(size)),) * 2, movenet.SIDE, 0)
            region = roi.Roi(
                (size[0] - 1) / 2, (size[1] - 1) / 2, whole.scale, 0.0, *(movenet.SIDE,) * 2)
            opinions.append(region.to_picture(run(region.crop(picture))))
        seen = teacher.look(picture, roi.whole(*size, teacher.settings.find_size, 0))
        if seen:  # what the reference network finds is sure
            pose = seen[0].pose
            pose[:, 2] = pose[:, 2] > 0.2
            opinions.append(pose)
        file = f'{i:03d}.jpg'
        entries.append({'file': file, 'keypoints': portrait(opinions).round(2).tolist()})
        pictures.append((file, picture))
    write(args.out, entries, {}, pictures)


def empty_corners(data, others, model, folder, count, seed):
    """Writes `count` pieces of training photos in which nobody is; returns their paths."""
    run = prepare.engine(model)
    masks, rng = dict(np.load(others)), np.random.default_rng(seed)
    entries = [e for e in labels.load(data) if not photos.held_out(e['file'])]
    paths = []
    for i in rng.permutation(len(entries)):
        e = entries[i]
        picture = cv2.imread(str(Path(data) / 'images' / e['file']))
        taken = prepare.own_zone(picture.shape, e['fused']).astype(np.uint8)
        if e['file'] in masks:
            taken |= masks[e['file']].astype(np.uint8)
        taken = cv2.integral(cv2.dilate(taken, np.ones((5, 5), np.uint8)))
        best, corner = 0, None
        for size in (0.75, 0.6, 0.45):  # the largest square without anybody
            n = int(size * min(taken.shape) - 1)
            free = taken[n:, n:] - taken[:-n, n:] - taken[n:, :-n] + taken[:-n, :-n] == 0
            if free.any():
                best, corner = n * prepare.SHRINK, np.argwhere(free)[rng.integers(free.sum())]
                break
        if best < 60:
            continue
        y, x = corner * prepare.SHRINK
        corner = picture[y:y + best, x:x + best]
        if run(cv2.resize(corner, (256, 256)))[0][:18].max() > 0.2:  # somebody small
            continue
        paths.append(folder / f'{len(paths)}.png')
        cv2.imwrite(str(paths[-1]), corner)
        if len(paths) == count:
            break
    return [str(path) for path in paths]


def exact(k, own):
    """The athlete's truth as labels: what is covered by its own body is a little less sure, a part
    of the face on the far side of the head is known not to be there.
    """
    out = k.astype(np.float32)
    out[:, 2] = np.choose(k[:, 2].astype(int), (0.0, 0.6, 1.0))
    hidden = [i for i in _FACE if k[i, 2] == 1]
    out[hidden, 2] = -1 if own else 0
    neck = INDEX['neck']
    out[neck, 2] = min(out[_SHOULDERS, 2]) if out[neck, 2] else 0
    return out


def from_athlete(args):
    entries, masks, files = [], {}, []
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        corners = empty_corners(
            args.data, args.others, args.model, Path(folder), args.corners, args.seed)
        # Half of the backgrounds are pieces of photos.
        backgrounds = (*BACKGROUNDS * max(1, len(corners) // len(BACKGROUNDS)), *corners)
        drawn = training_samples.samples(args.count, args.seed, SIDE, SIDE, 2, backgrounds)
        for number, sample in enumerate(tqdm(drawn, total=args.count, desc='athlete')):
            file = f'{number:05d}.jpg'
            size = (max(1, SIDE // prepare.SHRINK),) * 2
            labelled = [exact(k, True) for k in sample.keypoints if (k[:, 2] == 2).sum() >= 8]
            if not labelled:
                continue
            cv2.imwrite(str(args.out / file), sample.image, (cv2.IMWRITE_JPEG_QUALITY, 90))
            files.append(file)
            # One crop a picture: of anybody; of the others one is a label too, the rest a mask.
            first = number % len(labelled)
            order = [labelled[first], *labelled[:first], *labelled[first + 1:]]
            entry = {'file': file, 'keypoints': order[0].round(2).tolist()}
            if len(order) > 1:
                entry['beside'] = order[1].round(2).tolist()
            shown = order[:2]
            rest = [exact(k, False) for k in sample.keypoints]
            rest = [k for k in rest if not any(np.allclose(k[:, :2], s[:, :2]) for s in shown)]
            if rest:
                entry['mask'] = file
                own = np.any([prepare.own_zone(sample.image.shape, k) for k in shown], 0)
                away = np.any([prepare.own_zone(sample.image.shape, k) for k in rest], 0)
                masks[file] = (away & ~own).reshape(size)
            entries.append(entry)
    write(args.out, entries, masks, ())


def write(folder, entries, masks, pictures):
    """pictures: (file, BGR) that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, picture in pictures:
        cv2.imwrite(str(folder / file), picture, (cv2.IMWRITE_JPEG_QUALITY, 92))
    (folder / 'fused.json').write_text(json.dumps(entries))
    np.savez_compressed(folder / 'others.npz', **masks)
    known = [sum(w > 0 for *_, w in e['keypoints']) for e in entries]
    print(f'{len(entries)} people in {len({e["file"] for e in entries})} pictures, '
          f'{np.mean(known):.1f} keypoints each, in {folder}')


def sheet(args):
    """A contact sheet: labels known in green, less sure in yellow, known to be hidden in red."""
    entries = json.loads((args.folder / 'fused.json').read_text())
    masks = dict(np.load(args.folder / 'others.npz'))
    chosen = np.random.default_rng(args.seed).permutation(len(entries))[:args.count]
    tiles = []
    for i in chosen:
        e = entries[i]
        picture = cv2.imread(str(args.folder / e['file']))
        if 'mask' in e:
            away = cv2.resize(masks[e['mask']].astype(np.uint8), picture.shape[1::-1]) > 0
            picture[away] //= 2
        for k in (e['keypoints'], e.get('beside')):
            k = np.array(k if k is not None else np.zeros((0, 3)))
            for a, b in LIMBS if len(k) else ():
                if min(k[a, 2], k[b, 2]) > 0:
                    cv2.line(picture, *(tuple(int(v) for v in k[j, :2]) for j in (a, b)),
                             (255, 200, 0), 1, cv2.LINE_AA)
            for x, y, weight in k:
                if weight:
                    colour = (0, 0, 255) if weight < 0 else (0, 255, 0) if weight > 0.9 else (
                        0, 220, 255)
                    cv2.circle(picture, (int(x), int(y)), 3, colour, -1, cv2.LINE_AA)
        scale = 300 / max(picture.shape[:2])
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        tile = np.full((300, 300, 3), 40, np.uint8)
        tile[:small.shape[0], :small.shape[1]] = small
        tiles.append(tile)
    while len(tiles) % 5:
        tiles.append(np.full((300, 300, 3), 40, np.uint8))
    rows = [np.hstack(tiles[i:i + 5]) for i in range(0, len(tiles), 5)]
    cv2.imwrite(str(args.to), np.vstack(rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    clips = commands.add_parser('clips', help='frames of videos')
    clips.add_argument('--clips', type=Path, default=Path('../shared/clips'))
    clips.add_argument('--model', type=Path, required=True, help='ONNX of the reference model')
    clips.add_argument('--mediapipe', help='Python of an environment with mediapipe==0.10.21')
    clips.add_argument('--complexity', type=int, default=2, help='of MediaPipe; 2: heavy')
    clips.add_argument('--out', type=Path, required=True)
    clips.set_defaults(work=from_clips)
    portraits = commands.add_parser('portraits', help='photos of one person each, from near')
    portraits.add_argument('photos', type=Path, nargs='+')
    portraits.add_argument('--model', type=Path, required=True, help='ONNX of the reference model')
    portraits.add_argument(
        '--movenet', type=Path, required=True, help='folder with movenet-thunder.json')
    portraits.add_argument('--out', type=Path, required=True)
    portraits.set_defaults(work=from_portraits)
    athlete = commands.add_parser('athlete', help='renders')
    athlete.add_argument('--data', type=Path, default=Path('../shared/pose_data'))
    athlete.add_argument('--others', type=Path, required=True, help='masks made by prepare.py')
    athlete.add_argument('--model', type=Path, required=True, help='ONNX of the reference model')
    athlete.add_argument('--count', type=int, default=3000)
    athlete.add_argument('--corners', type=int, default=400, help='backgrounds cut from photos')
    athlete.add_argument('--seed', type=int, default=1)
    athlete.add_argument('--out', type=Path, required=True)
    athlete.set_defaults(work=from_athlete)
    look = commands.add_parser('sheet', help='a contact sheet of a folder')
    look.add_argument('folder', type=Path)
    look.add_argument('--to', type=Path, required=True)
    look.add_argument('--count', type=int, default=20)
    look.add_argument('--seed', type=int, default=0)
    look.set_defaults(work=sheet)
    args = parser.parse_args()
    args.work(args)


if __name__ == '__main__':
    main()
