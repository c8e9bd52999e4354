"""Labelled photos and the share of right joints, PCK@0.2, by how the body is turned.

A folder of photos has `images/` and `annotations.json`: a list of {file, joints: 14 human labels
[x, y, labelled] in pixels: right ankle, knee, hip, left hip, knee, ankle, right wrist, elbow,
shoulder, left shoulder, elbow, wrist, neck, head top}.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer_core.errors import UserError
from trainer_core.skeleton import INDEX

ORDER = ('upright', 'horizontal', 'upside_down', 'unknown', 'all')
NEAR = 0.2  # of the torso's longer diagonal

_HUMAN = {
    INDEX[name]: i for i, name in enumerate((
        'right_ankle', 'right_knee', 'right_hip', 'left_hip', 'left_knee', 'left_ankle',
        'right_wrist', 'right_elbow', 'right_shoulder', 'left_shoulder', 'left_elbow',
        'left_wrist'))}
SCORED = tuple(sorted(_HUMAN))  # the 12 joints of the figure
_RSHO, _LSHO, _RHIP, _LHIP = (
    INDEX[n] for n in ('right_shoulder', 'left_shoulder', 'right_hip', 'left_hip'))


@dataclass(frozen=True)
class Photo:
    """One labelled person."""

    path: Path
    truth: np.ndarray  # (18, 3) px, labelled; neck is the shoulders' middle, as in OpenPose
    size: float        # px: the labelled torso's longer diagonal
    orientation: str   # upright, horizontal, upside_down or unknown


def human(entry: dict[str, Any]) -> np.ndarray:
    """The human labels of an entry as (18, 3); nose, eyes and ears are empty."""
    k = np.zeros((18, 3), np.float32)
    for to, source in _HUMAN.items():
        x, y, seen = entry['joints'][source]
        k[to] = x, y, float(seen > 0)
    if k[_RSHO, 2] and k[_LSHO, 2]:
        k[INDEX['neck']] = *k[[_RSHO, _LSHO], :2].mean(0), 1
    return k


def diagonal(k: np.ndarray) -> float:
    """The torso's longer diagonal of (18, 3), px; 0 when neither can be measured."""
    sides = [
        np.hypot(*(k[a, :2] - k[b, :2])) for a, b in ((_RSHO, _LHIP), (_LSHO, _RHIP))
        if k[a, 2] > 0 and k[b, 2] > 0]
    return float(max(sides, default=0))


def tilt(k: np.ndarray) -> float | None:
    """Degrees that the torso is turned clockwise from upright, -180..180, or None."""
    if min(k[[_RSHO, _LSHO, _RHIP, _LHIP], 2]) <= 0:
        return None
    v = k[[_RSHO, _LSHO], :2].mean(0) - k[[_RHIP, _LHIP], :2].mean(0)
    return None if np.hypot(*v) <= 1e-6 else float(np.degrees(np.arctan2(v[0], -v[1])))


def orientation(k: np.ndarray) -> str | None:
    """upright, horizontal or upside_down, within 45 degrees of each, or None."""
    t = tilt(k)
    if t is None:
        return None
    return 'upright' if abs(t) <= 45 else 'upside_down' if abs(t) >= 135 else 'horizontal'


def held_out(file: str | Path) -> bool:
    """Whether a photo is for validation: about 600 of 9,000, by its name alone."""
    return int(hashlib.sha256(Path(file).name.encode()).hexdigest(), 16) % 15 == 0


def validation(
    folder: str | Path, truth: Callable[[dict[str, Any]], np.ndarray] = human,
) -> list[Photo]:
    """The photos that training never sees; truth: the right keypoints (18, 3) px of an entry.

    Raises UserError naming what is not there.
    """
    folder = Path(folder).expanduser()
    try:
        entries = json.loads((folder / 'annotations.json').read_text())
    except (OSError, ValueError) as error:
        raise UserError(
            f'{folder / "annotations.json"} cannot be read ({error}); give a folder of labelled '
            'photos') from None
    photos = [
        Photo(folder / 'images' / e['file'], truth(e), diagonal(human(e)),
              orientation(human(e)) or 'unknown')
        for e in entries if held_out(e['file'])]
    return [photo for photo in photos if photo.size > 0]


def right_joints(found: np.ndarray | None, truth: np.ndarray, size: float) -> list[bool]:
    """For each of the 12 joints that is labelled whether it was found near enough to it, for a
    torso of that size; missing is wrong.
    """
    return [
        found is not None and bool(
            found[i, 2] > 0 and np.hypot(*(found[i, :2] - truth[i, :2])) < NEAR * size)
        for i in SCORED if truth[i, 2] > 0]


def pck(photos: Iterable[Photo], poses: Iterable[np.ndarray | None]) -> dict[str, float]:
    """Percent of right joints by orientation; poses: (18, 3) px of each photo's best person."""
    hits: dict[str, list[bool]] = {}
    for photo, found in zip(photos, poses, strict=True):
        right = right_joints(found, photo.truth, photo.size)
        for name in (photo.orientation, 'all'):
            hits.setdefault(name, []).extend(right)
    return {name: 100 * float(np.mean(hits[name])) for name in ORDER if hits.get(name)}
