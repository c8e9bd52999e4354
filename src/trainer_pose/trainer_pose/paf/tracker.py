"""One body followed through time, and the book of all bodies followed."""

import math
from dataclasses import dataclass, field

import numpy as np

from trainer_core.clock import SECOND
from trainer_core.people import Person
from trainer_core.smoothing import OneEuro
from trainer_pose.paf import matching, roi

_DAMPING = 0.7  # share of the last velocity that the motion guess goes on with
_LONGEST_GUESS = 0.5  # s: beyond this the last place is the better guess


@dataclass(eq=False)  # a body is itself, whatever is known of it
class Track:
    """A body: where its joints were, how they move, which way it is turned."""

    id: str
    stamp: int  # ns, of the last image in which it was seen
    raw: np.ndarray  # (18, 3) as decoded from the last image, left and right kept apart
    known: np.ndarray  # (18, 3) last place of each joint, also of those not seen just now
    scale: float  # px, about the torso's length
    up: np.ndarray  # (2,) axis of the torso in scales, slow where it is seen end on
    born: int
    seen: int = 1  # images in which it was found
    confirmed: bool = False
    colours: np.ndarray | None = None
    velocity: np.ndarray = field(default_factory=lambda: np.zeros((18, 2)))  # px/s
    at: np.ndarray = field(default_factory=lambda: np.zeros(18, np.int64))  # ns, of known
    votes: dict[str, float] = field(default_factory=lambda: dict.fromkeys(matching.GROUPS, 0.0))
    smoother: OneEuro = field(default_factory=OneEuro)
    smooth: np.ndarray = field(default_factory=lambda: np.zeros((18, 3)))

    @property
    def angle(self) -> float:
        """rad, clockwise from straight up to the direction hips -> neck."""
        return math.atan2(self.up[0], -self.up[1])

    def expected(self, stamp: int, memory: float = 0.5) -> np.ndarray:
        """Pose (18, 3) guessed for a time; joints not seen for `memory` s are missing."""
        dt = min((stamp - self.stamp) / SECOND, _LONGEST_GUESS)
        guess = self.known.copy()
        guess[:, :2] += _DAMPING * dt * self.velocity
        guess[(stamp - self.at) > memory * SECOND + (stamp - self.stamp), 2] = 0.0
        return guess

    def region(self, stamp: int, size: int, picture: tuple[int, int]) -> roi.Roi:
        """Where to look for it at a time."""
        return roi.around(
            self.expected(stamp), self.angle, size, picture, least=2.6 * self.scale)

    def person(self) -> Person:
        return Person(
            self.id, self.smooth, self.raw, float(self.raw[:, 2].mean()), roi.turn(self.raw))

    def follow(self, pose: np.ndarray, stamp: int, colours: np.ndarray | None) -> None:
        """Go on with what was seen at stamp; left and right are put right first."""
        dt = (stamp - self.stamp) / SECOND
        pose = self._same_sides(pose, stamp, dt)
        found = pose[:, 2] > 0
        fresh = found & (stamp - self.at <= 0.5 * SECOND) & (self.known[:, 2] > 0)
        if dt > 0:
            new = (pose[:, :2] - self.known[:, :2]) / np.maximum(
                (stamp - self.at) / SECOND, 1e-3)[:, None]
            body = np.median(new[fresh], 0) if fresh.any() else np.zeros(2)
            # A joint that was not seen goes with the body.
            self.velocity = np.where(
                fresh[:, None], 0.5 * self.velocity + 0.5 * new, 0.5 * self.velocity + 0.5 * body)
            self.known[~found, :2] += dt * body
        self.known[found], self.at[found] = pose[found], stamp
        self.raw, self.stamp, self.seen = pose, stamp, self.seen + 1
        self.scale += 0.2 * (roi.body_scale(pose) - self.scale)
        up = roi.axis(pose)
        if up is not None:
            self.up = 0.3 * self.up + 0.7 * up / self.scale
        if colours is not None:
            self.colours = colours if self.colours is None else 0.9 * self.colours + 0.1 * colours
        self._smooth()

    def _smooth(self) -> None:
        found = self.raw[:, 2] > 0
        xy = self.smoother(self.raw[:, :2], found, self.stamp / SECOND, 3.4 * self.scale)
        self.smooth = np.column_stack([np.where(found[:, None], xy, 0.0), self.raw[:, 2]])

    def _same_sides(self, pose: np.ndarray, stamp: int, dt: float) -> np.ndarray:
        """Undo an exchange of left and right that the network made for a few frames.

        Each group of joints that may be exchanged has votes in seconds: for as long as the network
        agreed with what is followed (at most 1.5 s) it must disagree before it is believed.
        """
        expected = self.expected(stamp)

        def both(pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            mirrored = matching.exchange(pose, matching.GROUPS['body'])
            return (matching.disagreement(pose, expected, self.scale),
                    matching.disagreement(mirrored, expected, self.scale))

        keep, swap = both(pose)
        for group, which in matching.GROUPS.items():
            if matching.exchanged(keep, swap, which):
                self.votes[group] -= dt
                if self.votes[group] > 0:
                    pose = matching.exchange(pose, which)
                    keep, swap = both(pose)
                else:
                    self.votes[group] = 0.0
            else:
                self.votes[group] = min(self.votes[group] + dt, 1.5)
        return pose


def start(identity: str, pose: np.ndarray, stamp: int, colours: np.ndarray | None) -> Track:
    """A new body from its first skeleton."""
    scale = roi.body_scale(pose)
    up = roi.axis(pose)
    track = Track(
        identity, stamp, pose, pose.copy(), scale,
        up / scale if up is not None else np.array([0.0, -1.0]), stamp, colours=colours)
    track.at[:] = stamp
    track._smooth()
    return track


class Names:
    """Track ids: a letter and four of [a-z0-9], the same sequence in every run."""

    _DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'

    def __init__(self) -> None:
        self._count = 0

    def __call__(self) -> str:
        # A full-period congruential walk through 36^4 numbers: neighbours look different, and
        # none comes twice before 1.7 million.
        self._count += 1
        n = (self._count * 1_094_161 + 703_211) % 36 ** 4
        digits = ''
        for _ in range(4):
            n, digit = divmod(n, 36)
            digits += self._DIGITS[digit]
        return 'p' + digits
