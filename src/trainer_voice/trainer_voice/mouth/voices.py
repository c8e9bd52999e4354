"""Ways to say a sentence, all behind one interface: loudspeaker, file, text, silence."""

import csv
import tempfile
import wave
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Protocol

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_voice.mouth.player import Player
from trainer_voice.mouth.synthesis import Sentence, Synthesizer, VoiceError, open_synthesizer

NAMES = ('auto', 'pyttsx3', 'espeak', 'gtts', 'file', 'text', 'null')
# What espeak-ng makes, with pyttsx3 or without: mono, 16 bit.
_CHANNELS, _WIDTH, _RATE = 1, 2, 22050
_LONGEST_GAP = 600  # s


class Voice(Protocol):
    """Says one sentence at a time; `name` tells how, for logs and speech_status."""

    name: str

    def speak(self, sentence: Sentence, started: Callable[[], None], stop: Event) -> bool:
        """Block until it is said, or until `stop` is set: then return False.

        started is called when the sound begins. Raises VoiceError when the voice broke.
        """

    def close(self) -> None:
        """Free files and devices."""


class SpokenVoice:
    """A synthesiser and the loudspeaker."""

    def __init__(self, synthesizer: Synthesizer, player: Player):
        self.name = f'{synthesizer.name} through {player.name}'
        self._synthesizer, self._player = synthesizer, player
        self._folder = tempfile.TemporaryDirectory(prefix='trainer-mouth-')
        self._sound = Path(self._folder.name) / 'sentence.wav'

    def speak(self, sentence: Sentence, started: Callable[[], None], stop: Event) -> bool:
        self._synthesizer.render(sentence, self._sound)
        if stop.is_set():
            return False
        started()
        return self._player.play(self._sound, stop)

    def close(self) -> None:
        self._folder.cleanup()


class FileVoice:
    """Writes what would be heard: one WAV file with everything at its true time.

    Beside `path` lies a table `<path>.csv`: start and end (s from the start of the WAV file, which
    begins with the first sentence), stamp (ns, when it started on the clock `now`), language,
    whole (0: it was interrupted), text. Speaking takes as long as it would aloud, and a sentence
    that is stopped is cut off in the file too. Both files are complete after every sentence, even
    when the process is killed.
    """

    def __init__(self, synthesizer: Synthesizer, path: Path, now: Callable[[], int]):
        """now: the clock, ns. Raises UserError when path cannot be written."""
        self.name = f'{synthesizer.name} into {path}'
        self._synthesizer, self._now = synthesizer, now
        self._zero: int | None = None  # time of the file's first sample
        self._length = 0               # samples in the file
        with ExitStack() as files:
            folder = files.enter_context(tempfile.TemporaryDirectory(prefix='trainer-mouth-'))
            self._sound = Path(folder) / 'sentence.wav'
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._file = files.enter_context(path.open('wb'))
                self._table_file = files.enter_context(
                    path.with_name(path.name + '.csv').open('w', newline=''))
            except OSError as error:
                raise UserError(
                    f'parameter file: {path} cannot be written ({error.strerror}); give another '
                    'path') from None
            self._wave = files.enter_context(wave.open(self._file, 'wb'))
            self._wave.setnchannels(_CHANNELS)
            self._wave.setsampwidth(_WIDTH)
            self._wave.setframerate(_RATE)
            self._wave.writeframes(b'')  # a header at once: an empty file cannot be opened
            self._file.flush()
            self._table = csv.writer(self._table_file)
            self._write_row('start', 'end', 'stamp', 'language', 'whole', 'text')
            self._files = files.pop_all()

    def speak(self, sentence: Sentence, started: Callable[[], None], stop: Event) -> bool:
        self._synthesizer.render(sentence, self._sound)
        with wave.open(str(self._sound)) as sound:
            if sound.getparams()[:3] != (_CHANNELS, _WIDTH, _RATE):
                raise VoiceError(f'{self.name} failed: the sound is {sound.getparams()}')
            samples = sound.readframes(sound.getnframes())
        begin = self._now()
        started()
        said = not stop.wait(len(samples) / _WIDTH / _RATE)
        if not said:
            spoken = max(0, self._now() - begin) * _RATE // SECOND
            samples = samples[:spoken * _WIDTH]
        try:
            self._append(sentence, samples, begin, said)
        except OSError as error:
            raise VoiceError(f'{self.name} failed: {error.strerror}') from None
        return said

    def close(self) -> None:
        self._files.close()

    def _append(self, sentence: Sentence, samples: bytes, begin: int, whole: bool) -> None:
        if self._zero is None:
            self._zero = begin
        offset = (begin - self._zero) * _RATE // SECOND
        # A clock that jumps (a bag that loops, a simulation that starts over) must not write
        # hours of silence, nor can a sentence lie before the one that was said before it.
        if not 0 <= offset - self._length < _LONGEST_GAP * _RATE:
            offset = self._length
            self._zero = begin - offset * SECOND // _RATE
        self._wave.writeframes(bytes(_WIDTH * (offset - self._length)) + samples)
        self._file.flush()
        self._length = offset + len(samples) // _WIDTH
        self._write_row(
            f'{offset / _RATE:.3f}', f'{self._length / _RATE:.3f}', begin, sentence.language,
            int(whole), sentence.text)

    def _write_row(self, *cells: object) -> None:
        self._table.writerow(cells)
        self._table_file.flush()


class TextVoice:
    """Writes sentences instead of speaking them, for machines without sound."""

    name = 'text'

    def __init__(self, write: Callable[[str], object]):
        self._write = write

    def speak(self, sentence: Sentence, started: Callable[[], None], stop: Event) -> bool:
        started()
        self._write(sentence.text)
        return True

    def close(self) -> None:
        pass


class NullVoice:
    """Says nothing, at once."""

    name = 'null'

    def speak(self, sentence: Sentence, started: Callable[[], None], stop: Event) -> bool:
        started()
        return True

    def close(self) -> None:
        pass


def open_voice(
    name: str, file: str, write: Callable[[str], object], now: Callable[[], int],
) -> tuple[Voice, str]:
    """The voice of that name (one of NAMES), and '' or one sentence why it is text instead.

    file: for the voice `file`. write: takes the sentences of the voice `text`. now: ns. Raises
    UserError for a voice that was asked for by name and whose program is not installed; a
    machine without sound gets text.
    """
    if name == 'null':
        return NullVoice(), ''
    if name == 'text':
        return TextVoice(write), ''
    if name == 'file':
        if not file:
            raise UserError('voice file needs the parameter file, for instance file:=speech.wav')
        return FileVoice(open_synthesizer(), Path(file).expanduser(), now), ''
    try:
        synthesizer = open_synthesizer(name)
    except UserError as error:
        if name != 'auto':
            raise
        return TextVoice(write), f'{error}; what would be said is written here'
    try:
        return SpokenVoice(synthesizer, Player()), ''
    except UserError as error:
        return TextVoice(write), f'{error}; what would be said is written here'
