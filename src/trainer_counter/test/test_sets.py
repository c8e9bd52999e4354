"""Several sets at once: who is whose trainee, and who has come back."""

from dataclasses import replace

import pytest
from athletes import athlete, camera, codes

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_counter import exercises
from trainer_counter.reps.movement import Life
from trainer_counter.reps.set import Set
from trainer_counter.reps.sets import Asked, Sets

BEN = ('  - name: ben\n    at: [0, {y}]\n    facing: 0\n    body: {{height: 1.9}}\n'
       '    segments: [{segments}]')


def pair(ana='{stand: 2}, {squat: 3}, {stand: 6}',
         ben='{stand: 2}, {biceps_curl: 4}, {stand: 2}', y=1.1):
    """Ana, p0000, in the middle, Ben, p0001, beside her."""
    return athlete(ana, camera(0, 4.2), others=BEN.format(segments=ben, y=y))


def begin(sets, *asked):
    opened = []
    for one in asked:
        the_set = Set(
            exercises.load(one.exercise), target_reps=one.target_reps, track_id=one.track_id)
        opened.append(sets.open(one, the_set)[0])
    return opened


def watch(sets, track):
    """Verdicts of every set."""
    found = {id(o): [] for o in sets}
    for people in track:
        for opened, _, movements in sets.update(people):
            found[id(opened)] += movements
    return [codes(movements) for movements in found.values()]


def renamed(track, ids, start=0.0, end=1e9):
    """The track with other ids from start to end (s); one that becomes '' is not in view."""
    def people(p):
        if not start * SECOND <= p.stamp < end * SECOND:
            return p
        return replace(p, people=[
            replace(q, id=ids.get(q.id, q.id)) for q in p.people if ids.get(q.id, q.id)])
    return [people(p) for p in track]


def test_two_trainees_have_each_their_own_set():
    sets = Sets()
    begin(sets, Asked('squat', track_id='p0000'), Asked('biceps_curl', track_id='p0001'))
    assert watch(sets, pair()) == ['RRR', 'RRRR']
    assert [o.set.track_id for o in sets] == ['p0000', 'p0001']


def test_one_in_the_middle_beside_one_by_name():
    sets = Sets()
    begin(sets, Asked('squat'), Asked('biceps_curl', track_id='p0001'))
    assert watch(sets, pair()) == ['RRR', 'RRRR']


def test_both_do_the_same_at_the_same_time_and_one_reaches_the_target():
    sets = Sets()
    ana, ben = begin(
        sets, Asked('squat', target_reps=2, track_id='p0000'), Asked('squat', track_id='p0001'))
    assert watch(sets, pair(ben='{stand: 2}, {squat: 4}')) == ['RR', 'RRRR']
    assert (ana.set.finished, ben.set.finished) == (True, False)
    assert (ana.now.life, ana.now.reps) == (Life.FINISHED, 2)


def test_a_set_for_the_one_in_the_middle_replaces_the_one_of_that_trainee():
    sets, track = Sets(), pair()
    begin(sets, Asked('squat', track_id='p0000'), Asked('biceps_curl', track_id='p0001'))
    watch(sets, track[:60])
    _, replaced = sets.open(Asked('lunge'), Set(exercises.load('lunge')))
    assert [o.asked.track_id for o in replaced] == ['p0000']
    assert sorted(o.asked.exercise for o in sets) == ['biceps_curl', 'lunge']


def test_only_what_is_the_same_and_not_over_goes_on():
    sets = Sets()
    ana, = begin(sets, Asked('squat', target_reps=2))
    assert sets.again(Asked('squat', target_reps=2)) is ana
    assert sets.again(Asked('squat', target_reps=3)) is None
    ana.set.stop()
    assert sets.again(Asked('squat', target_reps=2)) is None


@pytest.mark.parametrize(('ids', 'known', 'verdicts'), [
    # Both come back with other tracks; their faces say who they are.
    ({'p0000': 'p0008', 'p0001': 'p0009'}, {'p0008': 'ana', 'p0009': 'ben'}, ['RRRR', 'RRRR']),
    # The other way round, as a tracker may do when two cross.
    ({'p0000': 'p0001', 'p0001': 'p0000'}, {'p0001': 'ana', 'p0000': 'ben'}, ['RRRR', 'RRRR']),
], ids=['new tracks', 'tracks exchanged'])
def test_who_is_known_goes_on_with_another_track(ids, known, verdicts):
    track = pair('{stand: 2}, {squat: 4}, {stand: 1}', '{stand: 2}, {biceps_curl: 4}, {stand: 2}')
    sets = Sets()
    begin(sets, Asked('squat', track_id='p0000'), Asked('biceps_curl', track_id='p0001'))
    sets.know({'p0000': 'ana', 'p0001': 'ben'})
    found = {id(o): '' for o in sets}
    for people in renamed(track, ids, start=4.5):
        if people.stamp >= 4.5 * SECOND:
            sets.know(known)
        for opened, _, movements in sets.update(people):
            found[id(opened)] += codes(movements)
    assert list(found.values()) == verdicts


