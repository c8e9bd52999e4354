"""Training crops: a photo's person turned upright, with noise, as the tracker will present it; and
their target maps.

Pictures are BGR uint8; keypoints 18 x 3 (x, y, weight) in pixels of the crop, pixel centres at
whole numbers. Cell (i, j) of a map stands for pixel (8 i + 3.5, 8 j + 3.5).
"""

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import labels
import numpy as np
import torch
from torch.utils.data import Dataset

from trainer_core.skeleton import LIMBS
from trainer_core.skeleton import MIRROR as FLIP
from trainer_pose.benchmark import photos

STRIDE = 8
_FIRST, _SECOND = (torch.tensor(ends) for ends in zip(*LIMBS, strict=True))


_PARTS = (
    (0, 1, 2, 3, 5, 6, 8, 11), (0, 1, 2, 5, 8, 11, 9, 12), (8, 9, 10, 11, 12, 13),
    (0, 1, 2, 5, 14, 15, 16, 17), (0, 1, 2, 3, 4, 5, 6, 7, 14, 15, 16, 17))


@dataclass(frozen=True)
class Augment:
    """How far a training crop may be from the tracker's ideal one."""

    side: int = 160  # pixels of the square input
    turn: float = 22.0  # degrees, standard deviation around upright
    any_turn: float = 0.1  # share of crops with any rotation at all
    near: tuple = (0.55, 1.05)  # person's longer extent as a share of the side
    far: tuple = (0.24, 0.6)
    far_share: float = 0.2
    close: float = 0.25  # share of crops that are filled by a part of the body
    cut: float = 0.15  # share of photos that are cut through the body first
    aside: float = 0.06  # share of crops with the person anywhere, perhaps outside
    shift: float = 0.07  # standard deviation of the centre, in sides
    pair: float = 0.1  # share of crops with a second person pasted beside the first
    occluder: float = 0.15


def tilt(k):
    """Torso's turn from upright, degrees, from whatever is known; None if nothing is."""
    whole = photos.tilt(k)
    if whole is not None:
        return whole
    top = [k[i, :2] for i in (1, 2, 5, 0) if k[i, 2] > 0]
    low = [k[i, :2] for i in (8, 11) if k[i, 2] > 0] or [k[i, :2] for i in (9, 12) if k[i, 2] > 0]
    if not top or not low:
        return None
    v = np.mean(top, 0) - np.mean(low, 0)
    return float(np.degrees(np.arctan2(v[0], -v[1])))


def extent(k, degrees=0.0):
    """(centre, longer side) in pixels of the box around the known keypoints after turning by
    `degrees`.

    The centre is in the picture's own coordinates. The box is grown by a tenth, for hands, feet and
    the top of the head.
    """
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[c, -s], [s, c]])
    p = k[k[:, 2] > 0, :2] @ turn.T
    low, high = p.min(0), p.max(0)
    return turn.T @ ((low + high) / 2), max(float((high - low).max()) * 1.1, 16.0)


def crop_matrix(centre, degrees, scale, side, to=(0.5, 0.5), flip=False):
    """2x3 affine from picture to crop: turned by `degrees`, scaled, `centre` at `to` (shares of the
    side).
    """
    c, s = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    a = np.array([[c, -s], [s, c]])
    m = np.hstack([a, (np.asarray(to) * side - 0.5 - a @ centre)[:, None]])
    if flip:
        m[0] = -m[0]
        m[0, 2] += side - 1
    return m


def upright_matrix(k, side, share=0.8):
    """The ideal crop of person `k`, without any noise."""
    degrees = -(tilt(k) or 0.0)
    centre, size = extent(k, degrees)
    return crop_matrix(centre, degrees, side * share / size, side)


def move(k, m, flip=False):
    """Keypoints through a 2x3 affine; `flip` swaps left and right."""
    out = k.copy()
    out[:, :2] = k[:, :2] @ m[:, :2].T + m[:, 2]
    return out[list(FLIP)] if flip else out


