"""The one main() of every node."""

import gc
import logging
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.impl.rcutils_logger import RcutilsLogger
from rclpy.node import Node

from trainer_core.errors import UserError
from trainer_core.ros.transport import make_room

_PATIENCE = 2.5  # s for what is to be done at the end, which takes 0.05


def run(make_node: Callable[[], Node], args: list[str] | None = None) -> None:
    """Spin a node until SIGINT, SIGTERM or rclpy.shutdown; then exit 0 without a traceback.

    A UserError is logged in one line and ends the process with exit code 2. What hangs at the end
    is ended by SIGALRM.
    """
    make_room()
    sys.unraisablehook = _unraisable
    # One line for users, who need not see from which of the code. Not by a logger of rclpy: what is
    # interrupted may hold its locks.
    warnings.formatwarning = lambda message, *_, **__: f'[WARN] {message}\n'
    warnings.filterwarnings('ignore', 'Failed to fini')  # of a node that was never whole
    try:
        rclpy.init(args=args)
        try:
            _spin(make_node)
        except UserError as error:
            rclpy.logging.get_logger('trainer').fatal(str(error))
            sys.exit(2)
        except Exception as error:
            # After a signal nothing works any more, be it making a node or waiting.
            if rclpy.ok() and not _interrupted(error):
                raise
        finally:
            _deaf()
            # It destroys a node that was left half made, which has not all that it would end, or
            # a thread that has not been started.
            with suppress(AttributeError, RuntimeError):
                rclpy.try_shutdown()  # `with rclpy.init()` does the same, but not in Jazzy
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        _deaf()
        gc.freeze()  # what is left goes with the process; to collect it takes ten times as long


def _spin(make_node: Callable[[], Node]) -> None:
    # What the pure code logs while the node is made is not lost either.
    handler = _ToNode(rclpy.logging.get_logger('trainer'))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    node = make_node()
    handler.logger = node.get_logger()
    try:
        rclpy.spin(node)
    finally:
        _deaf()
        node.destroy_node()


def _deaf() -> None:
    """Ending is under way: the terminal sends one SIGINT and ros2 launch another.

    Fast DDS waits up to 5 s for a lock in shared memory that a killed process has left closed, in
    calls that let no Python run meanwhile: only an alarm of the system gets through.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not any(signal.getitimer(signal.ITIMER_REAL)):
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE)


def _unraisable(what: Any) -> None:
    """What rclpy has half made when a signal comes lacks something as it goes: no news.

    rclpy is not asked whether it is ending: what is interrupted may hold the lock for that.
    """
    half_made = isinstance(what.exc_value, AttributeError) and str(
        getattr(what.object, '__module__', '')).startswith('rclpy.')
    if not half_made:
        sys.__unraisablehook__(what)


def _interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind it: rclpy turns one that strikes in a conversion into TypeError."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


class _ToNode(logging.Handler):
    """Hands what the pure code logs to the node's logger, so that it is seen in rqt_console."""

    def __init__(self, logger: RcutilsLogger):
        super().__init__()
        self.logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        # rclpy refuses a second severity from the same line.
        if record.levelno >= logging.ERROR:
            self.logger.error(text)
        elif record.levelno >= logging.WARNING:
            self.logger.warning(text)
        else:
            self.logger.info(text)
