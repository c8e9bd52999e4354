"""rosbags' writers, made to last when the disk does not take any more."""

import sqlite3
from collections import defaultdict
from io import BufferedWriter, BytesIO, FileIO
from pathlib import Path
from typing import cast

from rosbags import rosbag2
from rosbags.rosbag2.enums import CompressionMode
from rosbags.rosbag2.storage_mcap import McapWriter, PendingChunk
from rosbags.rosbag2.storage_sqlite3 import Sqlite3Writer


class Sqlite(Sqlite3Writer):
    """May be opened, written and closed in different threads, one at a time."""

    def __init__(self, path: Path, compression: CompressionMode):
        super().__init__(path, compression)
        self.conn.close()  # type: ignore[has-type]
        self.conn = sqlite3.connect(self.path, check_same_thread=False)
        self.cursor = self.conn.cursor()


class Mcap(McapWriter):
    """Leaves out what does not fit, chunk by chunk; what is left can be closed and read."""

    def __init__(self, path: Path, compression: CompressionMode):
        super().__init__(path, compression)
        self._file = _Unbuffered(self.bio)  # type: ignore[has-type]
        self.bio = cast(BufferedWriter, self._file)
        self._starts: list[int] = []  # of the chunks in the file
        self._counts: list[dict[int, int]] = []  # messages in them, by connection

    def close_chunk(self) -> None:
        """Write the pending chunk; after an OSError it is as if it had never been."""
        start = self._file.tell()
        counts = {connection: len(messages) for connection, messages in self.chunk.msgs.items()}
        try:
            super().close_chunk()
        except OSError:
            self.chunk = PendingChunk(2**63 - 1, 0, BytesIO(), defaultdict(list))
            self._leave_out(start, counts)
            raise
        self._starts.append(start)
        self._counts.append(counts)

    def close(self, version: int, metadata: str) -> None:
        """Write the index; after an OSError there is room for it, and it can be tried again."""
        if self.chunk.bio.tell():
            self.close_chunk()
        try:
            super().close(version, metadata)
        except OSError:
            if self._starts:
                self.chunks.pop()
                self._leave_out(self._starts.pop(), self._counts.pop())
            raise

    def _leave_out(self, start: int, counts: dict[int, int]) -> None:
        self._file.truncate(start)
        for connection, count in counts.items():
            self.channel_stats[connection] -= count


class _Unbuffered:
    """A file whose errors come with the write that they belong to."""

    def __init__(self, file: BufferedWriter):
        file.flush()
        self._file = cast(FileIO, file.raw)
        self.tell, self.close = file.raw.tell, file.close

    def write(self, data: bytes | memoryview) -> int:
        rest = memoryview(data).cast('B')
        while rest:
            rest = rest[self._file.write(rest):]  # near a limit it takes only a part
        return len(memoryview(data))

    def truncate(self, size: int) -> None:
        self._file.truncate(size)
        self._file.seek(size)


class Writer(rosbag2.Writer):
    """rosbags' writer with these storages."""

    STORAGE_PLUGINS = {
        rosbag2.StoragePlugin.SQLITE3: Sqlite, rosbag2.StoragePlugin.MCAP: Mcap}

    def recount(self) -> int:
        """Count only what is in the file, once it has not taken something; returns how many."""
        storage = self.storage
        if isinstance(storage, Mcap):
            self.counts.update(storage.channel_stats)
        elif isinstance(storage, Sqlite):
            storage.conn.rollback()
            self.counts.update(dict.fromkeys(self.counts, 0))
            self.counts.update(storage.conn.execute(
                'SELECT topic_id, COUNT(*) FROM messages GROUP BY topic_id'))
        return sum(self.counts.values())
