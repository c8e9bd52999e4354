"""What the page shows, always the newest of each: the meeting point of the trainer and its pages.

Nothing is ever queued for a page. Each thing that is shown has a key; whoever has news posts it
under that key, and a page takes, when it is ready for more, whatever is newer than what it has.
A slow page thus misses what came in between, and a page that has just opened takes all keys.
"""

import json
import math
from dataclasses import dataclass, field
from typing import Any

PICTURE = 'picture'
WINDOW = 2  # pictures that may be under way to a page: sent, but not said to be drawn


@dataclass(frozen=True)
class News:
    """The newest of one key."""

    version: int
    data: bytes | str  # as it goes over the wire: pictures as bytes, all else as JSON
    stamp: int = 0     # ns, of a picture


@dataclass
class Board:
    """The newest of every key."""

    news: dict[str, News] = field(default_factory=dict)
    _version: int = 0

    def post(self, key: str, data: bytes | str, stamp: int = 0) -> None:
        """data is encoded: once, for however many pages there are."""
        self._version += 1
        self.news[key] = News(self._version, data, stamp)


@dataclass(eq=False)
class Reader:
    """What one page has had, and how many pictures are under way to it."""

    board: Board
    seen: dict[str, int] = field(default_factory=dict)
    under_way: list[int] = field(default_factory=list)  # stamps of pictures

    @property
    def open_for_pictures(self) -> bool:
        return len(self.under_way) < WINDOW

    def take(self) -> News | None:
        """The next thing to send; None when the page has all, or is not ready for the picture."""
        for key, news in self.board.news.items():
            if self.seen.get(key, 0) >= news.version:
                continue
            if key == PICTURE:
                if not self.open_for_pictures:
                    continue
                self.under_way.append(news.stamp)
            self.seen[key] = news.version
            return news
        return None

    def drawn(self, stamp: int) -> bool:
        """The page has the picture of that stamp behind it; False when none such was sent."""
        if stamp not in self.under_way:
            return False
        # Pages draw in order: what was sent before that one is behind it, too.
        del self.under_way[:self.under_way.index(stamp) + 1]
        return True


def frame(jpeg: bytes, stamp: int) -> bytes:
    """A picture as it goes over the wire: the stamp (ns) as 8 bytes, little end first, and JPEG."""
    return stamp.to_bytes(8, 'little') + jpeg


def encode(key: str, value: Any) -> str:
    """Anything else as it goes over the wire; NaN and infinity become null."""
    return json.dumps(
        {'key': key, 'value': _finite(value)}, ensure_ascii=False, separators=(',', ':'))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value