def light(image, rng):
    """Brightness, contrast, colour cast, blur, coarse pixels, noise, JPEG: each sometimes."""
    table = np.arange(256, dtype=np.float32) / 255
    gamma, gain, offset = np.exp(rng.normal(0, 0.25)), rng.uniform(0.75, 1.25), rng.normal(0, 0.06)
    cast = rng.normal(1, 0.06, 3)
    curves = np.clip(
        ((table**gamma - 0.5) * gain + 0.5 + offset)[:, None] * cast * 255, 0, 255
    ).astype(np.uint8)
    image = cv2.LUT(image, curves[None])
    if rng.random() < 0.1:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if rng.random() < 0.25:
        size = image.shape[1]
        small = int(size * rng.uniform(0.35, 0.8))
        image = cv2.resize(
            cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA), (size, size)
        )
    if rng.random() < 0.12:  # motion
        length = int(rng.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        angle = rng.uniform(0, np.pi)
        for t in np.linspace(-length / 2, length / 2, 3 * length):
            x, y = (
                int(np.clip(length / 2 + t * f, 0, length - 1))
                for f in (np.cos(angle), np.sin(angle))
            )
            kernel[y, x] = 1
        image = cv2.filter2D(image, -1, kernel / kernel.sum())
    if rng.random() < 0.2:
        noise = rng.integers(-1, 2, image.shape, dtype=np.int16) * int(rng.integers(2, 14))
        image = np.clip(image.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.15:
        _, packed = cv2.imencode(
            '.jpg', image, (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 70)))
        )
        image = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return image


def cut_off(k, degrees, size, rng):
    """A photo's edge through a body whose torso is turned by `degrees`: (box, keypoints).

    The box (x0, y0, x1, y1) px is what is left of a photo of `size` (width, height); keypoints
    beyond it are known to be hidden. Half to nine tenths of the known ones stay, in half of the
    cases those away from the feet.
    """
    box, out, known = [0, 0, *size], k.copy(), k[:, 2] > 0
    if known.sum() < 6 or degrees is None:
        return box, out
    feet = np.array([-np.sin(np.radians(degrees)), np.cos(np.radians(degrees))])
    axis = int(np.abs(feet).argmax())
    low = feet[axis] < 0  # the edge is that of small coordinates
    if rng.random() < 0.5:
        axis, low = int(rng.integers(2)), bool(rng.integers(2))
    places = np.sort(k[known, axis])[::-1 if low else 1]
    stay = max(3, int(rng.uniform(0.45, 0.92) * len(places)))
    edge = round(float(rng.uniform(*sorted(places[stay - 1:stay + 1]))))
    if not 0 < edge < size[axis]:
        return box, out
    box[axis if low else axis + 2] = edge
    beyond = known & ((k[:, axis] < edge) if low else (k[:, axis] >= edge))
    out[beyond, 2] = -k[beyond, 2]
    return box, out


