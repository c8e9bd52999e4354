"""The console scripts of nodes."""

import os
import signal
from collections.abc import Callable
from importlib import import_module


def node(module: str) -> Callable[[], None]:
    """A console script that runs the main() of a module; Ctrl-C while it loads ends it quietly.

    Python's own answer is a traceback from wherever it is, or an import that fails half-way.
    """
    def main() -> None:
        signal.signal(signal.SIGINT, lambda *_: os._exit(0))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])  # see trainer/leashed.py
        loaded = import_module(module)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        loaded.main()
    return main
