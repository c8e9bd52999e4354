"""The file in which everything is remembered: who may read it, what it survives."""

import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from trainer_core import database
from trainer_core.database import FILE, MIGRATIONS, open_database, wall_datetime, wall_time
from trainer_core.errors import UserError

TABLES = {'people', 'encodings', 'workouts', 'sessions', 'sets', 'movements', 'forms'}


@pytest.fixture
def path(tmp_path):
    return tmp_path / 'data' / FILE


@pytest.fixture
def db(path):
    with open_database(path) as db:
        yield db


def add_person(db, person_id, name, sessions=1):
    """Somebody with two encodings, a workout, and sessions of one set of two movements."""
    with db.transaction() as c:
        c.execute('INSERT INTO people VALUES (?, ?, ?)', (person_id, name, wall_time(0)))
        for _ in range(2):
            c.execute(
                'INSERT INTO encodings (person_id, encoding, created) VALUES (?, ?, ?)',
                (person_id, bytes(1024), wall_time(0)))
        c.execute(
            'INSERT INTO workouts (person_id, name, plan) VALUES (?, ?, ?)',
            (person_id, 'mine', '[]'))
        for _ in range(sessions):
            session = c.execute(
                'INSERT INTO sessions (person_id, started, workout) VALUES (?, ?, ?)',
                (person_id, wall_time(0), '{}')).lastrowid
            a_set = c.execute(
                'INSERT INTO sets (session_id, exercise, number, started) VALUES (?, ?, ?, ?)',
                (session, 'squat', 1, wall_time(0))).lastrowid
            for count in (1, 2):
                movement = c.execute(
                    'INSERT INTO movements (set_id, verdict, count, started, ended) '
                    'VALUES (?, ?, ?, ?, ?)', (a_set, 'rep', count, 0, 1)).lastrowid
                c.execute(
                    'INSERT INTO forms (movement_id, correct, parts, hints) VALUES (?, ?, ?, ?)',
                    (movement, 1, '{}', '[]'))


def counts(db):
    return {table: db.row(f'SELECT count(*) FROM {table}')[0] for table in sorted(TABLES)}


