"""Sound to what the network sees: the logarithm of energies in bands spaced as the ear does.

S. Davis, P. Mermelstein, Comparison of Parametric Representations, IEEE ASSP 28 (1980), without
the cosine transform; the mean of every band over the utterance is taken away, which removes what
microphone and room do to all of it.
"""

from functools import cache

import numpy as np

RATE = 16000
WINDOW, HOP, SIZE, BANDS = 400, 160, 512, 40  # samples, samples, of the FFT, channels
_LOW, _HIGH = 60.0, 7600.0  # Hz
FLOOR = 3e-4     # energy that is added: 35 dB below the mean of a sound of RMS 1, on average
EMPHASIS = 0.97  # first-order high pass
SCALE = 2.0      # what the features are divided by, so that they are about 1


@cache
def window() -> np.ndarray:
    """(WINDOW,) Hann."""
    return np.hanning(WINDOW + 1)[:-1].astype(np.float32)


def filters(warp: float = 1.0) -> np.ndarray:
    """(SIZE // 2 + 1, BANDS) triangles of equal area; warp: as if the throat were so much shorter.
    """
    def mel(hertz):
        return 2595 * np.log10(1 + hertz / 700)
    edges = 700 * (10 ** (np.linspace(mel(_LOW), mel(_HIGH), BANDS + 2) / 2595) - 1)
    edges = np.minimum(edges * warp, RATE / 2)
    bins = np.linspace(0, RATE / 2, SIZE // 2 + 1)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    with np.errstate(divide='ignore', invalid='ignore'):
        shape = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    shape = np.nan_to_num(shape, nan=0.0).clip(0)
    return (shape / np.maximum(shape.sum(0), 1e-3)).astype(np.float32)


@cache
def _filters() -> np.ndarray:
    return filters()


def features(samples: np.ndarray) -> np.ndarray:
    """(n,) at RATE, any scale, to (BANDS, frames) float32, one every HOP samples."""
    sound = np.asarray(samples, np.float32)
    if len(sound) < WINDOW + HOP:
        sound = np.pad(sound, (0, WINDOW + HOP - len(sound)))
    sound = np.concatenate([sound[:1], sound[1:] - EMPHASIS * sound[:-1]])
    sound = sound / max(float(np.sqrt((sound**2).mean())), 1e-3)
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    energy = np.abs(np.fft.rfft(frames * window(), SIZE)) ** 2 / WINDOW
    bands = np.log(energy.astype(np.float32) @ _filters() + FLOOR)
    return ((bands - bands.mean(0)) / SCALE).T.astype(np.float32)
