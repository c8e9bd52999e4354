"""Confidence maps and part affinity fields to the skeletons of all people.

Source: Cao et al., Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields, 2017/2019.
The maps are never enlarged: peaks are refined below the cell by a fit, fields are sampled between
the cells, and all candidate limbs of all 19 kinds are scored in one go.
"""

from dataclasses import dataclass

import numpy as np

from trainer_core.skeleton import KEYPOINTS, LIMBS

PARTS = len(KEYPOINTS)
_FROM, _TO = np.array(LIMBS).T
# Limb, part, part, from the neck outwards; not the two that join a shoulder and an ear.
_TREE = [(i, a, b) for i, (a, b) in enumerate(LIMBS)
         if not (KEYPOINTS[a].endswith('shoulder') and KEYPOINTS[b].endswith('ear'))]
_ROOT = _TREE[0][1]


@dataclass(frozen=True)
class Settings:
    """When a peak is a part, when a field joins two parts, when parts are a person."""

    peak: float = 0.1  # least confidence of a part
    field: float = 0.05  # a sample of the field along the limb supports it from here on
    samples: int = 10  # along each candidate limb
    support: float = 0.8  # share of the samples that must support it
    min_parts: int = 4
    min_score: float = 0.2  # mean of the confidences of a person's parts and limbs


@dataclass(frozen=True)
class Candidates:
    """The peaks of maps and the field along every limb that they could make up."""

    part: np.ndarray  # (k,), sorted
    xy: np.ndarray  # (k, 2), cells
    height: np.ndarray  # (k,)
    first: np.ndarray  # (19,) the first peak of each part, and k
    limb: np.ndarray  # (m,), sorted
    a: np.ndarray  # (m,) peak where the limb starts
    b: np.ndarray  # (m,) and ends
    field: np.ndarray  # (m, samples) the field's component along the limb
    length: np.ndarray  # (m,), cells
    extent: int  # cells, the longer side of the maps


def candidates(
    heatmaps: np.ndarray, pafs: np.ndarray, settings: Settings = Settings(),
    most: int | None = None,
) -> Candidates:
    """What `decode` and `body` choose from.

    heatmaps: (18 or 19, h, w) confidence of each part (and background); pafs: (38, h, w) fields of
    the 19 limbs, x then y. most: of each part only so many of the highest peaks.
    """
    part, xy, height = peaks(heatmaps[:PARTS], settings.peak)
    if most is not None:
        order = np.lexsort((-height, part))
        place = np.arange(len(part)) - np.searchsorted(part, part)  # among those of its part
        part, xy, height = (v[order][place < most] for v in (part, xy, height))
    limb, a, b, first = _pairs(part)
    field, length = _along(pafs, limb, xy[a], xy[b], settings.samples)
    return Candidates(part, xy, height, first, limb, a, b, field, length, max(pafs.shape[1:]))


def decode(
    found: Candidates, stride: float = 8.0, settings: Settings = Settings(),
) -> tuple[np.ndarray, np.ndarray]:
    """Skeletons of everybody, best first; stride: px of the network's input for one cell.

    Returns poses (n, 18, 3) of x, y (px of the input), confidence [0, 1] (0 = not found) and
    scores (n,): mean over the parts and limbs found, in [0, about 1].
    """
    part, xy, confidence = found.part, found.xy, found.height
    people = assemble(part, *limbs(found, settings))
    poses, scores = [], []
    for members, total in people:
        if len(members) < settings.min_parts:
            continue
        mean = (confidence[members].sum() + total) / (2 * len(members) - 1)
        if mean < settings.min_score:
            continue
        pose = np.zeros((PARTS, 3))
        pose[part[members], :2] = (xy[members] + 0.5) * stride - 0.5
        pose[part[members], 2] = np.minimum(confidence[members], 1.0)
        poses.append(pose)
        scores.append(mean)
    if not poses:
        return np.zeros((0, PARTS, 3)), np.zeros(0)
    # A whole body comes before a fragment that happens to be sharp.
    order = np.argsort([-s * np.count_nonzero(p[:, 2]) for s, p in zip(scores, poses, strict=True)],
                       kind='stable')
    return np.array(poses)[order], np.array(scores)[order]


