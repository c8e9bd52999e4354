"""Who is enrolled: what is kept, what is refused, what is deleted, and the command for it."""

import sqlite3
import sys

import cv2
import numpy as np
import pytest
from looks import encoding

from trainer.cli import main as cli
from trainer_core.database import FOLDER_VARIABLE, open_database
from trainer_core.errors import UserError
from trainer_pose.identity import people
from trainer_pose.identity.faces import FaceReader


def faces(*numbers, off=0.0):
    return [(encoding(number, off), 0.9) for number in numbers]


@pytest.fixture
def database(tmp_path):
    with open_database(tmp_path / 'data' / 'trainer.sqlite') as opened:
        yield opened


def test_somebody_is_added_and_found_again(database):
    id_, told = people.add(database, ' Ann  Lee ', faces(0, 0), now_ns=0)
    assert told == f'Ann Lee ({id_}): 2 face encodings stored, no picture'
    assert len(id_) == 5 and id_[0].isalpha() and id_.isalnum() and id_.islower()
    assert people.listed(database) == [(id_, 'Ann Lee', 2, '1970-01-01T00:00:00.000Z')]
    match = people.load(database).nearest(encoding(0, 0.1))
    assert (match.entry.name, match.distance) == ('Ann Lee', pytest.approx(0.1))


def test_only_encodings_are_kept_and_only_the_owner_may_read_them(database):
    people.add(database, 'Ann', faces(0, 0))
    files = list(database.path.parent.iterdir())
    assert {f.name.partition('-')[0] for f in files} == {'trainer.sqlite'}
    assert all(f.stat().st_mode & 0o077 == 0 for f in files)
    assert database.path.parent.stat().st_mode & 0o077 == 0
    assert len(database.row('SELECT encoding FROM encodings')[0]) == 128 * 8


def test_more_of_the_same_person(database):
    first, _ = people.add(database, 'Ann', faces(0))
    second, told = people.add(database, 'ann', faces(0, off=0.3))
    assert first == second
    assert told.endswith('1 face encoding stored, 2 in all, no picture')


@pytest.mark.parametrize(('name', 'shown', 'why'), [
    ('', faces(1), 'the name is'),
    ('x' * 41, faces(1), 'the name is'),
    ('A\nB', faces(), None),
    ('Bob', faces(1, 2), 'not all the same face'),
    ('Bob', faces(0, off=0.2), 'this face is known as Ann'),
    ('Ann', faces(1), 'there is a Ann .* with another face; give another name'),
])
def test_what_is_refused(database, name, shown, why):
    people.add(database, 'Ann', faces(0))
    if why is None:  # a line break is a blank
        assert people.check_name(name) == 'A B'
        return
    with pytest.raises(UserError, match=why):
        people.add(database, name, shown)
    assert [row[1] for row in people.listed(database)] == ['Ann']


def test_everything_about_somebody_is_forgotten_and_nothing_else(database):
    ann, _ = people.add(database, 'Ann', faces(0, 0))
    bob, _ = people.add(database, 'Bob', faces(1))
    with database.transaction() as c:
        for id_ in (ann, bob):
            c.execute("INSERT INTO sessions (person_id, started, workout) VALUES (?, 't', '{}')",
                      (id_,))
    assert people.forget(database, 'ann') == (
        f'Ann ({ann}) is forgotten: 2 face encodings, 0 workouts, 1 session, 0 sets, 0 movements')
    assert [row[0] for row in people.listed(database)] == [bob]
    assert database.row('SELECT count(*) FROM sessions')[0] == 1
    assert encoding(0).tobytes() not in database.path.read_bytes()
    with pytest.raises(UserError, match="nobody is called 'Ann'"):
        people.forget(database, 'Ann')


def test_a_change_by_another_process_is_noticed(database):
    before = people.version(database)
    assert people.version(database) == before
    with open_database(database.path) as other:
        people.add(other, 'Ann', faces(0))
    assert people.version(database) != before


def test_a_damaged_encoding_is_said(database):
    id_, _ = people.add(database, 'Ann', faces(0))
    with database.transaction() as c:
        c.execute("UPDATE encodings SET encoding = x'0102'")
    with pytest.raises(UserError, match=f'Ann is damaged.*people forget {id_}'):
        people.load(database)
    assert 'Ann' in people.forget(database, id_)


# The command.

def run(capsys, *argv):
    code = cli(['people', *map(str, argv)])
    out, err = capsys.readouterr()
    return code, out + err


def test_list_and_forget(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert run(capsys, 'list') == (
        0, 'nobody; ./trainer people add NAME PHOTO... adds somebody\n')
    with open_database() as opened:
        id_, _ = people.add(opened, 'Ann', faces(0), now_ns=0)
    assert run(capsys, 'list') == (0, f'{id_}  Ann  1 face encoding, since 1970-01-01\n')
    assert run(capsys, 'forget', 'Ann')[1].startswith(f'Ann ({id_}) is forgotten: 1 face encoding')
    assert run(capsys, 'forget', 'Ann') == (
        2, "trainer: nobody is called 'Ann'; ./trainer people list shows who is enrolled\n")


def test_a_folder_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / 'file').write_text('')
    code, said = run(capsys, '--database', tmp_path / 'file' / 'x.sqlite', 'list')
    assert code == 2 and 'cannot be opened for writing' in said


def test_a_damaged_database(tmp_path, capsys):
    file = tmp_path / 'x.sqlite'
    file.write_bytes(b'no database' * 500)
    code, said = run(capsys, '--database', file, 'list')
    assert code == 2 and f'mv {file} {file}.damaged' in said


def test_a_full_disk(tmp_path):
    with open_database(tmp_path / 'x.sqlite') as opened:
        opened.row(f'PRAGMA max_page_count = {opened.row("PRAGMA page_count")[0]}')
        with pytest.raises(UserError, match='disk .* is full'):
            for i in range(60):
                people.add(opened, f'Person {i}', faces(i, i, i))
        assert people.load(opened).entries.keys() == {row[0] for row in people.listed(opened)}


@pytest.mark.parametrize('missing', ['face_recognition_models', 'face_recognition', 'dlib'])
def test_without_face_recognition_it_says_what_to_install(missing, monkeypatch, tmp_path, capsys):
    for name in [n for n in sys.modules if n.partition('.')[0] == 'face_recognition']:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(UserError, match='pip install dlib-bin'):
        FaceReader()
    code, said = run(capsys, '--database', tmp_path / 'x.sqlite', 'add', 'Ann', 'a.jpg')
    assert code == 2 and missing in said and 'pip install' in said
    assert run(capsys, '--database', tmp_path / 'x.sqlite', 'list')[0] == 0


def test_photos_that_cannot_be_used(tmp_path, capsys):
    pytest.importorskip('face_recognition', reason='face_recognition is not installed')
    grey, text = tmp_path / 'grey.png', tmp_path / 'text.jpg'
    cv2.imwrite(str(grey), np.full((200, 200, 3), 128, np.uint8))
    text.write_text('no picture')
    code, said = run(capsys, '--database', tmp_path / 'x.sqlite', 'add', 'Ann', grey, text,
                     tmp_path / 'none.jpg')
    assert code == 2
    assert f'{grey} shows no face' in said
    assert f'{text} is not a picture' in said
    assert f'{tmp_path}/none.jpg is not there' in said
    assert 'Ann is not added' in said
    with sqlite3.connect(tmp_path / 'x.sqlite') as c:
        assert c.execute('SELECT count(*) FROM people').fetchone() == (0,)
