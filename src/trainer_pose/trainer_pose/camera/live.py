"""Cameras and streams: the newest picture, and back again after they were gone."""

import logging
from collections.abc import Callable
from threading import Condition, Thread
from time import monotonic, time_ns
from typing import Any, Protocol

from trainer_pose.camera.frames import Frame, Source, Unavailable

RETRY = 2.0    # s between attempts to open
SILENCE = 3.0  # s without a picture after which it is said
FAILURES = 3   # reads in a row that fail before the device is opened anew

_log = logging.getLogger(__name__)


class Capture(Protocol):
    """What is needed of cv2.VideoCapture."""

    def grab(self) -> bool: ...

    def retrieve(self) -> tuple[bool, Any]: ...

    def release(self) -> None: ...


class Live(Source):
    """The newest picture of a camera or stream, stamped when it was grabbed.

    It is opened and read in a thread, because both can block for seconds; when it fails it is
    opened again every `retry` seconds, for as long as it takes, and `fault` says so.
    """

    live = True

    def __init__(
        self, name: str, connect: Callable[[], Capture], lost: Callable[[], str],
        clock: Callable[[], int] = time_ns, retry: float = RETRY,
    ):
        """connect: opens it, or raises Unavailable. lost: the sentence when it stops sending."""
        self.description = self._name = name
        self._connect, self._lost, self._clock, self._pause_between = connect, lost, clock, retry
        self._changed = Condition()
        self._newest: Frame | None = None
        self._closed = self._paused = False
        self._trouble, self._seen = '', monotonic()
        self._reader = Thread(target=self._read, name=f'camera {name}', daemon=True)
        self._reader.start()

    @property
    def fault(self) -> str:  # type: ignore[override]
        silent = monotonic() - self._seen
        if self._trouble or self._paused or silent < SILENCE:
            return self._trouble
        return f'{self._name} has sent no picture for {silent:.0f} s; check its cable or network'

    def __next__(self) -> Frame:
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._closed)
            frame, self._newest = self._newest, None
        if frame is None:
            raise StopIteration
        return frame

    def pause(self, paused: bool) -> None:
        with self._changed:
            self._paused, self._newest, self._seen = paused, None, monotonic()

    def close(self) -> None:
        with self._changed:
            self._closed, self._newest = True, None
            self._changed.notify_all()
        self._reader.join(timeout=1.0)  # one that hangs in its driver is left behind

    def _read(self) -> None:
        while not self._closed:
            try:
                capture = self._connect()
                try:
                    self._read_from(capture)
                finally:
                    capture.release()
                if not self._closed:
                    self._fail(self._lost())
            except Unavailable as error:
                self._fail(str(error))
            except Exception as error:  # a driver may raise anything; it gets its next chance
                self._fail(f'{self._name} failed: {" ".join(str(error).split())}')
            with self._changed:
                self._changed.wait_for(lambda: self._closed, self._pause_between)

    def _read_from(self, capture: Capture) -> None:
        failures = 0
        while not self._closed and failures < FAILURES:
            grabbed = capture.grab()
            stamp = self._clock()
            if grabbed and self._paused:
                failures = 0
                continue
            image: Any = None
            if grabbed:
                _, image = capture.retrieve()
            if image is None:
                failures += 1
                continue
            failures = 0
            if self._trouble or not self.width:
                self._begin(*image.shape[1::-1])
            with self._changed:
                if not self._paused and not self._closed:
                    self.dropped += self._newest is not None
                    self._newest, self._seen = Frame(stamp, image), monotonic()
                    self._changed.notify_all()

    def _begin(self, width: int, height: int) -> None:
        self._trouble, self.width, self.height = '', width, height
        self.description = f'{self._name}, {width}x{height}'
        _log.info('%s sends', self.description)

    def _fail(self, sentence: str) -> None:
        if not self._trouble:  # once, however often it is tried again
            _log.error('%s', sentence)
        self._trouble = sentence