def body(found: Candidates, stride: float = 8.0, field: float = 0.6) -> np.ndarray:
    """The one body (18, 3) that fits maps of one person best: x, y px of the input, confidence.

    Confidences of the parts and, times `field`, the fields along the limbs between them are summed
    over a tree that hangs on the neck, and the best sum is found exactly (pictorial structures,
    Felzenszwalb and Huttenlocher 2005). No limb needs to be seen, so that a joint has a place
    wherever its part has a peak.
    """
    xy, height, first = found.xy, found.height, found.first
    support = field * found.field.mean(1)
    sums = [np.append(height[first[k]:first[k + 1]], 0.0) for k in range(PARTS)]  # or not there
    best: dict[int, np.ndarray] = {}  # choice of each part for each choice of the one before it
    bounds = np.searchsorted(found.limb, np.arange(len(LIMBS) + 1)).tolist()
    for i, a, b in reversed(_TREE):
        both = sums[b][None].repeat(len(sums[a]), 0)
        both[:-1, :-1] += support[bounds[i]:bounds[i + 1]].reshape(both[:-1, :-1].shape)
        best[b], sums[a] = both.argmax(1), sums[a] + both.max(1)
    at = {_ROOT: int(sums[_ROOT].argmax())}
    pose = np.zeros((PARTS, 3))
    for _, a, b in _TREE:
        at[b] = int(best[b][at[a]])
    for k, choice in at.items():
        if choice < len(sums[k]) - 1:
            i = first[k] + choice
            pose[k] = *((xy[i] + 0.5) * stride - 0.5), min(height[i], 1.0)
    return pose