class Crops(Dataset):
    """Random crops of the photos in `data` (and of folders in `extra`, made by frames.py), endless
    variations of `len()` entries.

    An item: image 3 x S x S uint8, keypoints 2 x 18 x 3, people 2 (0/1), ignore S/8 x S/8 (1 =
    somebody else). `weights`: how often each entry should be drawn, so that each folder of `extra`
    makes the share `mix` of the samples. own, movenet: files that opinions.py wrote.
    """

    def __init__(self, data, others=None, extra=(), augment=Augment(), split='train', limit=None,
                 mix=0.12, own=None, movenet=None):
        self.augment, self.items = augment, []
        masks = dict(np.load(others)) if others else {}
        for e in labels.load(data, own, movenet):
            if photos.held_out(e['file']) != (split == 'val') or (e['fused'][:, 2] > 0).sum() < 6:
                continue
            self.items.append(
                (Path(data) / 'images' / e['file'], e['fused'], masks.get(e['file']), e)
            )
        self.items = self.items[:limit]
        extra = extra if split == 'train' else ()
        self.alone = count = len(self.items)  # entries with one labelled person
        weights = [1 - mix * len(extra)] * count
        for folder in extra:
            entries = json.loads((Path(folder) / 'fused.json').read_text())[:limit]
            masks = dict(np.load(Path(folder) / 'others.npz'))
            for e in entries:
                k = np.asarray(e['keypoints'], np.float32)
                self.items.append((Path(folder) / e['file'], k, masks.get(e.get('mask')), e))
            weights += [mix * count / len(entries)] * len(entries)
        self.weights = weights
        self.packed = [path.read_bytes() for path, *_ in self.items]

    def __len__(self):
        return len(self.items)

    def photo(self, index):
        return cv2.imdecode(np.frombuffer(self.packed[index], np.uint8), cv2.IMREAD_COLOR)

    def place(self, index, rng, share, to):
        """One person: (crop, keypoints, those of somebody beside or None, ignore mask at the crop's
        resolution / 8).
        """
        a = self.augment
        photo, k = self.photo(index), self.items[index][1].copy()
        h, w = photo.shape[:2]
        beyond = (k[:, 0] < -4) | (k[:, 1] < -4) | (k[:, 0] > w + 3) | (k[:, 1] > h + 3)
        k[beyond & (k[:, 2] > 0), 2] = 0
        known, box = tilt(k), [0, 0, w, h]
        if rng.random() < a.cut:
            box, k = cut_off(k, known, (w, h), rng)
        noise = (
            rng.uniform(-180, 180)
            if known is None or rng.random() < a.any_turn
            else rng.normal(0, a.turn)
        )
        degrees = noise - (known or 0.0)
        shown = k if (k[:, 2] > 0).any() else self.items[index][1]
        if rng.random() < a.close:
            part = np.zeros_like(k)
            ids = list(_PARTS[rng.integers(len(_PARTS))])
            part[ids] = shown[ids]
            shown = part if (part[:, 2] > 0).sum() >= 3 else shown
        centre, size = extent(shown, degrees)
        flip = rng.random() < 0.5
        scale = min(a.side * share / size, 6.0)
        m = crop_matrix(centre, degrees, scale, a.side, to, flip)
        border = rng.random()
        mode = cv2.BORDER_REPLICATE if border < 0.25 else cv2.BORDER_CONSTANT
        photo = photo[box[1]:box[3], box[0]:box[2]]
        fill = (
            (0, 0, 0)
            if border < 0.45
            else (128, 128, 128)
            if border < 0.65
            else rng.integers(0, 256, 3).tolist()
        )
        m0 = m.copy()
        m0[:, 2] += m[:, :2] @ box[:2]
        if scale < 0.5:
            photo = cv2.resize(photo, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
            m0[:, 2] += m[:, :2] @ [0.5, 0.5]
            m0[:, :2] *= 2
        image = cv2.warpAffine(
            photo, m0, (a.side, a.side), flags=cv2.INTER_LINEAR, borderMode=mode, borderValue=fill
        )
        mask, cells = self.items[index][2], a.side // STRIDE
        ignore = np.zeros((cells, cells), np.float32)
        if mask is not None:
            grid = m[:, :2] * (w / mask.shape[1]) / STRIDE
            shift = (m[:, 2] - 3.5) / STRIDE + grid @ [0.5, 0.5]
            ignore = cv2.warpAffine(
                mask.astype(np.float32), np.hstack([grid, shift[:, None]]), (cells, cells)
            )
        beside = self.items[index][3].get('beside')
        if beside is not None:
            beside = move(np.asarray(beside, np.float32), m, flip)
        return image, move(k, m, flip), beside, (ignore > 0.25).astype(np.float32)

    def __getitem__(self, index):
        a = self.augment
        rng = np.random.default_rng(int(torch.randint(0, 2**62, (1,))))
        keypoints, people = np.zeros((2, 18, 3), np.float32), np.array([1, 0], np.float32)
        if rng.random() < a.pair and 'beside' not in self.items[index][3]:
            share, middle = rng.uniform(0.4, 0.75), rng.uniform(0.42, 0.58)
            to = (middle - rng.uniform(0.16, 0.28), 0.5 + rng.normal(0, a.shift))
            image, keypoints[0], _, ignore = self.place(index, rng, share, to)
            to = (middle + rng.uniform(0.16, 0.28), 0.5 + rng.normal(0, a.shift))
            other = int(rng.integers(self.alone))
            right, keypoints[1], _, right_ignore = self.place(
                other, rng, share * rng.uniform(0.8, 1.2), to
            )
            seam = int(middle * a.side)
            image[:, seam:] = right[:, seam:]
            cell = int(round(seam / STRIDE))
            ignore[:, cell:] = right_ignore[:, cell:]
            # what the other half covers is gone; weight -1: known to be not there
            for k, covered in zip(
                keypoints, (keypoints[0, :, 0] > seam + 4, keypoints[1, :, 0] < seam - 4),
                strict=True,
            ):
                k[covered, 2] = -np.abs(k[covered, 2])
            people[1] = 1
        else:
            share = rng.uniform(*(a.far if rng.random() < a.far_share else a.near))
            spread = max(a.shift, 0.5 * (1 - share) * 0.5)
            to = rng.normal(0.5, spread, 2).clip(0.2, 0.8)
            if rng.random() < a.aside:
                to = rng.uniform(-0.3, 1.3, 2)
            image, keypoints[0], beside, ignore = self.place(index, rng, share, to)
            if beside is not None:
                keypoints[1], people[1] = beside, 1
        if rng.random() < a.occluder:
            for _ in range(int(rng.integers(1, 4))):
                w, h = (int(v) for v in rng.uniform(0.06, 0.22, 2) * a.side)
                x, y = int(rng.integers(0, a.side - w)), int(rng.integers(0, a.side - h))
                if rng.random() < 0.5:
                    image[y : y + h, x : x + w] = rng.integers(0, 256, 3)
                else:
                    u, v = int(rng.integers(0, a.side - w)), int(rng.integers(0, a.side - h))
                    image[y : y + h, x : x + w] = image[v : v + h, u : u + w].copy()
        image = light(image, rng)
        return (
            torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))),
            torch.from_numpy(keypoints),
            torch.from_numpy(people),
            torch.from_numpy(ignore),
        )


