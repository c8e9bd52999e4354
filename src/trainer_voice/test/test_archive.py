"""What the dialogue reads and writes: plans, facts, the journal; a database that is not well."""

from dataclasses import replace
from datetime import timedelta

import pytest
from stage import Stage

from trainer_core.clock import SECOND
from trainer_core.database import open_database, wall_datetime, wall_time
from trainer_core.errors import UserError
from trainer_voice.dialogue.archive import Archive
from trainer_voice.dialogue.events import (
    Answer,
    Correct,
    Correction,
    Enroll,
    Form,
    Item,
    Judge,
    LoadPlan,
    MakePlan,
    Movement,
    Outcome,
    Result,
    StorePlan,
    SumUp,
    Verdict,
)
from trainer_voice.dialogue.keeper import Keeper
from trainer_voice.history.records import sessions
from trainer_voice.intents import Intents

T = 1_795_000_000 * SECOND
SHORT = 'everybody: {every day: short}\nworkouts:\n  short:\n    - squat: 2 x 10, rest 30 s\n'
SQUATS = Item('squat', 2, 10, rest=30.0)
PLANK = Item('plank', seconds=30.0)


@pytest.fixture
def path(tmp_path):
    (tmp_path / 'week.yaml').write_text(SHORT)
    with open_database(tmp_path / 'a.sqlite') as db, db.transaction() as c:
        c.execute("INSERT INTO people VALUES ('a7k2m', 'Anna', '2026')")
    return tmp_path / 'a.sqlite'


@pytest.fixture
def archive(path):
    archive = Archive(str(path), str(path.with_name('week.yaml')))
    yield archive
    archive.close()


def keeper(archive):
    return Keeper(archive, lambda work: work())


def begin(journal, person='a7k2m', plan=(SQUATS, PLANK)):
    journal.begins(person, 'mine', plan, T)


def one_set(journal, item=SQUATS, number=1, reps=2, outcome=Outcome.COMPLETED):
    journal.set_begins(item, number, T)
    for n in range(1, reps + 1):
        journal.moved(Movement(T + n, Verdict.REP, n, 'p1', item.exercise, '', T, T + n))
    journal.set_ends(Result(outcome, reps, item.seconds), T + SECOND)


def test_workout_of_the_day(archive):
    answer = archive.answer(LoadPlan('a7k2m'))
    assert (answer.success, answer.items, answer.name) == (True, (SQUATS,), 'short')


def test_a_plan_is_made_changed_kept_and_loaded(archive):
    made = archive.answer(MakePlan('twenty push ups and a plank', 'a7k2m'))
    assert [i.exercise for i in made.items] == ['push_up', 'plank'] and made.sentences
    changed = archive.answer(MakePlan('no plank', 'a7k2m', made.plan))
    assert [i.exercise for i in changed.items] == ['push_up']
    assert archive.answer(StorePlan('a7k2m', changed.plan)).success
    assert archive.answer(LoadPlan('a7k2m')).items == changed.items
    assert not archive.answer(MakePlan('blue potatoes', 'a7k2m')).success


def test_what_nobody_here_does(archive):
    assert not archive.answer(Enroll('Anna', 'p1')).success


def test_a_session_is_kept(archive, path):
    journal = keeper(archive)
    begin(journal)
    journal.set_begins(SQUATS, 1, T)
    journal.moved(Movement(T, Verdict.REP, 1, 'p1', 'squat', '', T - SECOND, T, range=1.2))
    journal.scored(Form(T, 1, False, (Correction('left_knee', 'bend', 0.3, 'bottom'),), median=0.3,
                        threshold=0.2, parts=(('left_knee', True, 0.4), ('head', False, 0.0))))
    journal.moved(Movement(T, Verdict.REP, 2, 'p1', 'squat'))
    journal.judged(False)
    journal.corrected(1)
    journal.target(replace(SQUATS, reps=12))
    journal.set_ends(Result(Outcome.STOPPED, 1), T + SECOND)
    journal.ends(T + SECOND)
    assert (archive.fault, journal.waiting) == ('', 0)
    session, = sessions(archive.database(), 'a7k2m')
    a_set, = session.sets
    assert (session.workout, a_set.target_reps, a_set.counted, a_set.corrected, a_set.outcome) == (
        'mine', 12, 2, 1, 'stopped')
    rows = archive.database().rows('SELECT verdict, corrected_verdict FROM movements ORDER BY id')
    assert [tuple(row) for row in rows] == [('rep', None), ('rep', 'partial')]
    form = archive.database().row('SELECT * FROM forms')
    assert form['parts'] == '{"left_knee": 0.4}' and 'bottom' in form['hints']


def test_a_correction_that_ends_the_set(archive):
    """Its end comes before the counter's answer to the correction, and a movement after both."""
    s = Stage(journal=keeper(archive), understand=Intents('en').understand, answers={
        'LoadPlan': Answer(True, items=(SQUATS, PLANK)), 'SumUp': Answer(True)})
    s.counter()
    s.anna()
    s.wait(4)
    s.says('yes')
    s.reps(1, 3)
    s.says('no, that was ten')
    s.ends(10)
    s._take(s.session.moved(Movement(s.now, Verdict.NOT_IN_SET, 3)))
    s._take(s.session.answered(s.asked[-1], Answer(True), s.now))
    assert s.said()[-1] == 'corrected ten'
    s.says('stop')
    a_set, = sessions(archive.database(), 'a7k2m')[0].sets
    assert (a_set.counted, a_set.corrected, a_set.outcome) == (3, 10, 'completed')


