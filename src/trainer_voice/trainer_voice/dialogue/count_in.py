"""Three, two, one, go."""

from trainer_core.clock import SECOND
from trainer_voice.dialogue.talk import Talk
from trainer_voice.mouth.queue import Priority, Utterance

BREATH = SECOND // 2     # between the announcement and the first number
UNSPOKEN = 15 * SECOND   # an announcement that nobody speaks is over after so long


class CountIn:
    """Counts down to a moment: some seconds after an announcement, or the end of a rest."""

    def __init__(self, talk: Talk, seconds: int):
        """seconds: from which number on; 0 = never."""
        self._talk, self.seconds = talk, seconds
        self.cancel()

    def cancel(self) -> None:
        """The set has begun, or there is none."""
        self._announced, self._go_at, self._next = '', 0, 0

    def after(self, id_: str, now: int) -> None:
        """When this utterance has been spoken."""
        self._announced, self._next = id_, self.seconds
        self._go_at = now + UNSPOKEN

    def until(self, go_at: int) -> None:
        """So that "go" comes then."""
        self._announced, self._next, self._go_at = '', self.seconds, go_at

    def spoken(self, id_: str, now: int) -> None:
        """Something has been said to its end."""
        if id_ and id_ == self._announced:
            self.until(now + BREATH + self.seconds * SECOND)

    def tick(self, now: int) -> list[Utterance]:
        """What is to be said now."""
        if not self._go_at:
            return []
        if now >= self._go_at:
            self.cancel()
            return [self._talk.utterance(
                self._talk.words.say('go'), now, Priority.COUNT, now + SECOND, group='count')]
        if not self._next or now < self._go_at - self._next * SECOND:
            return []
        self._announced = ''
        self._next -= 1
        return [self._talk.number(self._next + 1, now)]
