"""Rosbag2 bags, MCAP and SQLite, read and written without rosbag2.

What is written here is laid out as `ros2 bag record` does it: metadata.yaml, message definitions
and the QoS that publishers offered, so that `ros2 bag info` and `ros2 bag play` understand it.
"""

import logging
import os
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from rclpy.qos import QoSDurabilityPolicy, QoSProfile, QoSReliabilityPolicy
from rclpy.serialization import deserialize_message, serialize_message
from rosbags import rosbag2
from rosbags.interfaces import (
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_core.ros import storages
from trainer_core.ros.definitions import definition, message_class, type_hash
from trainer_core.ros.qos import EVERY_ONE

STORAGES = {'mcap': rosbag2.StoragePlugin.MCAP, 'sqlite3': rosbag2.StoragePlugin.SQLITE3}
FREE = 16 * 2**20  # bytes a disk must have left, so that a bag on it can still be closed
_LARGE = ('sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage')
CLOSINGS = 3       # times to try to close one when the disk is full after all

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Topic:
    """One topic of a bag."""

    type: str  # for instance trainer_msgs/msg/PersonArray
    count: int
    qos: QoSProfile  # reliability and durability as the publisher offered them


def read(path: str | Path, topics: Iterable[str] = ()) -> Iterator[tuple[str, int, Any]]:
    """Topic, time of recording (ns) and message, in the order of recording.

    path: a bag's folder, or one .mcap or .db3 file. topics: absolute names, or relative ones that
    are meant in any namespace (poses matches /trainer/poses); none = all whose types are installed.
    Raises UserError, at once and not at the first message, when there is no such bag or topic, or
    when the bag is empty, damaged, or of types that are not installed.
    """
    bag = Bag(path)
    return bag.messages(bag.select(topics))


class Bag:
    """An open bag: what is in it, and its messages as often as they are asked for."""

    def __init__(self, path: str | Path):
        """Raises UserError as `read` does."""
        self.path = Path(path)
        self._reader = _open(self.path)
        self.topics = {
            c.topic: Topic(c.msgtype, c.msgcount, _profile(c.msgtype, c.ext.offered_qos_profiles))  # type: ignore[union-attr]
            for c in self._reader.connections}
        self._digests = {c.msgtype: c.digest for c in self._reader.connections if c.digest}
        if not self._reader.message_count:
            raise UserError(f'bag {self.path} is empty: nothing was recorded into it')
        self.start, self.end = self._reader.start_time, self._reader.end_time  # ns

    @property
    def seconds(self) -> float:
        """From the first to the last message."""
        return (self.end - self.start) / SECOND

    def select(self, names: Iterable[str] = ()) -> list[str]:
        """The topics meant by names, as `read` takes them; raises UserError if one is not there."""
        names = [names] if isinstance(names, str) else list(names)
        if not names:
            return [topic for topic in self.topics if self._usable(topic)]
        chosen = []
        for name in names:
            found = [
                topic for topic in self.topics
                if topic == name or (name[0] != '/' and topic.endswith('/' + name))]
            if not found:
                raise UserError(
                    f'bag {self.path} has no topic {name}; it has {", ".join(sorted(self.topics))}')
            chosen += [topic for topic in found if topic not in chosen]
        for topic in chosen:
            self._kind(topic)
        return chosen

    def messages(self, topics: Sequence[str]) -> Iterator[tuple[str, int, Any]]:
        """Topic, time of recording (ns), message; topics as `select` returned them."""
        kinds = {topic: self._kind(topic) for topic in topics}
        for topic, stamp, data in self.raw(topics):
            try:
                yield topic, stamp, deserialize_message(data, kinds[topic])
            except Exception:  # the layers below raise RuntimeError, MemoryError or RMWError alike
                raise UserError(
                    f'bag {self.path} is damaged: a message of {topic} cannot be read') from None

    def raw(self, topics: Sequence[str]) -> Iterator[tuple[str, int, bytes]]:
        """Topic, time of recording (ns), serialised message, which a publisher takes as it is."""
        chosen = [c for c in self._reader.connections if c.topic in topics]
        if not chosen:
            return
        try:
            for connection, stamp, data in self._reader.messages(chosen):
                yield connection.topic, stamp, bytes(data)
        except _DAMAGE as error:
            raise UserError(f'bag {self.path} is damaged: {_one_line(error)}') from None

    def close(self) -> None:
        """Close its files; a bag that is just dropped closes them too."""
        if self._reader.is_open:
            self._reader.close()

    def __enter__(self) -> 'Bag':
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _kind(self, topic: str) -> type:
        name = self.topics[topic].type
        kind = message_class(name)
        if kind is None:
            raise UserError(
                f'topic {topic} of bag {self.path} is of type {name}, which is not installed; '
                f'install or source the package {name.split("/")[0]}, or leave the topic out')
        digest = self._digests.get(name)
        if digest and type_hash(name) not in ('', digest):
            raise UserError(
                f'topic {topic} of bag {self.path} was recorded with another version of {name}; '
                'use the version of the package that it was recorded with')
        return kind

    def _usable(self, topic: str) -> bool:
        try:
            self._kind(topic)
        except UserError as error:
            _log.warning('left out: %s', error)
            return False
        return True


# What the readers raise on a file that is cut off or overwritten, besides their own errors.
_DAMAGE = (
    rosbag2.ReaderError, EOFError, ValueError, KeyError, IndexError, TypeError, AssertionError,
    RuntimeError, MemoryError, OverflowError, struct.error, sqlite3.Error, OSError)


def _open(path: Path) -> rosbag2.Reader:
    if not path.exists():
        raise UserError(f'there is no bag {path}; check the path')
    if path.is_dir() and not (path / 'metadata.yaml').exists():
        files = sorted(f for f in path.iterdir() if f.suffix in ('.mcap', '.db3'))
        if len(files) != 1:
            raise UserError(f'folder {path} is not a bag: it has no metadata.yaml')
        path = files[0]
    folder = path if path.is_dir() else path.parent
    try:
        reader = rosbag2.Reader(path)
        reader.open()
    except Exception as error:
        if isinstance(error, PermissionError):
            raise UserError(f'bag {path} may not be read: {error.strerror}') from None
        hint = f'; if its recording was killed, try: ros2 bag reindex {folder}'
        raise UserError(
            f'bag {path} is damaged or not a bag: {_one_line(error)}'
            + (hint if path.is_dir() or path.suffix in ('.mcap', '.db3') else '')) from None
    return reader


def _one_line(error: BaseException) -> str:
    return ' '.join(str(error).split()).rstrip('.') or type(error).__name__


class Writer:
    """Writes a new bag; use it as a context manager, so that it is closed whatever happens.

    It may be written in one thread and closed in another.
    """

    def __init__(self, path: str | Path, storage: str = 'mcap'):
        """path: the bag's folder, which must not exist yet. storage: mcap or sqlite3.

        Raises UserError when it cannot be made there.
        """
        self.path, self.count = Path(path), 0
        if storage not in STORAGES:
            raise UserError(f'storage {storage!r} is unknown; give one of {", ".join(STORAGES)}')
        if self.path.exists():
            raise UserError(f'{self.path} is there already; give another name or remove it')
        self._writer = storages.Writer(self.path, version=9, storage_plugin=STORAGES[storage])
        self._topics: dict[str, Any] = {}
        self._committed, self._lock = 0, Lock()
        try:
            self._writer.open()
        except (OSError, sqlite3.Error) as error:
            raise UserError(
                f'a bag cannot be written to {self.path}: {_one_line(error)}') from None

    def add(self, topic: str, kind: str, offered: Sequence[QoSProfile] = ()) -> None:
        """Declare a topic of a type, with the QoS its publishers offer, before writing to it."""
        if topic in self._topics:
            return
        text, digest = definition(kind), type_hash(kind)
        self._topics[topic] = self._writer.add_connection(
            topic, kind, msgdef=text, rihs01=digest or 'RIHS01_' + '0' * 64,
            offered_qos_profiles=[_qos(profile) for profile in offered])

    def write(self, topic: str, message: Any, stamp: int) -> None:
        """Add a message, or one already serialised (bytes), recorded at stamp (ns).

        Raises UserError when the disk is full; what was written until then can be read once
        the bag is closed.
        """
        if topic not in self._topics:
            if isinstance(message, bytes):
                raise ValueError(f'add topic {topic} with its type first')
            package, kind = type(message).__module__.split('.')[:2]
            self.add(topic, f'{package}/{kind}/{type(message).__name__}')
        data = message if isinstance(message, bytes) else serialize_message(message)
        free = os.statvfs(self.path)
        if free.f_bavail * free.f_frsize < FREE + len(data):
            raise UserError(
                f'the disk is full: less than {FREE >> 20} MB are left for bag {self.path}; '
                f'the {self.count} messages until then are kept')
        with self._lock:
            try:
                self._writer.write(self._topics[topic], stamp, data)
                self._commit(stamp)
            except (OSError, sqlite3.Error) as error:
                self.count = self._writer.recount()
                raise UserError(
                    f'bag {self.path} cannot be written any further ({_one_line(error)}); '
                    f'the first {self.count} messages are kept') from None
            self.count += 1

    def _commit(self, stamp: int) -> None:
        # rosbags leaves everything in one transaction; a recording that is killed, or whose disk
        # is full, should keep all but its last moments.
        storage = self._writer.storage
        if abs(stamp - self._committed) > SECOND // 4 and isinstance(storage, storages.Sqlite):
            storage.conn.commit()
            self._committed = stamp

    def close(self) -> None:
        """Write the index and metadata.yaml; raises UserError when the disk does not take them."""
        with self._lock:
            if self._writer.storage is None:
                return
            for _ in range(CLOSINGS):  # each time without something more that did not fit
                try:
                    self._writer.close()
                except (OSError, sqlite3.Error) as error:
                    reason = _one_line(error)
                    self.count = self._writer.recount()
                else:
                    return
            with suppress(OSError, sqlite3.Error):
                self._writer.abort()
            raise UserError(f'bag {self.path} could not be closed: {reason}')

    def __enter__(self) -> 'Writer':
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _qos(profile: QoSProfile) -> Qos:
    def span(duration) -> QosTime:
        return QosTime(*divmod(duration.nanoseconds, SECOND))
    return Qos(
        QosHistory(int(profile.history)), profile.depth, QosReliability(int(profile.reliability)),
        QosDurability(int(profile.durability)), span(profile.deadline), span(profile.lifespan),
        QosLiveliness(int(profile.liveliness)), span(profile.liveliness_lease_duration),
        profile.avoid_ros_namespace_conventions)


def _profile(kind: str, offered: Sequence[Qos]) -> QoSProfile:
    """What to publish with on replay: the strongest that any publisher offered."""
    best_effort = offered and all(q.reliability == QosReliability.BEST_EFFORT for q in offered)
    latched = any(q.durability == QosDurability.TRANSIENT_LOCAL for q in offered)
    return QoSProfile(
        depth=max([10 if kind in _LARGE else EVERY_ONE.depth, *(q.depth for q in offered)]),
        reliability=QoSReliabilityPolicy.BEST_EFFORT if best_effort
        else QoSReliabilityPolicy.RELIABLE,
        durability=QoSDurabilityPolicy.TRANSIENT_LOCAL if latched
        else QoSDurabilityPolicy.VOLATILE)
