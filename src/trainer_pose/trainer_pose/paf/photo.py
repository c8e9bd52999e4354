"""A photo has the time: somebody in it is looked at several times, and all joints are decided at
once.

The looks are turned a little and mirrored; their maps are laid over each other and averaged, and of
all bodies that the peaks of the mean can make up the best one is taken (see decoder.body).
"""

import math

import cv2
import numpy as np

from trainer_core.skeleton import LIMBS, MIRROR
from trainer_pose.paf import decoder, matching, roi
from trainer_pose.paf.engines import Engine

TURNS = (-0.35, 0.0, 0.35)  # rad from upright, of the looks
FINER = 2  # cells of the mean for one of the network
ASIDE = 0.35  # of the photo's sides from its middle, standard deviation of whom it is of

_MIRROR = np.array(MIRROR)
_LIMBS_MIRROR = np.array([LIMBS.index((MIRROR[a], MIRROR[b])) for a, b in LIMBS])


def study(engine: Engine, picture: np.ndarray, pose: np.ndarray, size: int) -> np.ndarray:
    """The body (18, 3) px of the picture around a pose that was found, from looks of size px.

    Every joint has a place, if only a guess: its confidence says so. All is looked at once more
    around the body that was found first, for the pose may have been half of somebody.
    """
    body = _body(engine, picture, pose, size)
    return _body(engine, picture, body, size) if body[:, 2].any() else body


def _body(engine: Engine, picture: np.ndarray, pose: np.ndarray, size: int) -> np.ndarray:
    turned = roi.turn(pose)
    region = roi.around(
        pose, 0.0 if math.isnan(turned) else turned, size, picture.shape[1::-1])
    looks = [
        look(engine, picture, region, turn, mirrored)
        for turn in TURNS for mirrored in (False, True)]
    found = decoder.candidates(
        np.mean([heat for heat, _ in looks], 0), np.mean([pafs for _, pafs in looks], 0),
        decoder.Settings(peak=0.03), most=6)
    body = decoder.body(found, engine.stride / FINER)
    return region.to_picture(body)


def look(
    engine: Engine, picture: np.ndarray, region: roi.Roi, turn: float, mirrored: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """The maps (18, h, w) and fields (38, h, w) of a region, seen turned by turn (rad) and, if told
    so, in a mirror; on a grid of the region that is FINER than that of the network.
    """
    seen = roi.Roi(
        region.x, region.y, region.scale, region.angle + turn, region.width, region.height)
    crop = seen.crop(picture)
    heat, pafs = engine.infer(np.ascontiguousarray(crop[:, ::-1]) if mirrored else crop)
    heat, fields = heat[:len(MIRROR)], pafs.reshape(len(LIMBS), 2, *pafs.shape[1:])
    if mirrored:
        heat = heat[_MIRROR, :, ::-1]
        fields = fields[_LIMBS_MIRROR, :, :, ::-1] * np.array([-1.0, 1.0])[:, None, None]
    # From cells of the mean to px of the region, px of this look, cells of this look.
    stride = engine.stride
    move = (_cells(stride) @ _square(seen.matrix())
            @ np.linalg.inv(_square(region.matrix())) @ np.linalg.inv(_cells(stride / FINER)))
    size = (heat.shape[2] * FINER, heat.shape[1] * FINER)
    heat, x, y = (
        np.stack([cv2.warpAffine(
            np.ascontiguousarray(channel, np.float32), move[:2], size,
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP) for channel in maps])
        for maps in (heat, fields[:, 0], fields[:, 1]))
    c, s = math.cos(turn), math.sin(turn)
    return heat, np.stack([c * x - s * y, s * x + c * y], 1).reshape(pafs.shape[0], *size[::-1])


def main_first(
    bodies: list[np.ndarray], size: tuple[int, int],
) -> list[tuple[np.ndarray, float]]:
    """Bodies (18, 3), each once, with their scores [0, 1], the best first: who a photo of size
    (width, height) px is of is seen well, large, and rather in the middle.
    """
    boxes = [(b[b[:, 2] > 0, :2].min(0), b[b[:, 2] > 0, :2].max(0)) for b in bodies]
    extents = [float((high - low).max()) for low, high in boxes]
    largest = max(extents, default=0.0)
    scored = []
    for body, (low, high), extent in zip(bodies, boxes, extents, strict=True):
        aside = ((low + high) / 2 + 0.5) / size - 0.5
        place = math.exp(-float(aside @ aside) / (2 * ASIDE ** 2))
        large = math.sqrt(extent / max(largest, 1e-6))
        scored.append((body, float(body[:, 2].mean()) * large * place))
    kept: list[tuple[np.ndarray, float]] = []
    for body, score in sorted(scored, key=lambda one: -one[1]):
        if not any(same(body, better) for better, _ in kept):
            kept.append((body, score))
    return kept


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two bodies (18, 3) px are one."""
    return matching.same_body(a, b, roi.body_scale(a), roi.body_scale(b))


def _cells(stride: float) -> np.ndarray:
    """(3, 3): px to cells, centres at whole numbers."""
    return np.array([[1 / stride, 0, 0.5 / stride - 0.5], [0, 1 / stride, 0.5 / stride - 0.5],
                     [0, 0, 1]])


def _square(matrix: np.ndarray) -> np.ndarray:
    return np.vstack([matrix, [0, 0, 1]])
