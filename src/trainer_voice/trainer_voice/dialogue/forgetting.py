"""To be forgotten: asked, confirmed, done."""

from collections.abc import Callable

from trainer_voice.dialogue.asking import Asking
from trainer_voice.dialogue.events import Answer, Forget, Heard
from trainer_voice.dialogue.greeting import Greeting
from trainer_voice.dialogue.presence import Presence
from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.training import Command


class Forgetting:
    """Only who is known for sure can be forgotten, and only after a yes."""

    def __init__(
        self, talk: Talk, asking: Asking, presence: Presence, greeting: Greeting,
        back: Callable[[int], list[Command]], over: Callable[[int], list[Command]],
    ):
        """back: to what was before. over: ends what is on, without a word."""
        self._talk, self._asking, self._presence = talk, asking, presence
        self._greeting, self._back, self._over = greeting, back, over

    def ask(self, now: int) -> list[Command]:
        """Somebody wants to be forgotten."""
        who = self._greeting.who
        if not who.person_id:
            return [self._talk.answer('forget_unknown', now)]
        return self._asking.ask(
            'forget', self._talk.answer('forget', now, name=who.name), now, resigned=self._kept)

    def answered(
        self, intent: str, values: dict, heard: Heard, now: int,
    ) -> list[Command] | None:
        """Yes or no."""
        if intent in ('yes', 'forget_me'):
            self._asking.settle()
            return [Forget(self._greeting.who.person_id)]
        if intent == 'no':
            self._asking.settle()
            return self._kept(now)
        return None

    def done(self, answer: Answer, now: int) -> list[Command]:
        """Whether it has been deleted."""
        if not answer.success:
            return [self._talk.answer('forget_failed', now), *self._back(now)]
        who = self._greeting.who
        self._presence.forget(who.person_id)
        who.person_id = who.name = ''
        words = self._talk.words
        gone = [words.count(what, n) for what, n in answer.deleted if n and what in words.counts]
        said = (self._talk.answer('forgotten_this', now, things=words.listed(gone)) if gone
                else self._talk.answer('forgotten', now))
        return [*self._over(now), said]

    def _kept(self, now: int) -> list[Command]:
        return [self._talk.answer('not_forgotten', now), *self._back(now)]
