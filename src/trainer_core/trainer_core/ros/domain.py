"""A ROS domain that nobody else on this machine has, for tests and measurements."""

import fcntl
import os
import tempfile
from pathlib import Path

LAST = 101  # the ports of domains above it may be taken by others


class Claim:
    """The number of a domain, kept for as long as this, or a process that inherits `fd`, lives.

    So neither another test run nor what an interrupted one has left behind is heard.
    """

    def __init__(self) -> None:
        folder = Path(tempfile.gettempdir()) / f'trainer_domains_{os.getuid()}'
        folder.mkdir(exist_ok=True)
        for turn in range(LAST):
            self.number = 1 + (os.getpid() + turn) % LAST
            self.fd = os.open(folder / str(self.number), os.O_RDWR | os.O_CREAT)
            try:
                fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                os.close(self.fd)
        raise RuntimeError(f'all {LAST} ROS domains are taken; see {folder}')

    def give_back(self) -> None:
        """Let others have it, when no process uses it any more."""
        os.close(self.fd)
