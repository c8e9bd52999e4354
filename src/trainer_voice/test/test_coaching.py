"""Hints as sentences in both languages, and which of them are said."""

from math import nan, radians

import pytest

from trainer_core.clock import SECOND
from trainer_counter import exercises
from trainer_voice.dialogue.coaching import Coach, corrected, merged
from trainer_voice.dialogue.events import Correction, Form
from trainer_voice.dialogue.facts import told
from trainer_voice.dialogue.wording import Wording, languages

WORDS = {language: Wording(language) for language in languages()}
MOMENTS = ('start', 'out', 'bottom', 'top', 'far_end', 'back', 'end')
DIRECTIONS = ('bend', 'straighten', 'raise', 'lower', 'forward', 'back', 'inward', 'outward')
SIDED = ('shoulder', 'elbow', 'wrist', 'hand', 'hip', 'knee', 'ankle', 'foot', 'upper_arm',
         'forearm', 'upper_leg', 'lower_leg')
WHOLE = ('head', 'torso', 'body')


def hint(part, direction, degrees=nan, moment=''):
    return Correction(part, direction, radians(degrees), moment)


@pytest.mark.parametrize(('language', 'given', 'rep', 'sentence'), [
    ('en', hint('left_knee', 'bend', 20, 'bottom'), 3,
     'Third rep, at the bottom: bend your left knee twenty degrees more.'),
    ('it', hint('left_knee', 'bend', 20, 'bottom'), 3,
     'Terza ripetizione, in basso: piega il ginocchio sinistro di altri venti gradi.'),
    ('en', hint('left_knee', 'bend', 18), 0, 'Bend your left knee twenty degrees more.'),
    ('it', hint('right_hip', 'straighten', 11), 0, "Distendi l'anca destra di altri dieci gradi."),
    ('en', hint('right_elbow', 'straighten', 1), 0, 'Straighten your right elbow more.'),
    ('it', hint('both_knee', 'outward', 10), 0,
     'Porta le ginocchia più in fuori di dieci gradi.'),
    ('en', hint('both_foot', 'inward'), 0, 'Bring your feet further in.'),
    ('it', hint('left_forearm', 'raise', 15, 'top'), 21,
     "Ripetizione 21, in alto: alza l'avambraccio sinistro di altri quindici gradi."),
    ('en', hint('torso', 'forward', 5, 'nowhere'), 1,
     'First rep: bring your upper body five degrees further forward.'),
    ('en', hint('head', 'back'), 0, 'Bring your head further back.'),
    ('it', hint('head', 'lower'), 0, 'Abbassa di più la testa.'),
    ('en', Correction('body', 'slower', 0.3), 0, 'A little slower.'),
    ('en', Correction('body', 'faster', 0.8), 0, 'Much faster.'),
    ('it', Correction('body', 'slower', 0.3), 0, "Un po' più piano."),
    ('en', hint('body', 'lower'), 2, 'Second rep: go deeper.'),
    ('it', hint('body', 'lower', 30, 'bottom'), 2, 'Seconda ripetizione, in basso: scendi di più.'),
    ('en', hint('bar_left', 'raise', 10), 0, 'Raise your bar left ten degrees higher.'),
    ('en', hint('left_knee', 'twirl', 10), 0, 'Mind your left knee.'),
])
def test_sentences(language, given, rep, sentence):
    assert corrected(WORDS[language], given, rep) == sentence


@pytest.mark.parametrize(('language', 'sentence'), [
    ('en', 'Third rep, at the bottom: keep the bar over the middle of your feet.'),
    ('it', 'Terza ripetizione, in basso: tieni il bilanciere sopra il centro dei piedi.')])
def test_an_exercise_has_words_of_its_own(language, sentence):
    words = Wording(language, dirs=[str(exercises.FOLDER / 'examples')])
    given = Correction('bar', 'back', 0.08, 'bottom')
    assert corrected(words, given, 3, 'barbell_squat') == sentence
    assert 'bar' in corrected(words, given, 3, 'squat')  # which knows no bar


@pytest.mark.parametrize('language', languages())
def test_every_hint_has_words(language):
    words, said = WORDS[language], set()
    parts = [f'{side}_{part}' for side in ('left', 'right', 'both') for part in SIDED]
    for part in (*parts, *WHOLE):
        for direction in (*DIRECTIONS, 'faster', 'slower'):
            for moment in MOMENTS:
                for degrees in (nan, 0.0, 5.0, 170.0):
                    said.add(corrected(words, hint(part, direction, degrees, moment), 2))
    assert all('{' not in text and '_' not in text and text.endswith('.') for text in said)
    for part in SIDED:
        assert words.part(part, 'left') != words.part(part, 'right') != words.part(part, 'both')