def test_a_known_stranger_is_not_taken_for_the_trainee():
    track = renamed(athlete('{stand: 2}, {squat: 4}, {stand: 1}'), {'p0000': 'p0007'}, 4.5)
    sets = Sets()
    ana, = begin(sets, Asked('squat'))
    sets.know({'p0000': 'ana', 'p0007': 'ben'})
    assert watch(sets, track)[0].count('R') < 3
    assert ana.set.track_id == 'p0000'


def test_who_has_the_old_track_again_is_the_trainee_again():
    """Somebody else was alone in view for a while and was taken for the trainee."""
    track = athlete('{stand: 2}, {squat: 2}, {stand: 3}, {squat: 2}, {stand: 1}')
    sets = Sets()
    ana, = begin(sets, Asked('squat'))
    watch(sets, renamed(track, {'p0000': 'p0007'}, start=6.5, end=7.5))
    assert (ana.set.track_id, ana.set.reps) == ('p0000', 4)


@pytest.mark.parametrize(('known', 'count', 'trainee'), [
    ({'p0000': 'ana', 'p0005': 'ana', 'p0001': 'ben'}, 5, 'p0005'),
    ({'p0000': 'ana', 'p0001': 'ben'}, 5, 'p0005'),  # the only one who may be her
], ids=['her face was seen', 'her face was not seen again'])
def test_who_comes_back_goes_on_with_the_count_even_in_company(known, count, trainee):
    track = pair('{stand: 2}, {squat: 3}, {stand: 6}, {squat: 2}, {stand: 1}', '{wait: 30}')
    gone = renamed(renamed(track, {'p0000': ''}, 12, 14), {'p0000': 'p0005'}, 14)
    sets = Sets()
    ana, = begin(sets, Asked('squat', track_id='p0000'))
    sets.know(known)
    watch(sets, gone)
    assert (ana.set.reps, ana.set.track_id) == (count, trainee)


def test_a_human_trainer_has_the_last_word():
    sets = Sets()
    ana, = begin(sets, Asked('squat', target_reps=9))
    with pytest.raises(UserError, match='no movement in this set yet'):
        ana.judge(True)
    watch(sets, athlete('{stand: 2}, {squat: {reps: 2, range: [1, 0.45]}}, {stand: 1}'))
    assert (ana.now.reps, ana.judge(False)[:7]) == (1, 'it was ')  # partial already
    assert ana.judge(True).endswith('becomes rep, 2 in all')
    assert (ana.now.reps, ana.judge(True)) == (2, 'it was taken for one already: rep')
    assert ana.judge(False) == 'rep: becomes not_in_set, 1 in all'
    assert ana.correct(5) == '1 becomes 5'
    assert ana.adjust(-1, -1.0, 45.0) == 'rest 0 becomes 45'
    assert (ana.adjust(5, -1, -1), ana.now.life) == ('target_reps 9 becomes 5', Life.FINISHED)
    assert (ana.adjust(0, -1, -1), ana.now.life) == ('target_reps 5 becomes 0', Life.ARMED)
    assert ana.adjust(0, -1, 45) == 'nothing has changed'
    with pytest.raises(UserError, match='target_reps is -2; give 0 or more, or -1'):
        ana.adjust(-2, -1, -1)


def test_a_set_that_was_handed_over_does_not_begin_again():
    sets = Sets()
    ana, = begin(sets, Asked('squat', target_reps=2))
    watch(sets, athlete('{stand: 2}, {squat: 2}, {stand: 1}'))
    ana.over = True
    ana.judge(False)
    assert (ana.set.reps, ana.set.finished) == (1, True)


def test_a_hold_has_nothing_to_judge():
    sets = Sets()
    ana, = begin(sets, Asked('plank'))
    with pytest.raises(UserError, match='plank counts seconds'):
        ana.judge(True)


@pytest.mark.parametrize(('track_id', 'sentence'), [
    ('', 'several are counted: p0000, p0001; say with track_id who is meant'),
    ('p0004', 'nobody called p0004 is counted; trainees are: p0000, p0001')])
def test_who_is_meant_must_be_clear(track_id, sentence):
    sets = Sets()
    with pytest.raises(UserError, match='no set is open; begin one with perform_set'):
        sets.of(track_id)
    begin(sets, Asked('squat', track_id='p0000'), Asked('squat', track_id='p0001'))
    with pytest.raises(UserError, match=sentence):
        sets.of(track_id)
    assert sets.of('p0001').asked.track_id == 'p0001'


def test_a_finished_set_is_shown_until_its_trainee_does_another_or_has_gone():
    sets, track = Sets(), pair('{stand: 2}, {squat: 2}, {stand: 1}')
    ana, = begin(sets, Asked('squat', target_reps=1, track_id='p0000'))
    watch(sets, track)
    assert [o for o, _, _ in sets.update(track[-1])] == [ana]
    later = replace(track[-1], stamp=track[-1].stamp + 61 * SECOND, people=[])
    assert sets.update(later) == []
