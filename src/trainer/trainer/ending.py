"""How commands end on Ctrl-C, SIGTERM and a closed terminal: within three seconds, and quietly."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

HANGS = 10  # s after which an end that should take three is none; the system ends it then


class Ending(Exception):
    """Somebody wants the program to end: Ctrl-C, SIGTERM, or a closed terminal."""


class EndingSignals:
    """Turns SIGINT, SIGTERM and SIGHUP into one Ending, raised in the main thread.

    Those that come later are ignored: whoever is in a hurry presses Ctrl-C twice, and ending in
    good order takes no more than three seconds. One that came before, while they were blocked,
    counts as well.
    """

    NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    _held, _came = False, ''

    def __enter__(self) -> 'EndingSignals':
        EndingSignals._came = ''
        self._before = {
            number: signal.signal(number, self._end) for number in self.NUMBERS
            # nohup wants it ignored
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN}
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self.NUMBERS)
        return self

    def __exit__(self, *_: object) -> None:
        if not self._came:  # else the interpreter is not to stumble over another one at its end
            for number, handler in self._before.items():
                signal.signal(number, handler)

    @classmethod
    @contextmanager
    def held(cls) -> Iterator[None]:
        """Raise Ending at the end of the block: imports of C code are not to be torn apart."""
        cls._held, before = True, cls._came
        try:
            yield
        finally:
            cls._held = False
            if cls._came != before:
                raise Ending(cls._came)

    @classmethod
    def _end(cls, number: int, _frame: object) -> None:
        for other in cls.NUMBERS:
            signal.signal(other, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(HANGS)  # middlewares have been seen to wait for ever when they are shut down
        cls._came = signal.Signals(number).name
        if not cls._held:
            raise Ending(cls._came)
