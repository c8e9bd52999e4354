"""A Whisper model of a few kilobytes that hears the same word in everything, for tests.

All weights are 0 but those that lead from the place in the text to the word there: the first is
`word`, the second the end.
"""

from pathlib import Path

import numpy as np

SPECIAL = ('<|endoftext|>', '<|startoftranscript|>', '<|en|>', '<|transcribe|>', '<|translate|>',
           '<|startoflm|>', '<|startofprev|>', '<|nospeech|>', '<|notimestamps|>')
WIDTH = 8      # of the layers
SURE = 20.0    # how much likelier the word is
SHAPES = {     # of what is no WIDTH x WIDTH matrix, by the end of the name
    'encoder/conv1/weight': (WIDTH, 80, 3), 'encoder/conv2/weight': (WIDTH, WIDTH, 3),
    'self_attention/linear_0/weight': (3 * WIDTH, WIDTH),
    'attention/linear_1/weight': (2 * WIDTH, WIDTH)}


def write(folder: Path, word: str) -> Path:
    """The model as faster-whisper reads it: weights, tokenizer, vocabulary."""
    from ctranslate2.specs import WhisperSpec
    from tokenizers import Tokenizer, models
    words = [' ', word, *SPECIAL]
    spec = WhisperSpec(1, 2, 1, 2)
    for name, value in spec.variables(ordered=True):
        if value is None:
            *owners, attribute = name.split('/')
            part = spec
            for owner in owners:
                several, _, number = owner.rpartition('_')
                part = (getattr(part, owner) if hasattr(part, owner)
                        else getattr(part, several)[int(number)])
            setattr(part, attribute, _weights(name, len(words)))
    spec.encoder.position_encodings.encodings = np.zeros((1500, WIDTH), np.float32)
    spec.decoder.position_encodings.encodings = np.eye(448, WIDTH, dtype=np.float32)
    spec.register_vocabulary(words)
    spec.config.suppress_ids, spec.config.suppress_ids_begin, spec.config.lang_ids = [], [], []
    folder.mkdir(parents=True)
    spec.validate()
    spec.save(str(folder))
    tokens = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token=' '))
    tokens.save(str(folder / 'tokenizer.json'))
    return folder


def _weights(name: str, words: int) -> np.ndarray:
    if name.endswith(('gamma', 'beta')):
        return np.full(WIDTH, float(name.endswith('gamma')), np.float32)
    if name.startswith(('decoder/embeddings', 'decoder/projection')):
        found = np.zeros((words, WIDTH), np.float32)
        if 'projection' in name:
            found[1, 1], found[2, 2] = SURE, SURE
        return found
    attention = 'self_' if 'self_attention/linear_1' in name else ''
    shape = next((s for end, s in SHAPES.items() if name.endswith(end) and not attention),
                 (WIDTH, WIDTH))
    return np.zeros(shape, np.float32)
