"""Left and right put right where a pose network exchanges them for a moment."""

import math

from trainer_core.clock import SECOND
from trainer_core.skeleton import INDEX, MIRROR
from trainer_counter.reps.body import Pose

AGREES = 0.6   # the exchanged pose must be so much nearer to the one before, as a share
APART = 0.04   # statures that left and right are apart on average, or it does not matter
MOMENT = 0.4   # s after which the network is believed: the person may have turned
GAP = 0.3      # s between two images over which nothing can be said

_PAIRS = tuple(
    (INDEX[f'left_{part}'], INDEX[f'right_{part}'])
    for part in ('shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'))


class Exchange:
    """Compares every pose with the one before it."""

    def __init__(self, line: float = 0.3):
        """line: keypoints below this confidence are not used."""
        self._line = line
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self._last: Pose | None = None
        self._at = self._since = 0

    def __call__(self, pose: Pose, stature: float, stamp: int) -> Pose:
        """The pose, with left and right exchanged if they were; rows after the 18 stay.

        stature: px, stamp: ns.
        """
        last, self._last = self._last, pose
        if last is None or stamp - self._at > GAP * SECOND:
            self._since = 0
        elif self._exchanged(pose, last, stature):
            self._since = self._since or stamp
            if stamp - self._since < MOMENT * SECOND:
                self._last = [*(pose[i] for i in MIRROR), *pose[len(MIRROR):]]
            else:
                self._since = 0
        else:
            self._since = 0
        self._at = stamp
        return self._last

    def _exchanged(self, pose: Pose, last: Pose, stature: float) -> bool:
        as_is = crossed = apart = 0.0
        n = 0
        for left, right in _PAIRS:
            a, b, c, d = pose[left], pose[right], last[left], last[right]
            if min(a[2], b[2], c[2], d[2]) >= self._line:
                n += 1
                as_is += math.dist(a[:2], c[:2]) + math.dist(b[:2], d[:2])
                crossed += math.dist(a[:2], d[:2]) + math.dist(b[:2], c[:2])
                apart += math.dist(c[:2], d[:2])
        return n >= 3 and apart > APART * stature * n and crossed < AGREES * as_is
