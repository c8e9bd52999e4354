"""What two other networks saw in labelled photos, and what that says about the labels: the
reference PAF network and BlazePose heavy, each asked about a crop turned upright.

An entry of `annotations.json` has, beside the labels (photos.py), `hpe`: 18 keypoints of
OpenPose-COCO [x, y, score], and `blazepose`: 33 landmarks [x, y, visibility], both in pixels of the
photo; either may be missing. Keypoints are (18, 3) arrays: x, y px, and 0 where nothing was seen.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trainer_core.errors import UserError
from trainer_core.skeleton import INDEX
from trainer_pose.benchmark.photos import NEAR, SCORED, diagonal, human

LANDMARKS = {INDEX[name]: landmark for name, landmark in (
    ('nose', 0), ('right_shoulder', 12), ('right_elbow', 14), ('right_wrist', 16),
    ('left_shoulder', 11), ('left_elbow', 13), ('left_wrist', 15), ('right_hip', 24),
    ('right_knee', 26), ('right_ankle', 28), ('left_hip', 23), ('left_knee', 25),
    ('left_ankle', 27), ('right_eye', 5), ('left_eye', 2), ('right_ear', 8), ('left_ear', 7))}
_ARMS, _LEGS = (
    tuple((INDEX[f'right_{name}'], INDEX[f'left_{name}']) for name in names)
    for names in (('shoulder', 'elbow', 'wrist'), ('hip', 'knee', 'ankle')))
_SURE, _OBJECTS = 0.1, -0.03  # votes for, and against, exchanging left and right
DOUBTED = 0.3  # trust in limbs of which one cannot say whose they are
SMALL = 12.0  # px: a torso is never taken for smaller


def reference(entry: dict[str, Any], least: float = 0.1) -> np.ndarray:
    """What the reference PAF network saw at least that surely."""
    k = np.zeros((18, 3), np.float32)
    if entry.get('hpe'):
        k[:] = np.asarray(entry['hpe'], np.float32)
        k[k[:, 2] < least] = 0
    return k


def blaze(entry: dict[str, Any], least: float = 0.3) -> np.ndarray:
    """What BlazePose saw at least that surely; the neck is the shoulders' middle."""
    k = np.zeros((18, 3), np.float32)
    if entry.get('blazepose'):
        marks = np.asarray(entry['blazepose'], np.float32)
        k[list(LANDMARKS)] = marks[list(LANDMARKS.values())]
        k[INDEX['neck']] = k[[INDEX['right_shoulder'], INDEX['left_shoulder']]].mean(0)
        k[k[:, 2] < least] = 0
    return k


def third(file: str | Path, least: float = 0.25) -> dict[str, np.ndarray]:
    """By a photo's name what one more teacher saw at least that surely, as training/opinions.py
    writes it. Raises UserError when the file is none of these.
    """
    try:
        with np.load(file) as seen:
            return {name: k * (k[:, 2:] >= least) for name, k in seen.items()}
    except (OSError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise UserError(
            f'{file} cannot be read ({error}); give a file made by opinions.py') from None


def put_sides_right(
    labels: np.ndarray, teachers: Iterable[np.ndarray], own: np.ndarray, scale: float,
) -> tuple[np.ndarray, np.ndarray]:
    """The labels without the labeller's left/right mistakes, arms and legs apart, where they are
    clearly seen the other way by a teacher and nobody objects, or two fewer do; and how far to
    trust each keypoint (18,). own: one more opinion, which alone exchanges nothing; scale: the
    torso's diagonal, px.
    """
    trust = np.ones(18, np.float32)
    teachers = tuple(teachers)
    for pairs in (_ARMS, _LEGS):
        votes = [_vote(labels, t, pairs, scale) for t in teachers]
        mine = _vote(labels, own, pairs, scale)
        sure = sum(v > _SURE for v in votes)
        against = sum(v < _OBJECTS for v in (*votes, mine))
        everybody = sure + (mine > _SURE)
        if sure and (not against or everybody >= against + 2):
            labels = _swapped(labels, pairs)
        elif everybody >= max(against, 1):
            trust[[i for pair in pairs for i in pair]] = DOUBTED
    return labels, trust


def checked(entry: dict[str, Any], more: Mapping[str, np.ndarray] = {}) -> np.ndarray:
    """The human labels (18, 3) with their sides put right, and without those that two teachers
    contradict: they agree with each other, and none is near the label. more: see `third`.
    """
    labels = human(entry)
    teachers, size = [reference(entry), blaze(entry)], max(diagonal(labels), SMALL)
    if entry['file'] in more:
        teachers.append(more[entry['file']])
    labels, _ = put_sides_right(labels, teachers, np.zeros((18, 3)), size)
    labels = labels.copy()
    for i in SCORED:
        said = np.array([t[i, :2] for t in teachers if t[i, 2] > 0]).reshape(-1, 2)
        near = NEAR * size
        between = np.hypot(*(said[:, None] - said[None]).transpose(2, 0, 1))
        apart = np.hypot(*(said - labels[i, :2]).T)
        if (between < near).sum() > len(said) and (apart >= near).all():
            labels[i, 2] = 0
    return labels


def _swapped(k: np.ndarray, pairs: tuple[tuple[int, int], ...]) -> np.ndarray:
    k = k.copy()
    for right, left in pairs:
        k[[right, left]] = k[[left, right]]
    return k


def _vote(
    k: np.ndarray, opinion: np.ndarray, pairs: tuple[tuple[int, int], ...], scale: float,
) -> float:
    """By how many scales the opinion is nearer to the keypoints with left and right exchanged; 0
    where it has none.
    """
    other = _swapped(k, pairs)
    ids = [
        i for pair in pairs for i in pair
        if opinion[i, 2] > 0 and k[i, 2] > 0 and other[i, 2] > 0]
    if len(ids) < 2:
        return 0.0
    now, then = (
        np.minimum(np.hypot(*(c[ids, :2] - opinion[ids, :2]).T) / scale, 0.6).mean()
        for c in (k, other))
    return float(now - then)
