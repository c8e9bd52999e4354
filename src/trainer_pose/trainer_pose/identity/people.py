"""Who is enrolled, in the database. Encodings are kept and nothing else of a face."""

import random
import string
from collections.abc import Sequence
from datetime import datetime, timezone

import numpy as np

from trainer_core.database import Database, Forgotten, wall_time
from trainer_core.errors import UserError
from trainer_pose.identity.gallery import DEFAULT, Entry, Gallery, Lines

_LENGTH = 128
_LONGEST_NAME = 40


def load(database: Database) -> Gallery:
    """Everybody with an encoding. Raises UserError when the database is damaged."""
    people: dict[str, tuple[str, list[np.ndarray]]] = {}
    for row in database.rows(
            'SELECT people.id, name, encoding FROM encodings JOIN people ON people.id = person_id '
            'ORDER BY people.id, encodings.id'):
        data = bytes(row['encoding'])
        encoding = np.frombuffer(data, np.float64) if len(data) == 8 * _LENGTH else None
        if encoding is None or not np.isfinite(encoding).all():
            raise UserError(
                f'database {database.path}: a face encoding of {row["name"]} is damaged; '
                f'forget and enrol again: ./trainer people forget {row["id"]}')
        people.setdefault(row['id'], (row['name'], []))[1].append(encoding)
    return Gallery([Entry(k, name, np.array(e)) for k, (name, e) in people.items()])


def version(database: Database) -> int:
    """Changes when another process has written to the database."""
    row = database.row('PRAGMA data_version')
    return int(row[0]) if row else 0


def listed(database: Database) -> list[tuple[str, str, int, str]]:
    """Id, name, number of encodings and time of creation of everybody, the oldest first."""
    return [tuple(row) for row in database.rows(
        'SELECT people.id, name, count(encodings.id), people.created FROM people '
        'LEFT JOIN encodings ON people.id = person_id GROUP BY people.id '
        'ORDER BY people.created, people.id')]


def check_name(name: str) -> str:
    """The name without needless blanks; raises UserError when it cannot be one."""
    name = ' '.join(name.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise UserError(f'the name is {name!r}; give one of 1 to {_LONGEST_NAME} letters')
    return name


def add(
    database: Database, name: str, faces: Sequence[tuple[np.ndarray, float]],
    lines: Lines = DEFAULT, now_ns: int | None = None,
) -> tuple[str, str]:
    """Keep encodings (128,) with their quality as those of a name; the person's id and a sentence.

    A name that is there already gets them in addition, if it is the same face. now_ns: time since
    1970. Raises UserError when the faces are not all the same, are somebody else's, or the name is
    another one's.
    """
    name = check_name(name)
    encodings = np.array([encoding for encoding, _ in faces])
    apart = np.linalg.norm(encodings[:, None] - encodings[None], axis=2).max()
    if apart > lines.unsure:
        raise UserError(
            f'these are not all the same face (up to {apart:.2f} apart); show {name} alone')
    gallery = load(database)
    match = gallery.nearest(encodings.mean(0))
    known = database.person(name)
    if match.entry is not None and match.distance <= lines.accept and (
            known is None or known['id'] != match.entry.id):
        raise UserError(
            f'this face is known as {match.entry.name} ({match.entry.id}) already; enrol it '
            'under that name, or forget it first')
    if known is not None and known['id'] in gallery.entries:
        distance = gallery.distance(known['id'], encodings.mean(0))
        if distance > lines.unsure:
            raise UserError(
                f'there is a {known["name"]} ({known["id"]}) with another face; give another name')
    created = wall_time(
        int(datetime.now(timezone.utc).timestamp() * 1e9) if now_ns is None else now_ns)
    with database.transaction() as c:
        id_ = known['id'] if known is not None else _free_id(database)
        if known is None:
            c.execute('INSERT INTO people VALUES (?, ?, ?)', (id_, name, created))
        c.executemany(
            'INSERT INTO encodings (person_id, encoding, quality, created) VALUES (?, ?, ?, ?)',
            [(id_, np.asarray(e, np.float64).tobytes(), float(q), created) for e, q in faces])
        count = c.execute(
            'SELECT count(*) FROM encodings WHERE person_id = ?', (id_,)).fetchone()[0]
    more = f', {count} in all' if count > len(faces) else ''
    return id_, (f'{name} ({id_}): {plural(len(faces), "face encoding")} stored{more}, '
                 'no picture')


def forget(database: Database, who: str) -> str:
    """Delete everything about a person given by id or name; what that was.

    Raises UserError when nobody is called so.
    """
    gone = database.forget(who)
    if gone is None:
        raise UserError(
            f'nobody is called {who!r}; ./trainer people list shows who is enrolled')
    return told(gone)


def told(gone: Forgotten) -> str:
    """What was deleted, as a sentence."""
    return f'{gone.name} ({gone.person_id}) is forgotten: ' + ', '.join(
        plural(number, what) for number, what in (
            (gone.encodings, 'face encoding'), (gone.workouts, 'workout'),
            (gone.sessions, 'session'), (gone.sets, 'set'), (gone.movements, 'movement')))


def plural(number: int, what: str) -> str:
    return f'{number} {what}' + ('' if number == 1 else 's')


def _free_id(database: Database) -> str:
    """A letter and four of [a-z0-9] that nobody has; not guessable from others."""
    source = random.SystemRandom()
    while True:
        id_ = source.choice(string.ascii_lowercase) + ''.join(
            source.choices(string.ascii_lowercase + string.digits, k=4))
        if database.row('SELECT 1 FROM people WHERE id = ?', id_) is None:
            return id_
