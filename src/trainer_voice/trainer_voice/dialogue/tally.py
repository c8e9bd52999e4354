"""How much of a set has been done, in repetitions or seconds."""

from dataclasses import replace
from typing import NamedTuple

from trainer_voice.dialogue.events import Item, Outcome, Result


class Done(NamedTuple):
    """What was done in one set."""

    exercise: str
    amount: float  # repetitions, or seconds
    timed: bool    # seconds


class Tally:
    """Of one set, which may be interrupted and gone on with: the counter then begins anew, the
    numbers that are said go on.
    """

    def __init__(self) -> None:
        self.timed = False    # it counts seconds
        self.earlier = 0.0    # repetitions or seconds before it was gone on with
        # Of these, repetitions in the counter's newest set, while interrupted.
        self._last: int | None = None
        self.count = 0        # repetitions since then
        self.seconds = 0.0    # in pose since then

    @property
    def before(self) -> int:
        """Repetitions that the counter does not know of."""
        return int(self.earlier) - (self._last or 0)

    def counts_seconds(self, item: Item) -> bool:
        return self.timed or item.seconds > 0

    def done(self, item: Item) -> float:
        """Repetitions or seconds so far."""
        return self.earlier + (self.seconds if self.counts_seconds(item) else self.count)

    def interrupt(self, item: Item) -> None:
        """Keep what has been done so far for when it goes on."""
        self.earlier, self._last = self.done(item), self.count
        self.count, self.seconds = 0, 0.0

    def go_on(self) -> None:
        """What is left is a new set for the counter."""
        self._last = None

    def held(self, seconds: float) -> None:
        """So long the pose is held, in the counter's words."""
        self.seconds = max(seconds, 0.0)
        self.timed = self.timed or self.seconds > 0

    def take(self, result: Result, item: Item) -> None:
        """The counter's last words."""
        self.timed = self.counts_seconds(item)
        self.count, self.seconds = result.reps, result.seconds
        if result.outcome == Outcome.COMPLETED and item.seconds:
            # Not the fraction of a second that the last frame was late.
            self.seconds = item.seconds - self.earlier

    def recount(self, reps: int) -> None:
        """A human trainer says how many there have been."""
        if self._last is None:
            self.count = max(reps - self.before, 0)
        else:
            self._last, self.earlier = max(reps - self.before, 0), float(reps)

    def rest_of(self, item: Item) -> Item:
        """What is left to do."""
        if not self.earlier:
            return item
        if item.seconds:
            return replace(item, seconds=max(item.seconds - self.earlier, 1.0))
        return replace(item, reps=max(item.reps - int(self.earlier), 1)) if item.reps else item
