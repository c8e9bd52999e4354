"""The trainee goes out of view, comes back, or is mistaken for somebody else."""

from trainer_core.clock import SECOND
from trainer_voice.dialogue.asking import Asking
from trainer_voice.dialogue.events import Heard, Knowing, State
from trainer_voice.dialogue.greeting import Greeting, Who
from trainer_voice.dialogue.presence import Presence
from trainer_voice.dialogue.resting import WARNING
from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.training import Command, Training

ASK_AGAIN = 60 * SECOND  # away for longer: "shall we go on?" instead of going on
GIVE_UP = 300 * SECOND   # away for longer: the session is over
GONE = 12 * SECOND       # not seen for so long: whoever comes then is greeted again
LOOK = 6 * SECOND        # at a face, before somebody who came is taken for the trainee all the same


class Attending:
    """Watches over the one who trains, while a plan is on."""

    def __init__(
        self, talk: Talk, asking: Asking, presence: Presence, greeting: Greeting,
        training: Training,
    ):
        self._talk, self._asking, self._presence = talk, asking, presence
        self._greeting, self._training = greeting, training
        self.left_at = 0  # when the trainee went out of view; 0: here
        self._aside: dict[str, int] = {}  # tracks that are not to be greeted, and since when
        self._others: set[str] = set()    # tracks that were in view beside the trainee
        self._had: dict[str, int] = {}    # people who have had their turn, and when last seen

    def aside(self, now: int) -> tuple[frozenset[str], frozenset[str]]:
        """Tracks and people in view who have had their turn, or have been told to wait."""
        for track in self._presence.here():
            face = self._presence.face(track)
            if face and face.knowing == Knowing.KNOWN and face.person_id in self._had:
                self._had[face.person_id] = self._aside[track] = now
        self._aside = {t: at for t, at in self._aside.items() if not self._presence.gone(t)}
        self._had = {p: at for p, at in self._had.items() if now - at < GONE}
        return frozenset(self._aside), frozenset(self._had)

    def put_aside(self, who: Who, now: int) -> None:
        """This one is not to be greeted until gone and back."""
        if who.track_id:
            self._aside[who.track_id] = now
        if who.person_id:
            self._had[who.person_id] = now

    @property
    def others_only(self) -> bool:
        """The trainee is away, and whoever is in view is somebody else."""
        here = self._presence.here()
        return bool(self.left_at and here) and not any(self._may_be(t) for t in here)

    def tick(self, now: int) -> list[Command]:
        """Time passes."""
        self._others = {t for t in self._others if not self._presence.gone(t)}
        return self._returning(now) if self.left_at else self._staying(now)

    def _staying(self, now: int) -> list[Command]:
        who = self._greeting.who
        if who.person_id and (track := self._presence.person(who.person_id)):
            who.track_id = track
            self._others.discard(track)
        here = self._presence.here()
        if self._presence.sees(who.track_id):
            self._others |= {t for t in here if t != who.track_id and self._presence.sees(t)}
        if who.track_id in here:
            return []
        # The same person, who was lost for a moment and found again under another id.
        found = [t for t in here if self._may_be(t) and t not in self._aside]
        if found and not self._presence.gone(who.track_id):
            who.track_id = found[0]
            return []
        if not self._presence.gone(who.track_id):
            return []
        self.left_at = now
        # One may go for a drink in a rest; only at its end somebody has to be there.
        return [] if self._training.state == State.RESTING else self._training.away(now)

    def _returning(self, now: int) -> list[Command]:
        who, said = self._greeting.who, list[Command]()
        if (self._training.state == State.RESTING
                and self._training.rest.left(now) <= WARNING + SECOND):
            said += self._training.away(now)
        here = self._presence.here()
        for track in here:
            if track not in {*self._aside, *self._others} and not self._may_be(track):
                self._aside[track] = now
                said += self.one_at_a_time(now)
        back = who.person_id and self._presence.person(who.person_id) or next(
            (t for t in here if t == who.track_id or (
                t not in self._aside and self._may_be(t, sure=bool(who.person_id)))), '')
        away = now - self.left_at
        if back:
            who.track_id, self.left_at = back, 0
            if self._training.state != State.PAUSED:
                return said
            if away > ASK_AGAIN:
                return [*said, *self._asking.ask(
                    'resume', self._talk.chat('resume', now), now)]
            return [*said, self._talk.chat('welcome_back', now),
                    *self._training.go_on(now, asked=False)]
        if away > GIVE_UP:
            self.left_at = 0
            self._asking.settle()
            return [*said, *self._training.stop(now)]
        return said

    def _may_be(self, track: str, sure: bool = False) -> bool:
        """Whether a track may be the trainee: sure waits for a look at the face first."""
        face, who = self._presence.face(track), self._greeting.who
        if face and face.knowing == Knowing.KNOWN:
            return face.person_id == who.person_id or not (
                who.person_id or track in self._others)
        if track in self._others or (
                face and face.knowing == Knowing.UNKNOWN and who.person_id):
            return False
        if not sure or not self._presence.recognised():
            return True
        return self._presence.now - self._presence.since(track) > LOOK

    def one_at_a_time(self, now: int) -> list[Command]:
        if self._greeting.who.name:
            return [self._talk.answer('one_at_a_time', now, name=self._greeting.who.name)]
        return [self._talk.answer('one_at_a_time_guest', now)]

    def answered(
        self, intent: str, values: dict, heard: Heard, now: int,
    ) -> list[Command] | None:
        """To "shall we go on?"."""
        if intent in ('yes', 'go_on', 'start'):
            self._asking.settle()
            return self._training.go_on(now)
        if intent in ('no', 'stop', 'goodbye'):
            self._asking.settle()
            return self._training.stop(now)
        return None
