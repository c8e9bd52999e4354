"""Somebody comes: who it is, and whether we may begin."""

from collections.abc import Callable
from dataclasses import dataclass

from trainer_core.clock import SECOND
from trainer_voice.dialogue.asking import Asking
from trainer_voice.dialogue.events import Answer, Enroll, Face, Heard, Knowing, Taken
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
    denied: str = ''  # id of a person whom this one was taken for, and is not


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
        self._met = False       # may have been here before
        self._over = False      # asks after the workout
        self.answers: dict[str, Handler] = {
            'ready': self._ready, 'enroll': self._enroll, 'name': self._named}

    def tick(
        self, now: int, aside: frozenset[str] = frozenset(), people: frozenset[str] = frozenset(),
    ) -> list[Command]:
        """aside, people: tracks and ids of people who are not to be greeted."""
        if not self.active:
            newcomers = [t for t in self._presence.here() if t not in aside]
            if not newcomers:
                return []
            self.who, self.active, self._since = Who(newcomers[0]), True, now
            self._met = self._over = False
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
        if face and known and not self.who.person_id and face.person_id != self.who.denied and (
                self._since or self._asking.name in ('enroll', 'name')):
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

    def ask_name(self, now: int, over: bool = False, key: str = 'name') -> list[Command]:
        """Whom to remember; over: after the workout. key: the sentence that asks."""
        self.active, self._since, self._over = True, 0, over
        values = {'name': self._name} if key == 'name_taken' else {}
        return self._asking.ask(
            'name', self._talk.answer(key, now, **values), now, resigned=self._nameless)

    def mistaken(self, now: int) -> list[Command]:
        """The trainee is not who we thought."""
        self.who.denied = self.who.person_id
        return self._guest(now)

    def enroll(self, name: str, now: int, over: bool = False) -> list[Command]:
        """Remember the face; the answer comes to `enrolled`. over: after the workout."""
        self._asking.settle()
        self.active, self._since, self._name, self._looks = True, 0, name, 1
        self._over = over
        key = 'look_at_me' if self._met else 'nice_to_meet'
        return [self._talk.answer(key, now, name=name), Enroll(name, self.who.track_id)]

    def enrolled(self, request: Enroll, answer: Answer, now: int) -> list[Command]:
        """Whether the face could be remembered."""
        if not self.active or request.name != self._name:
            return []
        if answer.success:
            self.who.person_id, self.who.name = answer.person_id, request.name
            return self._remembered('enrolled', now, name=request.name)
        if answer.taken == Taken.NAME:
            return self.ask_name(now, self._over, 'name_taken')
        if answer.taken == Taken.FACE:
            return self._remembered('face_taken', now)
        if self._looks < LOOKS:
            self._looks += 1
            return [self._talk.answer('enroll_retry', now), request]
        if not self._over:
            self.who.name = request.name
        return self._remembered('enroll_failed', now)

    def _remembered(self, key: str, now: int, **values: str) -> list[Command]:
        """What became of it, and whether to begin, if that is still to come."""
        if self._over:
            self.active = False
            return [self._talk.answer(key, now, **values)]
        return [self._talk.answer(key, now, **values), *self.ask_ready('ready', now)]

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
        self._met = True
        return self._asking.ask(
            'name', self._talk.chat('hello_unsure', now), now, resigned=self._nameless)

    def _guest(self, now: int, key: str = 'guest') -> list[Command]:
        self.who.person_id = self.who.name = ''
        if self._over:
            self._asking.settle()
            self.active = False
            return [self._talk.answer('not_remembered', now)]
        return self.ask_ready(key, now)

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
            return self.enroll(name, now, self._over)
        if intent == 'yes':  # is no name
            return self._asking.not_understood(now)
        return self._guest(now) if intent in ('no', 'guest', 'skip') else None

    def _nameless(self, now: int) -> list[Command]:
        """Nobody has said or typed a name that could be understood."""
        return self._guest(now, 'guest_nameless')
