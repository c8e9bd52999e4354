"""Text to a WAV file: pyttsx3 (libespeak-ng in this process), the espeak-ng program, or gTTS."""

import atexit
import contextlib
import io
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any, Protocol

from trainer_core.errors import UserError

INSTALL = 'install it with: sudo apt install espeak-ng'
_PATIENCE = 5.0  # s for one sentence; it takes about 0.02
_SLOW = 120      # words a minute, below which gTTS speaks slowly
_SETTING = 0.2   # s for the rate to be set; it takes about 0.001
_HEADER = 44  # bytes of a WAV file without sound


class VoiceError(Exception):
    """The voice broke while speaking; one sentence that says how."""


@dataclass(frozen=True)
class Sentence:
    """Text and how it is to be spoken."""

    text: str
    language: str = 'en'  # BCP 47
    rate: int = 170       # words a minute
    volume: float = 1.0   # [0, 1]


class Synthesizer(Protocol):
    """Writes a sentence to a WAV file."""

    name: str

    def render(self, sentence: Sentence, path: Path) -> None:
        """Raises VoiceError."""


class Pyttsx3:
    """pyttsx3, used as a synthesiser only.

    Its own playing cannot be used here: on Linux it runs `aplay` through os.system inside a
    callback of the library, which nothing can interrupt, and a missing sound card passes unnoticed.
    What it writes to a file is complete, takes 10 ms, and can be played, stopped and measured by
    us. One engine serves the whole process, from one thread at a time.
    """

    name = 'pyttsx3'

    def __init__(self) -> None:
        """Raises UserError where pyttsx3 or the library below it is not installed."""
        try:
            self._engine = _engine()
        except Exception as error:  # ImportError, OSError, RuntimeError, all from third parties
            raise UserError(f'voice pyttsx3 does not work here ({error}); {INSTALL}') from None
        self._voices: dict[str, list[str]] = {
            voice.id: [str(code).lower() for code in voice.languages or ()]
            for voice in self._engine.getProperty('voices')}

    def render(self, sentence: Sentence, path: Path) -> None:
        self._engine.setProperty('voice', nearest_voice(self._voices, sentence.language))
        self._set('rate', sentence.rate)
        self._set('volume', round(sentence.volume, 2))
        self._save(sentence, path)
        if path.stat().st_size <= _HEADER:  # a late end of the one before
            self._save(sentence, path)

    def _save(self, sentence: Sentence, path: Path) -> None:
        engine, done = self._engine, Event()
        listener = engine.connect('finished-utterance', lambda **_: done.set())
        with contextlib.redirect_stdout(io.StringIO()):  # it prints the file's name
            engine.save_to_file(sentence.text, str(path))
            engine.runAndWait()
            written = done.wait(_PATIENCE)
        engine.disconnect(listener)
        if not written:
            raise VoiceError(f'pyttsx3 wrote no sound to {path}; is the disk full?')

    def _set(self, name: str, value: float) -> None:
        """Wait until it is so: a thread of the library does it, and runAndWait would cancel it."""
        if self._engine.getProperty(name) == value:
            return
        self._engine.setProperty(name, value)
        end = monotonic() + _SETTING
        while self._engine.getProperty(name) != value and monotonic() < end:
            sleep(0.0005)


@cache
def _engine() -> Any:
    import pyttsx3
    engine = pyttsx3.init()
    engine.runAndWait()  # until its first loop has run it only collects commands
    # Let go of before the interpreter takes its modules apart: its destructor needs them.
    atexit.register(_engine.cache_clear)
    return engine


class Espeak:
    """The espeak-ng program, a fresh process per sentence (16 ms)."""

    name = 'espeak-ng'  # or espeak, its predecessor

    def __init__(self) -> None:
        """Raises UserError where it is not installed."""
        program = shutil.which('espeak-ng') or shutil.which('espeak')
        if program is None:
            raise UserError(f'voice espeak: there is no espeak-ng program; {INSTALL}')
        self._program, self.name = program, Path(program).name

    def render(self, sentence: Sentence, path: Path) -> None:
        # Through stdin: a text that begins with - would be taken for an option.
        command = [
            self._program, '-v', sentence.language.lower(), '-s', str(sentence.rate),
            '-a', str(round(100 * sentence.volume)), '-w', str(path), '--stdin']
        try:
            subprocess.run(
                command, input=sentence.text.encode(), check=True, capture_output=True,
                timeout=_PATIENCE)
        except subprocess.CalledProcessError as error:
            raise VoiceError(
                f'{self.name} failed: {error.stderr.decode(errors="replace")}') from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise VoiceError(f'{self.name} failed: {error}') from None


class Gtts:
    """gTTS: Google's voice, as in the seed. Sends what is said to Google; only when asked for."""

    name = 'gtts'

    def __init__(self) -> None:
        """Raises UserError where gTTS, or a program that reads its MP3, is not installed."""
        try:
            import gtts
        except ImportError:
            raise UserError(
                'voice gtts needs gTTS; install it with: pip install "gTTS>=2.3.2", or take '
                'voice:=auto, '
                'which needs no network') from None
        program = shutil.which('ffmpeg')
        if program is None:
            raise UserError('voice gtts needs ffmpeg; install it with: sudo apt install ffmpeg')
        self._gtts, self._program = gtts, program

    def render(self, sentence: Sentence, path: Path) -> None:
        """The rate has two steps, as Google has it; the volume is set here."""
        sound = path.with_suffix('.mp3')
        try:
            self._gtts.gTTS(
                sentence.text, lang=sentence.language.lower().partition('-')[0],
                slow=sentence.rate < _SLOW, lang_check=False, timeout=_PATIENCE,
            ).save(str(sound))
            subprocess.run(
                [self._program, '-v', 'error', '-y', '-i', str(sound), '-ar', '22050', '-ac', '1',
                 '-sample_fmt', 's16', '-filter:a', f'volume={sentence.volume:.2f}', str(path)],
                check=True, capture_output=True, timeout=_PATIENCE, stdin=subprocess.DEVNULL)
        except subprocess.CalledProcessError as error:
            raise VoiceError(
                f'gtts: ffmpeg failed: {error.stderr.decode(errors="replace").strip()}') from None
        except (OSError, subprocess.TimeoutExpired, AssertionError, ValueError,
                self._gtts.gTTSError) as error:
            raise VoiceError(f'gtts failed ({error}); check the network') from None
        finally:
            sound.unlink(missing_ok=True)


def nearest_voice(voices: dict[str, list[str]], language: str) -> str | None:
    """Id of the voice for a BCP 47 language, None where there is none.

    voices: ids with the languages they speak. A code matches exactly, else by its language alone;
    of several the shortest id wins, since it is the plain one (gmw/en before gmw/en-gb-scotland).
    """
    wanted, plain = language.lower(), language.lower().partition('-')[0]
    for matches in (
        [v for v, codes in voices.items() if wanted in codes],
        [v for v, codes in voices.items() if any(c.partition('-')[0] == plain for c in codes)],
    ):
        if matches:
            return min(matches, key=len)
    return None


def open_synthesizer(name: str = 'auto') -> Synthesizer:
    """name: pyttsx3, espeak, gtts, or auto for the first that works; raises UserError for none."""
    if name == 'espeak':
        return Espeak()
    if name == 'gtts':
        return Gtts()
    try:
        return Pyttsx3()
    except UserError:
        if name == 'pyttsx3':
            raise
        return Espeak()
