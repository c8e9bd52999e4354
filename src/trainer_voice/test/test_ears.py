"""Microphones, where somebody speaks, and what becomes of it, without ROS."""

import os
import stat
import threading
import wave
from time import monotonic

import numpy as np
import pytest

from trainer_core.errors import UserError
from trainer_voice.dialogue.events import State
from trainer_voice.ears import microphone
from trainer_voice.ears.ears import Ears
from trainer_voice.ears.microphone import BLOCK, RATE, Pipe, SoundFile, choose, devices
from trainer_voice.ears.recognisers import Context, Recognised, open_recogniser
from trainer_voice.ears.recognisers.italian import phones
from trainer_voice.ears.segments import BLOCK_SECONDS, Segments
from trainer_voice.intents import Intents

PCM = """00-00: ALC256 Analog : ALC256 Analog : playback 1 : capture 1
00-03: HDMI 0 : HDMI 0 : playback 1
01-00: USB Audio : USB Audio : capture 1
"""
CARDS = """ 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xa1 irq 145
 1 [Webcam         ]: USB-Audio - HD Webcam C270
"""


@pytest.fixture
def cards(tmp_path, monkeypatch):
    """Two sound cards, and an arecord that plays one of two tunes by its device."""
    (tmp_path / 'pcm').write_text(PCM)
    (tmp_path / 'cards').write_text(CARDS)
    program = tmp_path / 'arecord'
    program.write_text(
        '#!/bin/sh\n[ "$3" = plughw:0,0 ] && { echo "arecord: Device or resource busy" >&2; exit 1;'
        ' }\nexec cat /dev/zero\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv('PATH', f'{tmp_path}:/bin')
    monkeypatch.setattr(microphone, '_of_server', lambda: iter(()))
    return devices(tmp_path / 'pcm', tmp_path / 'cards')


def test_microphones_are_listed_by_name(cards):
    assert [d.name for d in cards] == [
        'hw:0,0 HDA Intel PCH ALC256 Analog', 'hw:1,0 HD Webcam C270 USB Audio']


@pytest.mark.parametrize(('name', 'chosen'), [
    ('', [0, 1]), ('1', [1]), ('webcam', [1]), ('HW:0,0', [0]), ('hw:', [0, 1])])
def test_a_microphone_is_chosen_by_number_or_name(cards, name, chosen):
    assert choose(name, cards) == [cards[i] for i in chosen]


@pytest.mark.parametrize(('name', 'words'), [
    ('7', "there is no microphone '7'; there are 0 hw:0,0 HDA"), ('blue', "no microphone 'blue'")])
def test_a_microphone_that_is_not_there(cards, name, words):
    with pytest.raises(UserError, match=words):
        choose(name, cards)


def test_without_any_microphone():
    with pytest.raises(UserError, match='connect one, or type what you would say'):
        choose('', [])


def test_the_first_that_works_is_taken(cards, monkeypatch):
    monkeypatch.setattr(microphone, 'devices', lambda: cards)
    opened = microphone.open_microphone('')
    assert opened.name == cards[1].name
    assert len(opened.read()) == BLOCK
    opened.close()
    with pytest.raises(UserError, match='is silent: arecord: Device or resource busy'):
        microphone.open_microphone('hda')


def write(path, samples, rate=RATE, channels=1):
    with wave.open(str(path), 'wb') as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(samples.astype(np.int16), channels).tobytes())
    return path


def tone(seconds, loudness=3000.0, rate=RATE):
    """Something voiced: many harmonics that come and go."""
    t = np.arange(round(seconds * rate)) / rate
    sound = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 20))
    return loudness * sound * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))


def room(seconds, loudness=30.0):
    return np.random.default_rng(1).normal(0, loudness, round(seconds * RATE))


