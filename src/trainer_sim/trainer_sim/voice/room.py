"""A room with noise in it: a named pipe that ears take for a microphone, and who speaks into it."""

import contextlib
import os
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import numpy as np

from trainer_core.errors import UserError
from trainer_sim.voice.speaker import RATE, noise

_BLOCK = 480  # samples, 30 ms
_LOOP = 20.0  # s of noise before it repeats


class Room:
    """Writes noise, and what is said in it, in real time; a context manager.

    The ears are given `microphone:=pipe:PATH`.
    """

    def __init__(self, path: Path, level: float = 30.0):
        """level: RMS of the noise, 16 bit. Raises UserError when the pipe cannot be made."""
        self.path = path
        try:
            if not path.exists():
                os.mkfifo(path, 0o600)
            self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            raise UserError(f'room {path}: {error.strerror}; give another path') from None
        self._noise = noise(round(_LOOP * RATE), level)
        self._queue: list[np.ndarray] = []
        self.ended = 0.0  # monotonic s at which the last word was over
        self._quiet, self._closed = Event(), Event()
        self._quiet.set()
        self._thread = Thread(target=self._write, name='room', daemon=True)
        self._thread.start()

    def __enter__(self) -> 'Room':
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def hear(self, sound: np.ndarray) -> None:
        """sound: (n,) at RATE, is in the room from now on; what is there already goes first."""
        self._quiet.clear()
        self._queue.append(np.asarray(sound, float))

    def quiet(self, timeout: float) -> bool:
        """Wait until all has been said, at most timeout (s)."""
        return self._quiet.wait(timeout)

    def close(self) -> None:
        """Everybody is silent, the pipe is closed."""
        self._closed.set()
        self._thread.join(5.0)
        with contextlib.suppress(OSError):
            os.close(self._pipe)

    def _write(self) -> None:
        begin, written = monotonic(), 0
        current = np.zeros(0)
        while not self._closed.is_set():
            while self._queue and not len(current):
                current = self._queue.pop(0)
            at = written % (len(self._noise) - _BLOCK)
            block = self._noise[at:at + _BLOCK].copy()
            spoken = current[:_BLOCK]
            block[:len(spoken)] += spoken
            current = current[_BLOCK:]
            if len(spoken):
                self.ended = monotonic() + len(spoken) / RATE
            if not len(current) and not self._queue:
                self._quiet.set()
            # Nobody reads, and the pipe is full: what was said is lost, as in any room.
            with contextlib.suppress(BlockingIOError):
                os.write(self._pipe, block.clip(-32768, 32767).astype(np.int16).tobytes())
            written += _BLOCK
            behind = begin + written / RATE - monotonic()
            if behind < -1.0:  # this machine was asleep
                begin, written = monotonic(), 0
            self._closed.wait(max(0.0, behind))
