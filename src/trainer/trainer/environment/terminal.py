"""Tells people what the set-up does, on stderr: stdout belongs to the command."""

import sys
from contextlib import suppress
from shutil import get_terminal_size
from time import monotonic


def tell(line: str) -> None:
    """One line; silently nothing when nobody can read it."""
    with suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """
    >>> duration(0.24), duration(42.4), duration(200)
    ('0.2 s', '42 s', '3 min 20 s')
    """
    if seconds < 10:
        return f'{seconds:.1f} s'
    if seconds < 99.5:
        return f'{seconds:.0f} s'
    minutes, rest = divmod(round(seconds), 60)
    return f'{minutes} min {rest} s'


class StepLine:
    """The line of a step: it moves on a terminal, and is written at start and end elsewhere."""

    def __init__(self, number: int, count: int, title: str):
        self._head = f'[{number}/{count}] {title}'
        self._began = monotonic()
        self._live = sys.stderr.isatty()
        if not self._live:
            tell(f'{self._head} ...')

    def show(self, detail: str) -> None:
        """What it is at; for a terminal only."""
        if self._live:
            text = f'{self._head}  {duration(monotonic() - self._began)}  {detail}'
            sys.stderr.write(f'\r\x1b[K{text[:get_terminal_size().columns - 1]}')
            sys.stderr.flush()

    def done(self, note: str = '') -> None:
        start = '\r\x1b[K' if self._live else ''
        took = duration(monotonic() - self._began)
        tell(f'{start}{self._head}: {note + ", " if note else ""}{took}')

    def left(self) -> None:
        """The step did not end; go to a new line."""
        if self._live:
            tell('')
