"""Who is in view, since when, and who they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from trainer_core.clock import SECOND
from trainer_voice.dialogue.events import Body, Face, Knowing

CAME = SECOND            # in view for so long: somebody has come, not passed by
FLICKER = 3 * SECOND // 2  # a track may be lost for a moment
GONE = 6 * SECOND        # out of view for so long: left
NO_FACES = 5 * SECOND    # without a word of who people are: faces are not recognised


@dataclass
class _Track:
    since: int
    last: int
    size: float


class Presence:
    """Everybody in view by track id; stamps of images are its only clock (ns)."""

    def __init__(self) -> None:
        self.now = 0
        self._tracks: dict[str, _Track] = {}
        self._faces: dict[str, Face] = {}
        self._faces_at = 0

    def people(self, bodies: Iterable[Body], stamp: int) -> None:
        """Everybody in one image."""
        if stamp < self.now:  # a bag that starts over
            self._tracks, self._faces, self._faces_at = {}, {}, 0
        self.now = stamp
        for body in bodies:
            track = self._tracks.get(body.track_id)
            if track is None or stamp - track.last > FLICKER:
                track = self._tracks[body.track_id] = _Track(stamp, stamp, body.size)
            track.last, track.size = stamp, body.size
        for id_ in [i for i, t in self._tracks.items() if stamp - t.last > 10 * GONE]:
            del self._tracks[id_]
            self._faces.pop(id_, None)

    def faces(self, faces: Iterable[Face], stamp: int) -> None:
        """Who everybody is; stamp: of the newest look at a face, which may be long ago."""
        self._faces_at = max(stamp, self.now)
        self._faces |= {face.track_id: face for face in faces}

    def recognised(self) -> bool:
        """Whether somebody tells who people are."""
        return bool(self._faces_at) and self.now - self._faces_at < NO_FACES

    @property
    def ever_recognised(self) -> bool:
        """Whether somebody has ever told who people are."""
        return bool(self._faces_at)

    def here(self) -> list[str]:
        """Tracks of those who have come and not left, the biggest one first."""
        found = [
            (track.size, id_) for id_, track in self._tracks.items()
            if self.now - track.last <= FLICKER and track.last - track.since >= CAME]
        return [id_ for _, id_ in sorted(found, reverse=True)]

    def sees(self, track_id: str) -> bool:
        """Whether a track is in the newest image."""
        track = self._tracks.get(track_id)
        return track is not None and track.last == self.now

    def gone(self, track_id: str) -> bool:
        """Whether a track has not been in view for so long that the person must have left."""
        track = self._tracks.get(track_id)
        return track is None or self.now - track.last > GONE

    def since(self, track_id: str) -> int:
        """When somebody who is in view came; 0 for nobody."""
        return self._tracks[track_id].since if track_id in self._tracks else 0

    def face(self, track_id: str) -> Face | None:
        """Who a track is, as far as it is known."""
        return self._faces.get(track_id)

    def person(self, person_id: str) -> str:
        """The track in view that is somebody we know; '' when there is none."""
        for id_ in self.here():
            face = self._faces.get(id_)
            if person_id and face and (face.knowing, face.person_id) == (
                    Knowing.KNOWN, person_id):
                return id_
        return ''

    def forget(self, person_id: str) -> None:
        """Nobody is that person any more."""
        self._faces = {i: f for i, f in self._faces.items() if f.person_id != person_id}
