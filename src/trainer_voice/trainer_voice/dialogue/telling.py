"""Answers to "how many are left?" and "what's next?"."""

from trainer_core.clock import SECOND
from trainer_voice.dialogue.events import State
from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.training import RUNNING, Training
from trainer_voice.mouth.queue import Utterance


def how_many_left(training: Training, talk: Talk, now: int) -> Utterance:
    """Of the set, or of the rest."""
    if training.resting:
        left = training.rest.left(now) / SECOND
        return talk.answer('how_many_rest', now, time=talk.words.duration(left))
    if training.state not in (*RUNNING, State.PAUSED):
        return talk.answer('nothing_running', now)
    item, done = training.plan[training.item], training.so_far
    target = item.seconds or item.reps
    if target:
        left = max(target - done, 0)
        if not round(left):
            return talk.answer('how_many_none', now)
        return talk.answer('how_many', now, amount=training.amount(left))
    return talk.answer('how_many_open', now, amount=training.amount(done))


def whats_next(training: Training, talk: Talk, now: int) -> Utterance:
    """The next set of the plan."""
    if training.state in (State.IDLE, State.SUMMARY):
        return talk.answer('nothing_running', now)
    at, number, words = training.item, training.set, talk.words
    if not training.resting:
        number += 1
    if number > training.plan[at].sets:
        at, number = at + 1, 1
    if at == len(training.plan):
        return talk.answer('last_one', now)
    item = training.plan[at]
    name = training.spoken_name(item.exercise)
    if item.sets > 1 and number > 1:
        return talk.answer(
            'whats_next_set', now, set=words.number(number), sets=words.number(item.sets),
            exercise=name)
    if amount := training.amount_of(item):
        return talk.answer('whats_next', now, exercise=name, amount=amount)
    return talk.answer('whats_next_open', now, exercise=name)
