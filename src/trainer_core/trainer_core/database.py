"""One SQLite file for all that is remembered: people, face encodings, workouts, sessions.

One file, so that deleting a person (ON DELETE CASCADE) forgets everything about them. Several
processes may have it open. Wall times are ISO 8601 text in UTC, stamps are ns. The schema is that
of MIGRATIONS; `PRAGMA user_version` is how many of them a file has had.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import platformdirs

from trainer_core.errors import UserError

FILE = 'trainer.sqlite'
FOLDER_VARIABLE = 'TRAINER_DATA'
MEMORY = ':memory:'
_PATIENCE = 5.0  # s to wait for another process that writes

# Only ever append: files that people have were made by the earlier ones.
MIGRATIONS = (
    """
    CREATE TABLE people (
        id TEXT PRIMARY KEY,         -- like a7k2m
        name TEXT NOT NULL,          -- how to address the person
        created TEXT NOT NULL
    );
    CREATE TABLE encodings (
        id INTEGER PRIMARY KEY,
        person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
        encoding BLOB NOT NULL,      -- 128 float64
        quality REAL,
        created TEXT NOT NULL
    );
    CREATE TABLE workouts (
        id INTEGER PRIMARY KEY,
        person_id TEXT REFERENCES people ON DELETE CASCADE,  -- NULL: everybody
        name TEXT NOT NULL,
        weekday INTEGER CHECK (weekday BETWEEN 0 AND 6),     -- 0: Monday; NULL: asked for by name
        plan TEXT NOT NULL           -- JSON: list of exercise, sets, reps, seconds, rest
    );
    CREATE TABLE sessions (
        id INTEGER PRIMARY KEY,
        person_id TEXT REFERENCES people ON DELETE CASCADE,  -- NULL: a guest
        started TEXT NOT NULL,
        ended TEXT,                  -- NULL: running, or the process was killed
        workout TEXT NOT NULL        -- JSON: name, items
    );
    CREATE TABLE sets (
        id INTEGER PRIMARY KEY,
        session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        exercise TEXT NOT NULL,
        number INTEGER NOT NULL,     -- set of this exercise, from 1
        target_reps INTEGER NOT NULL DEFAULT 0,
        target_seconds REAL NOT NULL DEFAULT 0,
        reps INTEGER NOT NULL DEFAULT 0,     -- as counted
        corrected_reps INTEGER,              -- as a human trainer says; NULL: not corrected
        seconds REAL NOT NULL DEFAULT 0,
        started TEXT NOT NULL,
        ended TEXT,
        outcome TEXT                 -- completed, stopped, left, replaced, invalid
    );
    CREATE TABLE movements (
        id INTEGER PRIMARY KEY,
        set_id INTEGER NOT NULL REFERENCES sets ON DELETE CASCADE,
        verdict TEXT NOT NULL,       -- rep, partial, abandoned, ...
        corrected_verdict TEXT,      -- as a human trainer says; NULL: not corrected
        reason TEXT NOT NULL DEFAULT '',
        count INTEGER NOT NULL,      -- repetitions in the set after it
        started INTEGER NOT NULL,
        ended INTEGER NOT NULL,
        side TEXT NOT NULL DEFAULT 'both',
        range REAL,                  -- rad; NULL: not measured
        seconds_out REAL,
        seconds_back REAL
    );
    CREATE TABLE forms (
        movement_id INTEGER PRIMARY KEY REFERENCES movements ON DELETE CASCADE,
        median REAL,                 -- rad
        threshold REAL,              -- rad
        correct INTEGER NOT NULL,
        range REAL,                  -- share of the baseline's
        tempo REAL,                  -- share of the baseline's
        asymmetry REAL,              -- rad; NULL: one side not seen
        parts TEXT NOT NULL,         -- JSON: part: rad
        hints TEXT NOT NULL          -- JSON: list of part, direction, amount, moment
    );
    CREATE INDEX encodings_of_person ON encodings (person_id);
    CREATE INDEX workouts_of_person ON workouts (person_id);
    CREATE INDEX sessions_of_person ON sessions (person_id, started);
    CREATE INDEX sets_of_session ON sets (session_id);
    CREATE INDEX movements_of_set ON movements (set_id);
    """,
)


@dataclass(frozen=True)
class Forgotten:
    """What was deleted with a person."""

    person_id: str
    name: str
    encodings: int
    workouts: int
    sessions: int
    sets: int
    movements: int


def default_path() -> Path:
    """Where the file is when no other is given: $TRAINER_DATA, else the user's data folder."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return (Path(folder).expanduser() if folder else platformdirs.user_data_path('trainer')) / FILE


