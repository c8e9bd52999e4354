"""The queue and a voice, joined by one thread."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from threading import Condition, Event, Thread

from trainer_voice.mouth.queue import Dropped, SpeechQueue, Utterance
from trainer_voice.mouth.synthesis import Sentence, VoiceError
from trainer_voice.mouth.voices import Voice

logger = logging.getLogger(__name__)


class State(IntEnum):
    """As in trainer_msgs/SpeechStatus."""

    STARTED = 0
    FINISHED = 1
    DROPPED = 2


@dataclass(frozen=True)
class Status:
    """What became of an utterance, at stamp (ns)."""

    utterance: Utterance
    state: State
    reason: str  # why it was dropped, or how it was spoken
    stamp: int


class Mouth:
    """Speaks what it is given, one after the other, and reports what became of each.

    Every utterance is reported either as dropped, or as started and then finished or dropped
    (interrupted). Reports come from the caller's thread or from the mouth's own.
    """

    def __init__(
        self, voice: Voice, fallback: Voice, report: Callable[[Status], None],
        now: Callable[[], int], language: str = 'en', rate: int = 170, volume: float = 1.0,
    ):
        """fallback: takes over for good when the voice breaks. now: clock of the stamps, ns."""
        self.voice, self.fallback = voice, fallback
        self.language, self.rate, self.volume = language, rate, volume
        self.enabled = True
        self.fault = ''  # why the fallback speaks
        self._report, self._now = report, now
        self._changed, self._queue, self._closed = Condition(), SpeechQueue(), False
        self._stop, self._why = Event(), ''
        self._thread = Thread(target=self._work, name='mouth', daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many utterances wait for their turn."""
        return len(self._queue)

    def say(self, utterance: Utterance) -> None:
        """Speak it when its turn comes, or report at once why not."""
        with self._changed:
            if not self.enabled:
                dropped = [Dropped(utterance, 'the mouth is disabled')]
            else:
                dropped = self._queue.put(utterance, self._now())
                if not any(d.utterance is utterance for d in dropped):
                    if self._queue.interrupts(utterance):
                        self._interrupt(f'interrupted by {utterance.id or utterance.text}')
                    self._changed.notify()
        self._report_dropped(dropped)

    def hush(self, reason: str) -> None:
        """Stop in mid-word and forget what waits."""
        with self._changed:
            dropped = self._queue.clear(reason)
            self._interrupt(reason)
        self._report_dropped(dropped)

    def enable(self, wanted: bool) -> None:
        """False: hush, and drop all that comes."""
        self.enabled = wanted
        if not wanted:
            self.hush('the mouth is disabled')

    def close(self) -> None:
        """Stop in mid-word and end the thread."""
        with self._changed:
            self._closed = True
            self._interrupt('the mouth is closed')
            self._changed.notify()
        self._thread.join(timeout=2.0)
        self.voice.close()
        self.fallback.close()

    def _interrupt(self, reason: str) -> None:
        if self._queue.speaking is not None and not self._stop.is_set():
            self._why = reason
            self._stop.set()

    def _work(self) -> None:
        while (utterance := self._next()) is not None:
            self._speak(utterance)

    def _next(self) -> Utterance | None:
        while True:
            with self._changed:
                self._queue.speaking = None
                self._changed.wait_for(lambda: len(self._queue) or self._closed)
                if self._closed:
                    return None
                utterance, dropped = self._queue.take(self._now())
                self._stop.clear()
            self._report_dropped(dropped)
            if utterance is not None:
                return utterance

    def _speak(self, utterance: Utterance) -> None:
        sentence = Sentence(
            utterance.text, utterance.language or self.language, self.rate, self.volume)
        begun: list[bool] = []

        def started() -> None:
            if not begun:  # the fallback starts again what the voice had already begun
                begun.append(True)
                self._tell(utterance, State.STARTED, self.voice.name)

        try:
            said = self.voice.speak(sentence, started, self._stop)
        except VoiceError as error:
            self.fault = str(error)
            logger.error('%s; from now on what would be said is written here', self.fault)
            broken, self.voice = self.voice, self.fallback
            broken.close()
            said = self.voice.speak(sentence, started, self._stop)
        if said:
            self._tell(utterance, State.FINISHED, self.voice.name)
        else:
            self._tell(utterance, State.DROPPED, self._why)

    def _report_dropped(self, dropped: list[Dropped]) -> None:
        for d in dropped:
            self._tell(d.utterance, State.DROPPED, d.reason)

    def _tell(self, utterance: Utterance, state: State, reason: str) -> None:
        self._report(Status(utterance, state, reason, self._now()))
