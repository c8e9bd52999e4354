"""Sound to phones, phones to words: without sound, where that goes."""

import shutil
from importlib.util import find_spec

import numpy as np
import pytest

from trainer_core.errors import UserError
from trainer_voice.dialogue.events import State
from trainer_voice.ears.acoustic import graph, model, opinion
from trainer_voice.ears.acoustic.features import BANDS, RATE, features
from trainer_voice.ears.acoustic.graph import END, Graph
from trainer_voice.ears.acoustic.lexicon import ACCENTS, Lexicon
from trainer_voice.ears.acoustic.opinion import Embedding, Opinion
from trainer_voice.ears.acoustic.phones import INDEX, PHONES, STATES, fold
from trainer_voice.ears.recognisers import Context
from trainer_voice.ears.recognisers import phones as recogniser
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
    ear = Phones(Intents('en'), second=False)
    found = ear.recognise(np.zeros(RATE), 1.0, Context(State.TRAINING))
    assert found.intent == intent


class Sure:
    """An opinion with these shares; what is missing to 1 is any other sound."""

    words = ('go', 'no', 'nope', 'stop', 'wait')

    def __init__(self, shares):
        other = 1 - sum(shares.values())
        self._found = np.log([other, *(shares.get(w, 0.0) for w in self.words)] + np.full(6, 1e-9))

    def hear(self, samples):
        return self._found


@pytest.mark.parametrize(('said', 'sure', 'opinion', 'intent'), [
    ('_ g ou _', 2.0, {'go': 0.9}, 'yes'), ('_ g ou _', 2.0, {}, ''),
    ('_ n ou _', 2.0, {'no': 0.9}, 'no'),
    ('_ n ou _', 2.0, {'no': 0.5, 'nope': 0.45}, 'no'),  # means the same
    ('_ g ou _', 2.0, {'no': 0.9}, ''), ('_ n ou _', 2.0, {'go': 0.9}, ''),  # they disagree
    ('_ n A t y E t _', 4.0, {}, 'no')])  # no single word
def test_the_second_opinion_counts_for_single_words(said, sure, opinion, intent, monkeypatch):
    monkeypatch.setattr(model.Model, 'hear', lambda self, samples: heard(said, sure))
    monkeypatch.setattr(recogniser, 'Opinion', lambda: Sure(opinion))
    found = Phones(Intents('en')).recognise(np.zeros(RATE), 1.0, Context(State.GREETING, 'ready'))
    assert found.intent == intent


def test_without_the_package_there_is_no_second_opinion(monkeypatch, caplog):
    opinion._folder.cache_clear()
    monkeypatch.setattr(opinion, 'find_spec', lambda name: None)
    assert Phones(Intents('en')).name == 'phones, no second opinion'
    assert Phones(Intents('it')).name == 'phones'
    assert caplog.text.count('pip install --no-deps openwakeword==') == 1
    opinion._folder.cache_clear()


def test_networks_of_another_version_are_refused(tmp_path):
    (tmp_path / 'melspectrogram.onnx').write_bytes(b'other')
    with pytest.raises(UserError, match='is not the one of openwakeword'):
        Embedding(tmp_path)


@pytest.mark.skipif(find_spec(opinion.PACKAGE) is None, reason='openwakeword is not installed')
def test_the_second_opinion_on_silence_and_noise():
    second = Opinion()
    assert {'yes', 'no', 'stop', 'go'} <= set(second.words)
    rng = np.random.default_rng(0)
    for sound in (np.zeros(RATE, np.int16), np.zeros(9, np.int16), rng.normal(0, 900, 2 * RATE)):
        found = second.hear(sound)
        assert found.shape == (len(second.words) + 1,)
        assert np.exp(found).sum() == pytest.approx(1.0, abs=1e-3)
        assert found.argmax() == 0


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
