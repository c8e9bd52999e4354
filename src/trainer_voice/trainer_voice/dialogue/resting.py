"""The rest between two sets: how long it still is, and what is said in it."""

from collections.abc import Callable

from trainer_core.clock import SECOND
from trainer_voice.dialogue.events import Item
from trainer_voice.dialogue.talk import Talk
from trainer_voice.mouth.queue import Utterance

WARNING = 10 * SECOND    # before its end
REMIND = SECOND          # after the set, of a hint that there was no time for
WORTH_A_WORD = 5.0       # s; of a shorter rest nothing is said


class Rest:
    """One rest after the other; `until` (ns) is 0 when there is none, or when it is paused."""

    def __init__(self, talk: Talk):
        self._talk = talk
        self.after = (0, 1)  # the item and set before it
        self.over()

    def over(self) -> None:
        """Another set, or another plan."""
        self.until, self._left = 0, 0
        self._warned = self.told_next = False
        self._remind_at = self._last = 0

    @property
    def paused(self) -> bool:
        return self._left > 0

    @property
    def reminds(self) -> bool:
        """Whether the last hint may still be said."""
        return self._remind_at > 0

    def left(self, now: int) -> int:
        """ns, also of one that is paused."""
        return self._left or max(self.until - now, 0)

    def begin(self, seconds: float, now: int) -> list[Utterance]:
        self.over()
        self._warned = seconds * SECOND <= 2 * WARNING
        self.until = now + round(seconds * SECOND)
        self._remind_at = now + REMIND
        if seconds < WORTH_A_WORD:
            return []
        return [self._talk.chat('rest', now, time=self._talk.words.duration(seconds))]

    def tick(self, now: int) -> None:
        """Where the clock has been set back the rest is as long as it was, no longer."""
        if self.until and now < self._last:
            self.until -= self._last - now
            self._remind_at = min(self._remind_at, now + REMIND)
        self._last = now

    def pause(self, now: int) -> None:
        self._left, self.until = max(self.until - now, SECOND), 0

    def go_on(self, now: int) -> None:
        self.until, self._left = now + self._left, 0

    def change(self, seconds: float, now: int) -> None:
        """So much longer than it was, or shorter."""
        if self.paused:
            self._left = max(self._left + round(seconds * SECOND), SECOND)
            return
        self.until = max(self.until + round(seconds * SECOND), now)
        self._warned = self.until - now <= WARNING

    def reminded(self, now: int, hint: Callable[[], str]) -> list[Utterance]:
        """hint: the last one of the set before, asked for once; '' is none."""
        if not self._remind_at or now < self._remind_at:
            return []
        self._remind_at = 0
        text = hint()
        return [self._talk.text(text, now)] if text else []

    def ends(self, item: Item, name: str, amount: str, counted: bool, now: int) -> list[Utterance]:
        """That it is over soon, and what comes then; counted: the set is counted in."""
        if self._warned or now < self.until - WARNING:
            return []
        self._warned = True
        time = self._talk.words.duration(WARNING // SECOND)
        if not (counted and amount):
            return [self._talk.chat('rest_ends', now, time=time)]
        self.told_next = not item.seconds
        return [self._talk.chat('rest_ends_next', now, time=time, amount=amount, exercise=name)]
