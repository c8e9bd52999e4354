"""Pictures for the page: as many as wanted, no wider than wanted, as JPEG."""

import cv2
import numpy as np

from trainer_core.clock import SECOND
from trainer_core.errors import UserError


class Pace:
    """Lets `rate` pictures a second through, evenly, however many come.

    >>> pace = Pace(10.0)
    >>> [pace.takes(ms * 1_000_000) for ms in (0, 33, 66, 100, 133, 200)]
    [True, False, False, True, False, True]
    """

    def __init__(self, rate: float):
        self._period, self._due = int(SECOND / rate), 0

    def takes(self, stamp: int) -> bool:
        """Whether the picture of that stamp (ns) is one to show."""
        if stamp < self._due - 2 * self._period:  # time went back, as in a bag that loops
            self._due = 0
        # Stamps of cameras jitter; a picture that comes a little early is in time.
        if stamp + self._period // 4 < self._due:
            return False
        self._due = max(self._due, stamp - self._period) + self._period
        return True


def to_jpeg(picture: np.ndarray, quality: int, max_width: int) -> bytes:
    """A (height, width, 3) BGR picture as JPEG of that quality [1, 100], made smaller if wider."""
    h, w = picture.shape[:2]
    if w > max_width:
        size = (max_width, max(round(h * max_width / w), 1))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    ok, data = cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise UserError(f'a picture of shape {picture.shape} could not be written as JPEG')
    return data.tobytes()
