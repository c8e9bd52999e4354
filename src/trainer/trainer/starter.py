"""Starts nodes where there is no `ros2 launch`: own processes, restarted when they die."""

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic

USER_ERROR = 2  # exit code of a node whose fault a restart cannot cure
DELAYS = (0.1, 1.0, 2.0, 5.0, 10.0, 30.0)  # s before each restart of a node that keeps dying
STEADY = 15.0  # s that a node must live for its next death to be a first one again
PATIENCE = 2.0  # s between asking a process to end and ending it

_LEASHED = Path(__file__).with_name('leashed.py')


def leash() -> list[str]:
    """What to put in front of a command so that it ends when this program does, however it goes."""
    return [sys.executable, '-I', '-S', str(_LEASHED), str(os.getpid())]


@dataclass(frozen=True)
class Command:
    """A process that is to run."""

    name: str
    arguments: Sequence[str]
    restart: bool = True  # False: it is done when it exits with 0


class Process:
    """One command, kept running by a thread of its own until it is done or told to end."""

    def __init__(
        self, command: Command, say: Callable[[str, str], None], environment: Mapping[str, str],
    ):
        self.command, self._say, self._environment = command, say, environment
        self.pid = self.restarts = 0
        self.exit_code: int | None = None  # of the last end; None while it never ended
        self.words: deque[str] = deque(maxlen=20)  # its last lines
        self.finished = Event()  # ended for good
        self._process: subprocess.Popen | None = None
        self._lock, self._ending = Lock(), Event()
        # The process gets its signal when this thread ends, not only when the program does: so the
        # thread that starts it is the one that waits for it.
        self._thread = Thread(target=self._keep, name=command.name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Running now."""
        process = self._process
        return process is not None and process.poll() is None

    def signal(self, number: int) -> None:
        """Send a signal to the process, if it runs; it is not started again afterwards."""
        with self._lock:
            self._ending.set()
            if self.alive:
                self._process.send_signal(number)  # type: ignore[union-attr]

    def kill(self) -> None:
        """End it and all that it started, at once."""
        with self._lock:
            self._ending.set()
            if self.alive:
                _kill_group(self.pid)

    def wait(self, timeout: float) -> bool:
        """Whether it has ended for good within timeout (s)."""
        return self.finished.wait(timeout)

    def _keep(self) -> None:
        deaths = 0
        while not self._ending.is_set():
            born = monotonic()
            code = self.exit_code = self._run()
            if self._ending.is_set() or code == USER_ERROR or (
                    code == 0 and not self.command.restart):
                break
            deaths = deaths + 1 if monotonic() - born < STEADY else 1
            delay = DELAYS[min(deaths, len(DELAYS)) - 1]
            self._say(self.command.name, f'{_how(code)}, restarting in {delay:g} s')
            self.restarts += 1
            self._ending.wait(delay)
        self.finished.set()

    def _run(self) -> int:
        with self._lock:
            if self._ending.is_set():
                return 0
            process = subprocess.Popen(
                [*leash(), *self.command.arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, errors='replace', env=self._environment,
                start_new_session=True)  # a Ctrl-C in the terminal is passed on by us, once
            self._process, self.pid = process, process.pid
        Thread(target=self._listen, args=(process.stdout,), daemon=True).start()
        code = process.wait()
        _kill_group(process.pid)
        return code

    def _listen(self, lines) -> None:
        with suppress(ValueError, OSError), lines:
            for line in lines:
                self.words.append(line.rstrip('\n'))
                self._say(self.command.name, line.rstrip('\n'))


class Starter:
    """Several processes that live and end together.

    Use it as a context manager: however the block is left, nothing that it started is left over.
    """

    def __init__(self, commands: Sequence[Command], environment: dict[str, str] | None = None,
                 say: Callable[[str, str], None] | None = None, later: Collection[str] = ()):
        """say: gets the name and one line whenever a process has written or changed.

        later: names of those that wait for `start`.
        """
        width = max((len(command.name) for command in commands), default=0)
        self._commands, self._later = list(commands), later
        self._environment = {**os.environ, 'PYTHONUNBUFFERED': '1', **(environment or {})}
        self._say = say or (lambda name, line: _write(f'{name:<{width}} | {line}\n'))
        self.processes: dict[str, Process] = {}
        self._asked = 0.0

    def __enter__(self) -> 'Starter':
        for command in self._commands:
            if command.name not in self._later:
                self._run(command)
        return self

    def start(self) -> None:
        """Start those that were to be started later; once."""
        for command in self._commands:
            if command.name not in self.processes:
                self._run(command)

    def _run(self, command: Command) -> None:
        self.processes[command.name] = Process(command, self._say, self._environment)

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def failed(self) -> Process | None:
        """A process that met an error which a restart cannot cure."""
        return next((p for p in self.processes.values()
                     if p.finished.is_set() and p.exit_code == USER_ERROR), None)

    def ask(self) -> None:
        """Ask all to end; `stop` waits for them."""
        self._asked = monotonic()
        for process in self.processes.values():
            process.signal(signal.SIGTERM)  # SIGINT ends with a traceback while Python still loads

    def stop(self) -> None:
        """Wait until all have ended, and end those that have not PATIENCE s after being asked."""
        if not self._asked:
            self.ask()
        for process in self.processes.values():
            if not process.wait(max(0.0, self._asked + PATIENCE - monotonic())):
                self._say(process.command.name, 'does not end when asked to; ended')
                process.kill()
        for process in self.processes.values():
            process.wait(0.5)


def _write(text: str) -> None:
    with suppress(OSError, ValueError):  # the terminal may be gone
        sys.stderr.write(text)
        sys.stderr.flush()


def _how(code: int) -> str:
    if code < 0:
        with suppress(ValueError):
            return f'was ended by {signal.Signals(-code).name}'
    return f'ended with exit code {code}'


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