def test_a_new_file_has_the_tables(db):
    assert {r['name'] for r in db.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table'")} == TABLES
    assert db.row('PRAGMA user_version')[0] == len(MIGRATIONS)
    assert db.row('PRAGMA foreign_keys')[0] == 1
    assert db.row('PRAGMA journal_mode')[0] == 'wal'


def test_only_the_owner_may_read_it(db, path):
    add_person(db, 'a7k2m', 'Anna')
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
    assert modes == {FILE: 0o600, f'{FILE}-wal': 0o600, f'{FILE}-shm': 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(path):
    open_database(path).close()
    path.chmod(0o644)
    open_database(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv('TRAINER_DATA', str(tmp_path / 'there'))
    with open_database() as db:
        assert db.path == tmp_path / 'there' / FILE
    monkeypatch.delenv('TRAINER_DATA')
    monkeypatch.setenv('XDG_DATA_HOME', str(tmp_path / 'home'))
    assert database.default_path() == tmp_path / 'home' / 'trainer' / FILE


def test_what_was_written_is_there_again(path):
    with open_database(path) as db:
        add_person(db, 'a7k2m', 'Anna')
        before = counts(db)
    with open_database(path) as db:
        assert counts(db) == before
        assert db.person('a7k2m')['name'] == db.person('anna')['name'] == 'Anna'
        assert db.person('Bert') is None


def test_forgetting_a_person_leaves_nothing_and_the_others(db, path):
    add_person(db, 'b3n9x', 'Bert')
    others = counts(db)
    add_person(db, 'a7k2m', 'Annabella', sessions=3)
    gone = db.forget('annabella')
    assert (gone.person_id, gone.name) == ('a7k2m', 'Annabella')
    assert (gone.encodings, gone.workouts, gone.sessions, gone.sets, gone.movements) == (
        2, 1, 3, 3, 6)
    assert counts(db) == others
    assert db.forget('annabella') is None
    for file in path.parent.iterdir():
        assert b'Annabella' not in file.read_bytes(), file


def test_two_of_the_same_name_are_told_apart_by_id(db):
    add_person(db, 'a7k2m', 'Anna')
    add_person(db, 'b3n9x', 'anna')
    with pytest.raises(UserError, match='2 people are called Anna; say which by the id: a7k2m, b3'):
        db.forget('Anna')
    assert db.forget('b3n9x').name == 'anna'


def test_a_transaction_is_done_or_not_at_all(db):
    before = counts(db)
    with pytest.raises(ZeroDivisionError), db.transaction() as c:
        c.execute("INSERT INTO people VALUES ('a7k2m', 'Anna', '')")
        with db.transaction() as inner:
            inner.execute("INSERT INTO people VALUES ('b3n9x', 'Bert', '')")
        1 / 0  # noqa: B018
    assert counts(db) == before


def test_rows_of_nobody_are_refused(db):
    with pytest.raises(sqlite3.IntegrityError), db.transaction() as c:
        c.execute(
            "INSERT INTO sessions (person_id, started, workout) VALUES ('nobdy', '', '')")


def test_threads_share_it(db):
    def add(letter):
        for i in range(20):
            with db.transaction() as c:
                c.execute('INSERT INTO people VALUES (?, ?, ?)', (f'{letter}{i:04}', 'x', ''))
    threads = [threading.Thread(target=add, args=(letter,)) for letter in 'abcd']
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert counts(db)['people'] == 80


OPEN = 'import sys; from trainer_core.database import open_database as o; db = o(sys.argv[1]); '


def test_processes_may_open_a_new_file_at_the_same_time(path):
    code = OPEN + ("\nwith db.transaction() as c: c.execute("
                   "'INSERT INTO people VALUES (?, ?, ?)', (sys.argv[2], '', ''))")
    started = [
        subprocess.Popen([sys.executable, '-c', code, path, f'a000{i}'], stderr=subprocess.PIPE)
        for i in range(6)]
    assert [process.communicate(timeout=60)[1] for process in started] == [b''] * 6
    with open_database(path) as db:
        assert counts(db)['people'] == 6


def test_a_new_folder_may_be_made_by_many_at_the_same_time(tmp_path):
    together = threading.Barrier(8)

    def open_each(folders):
        for folder in folders:
            together.wait(30)
            open_database(folder / FILE).close()

    folders = [tmp_path / str(i) for i in range(50)]
    with ThreadPoolExecutor(together.parties) as pool:
        for opening in [pool.submit(open_each, folders) for _ in range(together.parties)]:
            opening.result(60)


def test_a_killed_process_loses_only_the_transaction_that_ran(path):
    code = OPEN + """
with db.transaction() as c:
    c.execute("INSERT INTO people VALUES ('a7k2m', 'Anna', '')")
with db.transaction() as c:
    c.execute("INSERT INTO people VALUES ('b3n9x', 'Bert', '')")
    print('in it', flush=True)
    sys.stdin.read()
"""
    process = subprocess.Popen(
        [sys.executable, '-c', code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b'in it\n'
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    with open_database(path) as db:
        assert [r['name'] for r in db.rows('SELECT name FROM people')] == ['Anna']


def test_a_full_disk_is_said_and_nothing_is_lost(db):
    add_person(db, 'a7k2m', 'Anna')
    before = counts(db)
    db.row(f'PRAGMA max_page_count = {db.row("PRAGMA page_count")[0] + 2}')
    with pytest.raises(UserError, match='the disk of database .*sqlite is full; nothing of it is'):
        add_person(db, 'b3n9x', 'Bert', sessions=2000)
    assert counts(db) == before
    db.row('PRAGMA max_page_count = 1000000')
    add_person(db, 'b3n9x', 'Bert', sessions=2000)
    assert counts(db)['sessions'] == 2001


def test_a_file_that_may_not_grow_is_a_full_disk(path):
    open_database(path).close()
    code = OPEN + """
with db.transaction() as c:
    c.execute("INSERT INTO people VALUES ('a7k2m', ?, '')", ('x' * 4_000_000,))
"""
    limit = path.stat().st_size + 200_000
    done = subprocess.run(
        [sys.executable, '-c', code, path], capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert 'UserError' in done.stderr and 'is full; nothing of it is lost' in done.stderr
    with open_database(path) as db:
        assert counts(db)['people'] == 0


def test_a_file_of_a_newer_version_is_left_alone(path):
    with open_database(path) as db:
        db.row('PRAGMA user_version = 99')
    content = path.read_bytes()
    with pytest.raises(UserError, match='newer version .schema 99.*update Trainer'):
        open_database(path)
    assert path.read_bytes() == content


def test_an_older_file_is_brought_up_to_date(path, monkeypatch):
    with open_database(path) as db:
        add_person(db, 'a7k2m', 'Anna')
    monkeypatch.setattr(database, 'MIGRATIONS', (
        *MIGRATIONS, "ALTER TABLE people ADD COLUMN language TEXT NOT NULL DEFAULT 'en';"))
    with open_database(path) as db:
        assert db.person('Anna')['language'] == 'en'
        assert db.row('PRAGMA user_version')[0] == len(MIGRATIONS) + 1


def test_a_migration_that_fails_changes_nothing(path, monkeypatch):
    open_database(path).close()
    monkeypatch.setattr(database, 'MIGRATIONS', (
        *MIGRATIONS, 'ALTER TABLE people ADD COLUMN size REAL;\nALTER TABLE nothing ADD x;'))
    with pytest.raises(sqlite3.OperationalError):
        open_database(path)
    monkeypatch.undo()
    with open_database(path) as db:
        assert 'size' not in [r['name'] for r in db.rows('PRAGMA table_info(people)')]


@pytest.mark.parametrize('how', ['text', 'torn'])
def test_a_damaged_file_is_said_with_what_to_do(path, how):
    with open_database(path) as db:
        for i in range(20):
            add_person(db, f'a000{i:02}', 'Anna', sessions=5)
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(b'This is a letter. ' * 200 if how == 'text'
                     else content[:half] + os.urandom(4096) + content[half + 4096:])
    with pytest.raises(UserError, match=r'is damaged .*; move it away .*mv .*\.sqlite\.damaged'):
        open_database(path)


def test_a_place_where_nothing_can_be_written(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(UserError, match='cannot be opened for writing .*set TRAINER_DATA'):
        open_database(tmp_path / 'file' / FILE)


def test_another_process_that_writes_too_long_is_said(db, path, monkeypatch):
    monkeypatch.setattr(database, '_PATIENCE', 0.1)
    with open_database(path) as other, db.transaction(), \
            pytest.raises(UserError, match='is being written by another process'), \
            other.transaction():
        pass


def test_wall_times():
    assert wall_time(1_763_796_600_123_456_789) == '2025-11-22T07:30:00.123Z'
    assert wall_datetime('2025-11-22T07:30:00.123Z').timestamp() == pytest.approx(1763796600.123)
