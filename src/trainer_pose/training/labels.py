"""Opinions about the same joints, fused: human labels, the reference PAF network, BlazePose and, in
a later cycle, what our own network of the cycle before sees (opinions.py). Photos are seen so few
times that it knows none by heart: on those it was trained with it is as good as on the held-out
ones, so that its word on a wrong label is worth as much as a teacher's.

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
SURE, OBJECTS = 0.1, -0.03  # votes for, and against, exchanging left and right
DOUBTED = 0.3  # weight of limbs of which one cannot say whose they are


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


def unswap(k, teachers, own, scale):
    """Undo the labeller's left/right mistakes, arms and legs apart, where they are clearly seen the
    other way and nobody objects. Returns the keypoints and how far to trust each (18,).
    """
    trust = np.ones(18, np.float32)
    for pairs in (UPPER, LOWER):
        votes = [vote(k, t, pairs, scale) for t in teachers]
        mine = vote(k, own, pairs, scale)
        sure = sum(v > SURE for v in votes)
        against = sum(v < OBJECTS for v in (*votes, mine))
        if sure and not against:
            k = swap(k, pairs)
        elif sure + (mine > SURE) >= max(against, 1):
            trust[[i for pair in pairs for i in pair]] = DOUBTED
    return k, trust


def vote(k, opinion, pairs, scale):
    """By how many scales the opinion is nearer to the keypoints with left and right exchanged; 0
    where it has none.
    """
    other = swap(k, pairs)
    ids = [
        i for pair in pairs for i in pair
        if opinion[i, 2] > 0 and k[i, 2] > 0 and other[i, 2] > 0]
    if len(ids) < 2:
        return 0.0
    now, then = (
        np.minimum(np.hypot(*(c[ids, :2] - opinion[ids, :2]).T) / scale, 0.6).mean()
        for c in (k, other))
    return float(now - then)


def sides_put_right(entry):
    """The human labels (18 x 3) of a photo without the labeller's left/right mistakes that a
    teacher sees; where they are is not changed.
    """
    h = human(entry)
    teachers = reference(entry), blaze(entry)
    return unswap(h, teachers, np.zeros((18, 3)), max(diagonal(h), 12.0))[0]


def fuse(entry, own=None):
    """One photo's 18 x 3 fused keypoints; own: those that our own network sees (18 x 3)."""
    h, p, b = human(entry), reference(entry), blaze(entry)
    o = np.zeros((18, 3), np.float32) if own is None else own * (own[:, 2:] >= 0.3)
    scale = diagonal(h) or diagonal(p) or diagonal(b) or 50.0
    scale = max(scale, 12.0)
    h, trust = unswap(h, (p, b), o, scale)
    out = np.zeros((18, 3), np.float32)

    def near(one, two, i, limit=AGREE):
        return (
            one[i, 2] > 0 and two[i, 2] > 0 and np.hypot(*(one[i, :2] - two[i, :2])) < limit * scale
        )

    for i in SCORED:
        with_human = [t[i, :2] for t in (p, b) if near(h, t, i)]
        with_own = [t[i, :2] for t in (p, b) if near(o, t, i)]
        sure = o[i, 2] > 0.6
        if with_human:
            # the human half, the agreeing teachers the other half: their jitter is independent
            out[i] = *(0.5 * h[i, :2] + 0.5 * np.mean(with_human, 0)), 1
        elif near(h, o, i):
            out[i] = *h[i, :2], 1
        elif near(p, b, i):
            out[i] = *(p[i, :2] + b[i, :2]) / 2, 0.8 if h[i, 2] else 1
        elif with_own and sure:
            out[i] = *np.mean([o[i, :2], *with_own], 0), 0.7
        elif h[i, 2]:
            # the hardest poses: teachers fail, the human is all there is
            out[i] = *h[i, :2], 0.3 if sure else 0.6
        elif p[i, 2] > 0.5 or b[i, 2] > 0.95:
            out[i] = *(p if p[i, 2] > 0.5 else b)[i, :2], 0.2 if sure else 0.4
    out[:, 2] *= trust
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


def load(data, own=None):
    """All entries of `annotations.json` in folder `data`, each with its `fused` (18 x 3) and
    `human18` keypoints; own: the file that opinions.py wrote.
    """
    entries = json.loads((Path(data) / 'annotations.json').read_text())
    seen = dict(np.load(own)) if own else {}
    for e in entries:
        e['fused'], e['human18'] = fuse(e, seen.get(e['file'])), human(e)
    return entries