def targets(keypoints, people, ignore, cells, sigma=0.875, thick=1.0):
    """Target maps and their weights of a batch: heat (B,19,h,w), heat weight, pafs (B,38,h,w), paf
    weight.

    keypoints B x 2 x 18 x 3 in input pixels: weight > 0 known, 0 unknown, < 0 known to be hidden.
    """
    device = keypoints.device
    here = people[:, :, None] > 0
    xy, known = (keypoints[..., :2] - 3.5) / STRIDE, keypoints[..., 2]
    grid = torch.arange(cells, device=device, dtype=torch.float32)
    shown = ((known > 0) & here).float()
    gx = torch.exp(-((grid - xy[..., 0:1]) ** 2) / (2 * sigma**2))
    gy = torch.exp(-((grid - xy[..., 1:2]) ** 2) / (2 * sigma**2))
    heat = (gy[..., :, None] * gx[..., None, :] * shown[..., None, None]).amax(1)
    back = 1 - heat.amax(1, keepdim=True)
    trust = torch.where(here, known.abs(), torch.ones_like(known)).amin(1)  # B x 18
    whole = ((trust > 0).sum(1, keepdim=True) >= 15).float()
    open_ = 1 - ignore[:, None]
    heat_weight = (
        trust[..., None, None] * torch.maximum(open_, (heat > 0.05).float()) * (1 + 3 * heat)
    )
    heat_weight = torch.cat([heat_weight, (whole * 0.3)[..., None, None] * open_], 1)

    a, b = xy[:, :, _FIRST], xy[:, :, _SECOND]  # B x 2 x 19 x 2
    v = b - a
    length = v.norm(dim=-1).clamp_min(1e-3)
    unit = v / length[..., None]
    dx, dy = (grid - a[..., 0:1])[..., None, :], (grid - a[..., 1:2])[..., :, None]
    ux, uy = unit[..., 0][..., None, None], unit[..., 1][..., None, None]
    along, across = dx * ux + dy * uy, (dx * uy - dy * ux).abs()
    both = shown[:, :, _FIRST] * shown[:, :, _SECOND]
    on = (
        (along >= -0.3) & (along <= length[..., None, None] + 0.3) & (across <= thick)
    ).float() * both[..., None, None]
    count = on.sum(1).clamp_min(1)
    pafs = torch.stack([(on * ux).sum(1) / count, (on * uy).sum(1) / count], 2).flatten(1, 2)
    limb = torch.minimum(trust[:, _FIRST], trust[:, _SECOND])
    near = (on.sum(1) > 0).float()
    paf_weight = limb[..., None, None] * torch.maximum(open_, near) * (1 + near)
    return torch.cat([heat, back], 1), heat_weight, pafs, paf_weight.repeat_interleave(2, 1)
