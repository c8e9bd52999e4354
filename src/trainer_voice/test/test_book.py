"""The workout of the day from the file and the database, with progression; plans that are kept."""

from datetime import UTC, date, datetime, timedelta

import pytest

from trainer_core.database import open_database
from trainer_core.errors import UserError
from trainer_voice.dialogue.events import Item
from trainer_voice.history.log import Formed, Log, Moved
from trainer_voice.history.records import sessions
from trainer_voice.plans.book import Book
from trainer_voice.plans.progression import progress
from trainer_voice.plans.workout import Workout

MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

FILE = """\
everybody: {monday: legs, sunday: rest}
Anna: {monday: arms}
guest: {every day: short}
workouts:
  legs: [squat: '3 x 12, rest 60']
  arms: [push up: '2 x 10, rest 30', plank: '2 x 30 s, rest 30']
  short: [squat: 5]
"""


@pytest.fixture
def db():
    with open_database(':memory:') as db:
        with db.transaction() as c:
            for person in (('a7k2m', 'Anna'), ('b3n9x', 'Bert')):
                c.execute('INSERT INTO people VALUES (?, ?, ?)', (*person, ''))
        yield db


@pytest.fixture
def file(tmp_path):
    path = tmp_path / 'workouts.yaml'
    path.write_text(FILE)
    return path


@pytest.fixture
def book(db, file):
    return Book(db, str(file))


def train(db, person, days_ago, *sets, correct=()):
    """A session: sets of exercise, target, done; an s behind the numbers is seconds."""
    at = int((NOW - timedelta(days=days_ago)).timestamp() * 1e9)
    session = Log(db).begin(person, '', (), at)
    for number, (exercise, target, done) in enumerate(sets, 1):
        timed = isinstance(target, str)
        a_set = session.begin_set(
            exercise, number, at, 0 if timed else target, float(target[:-1]) if timed else 0.0)
        for rep in range(1, 1 + (0 if timed else done)):
            a_set.moved(Moved('rep', rep, 0, 1))
            if correct:
                a_set.formed(Formed(rep, 0.2, 0.3, correct[(rep - 1) % len(correct)]))
        a_set.end(0 if timed else done, float(done[:-1]) if timed else 60.0, 'completed', at)
    session.end(at)


def said(workout):
    return ', '.join(
        f'{i.exercise} {i.sets}x{i.reps or f"{i.seconds:g}s"}' for i in workout.items)


@pytest.mark.parametrize(('person', 'day', 'workout', 'explanation'), [
    ('a7k2m', MONDAY, 'push_up 2x10, plank 2x30s', ''),
    ('b3n9x', MONDAY, 'squat 3x12', ''),
    ('', MONDAY, 'squat 1x5', 'As a guest you get a workout to try out.'),
    ('a7k2m', SUNDAY, None, 'Today is a rest day.'),
    ('a7k2m', date(2026, 11, 17), None, 'Nothing is planned for today.'),
    ('nobdy', MONDAY, 'squat 3x12', ''),
])
def test_the_workout_of_the_day(book, person, day, workout, explanation):
    loaded = book.load(person, today=day)
    assert (said(loaded.workout) if loaded.workout else None) == workout
    assert loaded.explanation == explanation
    assert loaded.rest_day == (day == SUNDAY)


