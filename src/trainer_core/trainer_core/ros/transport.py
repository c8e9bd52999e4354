"""Room for pictures in the shared memory between nodes."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from time import time

# Whoever has set one of these has decided about transports already.
_DECIDED = (
    'FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE',
    'FASTDDS_BUILTIN_TRANSPORTS')
_SHARED_MEMORY = Path('/dev/shm')
_SEGMENT = 'fast*_' + '[0-9a-f]' * 16  # fastdds_, before version 3 fastrtps_
_HOLDS = '_el'  # Fast DDS keeps a file so named locked while the process lives
_YOUNG = 10.0   # s in which a segment may have been made and not been locked yet


def make_room() -> None:
    """Let Fast DDS use fastdds.xml in this process; call before rclpy.init.

    Without it, a best effort subscriber gets 5 to 40 of 100 pictures of 640x480 (measured);
    with it, all. Other middlewares and a user's own settings are left alone.
    """
    if not any(name in os.environ for name in _DECIDED):
        os.environ['FASTDDS_DEFAULT_PROFILES_FILE'] = str(Path(__file__).with_name('fastdds.xml'))
    sweep()


def sweep(folder: Path = _SHARED_MEMORY) -> None:
    """Give back the shared memory of processes that were killed, 36 MB for each node.

    Fast DDS itself never does, so that a node which crashes again and again would fill the memory.
    `fastdds shm clean`, which wheels do not bring, does the same.
    """
    for lock in folder.glob(_SEGMENT + _HOLDS):
        with suppress(OSError), lock.open('rb') as file:  # somebody else's, or just gone
            if time() - lock.stat().st_mtime > _YOUNG:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                lock.with_name(lock.name.removesuffix(_HOLDS)).unlink(missing_ok=True)
                lock.unlink()
