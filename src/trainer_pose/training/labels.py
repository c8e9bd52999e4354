"""Opinions about the same joints, fused: human labels, the reference PAF network, BlazePose and, in
later cycles, MoveNet and what our own network of the cycle before sees (opinions.py). Photos are
seen so few times that it knows none by heart: on those it was trained with it is as good as on the
held-out ones, so that its word on a wrong label is worth as much as a teacher's.

Keypoints are the 18 of OpenPose-COCO in its order. Every fused keypoint is (x, y, weight): pixels
of the photo, and how much the loss may believe it; weight 0 means that nobody knows, and that
channel is then left out of the loss. Distances are compared in units of the torso's diagonal (the
longer of shoulder to opposite hip).
"""

import json
from pathlib import Path

import numpy as np

from trainer_pose.benchmark import teachers
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

AGREE = 0.25  # torso diagonals within which two opinions say the same


def group(points, limit):
    """The most of `points` (n x 2) that are within `limit` of one of them, as a list."""
    groups = [[q for q in points if np.hypot(*(q - p)) < limit] for p in points]
    return max(groups, key=len, default=[])


def fuse(entry, own=None, movenet=None):
    """One photo's 18 x 3 fused keypoints; own, movenet: those that our own network and MoveNet see
    (18 x 3, 0 what they hardly see), if they were asked.
    """
    h, p, b = human(entry), teachers.reference(entry), teachers.blaze(entry)
    o, m = (np.zeros((18, 3), np.float32) if k is None else k for k in (own, movenet))
    others = p, b, m
    scale = diagonal(h) or diagonal(p) or diagonal(b) or diagonal(m) or 50.0
    scale = max(scale, teachers.SMALL)
    h, trust = teachers.put_sides_right(h, others, o, scale)
    out = np.zeros((18, 3), np.float32)

    def near(one, two, i, limit=AGREE):
        return (
            one[i, 2] > 0 and two[i, 2] > 0 and np.hypot(*(one[i, :2] - two[i, :2])) < limit * scale
        )

    for i in SCORED:
        with_human = [t[i, :2] for t in others if near(h, t, i)]
        with_own = [t[i, :2] for t in others if near(o, t, i)]
        against = group(
            [t[i, :2] for t in others if t[i, 2] > 0 and not near(h, t, i)], AGREE * scale)
        for_human = len(with_human) + 1 + near(h, o, i) if h[i, 2] else 0
        elsewhere = len(against) + (not near(h, o, i) and len(with_own) > 0)
        sure = o[i, 2] > 0.6
        if len(against) > 1 and elsewhere > for_human:
            out[i] = *np.mean(against, 0), 0.8 if h[i, 2] else 1
        elif with_human:
            # the human half, the agreeing teachers the other half: their jitter is independent
            out[i] = *(0.5 * h[i, :2] + 0.5 * np.mean(with_human, 0)), 1
        elif near(h, o, i):
            out[i] = *h[i, :2], 1
        elif with_own and sure:
            out[i] = *np.mean([o[i, :2], *with_own], 0), 0.7
        elif h[i, 2]:
            # the hardest poses: teachers fail, the human is all there is
            out[i] = *h[i, :2], 0.3 if sure else 0.6
        elif p[i, 2] > 0.5 or b[i, 2] > 0.95 or m[i, 2] > 0.5:
            best = p if p[i, 2] > 0.5 else b if b[i, 2] > 0.95 else m
            out[i] = *best[i, :2], 0.2 if sure else 0.4
    out[:, 2] *= trust
    for i in (NOSE, REYE, LEYE, REAR, LEAR):
        seen = group([t[i, :2] for t in others if t[i, 2] > 0], 0.2 * scale)
        if len(seen) > 1:
            out[i] = *np.mean(seen, 0), 1
        elif p[i, 2] > 0.3:
            out[i] = *p[i, :2], 0.7
    if out[RSHO, 2] and out[LSHO, 2]:
        out[NECK] = *out[[RSHO, LSHO], :2].mean(0), min(out[RSHO, 2], out[LSHO, 2])
    elif p[NECK, 2] > 0.3:
        out[NECK] = *p[NECK, :2], 0.5
    return out


def load(data, own=None, movenet=None):
    """All entries of `annotations.json` in folder `data`, each with its `fused` (18 x 3) and
    `human18` keypoints; own, movenet: files that opinions.py wrote.
    """
    entries = json.loads((Path(data) / 'annotations.json').read_text())
    mine, more = (
        teachers.third(file, least) if file else {}
        for file, least in ((own, 0.3), (movenet, 0.25)))
    for e in entries:
        e['fused'] = fuse(e, mine.get(e['file']), more.get(e['file']))
        e['human18'] = human(e)
    return entries