def peaks(heatmaps: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Local maxima of each map, refined below the cell.

    Returns the part (k,), its position (k, 2) x, y in cells, its height (k,); sorted by part.
    """
    n, h, w = heatmaps.shape
    padded = np.full((n, h + 2, w + 2), -1.0, np.float32)
    padded[:, 1:-1, 1:-1] = heatmaps
    flat = padded.reshape(-1)
    # Few cells are above the line, so only those are compared with their neighbours.
    at = np.flatnonzero(flat >= least)
    value = flat[at]
    row = w + 2
    around = flat[at[:, None] + np.array([-row - 1, -row, -row + 1, -1, 1, row - 1, row, row + 1])]
    # Of two equal neighbours the first one wins.
    top = (value > around[:, :4].max(1)) & (value >= around[:, 4:].max(1))
    at, value, around = at[top], value[top], around[top]
    part, cell = np.divmod(at, (h + 2) * row)
    y, x = np.divmod(cell, row)
    dx, up_x = _vertex(around[:, 3], value, around[:, 4])
    dy, up_y = _vertex(around[:, 1], value, around[:, 6])
    return part, np.stack([x - 1 + dx, y - 1 + dy], 1), value * up_x * up_y


def _vertex(left: np.ndarray, middle: np.ndarray, right: np.ndarray):
    """Offset [-0.5, 0.5] and relative height of a Gaussian's top through three samples.

    A parabola through the logarithms is exact for the Gaussians that the network was trained on.
    The floor keeps a neighbour that the network pressed to zero from pulling the top away.
    """
    floor = 0.1 * middle
    left, middle, right = (np.log(np.maximum(v, floor)) for v in (left, middle, right))
    curvature = np.maximum(2 * middle - left - right, 1e-3)
    offset = np.clip(0.5 * (right - left) / curvature, -0.5, 0.5)
    return offset, np.exp(0.5 * curvature * offset ** 2)


def limbs(
    found: Candidates, settings: Settings,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of peaks that a field joins: limb (m,), peaks a, b (m,), score (m,), best first.

    The score is the mean of the field's component along the segment, sampled between the cells.
    """
    score = found.field.mean(1)
    good = (found.field > settings.field).mean(1) >= settings.support - 1e-6
    # Two parts of one body are never further apart than half of the picture, unless it is all limb.
    score = score + np.minimum(0.5 * found.extent / np.maximum(found.length, 1e-6) - 1, 0)
    kept = np.flatnonzero(good & (score > 0) & (found.length > 1e-6))
    kept = kept[np.argsort(-score[kept], kind='stable')]
    return found.limb[kept], found.a[kept], found.b[kept], score[kept]


def _pairs(part: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of peaks that could be a limb: limb (m,), sorted, peaks a, b (m,); and the first
    peak (19,) of each part. part: (k,) of the peaks, sorted.
    """
    first = np.searchsorted(part, np.arange(PARTS + 1))
    count = np.diff(first)
    pairs = count[_FROM] * count[_TO]
    limb = np.repeat(np.arange(len(LIMBS)), pairs)
    k = np.arange(len(limb)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    a = first[_FROM[limb]] + k // np.maximum(count[_TO[limb]], 1)
    b = first[_TO[limb]] + k % np.maximum(count[_TO[limb]], 1)
    return limb, a, b, first


def _along(
    pafs: np.ndarray, limb: np.ndarray, start: np.ndarray, end: np.ndarray, samples: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The field's component along segments (m, 2) to (m, 2) in cells at samples of it (m, samples)
    between the cells, and the segments' lengths (m,).
    """
    along = end - start
    length = np.hypot(along[:, 0], along[:, 1])
    h, w = pafs.shape[1:]
    t = np.linspace(0, 1, samples, dtype=np.float32)
    x = np.clip(start[:, :1] + along[:, :1] * t, 0, w - 1).astype(np.float32)
    y = np.clip(start[:, 1:] + along[:, 1:] * t, 0, h - 1).astype(np.float32)
    x0 = np.minimum(x.astype(np.int32), w - 2)
    y0 = np.minimum(y.astype(np.int32), h - 2)
    fx, fy = x - x0, y - y0
    # A field as one complex number per cell: one gather instead of two.
    field = np.empty((len(LIMBS), h, w), np.complex64)
    field.real, field.imag = pafs[0::2], pafs[1::2]
    cells = field.reshape(-1)
    at = (limb[:, None].astype(np.int32) * h + y0) * w + x0
    value = (
        (cells.take(at) * (1 - fx) + cells.take(at + 1) * fx) * (1 - fy)
        + (cells.take(at + w) * (1 - fx) + cells.take(at + w + 1) * fx) * fy)
    direction = (along / np.maximum(length, 1e-6)[:, None]).astype(np.float32)
    component = value.real * direction[:, :1] + value.imag * direction[:, 1:]
    return component, length


def assemble(
    part: np.ndarray, limb: np.ndarray, a: np.ndarray, b: np.ndarray, score: np.ndarray,
) -> list[tuple[list[int], float]]:
    """Greedy matching and joining of limbs, best score first, into bodies.

    A body has every part at most once, a part belongs to one body, a limb of one kind ends at a
    part only once. Two halves are merged when a limb joins them and they have no part in common.
    Returns for each body the indices of its peaks and the sum of the scores that hold it together.
    """
    part_of = part.tolist()
    body_of: dict[int, int] = {}
    bodies: dict[int, list[int]] = {}
    owned: dict[int, int] = {}  # bit set of the parts of a body
    total: dict[int, float] = {}
    used = set()
    rows = zip(limb.tolist(), a.tolist(), b.tolist(), score.tolist(), strict=True)
    for kind, i, j, value in rows:
        if (kind, i) in used or (kind, j) in used:
            continue
        p, q = body_of.get(i), body_of.get(j)
        if p is None:
            p = i
            body_of[i], bodies[i], owned[i], total[i] = i, [i], 1 << part_of[i], 0.0
        if q is None:
            q = j
            body_of[j], bodies[j], owned[j], total[j] = j, [j], 1 << part_of[j], 0.0
        if p != q:
            if owned[p] & owned[q]:
                continue
            bodies[p] += bodies.pop(q)
            owned[p] |= owned.pop(q)
            total[p] += total.pop(q) + value
            for member in bodies[p]:
                body_of[member] = p
        used.add((kind, i))
        used.add((kind, j))
    return [(members, total[p]) for p, members in bodies.items()]
