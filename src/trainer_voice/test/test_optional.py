"""Recognisers and voices that are installed only when asked for: the real packages, offline."""

import base64
import io
import json
import shutil
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import numpy as np
import pytest
import tiny_whisper

from trainer_core.errors import UserError
from trainer_voice.dialogue.events import State
from trainer_voice.ears.microphone import RATE
from trainer_voice.ears.recognisers import Context, Recognised, open_recogniser
from trainer_voice.intents import Intents
from trainer_voice.mouth.synthesis import Espeak, Sentence, VoiceError, open_synthesizer

READY = Context(State.GREETING, 'ready')
SOUND = np.random.default_rng(0).normal(0, 1000, RATE).astype(np.int16)


@pytest.fixture
def whisper():
    return pytest.importorskip(
        'faster_whisper', reason='not installed: pip install --group whisper')


@pytest.mark.parametrize(('word', 'intent'), [('yes', 'yes'), ('potato', '')])
def test_whisper_with_a_model_in_a_folder(whisper, tmp_path, word, intent):
    model = tiny_whisper.write(tmp_path / 'tiny', word)
    recogniser = open_recogniser('whisper', Intents('en'), model=str(model))
    assert recogniser.name == 'whisper tiny'
    heard = recogniser.recognise(SOUND, 1.0, READY)
    assert (heard.text, heard.intent) == (word, intent)
    assert heard.confidence > 0.9


def test_commands_by_grammar_and_the_rest_by_whisper(whisper, tmp_path):
    pytest.importorskip('pocketsphinx')
    model = tiny_whisper.write(tmp_path / 'tiny', 'potato')
    recogniser = open_recogniser('auto', Intents('en'), model=str(model))
    assert recogniser.name.endswith(', whisper tiny')
    assert recogniser.recognise(SOUND, 1.0, READY).text == 'potato'


@pytest.mark.parametrize(('missing', 'words'), [
    ('', 'there is no model base.en or .* on this machine, and none is downloaded'),
    ('nowhere', 'there is no model .*nowhere on this machine'),
    ('model.bin', r'there is no model .*tiny on this machine \(Unable to open file .*model.bin'),
    ('tokenizer.json', r'no model .*tiny on this machine \(.* has no tokenizer.json'),
])
def test_whisper_without_a_model_says_so(whisper, tmp_path, monkeypatch, missing, words):
    from huggingface_hub import constants
    monkeypatch.setattr(constants, 'HF_HUB_CACHE', str(tmp_path / 'cache'))
    name = ''
    if missing:
        name = str(tmp_path / 'nowhere')
    if '.' in missing:
        model = tiny_whisper.write(tmp_path / 'tiny', 'yes')
        (model / missing).unlink()
        name = str(model)
    with pytest.raises(UserError, match=words):
        open_recogniser('whisper', Intents('en'), model=name)


class Google(BaseHTTPRequestHandler):
    """Answers as Google's recogniser does."""

    words = 'how many left'

    def do_POST(self):
        sound = self.rfile.read(int(self.headers['Content-Length']))
        assert sound[:4] == b'fLaC' and 'lang=en-US' in self.path
        results = [{'result': []}]
        if self.words:
            results.append({'result': [{'alternative': [
                {'transcript': self.words, 'confidence': 0.9}], 'final': True}]})
        body = '\n'.join(map(json.dumps, results)).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def address():
    server = HTTPServer(('127.0.0.1', 0), Google)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://127.0.0.1:{server.server_port}/recognize'
    server.shutdown()
    server.server_close()


def google(address):
    pytest.importorskip(
        'speech_recognition', reason='not installed: pip install SpeechRecognition')
    from trainer_voice.ears.recognisers.google import Google as Recogniser
    return Recogniser(Intents('en'), address)


@pytest.mark.parametrize(('words', 'heard'), [
    ('how many left', Recognised('how many left', 'how_many_left', 0.9)),
    ('blue potatoes', Recognised('blue potatoes', '', 0.9)), ('', Recognised())])
def test_google(address, monkeypatch, words, heard):
    monkeypatch.setattr(Google, 'words', words)
    assert google(address).recognise(SOUND, 1.0, Context(State.TRAINING)) == heard


def test_google_without_the_network():
    with pytest.raises(UserError, match=(
            'recogniser google cannot be reached .*check the network, or take')):
        google('http://127.0.0.1:9/recognize').recognise(SOUND, 1.0, READY)


@pytest.fixture
def gtts():
    if shutil.which('ffmpeg') is None or shutil.which('espeak-ng') is None:
        pytest.skip('ffmpeg or espeak-ng is not installed')
    return pytest.importorskip('gtts', reason='not installed: pip install --group online')


def test_googles_voice(gtts, monkeypatch, tmp_path):
    """The package's own requests, answered here with a sound made by espeak-ng."""
    import requests
    Espeak().render(Sentence('twelve'), tmp_path / 'twelve.wav')
    mp3 = subprocess.run(
        ['ffmpeg', '-v', 'error', '-i', str(tmp_path / 'twelve.wav'), '-f', 'mp3', '-'],
        capture_output=True, check=True).stdout
    asked = []

    def send(self, request, **how):
        asked.append((request.body, how['timeout']))
        response = requests.Response()
        response.request, response.status_code = request, 200
        response.raw = io.BytesIO(
            f'[["wrb.fr","jQ1olc","[\\"{base64.b64encode(mp3).decode()}\\"]"'.encode())
        return response
    monkeypatch.setattr(requests.Session, 'send', send)
    open_synthesizer('gtts').render(Sentence('twelve', 'en-GB'), tmp_path / 'out.wav')
    (body, timeout), = asked
    assert 'twelve' in body and timeout
    from transcribe import read
    sound, rate = read(tmp_path / 'out.wav')[:2]
    assert rate == 22050 and 0.2 < len(sound) / rate < 2.0


def test_googles_voice_without_the_network(gtts, monkeypatch, tmp_path):
    import requests

    def send(self, request, **how):
        raise requests.exceptions.ConnectionError('Name or service not known')
    monkeypatch.setattr(requests.Session, 'send', send)
    with pytest.raises(VoiceError, match='gtts failed .*check the network'):
        open_synthesizer('gtts').render(Sentence('twelve'), tmp_path / 'out.wav')
