"""A slot between a callback and a worker thread."""

from threading import Condition
from typing import Generic, TypeVar

T = TypeVar('T')


class Latest(Generic[T]):
    """Keeps only the newest item, so that slow work never queues.

    The callback puts, the worker takes; `dropped` counts the items nobody took.
    """

    def __init__(self) -> None:
        self._changed, self._closed = Condition(), False
        self._item: T | None = None
        self.dropped = 0

    def put(self, item: T) -> None:
        with self._changed:
            self.dropped += self._item is not None
            self._item = item
            self._changed.notify()

    def take(self) -> T | None:
        """The newest item, as soon as there is one; None once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or self._closed)
            item, self._item = self._item, None
            return None if self._closed else item

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
