"""The open set on disk, so that a counter that was killed goes on where it was."""

import json
import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STALE = 10.0  # s after which a set that was left behind is history
_LOG = logging.getLogger(__name__)


class Memory:
    """One small file per counter, written whenever the count changes and removed with the set."""

    def __init__(self, path: Path):
        self.path = path
        self._written: Mapping[str, Any] = {}
        self._at = 0.0

    def keep(self, snapshot: Mapping[str, Any]) -> None:
        """Write it if it is new, or to show once a second that somebody is still at work."""
        if snapshot == self._written and time.monotonic() - self._at < 1.0:
            return
        self._written, self._at = dict(snapshot), time.monotonic()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_suffix('.new')
            draft.write_text(json.dumps({**snapshot, 'pid': os.getpid(), 'time': time.time()}))
            draft.replace(self.path)
        except OSError as error:
            _LOG.warning(
                'the open set cannot be kept in %s (%s): a restart would begin at 0',
                self.path, error.strerror)

    def left_behind(self, exercise: str, method: str) -> dict[str, Any] | None:
        """The set of a counter that died a moment ago, if it was of this exercise and method."""
        try:
            found = json.loads(self.path.read_text())
            fresh = time.time() - found['time'] < STALE and found['pid'] != os.getpid()
            return found if fresh and (found['exercise'], found['method']) == (
                exercise, method) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def forget(self) -> None:
        """The set is over."""
        self._written = {}
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            _LOG.warning('%s cannot be removed (%s)', self.path, error.strerror)
