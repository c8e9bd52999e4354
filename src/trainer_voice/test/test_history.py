"""What was done: written while it happens, corrected, read again, worth a sentence."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from trainer_core.database import open_database
from trainer_voice.dialogue.events import Item
from trainer_voice.history.facts import facts
from trainer_voice.history.log import Formed, Hint, Log, Moved
from trainer_voice.history.records import (
    GUEST,
    days,
    records,
    sessions,
    streak,
    this_week,
    trends,
    weeks,
)

ANNA = 'a7k2m'
SUNDAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PLAN = (Item('squat', 2, 5, 0.0, 60.0), Item('plank', 1, 0, 30.0))


def ns(when):
    return int(when.timestamp()) * 10**9


@pytest.fixture
def db(tmp_path):
    with open_database(tmp_path / 'trainer.sqlite') as db:
        with db.transaction() as c:
            c.execute("INSERT INTO people VALUES ('a7k2m', 'Anna', '')")
        yield db


def rep(count, verdict='rep'):
    return Moved(
        verdict, count, count * 10**9, count * 10**9 + 5, 'why', 'left', 1.2, 0.6, float('nan'))


def form(count, median=0.2, correct=True):
    return Formed(
        count, median, 0.35, correct, 0.9, 1.1, float('nan'), {'left_knee': 0.3, 'head': 0.1},
        [Hint('left_knee', 'bend', 0.35, 'bottom')])


def train(db, days_ago, *sets, person=ANNA, median=0.2, correct=True):
    """A session of sets: exercise, repetitions or '30s'."""
    at = ns(SUNDAY - timedelta(days=days_ago))
    session = Log(db).begin(person, 'legs', PLAN, at)
    for number, (exercise, done) in enumerate(sets, 1):
        timed = isinstance(done, str)
        a_set = session.begin_set(exercise, number, at, 0 if timed else 5, 30.0 if timed else 0.0)
        for count in range(1, 1 + (0 if timed else done)):
            a_set.moved(rep(count))
            a_set.formed(form(count, median, correct))
        a_set.end(0 if timed else done, float(done[:-1]) if timed else 12.0, 'completed', at)
    session.end(at + 600 * 10**9)
    return session


# Writing.

def test_a_session_is_read_as_it_was_written(db):
    train(db, 0, ('squat', 5), ('plank', '30s'))
    session, = sessions(db, ANNA)
    assert (session.started, session.ended) == (SUNDAY, SUNDAY + timedelta(minutes=10))
    assert (session.workout, session.exercises) == ('legs', ['squat', 'plank'])
    assert session.items[0] == {
        'exercise': 'squat', 'sets': 2, 'reps': 5, 'seconds': 0.0, 'rest': 60.0}
    squat, plank = session.sets
    assert (squat.reps, squat.counted, squat.corrected, squat.seconds) == (5, 5, None, 0.0)
    assert (squat.judged, squat.correct, squat.form, squat.threshold) == (5, 5, 0.2, 0.35)
    assert (plank.seconds, plank.timed, plank.reached) == (30.0, True, True)
    movement = db.row('SELECT * FROM movements WHERE count = 3')
    assert (movement['verdict'], movement['side']) == ('rep', 'left')
    assert movement['started'] == 3 * 10**9
    assert (movement['range'], movement['seconds_back']) == (1.2, None)
    scored = db.row('SELECT * FROM forms')
    assert scored['parts'] == '{"left_knee": 0.3, "head": 0.1}'
    assert '"direction": "bend"' in scored['hints'] and scored['asymmetry'] is None


@pytest.mark.parametrize(('events', 'counted', 'corrected'), [
    ('r r r', 3, None),
    ('r r r =5', 3, 5),
    ('r r r =5 r6 r7', 5, 7),          # two more were counted after the correction
    ('r r r =2', 3, 2),
    ('r r =3 r4 =3', 3, 3),
    ('r r r -', 3, 2),                 # the newest was none
    ('r r p +', 2, 3),                 # the newest was one after all
    ('r r p + +', 2, 3),
    ('r r - +', 2, 2),
    ('r r p -', 2, None),              # it was not counted anyhow
    ('-', 0, None),
])
def test_corrections_keep_both_values(db, events, counted, corrected):
    a_set = Log(db).begin(ANNA, '', (), 0).begin_set('squat', 1, 0)
    count = 0
    for event in events.split():
        if event[0] == 'r':
            count = int(event[1:] or count + 1)
            a_set.moved(rep(count))
            newest = 'rep'
        elif event == 'p':
            a_set.moved(rep(count, 'partial'))
            newest = 'partial'
        elif event[0] == '=':
            count = int(event[1:])
            a_set.corrected(count)
        elif count:
            a_set.judged(event == '+')
            count += (event == '+') - (event == '-') if (event == '+') != (newest == 'rep') else 0
            a_set.corrected(count)
            newest = 'rep' if event == '+' else 'partial'
        else:
            assert not a_set.judged(False)
    a_set.end(count, 10.0, 'completed', 0)
    row = db.row('SELECT reps, corrected_reps FROM sets')
    assert row['corrected_reps'] == corrected
    assert row['reps'] == counted
    assert sessions(db, ANNA)[0].sets[0].reps == (counted if corrected is None else corrected)


def test_a_rejected_repetition_keeps_its_verdict_beside_the_correction(db):
    a_set = Log(db).begin(ANNA, '', (), 0).begin_set('squat', 1, 0)
    for count, correct in ((1, True), (2, False)):
        a_set.moved(rep(count))
        a_set.formed(form(count, correct=correct))
    a_set.judged(False)
    rows = db.rows('SELECT verdict, corrected_verdict FROM movements ORDER BY id')
    assert [tuple(r) for r in rows] == [('rep', None), ('rep', 'partial')]
    assert sessions(db, ANNA)[0].sets[0].judged == 1  # the form of what is none is left out


def test_a_changed_target_is_kept(db):
    a_set = Log(db).begin(ANNA, '', (), 0).begin_set('squat', 1, 0, target_reps=10)
    a_set.target(12, 0.0)
    assert sessions(db, ANNA)[0].sets[0].target_reps == 12


def test_the_form_of_a_repetition_that_is_not_there_is_refused(db):
    assert not Log(db).begin(ANNA, '', (), 0).begin_set('squat', 1, 0).formed(form(1))


def test_form_may_come_after_the_end_of_the_set(db):
    a_set = Log(db).begin(ANNA, '', (), 0).begin_set('squat', 1, 0)
    a_set.moved(rep(1))
    a_set.end(1, 3.0, 'completed', 0)
    assert a_set.formed(form(1))
    assert sessions(db, ANNA)[0].sets[0].judged == 1


def test_a_guest_who_gets_a_name(db):
    session = Log(db).begin('', 'taster', (), ns(SUNDAY))
    session.begin_set('squat', 1, ns(SUNDAY)).moved(rep(1))
    assert len(sessions(db, GUEST)) == 1
    session.belongs_to(ANNA)
    assert sessions(db, GUEST) == []
    assert len(sessions(db, ANNA)) == 1


def test_two_sessions_side_by_side(db):
    log = Log(db)
    sets = [log.begin(who, '', (), 0).begin_set('squat', 1, 0) for who in (ANNA, '')]
    for count in (1, 2):
        for a_set in sets:
            a_set.moved(rep(count))
    assert sessions(db, ANNA)[0].sets[0].reps == sessions(db, GUEST)[0].sets[0].reps == 2


def test_what_a_killed_process_has_written_is_there(db):
    session = Log(db).begin(ANNA, '', PLAN, ns(SUNDAY))
    squats = session.begin_set('squat', 1, ns(SUNDAY), target_reps=5)
    for count in (1, 2, 3):
        squats.moved(rep(count))
    plank = session.begin_set('plank', 1, ns(SUNDAY), target_seconds=30.0)
    for tenth in range(174):
        plank.held(tenth / 10)
    with open_database(db.path) as other:  # nobody has ended or closed anything
        found, = sessions(other, ANNA)
    assert [(s.reps, s.seconds, s.outcome) for s in found.sets] == [(3, 0.0, ''), (0, 15.0, '')]
    assert found.ended is None and found.done


def test_a_full_disk_is_said_and_nothing_is_lost(db):
    log = Log(db)
    a_set = log.begin(ANNA, '', (), 0).begin_set('squat', 1, 0)
    db.row(f'PRAGMA max_page_count = {db.row("PRAGMA page_count")[0]}')
    count = 0
    while not log.fault:
        count += 1
        assert count < 5000
        a_set.moved(rep(count))
    assert 'is full' in log.fault and log.waiting
    for _ in range(20):
        count += 1
        a_set.moved(rep(count))
        a_set.formed(form(count))
    assert not log.flush()
    db.row('PRAGMA max_page_count = 1000000')
    a_set.end(count, 1.0, 'completed', 0)
    assert (log.fault, log.waiting) == ('', 0)
    assert db.row('SELECT count(*) FROM movements')[0] == count
    assert db.row('SELECT count(*) FROM forms')[0] == 20
    assert sessions(db, ANNA)[0].sets[0].reps == count


def test_a_mistake_of_the_program_is_not_taken_for_a_full_disk(db):
    with pytest.raises(sqlite3.IntegrityError):
        Log(db).begin('nobdy', '', (), 0)


def test_forgetting_leaves_nothing(db):
    train(db, 1, ('squat', 5))
    train(db, 0, ('squat', 5), person='')
    gone = db.forget('Anna')
    assert (gone.sessions, gone.sets, gone.movements) == (1, 1, 5)
    assert sessions(db, ANNA) == [] and len(sessions(db, GUEST)) == 1
    assert db.row('SELECT count(*) FROM forms')[0] == 5


@pytest.mark.parametrize(('exercise', 'seconds'), [('plank', 40.0), ('squat', 0.0), ('x', 0.0)])
def test_the_seconds_of_holds_without_a_target_are_kept(db, exercise, seconds):
    Log(db).begin(ANNA, '', (), 0).begin_set(exercise, 1, 0).end(0, 40.0, 'stopped', 0)
    a_set = sessions(db, ANNA)[0].sets[0]
    assert (a_set.seconds, a_set.timed) == (seconds, seconds > 0)


# Reading.

def test_the_newest_sessions_in_order(db):
    for days_ago in (9, 1, 4):
        train(db, days_ago, ('squat', days_ago))
    assert [s.sets[0].reps for s in sessions(db, ANNA)] == [9, 4, 1]
    assert [s.sets[0].reps for s in sessions(db, ANNA, 2)] == [4, 1]


def test_trends_and_records(db):
    train(db, 4, ('squat', 8), ('squat', 6), ('plank', '20s'), median=0.4)
    train(db, 2, ('squat', 9), ('plank', '31s'), ('plank', '25s'))
    train(db, 1, ('squat', 9), median=0.3)
    done = sessions(db, ANNA)
    assert [(p.sets, p.reps, p.best_reps, p.form, p.judged) for p in trends(done)['squat']] == [
        (2, 14, 8, 0.4, 14), (1, 9, 9, 0.2, 9), (1, 9, 9, 0.3, 9)]
    assert [(p.seconds, p.best_seconds) for p in trends(done)['plank']] == [(20, 20), (56, 31)]
    best = records(done)
    assert (best['squat'].reps, best['squat'].when) == (9, SUNDAY - timedelta(2))
    assert (best['plank'].seconds, best['plank'].reps) == (31, 0)


@pytest.mark.parametrize(('days_ago', 'in_a_row'), [
    ([], 0), ([0], 1), ([1], 1), ([2], 0), ([0, 1, 2], 3), ([1, 2], 2), ([0, 2, 3], 1)])
def test_streaks(days_ago, in_a_row):
    today = date(2026, 11, 22)
    assert streak([today - timedelta(d) for d in days_ago], today) == in_a_row


@pytest.mark.parametrize(('days_ago', 'in_a_row'), [
    ([0], 1), ([6], 1), ([7], 1), ([14], 0), ([0, 7, 14], 3), ([0, 14], 1), ([7, 13, 20], 2)])
def test_weeks_in_a_row(days_ago, in_a_row):
    sunday = date(2026, 11, 22)
    assert weeks([sunday - timedelta(d) for d in days_ago], sunday) == in_a_row


def test_days_are_those_of_the_place(db):
    train(db, 0, ('squat', 1))
    tokyo, samoa = ZoneInfo('Asia/Tokyo'), ZoneInfo('Pacific/Pago_Pago')
    done = sessions(db, ANNA)
    assert days(done, tokyo) == [date(2026, 11, 22)]
    assert days(done, samoa) == [date(2026, 11, 21)]
    assert this_week(done, date(2026, 11, 22), UTC) == 1
    assert this_week(done, date(2026, 11, 23), UTC) == 0


# Facts.

def test_a_first_session(db):
    train(db, 0, ('squat', 5))
    assert facts(db, ANNA, zone=UTC) == [('first_session', {})]


@pytest.mark.parametrize(('before', 'today', 'told'), [
    ([(9, ('squat', 5))], [('squat', 7)],
     [('record_reps', {'exercise': 'squat', 'reps': 7, 'before': 5})]),
    ([(9, ('squat', 7))], [('squat', 7)], []),
    ([(9, ('squat', 9)), (8, ('squat', 5))], [('squat', 7)],
     [('more_reps', {'exercise': 'squat', 'reps': 7, 'before': 5})]),
    ([(9, ('squat', 9))], [('squat', 8), ('squat', 8)],
     [('more_reps', {'exercise': 'squat', 'reps': 16, 'before': 9})]),
    ([(9, ('plank', '30s'))], [('plank', '42s')],
     [('record_seconds', {'exercise': 'plank', 'seconds': 42, 'before': 30})]),
    ([(9, ('plank', '30s'))], [('plank', '30.3s')], []),
    ([(9, ('plank', '30s'))], [('plank', '25s'), ('plank', '25s')],
     [('more_seconds', {'exercise': 'plank', 'seconds': 50, 'before': 30})]),
    ([(9, ('squat', 5))], [('lunge', 9)], []),
    ([(5, ('squat', 5)), (2, ('squat', 5))], [('squat', 3)],
     [('session_of_week', {'number': 3})]),
    ([(2, ('squat', 9)), (1, ('squat', 9))], [('squat', 3)], [('days_in_a_row', {'days': 3})]),
    ([(14, ('squat', 9)), (7, ('squat', 9))], [('squat', 3)],
     [('weeks_in_a_row', {'weeks': 3})]),
])
def test_facts(db, before, today, told):
    for days_ago, *sets in before:
        train(db, days_ago, *sets)
    train(db, 0, *today)
    assert facts(db, ANNA, zone=UTC) == told


@pytest.mark.parametrize(('last', 'now', 'told'), [
    ({'median': 0.4, 'correct': False}, {'median': 0.2},
     [('better_form', {'exercise': 'squat', 'share': 100, 'before': 0})]),
    ({'median': 0.2}, {'median': 0.19}, []),
    ({'median': 0.2}, {'median': 0.1, 'correct': False}, []),
])
def test_better_form(db, last, now, told):
    train(db, 9, ('squat', 5), **last)
    train(db, 0, ('squat', 5), **now)
    assert facts(db, ANNA, zone=UTC) == told


def test_facts_of_a_session_that_is_not_the_newest(db):
    train(db, 9, ('squat', 5))
    middle = train(db, 8, ('squat', 7))
    train(db, 0, ('squat', 6))
    assert facts(db, ANNA, middle.id, UTC)[0] == (
        'record_reps', {'exercise': 'squat', 'reps': 7, 'before': 5})


def test_no_facts_about_guests_and_about_nothing(db):
    train(db, 0, ('squat', 5), person='')
    assert facts(db, '', zone=UTC) == []
    train(db, 0, ('squat', 0))
    assert facts(db, ANNA, zone=UTC) == []
