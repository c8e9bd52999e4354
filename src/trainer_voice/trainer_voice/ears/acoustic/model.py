"""The network that comes with the package: sound to probabilities of phones."""

from pathlib import Path

import numpy as np

from trainer_core.errors import UserError
from trainer_core.packaged import checked
from trainer_voice.ears.acoustic.features import features
from trainer_voice.ears.acoustic.phones import STATES

FOLDER = Path(__file__).parent / 'weights'
PACKAGED = 'ears.onnx'


class Model:
    """Runs on one thread: some milliseconds for a second of sound."""

    def __init__(self, path: Path | None = None):
        """path: an ONNX file; None for the packaged one. Raises UserError for a damaged one."""
        try:
            import onnxruntime
        except ImportError:
            raise UserError(
                'recogniser phones needs onnxruntime; install it with: pip install onnxruntime, '
                'or take recogniser:=pocketsphinx') from None
        path = path or checked(
            FOLDER / PACKAGED, 'trainer_voice', ', or take recogniser:=pocketsphinx')
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=['CPUExecutionProvider'])
        except Exception as error:  # noqa: BLE001  what onnxruntime raises has no other base
            raise UserError(f'{path} cannot be loaded by onnxruntime: {error}') from None
        shape = self._session.get_outputs()[0].shape
        if shape[1] != STATES:
            raise UserError(f'{path} tells {shape[1]} states apart, not {STATES}')

    def hear(self, samples: np.ndarray) -> np.ndarray:
        """(n,) at 16 kHz to (frames, STATES) scaled log likelihoods, 50 frames a second."""
        found = self._session.run(None, {'features': features(samples)[None]})[0]
        return np.ascontiguousarray(found[0].T)