def test_left_and_right_become_one():
    assert merged((
        hint('left_knee', 'bend', 20, 'bottom'), hint('right_knee', 'bend', 30, 'bottom'),
        hint('left_elbow', 'bend', 20))) == [
        Correction('both_knee', 'bend', pytest.approx(radians(25)), 'bottom'),
        hint('left_elbow', 'bend', 20)]
    different = (hint('left_knee', 'bend', 20), hint('right_knee', 'straighten', 20))
    assert tuple(merged(different)) == different


KNEE, BACK, SLOW = (hint('left_knee', 'bend', 20, 'bottom'), hint('torso', 'back', 10),
                    Correction('body', 'slower', 0.3))
FULL = 'rep, at the bottom: bend your left knee twenty degrees more.'
PLAIN = 'Bend your left knee twenty degrees more.'  # after the first, whose pace nobody knows


@pytest.mark.parametrize(('every', 'reps', 'said'), [
    # One hint for a repetition, not the same three times running, praise when it is heeded.
    (8.0, [(KNEE, BACK), (KNEE, BACK), (KNEE, BACK), ()],
     [PLAIN, f'Second {FULL}', 'Third rep: bring your upper body ten degrees further '
      'back.', 'praise']),
    (8.0, [(KNEE,), (KNEE,), (KNEE,), (KNEE,), ()],
     [PLAIN, f'Second {FULL}', '', '', 'praise']),
    # Praise once; then the same may be said again.
    (8.0, [(KNEE,), (), (), (KNEE,)], [PLAIN, 'praise', '', f'Fourth {FULL}']),
    # No praise for what nobody was told.
    (8.0, [(), ()], ['', '']),
    # Who is fast hears less, so that the numbers keep up.
    (3.5, [(), (KNEE,), (SLOW,)],
     ['', PLAIN, 'Third rep: a little slower.']),
    (2.0, [(), (KNEE,), ()], ['', 'Bend your left knee more.', 'praise']),
])
def test_what_is_said(every, reps, said):
    coach = Coach(WORDS['en'])
    praise = set(WORDS['en'].sentences['better'])
    found = [
        coach.scored(Form(round(every * SECOND * (n + 1)), n + 1, not hints, hints))
        for n, hints in enumerate(reps)]
    assert ['praise' if text in praise else text for text in found] == said


def test_hints_of_a_correct_repetition_are_not_said():
    assert Coach(WORDS['en']).scored(Form(SECOND, 1, True, (KNEE,))) == ''


def test_what_there_was_no_time_for_is_said_in_the_rest():
    coach = Coach(WORDS['en'])
    coach.scored(Form(SECOND, 1, True))
    assert coach.scored(Form(3 * SECOND, 2, False, (KNEE,))) == 'Bend your left knee more.'
    assert coach.after_set() == f'Second {FULL}'
    assert coach.after_set() == ''


def test_but_not_when_it_was_heeded_by_the_last_repetition():
    coach = Coach(WORDS['en'])
    coach.scored(Form(SECOND, 1, True))
    coach.scored(Form(3 * SECOND, 2, False, (KNEE,)))
    coach.last(Form(5 * SECOND, 3, True))
    assert coach.after_set() == ''


def test_numbers_go_on_after_a_pause():
    coach = Coach(WORDS['en'])
    coach.scored(Form(SECOND, 1, True), 3)
    assert coach.scored(Form(9 * SECOND, 2, False, (KNEE,)), 3) == f'Fifth {FULL}'


@pytest.mark.parametrize('language', languages())
@pytest.mark.parametrize('fact', [
    ('first_session', {}),
    ('record_reps', {'exercise': 'squat', 'reps': 12, 'before': 1}),
    ('record_seconds', {'exercise': 'plank', 'seconds': 60, 'before': 45}),
    ('more_reps', {'exercise': 'squat', 'reps': 120, 'before': 101}),
    ('more_seconds', {'exercise': 'plank', 'seconds': 90, 'before': 60}),
    ('better_form', {'exercise': 'squat', 'share': 90, 'before': 75}),
    ('days_in_a_row', {'days': 3}), ('weeks_in_a_row', {'weeks': 4}),
    ('session_of_week', {'number': 3}),
])
def test_facts_have_words(language, fact):
    text = told(WORDS[language], fact, str)
    assert text.endswith('.') and '{' not in text
