"""The mouth's thread with a voice that speaks until it is told to have finished."""

from queue import Queue
from threading import Event

import pytest

from trainer_voice.mouth.mouth import Mouth
from trainer_voice.mouth.queue import Priority, Utterance
from trainer_voice.mouth.synthesis import VoiceError

LIMIT = 60.0  # s


class HeldVoice:
    """Speaks each sentence until `finish`."""

    name = 'held'

    def __init__(self):
        self.sentences, self.broken, self.closed = Queue(), False, 0
        self._finished, self._wake = False, Event()

    def speak(self, sentence, started, stop):
        if self.broken:
            raise VoiceError('the cable is out')
        self._finished, self._wake = False, stop
        started()
        self.sentences.put(sentence)
        stop.wait(LIMIT)
        return self._finished

    def finish(self):
        self._finished = True
        self._wake.set()

    def close(self):
        self.closed += 1


class Talk:
    """A mouth, its voice, and what it reports."""

    def __init__(self):
        self.now, self.reports = 0, Queue()
        self.voice, self.spare = HeldVoice(), HeldVoice()
        self.mouth = Mouth(self.voice, self.spare, self.reports.put, lambda: self.now)

    def say(self, text, priority=Priority.CHAT, **more):
        self.mouth.say(Utterance(text, id=text, priority=priority, **more))

    def report(self):
        status = self.reports.get(timeout=LIMIT)
        return f'{status.utterance.text} {status.state.name.lower()}: {status.reason}'

    def spoken(self):
        return self.voice.sentences.get(timeout=LIMIT).text


@pytest.fixture
def talk():
    talk = Talk()
    yield talk
    talk.mouth.close()


def test_started_and_finished(talk):
    talk.say('one')
    assert talk.report() == 'one started: held'
    assert talk.spoken() == 'one'
    talk.voice.finish()
    assert talk.report() == 'one finished: held'


def test_stamps_are_those_of_the_clock(talk):
    talk.now = 5
    talk.say('one')
    assert talk.reports.get(timeout=LIMIT).stamp == 5
    talk.spoken()
    talk.now = 9
    talk.voice.finish()
    assert talk.reports.get(timeout=LIMIT).stamp == 9


def test_an_alert_interrupts(talk):
    talk.say('well done')
    talk.report(), talk.spoken()
    talk.say('stop', Priority.ALERT)
    assert talk.report() == 'well done dropped: interrupted by stop'
    assert talk.report() == 'stop started: held'


def test_late_words_are_dropped(talk):
    talk.say('deeper', Priority.HINT)
    talk.report(), talk.spoken()
    talk.say('one', Priority.COUNT, deadline=100)
    talk.now = 10**9
    talk.voice.finish()
    assert talk.report() == 'deeper finished: held'
    assert talk.report() == 'one dropped: late by 1.00 s'


def test_hush(talk):
    talk.say('a')
    talk.report(), talk.spoken()
    talk.say('b')
    talk.mouth.hush('reset')
    assert sorted([talk.report(), talk.report()]) == ['a dropped: reset', 'b dropped: reset']
    talk.say('c')
    assert talk.report() == 'c started: held'


def test_disabled_and_enabled_again(talk):
    talk.say('a')
    talk.report(), talk.spoken()
    talk.mouth.enable(False)
    assert talk.report() == 'a dropped: the mouth is disabled'
    talk.say('b')
    assert talk.report() == 'b dropped: the mouth is disabled'
    talk.mouth.enable(True)
    talk.say('c')
    assert talk.report() == 'c started: held'


def test_language_rate_and_volume(talk):
    talk.mouth.language, talk.mouth.rate, talk.mouth.volume = 'it', 150, 0.5
    talk.say('uno')
    sentence = talk.voice.sentences.get(timeout=LIMIT)
    assert (sentence.language, sentence.rate, sentence.volume) == ('it', 150, 0.5)
    talk.voice.finish()
    talk.say('one', language='en-GB')
    assert talk.voice.sentences.get(timeout=LIMIT).language == 'en-GB'


def test_a_broken_voice_is_replaced_for_good(talk):
    talk.voice.broken = True
    talk.say('one')
    assert talk.report() == 'one started: held'
    assert talk.spare.sentences.get(timeout=LIMIT).text == 'one'
    assert (talk.mouth.fault, talk.mouth.voice, talk.voice.closed) == (
        'the cable is out', talk.spare, 1)
    talk.spare.finish()
    talk.say('two')
    assert talk.spare.sentences.get(timeout=LIMIT).text == 'two'


def test_closing_in_mid_word(talk):
    talk.say('a')
    talk.report(), talk.spoken()
    talk.mouth.close()
    assert talk.report() == 'a dropped: the mouth is closed'
    assert talk.voice.closed == 1
