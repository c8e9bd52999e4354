"""Runs the programs of the set-up: output to a log, ended when we are, failures explained."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from trainer_core.errors import UserError

_LOOK = 0.25  # s between looks at the log
_PATIENCE = 5  # s for a program to end when it is asked to
_TAIL = 15    # lines of a log that are shown when a program has failed

# What programs write when the fault is not theirs, and what to say then.
_CAUSES: tuple[tuple[tuple[str, ...], str], ...] = (
    (('No space left on device', 'Errno 28', 'Disk quota exceeded'),
     'the disk is full: {free} free at {place}, set-up needs about {need}; '
     'make room and run again'),
    (('Read-only file system', 'Errno 30'),
     '{place} cannot be written to; put the repository where you may write'),
    (('Temporary failure in name resolution', 'Name or service not known', 'NewConnectionError',
      'Network is unreachable', 'Failed to establish a new connection', 'ConnectTimeout',
      'Read timed out', 'Connection refused', 'Temporary failure resolving', 'ProxyError',
      'Could not resolve', 'RemoteDisconnected', 'Connection reset'),
     'no network: the package registry cannot be reached; connect and run again'),
)
NEED = 3 * 10**9  # bytes: the virtual environment, the workspace, and pip while it works


class Failed(UserError):
    """A program of the set-up ended with an error."""


def free(place: Path) -> int:
    """Free bytes where `place` is or would be."""
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def size(count: float) -> str:
    """
    >>> size(3e9), size(2.5e8), size(100)
    ('3.0 GB', '250 MB', '0 MB')
    """
    return f'{count / 1e9:.1f} GB' if count >= 1e9 else f'{count / 1e6:.0f} MB'


def cause(log: str, place: Path) -> str:
    """What a log says went wrong outside the program, as a sentence; '' when it does not say."""
    for marks, sentence in _CAUSES:
        if any(mark in log for mark in marks):
            return sentence.format(place=place, free=size(free(place)), need=size(NEED))
    return ''


def run(
    command: Sequence[str | Path], log: Path, show: Callable[[str], None],
    env: Mapping[str, str] | None = None, cwd: Path | None = None,
    keep_open: Sequence[int] = (), patient: bool = False,
) -> None:
    """Run a program to its end; raises Failed with the reason and the log's name.

    show: gets what the program wrote last. keep_open: file descriptors that it inherits, so that
    the lock is held for as long as any part of the set-up lives. patient: on Ctrl-C wait for it
    to end by itself, for what must not be torn apart.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open('wb') as out:
        # A session of its own, so that Ctrl-C comes to us first and not to all at once.
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, env=None if env is None else dict(env),
            cwd=cwd, pass_fds=tuple(keep_open), start_new_session=True)
    try:
        while True:
            try:
                code = process.wait(_LOOK)
                break
            except subprocess.TimeoutExpired:
                show(last_line(log))
    except BaseException:
        if patient:
            process.wait()
        else:
            end(process)
        raise
    if code:
        text = log.read_text('utf-8', 'replace')
        name = str(command[2]) if list(command[1:2]) == ['-m'] else Path(str(command[0])).name
        why = cause(text, log.parent) or '\n'.join(
            [*text.splitlines()[-_TAIL:], f'{name} failed (exit code {code})'])
        raise Failed(f'{why} (log: {log})')


def end(process: 'subprocess.Popen[Any]') -> None:
    """End a program and all it started: asked first, killed when it does not listen."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, number)
            process.wait(_PATIENCE)
    process.wait()


def last_line(log: Path) -> str:
    """The last line that has something in it, without what goes past a terminal's width."""
    with log.open('rb') as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 2000))
        lines = file.read().decode('utf-8', 'replace').split('\n')
    return next((line.strip() for line in reversed(lines) if line.strip()), '')
