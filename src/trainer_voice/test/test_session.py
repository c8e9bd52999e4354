"""Sessions as tables: what happens, what is said and done about it."""

import pytest

from trainer_core.clock import SECOND
from trainer_voice.dialogue.events import (
    Item,
    Life,
    Movement,
    Outcome,
    Result,
    State,
    Verdict,
    View,
)
from trainer_voice.dialogue.session import Session
from trainer_voice.dialogue.wording import Wording
from trainer_voice.mouth.queue import Priority

SQUATS = Item('squat', reps=3)
PLANK = Item('plank', seconds=20.0)
OPEN = Item('squat')


def ns(seconds):
    return round(seconds * SECOND)


class Words(Wording):
    """Says which sentence it would say, instead of one of its variants."""

    def say(self, sentence, **values):
        return ' '.join([sentence, *(f'{v}' for v in values.values())])


def session(*plan):
    return Session(plan, Words('en'), lambda name: name.upper())


# Events; each is a function of the session.

def up(t):
    return lambda s: s.counter_up(ns(t))


def down(t):
    return lambda s: s.counter_down(ns(t))


def accepted(t):
    return lambda s: s.accepted(ns(t))


def rep(t, count, track=''):
    return lambda s: s.moved(Movement(ns(t), Verdict.REP, count, track))


def moved(t, verdict):
    return lambda s: s.moved(Movement(ns(t), verdict, 0))


def seen(t, life=Life.ACTIVE, hold=0.0, measurable=True, track='p3fk2'):
    return lambda s: s.seen(View(ns(t), life, track, hold, measurable))


def frames(start, end, life=Life.ACTIVE, measurable=True):
    """Ten views a second; what is said during all of them."""
    def events(s):
        return [
            c for i in range(round(10 * start), round(10 * end))
            for c in s.seen(View(ns(i / 10), life, 'p3fk2', 0.0, measurable))]
    return events


def held(start, end, offset=0.0):
    """30 views a second of a hold that grows from start to end (s)."""
    def events(s):
        return [
            c for i in range(round(30 * start), round(30 * end) + 1)
            for c in s.seen(View(ns(offset + i / 30), Life.ACTIVE, 'p3fk2', i / 30))]
    return events


def ended(t, outcome=Outcome.COMPLETED, reps=0, seconds=0.0, message=''):
    return lambda s: s.ended(Result(outcome, reps, seconds, message), ns(t))


def ticks(start, end):
    def events(s):
        return [c for i in range(round(5 * start), round(5 * end)) for c in s.tick(ns(i / 5))]
    return events


def shown(command):
    if isinstance(command, Item):
        return f'-> {command.exercise}'
    return command.text


