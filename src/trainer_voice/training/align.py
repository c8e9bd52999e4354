"""Recordings of people with the time of every phone, as pocketsphinx finds it.

    python align.py --recordings ../../../../shared/speech --out RUN/people.npz

Takes only the half `tuned` of the speakers; the other is for tests
(../test/hearing.py). A recording of an unknown word has it in its name.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from hearing import half
from pocketsphinx import Decoder
from synthesise import RADIO, RATE

from trainer_voice.ears.acoustic.phones import INDEX, SILENCE, fold
from trainer_voice.ears.microphone import read_wav
from trainer_voice.ears.recognisers.sphinx import conditioned

_FRAME = RATE // 100
_AROUND = round(0.2 * RATE)  # of noise, that conditioned adds
_SHORTEST = round(0.02 * RATE)


def phones(decoder: Decoder, sound: np.ndarray, text: str) -> list[tuple[str, int]]:
    """Phones and the samples at which they end."""
    data = conditioned(sound).tobytes()

    def decode() -> None:
        decoder.start_utt()
        decoder.process_raw(data, full_utt=True)
        decoder.end_utt()
    decoder.set_align_text(text)
    decode()
    decoder.set_alignment()
    decode()
    found = []
    for word in decoder.get_alignment():
        for phone in word:
            name = RADIO.get(phone.name.lower())
            end = (phone.start + phone.duration) * _FRAME - _AROUND
            parts = fold(name) if name else [SILENCE]
            found.append((parts[0], max(0, min(end, len(sound)))))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--recordings', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--half', choices=('tuned', 'tested'), default='tuned')
    options = parser.parse_args()
    decoder = Decoder(lm=None, loglevel='FATAL', cmn='batch', bestpath=False)
    sounds, marks, names = [], [], []
    with (options.recordings / 'transcripts.csv').open() as file:
        rows = [r for r in csv.DictReader(file) if half(r['file']) == options.half]
    for row in rows:
        sound = read_wav(options.recordings / row['file'])
        parts = row['file'].split('_')
        text = '' if parts[0] == 'silence' else parts[1] if parts[0] == 'unknown' else parts[0]
        found = phones(decoder, sound, text) if text else [(SILENCE, len(sound))]
        begins = [0, *(e for _, e in found[:-1])]
        lasts = [e - b for (p, e), b in zip(found, begins, strict=True) if p != SILENCE]
        print(row['file'], ' '.join(f'{p}:{e / RATE:.2f}' for p, e in found))
        if text and (not lasts or min(lasts) < _SHORTEST):  # it has not found the word
            continue
        sounds.append(sound)
        marks.append(found)
        names.append(row['file'])
    np.savez(
        options.out, sound=np.concatenate(sounds), sounds=np.cumsum([0, *map(len, sounds)]),
        phone=[INDEX[p] for m in marks for p, _ in m], end=[e for m in marks for _, e in m],
        phones=np.cumsum([0, *map(len, marks)]), source=names)
    print(f'{options.out}: {len(sounds)} recordings')


if __name__ == '__main__':
    main()
