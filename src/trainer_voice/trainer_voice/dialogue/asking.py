"""A question that waits for its answer: asked again after silence, explained when misunderstood."""

from collections.abc import Callable

from trainer_core.clock import SECOND
from trainer_voice.dialogue.talk import Talk
from trainer_voice.mouth.queue import Utterance

PATIENCE = 8 * SECOND    # of silence after a question before it is asked again
RESIGN = 12 * SECOND     # after that, before nothing more is said about it
CONFUSED = 2             # times that "I did not understand" is said in a row


class Asking:
    """At most one question is open. `name` is one of `Session.question`, '' when none is.

    Its sentences are NAME_again (after silence, and after what was not understood) and NAME_wait
    (after silence again), unless something is to be done then.
    """

    def __init__(self, talk: Talk):
        self._talk = talk
        self.settle()

    def settle(self) -> None:
        """It has been answered, or nobody wants to know any more."""
        self.name, self._values = '', dict[str, str]()
        self._id, self._since, self._asked, self._confused = '', 0, 0, 0
        self._resigned: Callable[[int], list] | None = None

    def ask(
        self, name: str, question: Utterance, now: int,
        resigned: Callable[[int], list] | None = None, values: dict[str, str] | None = None,
    ) -> list:
        """question: what is said. values: to fill in when it is asked again. resigned: what to do
        when there is no answer, instead of waiting for ever.
        """
        self.settle()
        self.name, self._values, self._resigned = name, values or {}, resigned
        self._id, self._since, self._asked = question.id, now, 1
        return [question]

    def spoken(self, id_: str, now: int) -> None:
        """Silence begins when the question has been spoken to its end."""
        if self.name and id_ == self._id:
            self._since = now

    def wait(self) -> None:
        """Stays open, but is not asked again."""
        self._asked = 3

    def tick(self, now: int) -> list:
        """Asks again, once; then waits or resigns."""
        if not self.name or self._asked > 2:
            return []
        if now - self._since < (PATIENCE if self._asked == 1 else RESIGN):
            return []
        self._asked += 1
        if self._asked == 2:
            return self.again(now)
        if self._resigned is not None:
            resigned = self._resigned
            self.settle()
            return resigned(now)
        return [self._talk.chat(f'{self.name}_wait', now)]

    def not_understood(self, now: int, typed: bool = False) -> list:
        """Something was said that is no answer: people may be talking to each other, too, but they
        do not type.
        """
        self._confused += not typed
        self._since = now
        if typed or self._confused <= CONFUSED:
            return [self._talk.answer('not_understood', now), *self._again(now)]
        return [self._talk.answer('still_not_understood', now)] if (
            self._confused == CONFUSED + 1) else []

    def again(self, now: int) -> list:
        """Ask it again, as after silence, or when the trainee wants to hear it again."""
        self._since = now
        return self._again(now)

    def _again(self, now: int) -> list:
        said = self._talk.chat(f'{self.name}_again', now, **self._values)
        self._id = said.id
        return [said]
