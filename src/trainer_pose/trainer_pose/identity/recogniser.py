"""Names for the people whom the pose follows: looks, answers, enrolment and the database."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from trainer_core.database import Database
from trainer_core.errors import UserError
from trainer_core.people import People
from trainer_pose.identity import people as store
from trainer_pose.identity import quality
from trainer_pose.identity.enrolment import Enrolment
from trainer_pose.identity.faces import FaceReader
from trainer_pose.identity.gallery import Gallery
from trainer_pose.identity.who import Identity, Look, Settings, Who


@dataclass(frozen=True)
class Task:
    """A face to look at in the image of a time (ns)."""

    stamp: int
    look: Look
    enrolment: Enrolment | None = None


def give_way() -> None:
    """Let everything else go first where cores are few: a look may be late, a pose may not."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


class Recogniser:
    """May be used from several threads; looking, which is slow, holds nobody up."""

    def __init__(
        self, database: Database, reader: FaceReader, settings: Settings,
        limits: quality.Limits = quality.TO_RECOGNISE,
    ):
        """Raises UserError when the database cannot be read."""
        self._database, self._reader, self._limits = database, reader, limits
        self._lock = threading.RLock()
        self._version = store.version(database)
        self._who = Who(store.load(database), settings)
        self._enrolment: Enrolment | None = None
        self._finished: Callable[[bool, str, str], None] = lambda *_: None
        self.looks = self.faces = 0
        self.last_complaint = ''

    @property
    def gallery(self) -> Gallery:
        return self._who.gallery

    @property
    def settings(self) -> Settings:
        return self._who.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        with self._lock:
            self._who.settings = settings

    def reset(self) -> None:
        """Forget who is in view, not who is enrolled."""
        with self._lock:
            self._who.reset()

    def update(self, people: People, may_look: bool = True) -> Task | None:
        """Take note of an image; what is to be looked at in it, if anything."""
        with self._lock:
            enrolment = self._enrolment
            if enrolment is None:
                look = self._who.update(people, may_look)
                return Task(people.stamp, look) if look else None
            enrolment.passed(people.stamp, enrolment.track_id in {p.id for p in people.people})
            look = self._who.update(
                people, may_look and enrolment.wants(people.stamp), enrolment.track_id)
            if enrolment.done:
                self._finish(enrolment)
                return None
            return Task(people.stamp, look, enrolment) if look else None

    def work(self, task: Task, picture: np.ndarray) -> None:
        """Look, (h, w, 3) uint8 BGR being the image of the task. Raises UserError."""
        self._refresh()
        enrolling = task.enrolment
        face = self._reader.look(
            picture, task.look.head, task.look.wide, jitters=3 if enrolling else 1)
        with self._lock:
            self.looks += 1
            self.faces += face is not None
            good = face
            if face is not None:
                self.last_complaint = quality.complaint(face.quality, self._limits)
                good = None if self.last_complaint else face
            self._who.saw(task.look.track_id, good)
            if enrolling is not None and enrolling is self._enrolment:
                enrolling.saw(task.stamp, face)
                if enrolling.done:
                    self._finish(enrolling)

    def identities(self) -> list[Identity]:
        """Of everybody in view or gone a moment ago."""
        with self._lock:
            return self._who.identities()

    def enroll(
        self, name: str, track_id: str, finished: Callable[[bool, str, str], None],
        wanted: int = 5, limit: float = 15.0,
    ) -> None:
        """Begin to remember somebody in view; track_id '' = the only person there.

        finished gets success, person id and a sentence, from whichever thread. Raises UserError
        when it cannot begin.
        """
        with self._lock:
            if self._enrolment is not None:
                raise UserError(f'{self._enrolment.name} is being enrolled; wait a moment')
            store.check_name(name)
            here = self._who.present
            if not here:
                raise UserError('nobody is in view; stand in front of the camera')
            if not track_id and len(here) > 1:
                raise UserError(
                    f'{len(here)} people are in view: let only the one be seen who is to be '
                    f'enrolled, or give track_id, one of {", ".join(here)}')
            if track_id and track_id not in here:
                raise UserError(
                    f'nobody called {track_id} is in view; track_id is one of {", ".join(here)}')
            self._enrolment = Enrolment(name, track_id or here[0], wanted, limit)
            self._finished = finished

    def give_up(self) -> None:
        """End an enrolment for which no images come any more."""
        with self._lock:
            if self._enrolment is not None and not self._enrolment.done:
                self._enrolment.give_up()
                self._finish(self._enrolment)

    def forget(self, who: str) -> str:
        """Delete everything about a person; what that was. Raises UserError."""
        told = store.forget(self._database, who)
        self._reload()
        return told

    def _finish(self, enrolment: Enrolment) -> None:
        self._enrolment = None
        if enrolment.failure:
            self._finished(False, '', enrolment.failure)
            return
        try:
            id_, told = store.add(
                self._database, enrolment.name,
                [(face.encoding, face.quality.value) for face in enrolment.faces],
                self._who.settings.lines)
            self._reload()
        except UserError as error:
            self._finished(False, '', str(error))
            return
        self._finished(True, id_, told)

    def _refresh(self) -> None:
        """Notice what `./trainer people` has changed."""
        version = store.version(self._database)
        if version != self._version:
            self._version = version
            self._reload()

    def _reload(self) -> None:
        gallery = store.load(self._database)
        with self._lock:
            self._who.gallery = gallery