@pytest.mark.parametrize(('rate', 'channels'), [(16000, 1), (22050, 1), (48000, 2)])
def test_files_of_any_rate(tmp_path, rate, channels):
    path = write(tmp_path / 'a.wav', tone(0.5, rate=rate), rate, channels)
    source = SoundFile(path, real_time=False)
    blocks = []
    while (block := source.read()) is not None:
        blocks.append(block)
    assert len(np.concatenate(blocks)) == pytest.approx(8000, abs=BLOCK)


@pytest.mark.parametrize('content', [b'', b'RIFF', b'no sound at all'])
def test_a_file_that_is_none(tmp_path, content):
    path = tmp_path / 'a.wav'
    path.write_bytes(content)
    with pytest.raises(UserError, match='a.wav cannot be read as a WAV file'):
        microphone.open_microphone(f'file:{path}')


def test_a_pipe_is_silent_until_somebody_writes(tmp_path):
    pipe = Pipe(tmp_path / 'voice')
    assert not pipe.read().any()
    with open(tmp_path / 'voice', 'wb', buffering=0) as writer:
        writer.write((np.arange(BLOCK) + 1).astype(np.int16).tobytes())
        assert (pipe.read() == np.arange(BLOCK) + 1).all()
    assert not pipe.read().any()
    pipe.close()


def utterances(sound, **how):
    segments = Segments(**how)
    blocks = sound.clip(-32768, 32767).astype(np.int16)
    found = [segments.add(blocks[i:i + BLOCK]) for i in range(0, len(blocks) - BLOCK + 1, BLOCK)]
    return [(i * BLOCK_SECONDS, s) for i, s in enumerate(found) if s], segments


@pytest.mark.parametrize('webrtc', [True, False])
def test_utterances_are_found_in_the_noise_of_a_room(webrtc):
    quiet = room(6.0)
    sound = quiet.copy()
    for begin, seconds in ((1.5, 0.5), (3.0, 1.0)):
        at = round(begin * RATE)
        part = tone(seconds)
        sound[at:at + len(part)] += part
    found, _ = utterances(sound, webrtc=webrtc)
    assert [round(s.voiced, 1) for _, s in found] == pytest.approx([0.5, 1.0], abs=0.21)
    # Told within the silence that ends it, and some ms.
    assert [end for end, _ in found] == pytest.approx([2.3, 4.3], abs=0.15)
    assert utterances(quiet)[0] == []


@pytest.mark.parametrize(('soft', 'before'), [(100.0, 0.36), (200.0, 0.6)])
def test_a_soft_word_before_the_voice_belongs_to_it(soft, before):
    """In a room of 100; until the voice is noticed three blocks of it are over."""
    sound = np.concatenate([room(1.5, 100.0), room(0.5, soft), tone(0.6), room(1.0, 100.0)])
    [(_, found)], _ = utterances(sound, webrtc=False)
    front = len(found.samples) / RATE - found.trailing - 0.6
    assert front == pytest.approx(before - 3 * BLOCK_SECONDS, abs=2 * BLOCK_SECONDS)


def test_clicks_and_a_fan_are_no_utterances():
    sound = room(8.0, 20.0)
    sound[2 * RATE:2 * RATE + 300] += 20000     # a click
    sound[4 * RATE:] += room(4.0, 400.0)         # a fan that is switched on
    found, segments = utterances(sound)
    assert len(found) <= 1  # the moment it starts
    assert segments.loudness.floor > 200


