"""Microphone, utterances and recogniser in one thread: what was heard comes out of a callback."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event, Thread
from time import monotonic

import numpy as np

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_voice.ears.microphone import Microphone, open_microphone
from trainer_voice.ears.recognisers import Context, Recognised, Recogniser
from trainer_voice.ears.segments import LONGEST, Segment, Segments

_RETRY = 2.0        # s between attempts to open a microphone
_INTERRUPTION = 1.5  # s of sound that is looked through at once while the trainer speaks
_ECHO = 0.25        # s that a room goes on sounding after the trainer has spoken
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Utterance:
    """Something that was heard."""

    recognised: Recognised
    end: int        # when the voice ended, ns
    seconds: float  # of voice in it
    delay: float    # s from the end of the voice until it was recognised


class Ears:
    """Listens until it is closed; a microphone that is not there is tried again."""

    def __init__(
        self, microphone: str, recogniser: Recogniser, segments: Segments,
        hear: Callable[[Utterance], None], now: Callable[[], int],
    ):
        """microphone: as `open_microphone` takes it. hear: called from the thread. now: ns."""
        self.recogniser, self._segments = recogniser, segments
        self._name, self._hear, self._now = microphone, hear, now
        self.microphone = ''  # its name while it works
        self.fault = self.last_fault = ''  # one sentence, '' when all is well
        self.rejected = 0     # utterances that were not understood
        self.ended = False    # the file has been heard to its end
        self.context = Context()
        self.enabled = True
        self._own_until = 0.0
        self._closed = Event()
        self._open: Microphone | None = None
        self._thread = Thread(target=self._listen, name='ears', daemon=True)
        self._thread.start()

    @property
    def level(self) -> float:
        """Loudness of the last 30 ms, dB of full scale."""
        return decibels(self._segments.loudness.level)

    @property
    def floor(self) -> float:
        """Loudness of the room, dB of full scale."""
        return decibels(self._segments.loudness.floor)

    @property
    def detector(self) -> str:
        """What tells voices from other sounds."""
        return self._segments.detector

    def attend(self, context: Context) -> None:
        """What is going on has changed; own is set by `speaks`."""
        self.context = replace(context, own=self.context.own)

    def speaks(self, text: str, seconds: float) -> None:
        """The trainer begins to say text, for at most so long; '' when it has finished."""
        if text:
            self.context = replace(self.context, own=text)
            self._own_until = monotonic() + seconds
        else:
            self._own_until = min(self._own_until, monotonic() + _ECHO)

    def close(self) -> None:
        """Stop listening; returns when the thread has ended."""
        self._closed.set()
        microphone = self._open
        if microphone is not None:
            microphone.close()
        self._thread.join(5.0)

    # In the thread.

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                self._open = microphone = open_microphone(self._name)
            except UserError as error:
                self._failed(error)
                continue
            self.microphone, self.fault = microphone.name, ''
            _log.info('listening to %s', microphone.name)
            try:
                self._hear_out(microphone)
            except UserError as error:
                self._failed(error)
            except (ValueError, OSError):  # its pipe was closed while it was read
                if not self._closed.is_set():
                    raise
            finally:
                self.microphone, self._open = '', None
                microphone.close()
            if self.ended:
                return

    def _failed(self, error: UserError) -> None:
        if str(error) != self.fault and not self._closed.is_set():
            self.fault = self.last_fault = str(error)
            _log.warning(self.fault)
        self._closed.wait(_RETRY)

    def _hear_out(self, microphone: Microphone) -> None:
        self.recogniser.prepare(self.context)
        prepared = self.context
        while not self._closed.is_set():
            block = microphone.read()
            if block is None:
                self._understand(self._segments.cut())
                self.ended = not self._closed.is_set()
                return
            if self.context.own and monotonic() > self._own_until:
                self.context = replace(self.context, own='')
                self._segments.cut()  # what the room still sounds of belongs to the trainer
            if not self.enabled:
                self._segments.cut()
                continue
            own = bool(self.context.own)
            self._understand(self._segments.add(block, _INTERRUPTION if own else LONGEST))
            if self.context != prepared and not self._segments.speaking:
                prepared = self.context
                self.recogniser.prepare(prepared)

    def _understand(self, segment: Segment | None) -> None:
        if segment is None:
            return
        end = self._now() - round(segment.trailing * SECOND)
        begin = monotonic() - segment.trailing
        try:
            heard = self.recogniser.recognise(segment.samples, segment.voiced, self.context)
        except UserError as error:
            if str(error) != self.fault:
                self.fault = self.last_fault = str(error)
                _log.warning(self.fault)
            return
        self.fault = ''
        if not heard.text:
            self.rejected += 1
            return
        self._hear(Utterance(heard, end, segment.voiced, monotonic() - begin))


def decibels(level: float) -> float:
    """RMS of 16 bit samples in dB of full scale, at least -96."""
    return max(-96.0, 20 * float(np.log10(max(level, 1e-3) / 32768)))



