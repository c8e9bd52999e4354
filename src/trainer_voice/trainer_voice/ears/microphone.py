"""Sound from a microphone, a file or a pipe, as 16 kHz mono, 30 ms at a time.

A microphone is read through the recorder program of the sound system, as the mouth plays through
its player: nothing has to be compiled, and who is denied or unplugged is told in its own words.
"""

import contextlib
import os
import re
import select
import shutil
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from time import monotonic
from typing import Protocol

import numpy as np

from trainer_core.errors import UserError

RATE = 16000         # Hz
BLOCK = 480          # samples, 30 ms: a length that webrtcvad takes
_SILENT = 3.0        # s without a sample from a live source: it is dead
_LATE = 0.12         # s that who writes into a pipe may be late in the middle of it
_POLL = 0.005        # s between looks into a pipe
_INSTALL = 'install one with: sudo apt install alsa-utils'
_PCM = Path('/proc/asound/pcm')
_CARDS = Path('/proc/asound/cards')


@dataclass(frozen=True)
class Device:
    """One microphone that can be chosen."""

    name: str                 # for people, and to choose it by
    command: tuple[str, ...]  # that writes what it hears, 16 kHz 16 bit mono, to stdout


class Microphone(Protocol):
    """Gives blocks of BLOCK samples, int16; `name` is for logs."""

    name: str

    def read(self) -> np.ndarray | None:
        """The next block; None at the end of a file. Raises UserError when it is dead."""

    def close(self) -> None:
        """Let go of it; read ends soon, in whichever thread."""


class Recorder:
    """A live microphone, through a program that writes what it hears."""

    def __init__(self, device: Device):
        """Raises UserError when not a sample comes out of it."""
        self.name = device.name
        self._process = subprocess.Popen(
            device.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True)  # Ctrl-C is not for it
        try:
            self._first: np.ndarray | None = self._block()
        except UserError:
            self.close()
            raise

    def read(self) -> np.ndarray | None:
        if self._first is not None:
            block, self._first = self._first, None
            return block
        return self._block()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def _block(self) -> np.ndarray:
        assert self._process.stdout is not None
        data = _filled(self._process.stdout.fileno(), 2 * BLOCK, _SILENT)
        if len(data) < 2 * BLOCK:
            raise UserError(f'microphone {self.name} is silent: {self._words()}')
        return np.frombuffer(data, np.int16)

    def _words(self) -> str:
        """The last thing the program said, or that nothing comes."""
        assert self._process.stderr is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5)  # its pipe is closed a moment before it has ended
        if self._process.poll() is None:
            return f'nothing came out of it for {_SILENT:.0f} s; is it plugged in?'
        words = self._process.stderr.read().decode(errors='replace').strip().splitlines()
        return f'{words[-1] if words else "its program has ended"}; see ./trainer devices'


class SoundFile:
    """A WAV file, or all of a folder's one after the other, in real time or as fast as it goes."""

    def __init__(self, path: Path, real_time: bool = True):
        """Raises UserError for a file that cannot be read."""
        self.name, self._real_time = f'file {path}', real_time
        self._samples = read_wav(path)
        self._at, self._begin, self._closed = 0, monotonic(), Event()

    def read(self) -> np.ndarray | None:
        if self._at >= len(self._samples) or self._closed.is_set():
            return None
        block = self._samples[self._at:self._at + BLOCK]
        self._at += BLOCK
        if self._real_time:
            # Not before it would have been spoken to its end.
            self._closed.wait(max(0.0, self._begin + self._at / RATE - monotonic()))
        return np.pad(block, (0, BLOCK - len(block)))

    def close(self) -> None:
        self._closed.set()


class Pipe:
    """A named pipe into which somebody writes 16 kHz, 16 bit, mono samples; silence between."""

    def __init__(self, path: Path):
        """Makes the pipe where there is none; raises UserError when it cannot."""
        self.name = f'pipe {path}'
        try:
            if not path.exists():
                os.mkfifo(path, 0o600)
            # For reading and writing, so that it does not end when a writer goes.
            self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            raise UserError(f'microphone {path}: {error.strerror}; give another pipe') from None
        self._due, self._late, self._rest = monotonic(), 0.0, b''
        self._closed, self._lock = Event(), Lock()

    def read(self) -> np.ndarray | None:
        # What is there is taken at once: after a pause in listening nothing may stay behind.
        while True:
            with self._lock, contextlib.suppress(BlockingIOError):
                if self._closed.is_set():
                    return None
                self._rest += os.read(self._pipe, 2 * BLOCK - len(self._rest))
            wait = self._due + self._late - monotonic()
            if len(self._rest) == 2 * BLOCK:
                self._due, self._late = monotonic() + BLOCK / RATE, _LATE
                block, self._rest = np.frombuffer(self._rest, np.int16), b''
                return block
            if wait <= 0:
                break
            self._closed.wait(min(wait, _POLL))
        # Nobody speaks: a room is never quite silent.
        self._due, self._late = max(self._due + BLOCK / RATE, monotonic() - 1.0), 0.0
        whole = len(self._rest) // 2
        block = np.zeros(BLOCK, np.int16)
        block[:whole] = np.frombuffer(self._rest[:2 * whole], np.int16)
        self._rest = self._rest[2 * whole:]
        return block

    def close(self) -> None:
        with self._lock:
            if not self._closed.is_set():
                self._closed.set()
                os.close(self._pipe)


