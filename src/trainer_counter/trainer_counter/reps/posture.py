"""What a movement looks like: the whole body at rest and at the far end, in a few numbers.

Used to tell exercises from each other, where the measures of one exercise file say nothing of the
rest of the body: whoever bends the knees squats or lifts, by where the hands are.
"""

import math
import warnings
from collections import deque

import numpy as np

from trainer_core.clock import SECOND
from trainer_core.skeleton import INDEX
from trainer_counter.exercises.schema import SIDES, Quantity
from trainer_counter.reps.body import NAN, Pose, stature
from trainer_counter.reps.signals import mean_value

# Degrees and statures of the picture, mean of the sides that are seen.
QUANTITIES = tuple(Quantity.model_validate(q) for q in (
    {'tilt': ['hip', 'shoulder']}, {'angle': ['shoulder', 'elbow', 'wrist']},
    {'angle': ['hip', 'shoulder', 'elbow']}, {'angle': ['shoulder', 'hip', 'knee']},
    {'angle': ['hip', 'knee', 'ankle']}, {'height': ['hip', 'ankle']},
    {'height': ['hip', 'knee']}, {'height': ['wrist', 'shoulder']},
    {'height': ['wrist', 'ankle']}, {'distance': ['wrist', 'ankle']}, {'apart': 'ankle'},
    {'uneven': 'knee'}, {'uneven': 'ankle'}))
# What moves up or down in the picture: the hands of who presses, the shoulders of who pulls up.
PLACES = ('wrist', 'shoulder', 'hip', 'ankle')
# Numbers of a movement: quantities at rest, at the far end, and their range; of the places, how
# far up they have gone at the far end, and their range, in statures.
SIZE = 3 * len(QUANTITIES) + 2 * len(PLACES)

KEPT = 40 * SECOND       # ns of the past
_NEAR = 0.12 * SECOND    # ns around the start and the far end that are averaged


def using(*parts: str) -> np.ndarray:
    """Which of the numbers (SIZE,) need one of these parts of the body."""
    of = [bool(set(parts) & set(quantity.parts)) for quantity in QUANTITIES]
    places = [part in parts for part in PLACES]
    return np.array(of * 3 + places * 2)


class PostureLog:
    """The posture of one person in the recent past."""

    def __init__(self, line: float = 0.3):
        """line: keypoints below this confidence are not used."""
        self._line = line
        self.reset()

    def reset(self) -> None:
        """Forget it all."""
        self.stature = NAN  # px
        self._looks: deque[tuple[int, list[float]]] = deque()

    def add(self, pose: Pose, stamp: int) -> None:
        """Take a pose of 18 rows x, y in px and confidence; stamp in ns."""
        tall, s = stature(pose, self._line), self.stature
        if tall == tall:
            # Slow, because perspective shortens the body in mid-movement; but a jump is a cut.
            self.stature = tall if s != s or abs(math.log(tall / s)) > 0.5 else (
                s * (tall / s) ** 0.05)
        if self.stature != self.stature:
            return
        looked = [mean_value(pose, q, self.stature, self._line) for q in QUANTITIES]
        looked += [self._height(pose, part) for part in PLACES]
        self._looks.append((stamp, looked))
        while stamp - self._looks[0][0] > KEPT:
            self._looks.popleft()

    def movement(self, start: int, furthest: int, end: int) -> np.ndarray:
        """The numbers (SIZE,) of a movement between these stamps; NaN = not seen."""
        inside = [(t, v) for t, v in self._looks if start - _NEAR <= t <= end]
        if not inside:
            return np.full(SIZE, np.nan)
        stamps = np.array([t for t, _ in inside])
        values = np.array([v for _, v in inside])
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', RuntimeWarning)  # a column of nothing but NaN
            rest = np.nanmean(_around(values, stamps, start), 0)
            far = np.nanmean(_around(values, stamps, furthest), 0)
            spread = np.nanmax(values, 0) - np.nanmin(values, 0)
        n = len(QUANTITIES)
        return np.concatenate([rest[:n], far[:n], spread[:n], (far - rest)[n:], spread[n:]])

    def _height(self, pose: Pose, part: str) -> float:
        """Mean height of the sides that are seen, from the top of the picture; statures."""
        rows = [pose[INDEX[f'{side}_{part}']] for side in SIDES]
        seen = [y for _, y, confidence in rows if confidence >= self._line]
        return -sum(seen) / len(seen) / self.stature if seen else NAN


def _around(values: np.ndarray, stamps: np.ndarray, at: int) -> np.ndarray:
    away = np.abs(stamps - at)
    return values[away <= max(_NEAR, away.min())]
