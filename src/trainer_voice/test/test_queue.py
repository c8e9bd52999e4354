"""What is started and what is dropped, as timelines."""

from dataclasses import dataclass, field

import pytest

from trainer_core.clock import SECOND
from trainer_voice.mouth.queue import Priority, SpeechQueue, Utterance

CHAT, COUNT, HINT, ANSWER, ALERT = Priority


@dataclass(frozen=True)
class Say:
    """At `at` (s) somebody wants something said that takes `lasts` s aloud."""

    at: float
    text: str
    priority: int = CHAT
    lasts: float = 1.0
    valid: float = 0.0  # s after `at`; 0 = for ever
    group: str = ''


def number(at, text, lasts=0.5):
    return Say(at, text, COUNT, lasts, valid=1.0, group='count')


@dataclass
class Loudspeaker:
    """Plays a timeline through the queue without a clock; lines like `1.50 seven`."""

    timeline: list[Say]
    started: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def play(self):
        queue, coming, now, busy_until = SpeechQueue(), list(self.timeline), 0.0, 0.0
        says = {say.text: say for say in self.timeline}
        while coming or len(queue) or queue.speaking:
            if queue.speaking and (not coming or busy_until <= coming[0].at):
                now, queue.speaking = busy_until, None
            elif coming:
                say = coming.pop(0)
                now = say.at
                utterance = Utterance(
                    say.text, priority=say.priority, stamp=ns(say.at), group=say.group,
                    deadline=ns(say.at + say.valid) if say.valid else 0)
                self.drop(queue.put(utterance, ns(now)))
                if queue.interrupts(utterance):
                    self.dropped.append(f'{queue.speaking.text}: interrupted')
                    queue.speaking = None
            if not queue.speaking:
                utterance, late = queue.take(ns(now))
                self.drop(late)
                if utterance:
                    self.started.append(f'{now:.2f} {utterance.text}')
                    busy_until = now + says[utterance.text].lasts
        return self

    def drop(self, dropped):
        self.dropped += [f'{d.utterance.text}: {d.reason}' for d in dropped]


def ns(seconds):
    return round(seconds * SECOND)


TIMELINES = {
    'one after the other, in the order they came': (
        [Say(0, 'hello'), Say(0.1, 'are you ready')],
        ['0.00 hello', '1.00 are you ready'], []),
    'numbers in time': (
        [number(0, 'one'), number(2, 'two'), number(4, 'three')],
        ['0.00 one', '2.00 two', '4.00 three'], []),
    'a number interrupts small talk': (
        [Say(0, 'squats', lasts=3), number(1, 'one')],
        ['0.00 squats', '1.00 one'], ['squats: interrupted']),
    'a number waits for a hint, as long as it is true': (
        [Say(0, 'deeper', HINT, lasts=1.5), number(1, 'one')],
        ['0.00 deeper', '1.50 one'], []),
    'a number that would be late is dropped, not spoken late': (
        [Say(0, 'bend your left knee', HINT, lasts=2.5), number(1, 'one'), number(3, 'two')],
        ['0.00 bend your left knee', '3.00 two'], ['one: late by 0.50 s']),
    'a newer number replaces one that waits': (
        [Say(0, 'deeper', HINT, lasts=1.5), number(0.6, 'four'), number(1.2, 'five')],
        ['0.00 deeper', '1.50 five'], ['four: replaced by five']),
    'faster than one can count aloud': (
        [number(i * 0.3, text, lasts=0.8) for i, text in enumerate('abcdefg')],
        ['0.00 a', '0.80 c', '1.60 f', '2.40 g'],
        ['b: replaced by c', 'd: replaced by e', 'e: replaced by f']),
    'a number is not cut off by the next one': (
        [number(0, 'twenty-seven', lasts=1.0), number(0.8, 'twenty-eight')],
        ['0.00 twenty-seven', '1.00 twenty-eight'], []),
    'an alert interrupts a number': (
        [number(0, 'one', lasts=0.8), Say(0.4, 'stop', ALERT)],
        ['0.00 one', '0.40 stop'], ['one: interrupted']),
    'an alert does not interrupt an alert': (
        [Say(0, 'stop', ALERT), Say(0.5, 'step back', ALERT)],
        ['0.00 stop', '1.00 step back'], []),
    'an answer interrupts small talk but not a number': (
        [Say(0, 'well done'), Say(0.5, 'six left', ANSWER), number(3, 'one'),
         Say(3.1, 'five left', ANSWER)],
        ['0.00 well done', '0.50 six left', '3.00 one', '3.50 five left'],
        ['well done: interrupted']),
    'a hint does not interrupt': (
        [Say(0, 'well done'), Say(0.5, 'deeper', HINT)],
        ['0.00 well done', '1.00 deeper'], []),
    'what matters more goes first': (
        [Say(0, 'now', ALERT), Say(0.1, 'chat'), number(0.2, 'one'), Say(0.3, 'hint', HINT),
         Say(0.4, 'answer', ANSWER, lasts=0.1)],
        ['0.00 now', '1.00 answer', '1.10 hint', '2.10 chat'], ['one: late by 0.90 s']),
    'small talk that waited too long is dropped': (
        [Say(0, 'a long story', lasts=5), Say(1, 'nice', valid=2)],
        ['0.00 a long story'], ['nice: late by 2.00 s']),
    'a group of small talk keeps the newest only': (
        [Say(0, 'hello', lasts=2), Say(0.1, 'rest', group='state'), Say(0.2, 'go', group='state')],
        ['0.00 hello', '2.00 go'], ['rest: replaced by go']),
    'the same words without a group are said twice': (
        [Say(0, 'hello'), Say(2, 'hello')], ['0.00 hello', '2.00 hello'], []),
    'nothing to say': ([Say(0, '  ')], [], ['  : there is nothing to say']),
    'exactly at the deadline is in time': (
        [Say(0, 'deeper', HINT, lasts=1.5), number(0.5, 'one')],
        ['0.00 deeper', '1.50 one'], []),
}


@pytest.mark.parametrize('case', TIMELINES)
def test_timeline(case):
    timeline, started, dropped = TIMELINES[case]
    played = Loudspeaker(timeline).play()
    assert (played.started, played.dropped) == (started, dropped)


def test_late_on_arrival():
    queue = SpeechQueue()
    dropped = queue.put(Utterance('seven', deadline=ns(1)), now=ns(1.25))
    assert [d.reason for d in dropped] == ['late by 0.25 s']
    assert len(queue) == 0


def test_only_so_many_wait():
    queue = SpeechQueue(limit=3)
    for text, priority in (('a', CHAT), ('b', COUNT), ('c', CHAT)):
        assert not queue.put(Utterance(text, priority=priority), 0)
    assert [d.utterance.text for d in queue.put(Utterance('d', priority=HINT), 0)] == ['a']
    assert [d.utterance.text for d in queue.put(Utterance('e'), 0)] == ['c']
    assert len(queue) == 3


def test_clear_leaves_what_is_being_spoken():
    queue = SpeechQueue()
    for text in 'ab':
        queue.put(Utterance(text), 0)
    queue.take(0)
    assert [(d.utterance.text, d.reason) for d in queue.clear('reset')] == [('b', 'reset')]
    assert queue.speaking == Utterance('a')
