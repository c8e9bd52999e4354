"""How often the joints that an exercise needs are found in a recording, and a sheet to look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from trainer_core.angles import JOINTS
from trainer_core.errors import UserError
from trainer_core.people import People
from trainer_core.skeleton import INDEX
from trainer_pose.camera.sources import open_source
from trainer_pose.paf import draw
from trainer_pose.paf.estimator import PoseEstimator

SURE = 0.05  # confidence from which a keypoint counts as found
_TILE, _COLUMNS = 240, 6  # px, of a sheet
_FOUND, _MISSED = (60, 200, 60), (40, 40, 220)


@dataclass(frozen=True)
class Share:
    """Percent of the images looked at."""

    images: int
    one_side: float  # every keypoint of the joints of the left side, or of the right one
    both_sides: float


def keypoints_of(joints: Sequence[str]) -> dict[str, list[int]]:
    """By side the rows of the keypoints of joint angles, as `left_knee`."""
    rows: dict[str, set[int]] = {}
    for joint in joints:
        side = joint.split('_')[0]
        rows.setdefault(side, set()).update(INDEX[name] for name in JOINTS[joint])
    return {side: sorted(of) for side, of in rows.items()}


def sides_found(people: People, needed: dict[str, list[int]]) -> int:
    """Of how many sides somebody has all that is needed: of the one who has most."""
    return max((sum(bool((p.raw[rows, 2] >= SURE).all()) for rows in needed.values())
                for p in people.people), default=0)


def watch(
    path: Path, joints: Sequence[str], model: str = '', every: int = 1, sheet: Path | None = None,
    most: int = 24,
) -> Share:
    """Follow everybody through each `every`-th image of a recording, as the node does.

    sheet: picture file of `most` of the images with what was found in them, green where it was
    enough. Raises UserError for a recording that cannot be read and a sheet that cannot be written.
    """
    needed, estimator = keypoints_of(joints), PoseEstimator(model)
    sides, tiles = [], []
    with open_source(str(path), speed='max') as pictures:
        step = max(round(pictures.seconds * pictures.fps / most), 1)
        for number, (stamp, picture) in enumerate(pictures):
            if number % every:
                continue
            people = estimator.update(picture, stamp)
            sides.append(sides_found(people, needed))
            if sheet is not None and number % step < every:
                tiles.append(_tile(picture, people, number, bool(sides[-1])))
    if sheet is not None:
        sheet.parent.mkdir(parents=True, exist_ok=True)
        if not tiles or not cv2.imwrite(str(sheet), _arranged(tiles)):
            raise UserError(f'{sheet} cannot be written; give another folder')
    found = np.array(sides or [0])
    return Share(len(sides), 100 * float((found > 0).mean()),
                 100 * float((found == len(needed)).mean()))


def _tile(picture: np.ndarray, people: People, number: int, enough: bool) -> np.ndarray:
    drawn = draw.overlay(picture, people.people)
    scale = _TILE / max(drawn.shape[:2])
    small = cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = np.full((_TILE, _TILE, 3), 40, np.uint8)
    tile[:small.shape[0], :small.shape[1]] = small
    colour = _FOUND if enough else _MISSED
    cv2.rectangle(tile, (0, 0), (_TILE - 1, _TILE - 1), colour, 3)
    cv2.putText(
        tile, str(number), (6, _TILE - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, 1, cv2.LINE_AA)
    return tile


def _arranged(tiles: Iterable[np.ndarray]) -> np.ndarray:
    tiles = list(tiles)
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % _COLUMNS)
    return np.vstack([
        np.hstack(tiles[i:i + _COLUMNS]) for i in range(0, len(tiles), _COLUMNS)])