@pytest.mark.parametrize('webrtc', [True, False])
@pytest.mark.parametrize('mains', [50, 60])
def test_a_voice_beside_a_hum_that_is_louder(mains, webrtc):
    t = np.arange(5 * RATE) / RATE
    hum = sum(4000 / k**3 * np.sin(2 * np.pi * mains * k * t + k) for k in range(1, 7))
    sound = room(5.0) + hum
    sound[2 * RATE:2 * RATE + RATE // 2] += tone(0.5)
    [(end, found)], _ = utterances(sound, webrtc=webrtc)
    assert (end, found.voiced) == pytest.approx((2.8, 0.5), abs=0.15)
    assert utterances(room(5.0) + hum, webrtc=webrtc)[0] == []


class Repeats:
    """A recogniser that says how long the utterance was."""

    name = 'repeats'

    def __init__(self):
        self.contexts = []

    def prepare(self, context):
        pass

    def recognise(self, samples, voiced, context):
        self.contexts.append(context)
        if voiced > 0.8:
            raise UserError('the recogniser is out of breath')
        return Recognised(f'{voiced:.1f}', 'stop', 1.0)


def test_a_file_is_heard_to_its_end(tmp_path):
    sound = np.concatenate([room(1.0), tone(0.5), room(1.0), tone(1.0), room(1.0), tone(0.4)])
    path = write(tmp_path / 'a.wav', sound)
    heard, recogniser = [], Repeats()
    ears = Ears(f'fast:{path}', recogniser, Segments(), heard.append, lambda: 5 * 10**9)
    ears.attend(Context(State.TRAINING, 'resume'))
    ears._thread.join(10)
    assert ears.ended
    assert [round(float(u.recognised.text), 1) for u in heard] == pytest.approx(
        [0.5, 0.4], abs=0.15)
    assert all(4.5e9 < u.end <= 5e9 for u in heard)
    assert recogniser.contexts[-1].question == 'resume'
    # It works again.
    assert (ears.fault, ears.last_fault) == ('', 'the recogniser is out of breath')
    ears.close()


def test_it_is_tried_again_until_there_is_a_microphone(tmp_path, monkeypatch):
    monkeypatch.setattr('trainer_voice.ears.ears._RETRY', 0.01)
    ears = Ears(f'fast:{tmp_path}/a.wav', Repeats(), Segments(), lambda _: None, lambda: 0)
    limit = monotonic() + 10
    while not ears.fault and monotonic() < limit:
        threading.Event().wait(0.005)
    assert 'cannot be read' in ears.fault
    write(tmp_path / 'part', room(0.5))
    os.rename(tmp_path / 'part', tmp_path / 'a.wav')
    ears._thread.join(10)
    assert ears.ended and not ears.fault
    ears.close()


def test_its_own_voice_is_marked_until_the_room_is_quiet(tmp_path):
    pipe = Pipe(tmp_path / 'voice')
    pipe.close()
    ears = Ears(f'pipe:{tmp_path}/voice', Repeats(), Segments(), lambda _: None, lambda: 0)
    ears.speaks('eight', 20.0)
    ears.attend(Context(State.TRAINING))
    assert ears.context == Context(State.TRAINING, own='eight')
    ears.speaks('', 0.0)
    limit = monotonic() + 10
    while ears.context.own and monotonic() < limit:
        threading.Event().wait(0.01)
    assert ears.context == Context(State.TRAINING)
    ears.close()


@pytest.mark.parametrize(('word', 'sounds'), [
    ('sì', 'S IY'), ('più', 'P IY UW'), ('piano', 'P Y AA N AO'), ('quante', 'K W AA N T EH'),
    ('basta', 'B AA S T AA'), ('ripeti', 'R IY P EH T IY'), ('aiuto', 'AA Y UW T AO'),
    ('prossimo', 'P R AO S IY M AO'), ('ghiaccio', 'G Y AA CH AO'), ('scegli', 'SH EH L Y IY'),
    ('ogni', 'AO N Y IY'), ('giusto', 'JH UW S T AO'), ("c'è", 'CH EH')])
def test_how_italian_is_spoken(word, sounds):
    assert phones(word) == sounds


def test_recognisers_by_name(monkeypatch):
    intents = Intents('en')
    assert open_recogniser('text', intents) is None
    pytest.importorskip('pocketsphinx')
    assert open_recogniser('pocketsphinx', intents).name == 'pocketsphinx'
    with pytest.raises(UserError, match='whisper'):
        open_recogniser('whisper', intents, model='/nowhere/at/all')
