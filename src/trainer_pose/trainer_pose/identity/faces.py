"""Faces in pictures and their encodings, by face_recognition (dlib).

An encoding is 128 numbers; the distance between two of the same person is mostly below 0.6
(King, dlib's ResNet, 99.4 % on Labeled Faces in the Wild at that line).
"""

import importlib
import math
import warnings
from dataclasses import dataclass
from types import ModuleType

import cv2
import numpy as np

from trainer_core.errors import UserError
from trainer_pose.identity import quality
from trainer_pose.identity.head import Head
from trainer_pose.identity.quality import Quality

CURE = ('./trainer run installs it; elsewhere: pip install dlib-bin, then '
        'pip install --no-deps face_recognition face_recognition_models')
_LONGEST = 800  # px of a photo that is searched as a whole
_FARTHEST = 2.0  # eye distances from where a face is expected; beyond, it is that of a neighbour


@dataclass(frozen=True)
class Face:
    """A face that was found."""

    eyes: np.ndarray  # (2, 2) px of the picture, the left one in the picture first
    quality: Quality
    encoding: np.ndarray  # (128,)

    @property
    def centre(self) -> np.ndarray:
        return self.eyes.mean(0)


class FaceReader:
    """The models, loaded once."""

    def __init__(self) -> None:
        """Raises UserError saying what to install."""
        self._library = _load()

    def look(
        self, picture: np.ndarray, head: Head, wide: bool = False, jitters: int = 1,
    ) -> Face | None:
        """The face of a head in a picture (h, w, 3) uint8 BGR; None when none is seen.

        wide: search twice as far around. jitters: encode the mean of so many slightly moved
        copies; each takes about 0.15 s of a core, finding the face 0.03 s.
        """
        region = head.region(wide)
        # Cubic, because faces are mostly made larger here.
        h, w = region.height, region.width
        if region.scale >= 1:
            crop = cv2.warpAffine(
                picture, region.matrix(), (w, h), flags=cv2.INTER_CUBIC,
                borderValue=(128, 128, 128))
        else:
            crop = region.crop(picture)
        crop = np.ascontiguousarray(crop[:, :, ::-1])
        boxes = self._library.face_locations(crop, 0, 'hog')
        if not boxes:
            return None
        middle = np.array([(w - 1) / 2, (h - 1) / 2])
        box = min(boxes, key=lambda b: float(np.hypot(*(_centre(b) - middle))))
        if np.hypot(*(_centre(box) - middle)) > _FARTHEST * head.eyes * region.scale:
            return None
        eyes, nose = self._landmarks(crop, box)
        encoding = self._library.face_encodings(crop, [box], max(jitters, 1), 'small')[0]
        back = cv2.invertAffineTransform(region.matrix())
        return Face(
            eyes @ back[:, :2].T + back[:, 2], quality.measure(crop, eyes, nose, region.scale),
            np.asarray(encoding, float))

    def heads(self, photo: np.ndarray) -> list[Head]:
        """Heads of all faces in a whole photo (h, w, 3) uint8 BGR, the largest first."""
        scale = min(1.0, _LONGEST / max(photo.shape[:2]))
        small = photo if scale == 1.0 else cv2.resize(
            photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        small = np.ascontiguousarray(small[:, :, ::-1])
        found = []
        for box in self._library.face_locations(small, 1, 'hog'):
            eyes, nose = self._landmarks(small, box)
            across = eyes[1] - eyes[0]
            x, y = (eyes.sum(0) + nose) / 3 / scale
            found.append(Head(
                float(x), float(y), float(np.hypot(*across)) / scale,
                math.atan2(across[1], across[0])))
        return sorted(found, key=lambda head: -head.eyes)

    def _landmarks(self, crop: np.ndarray, box: tuple) -> tuple[np.ndarray, np.ndarray]:
        """Middles of the eyes (2, 2), left in the crop first, and the base of the nose (2,)."""
        points = self._library.face_landmarks(crop, [box], 'small')[0]
        eyes = np.array([
            np.mean(points['left_eye'], 0), np.mean(points['right_eye'], 0)], float)
        return eyes[np.argsort(eyes[:, 0])], np.mean(points['nose_tip'], 0)


def _centre(box: tuple) -> np.ndarray:
    top, right, bottom, left = box
    return np.array([(left + right) / 2, (top + bottom) / 2])


def _load() -> ModuleType:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # that pkg_resources will go away
            # In this order: face_recognition ends the process when its models are missing.
            for name in ('dlib', 'face_recognition_models', 'face_recognition'):
                library = importlib.import_module(name)
    except ImportError as error:
        raise UserError(
            f'faces cannot be recognised, {error.name or "a package"} is not installed: {CURE}'
        ) from None
    except Exception as error:
        raise UserError(
            f'faces cannot be recognised, {name} does not load ({error}): {CURE}') from None
    return library
