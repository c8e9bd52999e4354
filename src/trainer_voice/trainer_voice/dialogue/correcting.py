"""What a human trainer, or the trainee, knows better: counts, repetitions, targets, rests."""

from collections.abc import Mapping

from trainer_voice.dialogue.events import Adjust, Answer, Correct, Judge
from trainer_voice.dialogue.journal import Journal
from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.training import Command, Training

INTENTS = ('correct_count', 'reject_rep', 'accept_rep', 'change_target', 'change_rest')
REST_STEP = 15  # s: "a longer rest"


class Correcting:
    """Of the set that is on; the counter is told, and what it says to that is said."""

    def __init__(self, talk: Talk, training: Training, journal: Journal):
        self._talk, self._training, self._journal = talk, training, journal

    def wanted(self, intent: str, values: Mapping, now: int) -> list[Command]:
        """intent: one of INTENTS. values: as `Understood` has them."""
        number, seconds = values.get('number'), values.get('seconds')
        relative = values.get('relative', 0)
        if intent in ('reject_rep', 'accept_rep'):
            return [Judge(intent == 'accept_rep')]
        if number is None and seconds is None and not (intent == 'change_rest' and relative):
            return [self._talk.answer('no_number', now)]
        if intent == 'correct_count':
            reps = int(number or seconds or 0)
            return [Correct(max(reps - self._training.tally.before, 0))]
        amount = seconds if seconds is not None else number
        if intent == 'change_rest':
            return self._rest(float(REST_STEP if amount is None else amount), relative, now)
        return self._target(float(amount or 0), relative, now)

    def done(self, request: Correct | Judge | Adjust, answer: Answer, now: int) -> list[Command]:
        """What the counter says to it."""
        if not answer.success:
            return [self._talk.answer('not_changed', now)]
        if isinstance(request, Adjust):
            return []
        training, key = self._training, 'corrected'
        reps = training.tally.before + (
            request.reps if isinstance(request, Correct) else answer.reps)
        if isinstance(request, Judge):
            self._journal.judged(request.accept)
            key = 'counted' if request.accept else 'rejected'
        training.recount(reps)
        return [self._talk.answer(key, now, number=self._talk.words.number(reps))]

    def told(self, seconds: float, now: int) -> list[Command]:
        """The counter has been told by a human trainer of another rest (s)."""
        at, item = self._training.at, None
        if at is not None and at.rest != seconds:
            item = self._training.change_rest(seconds, 0, now)
        return [] if item is None else [self._talk.answer(
            'rest_changed', now, time=self._talk.words.duration(item.rest))]

    def _rest(self, seconds: float, relative: int, now: int) -> list[Command]:
        item = self._training.change_rest(seconds, relative, now)
        if item is None:
            return []
        return [Adjust(rest=item.rest), self._talk.answer(
            'rest_changed', now, time=self._talk.words.duration(item.rest))]

    def _target(self, amount: float, relative: int, now: int) -> list[Command]:
        item = self._training.change_target(amount, relative)
        if item is None:
            return []
        goal = self._training.goal
        wanted = Adjust(seconds=goal.seconds) if item.seconds else Adjust(reps=goal.reps)
        return [wanted, self._talk.answer(
            'target', now, amount=self._training.amount_of(item))]
