"""Sentences become utterances: with an id, a stamp, a priority and how long they stay true."""

from trainer_core.clock import SECOND
from trainer_voice.dialogue.wording import Wording
from trainer_voice.mouth.queue import Priority, Utterance

COUNT_VALID = SECOND           # a number is true for so long after its repetition
CHAT_VALID = 10 * SECOND
FAREWELL_VALID = 60 * SECOND   # nothing comes after it that would make it untrue
ANSWER_VALID = 8 * SECOND
HINT_VALID = 3 * SECOND


class Talk:
    """Everything that a session says goes through here; every utterance has its own id."""

    def __init__(self, words: Wording):
        self.words = words
        self._serial = 0
        self._last = ''  # of what can be asked for again

    def number(self, n: int, stamp: int) -> Utterance:
        """A number that has just become true."""
        return self.utterance(
            self.words.number(n), stamp, Priority.COUNT, stamp + COUNT_VALID, group='count')

    def chat(self, key: str, now: int, **values: str) -> Utterance:
        return self.utterance(
            self.words.say(key, **values), now, Priority.CHAT, now + CHAT_VALID)

    def text(self, text: str, now: int, priority: Priority = Priority.CHAT) -> Utterance:
        """A sentence that is not in the phrase file."""
        return self.utterance(text, now, priority, now + CHAT_VALID)

    def last_words(self, text: str, now: int) -> Utterance:
        """At the end of a session there is time for everything."""
        return self.utterance(text, now, Priority.CHAT, now + FAREWELL_VALID)

    def answer(self, key: str, now: int, **values: str) -> Utterance:
        """To something that the trainee said: it comes before small talk."""
        return self.utterance(
            self.words.say(key, **values), now, Priority.ANSWER, now + ANSWER_VALID)

    def hint(self, text: str, stamp: int, priority: Priority = Priority.HINT) -> Utterance:
        return self.utterance(text, stamp, priority, stamp + HINT_VALID, group='hint')

    def again(self, now: int) -> list[Utterance]:
        """What was said last, but for numbers and hints."""
        if not self._last:
            return []
        return [self.utterance(self._last, now, Priority.ANSWER, now + ANSWER_VALID)]

    def utterance(
        self, text: str, stamp: int, priority: Priority, deadline: int = 0, group: str = '',
        language: str = '',
    ) -> Utterance:
        self._serial += 1
        if priority in (Priority.CHAT, Priority.ANSWER) and not group:
            self._last = text
        return Utterance(
            text=text, id=f's{self._serial}', language=language or self.words.language,
            priority=priority, stamp=stamp, deadline=deadline, group=group)
