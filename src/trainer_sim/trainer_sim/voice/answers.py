"""What the voice says to what: a script of replies to questions and sentences of the trainer."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from trainer_core.errors import UserError


@dataclass(frozen=True)
class Reply:
    """One line of the script.

    to: a pattern (regular expression, any case) in what the trainer says, or `?name` for its
    question of that name (Session.question). line: what is answered; several in a tuple are
    said one after the other, one each time it is asked, the last ever after. None: silence.
    """

    to: str
    line: str | tuple[str | None, ...] | None
    times: int = 0  # how often at most; 0 for always


class Answerer:
    """Answers what the trainer says and asks; the first reply that fits is taken.

    >>> answers = Answerer([Reply('?ready', ('what', 'yes')), Reply('rest for', 'skip')])
    >>> answers.asked('ready'), answers.asked('ready'), answers.said('Rest for ten seconds.')
    ('what', 'yes', 'skip')
    """

    def __init__(self, replies: Iterable[Reply], speak: Callable[[str], object] | None = None):
        """speak: is called with every line, beside it being returned."""
        self._replies = list(replies)
        self._speak = speak
        self._count = [0] * len(self._replies)
        for reply in self._replies:
            try:
                re.compile(reply.to.removeprefix('?'))
            except re.error as error:
                raise UserError(f'reply to {reply.to!r}: {error}') from None

    def asked(self, question: str) -> str | None:
        """The trainer waits for an answer to Session.question; None for silence."""
        return self._answer(lambda to: to == f'?{question}') if question else None

    def said(self, sentence: str) -> str | None:
        """The trainer has said something; None for silence."""
        return self._answer(lambda to: not to.startswith('?') and bool(
            re.search(to, sentence, re.IGNORECASE)))

    def _answer(self, fits: Callable[[str], bool]) -> str | None:
        for i, reply in enumerate(self._replies):
            if not fits(reply.to) or (reply.times and self._count[i] >= reply.times):
                continue
            lines = reply.line if isinstance(reply.line, tuple) else (reply.line,)
            line = lines[min(self._count[i], len(lines) - 1)]
            self._count[i] += 1
            if line and self._speak:
                self._speak(line)
            return line
        return None
