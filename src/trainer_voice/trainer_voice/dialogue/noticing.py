"""What is said about how a set looks: nobody there, not enough to see, not far enough, how long."""

from trainer_core.clock import SECOND
from trainer_voice.dialogue.events import Life, View
from trainer_voice.dialogue.talk import Talk
from trainer_voice.mouth.queue import Priority, Utterance

ABSENT = 3 * SECOND       # out of view for so long: say so
HINT_PAUSE = 15 * SECOND  # between two hints of the same kind
COUNTDOWN, TENS = 5, 10   # s of a hold: the last ones, and steps before


class Noticing:
    """Watches one set after the other."""

    def __init__(self, talk: Talk):
        self._talk = talk
        self.away = False  # walked off and has been told to come back
        self.fresh()

    def fresh(self) -> None:
        """Another set."""
        self._told: dict[str, int] = {}   # stamp of what was last said about a condition
        self._since: dict[str, int] = {}  # stamp from which on a condition has lasted
        self._held = 0                    # s of the hold that have been dealt with
        self._met = False                 # somebody has been in view

    def seen(self, view: View) -> list[Utterance]:
        """Is somebody there, can it be judged."""
        absent = view.life == Life.NOBODY
        if not absent:
            self._met, self.away = True, False
        return [
            *self._lasting(
                'lost' if self._met else 'unseen', absent and not self.away, view.stamp),
            *self._lasting(
                'not_measurable', not view.measurable and not absent, view.stamp)]

    def hold(self, seconds: float, target: float, stamp: int) -> list[Utterance]:
        """Full tens of seconds, and the last five counted down. seconds: of the whole set."""
        before, now, goal = self._held, int(seconds), round(target)
        self._held = now
        if now <= before:
            return []
        if goal and now < goal and goal - now <= COUNTDOWN:
            return [self._talk.number(goal - now, stamp)]
        if now // TENS > before // TENS and now != goal:
            return [self._talk.number(now // TENS * TENS, stamp)]
        return []

    def hint(self, key: str, stamp: int, priority: Priority) -> list[Utterance]:
        """The sentence of that name, unless it was said a moment ago."""
        told = self._told.get(key)
        if told is not None and 0 <= stamp - told < HINT_PAUSE:
            return []
        self._told[key] = stamp
        return [self._talk.hint(self._talk.words.say(key), stamp, priority)]

    def lasts(self, key: str, true: bool, stamp: int, long: int) -> bool:
        """Whether a condition has been true for so long (ns)."""
        if not true:
            self._since.pop(key, None)
            return False
        since = min(self._since.setdefault(key, stamp), stamp)  # time may have jumped back
        self._since[key] = since
        return stamp - since >= long

    def _lasting(self, key: str, true: bool, stamp: int) -> list[Utterance]:
        """Say so when a condition lasts; once each time it does, and not too often."""
        if not self.lasts(key, true, stamp, ABSENT):
            return []
        since = self._since[key]
        if self._told.get(key, since - 1) >= since:
            return []
        return self.hint(key, stamp, Priority.CHAT)
