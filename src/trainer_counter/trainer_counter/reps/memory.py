"""The open sets on disk, so that a counter that was killed goes on where it was."""

import json
import logging
import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

STALE = 30.0  # s after which a set left behind is history; a busy machine takes ten to come back
_LOG = logging.getLogger(__name__)


def place(folder: str | Path, namespace: str, domain: int) -> Path:
    """The file of the counter of that ROS namespace and domain."""
    space = re.sub(r'\W+', '_', namespace.strip('/')) or 'root'
    return Path(folder) / f'sets_{domain}_{space}.json'


class Memory:
    """One small file per counter, written whenever a count changes and removed with the sets."""

    def __init__(self, path: Path):
        self.path = path
        self._written: list[dict[str, Any]] = []
        self._at = 0.0
        self._left = self._read()  # now, because the first set that is opened writes the file

    def keep(self, snapshots: Sequence[Mapping[str, Any]]) -> None:
        """Write them if they are new, or to show once a second that somebody is at work.

        Every snapshot has, besides what its set needs, `asked`, the exercise that was asked for,
        `for`, the track that was, and `method`.
        """
        now = [dict(s) for s in snapshots]
        if now == self._written and time.monotonic() - self._at < 1.0:
            return
        if not now:
            self.forget()
            return
        self._written, self._at = now, time.monotonic()
        text = json.dumps({'pid': os.getpid(), 'time': time.time(), 'sets': now})
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_suffix('.new')
            draft.write_text(text)
            draft.replace(self.path)
        except OSError as error:
            _LOG.warning(
                'the open sets cannot be kept in %s (%s): a restart would begin at 0',
                self.path, error.strerror)

    def left_behind(self, exercise: str, method: str, track_id: str = '') -> dict[str, Any] | None:
        """The set of a counter that died a moment ago, asked for in the same way; only once."""
        for left in self._left:
            if (left['asked'], left['method'], left['for']) == (exercise, method, track_id):
                self._left.remove(left)
                return left if time.time() - left['time'] < STALE else None
        return None

    def forget(self) -> None:
        """The sets are over."""
        self._written, self._left = [], []
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            _LOG.warning('%s cannot be removed (%s)', self.path, error.strerror)

    def _read(self) -> list[dict[str, Any]]:
        try:
            found = json.loads(self.path.read_text())
            if found['pid'] == os.getpid():
                return []
            since = float(found['time'])
            return [
                {**left, 'time': since} for left in found['sets']
                if {'asked', 'method', 'for'} <= left.keys()]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return []
