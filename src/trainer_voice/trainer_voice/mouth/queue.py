"""What is said next: priorities, deadlines, groups, interruption; no clock, no thread, no sound.

The rules:

* a waiting utterance whose deadline has passed is dropped, never spoken late;
* a newer one of the same group replaces a waiting one;
* the highest priority goes first, among equals the oldest;
* an alert interrupts everything but another alert; a count and an answer interrupt small talk,
  because by the end of the sentence the number would be untrue and the question old;
* what is being spoken is otherwise spoken to its end: half a word helps nobody.
"""

from dataclasses import dataclass
from enum import IntEnum

from trainer_core.clock import seconds


class Priority(IntEnum):
    """As in trainer_msgs/Say."""

    CHAT = 0
    COUNT = 1
    HINT = 2
    ANSWER = 3
    ALERT = 4


@dataclass(frozen=True)
class Utterance:
    """One thing to say; times are ns on the clock that stamps the events."""

    text: str
    id: str = ''
    language: str = ''
    priority: int = Priority.CHAT
    stamp: int = 0     # of the event that it speaks of
    deadline: int = 0  # not started by then: dropped; 0 = never
    group: str = ''    # a newer one of the same group replaces a waiting one


@dataclass(frozen=True)
class Dropped:
    """Something that will not be said, and why."""

    utterance: Utterance
    reason: str


class SpeechQueue:
    """Everything that waits to be said, and what is being said now.

    >>> queue = SpeechQueue()
    >>> queue.put(Utterance('seven', group='count', deadline=900), now=0)
    []
    >>> queue.put(Utterance('eight', id='s8', group='count', deadline=1900), now=800)[0].reason
    'replaced by s8'
    >>> queue.take(now=1000)[0].text
    'eight'
    """

    def __init__(self, limit: int = 20):
        """limit: at most so many wait; beyond it the least important, oldest one is dropped."""
        self.limit = limit
        self.speaking: Utterance | None = None
        self._waiting: list[Utterance] = []

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def put(self, utterance: Utterance, now: int) -> list[Dropped]:
        """Let it wait for its turn; returns what is dropped for it, or it itself if it is late."""
        if not utterance.text.strip():
            return [Dropped(utterance, 'there is nothing to say')]
        if late := _late(utterance, now):
            return [late]
        dropped = []
        if utterance.group:
            same = [u for u in self._waiting if u.group == utterance.group]
            dropped = [Dropped(u, f'replaced by {utterance.id or utterance.text}') for u in same]
            self._waiting = [u for u in self._waiting if u.group != utterance.group]
        self._waiting.append(utterance)
        if len(self._waiting) > self.limit:
            least = min(self._waiting, key=lambda u: u.priority)  # min keeps the oldest of equals
            self._waiting.remove(least)
            dropped.append(Dropped(least, f'more than {self.limit} are waiting'))
        return dropped

    def interrupts(self, utterance: Utterance) -> bool:
        """Whether what is being spoken has to give way to this one."""
        if self.speaking is None:
            return False
        new, old = utterance.priority, self.speaking.priority
        if new == Priority.ALERT:
            return old != Priority.ALERT
        return old == Priority.CHAT and new in (Priority.COUNT, Priority.ANSWER)

    def take(self, now: int) -> tuple[Utterance | None, list[Dropped]]:
        """What to speak now, which becomes `speaking`; and what has become too late meanwhile."""
        dropped = [late for u in self._waiting if (late := _late(u, now))]
        gone = [d.utterance for d in dropped]
        self._waiting = [u for u in self._waiting if not any(u is g for g in gone)]
        self.speaking = max(self._waiting, key=lambda u: u.priority, default=None)
        if self.speaking is not None:
            self._waiting.remove(self.speaking)
        return self.speaking, dropped

    def clear(self, reason: str) -> list[Dropped]:
        """Drop all that waits; what is being spoken goes on."""
        dropped = [Dropped(u, reason) for u in self._waiting]
        self._waiting = []
        return dropped


def _late(utterance: Utterance, now: int) -> Dropped | None:
    if utterance.deadline and now > utterance.deadline:
        return Dropped(utterance, f'late by {seconds(now - utterance.deadline):.2f} s')
    return None
