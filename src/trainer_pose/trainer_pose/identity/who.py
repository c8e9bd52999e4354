"""Who each followed body is: from looks at its face, one after the other, to a name that stays.

A name is given when several looks agree and is kept while the face is hidden or turned away, as
long as the track lives. Once sure, a face is looked at only now and then; looks that contradict
take the name away.
"""

import math
from collections import deque
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np

from trainer_core.clock import SECOND, Timeline
from trainer_core.people import People, Person
from trainer_pose.identity.faces import Face
from trainer_pose.identity.gallery import DEFAULT, Gallery, Lines, Match
from trainer_pose.identity.head import Head, find_head

_WINDOW = 6  # looks that an answer is made from
_PATIENCE = 12  # looks without an answer, after which they become rare
_CONTRADICTIONS = 2  # looks running at another face that take a name away


class State(IntEnum):
    """As in Identity.msg."""

    UNKNOWN = 0
    UNSURE = 1
    KNOWN = 2


@dataclass(frozen=True)
class Settings:
    """When to look and when to believe it; times are those of the images."""

    rate: float = 2.0  # looks a second, of all faces together
    looks: int = 3  # that must agree
    check_every: float = 10.0  # s between looks at somebody about whom all is clear
    remember: float = 5.0  # s after which a track that is gone has ended
    lines: Lines = DEFAULT


@dataclass(frozen=True)
class Identity:
    """Who a track is."""

    track_id: str
    state: State
    person_id: str = ''
    name: str = ''
    distance: float = math.nan
    margin: float = math.nan
    looks: int = 0


@dataclass
class _Track:
    id: str
    seen: int  # ns, last image it is in
    looked: int | None = None  # ns, last image its face was looked for in
    eyes: float = 0.0  # px between the eyes then
    tries: int = 0  # looks for it, lately
    missed: int = 0  # running, without a face
    encodings: deque[np.ndarray] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    against: int = 0  # looks running that contradict the name
    doubtful: bool = False  # it may have been mixed up with another: check soon
    answer: Identity = field(default_factory=lambda: Identity('', State.UNKNOWN))


@dataclass(frozen=True)
class Look:
    """A face that should be looked at."""

    track_id: str
    head: Head
    wide: bool  # it was not where it was expected: search farther around


