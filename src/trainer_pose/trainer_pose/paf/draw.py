"""Pictures of what was seen: skeletons, confidence maps, part affinity fields."""

import cv2
import numpy as np

from trainer_core.people import Person
from trainer_core.skeleton import KEYPOINTS, LIMBS
from trainer_pose.paf.estimator import View

_SHIFT = 4  # OpenCV draws with 1/16 px


def _wheel(n: int) -> list[tuple[int, int, int]]:
    hsv = np.zeros((1, n, 3), np.uint8)
    hsv[0, :, 0] = np.arange(n) * 180 // n
    hsv[0, :, 1:] = 210, 255
    return [tuple(int(v) for v in c) for c in cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0]]  # type: ignore[misc]


_LIMB_COLOURS = _wheel(len(LIMBS))
# The two limbs from shoulder to ear only help to tell people apart; drawn they look like a beard.
_HIDDEN = {i for i, (a, b) in enumerate(LIMBS)
           if KEYPOINTS[a].endswith('shoulder') and KEYPOINTS[b].endswith('ear')}


def overlay(picture: np.ndarray, people: list[Person], least: float = 0.05) -> np.ndarray:
    """A copy of the picture with skeletons; keypoints of confidence below `least` are left out."""
    drawn = picture.copy()
    h, w = picture.shape[:2]
    for person in people:
        pose = person.keypoints
        found = pose[:, 2] >= least
        span = float(np.ptp(pose[found, :2], 0).max()) if found.any() else 0.0
        thick = max(1, round(min(span, max(h, w)) / 90))
        at = np.round(np.clip(pose[:, :2], -4 * w, 4 * w) * 2 ** _SHIFT).astype(int)
        for i, (a, b) in enumerate(LIMBS):
            if found[a] and found[b] and i not in _HIDDEN:
                cv2.line(
                    drawn, at[a].tolist(), at[b].tolist(), _LIMB_COLOURS[i], thick + 1,
                    cv2.LINE_AA, _SHIFT)
        for k in np.flatnonzero(found):
            cv2.circle(
                drawn, at[k].tolist(), int((0.9 * thick + 0.8) * 2 ** _SHIFT), (255, 255, 255), -1,
                cv2.LINE_AA, _SHIFT)
        _label(drawn, person, pose[found])
    return drawn


def _label(drawn: np.ndarray, person: Person, found: np.ndarray) -> None:
    if not len(found) or not person.id:
        return
    size = max(drawn.shape[0] / 900, 0.4)
    x, y = int(found[:, 0].min()), int(found[:, 1].min() - 14 * size)
    place = (min(max(x, 2), drawn.shape[1] - 60), min(max(y, int(20 * size)), drawn.shape[0] - 4))
    for colour, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(
            drawn, person.id, place, cv2.FONT_HERSHEY_SIMPLEX, size, colour, thick, cv2.LINE_AA)


def heatmaps(picture: np.ndarray, views: list[View]) -> np.ndarray:
    """The strongest of the 18 part confidence maps at every pixel, glowing over the picture.

    Each part has its own hue, so that left and right can be told apart.
    """
    h, w = picture.shape[:2]
    strength, hue = np.zeros((h, w), np.float32), np.zeros((h, w), np.uint8)
    for view in views:
        placed = _placed(view, view.heatmaps[:len(KEYPOINTS)], (w, h))
        best, part = placed.max(0), placed.argmax(0)
        nearer = best > strength
        strength = np.where(nearer, best, strength)
        hue = np.where(nearer, part * 180 // len(KEYPOINTS), hue).astype(np.uint8)
    # Squared, because the maps are wide at stride 8 and their peaks are what counts.
    return _glow(picture, hue, np.clip(strength, 0, 1) ** 2)


def pafs(picture: np.ndarray, views: list[View]) -> np.ndarray:
    """The part affinity fields over the picture: hue is the direction of the limb in the picture
    (red to the right, then clockwise round the colour wheel), brightness the field's length."""
    h, w = picture.shape[:2]
    longest, direction = np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
    for view in views:
        placed = _placed(view, view.pafs, (w, h))
        length = np.hypot(placed[0::2], placed[1::2])
        limb = length.argmax(0)[None]
        x, y = (np.take_along_axis(placed[i::2], limb, 0)[0] for i in (0, 1))
        length = length.max(0)
        nearer = length > longest
        longest = np.where(nearer, length, longest)
        # Fields are given in the turned region; adding its turn brings them back to the picture.
        direction = np.where(nearer, np.arctan2(y, x) + view.region.angle, direction)
    hue = (np.degrees(direction) % 360 / 2).astype(np.uint8)
    return _glow(picture, hue, longest)


def wheel(size: int) -> np.ndarray:
    """The key to `pafs` (size, size, 3): the colour of a limb that points that way."""
    y, x = np.mgrid[:size, :size] * (2 / (size - 1)) - 1
    length = np.hypot(x, y)
    hue = (np.degrees(np.arctan2(y, x)) % 360 / 2).astype(np.uint8)
    return _glow(np.zeros((size, size, 3), np.uint8), hue, np.where(length <= 1, length, 0))


def _placed(view: View, maps: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Maps (n, h, w) of a region, as (n, height, width) over the whole picture."""
    stride = view.region.width / maps.shape[2]
    # cell (i, j) stands for pixel stride * i + (stride - 1) / 2 of the region
    cell = np.array([[stride, 0, (stride - 1) / 2], [0, stride, (stride - 1) / 2], [0, 0, 1]])
    back = np.vstack([cv2.invertAffineTransform(view.region.matrix()), [0, 0, 1]]) @ cell
    return np.stack([
        cv2.warpAffine(np.ascontiguousarray(m, np.float32), back[:2], size) for m in maps])


def _glow(picture: np.ndarray, hue: np.ndarray, strength: np.ndarray) -> np.ndarray:
    value = np.clip(strength * 1.2, 0, 1)
    hsv = np.dstack([hue, np.full_like(hue, 230), (value * 255).astype(np.uint8)])
    colour = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR).astype(np.float32)
    dim = 0.45 * picture * (1 - value[..., None])
    return np.clip(dim + colour, 0, 255).astype(np.uint8)
