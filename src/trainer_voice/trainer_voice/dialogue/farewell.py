"""The end of a session: what was done, what is worth saying about it, goodbye."""

from collections.abc import Callable, Iterable, Sequence

from trainer_core.clock import SECOND
from trainer_voice.dialogue.attending import Attending
from trainer_voice.dialogue.events import Fact, SumUp
from trainer_voice.dialogue.facts import told as told_fact
from trainer_voice.dialogue.greeting import Greeting
from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.tally import Done
from trainer_voice.dialogue.training import Command, Training

PATIENCE = 3 * SECOND    # to wait for what is known about earlier sessions
MOST = 3                 # facts


class Farewell:
    """Waits a moment for the facts of earlier sessions, but not for ever."""

    def __init__(
        self, talk: Talk, greeting: Greeting, attending: Attending, training: Training,
        spoken_name: Callable[[str], str],
    ):
        self._talk, self._greeting, self._attending = talk, greeting, attending
        self._training, self._spoken_name = training, spoken_name
        self._since = 0  # when the facts were asked for; 0: they are not waited for

    @property
    def waits(self) -> bool:
        return self._since > 0

    def begin(self, now: int) -> list[Command]:
        """What it came to, and the question what is known about it."""
        self._since = now
        return [*self._summary(now), SumUp(self._greeting.who.person_id)]

    def tick(self, now: int) -> list[Command]:
        return self.say((), now) if self._since and now - self._since > PATIENCE else []

    def say(self, facts: Iterable[Fact], now: int) -> list[Command]:
        """Facts and goodbye; who is here is not greeted again."""
        self._since = 0
        who = self._greeting.who
        self._attending.put_aside(who, now)
        self._greeting.active = False
        words = self._talk.words
        told = [told_fact(words, fact, self._spoken_name) for fact in list(facts)[:MOST]]
        told.append(words.say('goodbye', name=who.name) if who.name
                    else words.say('goodbye_guest'))
        return [self._talk.last_words(text, now) for text in told if text]

    def _summary(self, now: int) -> list[Command]:
        words = self._talk.words
        sets: dict[str, list[Done]] = {}  # by exercise, in the order of the training
        for done in self._training.done:
            if round(done.amount):
                sets.setdefault(done.exercise, []).append(done)
        if not sets:
            return []
        taken = (now - self._training.begun) / SECOND
        time = (words.count('minutes', round(taken / 60)) if taken >= 90
                else words.duration(taken))
        wanted = {item.exercise for item in self._training.plan}
        key = 'summary' if set(sets) >= wanted else 'summary_short'
        exercises = '; '.join(self._told(name, done) for name, done in sets.items())
        return [self._talk.last_words(words.say(key, exercises=exercises, time=time), now)]

    def _told(self, exercise: str, sets: Sequence[Done]) -> str:
        """The sets of one exercise: "squats, three sets of ten repetitions"."""
        words, amounts = self._talk.words, {round(done.amount) for done in sets}
        said = {'exercise': self._spoken_name(exercise), 'sets': words.count('sets', len(sets))}
        key = 'plan_one' if len(sets) == 1 else 'plan_sets' if len(amounts) == 1 else 'sets_in_all'
        amount = sum(round(done.amount) for done in sets) if key == 'sets_in_all' else max(amounts)
        return words.piece(key, **said, amount=words.amount(amount, sets[0].timed))
