"""Looks collected until a face can be kept, and what to do when they are not good enough."""

from collections import Counter

import numpy as np

from trainer_core.clock import SECOND
from trainer_pose.identity import quality
from trainer_pose.identity.faces import Face

_NOT_SEEN = 'look at the camera: no face is seen'
_NOBODY = 'nobody was to be seen; stand in front of the camera and try again'
_APART = 0.6  # farther from the first look: somebody else


class Enrolment:
    """One person in view who is to be remembered."""

    def __init__(self, name: str, track_id: str, wanted: int = 5, limit: float = 15.0):
        """wanted: good looks; limit: seconds, by the stamps of the images."""
        self.name, self.track_id = name, track_id
        self._wanted, self._limit = wanted, limit
        self._began: int | None = None
        self._looked: int | None = None
        self._here = False
        self._complaints: Counter[str] = Counter()
        self._last = ''
        self.faces: list[Face] = []
        self.failure = ''

    @property
    def done(self) -> bool:
        return bool(self.failure) or len(self.faces) >= self._wanted

    def wants(self, stamp: int) -> bool:
        """Whether to look in the image of this time; looks are 0.3 s apart, to differ."""
        return self._looked is None or stamp - self._looked >= 0.3 * SECOND

    def passed(self, stamp: int, here: bool = True) -> None:
        """An image has gone by; here: with the person in it, if only from behind."""
        self._here |= here
        if self._began is None or stamp < self._began:
            self._began = stamp
        if not self.done and stamp - self._began > self._limit * SECOND:
            self.give_up()

    def saw(self, stamp: int, face: Face | None) -> None:
        """What a look has given."""
        self._looked = stamp
        complaint = _NOT_SEEN if face is None else quality.complaint(
            face.quality, quality.TO_ENROLL)
        if face is None or complaint:
            # The numbers in them change from look to look.
            self._complaints[complaint.partition(':')[0]] += 1
            self._last = complaint
            return
        if self.faces and np.linalg.norm(face.encoding - self.faces[0].encoding) > _APART:
            self.failure = 'two people in view: let only the one be seen who is to be enrolled'
            return
        self.faces.append(face)

    def give_up(self) -> None:
        """Time is over: what would have helped most."""
        if not self._complaints:
            self.failure = _NOT_SEEN if self._here else _NOBODY
            return
        worst = self._complaints.most_common(1)[0][0]
        self.failure = (
            self._last if self._last.startswith(worst)
            else _NOT_SEEN if _NOT_SEEN.startswith(worst) else worst)
