"""Nodes that are there at once: forked from a process that has loaded what they share.

Half of what ten nodes do until they are up is loading rclpy, numpy and the messages, ten times.
This process loads them once, for `./trainer run`, and then becomes a node as often as it is asked
to: it forks, and the child runs the node's own console script, with its own output, session and
command line, as if it had been started by itself. Under ros2 launch, and wherever there is no
nursery, nodes are plain processes; they do not notice the difference.

Forking is safe because nothing of ours and of the middleware has begun before rclpy.init: the only
threads are those of LTTng, which sleep, and are missed by nobody in a child.
"""

import atexit
import ctypes
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from select import select
from time import monotonic
from typing import NoReturn

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15  # see prctl(2)

# What at least two nodes need; what is missing is told by the node that needs it.
_SHARED = (
    'trainer_core.ros.run', 'trainer_core.ros.lifecycle', 'trainer_core.ros.params',
    'trainer_core.ros.diagnostics', 'trainer_core.ros.image', 'trainer_core.database',
    'trainer_counter.convert', 'trainer_counter.exercises', 'trainer_voice.convert',
    'trainer_voice.intents', 'geometry_msgs.msg', 'visualization_msgs.msg', 'std_srvs.srv',
    'rclpy.action', 'rclpy.duration', 'rclpy.event_handler', 'rclpy.qos_overriding_options',
    'rosidl_generator_py',  # by the first publisher of every node
    'importlib.metadata', 'platformdirs', 'asyncio')
_ROOM = 2000  # bytes of our command line that that of a node is written into
_MESSAGE = 1 << 16  # bytes of a request
_STARTED_WITHIN = 10.0  # s from a request until the node's process is there
_LOADED_WITHIN = 30.0   # s from our start until nodes can be asked for


class Child:
    """A process that the nursery has made; what `starter.Process` needs of subprocess.Popen."""

    def __init__(self, status: socket.socket, stdout: int):
        """Raises OSError when no process comes of it."""
        status.settimeout(_STARTED_WITHIN)
        self.stdout = os.fdopen(stdout, 'r', errors='replace')
        self._status = status
        self._code: int | None = None
        try:
            self.pid = int(status.recv(32))
        except ValueError:
            self.stdout.close()
            raise OSError('the nursery has gone') from None
        status.settimeout(None)

    def poll(self) -> int | None:
        """The exit code, once `wait` has got it."""
        return self._code

    def wait(self) -> int:
        """The exit code, as Popen gives it."""
        with self._status:
            # Nothing comes when the nursery was killed; its children go with it.
            code = self._code = int(self._status.recv(32) or -signal.SIGTERM)
        return code

    def send_signal(self, number: int) -> None:
        if self._code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Nursery:
    """The process, from the side of those who want nodes."""

    def __init__(self, leash: Sequence[str], environment: Mapping[str, str]):
        """leash: see `starter.leash`. environment: of every node."""
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._begun, self._ready = monotonic(), False
        with theirs:
            self._process = subprocess.Popen(
                [*leash, sys.executable, '-m', 'trainer.nursery', str(theirs.fileno()),
                 '-' * _ROOM],
                stdin=subprocess.DEVNULL, pass_fds=(theirs.fileno(),), start_new_session=True,
                # Threads of the linear algebra would be there before the fork.
                env={**environment, 'OPENBLAS_NUM_THREADS': '1'})

    def close(self) -> None:
        """End it, with all its children."""
        self._asking.close()
        self._process.kill()  # it has nothing to lose
        self._process.wait()

    def ready(self) -> bool:
        """Wait until all is loaded; whether it can be asked for nodes."""
        if not self._ready:
            self._asking.settimeout(max(0.1, self._begun + _LOADED_WITHIN - monotonic()))
            with suppress(OSError):
                self._ready = self._asking.recv(8) != b''
        return self._ready

    def start(self, arguments: Sequence[str]) -> Child:
        """A process that runs the Python script arguments[0]. Raises OSError when it cannot."""
        status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        stdout, output = os.pipe()
        try:
            with theirs:
                socket.send_fds(self._asking, [json.dumps(list(arguments)).encode()],
                                [output, theirs.fileno()])
        except OSError:
            os.close(stdout)
            raise
        finally:
            os.close(output)
        return Child(status, stdout)


def serve(asking: socket.socket) -> list[str]:
    """Fork on request until nobody can ask any more; returns in every child, with its arguments.

    A status socket gets the child's pid, then its exit code.
    """
    children: dict[int, socket.socket] = {}
    ends, ended = socket.socketpair()
    for end in (ends, ended):
        end.setblocking(False)
    before = signal.set_wakeup_fd(ended.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    asking.send(b'ready')
    while True:
        readable, _, _ = select([asking, ends], [], [])
        if ends in readable:
            ends.recv(_MESSAGE)
            _report(children)
        if asking not in readable:
            continue
        request, fds, _, _ = socket.recv_fds(asking, _MESSAGE, 2)
        if not request:
            sys.exit()
        output, status = fds[0], socket.socket(fileno=fds[1])
        parent, pid = os.getpid(), os.fork()
        if pid:
            os.close(output)
            children[pid] = status
            continue
        signal.set_wakeup_fd(before)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for other in (asking, ends, ended, *children.values()):
            other.close()
        arguments = json.loads(request)
        _stand_alone(arguments, parent, output)
        with status:
            status.send(str(os.getpid()).encode())
        return arguments


def _report(children: dict[int, socket.socket]) -> None:
    """Tell the exit codes of those that have ended."""
    for pid in list(children):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            with suppress(OSError), children.pop(pid) as socket_:
                socket_.send(str(os.waitstatus_to_exitcode(status)).encode())


def _stand_alone(arguments: Sequence[str], parent: int, output: int) -> None:
    """Become what a process of its own would be: session, output, name, end with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends quietly until the node listens itself
    os.setsid()
    for standard in (1, 2):
        os.dup2(output, standard)
    os.close(output)
    sys.argv = list(arguments)
    if sys.platform == 'linux':
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        libc.prctl(PR_SET_NAME, Path(arguments[0]).name.encode())
        with suppress(OSError, ValueError):
            _write_command_line([sys.executable, *arguments])
    if os.getppid() != parent:
        os._exit(1)


def _write_command_line(words: Sequence[str]) -> None:
    """Over ours, where the kernel reads it for ps, pgrep and `./trainer top`; see proc(5)."""
    fields = Path('/proc/self/stat').read_text().rpartition(')')[2].split()
    start, end = int(fields[45]), int(fields[46])  # fields 48 and 49
    if not 0 < end - start < 2 * (_ROOM + 4096):
        raise ValueError('not where it should be')
    text = '\0'.join(words).encode()[:end - start - 1]
    ctypes.memmove(start, text.ljust(end - start, b'\0'), end - start)


def live(arguments: list[str]) -> NoReturn:
    """Run the script to its end, as Python would, but for the end of the C libraries.

    They would end threads that stayed behind at the fork, and LTTng's crashes over it; see also
    how multiprocessing ends its children.
    """
    sys.argv, code = arguments, 0
    try:
        runpy.run_path(arguments[0], run_name='__main__')
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == '__main__':
    warnings.filterwarnings('ignore', 'This process .* is multi-threaded', DeprecationWarning)
    for name in _SHARED:
        with suppress(ImportError):
            import_module(name)
    live(serve(socket.socket(fileno=int(sys.argv[1]))))
