"""Somebody comes: who it is, and whether we may begin."""

from collections.abc import Callable
from dataclasses import dataclass

from trainer_core.clock import SECOND
from trainer_voice.dialogue.asking import Asking
from trainer_voice.dialogue.events import Answer, Enroll, Face, Heard, Knowing
from trainer_voice.dialogue.presence import Presence
from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.training import Command

LOOK = 3 * SECOND        # at somebody who is not known before calling them a stranger
LOOK_LONGER = 6 * SECOND  # at a face that cannot be seen, or not well enough to be sure
LOOKS = 2                # tries to remember a face

Handler = Callable[[str, dict, Heard, int], 'list[Command] | None']


@dataclass
class Who:
    """Who trains; nothing in it is nobody, a track alone is a guest."""

    track_id: str = ''
    person_id: str = ''
    name: str = ''


class Greeting:
    """From walking in to "yes, I am ready".

    Handlers of answers return None for what is no answer to their question.
    """

    def __init__(
        self, talk: Talk, asking: Asking, presence: Presence,
        ready: Callable[[int], list[Command]],
    ):
        """ready: what to do when somebody wants to begin."""
        self._talk, self._asking, self._presence, self._on_ready = talk, asking, presence, ready
        self.who = Who()
        self.active = False     # somebody is here and has not begun
        self._since = 0         # of the look at who it is; 0: greeted
        self._name, self._looks = '', 0
        self.answers: dict[str, Handler] = {
            'ready': self._ready, 'enroll': self._enroll, 'name': self._named,
            'identity': self._identity}

    def tick(
        self, now: int, aside: frozenset[str] = frozenset(), people: frozenset[str] = frozenset(),
    ) -> list[Command]:
        """aside, people: tracks and ids of people who are not to be greeted."""
        if not self.active:
            newcomers = [t for t in self._presence.here() if t not in aside]
            if not newcomers:
                return []
            self.who, self.active, self._since = Who(newcomers[0]), True, now
        if self.who.person_id:
            self.who.track_id = self._presence.person(self.who.person_id) or self.who.track_id
        if self._presence.gone(self.who.track_id):
            self.leave()
            return []
        face = self._presence.face(self.who.track_id)
        known = face is not None and face.knowing == Knowing.KNOWN
        if face and known and self._since and face.person_id in people:
            self.leave()
            return []
        if face and known and not self.who.person_id and (
                self._since or self._asking.name in ('enroll', 'name', 'identity')):
            return self._known(face, now)
        return self._strange(face, now) if self._since else []

    def leave(self) -> None:
        """Nobody is here any more, or nobody is to be asked anything."""
        self.active, self._since, self.who = False, 0, Who()
        self._asking.settle()

    def begun(self) -> None:
        """The workout has begun."""
        self.active, self._since = False, 0
        self._asking.settle()

    def ask_ready(self, key: str, now: int, **values: str) -> list[Command]:
        """Whether to begin; key: the sentence that asks."""
        self.active, self._since = True, 0
        return self._asking.ask('ready', self._talk.answer(key, now, **values), now)

    def ask_name(self, now: int) -> list[Command]:
        """Whom to remember."""
        self.active, self._since = True, 0
        return self._asking.ask(
            'name', self._talk.answer('name', now), now, resigned=self._guest)

    def enroll(self, name: str, now: int) -> list[Command]:
        """Remember the face; the answer comes to `enrolled`."""
        self._asking.settle()
        self.active, self._since, self._name, self._looks = True, 0, name, 1
        return [self._talk.answer('nice_to_meet', now, name=name),
                Enroll(name, self.who.track_id)]

    def enrolled(self, request: Enroll, answer: Answer, now: int) -> list[Command]:
        """Whether the face could be remembered."""
        if not self.active or request.name != self._name:
            return []
        if answer.success:
            self.who.person_id, self.who.name = answer.person_id, request.name
            return self.ask_ready('enrolled', now, name=request.name)
        if self._looks < LOOKS:
            self._looks += 1
            return [self._talk.answer('enroll_retry', now), request]
        self.who.name = request.name
        return self.ask_ready('enroll_failed', now)

    # Who it is.

    def _known(self, face: Face, now: int) -> list[Command]:
        self.who = Who(face.track_id, face.person_id, face.name)
        return self.ask_ready('hello_known', now, name=face.name)

    def _strange(self, face: Face | None, now: int) -> list[Command]:
        looked = now - self._since
        if looked >= LOOK and not self._presence.recognised():
            return self.ask_ready('hello_guest', now)
        stranger = face is not None and face.knowing == Knowing.UNKNOWN
        if looked < (LOOK if stranger else LOOK_LONGER):
            return []
        self._since = 0
        if stranger:
            return self._asking.ask(
                'enroll', self._talk.chat('hello_stranger', now), now, resigned=self._guest)
        if face and face.name:
            return self._asking.ask(
                'identity', self._talk.chat('hello_unsure_name', now, name=face.name), now,
                resigned=self._guest, values={'name': face.name})
        return self._asking.ask(
            'name', self._talk.chat('hello_unsure', now), now, resigned=self._guest)

    def _guest(self, now: int) -> list[Command]:
        self.who.person_id = self.who.name = ''
        return self.ask_ready('guest', now)

    # Answers.

    def _ready(self, intent: str, values: dict, heard: Heard, now: int) -> list[Command] | None:
        if intent in ('yes', 'start', 'go_on'):
            return self._on_ready(now)
        if intent in ('no', 'pause'):
            self._asking.wait()
            return [self._talk.answer('not_ready', now)]
        return None

    def _enroll(self, intent: str, values: dict, heard: Heard, now: int) -> list[Command] | None:
        if intent in ('yes', 'enroll'):
            name = values.get('name', '')
            return self.enroll(name, now) if name else self.ask_name(now)
        return self._guest(now) if intent in ('no', 'guest', 'skip') else None

    def _named(self, intent: str, values: dict, heard: Heard, now: int) -> list[Command] | None:
        if name := values.get('name', ''):
            return self.enroll(name, now)
        return self._guest(now) if intent in ('no', 'guest', 'skip') else None

    def _identity(self, intent: str, values: dict, heard: Heard, now: int) -> list[Command] | None:
        face = self._presence.face(self.who.track_id)
        if intent == 'yes' and face and face.name:
            return self._known(face, now)
        return self.ask_name(now) if intent in ('yes', 'no') else None
