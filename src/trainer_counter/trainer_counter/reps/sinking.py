"""How far somebody goes down whose legs are not in the picture.

Close to the camera, or behind a bench, a squat is seen as a head and shoulders that go down and
come up again. How far is told from where they were when one last stood upright there, in statures
of that moment: at the bottom often nothing but the head is left.
"""

from collections import deque
from collections.abc import Sequence
from statistics import median

from trainer_core.clock import SECOND
from trainer_core.skeleton import INDEX
from trainer_counter.exercises.schema import SIDES, Hidden
from trainer_counter.reps.body import NAN, Pose, tilt

KEPT = 6.0       # s that a standing position is remembered, while one is not under way
UPRIGHT = 35.0   # degrees of the torso in it
HIPS = 0.6       # the hips go down at least so much as the rest, or one bends
AGREES = 1.25    # times as large or small as while standing: who comes nearer does not sink
ASIDE = 0.35     # statures to a side: who walks does not, either
MOST = 1.5       # of a repetition
FADE = 1.0       # s over which it is judged whether the measures are seen
_HIDDEN, _SHOWN = 0.25, 0.6  # shares of them that make it so
_NEW = 0.4       # the same in the first second, when either may be
_TORSO = tuple((INDEX[f'{side}_hip'], INDEX[f'{side}_shoulder']) for side in SIDES)


class Sinking:
    """Progress by the height of the upper body in the picture."""

    def __init__(self, hidden: Hidden, line: float = 0.3):
        """line: keypoints below this confidence are not used."""
        self._rows = hidden.rows
        self.peak, self._line = hidden.peak, line  # peak: statures
        self.reset()

    def reset(self) -> None:
        """Forget it all."""
        self.on = False  # the measures have not been seen lately
        self._shown, self._images = 0.0, 0
        self._first = self._stamp = 0
        # While upright: stamp (ns), stature (px), x and y (px) of the points that were seen.
        self._stood: deque[tuple[int, float, dict[int, Sequence[float]]]] = deque()
        self._from: tuple[float, dict[int, tuple[float, float]]] | None = None

    @property
    def stature(self) -> float:
        """Of where one stood, px; NaN before that."""
        return self._from[0] if self._from is not None else NAN

    def update(
        self, pose: Pose, stature: float, stamp: int, measured: bool, out: bool,
    ) -> float:
        """Progress, NaN = cannot be told.

        stature: px, of this pose alone; stamp: ns; measured: whether the measures of the exercise
        are seen; out: whether a movement is under way.
        """
        self._images += 1
        self._first = self._first or stamp
        # At first the mean of all images, then of the last ones.
        fade = max((stamp - self._stamp) / (FADE * SECOND), 1 / self._images)
        self._shown += min(fade, 1.0) * (measured - self._shown)
        self._stamp = stamp
        new = stamp - self._first < FADE * SECOND
        if new or not out:  # at first a movement may be a guess at legs that are not there
            self.on = self._shown < (_NEW if new else _SHOWN if self.on else _HIDDEN)
            self._stand(pose, stature, stamp)
        return self._sunk(pose, stature) if self.on and self._from is not None else NAN

    def _stand(self, pose: Pose, tall: float, stamp: int) -> None:
        """Remember a standing position, and where the ones of late were."""
        while self._stood and stamp - self._stood[0][0] > KEPT * SECOND:
            self._stood.popleft()
        hips = self._upright(pose)
        if hips and tall == tall:
            self._stood.append((stamp, tall, {
                i: pose[i] for i in (*self._rows, *hips) if pose[i][2] >= self._line}))
        if not self.on or len(self._stood) < 3:
            self._from = None
            return
        places = {}
        for row in {row for _, _, points in self._stood for row in points}:
            seen = [points[row] for _, _, points in self._stood if row in points]
            heights = sorted(p[1] for p in seen)
            # Where one stood is the highest of them, but for one or two wrong poses.
            places[row] = median(p[0] for p in seen), heights[min(2, len(heights) - 1)]
        self._from = median(t for _, t, _ in self._stood), places

    def _upright(self, pose: Pose) -> list[int]:
        """The hips above which the torso is seen upright; none if it is not upright."""
        torso = [(a, b) for a, b in _TORSO if min(pose[a][2], pose[b][2]) >= self._line]
        return [a for a, _ in torso] if all(
            tilt(pose, a, b) <= UPRIGHT for a, b in torso) else []

    def _sunk(self, pose: Pose, now: float) -> float:
        assert self._from is not None
        tall, places = self._from
        down = {row: (pose[row][1] - y) / tall for row, (_, y) in places.items()
                if pose[row][2] >= self._line}
        upper = [down[row] for row in self._rows if row in down]
        if not upper:
            return NAN
        if median(abs(pose[row][0] - places[row][0]) for row in down) > ASIDE * tall or (
                self._upright(pose) and not 1 / AGREES < now / tall < AGREES):
            return NAN
        sunk = sum(upper) / len(upper)
        hips = [down[hip] for hip, _ in _TORSO if hip in down]
        if hips:
            sunk = min(sunk, max(hips) / HIPS)
        return min(max(sunk / self.peak, -0.5), MOST)