class Who:
    """The people in view and who they are."""

    def __init__(self, gallery: Gallery, settings: Settings = Settings()):
        self.settings = settings
        self._gallery = gallery
        self._tracks: dict[str, _Track] = {}
        self._present: set[str] = set()  # tracks of the last image
        self._next, self._timeline = 0, Timeline(max_gap=60.0)

    @property
    def gallery(self) -> Gallery:
        return self._gallery

    @gallery.setter
    def gallery(self, gallery: Gallery) -> None:
        """Who is enrolled has changed: what was seen is judged anew."""
        self._gallery = gallery
        for track in self._tracks.values():
            track.tries = min(track.tries, len(track.encodings))
            track.answer = self._kept(track)

    def reset(self) -> None:
        """Forget all tracks."""
        self._tracks.clear()
        self._present.clear()
        self._next, self._timeline = 0, Timeline(max_gap=60.0)

    @property
    def present(self) -> list[str]:
        """The tracks in the last image."""
        return sorted(self._present)

    def update(self, people: People, may_look: bool = True, watched: str = '') -> Look | None:
        """Take note of who is in the next image; the face to look at in it, if any.

        may_look: False when only the joints are there. watched: a track that alone is looked at,
        whenever it can be, because it is being enrolled.
        """
        stamp = people.stamp
        if self._timeline.jumped(stamp):
            self.reset()
        self._present = {p.id for p in people.people}
        for person in people.people:
            track = self._tracks.get(person.id)
            if track is None:
                track = self._tracks[person.id] = _Track(person.id, stamp)
                track.answer = self._judge(track)
            elif stamp - track.seen > SECOND // 2:
                # It may be somebody else who was taken for the one who had gone.
                track.doubtful = track.answer.state == State.KNOWN
            track.seen = stamp
        limit = int(self.settings.remember * SECOND)
        self._tracks = {k: t for k, t in self._tracks.items() if stamp - t.seen <= limit}
        self._doubt_those_who_meet(people.people)
        if not may_look or stamp < self._next and not watched:
            return None
        heads = {p.id: head for p in people.people if (head := find_head(p.raw)) is not None}
        if watched:
            return self._look(watched, heads[watched], stamp) if watched in heads else None
        due = [id_ for id_, h in heads.items() if self._due(self._tracks[id_], h, stamp)]
        if not due:
            return None
        self._next = stamp + int(SECOND / self.settings.rate)
        # Whom nobody has looked at for longest comes first, and those not settled before others.
        chosen = min(due, key=lambda id_: (
            self._settled(self._tracks[id_]), self._tracks[id_].looked or 0))
        return self._look(chosen, heads[chosen], stamp)

    def _look(self, track_id: str, head: Head, stamp: int) -> Look:
        track = self._tracks[track_id]
        track.looked, track.tries, track.eyes = stamp, track.tries + 1, head.eyes
        return Look(track_id, head, wide=track.missed % 2 == 1)

    def saw(self, track_id: str, face: Face | None) -> None:
        """What a look has given; face: None when there was none, or not good enough."""
        track = self._tracks.get(track_id)
        if track is None:
            return
        if face is None:
            track.missed += 1
            return
        track.missed = 0
        if track.answer.state == State.KNOWN and not self._fits(track, face.encoding):
            return
        track.encodings.append(face.encoding)
        track.answer = self._kept(track)

    def identities(self) -> list[Identity]:
        """Of everybody in view or gone a moment ago, by track id. One person is one track only."""
        answers = {k: t.answer for k, t in self._tracks.items()}
        by_person: dict[str, list[Identity]] = {}
        for answer in answers.values():
            if answer.state == State.KNOWN:
                by_person.setdefault(answer.person_id, []).append(answer)
        for same in by_person.values():
            here = [a for a in same if a.track_id in self._present] or same
            best = min(here, key=lambda a: (a.distance, a.track_id))
            for other in same:
                if other is not best:
                    answers[other.track_id] = replace(
                        other, state=State.UNSURE, person_id='', name='')
        return [answers[k] for k in sorted(answers)]

    def encodings(self, track_id: str) -> list[np.ndarray]:
        """What was seen of a track's face lately."""
        track = self._tracks.get(track_id)
        return list(track.encodings) if track else []

    def _due(self, track: _Track, head: Head, stamp: int) -> bool:
        if track.looked is None or track.doubtful or track.against:
            return True
        if track.answer.state != State.KNOWN and head.eyes > 1.25 * track.eyes:
            track.tries = 0  # came closer: now there may be more to see
        tired = track.tries >= _PATIENCE
        pause = self.settings.check_every if self._settled(track) or tired else 0.0
        return stamp - track.looked >= pause * SECOND

    def _settled(self, track: _Track) -> bool:
        return (
            not track.doubtful and not track.against
            and (track.answer.state == State.KNOWN
                 or track.answer.state == State.UNKNOWN and len(track.encodings) >= _WINDOW))

    def _doubt_those_who_meet(self, people: list[Person]) -> None:
        """Bodies that cross may come out with their tracks exchanged."""
        for i, a in enumerate(people):
            for b in people[:i]:
                if _touching(a, b):
                    for id_ in (a.id, b.id):
                        track = self._tracks[id_]
                        track.doubtful = track.answer.state == State.KNOWN

    def _fits(self, track: _Track, encoding: np.ndarray) -> bool:
        """Whether a look goes with the name; when too many do not, the name is let go."""
        lines, id_ = self.settings.lines, track.answer.person_id
        match = self._gallery.nearest(encoding)
        track.doubtful = False
        if match.entry is not None and match.entry.id == id_ and match.distance <= lines.unsure:
            track.against = 0
            return True
        another = match.entry is not None and match.entry.id != id_ and match.accepted(lines)
        if not another and self._gallery.distance(id_, encoding) <= lines.unsure + 0.05:
            return False  # says nothing
        track.against += 1
        if track.against >= _CONTRADICTIONS:
            track.encodings.clear()
            track.against, track.tries = 0, 0
            track.encodings.append(encoding)
            track.answer = self._judge(track)
        return False

    def _kept(self, track: _Track) -> Identity:
        """The answer now; looks that do not contradict a name, be they poor, do not take it."""
        new, old = self._judge(track), track.answer
        if (
            old.state == State.KNOWN and new.state != State.KNOWN
            and self._gallery.distance(old.person_id, np.mean(track.encodings, 0))
            <= self.settings.lines.unsure
        ):
            return replace(old, distance=new.distance, margin=new.margin, looks=new.looks)
        return new

    def _judge(self, track: _Track) -> Identity:
        lines, looks = self.settings.lines, self.settings.looks
        if not self._gallery.entries:
            return Identity(track.id, State.UNKNOWN, looks=len(track.encodings))
        if not track.encodings:
            return Identity(track.id, State.UNSURE)
        # The mean of several looks is nearer to the person than each of them.
        match = self._gallery.nearest(np.mean(track.encodings, 0))
        each = [self._gallery.nearest(encoding) for encoding in track.encodings]
        agreeing = sum(_agrees(one, match, lines) for one in each)
        answer = Identity(
            track.id, State.UNSURE, distance=match.distance, margin=match.margin, looks=agreeing)
        if match.entry is None:
            return answer
        if agreeing >= looks and agreeing >= 0.75 * len(each) and match.accepted(lines):
            return replace(
                answer, state=State.KNOWN, person_id=match.entry.id, name=match.entry.name)
        if len(each) >= looks and match.distance > lines.unsure:
            strange = sum(one.distance > lines.unsure for one in each)
            if strange >= looks:
                return replace(answer, state=State.UNKNOWN, looks=strange)
        return answer


def _agrees(one: Match, all_: Match, lines: Lines) -> bool:
    return (
        one.entry is not None and all_.entry is not None and one.entry.id == all_.entry.id
        and one.distance <= lines.unsure)


def _touching(a: Person, b: Person) -> bool:
    """Whether the middles of two bodies are nearer than half the larger one's width."""
    boxes = []
    for person in (a, b):
        found = person.raw[person.raw[:, 2] > 0, :2]
        if not len(found):
            return False
        boxes.append((found.min(0), found.max(0)))
    (low_a, high_a), (low_b, high_b) = boxes
    overlap = np.minimum(high_a, high_b) - np.maximum(low_a, low_b)
    smaller = np.minimum(high_a - low_a, high_b - low_b)
    return bool((overlap > 0.5 * smaller).all())