def open_microphone(name: str = '') -> Microphone:
    """The microphone of that name, or what stands for one.

    name: '' for the one the system has chosen; a number or a part of a name as `./trainer devices`
    lists them; file:PATH for a WAV file in real time, fast:PATH for one without waiting; pipe:PATH
    for a named pipe. Raises UserError when it is not there or does not work.
    """
    kind, _, path = name.partition(':')
    if kind in ('file', 'fast') and path:
        return SoundFile(Path(path).expanduser(), kind == 'file')
    if kind == 'pipe' and path:
        return Pipe(Path(path).expanduser())
    wrong = []
    for device in choose(name, devices()):
        try:
            return Recorder(device)
        except UserError as error:
            wrong.append(str(error))
    raise UserError(wrong[0])


def choose(name: str, there: list[Device]) -> list[Device]:
    """The devices that a name may mean, the best first; raises UserError for none."""
    if not there:
        raise UserError(
            'there is no microphone: connect one, or type what you would say (./trainer say TEXT)')
    if not name:
        return there
    cards = [d for d in there if d.name.startswith('hw:')]
    if name.isdigit():  # as ./trainer devices counts them, which knows of no sound server
        if int(name) < len(cards):
            return [cards[int(name)]]
    else:
        found = [d for d in there if name.lower() in d.name.lower()]
        if found:
            return found
    known = [d.name for d in there if d not in cards]
    known += [f'{i} {d.name}' for i, d in enumerate(cards)]
    raise UserError(f'there is no microphone {name!r}; there are {", ".join(known)}')


def devices(pcm: Path = _PCM, cards: Path = _CARDS) -> list[Device]:
    """The microphones: the sound server's default and sources, then the bare sound cards."""
    return [*_of_server(), *_of_cards(pcm, cards)]


def _of_server() -> Iterator[Device]:
    """PulseAudio, and PipeWire, which answers in the same way; monitors are no microphones."""
    parec = shutil.which('parec')
    if parec is None or shutil.which('pactl') is None:
        return
    try:
        listed = subprocess.run(
            ['pactl', 'list', 'short', 'sources'], capture_output=True, text=True, timeout=3,
            env=os.environ | {'LC_ALL': 'C'})
    except (OSError, subprocess.TimeoutExpired):
        return
    sources = [line.split('\t')[1] for line in listed.stdout.splitlines() if '\t' in line]
    sources = [s for s in sources if not s.endswith('.monitor')]
    command = (parec, '--raw', '--format=s16le', f'--rate={RATE}', '--channels=1',
               '--latency-msec=30')
    if sources:
        yield Device('default', command)
    for source in sources:
        yield Device(source, (*command, f'--device={source}'))


def _of_cards(pcm: Path, cards: Path) -> Iterator[Device]:
    arecord = shutil.which('arecord')
    if arecord is None or not pcm.exists():
        return
    names = dict(re.findall(
        r'^ *(\d+) \[.*?\]: .*? - (.*)$', cards.read_text('utf-8', 'replace'), re.MULTILINE)
    ) if cards.exists() else {}
    for line in pcm.read_text('utf-8', 'replace').splitlines():
        parts = [part.strip() for part in line.split(':')]
        if not any(part.startswith('capture') for part in parts[2:]):
            continue
        card, device = (int(n) for n in parts[0].split('-'))
        yield Device(
            f'hw:{card},{device} {names.get(str(card), "")} {parts[1]}'.strip(),
            (arecord, '-q', '-D', f'plughw:{card},{device}', '-f', 'S16_LE', '-r', str(RATE),
             '-c', '1', '-t', 'raw', '--buffer-time=200000'))


def read_wav(path: Path) -> np.ndarray:
    """The samples of a WAV file of 16 bit as 16 kHz mono int16; raises UserError."""
    try:
        with wave.open(str(path)) as file:
            if file.getsampwidth() != 2:
                raise UserError(f'{path} has {8 * file.getsampwidth()} bit samples; give 16 bit')
            rate, channels = file.getframerate(), file.getnchannels()
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    except (OSError, wave.Error, EOFError) as error:
        raise UserError(f'{path} cannot be read as a WAV file: {error}') from None
    return resampled(samples.reshape(-1, channels).mean(1), rate)


def resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    """Samples (n,) at `rate` (Hz) as int16 at RATE."""
    if rate != RATE:
        from scipy.signal import resample_poly  # takes a while to load
        samples = resample_poly(samples.astype(float), RATE, rate)
    return samples.clip(-32768, 32767).astype(np.int16)


def _filled(file: int, size: int, patience: float) -> bytes:
    """size bytes of a pipe, fewer when it ends or nothing comes for `patience` (s)."""
    data = b''
    while len(data) < size:
        if not select.select([file], [], [], patience)[0]:
            break
        part = os.read(file, size - len(data))
        if not part:
            break
        data += part
    return data
