"""Plays something recorded: reads ahead, keeps its pace, leaves out what comes too late."""

from collections import deque
from contextlib import closing
from threading import Condition, Thread
from time import clock_gettime, monotonic_ns, pthread_getcpuclockid

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_pose.camera.frames import Clip, Frame, Source

AHEAD = 4         # pictures decoded in advance: evens out key frames, 25 MB at 1920x1080
MOST_SKIPPED = 4  # of five pictures in a row, however late, one is shown
PATIENCE = 10.0   # s that may pass before the first picture without any work on it
IDLE = 0.01       # s of a core; less in PATIENCE s is no work, even where everything is slow


class Playback(Source):
    """Frames of a clip, stamped from 0 on by its own clock.

    speed 'real': each comes when it is due; those that are late are left out and counted, so
    that the play never lags behind. speed 'max': every frame, as fast as it can be read.
    loop: starts again at the end, with stamps that go on.
    """

    def __init__(self, clip: Clip, speed: str = 'real', loop: bool = False):
        """Raises UserError when not even the first picture can be read."""
        if speed not in ('real', 'max'):
            raise UserError(f'speed is {speed!r}; give real or max')
        self.width, self.height, self.fps = clip.width, clip.height, clip.fps
        self.seconds, self.description = clip.seconds, clip.description
        self._clip, self._real, self._loop = clip, speed == 'real', loop
        self._interval = round(SECOND / clip.fps)
        self._changed, self._ahead = Condition(), deque[Frame]()
        self._ended = self._closed = self._paused = False
        self._zero: int | None = None  # monotonic ns at which stamp 0 is due
        self._skipped = 0
        self._error: UserError | None = None
        self._reader = Thread(target=self._read, name='playback', daemon=True)
        self._reader.start()
        begun = self._begun()
        if not self._ahead and (self._error or not begun):
            self.close()
            raise self._error or UserError(
                f'{clip.description} gave no picture for {PATIENCE:.0f} s; check where it is kept')

    def _begun(self) -> bool:
        """Wait for the first picture, for as long as it takes, or the end; False when it hangs."""
        with self._changed:
            while not (self._ahead or self._ended):
                # Of a thread that is there, for it tells its end under this lock.
                clock = pthread_getcpuclockid(self._reader.ident or 0)
                before = clock_gettime(clock)
                if not self._changed.wait_for(
                        lambda: self._ahead or self._ended, PATIENCE) and (
                        clock_gettime(clock) - before < IDLE):
                    return False
        return True

    def __next__(self) -> Frame:
        with self._changed:
            while True:
                self._changed.wait_for(
                    lambda: self._closed or not self._paused and (self._ahead or self._ended))
                if self._closed:
                    raise StopIteration
                if not self._ahead:
                    error, self._error = self._error, None
                    raise error or StopIteration
                if not self._real:
                    return self._take()
                now = monotonic_ns()
                if self._zero is None:
                    self._zero = now - self._ahead[0].stamp
                wait = self._zero + self._ahead[0].stamp - now
                if wait > 0:
                    self._changed.wait(wait / SECOND)
                    continue
                frame = self._take()
                while self._ahead and self._zero + self._ahead[0].stamp <= now:
                    frame = self._take()
                    self.dropped += 1
                return frame

    def pause(self, paused: bool) -> None:
        with self._changed:
            self._paused, self._zero = paused, None
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._ahead.clear()
            self._changed.notify_all()
        self._reader.join(timeout=1.0)

    def _take(self) -> Frame:
        frame = self._ahead.popleft()
        self._changed.notify_all()
        return frame

    def _read(self) -> None:
        try:
            self._read_all()
        except UserError as error:  # for whoever takes the pictures, in the other thread
            self._error = error
        except Exception as error:  # a disk that is gone, memory, OpenCV
            self._error = UserError(
                f'{self.description} cannot be read any further: {" ".join(str(error).split())}')
            self._error.__cause__ = error
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _read_all(self) -> None:
        last: int | None = None
        shift = 0
        again = True
        while again:
            again = False
            with closing(self._clip.shots()) as shots:
                for shot in shots:
                    if last is None:
                        shift = -shot.stamp
                    elif shot.stamp + shift <= last:
                        # A new round, a clock that was set back, or pictures without any time.
                        shift = last + self._interval - shot.stamp
                    last = shot.stamp + shift
                    again = self._loop
                    if self._late(last):
                        continue
                    image = shot.load()
                    if image is not None and not self._put(Frame(last, image)):
                        return

    def _late(self, stamp: int) -> bool:
        """Whether to leave out a frame before it is decoded, which is what costs most."""
        with self._changed:
            behind = 0 if self._zero is None else monotonic_ns() - self._zero - stamp
            if behind <= self._interval or self._skipped == MOST_SKIPPED:
                self._skipped = 0
                return False
            self._skipped += 1
            self.dropped += 1
            return True

    def _put(self, frame: Frame) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: len(self._ahead) < AHEAD or self._closed)
            if not self._closed:
                self._ahead.append(frame)
                self._changed.notify_all()
            return not self._closed
