"""A plan from words: made, read back, changed on request, kept."""

from collections.abc import Callable, Sequence

from trainer_voice.dialogue.asking import Asking
from trainer_voice.dialogue.events import Answer, Heard, Item, MakePlan, StorePlan
from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.training import Command
from trainer_voice.mouth.queue import Priority
from trainer_voice.plans.workout import round_of


def read_out(talk: Talk, items: Sequence[Item], spoken_name: Callable[[str], str]) -> str:
    """A plan in words: "squat, three sets of ten repetitions; plank, thirty seconds"."""
    words, said = talk.words, []
    one = round_of(items)
    for item in one:
        name = spoken_name(item.exercise)
        amount = words.target(item.reps, item.seconds)
        if not amount:
            said.append(words.piece('plan_open', exercise=name))
        elif item.sets > 1:
            said.append(words.piece(
                'plan_sets', exercise=name, sets=words.count('sets', item.sets), amount=amount))
        else:
            said.append(words.piece('plan_one', exercise=name, amount=amount))
    text = '; '.join(said)
    rounds = len(items) // max(len(one), 1)
    return text if rounds < 2 else words.piece(
        'plan_rounds', rounds=words.count('rounds', rounds), plan=text)


class Planning:
    """The talk about one plan, from the wish to the yes."""

    def __init__(
        self, talk: Talk, asking: Asking, spoken_name: Callable[[str], str],
        begin: Callable[[tuple[Item, ...], int], list[Command]],
        back: Callable[[int], list[Command]],
    ):
        """begin: train a plan now. back: to what was before, when there is no plan after all."""
        self._talk, self._asking, self._spoken_name = talk, asking, spoken_name
        self._begin, self._back = begin, back
        self._person, self._answer = '', Answer(False)

    def wish(self, text: str, person_id: str) -> list[Command]:
        """A plan is to be made of this; the answer comes to `made`."""
        self._asking.settle()
        self._person, self._answer = person_id, Answer(False)
        return [MakePlan(text, person_id)]

    def made(self, request: MakePlan, answer: Answer, now: int) -> list[Command]:
        """Read it back and ask."""
        explained = [
            self._talk.text(text, now, Priority.ANSWER) for text in answer.sentences]
        if not answer.success or not answer.items:
            failed = explained or [self._talk.answer('plan_failed', now)]
            return [*failed, *(self._ask(now) if self._answer.items else self._back(now))]
        if answer.items == self._answer.items:  # it is known already
            return [*explained, *self._asking.again(now)]
        self._answer = answer
        return [*explained, *self._ask(now)]

    def stored(self, answer: Answer, now: int) -> list[Command]:
        """One for today is trained in any case."""
        if self._answer.later:
            key = 'plan_kept' if answer.success else 'plan_lost'
            return [self._talk.answer(key, now), *self._back(now)]
        return [] if answer.success else [self._talk.chat('plan_not_kept', now)]

    def answered(self, intent: str, values: dict, heard: Heard, now: int) -> list[Command] | None:
        """Yes, no, or what to change."""
        if intent in ('yes', 'start', 'go_on'):
            self._asking.settle()
            keep = [StorePlan(self._person, self._answer.plan)] if self._person else []
            if keep and self._answer.later:
                return [*keep]
            return [self._talk.chat('plan_begins', now), *keep,
                    *self._begin(self._answer.items, now)]
        if intent in ('no', 'stop', 'skip'):
            self._asking.settle()
            return [self._talk.answer('plan_dropped', now), *self._back(now)]
        if intent == 'repeat':
            return self._ask(now)
        if intent in ('plan', 'change_target', 'change_rest'):
            return [MakePlan(heard.text, self._person, self._answer.plan)]
        return None

    def _ask(self, now: int) -> list[Command]:
        plan = read_out(self._talk, self._answer.items, self._spoken_name)
        key = 'plan_later' if self._person and self._answer.later else 'plan'
        return self._asking.ask(
            'plan_ok', self._talk.answer(key, now, plan=plan), now,
            resigned=lambda t: [self._talk.chat('plan_dropped', t), *self._back(t)])