STORIES = {
    'a set from the announcement to the praise': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0.1), [], State.TRAINING),
        (seen(1, Life.SETTLING), [], State.TRAINING),
        (rep(5, 1), ['one'], State.TRAINING),
        (rep(7, 2), ['two'], State.TRAINING),
        (rep(9, 3), ['three'], State.TRAINING),
        (ended(9, reps=3), ['done three repetitions'], State.SUMMARY),
        (rep(12, 4), [], State.SUMMARY),
        (up(13), [], State.SUMMARY),
    ]),
    'nothing to do': ((), [
        (up(0), [], State.IDLE),
        (rep(1, 1), [], State.IDLE),
        (ticks(1, 9), [], State.IDLE),
        (down(9), [], State.IDLE),
    ]),
    'an open set': ((OPEN,), [
        (up(0), ['announce_open SQUAT', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (rep(3, 1), ['one'], State.TRAINING),
        (ended(5, Outcome.STOPPED, 1), ['stopped one repetition'], State.SUMMARY),
    ]),
    'a repetition before the acceptance has arrived': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (rep(1, 1), ['one'], State.ANNOUNCING),
    ]),
    'somebody else moves': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (seen(1, track='p3fk2'), [], State.TRAINING),
        (rep(2, 1, 'p9zzz'), [], State.TRAINING),
        (rep(3, 1, 'p3fk2'), ['one'], State.TRAINING),
        (seen(4, track='p7abc'), [], State.TRAINING),
        (rep(5, 2, 'p7abc'), ['two'], State.TRAINING),
    ]),
    'a partial repetition after the first one': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (rep(3, 1), ['one'], State.TRAINING),
        (moved(5, Verdict.PARTIAL), ['partial'], State.TRAINING),
    ]),
    'partial repetitions: a hint, but no nagging': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (moved(1, Verdict.PARTIAL), [], State.TRAINING),  # getting into position
        (moved(2, Verdict.PARTIAL), ['partial'], State.TRAINING),
        (moved(4, Verdict.PARTIAL), [], State.TRAINING),
        (moved(16.9, Verdict.PARTIAL), [], State.TRAINING),
        (moved(17, Verdict.PARTIAL), ['partial'], State.TRAINING),
        (moved(18, Verdict.ABANDONED), [], State.TRAINING),
        (moved(18, Verdict.NOT_IN_SET), [], State.TRAINING),
        (moved(18, Verdict.PERSON_LOST), [], State.TRAINING),
        (moved(18, Verdict.NOT_MEASURABLE), ['not_measurable'], State.TRAINING),
    ]),
    'lost for a moment, lost for longer': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (frames(0, 2.9, Life.NOBODY), [], State.TRAINING),
        (frames(3, 10), [], State.TRAINING),
        (frames(10, 60, Life.NOBODY), ['lost'], State.TRAINING),
        (frames(60, 62), [], State.TRAINING),
        (frames(62, 80, Life.NOBODY), ['lost'], State.TRAINING),
        (frames(80, 81), [], State.TRAINING),
        (frames(81, 85, Life.NOBODY), ['lost'], State.TRAINING),
    ]),
    'lost again too soon to say it again': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (frames(0, 1), [], State.TRAINING),
        (frames(1, 5, Life.NOBODY), ['lost'], State.TRAINING),
        (frames(5, 6), [], State.TRAINING),
        (frames(6, 12, Life.NOBODY), [], State.TRAINING),
    ]),
    'nobody there to begin with': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (frames(0, 9, Life.NOBODY), ['unseen'], State.TRAINING),
        (frames(9, 12), [], State.TRAINING),
        (rep(12, 1), ['one'], State.TRAINING),
        (frames(13, 18, Life.NOBODY), ['lost'], State.TRAINING),
    ]),
    'in view, but not measurable': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (frames(0, 2, Life.ACTIVE, measurable=False), [], State.TRAINING),
        (frames(2, 4), [], State.TRAINING),
        (frames(4, 30, Life.SETTLING, measurable=False), ['not_measurable'], State.TRAINING),
    ]),
    'time that jumps back is survived': ((SQUATS,), [
        (up(100), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(100), [], State.TRAINING),
        (frames(100, 102, Life.NOBODY), [], State.TRAINING),
        (frames(0, 2, Life.NOBODY), [], State.TRAINING),
        (frames(2, 4, Life.NOBODY), ['unseen'], State.TRAINING),
        (moved(99, Verdict.PARTIAL), [], State.TRAINING),
        (moved(100, Verdict.PARTIAL), ['partial'], State.TRAINING),
        (moved(3, Verdict.PARTIAL), ['partial'], State.TRAINING),
    ]),
    'a hold: tens, and the last five': ((Item('plank', seconds=32.0),), [
        (up(0), ['announce PLANK thirty-two seconds', '-> plank'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (held(0, 32), ['ten', 'twenty', 'five', 'four', 'three', 'two', 'one'], State.TRAINING),
        (ended(32, seconds=32.03), ['done thirty-two seconds'], State.SUMMARY),
    ]),
    'a hold of fifteen seconds says five, not ten': ((Item('plank', seconds=15.0),), [
        (up(0), ['announce PLANK fifteen seconds', '-> plank'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (held(0, 15), ['five', 'four', 'three', 'two', 'one'], State.TRAINING),
    ]),
    'a hold that collapses starts again': ((PLANK,), [
        (up(0), ['announce PLANK twenty seconds', '-> plank'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (held(0, 12), ['ten'], State.TRAINING),
        (held(0, 11, offset=20), ['ten'], State.TRAINING),
    ]),
    'frames missing over a full ten': ((PLANK,), [
        (up(0), ['announce PLANK twenty seconds', '-> plank'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (seen(9, hold=9.0), [], State.TRAINING),
        (seen(11, hold=11.2), ['ten'], State.TRAINING),
    ]),
    'an open hold': ((OPEN,), [
        (up(0), ['announce_open SQUAT', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (held(0, 31), ['ten', 'twenty', 'thirty'], State.TRAINING),
        (ended(31, Outcome.STOPPED, seconds=31.2), ['stopped thirty-one seconds'], State.SUMMARY),
    ]),
    'the counter leaves and comes back': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (rep(2, 1), ['one'], State.TRAINING),
        (down(3), ['one_moment'], State.PAUSED),
        (down(3.1), [], State.PAUSED),
        (up(4), ['-> squat'], State.PAUSED),
        (accepted(4.1), ['go_on'], State.TRAINING),
        (rep(6, 2), ['two'], State.TRAINING),
    ]),
    'a new counter beside the dead one': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (up(4), ['one_moment', '-> squat'], State.PAUSED),
        (accepted(4.1), ['go_on'], State.TRAINING),
    ]),
    'the counter dies before it has answered': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (down(1), ['one_moment'], State.PAUSED),
        (up(4), ['-> squat'], State.PAUSED),
        (accepted(4), ['go_on'], State.TRAINING),
    ]),
    'no such exercise': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (ended(0, Outcome.INVALID, message='There is no squat.'), ['There is no squat.'],
         State.IDLE),
        (up(1), [], State.IDLE),
        (ticks(1, 9), [], State.IDLE),
    ]),
    'somebody else takes the counter': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (ended(5, Outcome.REPLACED, 2), [], State.IDLE),
        (rep(6, 1), [], State.IDLE),
    ]),
    'walks off and is waited for': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (ended(5, Outcome.LEFT, 2), ['left two repetitions'], State.TRAINING),
        (ticks(5, 6.8), [], State.TRAINING),
        (ticks(6.8, 9), ['-> squat'], State.ANNOUNCING),
        (accepted(9), [], State.TRAINING),
        (frames(9, 15, Life.NOBODY), [], State.TRAINING),
        (frames(15, 16), [], State.TRAINING),
        (frames(16, 20, Life.NOBODY), ['lost'], State.TRAINING),
        (ended(20, Outcome.LEFT, 0), ['left_nothing'], State.TRAINING),
    ]),
    'walks off while the counter restarts': ((SQUATS,), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (ended(5, Outcome.LEFT, 2), ['left two repetitions'], State.TRAINING),
        (up(5.5), [], State.TRAINING),
        (ticks(6, 9), ['-> squat'], State.ANNOUNCING),
    ]),
    'two sets with a rest': ((Item('squat', sets=2, reps=3, rest=30.0),), [
        (up(0), ['announce_set SQUAT three repetitions one two', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (ended(10, reps=3), ['done three repetitions', 'rest thirty seconds'], State.RESTING),
        (rep(11, 4), [], State.RESTING),
        (down(12), [], State.RESTING),
        (up(14), [], State.RESTING),
        (ticks(14, 29.9), [], State.RESTING),
        (ticks(30, 39.9), ['rest_ends ten seconds'], State.RESTING),
        (ticks(40, 41), ['announce_set SQUAT three repetitions two two', '-> squat'],
         State.ANNOUNCING),
        (accepted(41), [], State.TRAINING),
        (ended(50, reps=3), ['done three repetitions', 'all_done six repetitions'],
         State.SUMMARY),
        (ticks(50, 99), [], State.SUMMARY),
    ]),
    'the clock is set back in a rest': ((Item('squat', sets=2, reps=3, rest=30.0),), [
        (up(100), ['announce_set SQUAT three repetitions one two', '-> squat'], State.ANNOUNCING),
        (accepted(100), [], State.TRAINING),
        (ended(110, reps=3), ['done three repetitions', 'rest thirty seconds'], State.RESTING),
        (ticks(110, 120), [], State.RESTING),
        (ticks(20, 29.9), [], State.RESTING),
        (ticks(30, 31), ['rest_ends ten seconds'], State.RESTING),
    ]),
    'two exercises, a short rest between': ((Item('squat', reps=3, rest=5.0), PLANK), [
        (up(0), ['announce SQUAT three repetitions', '-> squat'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (ended(10, reps=3), ['done three repetitions', 'rest five seconds'], State.RESTING),
        (ticks(10, 16), ['announce PLANK twenty seconds', '-> plank'], State.ANNOUNCING),
    ]),
    'sets without a rest': ((Item('plank', sets=2, seconds=20.0),), [
        (up(0), ['announce_set PLANK twenty seconds one two', '-> plank'], State.ANNOUNCING),
        (accepted(0), [], State.TRAINING),
        (ended(30, seconds=20.01),
         ['done twenty seconds', 'announce_set PLANK twenty seconds two two', '-> plank'],
         State.ANNOUNCING),
        (accepted(31), [], State.TRAINING),
        (ended(60, seconds=20.01), ['done twenty seconds', 'all_done forty seconds'],
         State.SUMMARY),
    ]),
}


@pytest.mark.parametrize('story', STORIES)
def test_story(story):
    plan, events = STORIES[story]
    s = session(*plan)
    for line, (event, expected, state) in enumerate(events):
        assert ([shown(c) for c in event(s)], s.state) == (expected, state), f'line {line}'


def test_a_number_carries_the_event_stamp_and_is_true_for_a_second():
    s = session(SQUATS)
    s.counter_up(0)
    s.accepted(0)
    number, = s.moved(Movement(ns(5), Verdict.REP, 1))
    assert (number.stamp, number.deadline, number.priority, number.group, number.language) == (
        ns(5), ns(6), Priority.COUNT, 'count', 'en')


def test_every_utterance_has_its_own_id():
    s = session(Item('squat', sets=3, reps=3))
    said = [*s.counter_up(0), *s.counter_down(0), *s.counter_up(0), *s.accepted(0)]
    ids = [c.id for c in said if not isinstance(c, Item)]
    assert len(set(ids)) == len(ids) == 3


def test_faults_are_kept_for_diagnostics():
    s = session(SQUATS)
    s.counter_up(0)
    s.ended(Result(Outcome.INVALID, message='There is no exercise squad.'), 0)
    assert s.fault == 'There is no exercise squad.'


@pytest.mark.parametrize('language', ['en', 'it'])
def test_every_sentence_can_be_said(language):
    """The real phrases take the values that the session fills in."""
    for plan, events in STORIES.values():
        s = Session(plan, Wording(language), lambda name: name)
        for event, _, _ in events:
            assert all(isinstance(c, Item) or c.text for c in event(s))


def test_an_exercise_that_the_counter_is_to_find_out():
    said = Session([Item('auto')], Wording('en'), str.upper).counter_up(0)
    assert said[0].text.startswith('Any exercise.') and said[1] == Item('auto')
