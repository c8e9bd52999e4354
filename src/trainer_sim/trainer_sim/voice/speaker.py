"""Somebody who speaks: espeak-ng with a voice, pitch and speed of its own, in a noisy room."""

import io
import shutil
import subprocess
import wave
from collections.abc import Sequence

import numpy as np

from trainer_core.errors import UserError

RATE = 16000  # Hz, what the ears listen to
# Three who are as different as espeak-ng can make them: a man, a woman, and one from Scotland.
# (en+f3 is British; espeak-ng 1.51 leaves the variant out in en-gb+f3, and a man speaks.)
VOICES = {
    'en': ('en-us', 'en+f3', 'en-gb-scotland+m3'),
    'it': ('it', 'it+f3', 'it+m3'),
}
_LOUDNESS = 2500.0   # RMS of the voice, 16 bit
_PATIENCE = 10.0     # s for one line


class Speaker:
    """Lines to sound; the same arguments give the same sound, sample by sample."""

    def __init__(
        self, voice: str = 'en-us', pitch: int = 50, speed: int = 150, snr: float | None = None,
        around: float = 0.4, seed: int = 0,
    ):
        """voice: as espeak-ng knows it, with variant (en-us+f3). pitch: 0 to 99. speed: words a
        minute. snr: dB of the voice above a noise like that of a room (pink), None for silence.
        around: s of it before and after. Raises UserError where espeak-ng is not installed.
        """
        program = shutil.which('espeak-ng')
        if program is None:
            raise UserError(
                'the voice needs espeak-ng; install it with: sudo apt install espeak-ng')
        self._command = [program, '-v', voice, '-p', str(pitch), '-s', str(speed), '--stdout']
        self.snr, self._around, self._seed = snr, around, seed

    def say(self, text: str) -> np.ndarray:
        """(n,) int16 at RATE, with noise around it."""
        spoken = self.clean(text)
        around = round(self._around * RATE)
        sound = noise(len(spoken) + 2 * around, self.level, self._seed)
        sound[around:around + len(spoken)] += spoken
        return sound.clip(-32768, 32767).astype(np.int16)

    def clean(self, text: str) -> np.ndarray:
        """(n,) float at RATE, without noise."""
        try:
            data = subprocess.run(
                [*self._command, '--stdin'], input=text.encode(), capture_output=True, check=True,
                timeout=_PATIENCE).stdout
        except (OSError, subprocess.SubprocessError) as error:
            raise UserError(f'espeak-ng cannot say {text!r}: {error}') from None
        with wave.open(io.BytesIO(data)) as file:
            rate = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(float)
        from scipy.signal import resample_poly
        sound = resample_poly(samples, RATE, rate)
        loud = np.abs(sound) > 0.02 * max(1.0, np.abs(sound).max())
        return sound * _LOUDNESS / max(1.0, float(sound[loud].std()) if loud.any() else 1.0)

    @property
    def level(self) -> float:
        """RMS of the noise."""
        return 0.0 if self.snr is None else _LOUDNESS * 10 ** (-self.snr / 20)


def noise(samples: int, level: float, seed: int = 0) -> np.ndarray:
    """(samples,) float of pink noise with an RMS of level, as fans, streets and rooms make it."""
    if not level or not samples:
        return np.zeros(samples)
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft(random.normal(size=samples))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(samples, 1 / RATE), 50.0))
    sound = np.fft.irfft(spectrum, samples)
    return sound * level / sound.std()


def conversation(
    lines: Sequence[str], speaker: Speaker, pause: float = 1.0,
) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Lines one after the other in one room.

    Returns (n,) int16 and of every line where it begins and ends (s).
    """
    spoken = [speaker.clean(line) for line in lines]
    gap = round(pause * RATE)
    total = sum(map(len, spoken)) + gap * (len(spoken) + 1)
    sound = noise(total, speaker.level)
    at, where = gap, []
    for part in spoken:
        sound[at:at + len(part)] += part
        where.append((at / RATE, (at + len(part)) / RATE))
        at += len(part) + gap
    return sound.clip(-32768, 32767).astype(np.int16), where
