"""A second opinion about one word, by a network that has heard people.

The network is Google's speech_embedding (J. Lin and others, Training Keyword Spotters with Limited
and Synthesized Speech Data, ICASSP 2020) as the package openwakeword brings it along: 0.76 s of
sound become 96 numbers. What word they are is told by a small layer of our own
(training/opinion.py). The package is not imported; only two of its files are read.
"""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from trainer_core.errors import UserError
from trainer_core.packaged import checked

PACKAGE = 'openwakeword'
VERSION = '0.4.0'  # later ones have no networks in them
PACKAGED = 'opinion.npz'
WINDOWS = 6        # that the layer sees, one every STEP frames of 10 ms
NUMBERS = 96       # of a window
STEP = 8
FRAMES = 76        # of a window
BANDS = 32
LONGEST = 3.0      # s: a longer utterance is no single word
_WEIGHTS = Path(__file__).parent / 'weights'
_FILES = {
    'melspectrogram.onnx': 'ba2b0e0f8b7b875369a2c89cb13360ff53bac436f2895cced9f479fa65eb176f',
    'embedding_model.onnx': 'ba754db3cd768a524c655ea90655ee5e6055a43b8dfd29366a11e93716ae9e51'}
_SPAN = FRAMES + STEP * (WINDOWS - 1)
_LOUD = 5000.0     # RMS of the loudest 20 ms that the network gets
_BLOCK = 320       # samples in these
_VOICES = slice(2, 28)  # bands in which the word is looked for
_ABOVE = 0.35      # of the way from the quiet to the loud of an utterance: here is the word


class Embedding:
    """Runs on one thread: 20 ms for a word."""

    def __init__(self, folder: Path | None = None):
        """folder: of the two networks; None for that of the package.

        Raises UserError where they are not installed or others than these.
        """
        folder = folder or _folder()
        self._bands, self._network = (_session(folder / name) for name in _FILES)

    def bands(self, samples: np.ndarray) -> np.ndarray:
        """(n,) at 16 kHz, any scale, to (frames, BANDS) energies, 100 frames a second."""
        sound = np.asarray(samples, np.float32)
        if len(sound) < 2 * _BLOCK:
            sound = np.pad(sound, (0, 2 * _BLOCK - len(sound)))
        blocks = sound[:len(sound) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
        loudest = float(np.sqrt((blocks ** 2).mean(1)).max())
        sound = sound * np.float32(_LOUD / max(loudest, 1e-3))
        found = self._bands.run(None, {'input': sound[None]})[0]
        return found.reshape(-1, BANDS) / 10 + 2  # as the network wants it

    def around(self, bands: np.ndarray, centre: float, more: int = 0) -> np.ndarray:
        """(WINDOWS + 2 * more, NUMBERS): what is around a frame, windows STEP frames apart."""
        span = _SPAN + 2 * more * STEP
        first = round(centre) - span // 2
        before, behind = max(0, -first), max(0, first + span - len(bands))
        quiet = np.percentile(bands, 10, axis=0).astype(np.float32)
        whole = np.concatenate([np.tile(quiet, (before, 1)), bands, np.tile(quiet, (behind, 1))])
        first += before
        windows = np.stack([whole[at:at + FRAMES] for at in range(
            first, first + span - FRAMES + 1, STEP)])
        found = self._network.run(None, {'input_1': windows[..., None].astype(np.float32)})[0]
        return found.reshape(-1, NUMBERS)


def middle(bands: np.ndarray) -> float:
    """The frame in the middle of what is loud."""
    loud = np.convolve(bands[:, _VOICES].mean(1), np.full(3, 1 / 3), 'same')
    low, high = np.percentile(loud, (10, 98))
    weight = np.maximum(loud - (low + _ABOVE * (high - low)), 0)
    return float((weight * np.arange(len(loud))).sum() / max(float(weight.sum()), 1e-6))


class Opinion:
    """Which of some English words an utterance is, if it is one of them."""

    def __init__(self, embedding: Embedding | None = None):
        """Raises UserError where the package is not installed, or something is damaged."""
        self._embedding = embedding or Embedding()
        with np.load(checked(_WEIGHTS / PACKAGED, 'trainer_voice')) as file:
            self.words: tuple[str, ...] = tuple(str(w) for w in file['words'])
            self._mean, self._first, self._second = (
                file[k].astype(np.float32) for k in ('mean', 'first', 'second'))

    def hear(self, samples: np.ndarray) -> np.ndarray:
        """(n,) at 16 kHz to the logarithms of probabilities: any other sound, then the words."""
        bands = self._embedding.bands(samples)
        windows = self._embedding.around(bands, middle(bands), more=1)
        looks = np.stack([windows[i:i + WINDOWS].ravel() for i in range(3)])  # 80 ms apart
        inside = np.maximum(_affine(looks - self._mean, self._first), 0)
        scores = _affine(inside, self._second)
        shares = np.exp(scores - scores.max(1, keepdims=True))
        return np.log((shares / shares.sum(1, keepdims=True)).mean(0) + 1e-9)


def _affine(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """weights: (in + 1, out), the last row is what is added."""
    return rows @ weights[:-1] + weights[-1]


@cache
def _folder() -> Path:
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise UserError(
            f'no second opinion on single words: {PACKAGE} is not installed; install it with: '
            f'pip install --no-deps {PACKAGE}=={VERSION}')
    return Path(next(iter(places))) / 'resources' / 'models'


def _session(path: Path) -> Any:
    import onnxruntime
    found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else 'none'
    if found != _FILES[path.name]:
        raise UserError(
            f'no second opinion on single words: {path} is not the one of {PACKAGE} {VERSION} '
            f'(sha256 {found[:12]}...); install it with: pip install --no-deps '
            f'{PACKAGE}=={VERSION}')
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=['CPUExecutionProvider'])
