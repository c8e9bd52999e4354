"""Three opinions about the same joints, fused: human labels, the reference PAF network, and
BlazePose.

Keypoints are the 18 of OpenPose-COCO in its order. Every fused keypoint is (x, y, weight): pixels
of the photo, and how much the loss may believe it; weight 0 means that nobody knows, and that
channel is then left out of the loss. Distances are compared in units of the torso's diagonal (the
longer of shoulder to opposite hip).
"""

import json
from pathlib import Path

import numpy as np

from trainer_pose.benchmark.photos import SCORED, diagonal, human

(
    NOSE,
    NECK,
    RSHO,
    RELB,
    RWRI,
    LSHO,
    LELB,
    LWRI,
    RHIP,
    RKNE,
    RANK,
    LHIP,
    LKNE,
    LANK,
    REYE,
    LEYE,
    REAR,
    LEAR,
) = range(18)

BLAZE = {
    NOSE: 0,
    RSHO: 12,
    RELB: 14,
    RWRI: 16,
    LSHO: 11,
    LELB: 13,
    LWRI: 15,
    RHIP: 24,
    RKNE: 26,
    RANK: 28,
    LHIP: 23,
    LKNE: 25,
    LANK: 27,
    REYE: 5,
    LEYE: 2,
    REAR: 8,
    LEAR: 7,
}
UPPER, LOWER = (
    ((RSHO, LSHO), (RELB, LELB), (RWRI, LWRI)),
    ((RHIP, LHIP), (RKNE, LKNE), (RANK, LANK)),
)
AGREE = 0.25  # torso diagonals within which two opinions say the same


def reference(entry, least=0.1):
    k = np.zeros((18, 3), np.float32)
    if entry.get('hpe'):
        k[:] = np.asarray(entry['hpe'], np.float32)
        k[k[:, 2] < least] = 0
    return k


def blaze(entry):
    k = np.zeros((18, 3), np.float32)
    if entry.get('blazepose'):
        b = np.asarray(entry['blazepose'], np.float32)
        for to, source in BLAZE.items():
            k[to] = b[source]
        k[NECK] = (k[RSHO] + k[LSHO]) / 2
        k[k[:, 2] < 0.3] = 0
    return k


def swap(k, pairs):
    k = k.copy()
    for right, left in pairs:
        k[[right, left]] = k[[left, right]]
    return k


def unswap(k, teachers, scale):
    """Undo the labeller's left/right mistakes, arms and legs apart, where the teachers clearly see
    it the other way.
    """
    for pairs in (UPPER, LOWER):
        votes = []
        other = swap(k, pairs)
        for t in teachers:
            ids = [
                i for pair in pairs for i in pair if t[i, 2] > 0 and k[i, 2] > 0 and other[i, 2] > 0
            ]
            if len(ids) >= 2:
                now, then = (
                    np.minimum(np.hypot(*(c[ids, :2] - t[ids, :2]).T) / scale, 0.6).mean()
                    for c in (k, other)
                )
                votes.append(now - then)
        if (
            votes and min(votes) > -0.03 and max(votes) > 0.1
        ):  # nobody objects, and somebody is sure
            k = other
    return k


def fuse(entry):
    """One photo's 18 x 3 fused keypoints."""
    h, p, b = human(entry), reference(entry), blaze(entry)
    scale = diagonal(h) or diagonal(p) or diagonal(b) or 50.0
    scale = max(scale, 12.0)
    h = unswap(h, [t for t in (p, b) if t[:, 2].any()], scale)
    out = np.zeros((18, 3), np.float32)

    def near(one, two, i, limit=AGREE):
        return (
            one[i, 2] > 0 and two[i, 2] > 0 and np.hypot(*(one[i, :2] - two[i, :2])) < limit * scale
        )

    for i in SCORED:
        hp, hb, pb = near(h, p, i), near(h, b, i), near(p, b, i)
        if hp or hb:
            # the human half, the agreeing teachers the other half: their jitter is independent
            t = np.mean([t[i, :2] for t, ok in ((p, hp), (b, hb)) if ok], 0)
            out[i] = *(0.5 * h[i, :2] + 0.5 * t), 1
        elif pb:
            out[i] = *(p[i, :2] + b[i, :2]) / 2, 0.8 if h[i, 2] else 1
        elif h[i, 2]:
            # the hardest poses: teachers fail, the human is all there is
            out[i] = *h[i, :2], 0.6
        elif p[i, 2] > 0.5 or b[i, 2] > 0.95:
            out[i] = *(p if p[i, 2] > 0.5 else b)[i, :2], 0.4
    for i in (NOSE, REYE, LEYE, REAR, LEAR):
        if near(p, b, i, 0.2):
            out[i] = *(p[i, :2] + b[i, :2]) / 2, 1
        elif p[i, 2] > 0.3:
            out[i] = *p[i, :2], 0.7
    if out[RSHO, 2] and out[LSHO, 2]:
        out[NECK] = *out[[RSHO, LSHO], :2].mean(0), min(out[RSHO, 2], out[LSHO, 2])
    elif p[NECK, 2] > 0.3:
        out[NECK] = *p[NECK, :2], 0.5
    return out


def load(data):
    """All entries of `annotations.json` in folder `data`, each with its `fused` (18 x 3) and
    `human18` keypoints.
    """
    entries = json.loads((Path(data) / 'annotations.json').read_text())
    for e in entries:
        e['fused'], e['human18'] = fuse(e), human(e)
    return entries
