"""Points that are not of the body, as the ends of a bar, joined to the people of their image."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from trainer_core.clock import SECOND
from trainer_core.people import People, Person

T = TypeVar('T')

WAIT = 4      # images that may wait for their points; a detector that is slower is too slow
SILENT = 1.0  # s without points after which nobody waits for them
KEPT = 100    # arrays of points that may come before their people


@dataclass(frozen=True)
class NamedPoint:
    """A point in the image: [0, 1] of its width and height; NaN = not seen."""

    name: str
    x: float
    y: float
    confidence: float
    track_id: str = ''  # whom it belongs to; '' = the nearest person


class Joining(Generic[T]):
    """Brings people and points of the same stamp together, whichever come first.

    People wait for their points only while points come at all. So what is counted does not depend
    on how long the messages took.
    """

    def __init__(self) -> None:
        self._points: dict[int, Sequence[NamedPoint]] = {}
        self._waiting: deque[tuple[People, T]] = deque()
        self._newest: int | None = None

    def people(self, people: People, extra: T, wanted: bool = True) -> list[tuple[People, T]]:
        """Take the people of an image; those whose points are there, or that wait no longer.

        extra: comes back with them. wanted: False = nothing is done with points, never wait.
        """
        if self._waiting and people.stamp < self._waiting[-1][0].stamp:
            self._newest = None  # time went back
            self._points.clear()
        self._waiting.append((people, extra))
        return self._ready(wanted)

    def points(self, stamp: int, points: Sequence[NamedPoint]) -> list[tuple[People, T]]:
        """Take the points of an image; the people that had waited for them."""
        if self._newest is not None and stamp < self._newest:
            self._points.clear()
        self._newest = stamp
        self._points[stamp] = points
        while len(self._points) > KEPT:
            del self._points[next(iter(self._points))]
        return self._ready(True)

    def rest(self) -> list[tuple[People, T]]:
        """The people that still wait, at the end of a recording."""
        return self._ready(False)

    def _ready(self, wanted: bool) -> list[tuple[People, T]]:
        ready = []
        while self._waiting:
            people, extra = self._waiting[0]
            coming = self._newest is not None and (
                self._newest < people.stamp <= self._newest + SILENT * SECOND)
            if wanted and coming and len(self._waiting) <= WAIT:
                break
            self._waiting.popleft()
            ready.append((joined(people, self._points.pop(people.stamp, ())), extra))
        return ready


def joined(people: People, points: Sequence[NamedPoint]) -> People:
    """The people with their points: of the track they name, or of whom they are nearest to."""
    found: dict[str, dict[str, tuple[float, float, float]]] = {}
    for point in points:
        x, y = point.x * people.width, point.y * people.height
        if math.isnan(x) or math.isnan(y):
            continue
        owner = point.track_id or _nearest(people, (x, y))
        found.setdefault(owner, {})[point.name] = x, y, point.confidence
    if not found:
        return people
    return replace(people, people=[
        replace(p, points=found[p.id]) if p.id in found else p for p in people.people])


def _nearest(people: People, place: tuple[float, float]) -> str:
    """Id of the person with a keypoint nearest to the place (px); '' = nobody is there."""
    def distance(person: Person) -> float:
        return min(
            (math.dist(place, k[:2]) for k in person.keypoints.tolist() if k[2] > 0),
            default=math.inf)
    nearest = min(people.people, key=distance, default=None)
    return nearest.id if nearest is not None else ''