def test_without_a_file_the_examples_are_taken(db, tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CONFIG_HOME', str(tmp_path))
    book = Book(db)
    assert book.load('a7k2m', today=MONDAY).workout.name == 'legs'
    assert book.load('', today=SUNDAY).workout.name == 'taster'
    assert book.load('a7k2m', today=SUNDAY, language='it').explanation == 'Oggi si riposa.'
    assert book.load('a7k2m', today=SUNDAY).rest_day


def test_a_changed_file_is_read_again(book, file):
    file.write_text(FILE.replace('3 x 12', '3 x 20'))
    assert said(book.load('b3n9x', today=MONDAY).workout) == 'squat 3x20'
    file.write_text('workouts: [')
    with pytest.raises(UserError, match='workouts.yaml, line'):
        book.load('b3n9x', today=MONDAY)


def test_by_name(book):
    assert said(book.load('b3n9x', name='Arms').workout) == 'push_up 2x10, plank 2x30s'
    assert book.load('b3n9x', name='taster').workout.name == 'taster'
    with pytest.raises(UserError, match='no workout called yoga; legs, arms, short'):
        book.load('b3n9x', name='yoga')


def test_a_plan_is_made_kept_and_loaded_on_its_day(book):
    planned = book.plan('ten squats and a plank every monday', 'en', 'a7k2m')
    assert planned.keep == 0
    assert book.store('a7k2m', planned.workout, planned.keep) == 'your workout'
    assert said(book.load('a7k2m', today=MONDAY).workout) == 'squat 1x10, plank 1x30s'
    assert said(book.load('b3n9x', today=MONDAY).workout) == 'squat 3x12'
    again = book.plan('twelve squats', 'en', 'a7k2m')
    book.store('a7k2m', again.workout, 0)
    assert said(book.load('a7k2m', today=MONDAY).workout) == 'squat 1x12'
    assert said(book.load('a7k2m', name='your workout').workout) == 'squat 1x12'


def test_a_plan_for_today_goes_before_that_of_the_weekday_and_ends_with_the_day(book, db):
    book.store('a7k2m', Workout('w', (Item('lunge', 1, 7),)), 0)
    book.store('a7k2m', Workout('t', (Item('lunge', 1, 9),)), 'today', MONDAY)
    assert said(book.load('a7k2m', today=MONDAY).workout) == 'lunge 1x9'
    assert said(book.load('a7k2m', today=MONDAY + timedelta(7)).workout) == 'lunge 1x7'
    book.store('a7k2m', Workout('t', (Item('lunge', 1, 9),)), 'tomorrow', MONDAY + timedelta(7))
    assert said(book.load('a7k2m', today=MONDAY + timedelta(8)).workout) == 'lunge 1x9'
    names = {r['name'] for r in db.rows('SELECT name FROM workouts')}
    assert names == {'w', 'on 2026-11-24'}


def test_what_is_kept_for_everybody(book):
    book.store('', Workout('all', (Item('plank', 1, 0, 20.0),)), 6)
    assert said(book.load('b3n9x', today=SUNDAY).workout) == 'plank 1x20s'
    assert said(book.load('', today=SUNDAY).workout) == 'squat 1x5'


def test_nothing_is_not_kept(book):
    with pytest.raises(UserError, match='nothing in this plan'):
        book.store('a7k2m', book.plan('bla').workout)


def test_forgetting_a_person_forgets_their_workouts(book, db):
    book.store('a7k2m', Workout('w', (Item('lunge', 1, 7),)), 0)
    assert db.forget('Anna').workouts == 1
    assert db.rows('SELECT * FROM workouts') == []


# Sessions, the newest last: days ago, then sets of target and done. The plan says 12.
PROGRESSION = [
    # what happened,                                                    today, because
    ([], 12, 'same'),
    ([(2, (12, 12))], 12, 'same'),
    ([(4, (12, 12)), (2, (12, 12))], 13, 'more'),
    ([(4, (12, 12), (12, 12)), (2, (12, 14), (12, 12))], 13, 'more'),
    ([(6, (12, 12)), (4, (12, 12)), (2, (13, 13))], 13, 'same'),
    ([(4, (13, 13)), (2, (13, 13))], 14, 'more'),
    ([(4, (12, 12)), (2, (12, 9))], 11, 'less'),
    ([(4, (12, 12)), (2, (12, 12), (12, 11))], 11, 'less'),
    ([(4, (12, 9)), (2, (11, 11))], 11, 'same'),
    ([(4, (11, 11)), (2, (11, 11))], 12, 'more'),
    ([(4, (24, 24)), (2, (24, 24))], 24, 'same'),     # twice the plan is the end
    ([(2, (6, 2))], 6, 'same'),                       # half of it, too
    ([(40, (12, 12)), (30, (12, 12))], 10, 'after_pause'),
    ([(4, (0, 20)), (2, (0, 20))], 12, 'same'),       # no targets, nothing to reach
]


@pytest.mark.parametrize(('done', 'today', 'reason'), PROGRESSION)
def test_progression(db, done, today, reason):
    for days_ago, *sets in done:
        train(db, 'a7k2m', days_ago, *(('squat', *a_set) for a_set in sets))
    made = progress(Item('squat', 3, 12, 0.0, 60.0), sessions(db, 'a7k2m'), NOW)
    assert (made.item.reps, made.reason) == (today, reason)
    assert (made.item.sets, made.item.rest) == (3, 60.0)


@pytest.mark.parametrize(('done', 'today', 'reason'), [
    ([(4, ('30s', '30s')), (2, ('30s', '31s'))], 35, 'more'),
    ([(2, ('30s', '20s'))], 25, 'less'),
    ([(2, ('30s', '29.8s'))], 30, 'same'),
])
def test_progression_of_holds(db, done, today, reason):
    for days_ago, *sets in done:
        train(db, 'a7k2m', days_ago, *(('plank', *a_set) for a_set in sets))
    made = progress(Item('plank', 2, 0, 30.0, 30.0), sessions(db, 'a7k2m'), NOW)
    assert (made.item.seconds, made.reason) == (today, reason)


@pytest.mark.parametrize(('correct', 'today'), [((True,), 13), ((True, False), 12)])
def test_more_only_with_good_form(db, correct, today):
    for days_ago in (4, 2):
        train(db, 'a7k2m', days_ago, ('squat', 12, 12), correct=correct)
    made = progress(Item('squat', 1, 12), sessions(db, 'a7k2m'), NOW)
    assert made.item.reps == today


def test_progression_is_explained_and_can_be_switched_off(book, db, file):
    for days_ago in (9, 6):
        train(db, 'b3n9x', days_ago, *[('squat', 12, 12)] * 3)
    loaded = book.load('b3n9x', today=MONDAY, now=NOW)
    assert said(loaded.workout) == 'squat 3x13'
    assert loaded.explanation == (
        'Squats, thirteen repetitions, a little more than last time, as you reached every target '
        'twice.')
    assert said(book.load('a7k2m', 'legs', now=NOW).workout) == 'squat 3x12'
    file.write_text(FILE + 'progression: no\n')
    assert said(book.load('b3n9x', today=MONDAY, now=NOW).workout) == 'squat 3x12'


def test_plans_follow_what_is_usual(book, db):
    for days_ago in (4, 3, 2, 1):
        train(db, 'a7k2m', days_ago, ('push_up', 0, 24), ('plank', '60s', '60s'))
    assert dict(book.past('a7k2m').usual) == {'push_up': 24, 'plank': 60}
    assert said(book.plan('push ups and a plank', 'en', 'a7k2m').workout) == (
        'push_up 1x24, plank 1x60s')
    assert book.past('').usual == {}


def test_equipment_of_the_file_is_there(book, file):
    assert not book.plan('ten minutes of biceps')
    file.write_text(FILE + 'equipment: [dumbbells]\n')
    assert said(book.plan('ten minutes biceps').workout).startswith('biceps_curl')
    assert not book.plan('ten minutes of biceps without dumbbells')


def test_a_loaded_workout_is_changed_by_words(book):
    loaded = book.as_planned(book.load('a7k2m', today=MONDAY).workout)
    changed = book.change(loaded, 'no plank', 'en', 'a7k2m')
    assert said(changed.workout) == 'push_up 2x10'


def test_a_broken_row_is_said(book, db):
    with db.transaction() as c:
        c.execute("INSERT INTO workouts (name, weekday, plan) VALUES ('odd', 0, '[{}]')")
    with pytest.raises(UserError, match="workout 'odd' in the database cannot be read"):
        book.load('b3n9x', today=MONDAY)