@pytest.mark.parametrize(('changes', 'kept', 'verdicts'), [
    ([Judge(False), Correct(1)], (2, 1), [('rep', None), ('rep', 'partial')]),
    ([Correct(5)], (2, 5), [('rep', None), ('rep', None)]),
    ([Judge(False), Correct(1)] * 2, (2, 1), [('rep', None), ('rep', 'partial')]),  # said, told
    ([Correct(1), Judge(False)], (2, 1), [('rep', None), ('rep', 'partial')]),  # in any order
    ([Judge(True), Correct(2)], (2, None), [('rep', None), ('rep', 'rep')]),
    ([], (2, None), [('rep', None)] * 2)])
@pytest.mark.parametrize('when', ['in the set', 'in the rest', 'after goodbye'])
def test_what_the_counter_is_told_by_a_human_trainer(archive, changes, kept, verdicts, when):
    s = Stage(journal=keeper(archive), understand=Intents('en').understand, answers={
        'LoadPlan': Answer(True, items=(replace(SQUATS, sets=2, rest=60.0),)),
        'SumUp': Answer(True)})
    s.counter()
    s.anna()
    s.wait(4)
    assert s.session.changed(Correct(3), s.now) is None  # nothing has been done yet
    s.says('yes')
    s.reps(1, 2)
    if when == 'in the rest':
        s.ends(2)
    elif when == 'after goodbye':
        s.says('stop')
        s.wait(5)
        s.goes()
    for change in changes:
        assert s.session.changed(change, s.now) == []
    a_set = sessions(archive.database(), 'a7k2m')[0].sets[0]
    assert (a_set.counted, a_set.corrected) == kept
    rows = archive.database().rows('SELECT verdict, corrected_verdict FROM movements ORDER BY id')
    assert [tuple(row) for row in rows] == verdicts


def test_facts_of_the_session_that_ends(archive):
    for day, reps in ((0, 5), (1, 8)):
        journal = keeper(archive)
        journal.begins('a7k2m', 'mine', (SQUATS,), T + day * 86400 * SECOND)
        one_set(journal, reps=reps)
        journal.ends(T + day * 86400 * SECOND)
    answer = archive.answer(SumUp('a7k2m'), journal.session_id)
    assert answer.facts[0] == ('record_reps', {'exercise': 'squat', 'reps': 8, 'before': 5})
    assert archive.answer(SumUp(''), journal.session_id).facts == ()
    assert archive.answer(SumUp('a7k2m'), 0).facts == ()


@pytest.mark.parametrize(('sets', 'ended', 'later', 'left'), [
    ([(SQUATS, 1)], False, 5, (replace(SQUATS, sets=1), PLANK)),
    ([(SQUATS, 1), (SQUATS, 2)], False, 5, (PLANK,)),
    ([(SQUATS, 1), (SQUATS, 2), (PLANK, 1)], False, 5, None),
    ([], False, 5, None),
    ([(SQUATS, 1)], True, 5, None),
    ([(SQUATS, 1)], False, 45, None),
])
def test_a_session_that_broke_off(archive, sets, ended, later, left):
    journal = keeper(archive)
    begin(journal)
    for item, number in sets:
        one_set(journal, item, number)
    if ended:
        journal.ends(T)
    now = wall_datetime(wall_time(T)) + timedelta(minutes=later)
    answer = archive.unfinished('a7k2m', now)
    assert (answer.items if answer else None) == left
    assert archive.unfinished('', now) is None


def test_without_a_database_there_are_workouts_and_nothing_is_lost(path):
    broken = path.with_name('broken.sqlite')
    broken.write_text('no database' * 1000)
    archive = Archive(str(broken), str(path.with_name('week.yaml')))
    assert archive.answer(LoadPlan('')).success and archive.answer(LoadPlan('a7k2m')).success
    journal, faults = Keeper(archive, lambda work: failing(work)), []

    def failing(work):
        try:
            work()
        except UserError as error:
            faults.append(str(error))
    begin(journal, '')
    one_set(journal)
    assert 'is damaged' in archive.fault and len(faults) == journal.waiting == 5
    broken.unlink()
    journal.ends(T)
    assert (archive.fault, journal.waiting) == ('', 0)
    session, = sessions(archive.database(), '')
    assert [(s.exercise, s.reps) for s in session.sets] == [('squat', 2)]
    archive.close()


def test_who_is_not_in_this_database_is_a_guest(archive):
    journal = keeper(archive)
    begin(journal, 'z9z9z')
    one_set(journal)
    journal.belongs_to('z9z9z')
    assert len(sessions(archive.database(), '')) == 1
    journal.belongs_to('a7k2m')
    assert len(sessions(archive.database(), 'a7k2m')) == 1


def test_forgotten_in_mid_session(archive):
    """The rows of the session are gone before it has ended; the next one is written as ever."""
    journal = keeper(archive)
    begin(journal)
    journal.set_begins(SQUATS, 1, T)
    assert archive.database().forget('a7k2m')
    with pytest.raises(Exception, match='FOREIGN KEY'):
        journal.moved(Movement(T, Verdict.REP, 1, 'p1', 'squat'))
    journal.moved(Movement(T, Verdict.REP, 2, 'p1', 'squat'))
    journal.ends(T)
    begin(journal, '')
    one_set(journal)
    assert [s.reps for s in sessions(archive.database(), '')[0].sets] == [2]
