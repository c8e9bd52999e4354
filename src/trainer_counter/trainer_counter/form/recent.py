"""What was seen in the last seconds, for judging what turns out later to have been a repetition."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from trainer_core.clock import SECOND, Timeline

MEMORY = 30.0    # s that are kept

Seen = TypeVar('Seen')


class Recent(Generic[Seen]):
    """Stamped images of the last 30 s; time that goes back forgets them all."""

    def __init__(self, before: Iterable[tuple[int, Seen]] = ()):
        """before: stamps (ns) and images, oldest first."""
        self._frames: deque[tuple[int, Seen]] = deque()
        self._timeline = Timeline()
        for stamp, seen in before:
            self.add(stamp, seen)

    def __iter__(self) -> Iterator[tuple[int, Seen]]:
        return iter(self._frames)

    def add(self, stamp: int, seen: Seen | None) -> bool:
        """Take the next image, None: nothing was seen. Whether time went back."""
        back = self._timeline.jumped(stamp)
        if back:
            self._frames.clear()
        if seen is not None:
            self._frames.append((stamp, seen))
        while self._frames and stamp - self._frames[0][0] > MEMORY * SECOND:
            self._frames.popleft()
        return back
