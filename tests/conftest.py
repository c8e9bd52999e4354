"""A whole trainer as a program, in a domain of its own, that leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TypeVar

import psutil
import pytest

from trainer.starter import leash
from trainer_core.ros.domain import Claim
from trainer_core.ros.stage import patient

SQUATS = Path(__file__).with_name('data') / 'three_squats.yaml'
UP = 60.0  # s for a busy machine to bring everything up
TRIES = 3
STILL = 1.0  # s that a core may stand still: what a camera sees meanwhile is lost
T = TypeVar('T')


class Program:
    """`./trainer ARGUMENTS`, without the shell in front of it; it ends when the tests are ended."""

    def __init__(self, arguments: list[str], domain: Claim, home: Path):
        self.process = subprocess.Popen(
            [*leash(), sys.executable, '-m', 'trainer.cli', *arguments], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
            pass_fds=[domain.fd],
            env={**os.environ, 'ROS_DOMAIN_ID': str(domain.number), 'PYTHONUNBUFFERED': '1',
                 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST', 'ROS_PYTHON_CHECK_FIELDS': '1',
                 # A set that another test has left behind is not gone on with.
                 'XDG_STATE_HOME': str(home), 'TRAINER_DATA': str(home)})
        self.out: list[str] = []
        self.err: list[str] = []
        self.seen: set[psutil.Process] = set()
        self._readers = [
            Thread(target=self._read, args=args, daemon=True)
            for args in ((self.process.stdout, self.out), (self.process.stderr, self.err))]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, lines: list[str]) -> None:
        for line in stream:
            lines.append(line.rstrip('\n'))

    def nodes(self) -> dict[str, psutil.Process]:
        """Its nodes by name, as they are now."""
        found = {}
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                self.seen.add(child)
                with suppress(psutil.NoSuchProcess):  # one that has ended hides no other
                    for word in child.cmdline():
                        if word.startswith('__node:='):
                            found[word.removeprefix('__node:=')] = child
        return found

    def until(self, condition: Callable[[], object], limit: float = UP) -> bool:
        """Whether condition becomes true within limit (s), while the program runs."""
        _until(lambda: condition() or self.process.poll() is not None, patient(limit))
        return bool(condition())

    def says(self, text: str, limit: float = UP) -> bool:
        """Whether a line with text comes within limit (s), on stdout or stderr."""
        return self.until(lambda: any(text in line for line in self.out + self.err), limit)

    def end(self, number: int) -> int:
        """Send a signal; the exit code, which must come within three seconds."""
        self.nodes()
        self.process.send_signal(number)
        return self.wait(3.0)

    def wait(self, limit: float) -> int:
        """The exit code, which must come within limit (s)."""
        code = self.process.wait(patient(limit))
        for reader in self._readers:
            reader.join(3.0)
        return code

    def json(self) -> dict:
        """The document on stdout."""
        return json.loads('\n'.join(self.out))

    def left_over(self) -> list[psutil.Process]:
        """Processes of it that are still there, after some time to go."""
        _until(lambda: not any(map(_lives, self.seen)), patient(3.0))
        return [process for process in self.seen if _lives(process)]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def steadily() -> Callable[[Callable[[int], T]], T]:
    """For tests that a machine which stands still would spoil."""
    return _steadily


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who may try three times may take three times as long."""
    for item in items:
        if 'steadily' in getattr(item, 'fixturenames', ()):
            limit = float(item.config.getini('timeout'))
            item.add_marker(pytest.mark.timeout(TRIES * limit))


def _steadily(run: Callable[[int], T], tries: int = TRIES) -> T:
    """What run(0) returns; another try, of the number it gets, when a core stood still meanwhile.

    That happens where others use the machine, too; it is measured by a thread on every core.
    """
    for number in range(tries):
        over, longest = Event(), [0.0]
        watches = [Thread(target=_watch, args=(core, over, longest), daemon=True)
                   for core in os.sched_getaffinity(0)]
        for watch in watches:
            watch.start()
        try:
            result = run(number)
        finally:
            over.set()
            for watch in watches:
                watch.join()
        if longest[0] < STILL:
            break
    return result


def _watch(core: int, over: Event, longest: list[float]) -> None:
    os.sched_setaffinity(0, {core})  # of this thread only
    last = monotonic()
    while not over.wait(0.05):
        now = monotonic()
        longest[0], last = max(longest[0], now - last), now


def _until(condition: Callable[[], object], limit: float) -> bool:
    end, tick = monotonic() + limit, Event()
    while not condition():
        if monotonic() > end:
            return False
        tick.wait(0.02)
    return True


@pytest.fixture
def trainer(tmp_path) -> Iterator[Callable[..., Program]]:
    """Starts trainers; they are ended with the test, in whatever state they are."""
    programs: list[Program] = []
    # Neither the test before nor somebody else's tests on this machine are heard.
    domain = Claim()
    namespace = f'test_{os.getpid()}'

    def start(*arguments: object) -> Program:
        if arguments[0] in ('run', 'record') and '--namespace' not in arguments:
            arguments = (*arguments, '--namespace', namespace)
        programs.append(Program([str(a) for a in arguments], domain, tmp_path))
        return programs[-1]
    start.domain, start.namespace = domain.number, namespace  # type: ignore[attr-defined]
    yield start
    for program in programs:
        program.nodes()
        if program.process.poll() is None:
            program.process.kill()
            program.process.wait(3.0)
        for process in program.left_over():
            process.send_signal(signal.SIGKILL)
    domain.give_back()


@pytest.fixture
def squats() -> tuple[str, ...]:
    """Arguments for three squats, 14 s long, drawn with so little work that none is missed."""
    return ('--source', f'athlete:{SQUATS}', '--width', '320', '--height', '240', '--rate', '15',
            '--exercise', 'squat')
