"""What the voices really say: synthesised to a file and understood by a speech recogniser."""

import shutil
import sys
from pathlib import Path
from threading import Event

import pytest
from transcribe import check

from trainer_core.errors import UserError
from trainer_voice.dialogue.wording import Wording
from trainer_voice.mouth.synthesis import Espeak, Pyttsx3, Sentence, VoiceError, open_synthesizer
from trainer_voice.mouth.voices import FileVoice

pytestmark = pytest.mark.skipif(
    shutil.which('espeak-ng') is None, reason='espeak-ng is not installed')

NUMBERS = [Wording('en').number(n) for n in range(1, 21)]
PHRASES = [
    'Push-up. Ten repetitions. Start when you are ready.',
    'A little further.',
    'I cannot see you.',
    'One moment, please.',
    'That is twelve repetitions. Good work.',
    'Rest for thirty seconds.',
]


class Finishing(Event):
    """Lets the file voice go on at once instead of speaking in real time."""

    def wait(self, timeout=None):
        return False


def clock(step=2_000_000_000):
    times = iter(range(0, 1000 * step, step))
    return lambda: next(times)


@pytest.mark.parametrize('synthesizer', [Pyttsx3, Espeak])
@pytest.mark.parametrize('sentences', [NUMBERS, PHRASES], ids=['numbers', 'phrases'])
def test_every_word_is_understood(synthesizer, sentences, tmp_path):
    voice = FileVoice(synthesizer(), tmp_path / 'speech.wav', clock())
    for text in sentences:
        voice.speak(Sentence(text), lambda: None, Finishing())
    voice.close()
    assert check(tmp_path / 'speech.wav') == [(text, True) for text in sentences]


def test_both_synthesisers_choose_the_same_italian_voice(tmp_path):
    sizes = []
    for i, synthesizer in enumerate((Pyttsx3(), Espeak())):
        for language in ('it', 'en'):
            path = tmp_path / f'{i}{language}.wav'
            synthesizer.render(Sentence('Ventuno ripetizioni', language), path)
            sizes.append(path.stat().st_size)
    pyttsx3_it, pyttsx3_en, espeak_it, espeak_en = sizes
    # The length of a synthesis varies by some ms from one run to the next.
    assert pyttsx3_it == pytest.approx(espeak_it, rel=0.03)
    assert pyttsx3_en == pytest.approx(espeak_en, rel=0.03)
    assert pyttsx3_it != pytest.approx(pyttsx3_en, rel=0.03)


@pytest.mark.parametrize('synthesizer', [Pyttsx3, Espeak])
def test_rate_and_volume_are_obeyed(synthesizer, tmp_path):
    from transcribe import read
    voice, text = synthesizer(), 'twenty-seven repetitions'

    def sound(**how):
        voice.render(Sentence(text, **how), tmp_path / 'speech.wav')
        return read(tmp_path / 'speech.wav')[0].astype(float)
    assert len(sound(rate=120)) > 1.3 * len(sound(rate=240))
    assert sound(volume=1.0).std() > 2 * sound(volume=0.3).std() > 0


@pytest.mark.parametrize('text', ['-v it', '...', "don't", '<b>', 'ventitré', '5', '\n', '"'])
@pytest.mark.parametrize('synthesizer', [Pyttsx3, Espeak])
def test_odd_texts_are_survived(synthesizer, text, tmp_path):
    voice = synthesizer()
    for i, words in enumerate((text, 'one')):
        voice.render(Sentence(words), tmp_path / f'{i}.wav')
    assert (tmp_path / '1.wav').stat().st_size > 10_000


class OnlineVoice:
    """What gTTS would be, with espeak-ng in place of Google."""

    class gTTSError(Exception):  # noqa: N801
        pass

    class gTTS:  # noqa: N801
        def __init__(self, text, lang, **how):
            self.text, self.lang, self.how = text, lang, how

        def save(self, path):
            if self.text == 'offline':
                raise OnlineVoice.gTTSError('Failed to connect')
            Espeak().render(Sentence(self.text, self.lang), Path(path))


@pytest.mark.skipif(shutil.which('ffmpeg') is None, reason='ffmpeg is not installed')
def test_the_voice_of_the_seed(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'gtts', OnlineVoice)
    voice = open_synthesizer('gtts')
    files = FileVoice(voice, tmp_path / 'speech.wav', clock())
    files.speak(Sentence('twelve', 'en-GB'), lambda: None, Finishing())
    files.close()
    assert check(tmp_path / 'speech.wav') == [('twelve', True)]
    with pytest.raises(VoiceError, match='Failed to connect.*check the network'):
        voice.render(Sentence('offline'), tmp_path / 'a.wav')


def test_the_voice_of_the_seed_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, 'gtts', None)
    with pytest.raises(UserError, match='pip install "gTTS'):
        open_synthesizer('gtts')
