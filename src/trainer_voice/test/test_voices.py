"""Voices with a synthesiser of known length and player programs that are small scripts."""

import csv
import os
import wave
from threading import Event, Thread

import pytest

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_voice.mouth import player, synthesis, voices
from trainer_voice.mouth.player import Player
from trainer_voice.mouth.synthesis import Sentence, VoiceError, nearest_voice
from trainer_voice.mouth.voices import FileVoice, SpokenVoice, TextVoice, open_voice

RATE = 22050


class Tone:
    """Every letter of a sentence is 10 ms of its own code."""

    name = 'tone'

    def render(self, sentence, path):
        with wave.open(str(path), 'wb') as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(b''.join(
                letter.encode() * 2 * (RATE // 100) for letter in sentence.text))


def speak(voice, text, stop=None):
    begun = []
    said = voice.speak(Sentence(text), lambda: begun.append(True), stop or Event())
    assert begun in ([], [True])
    return said


def read(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return file.readframes(file.getnframes())


def rows(path):
    with path.with_name(path.name + '.csv').open() as file:
        return list(csv.DictReader(file))


class Clock:
    """Shows the times it was given, one at every look."""

    def __init__(self, *times):
        self.times = [round(t * SECOND) for t in times]

    def __call__(self):
        return self.times.pop(0)


def test_file_holds_everything_at_its_time(tmp_path):
    path = tmp_path / 'new' / 'speech.wav'
    voice = FileVoice(Tone(), path, Clock(100, 102.5))
    assert speak(voice, 'ab')
    assert speak(voice, 'c')
    voice.close()
    sound = read(path)
    assert len(sound) == 2 * round(2.51 * RATE)
    assert sound[:2] == b'aa'
    assert not any(sound[2 * round(0.02 * RATE):2 * round(2.5 * RATE)])
    assert sound[2 * round(2.5 * RATE):] == b'cc' * (RATE // 100)
    assert [tuple(r.values()) for r in rows(path)] == [
        ('0.000', '0.020', str(100 * SECOND), 'en', '1', 'ab'),
        ('2.500', '2.510', str(102 * SECOND + SECOND // 2), 'en', '1', 'c')]


def test_file_is_whole_after_every_sentence(tmp_path):
    path = tmp_path / 'speech.wav'
    voice = FileVoice(Tone(), path, Clock(0))
    assert read(path) == b''
    speak(voice, 'a')
    assert read(path) == b'aa' * (RATE // 100)
    assert len(rows(path)) == 1
    voice.close()


@pytest.mark.parametrize(('times', 'starts'), [
    ((100, 50), ('0.000', '0.010')),          # a bag that loops: follows at once
    ((0, 1.8e9), ('0.000', '0.010')),         # a clock that was not yet set: no hours of silence
    ((0, 1, 0.5, 2), ('0.000', '1.000', '1.010', '2.510')),
])
def test_file_survives_a_clock_that_jumps(tmp_path, times, starts):
    path = tmp_path / 'speech.wav'
    voice = FileVoice(Tone(), path, Clock(*times))
    for _ in times:
        speak(voice, 'a')
    voice.close()
    assert tuple(r['start'] for r in rows(path)) == starts


def test_file_is_cut_off_where_it_was_stopped(tmp_path):
    path = tmp_path / 'speech.wav'
    voice, stop = FileVoice(Tone(), path, Clock(0, 0.02)), Event()
    stop.set()
    assert not speak(voice, 'abcd', stop)
    voice.close()
    assert len(read(path)) == 2 * round(0.02 * RATE)
    assert [(r['end'], r['whole'], r['text']) for r in rows(path)] == [('0.020', '0', 'abcd')]


def test_a_path_that_cannot_be_written(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(UserError, match='parameter file: .*speech.wav cannot be written'):
        FileVoice(Tone(), tmp_path / 'file' / 'speech.wav', Clock())


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A PATH with nothing but the scripts given, by name and body."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    monkeypatch.setenv('PATH', str(folder))

    def install(**scripts):
        for name, body in scripts.items():
            path = folder / name.replace('_', '-')
            path.write_text(f'#!/bin/sh\nPATH={os.defpath}\n{body}\n')
            path.chmod(0o755)
    return install


NO_CARD = 'echo "cannot connect" >&2; exit 1'


@pytest.mark.parametrize(('scripts', 'chosen'), [
    ({'aplay': 'exit 0'}, 'aplay'),
    ({'paplay': NO_CARD, 'aplay': 'exit 0'}, 'aplay'),
    ({'pw_play': 'exit 0', 'paplay': 'exit 0', 'aplay': 'exit 0'}, 'pw-play'),
])
def test_the_first_player_that_reaches_a_card(programs, scripts, chosen):
    programs(**scripts)
    assert Player().name == chosen


@pytest.mark.parametrize(('scripts', 'sentence'), [
    ({}, 'no program to play sound; install one'),
    ({'aplay': 'exit 0', 'pactl': 'echo "Default Sink: auto_null"'}, 'server has no sound card'),
    ({'aplay': NO_CARD, 'play': NO_CARD}, r'no sound card answers \(aplay, play tried\)'),
])
def test_no_sound_is_said(programs, scripts, sentence):
    programs(**scripts)
    with pytest.raises(UserError, match=sentence):
        Player()


def test_a_player_that_hangs_is_no_player(programs, monkeypatch):
    monkeypatch.setattr(player, '_TRIAL', 0.1)
    programs(aplay='exec sleep 60')
    with pytest.raises(UserError, match='no sound card answers'):
        Player()


def test_spoken_to_the_end(programs, tmp_path):
    programs(aplay=f'cat "$2" >> {tmp_path}/heard')
    voice = SpokenVoice(Tone(), Player())
    assert voice.name == 'tone through aplay'
    (tmp_path / 'heard').unlink()  # the trial
    assert speak(voice, 'ab')
    assert (tmp_path / 'heard').read_bytes()[44:] == b'aa' * 220 + b'bb' * 220
    voice.close()


def test_stopped_in_mid_word(programs, tmp_path):
    # The first call is the trial. Then the fifo tells when the player is running.
    os.mkfifo(tmp_path / 'playing')
    programs(aplay=f'[ -e {tmp_path}/tried ] || {{ touch {tmp_path}/tried; exit 0; }}\n'
                   f'echo > {tmp_path}/playing; exec sleep 60')
    voice, stop, said = SpokenVoice(Tone(), Player()), Event(), []
    worker = Thread(target=lambda: said.append(speak(voice, 'ab', stop)))
    worker.start()
    assert (tmp_path / 'playing').read_text() == '\n'
    stop.set()
    worker.join(timeout=60)
    assert said == [False]
    voice.close()


def test_a_card_that_is_pulled_out(programs, tmp_path):
    programs(aplay=f'[ -e {tmp_path}/tried ] || {{ touch {tmp_path}/tried; exit 0; }}\n'
                   'echo "No such device" >&2; exit 1')
    voice = SpokenVoice(Tone(), Player())
    with pytest.raises(VoiceError, match='aplay failed: No such device'):
        speak(voice, 'a')
    voice.close()


def test_a_player_that_hangs_in_mid_word(programs, tmp_path, monkeypatch):
    monkeypatch.setattr(player, '_SLACK', 0.1)
    programs(aplay=f'[ -e {tmp_path}/tried ] || {{ touch {tmp_path}/tried; exit 0; }}\n'
                   'exec sleep 60')
    voice = SpokenVoice(Tone(), Player())
    with pytest.raises(VoiceError, match='aplay failed: it does not come to an end'):
        speak(voice, 'a')
    voice.close()


def nothing(text):
    raise AssertionError(text)


def test_auto_without_sound_is_text(programs, monkeypatch):
    monkeypatch.setattr(voices, 'open_synthesizer', lambda name: Tone())
    programs(aplay=NO_CARD)
    written = []
    voice, why = open_voice('auto', '', written.append, Clock())
    assert isinstance(voice, TextVoice)
    assert why == (
        'no sound card answers (aplay tried); connect one, or check its volume and permissions; '
        'what would be said is written here')
    assert speak(voice, 'one')
    assert written == ['one']


def test_auto_without_any_synthesiser_is_text(programs, monkeypatch):
    def absent():
        raise UserError('voice pyttsx3 does not work here')
    monkeypatch.setattr(synthesis, 'Pyttsx3', absent)
    programs(aplay='exit 0')
    voice, why = open_voice('auto', '', nothing, Clock())
    assert isinstance(voice, TextVoice)
    assert 'sudo apt install espeak-ng' in why


@pytest.mark.parametrize(('name', 'sentence'), [
    ('espeak', 'there is no espeak-ng program; install it with: sudo apt install espeak-ng'),
    ('file', 'the parameter file, for instance'),
])
def test_what_was_asked_for_by_name_must_be_there(programs, name, sentence):
    programs(aplay='exit 0')
    with pytest.raises(UserError, match=sentence):
        open_voice(name, '', nothing, Clock())


def test_a_program_that_fails(programs, tmp_path):
    programs(espeak_ng='echo "no such voice" >&2; exit 1')
    with pytest.raises(VoiceError, match='espeak-ng failed: no such voice'):
        synthesis.Espeak().render(Sentence('one'), tmp_path / 'one.wav')


VOICES = {
    'gmw/en-029': ['en-029'], 'gmw/en': ['en-gb'], 'gmw/en-us': ['en-us'], 'roa/it': ['it'],
    'mute': [],
}


@pytest.mark.parametrize(('language', 'voice'), [
    ('en', 'gmw/en'), ('en-GB', 'gmw/en'), ('en-US', 'gmw/en-us'), ('it', 'roa/it'),
    ('it-IT', 'roa/it'), ('en-ZA', 'gmw/en'), ('eo', None),
])
def test_nearest_voice(language, voice):
    assert nearest_voice(VOICES, language) == voice
