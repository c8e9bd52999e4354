"""What a human trainer, or the trainee, knows better: counts, repetitions, targets, rests."""

from collections.abc import Mapping

from trainer_voice.dialogue.events import Adjust, Answer, Correct, Judge, State
from trainer_voice.dialogue.journal import Journal
from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.training import RUNNING, Command, Training

COUNTS = ('correct_count', 'reject_rep', 'accept_rep')
INTENTS = (*COUNTS, 'change_target', 'change_rest')
REST_STEP = 15  # s: "a longer rest"


class Correcting:
    """Of the set that is on, or the one just done; what the counter says to it is said."""

    def __init__(self, talk: Talk, training: Training, journal: Journal):
        self._talk, self._training, self._journal = talk, training, journal
        self._news: list[Command] = []  # to say when the counter has agreed

    def wanted(self, intent: str, values: Mapping, now: int) -> list[Command]:
        """intent: one of INTENTS. values: as `Understood` has them."""
        number, seconds = values.get('number'), values.get('seconds')
        relative = values.get('relative', 0)
        if intent in COUNTS and self._training.timed:
            return [self._talk.answer('timed', now)]
        if intent in ('reject_rep', 'accept_rep'):
            return [self._judge(intent == 'accept_rep', number)]
        if number is None and seconds is None and not (intent == 'change_rest' and relative):
            return [self._talk.answer('no_number', now)]
        if intent == 'correct_count':
            return [self._correct(int(number or seconds or 0))]
        amount = seconds if seconds is not None else number
        if intent == 'change_rest':
            return self._rest(float(REST_STEP if amount is None else amount), relative, now)
        if not amount and not relative:  # make it zero
            return [self._talk.answer('no_number', now)]
        return self._target(float(amount or 0), relative, now)

    def done(self, request: Correct | Judge | Adjust, answer: Answer, now: int) -> list[Command]:
        """What the counter says to it."""
        if isinstance(request, Adjust):
            news, self._news = self._news, []
            return news if answer.success else [self._talk.answer('not_changed', now)]
        if not answer.success:
            return [self._talk.answer('not_changed', now)]
        training, key = self._training, 'corrected'
        reps = training.tally.before + (
            request.reps if isinstance(request, Correct) else answer.reps)
        if isinstance(request, Judge):
            self._journal.judged(request.accept)
            key = 'counted' if request.accept else 'rejected'
        training.recount(reps)
        return [self._talk.answer(key, now, number=self._talk.words.number(reps))]

    def told(self, change: Adjust | Correct | Judge, now: int) -> list[Command] | None:
        """The counter has been told by a human trainer; None when no set is meant by it.

        What was said in words comes back this way, too, and then changes nothing any more.
        """
        training = self._training
        if isinstance(change, Adjust):
            return self._rest_given(change.rest, now)
        begins = training.state == State.ANNOUNCING
        on = training.state in (State.TRAINING, State.PAUSED)
        if begins or training.timed or not (on or training.done):
            return None
        if isinstance(change, Judge):
            self._journal.judged(change.accept)
        else:
            training.recount(training.tally.before + change.reps)
        return []

    def _rest_given(self, seconds: float, now: int) -> list[Command]:
        at, item = self._training.at, None
        if at is not None and at.rest != seconds:
            item = self._training.change_rest(seconds, 0, now)
        return [] if item is None else [self._rest_is(item.rest, now)]

    def _judge(self, accept: bool, number: int | None) -> Command:
        """The newest movement; of an earlier repetition only the number of them changes."""
        so_far = round(self._training.so_far)
        if not accept and number is not None and 0 < number < so_far:
            return self._correct(so_far - 1)
        return Judge(accept)

    def _correct(self, reps: int) -> Command:
        return Correct(max(reps - self._training.tally.before, 0))

    def _rest(self, seconds: float, relative: int, now: int) -> list[Command]:
        item = self._training.change_rest(seconds, relative, now)
        return [] if item is None else self._agreed(
            Adjust(rest=item.rest), self._rest_is(item.rest, now))

    def _rest_is(self, seconds: float, now: int) -> Command:
        if not seconds:
            return self._talk.answer('no_rest', now)
        return self._talk.answer('rest_changed', now, time=self._talk.words.duration(seconds))

    def _target(self, amount: float, relative: int, now: int) -> list[Command]:
        training = self._training
        item = training.change_target(amount, relative)
        if item is None:
            return []
        goal, words = training.goal, training.amount_of(item)
        if training.resting:  # the set that comes
            return [self._talk.answer(
                'whats_next', now, exercise=training.spoken_name(item.exercise), amount=words)]
        return self._agreed(
            Adjust(seconds=goal.seconds) if item.seconds else Adjust(reps=goal.reps),
            self._talk.answer('target', now, amount=words))

    def _agreed(self, wanted: Adjust, news: Command) -> list[Command]:
        """While a set is open the counter has to agree."""
        if self._training.state not in RUNNING:
            return [news]
        self._news.append(news)
        return [wanted]