def open_database(path: str | os.PathLike = '') -> 'Database':
    """The database in that file, made when it is not there; '' is the default place.

    ':memory:' is one that is gone when closed. Raises UserError when it cannot be read or written,
    is damaged, or was written by a newer version.
    """
    return Database(path if str(path) else default_path())


def wall_time(ns: int) -> str:
    """A time since 1970 (ns) as ISO 8601 text in UTC, to the millisecond."""
    seconds, rest = divmod(ns, 1_000_000_000)
    moment = datetime.fromtimestamp(seconds, timezone.utc).replace(microsecond=rest // 1000)
    return moment.isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def wall_datetime(text: str) -> datetime:
    """What wall_time wrote, with its time zone."""
    return datetime.fromisoformat(text.replace('Z', '+00:00'))


class Database:
    """An open file; may be used from several threads."""

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path) if str(path) == MEMORY else Path(path).expanduser()
        self._lock = threading.RLock()
        self._depth = 0
        _make_private(self.path)
        with self._said():
            self._connection = sqlite3.connect(
                str(self.path), timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            with self._said():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Nothing can be read or written any more."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> 'Database':
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is written inside is there at its end, or none of it when it raises.

        Raises UserError when the disk is full, the file damaged or not writable. A transaction
        within one is part of it.
        """
        with self._lock, self._said():
            if self._depth:
                yield self._connection
                return
            self._connection.execute('BEGIN IMMEDIATE')
            self._depth = 1
            try:
                yield self._connection
                self._connection.execute('COMMIT')
            except BaseException:
                # SQLite has already rolled back after some errors, a full disk among them.
                if self._connection.in_transaction:
                    self._connection.execute('ROLLBACK')
                raise
            finally:
                self._depth = 0

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._lock, self._said():
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query."""
        with self._lock, self._said():
            found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return found

    def person(self, who: str) -> sqlite3.Row | None:
        """id, name and created of a person, by id or name; None when nobody is called so.

        Raises UserError when several are.
        """
        found = self.row('SELECT * FROM people WHERE id = ?', who)
        if found:
            return found
        wanted = who.strip().casefold()
        same = [p for p in self.rows('SELECT * FROM people ORDER BY created, id')
                if p['name'].casefold() == wanted]
        if len(same) > 1:
            raise UserError(
                f'{len(same)} people are called {who}; say which by the id: '
                + ', '.join(p['id'] for p in same))
        return same[0] if same else None

    def forget(self, who: str) -> Forgotten | None:
        """Delete everything about a person, given by id or name; None when nobody is called so."""
        with self.transaction() as c:
            person = self.person(who)
            if not person:
                return None
            found = Forgotten(person['id'], person['name'], *(
                c.execute(sql, (person['id'],)).fetchone()[0] for sql in (
                    'SELECT count(*) FROM encodings WHERE person_id = ?',
                    'SELECT count(*) FROM workouts WHERE person_id = ?',
                    'SELECT count(*) FROM sessions WHERE person_id = ?',
                    'SELECT count(*) FROM sets JOIN sessions ON sessions.id = session_id '
                    'WHERE person_id = ?',
                    'SELECT count(*) FROM movements JOIN sets ON sets.id = set_id '
                    'JOIN sessions ON sessions.id = session_id WHERE person_id = ?')))
            c.execute('DELETE FROM people WHERE id = ?', (person['id'],))
        # What was deleted is also in the log beside the file, until that is written back.
        with self._lock, self._said():
            if not self._depth:
                self._connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        return found

    # Opening.

    def _prepare(self) -> None:
        c = self._connection
        c.row_factory = sqlite3.Row
        c.execute('PRAGMA foreign_keys = ON')
        c.execute('PRAGMA secure_delete = ON')  # what is forgotten is overwritten
        version = self._version()  # the first look into the file: is it one?
        if version > len(MIGRATIONS):
            raise UserError(
                f'database {self.path} was written by a newer version (schema {version}, this one '
                f'knows {len(MIGRATIONS)}); update Trainer, or give another file')
        self._journal()
        # Safe when the process is killed; when the power goes, the last moments may be missing.
        c.execute('PRAGMA synchronous = NORMAL')
        fault = c.execute('PRAGMA quick_check(1)').fetchone()[0]
        if fault != 'ok':
            raise sqlite3.DatabaseError(fault.split('\n')[-1])
        if version < len(MIGRATIONS):
            self._migrate()

    def _version(self) -> int:
        return int(self._connection.execute('PRAGMA user_version').fetchone()[0])

    def _journal(self) -> None:
        """Write-ahead log: readers and a writer do not wait for each other.

        SQLite does not wait itself when two processes switch to it at once. Where the file system
        cannot do it (network folders), it stays with what it has.
        """
        end = monotonic() + _PATIENCE
        while True:
            try:
                self._connection.execute('PRAGMA journal_mode = WAL')
                return
            except sqlite3.OperationalError as error:
                if 'locked' not in str(error) or monotonic() > end:
                    raise
            sleep(0.02)

    def _migrate(self) -> None:
        with self.transaction() as c:
            for number in range(self._version(), len(MIGRATIONS)):  # another may have done it
                for statement in _statements(MIGRATIONS[number]):
                    c.execute(statement)
                c.execute(f'PRAGMA user_version = {number + 1}')

    # What went wrong.

    @contextmanager
    def _said(self) -> Iterator[None]:
        """SQLite's errors as sentences."""
        try:
            yield
        except sqlite3.IntegrityError:
            raise  # a mistake of the program
        except sqlite3.DatabaseError as error:
            sentence = self._sentence(error)
            if not sentence:
                raise
            raise UserError(sentence) from error

    def _sentence(self, error: sqlite3.DatabaseError) -> str:
        name = getattr(error, 'sqlite_errorname', '') or ''
        text = str(error)
        if 'full' in text or name.startswith(('SQLITE_FULL', 'SQLITE_IOERR_WRITE')):
            return (f'the disk of database {self.path} is full; nothing of it is lost, but nothing '
                    'new is kept: make room')
        if 'locked' in text:
            return (f'database {self.path} is being written by another process for more than '
                    f'{_PATIENCE:g} s; is one hanging?')
        if 'readonly' in text or 'unable to open' in text:
            return f'database {self.path} cannot be written; check who owns it and its folder'
        if 'I/O' in text:
            return f'database {self.path} cannot be read or written ({text}); is the disk well?'
        if type(error) is sqlite3.DatabaseError or name.startswith(
                ('SQLITE_CORRUPT', 'SQLITE_NOTADB')):
            return (f'database {self.path} is damaged ({text}); move it away and a new one is '
                    f'made: mv {self.path} {self.path}.damaged')
        return ''  # a mistake of the program


def _make_private(path: Path) -> None:
    """Make the folder and the file, which nobody but the owner may read."""
    if str(path) == MEMORY:
        return
    try:
        path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise UserError(
            f'database {path} cannot be opened for writing ({error.strerror}); check the folder, '
            f'or set {FOLDER_VARIABLE} to another one') from None


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, each of which ends a line; executescript() would commit."""
    statement = ''
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ''
