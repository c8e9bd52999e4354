"""./trainer history: the tables, the picture and the file of a made-up month."""

import csv
import math
from datetime import UTC, datetime, timedelta

import pytest

from trainer import cli
from trainer_core.database import open_database
from trainer_voice.history.log import Formed, Hint, Log, Moved
from trainer_voice.history.records import Point

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def month(db):
    """Anna, three times a week: squats that get more and better, planks; Bert once; a guest."""
    with db.transaction() as c:
        for person in (('a7k2m', 'Anna'), ('b3n9x', 'Bert')):
            c.execute('INSERT INTO people VALUES (?, ?, ?)', (*person, ''))
    log = Log(db)
    for number, day in enumerate((0, 2, 4, 7, 9, 11, 14, 16, 18)):
        train(log, 'a7k2m', day, [('squat', 10 + number, 10 + number)] * 3 + [('plank', '30s', 30)],
              0.42 - 0.03 * number)
    train(log, 'b3n9x', 3, [('push_up', 12, 9)], math.nan)
    train(log, '', 5, [('squat', 5, 5)], 0.5)


def train(log, person, day, sets, form):
    at = int((NOON + timedelta(days=day)).timestamp()) * 10**9
    session = log.begin(person, 'legs', (), at)
    for number, (exercise, target, done) in enumerate(sets, 1):
        timed = isinstance(target, str)
        a_set = session.begin_set(
            exercise, number, at, 0 if timed else target, 30.0 if timed else 0.0)
        for rep in range(1, 1 + (0 if timed else done)):
            a_set.moved(Moved('rep', rep, at, at + 10**9, 'far enough', 'both', 1.5, 0.9, 0.8))
            if not math.isnan(form):
                a_set.formed(Formed(
                    rep, form, 0.35, form < 0.35 or rep % 3 == 0, 0.9, 1.0, 0.1,
                    {'left_knee': form}, [Hint('left_knee', 'bend', 0.3, 'bottom')]))
        if day == 18 and number == 1:
            a_set.corrected(done + 1)
            done += 1
        a_set.end(0 if timed else done, 31.0, 'completed', at)
    session.end(at + 900 * 10**9)


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv('TRAINER_DATA', str(tmp_path))
    monkeypatch.setenv('COLUMNS', '110')
    return tmp_path


@pytest.fixture
def full(data):
    with open_database() as db:
        month(db)
    return data


def test_nothing_yet(data, capsys):
    assert cli.main(['history']) == 0
    assert 'nothing done yet; ./trainer run' in capsys.readouterr().out


def test_everybody(full, capsys):
    assert cli.main(['history']) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ['Anna', '9', '0', '2026-11-20'] in [[*x[:2], '0', *x[3:]] for x in lines if len(x) == 4]
    assert any(line[:2] == ['guests', '1'] for line in lines if line)


def test_one_person(full, capsys):
    assert cli.main(['history', 'anna']) == 0
    shown = capsys.readouterr().out
    assert 'Anna: 9 sessions since 2026-11-02' in shown
    assert '10, 10, 10' in shown and '31 s' in shown
    assert '19 (counted 18), 18, 18' in shown
    assert '100 %' in shown and '30 %' in shown
    records = shown[shown.index('Records'):]
    assert [line.split()[:4] for line in records.splitlines() if 'squat' in line] == [
        ['squat', '9', '19', '2026-11-20']]


def test_what_was_not_reached_is_shown_with_its_target(full, capsys):
    assert cli.main(['history', 'Bert']) == 0
    assert '9/12' in capsys.readouterr().out


def test_only_the_newest(full, capsys):
    assert cli.main(['history', 'Anna', '--sessions', '1']) == 0
    shown = capsys.readouterr().out
    assert shown.count('plank') == 2 and '10, 10, 10' not in shown  # once more in the records


def test_guests(full, capsys):
    assert cli.main(['history', 'guest']) == 0
    assert 'Guests: 1 session since 2026-11-07' in capsys.readouterr().out


def test_a_name_that_nobody_has(full, capsys):
    assert cli.main(['history', 'Zoe']) == 2
    assert capsys.readouterr().err == 'trainer: nobody is called Zoe; there are Anna, Bert\n'


def test_csv(full, capsys):
    file = full / 'out.csv'
    assert cli.main(['history', 'Anna', '--csv', str(file)]) == 0
    rows = list(csv.DictReader(file.open()))
    assert len(rows) == 3 * sum(range(10, 19)) + 9
    squat, plank = rows[0], next(r for r in rows if r['exercise'] == 'plank')
    assert (squat['person'], squat['verdict'], squat['count']) == ('Anna', 'rep', '1')
    assert (squat['form_median'], squat['form_correct']) == ('0.42', '0')
    assert squat['hints'] == 'bottom: left_knee bend 0.3'
    assert (plank['set_seconds'], plank['verdict'], plank['form_median']) == ('31', '', '')
    corrected = [r for r in rows if r['set_corrected_reps']]
    assert {(r['set_reps'], r['set_corrected_reps']) for r in corrected} == {('18', '19')}
    capsys.readouterr()
    assert cli.main(['history', '--csv', '-']) == 0
    shown = capsys.readouterr().out
    assert 'Bert' in shown and 'Records' not in shown


@pytest.mark.parametrize(('best', 'stars'), [
    ([10], []), ([10, 10], []), ([10, 12, 11, 12, 13], [1, 4]), ([12, 10, 11], [])])
def test_a_record_is_better_than_all_before(best, stars):
    from trainer.history_plot import records
    assert records([Point(i, NOON, 1, n, n, 0.0, 0.0, 0, 0, None, None)
                    for i, n in enumerate(best)]) == set(stars)


def test_plot(full, capsys):
    picture = full / 'anna.png'
    assert cli.main(['history', 'Anna', '--plot', str(picture)]) == 0
    assert picture.stat().st_size > 20_000
    assert cli.main(['history', 'Anna', '--sessions', '2', '--plot', str(picture)]) == 0
    assert cli.main(['history', '--plot', str(picture)]) == 2
    assert 'say which: ./trainer history NAME --plot' in capsys.readouterr().err
    assert cli.main(['history', 'Anna', '--plot', str(full / 'no' / 'where.png')]) == 2
    assert 'the plot cannot be written' in capsys.readouterr().err
