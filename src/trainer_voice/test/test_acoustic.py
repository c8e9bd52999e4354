"""Sound to phones, phones to words: without sound, where that goes."""

import shutil

import numpy as np
import pytest

from trainer_core.errors import UserError
from trainer_voice.dialogue.events import State
from trainer_voice.ears.acoustic import graph, model
from trainer_voice.ears.acoustic.features import BANDS, RATE, features
from trainer_voice.ears.acoustic.graph import END, Graph
from trainer_voice.ears.acoustic.lexicon import ACCENTS, Lexicon
from trainer_voice.ears.acoustic.phones import INDEX, PHONES, STATES, fold
from trainer_voice.ears.recognisers import Context
from trainer_voice.ears.recognisers.phones import Phones
from trainer_voice.intents import Intents
from trainer_voice.intents.words import plain


@pytest.mark.parametrize(('ipa', 'phones'), [
    ('jˈɛs', 'y E s'), ('stˈɑːp', 's t A p'), ('ɡˈəʊ', 'g ou'), ('θˈɜːɾi', 'th er d i'),
    ('tʃ_ˈeɪ_n_dʒ', 'ch ei n j'), ('l_ˈɛ_t_s', 'l E t s'),
    ('ʃˈeʎɪ', 'sh e ly I'), ('objetːˈivo', 'o b y e t i v o'), ('', '')])
def test_ipa_in_our_phones(ipa, phones):
    assert fold(ipa) == phones.split()


@pytest.mark.parametrize('language', sorted(ACCENTS))
def test_every_word_of_the_phrases_has_a_way_to_be_said(language):
    intents, lexicon = Intents(language), Lexicon(language)
    words = {w for text in intents.vocabulary() for w in plain(text)}
    assert sorted(w for w in words if w not in lexicon) == []
    assert all(p in PHONES for w in words for way in lexicon.ways(w) for p in way)


@pytest.mark.skipif(shutil.which('espeak-ng') is None, reason='espeak-ng is not installed')
def test_a_new_word_is_asked_of_espeak():
    lexicon = Lexicon('en')
    assert 'zumba' not in lexicon
    assert lexicon.learn(['zumba']) == []
    assert ('z', 'V', 'm', 'b', 'V') in lexicon.ways('zumba')


def test_features_do_not_depend_on_loudness():
    sound = np.random.default_rng(0).normal(0, 1000, RATE)
    found = features(sound)
    assert found.shape == (BANDS, 98)
    assert np.allclose(features(0.1 * sound), found, atol=1e-4)
    assert np.isfinite(features(np.zeros(RATE))).all()
    assert features(np.zeros(3)).shape[0] == BANDS


def heard(said, sure=4.0):
    """What the network would say to phones, each five frames long; _ is silence."""
    states = []
    for phone in said.split():
        first = 2 * INDEX.get(phone, 0) - 1
        states += [0] * 5 if phone == '_' else [first] * 3 + [first + 1] * 2
    found = np.full((len(states), STATES), -sure - 1.0, np.float32)
    found[np.arange(len(states)), states] = -1.0
    return found


@pytest.mark.parametrize(('said', 'text'), [
    ('_ s t A p _', 'stop'),
    ('_ _ _ g ou O n _ _', 'go on'),
    ('s k I p dh I s w V n', 'skip this one'),
    ('_ m ei k I t _ _ t w E n t i th r i _', 'make it twenty three'),
    ('ai d I d ei t', 'i did eight'),
    ('_ r E s t f er th er d i s E k V n d z _', 'rest for thirty seconds'),
    ('h au m E n i A r l E f t', 'how many are left')])
def test_the_phrase_that_was_said(said, text):
    intents = Intents('en')
    phrases = [p for _, p in intents.phrases(State.TRAINING)]
    found = graph.phrases(intents, Lexicon('en'), phrases)
    assert not found.unknown
    assert ' '.join(found.paths(heard(said), END)[0].words) == text


def test_other_speech_fits_a_graph_of_anything_better():
    lexicon = Lexicon('en')
    intents = Intents('en')
    commands = graph.phrases(intents, lexicon, ['stop', 'go'])
    anything = graph.anything(lexicon, intents.others, 3.0, 6.0)
    for said, command in (
            ('_ s t A p _', True), ('_ g ou _', True), ('_ d A g _', False), ('_ b ou t _', False),
            ('_ s p A t _', False), ('_ w i n d ou _', False)):
        sound = heard(said, sure=8.0)
        assert (commands.best(sound, END) > anything.best(sound, Graph.START)) == command, said


@pytest.mark.parametrize(('said', 'intent'), [
    ('_ w ei t _', 'pause'), ('_ w E t _', ''), ('_ g ou _', 'start'), ('_ d ou _', ''),
    ('_ h E l p _', 'help'), ('_ h E l k _', ''),  # short: every phone counts
    ('_ k V n t I n y O _', 'go_on')])
def test_the_shorter_a_command_the_better_it_must_fit(said, intent, monkeypatch):
    monkeypatch.setattr(model.Model, 'hear', lambda self, samples: heard(said, sure=2.0))
    found = Phones(Intents('en')).recognise(np.zeros(RATE), 1.0, Context(State.TRAINING))
    assert found.intent == intent


def test_a_graph_of_nothing():
    assert graph.phrases(Intents('en'), Lexicon('en'), []).paths(heard('_ s t A p _'), END) == []


@pytest.fixture
def weights(tmp_path, monkeypatch):
    for name in (model.PACKAGED, 'SHA256SUMS'):
        shutil.copy(model.FOLDER / name, tmp_path)
    monkeypatch.setattr(model, 'FOLDER', tmp_path)
    return tmp_path


def test_the_model_is_small_and_hears_nothing_in_silence(weights):
    assert (weights / model.PACKAGED).stat().st_size < 3e6
    found = model.Model().hear(np.zeros(RATE, np.int16))
    assert found.shape == (49, STATES)
    assert (found.argmax(1) == 0).all()


@pytest.mark.parametrize(('harm', 'words'), [
    (lambda f: (f / 'ears.onnx').write_bytes((f / 'ears.onnx').read_bytes()[:-100]), 'is damaged'),
    (lambda f: (f / 'ears.onnx').unlink(), 'has no ears.onnx; install trainer_voice again'),
    (lambda f: (f / 'SHA256SUMS').unlink(), 'has no SHA256SUMS')])
def test_a_model_that_is_not_what_was_shipped(weights, harm, words):
    harm(weights)
    with pytest.raises(UserError, match=words):
        model.Model()
