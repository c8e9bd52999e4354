"""Where somebody speaks: blocks of sound in, utterances out."""

import contextlib
from collections import deque
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trainer_voice.ears.microphone import BLOCK, RATE

BLOCK_SECONDS = BLOCK / RATE
BEFORE = 0.36         # s of sound kept from before the voice is noticed
SOFT = 0.6            # s, where something soft was there already: a small word in a loud room
SHORTEST = 0.12       # s of voice; less is a click
LONGEST = 12.0        # s; then it is cut
_BEGIN, _AMONG = 3, 5  # so many voiced blocks among so many begin an utterance
_MEMORY, _SHARE = 3.0, 0.1  # s of loudness that are remembered; the room is its quietest tenth
_QUIET = 15.0         # RMS of 16 bit samples; nothing below it is speech
_VOICES = 150.0, 4000.0  # Hz; below is most of what rumbles, above of what hisses


class Detector(Protocol):
    """Whether a block sounds like a voice."""

    def __call__(self, block: np.ndarray) -> bool:
        """block: (BLOCK,) int16."""


class Loudness:
    """The level of the room, and what is `margin` (dB) above it."""

    def __init__(self, margin: float = 8.0):
        self.margin, self.level, self.floor = margin, 0.0, 0.0
        # Two blocks together, in which the tones of a hum are apart; in one they beat.
        self._last: deque[np.ndarray] = deque(maxlen=2)
        self._levels: deque[float] = deque(maxlen=round(_MEMORY / BLOCK_SECONDS))

    def __call__(self, block: np.ndarray) -> bool:
        self._last.append(block)
        self.level = energy(np.concatenate(self._last)) ** 0.5
        # A fan that goes on is noise after some seconds; speech has pauses in it.
        self._levels.append(self.level)
        quiet = sorted(self._levels)
        self.floor = quiet[int(_SHARE * len(quiet))]
        return self.above(self.margin)

    def above(self, margin: float) -> bool:
        """Whether the last block was so many dB louder than the room."""
        return self.level > max(_QUIET, self.floor * 10 ** (margin / 20))


class WebRtc:
    """The detector of WebRTC (py-webrtcvad), which knows voices from other sounds."""

    def __init__(self, strictness: int = 2):
        """strictness: 0 to 3. Raises ImportError where it is not installed."""
        import webrtcvad
        self._vad = webrtcvad.Vad(strictness)

    def __call__(self, block: np.ndarray) -> bool:
        return bool(self._vad.is_speech(block.tobytes(), RATE))


@dataclass(frozen=True)
class Segment:
    """One utterance."""

    samples: np.ndarray  # (n,) int16 at RATE, with BEFORE or SOFT in front and the silence behind
    voiced: float        # s from the beginning of the voice to its end
    trailing: float      # s from the end of the voice to the end of the samples


class Segments:
    """Puts blocks together to utterances."""

    def __init__(self, silence: float = 0.3, margin: float = 8.0, webrtc: bool = True):
        """silence: s that end an utterance. margin: dB above the noise of the room."""
        self.loudness = Loudness(margin)
        self.detector = 'loudness'
        self._voice: Detector | None = None
        if webrtc:
            with contextlib.suppress(ImportError):
                self._voice, self.detector = WebRtc(), 'webrtcvad'
        self.silence = silence
        self._recent: deque[tuple[np.ndarray, bool, bool]] = deque(
            maxlen=round(SOFT / BLOCK_SECONDS))  # blocks, whether a voice, whether soft or louder
        self._blocks: list[np.ndarray] = []
        self._voiced = self._still = 0  # blocks

    @property
    def speaking(self) -> bool:
        """Whether an utterance has begun."""
        return bool(self._blocks)

    def add(self, block: np.ndarray, longest: float = LONGEST) -> Segment | None:
        """The utterance that ends with this block."""
        loud = self.loudness(block)
        voice = loud and (self._voice is None or self._voice(block))
        # To go on takes less than to begin: soft beginnings, endings and consonants belong to it.
        soft = voice or self.loudness.above(self.loudness.margin / 2)
        if not self._blocks:
            self._recent.append((block, voice, soft))
            recent = list(self._recent)
            if sum(v for _, v, _ in recent[-_AMONG:]) >= _BEGIN:
                first = next(i for i, (_, _, s) in enumerate(recent) if s)
                kept = recent[min(first, max(0, len(recent) - round(BEFORE / BLOCK_SECONDS))):]
                self._blocks = [b for b, _, _ in kept]
                self._voiced, self._still = sum(v for _, v, _ in kept), 0
            return None
        self._blocks.append(block)
        self._still = 0 if soft else self._still + 1
        self._voiced += 1
        length = len(self._blocks) * BLOCK_SECONDS
        if self._still * BLOCK_SECONDS < self.silence and length < longest:
            return None
        return self.cut()

    def cut(self) -> Segment | None:
        """What there is of an utterance, now; None for none, or a mere click."""
        blocks, self._blocks = self._blocks, []
        voiced = (self._voiced - self._still) * BLOCK_SECONDS
        still = self._still * BLOCK_SECONDS
        self._recent.clear()
        self._voiced = self._still = 0
        if not blocks or voiced < SHORTEST:
            return None
        return Segment(np.concatenate(blocks), voiced, still)


def energy(block: np.ndarray) -> float:
    """Mean square of (n,) samples, of what of them is where voices are."""
    window = np.hanning(len(block))
    spectrum = np.fft.rfft(block * window)
    hertz = np.fft.rfftfreq(len(block), 1 / RATE)
    voices = spectrum[(hertz >= _VOICES[0]) & (hertz <= _VOICES[1])]
    return 2 * float((np.abs(voices) ** 2).sum() / (window**2).sum() / len(block))
