"""Which of the people in view is the trainee."""

import math
from collections.abc import Sequence

from trainer_core.clock import SECOND
from trainer_core.people import People, Person
from trainer_counter.reps.body import stature

AWAY = 1.0     # s without the track before somebody else may be the trainee
ALONE = 0.15   # s, if there is just one person in view: a cut, or the tracker began anew
FADE = 0.86    # of the size of the trainee that is remembered, per second
SMALL = 0.4    # but not if so much smaller: that is somebody in the background


class Trainee:
    """Picks a person and stays with them."""

    def __init__(self, track_id: str = '', line: float = 0.3):
        """track_id: the trainee, '' = the one who is largest and nearest to the middle."""
        self.track_id, self._line = track_id, line
        self._seen: int | None = None
        self._tall = 0.0  # px, at most of late

    def reset(self) -> None:
        """Forget when the trainee was seen; time went back."""
        self._seen = None

    def follow(self, track_id: str) -> None:
        """The trainee is this track from now on: known to be the same person."""
        self.track_id = track_id

    def find(self, people: People) -> Person | None:
        """The trainee in this image, or None."""
        for person in people.people:
            if person.id == self.track_id:
                return self._take(person, people.stamp)
        if self.track_id and self._seen is None:
            self._seen = people.stamp  # whoever was asked for may still come
        away = (people.stamp - self._seen) / SECOND if self._seen is not None else math.inf
        if not people.people or away < ALONE or (away < AWAY and self._another(people.people)):
            return None
        best = in_the_middle(people, self._line)
        return None if best is None else self._take(best, people.stamp)

    def _take(self, person: Person, stamp: int) -> Person:
        tall = self._stature(person)
        if person.id == self.track_id and self._seen is not None:
            # The largest of late: who bends down, or leaves the picture, is still as tall.
            tall = max(tall, FADE ** ((stamp - self._seen) / SECOND) * self._tall)
        self._tall = tall
        self.track_id, self._seen = person.id, stamp
        return person

    def _another(self, people: Sequence[Person]) -> bool:
        """Whether none of them need be the trainee."""
        return len(people) > 1 or self._stature(people[0]) < SMALL * self._tall

    def _stature(self, person: Person) -> float:
        tall = stature(person.keypoints.tolist(), self._line)
        return 0.0 if math.isnan(tall) else tall


def in_the_middle(people: People, line: float = 0.3) -> Person | None:
    """Who is largest and nearest to the middle of the image; None where nobody can be seen."""
    best = max(people.people, key=lambda p: _rank(p, people, line), default=None)
    return best if best is not None and _rank(best, people, line) > 0 else None


def _rank(person: Person, people: People, line: float) -> float:
    """Height as a share of the image's, less for those at its edge."""
    tall = stature(person.keypoints.tolist(), line)
    if math.isnan(tall):
        return 0.0
    found = person.keypoints[person.keypoints[:, 2] >= line, 0]
    aside = abs(float(found.mean()) / people.width - 0.5)
    return tall / people.height * (1.2 - aside)
