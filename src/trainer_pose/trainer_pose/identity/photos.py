"""Faces in photo files, for enrolling without a camera."""

from pathlib import Path

import cv2
import numpy as np

from trainer_core.errors import UserError
from trainer_pose.identity import quality
from trainer_pose.identity.faces import Face, FaceReader
from trainer_pose.identity.head import Head, find_head
from trainer_pose.paf.estimator import PoseEstimator

_JITTERS = 3
_BACKGROUND = 0.4  # of the size of the largest: faces that are not who the photo is of


class PhotoReader:
    """Reads photos: faces are found by dlib in the whole photo, else at the heads of the pose."""

    def __init__(self) -> None:
        """Raises UserError when faces cannot be recognised here."""
        self.reader = FaceReader()
        self._pose: PoseEstimator | None = None  # loaded when it is needed first

    def faces(self, photo: str) -> list[Face]:
        """Every face, the largest first. Raises UserError when the photo cannot be read."""
        picture = _read(photo)
        heads = self.reader.heads(picture) or self._heads_of_bodies(picture)
        found = [self.reader.look(picture, head, jitters=_JITTERS) for head in heads]
        return sorted((f for f in found if f is not None), key=lambda face: -face.quality.eyes)

    def only_face(self, photo: str) -> Face:
        """The one who is in it. Raises UserError saying why the photo cannot be used."""
        faces = self.faces(photo)
        if not faces:
            raise UserError(f'{photo} shows no face; give one in which the face is seen from in '
                            'front')
        near = [f for f in faces if f.quality.eyes > _BACKGROUND * faces[0].quality.eyes]
        if len(near) > 1:
            raise UserError(f'{photo} shows {len(near)} people; cut it to the one who is meant')
        why = quality.complaint(faces[0].quality, quality.PHOTO)
        if why:
            raise UserError(f'{photo} is not good enough ({why}); give another')
        return faces[0]

    def _heads_of_bodies(self, picture: np.ndarray) -> list[Head]:
        """For people too far away to be found by their faces."""
        try:
            self._pose = self._pose or PoseEstimator()
        except UserError:  # no engine: then there are no more faces
            return []
        people = self._pose.detect(picture).people
        return [head for p in people if (head := find_head(p.raw)) is not None]


def _read(photo: str) -> np.ndarray:
    picture = cv2.imread(photo, cv2.IMREAD_COLOR) if Path(photo).is_file() else None
    if picture is None:
        fault = 'is not a picture that can be read' if Path(photo).exists() else 'is not there'
        raise UserError(f'{photo} {fault}')
    return picture
