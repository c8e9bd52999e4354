"""Phrases: the same keys in every language, numbers and plurals, variation."""

import string

import pytest

from trainer_core.errors import UserError
from trainer_counter import exercises
from trainer_voice.dialogue.names import spoken_name
from trainer_voice.dialogue.wording import Wording, languages


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_english_and_italian():
    assert {'en', 'it'} <= set(languages())


@pytest.mark.parametrize('language', languages())
def test_every_language_says_everything(language):
    english, other = Wording('en'), Wording(language)
    assert set(other.sentences) == set(english.sentences)
    assert set(other.counts) == set(english.counts)
    assert len(other.numbers) == len(set(other.numbers)) == 101
    assert len(other.ordinals) == len(set(other.ordinals)) == 20
    assert set(english.counts) >= {'faces', 'workouts', 'sessions'}  # of what is deleted
    for table in ('moments', 'parts', 'directions', 'range', 'tempo', '_pieces'):
        assert set(getattr(other, table)) == set(getattr(english, table)), table
    for key in english.directions:
        assert set(other.directions[key]) == {'by', 'more'}
        assert fields(other.directions[key]['more']) == {'part'}
        assert fields(other.directions[key]['by']) == fields(english.directions[key]['by'])
    for key, variants in other.sentences.items():
        wanted = fields(english.sentences[key][0])
        assert variants and all(fields(v) == wanted for v in variants), key
        assert len(set(variants)) == len(variants), key
        assert all(v[-1] in '.?!' for v in variants), key


@pytest.mark.parametrize(('language', 'n', 'words'), [
    ('en', 0, 'zero'), ('en', 1, 'one'), ('en', 13, 'thirteen'), ('en', 21, 'twenty-one'),
    ('en', 40, 'forty'), ('en', 99, 'ninety-nine'), ('en', 100, 'one hundred'), ('en', 101, '101'),
    ('it', 1, 'uno'), ('it', 21, 'ventuno'), ('it', 23, 'ventitré'), ('it', 28, 'ventotto'),
    ('it', 61, 'sessantuno'), ('it', 88, 'ottantotto'), ('it', 100, 'cento'), ('it', 250, '250'),
])
def test_numbers(language, n, words):
    assert Wording(language).number(n) == words


@pytest.mark.parametrize(('language', 'thing', 'n', 'words'), [
    ('en', 'repetitions', 1, 'one repetition'), ('en', 'repetitions', 2, 'two repetitions'),
    ('en', 'repetitions', 21, 'twenty-one repetitions'), ('en', 'seconds', 1, 'one second'),
    ('it', 'repetitions', 1, 'una ripetizione'), ('it', 'repetitions', 21, 'ventuno ripetizioni'),
    ('it', 'seconds', 1, 'un secondo'), ('it', 'minutes', 3, 'tre minuti'),
    ('en', 'repetitions', 0, 'zero repetitions'),
])
def test_plurals(language, thing, n, words):
    assert Wording(language).count(thing, n) == words


@pytest.mark.parametrize(('seconds', 'words'), [
    (1, 'one second'), (30, 'thirty seconds'), (29.7, 'thirty seconds'), (60, 'one minute'),
    (90, 'ninety seconds'), (95, 'one minute and thirty-five seconds'), (120, 'two minutes'),
    (150, 'two minutes and thirty seconds'), (61, 'sixty-one seconds'),
])
def test_durations(seconds, words):
    assert Wording('en').duration(seconds) == words


@pytest.mark.parametrize(('language', 'n', 'words'), [
    ('en', 1, 'first rep'), ('en', 20, 'twentieth rep'), ('en', 21, 'rep 21'),
    ('it', 3, 'terza ripetizione'), ('it', 30, 'ripetizione 30'),
])
def test_which_repetition(language, n, words):
    assert Wording(language).ordinal(n) == words


@pytest.mark.parametrize(('things', 'english', 'italian'), [
    ([], '', ''), (['a'], 'a', 'a'), (['a', 'b'], 'a and b', 'a e b'),
    (['a', 'b', 'c'], 'a, b and c', 'a, b e c'),
])
def test_lists(things, english, italian):
    assert (Wording('en').listed(things), Wording('it').listed(things)) == (english, italian)


def test_variation_never_says_the_same_twice_running():
    words = Wording('en', seed=3)
    said = [words.say('partial') for _ in range(50)]
    assert all(a != b for a, b in zip(said, said[1:], strict=False))
    assert set(said) == set(words.sentences['partial'])


def test_the_same_seed_says_the_same():
    def talk(seed):
        words = Wording('it', seed)
        return [words.say(key) for _ in range(5) for key in ('partial', 'lost', 'go_on')]
    assert talk(1) == talk(1)
    assert len({tuple(talk(seed)) for seed in range(8)}) > 1


def test_sentences_begin_with_a_capital():
    assert Wording('it').say('stopped', amount='dieci ripetizioni') == 'In tutto dieci ripetizioni.'
    assert Wording('en').say('rest_ends', time='ten seconds') == 'Ten seconds left.'
    for language in languages():
        for _ in range(5):
            said = Wording(language).say('done', amount='è una')
            assert all(part[0].isupper() for part in said.split('. '))


@pytest.mark.parametrize(('exercise', 'language', 'name'), [
    ('push_up', 'en', 'push-up'), ('push_up', 'it', 'piegamento'), ('push_up', 'de', 'push-up'),
    ('my_own_move', 'en', 'my own move'),
])
def test_what_exercises_are_called(exercise, language, name):
    assert spoken_name(exercise, language) == name


@pytest.mark.parametrize(('exercise', 'english', 'italian'), [
    ('push_up', 'push-ups', 'piegamenti'), ('lunge', 'lunges', 'affondi'),
    ('plank', 'plank', 'plank'), ('my_own_move', 'my own move', 'my own move'),
])
def test_exercises_in_the_plural(exercise, english, italian):
    assert [Wording(language).several(spoken_name(exercise, language))
            for language in ('en', 'it')] == [english, italian]


@pytest.mark.parametrize('language', languages())
def test_only_exercises_that_there_are_have_a_plural(language):
    there = {spoken_name(name, language) for name in exercises.names()}
    assert set(Wording(language)._several) <= there


@pytest.mark.parametrize('language', ['it-IT', 'IT', 'it'])
def test_regions_share_the_phrases_of_their_language(language):
    assert Wording(language).language == 'it'


def test_a_language_without_phrases():
    with pytest.raises(UserError, match="parameter language is 'fr'; there are phrases in en, it"):
        Wording('fr')
