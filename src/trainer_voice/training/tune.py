"""How many commands are taken, and how much else, for each place of the line between them.

    python tune.py --recordings ../../../../shared/speech

The choice of `_PHONE`, `_WORD` and `_ACCEPT` in recognisers/phones.py: on the half `tuned` of the
recordings (which the network was trained on), and on phrases and words that are none, spoken by
voices of the training in noise of their own. Nothing of the tests is in it.
"""

import argparse
import csv
import random
from collections import Counter
from pathlib import Path

import numpy as np
from hearing import PHRASES, WANTED, half
from texts import Texts

from trainer_sim.voice import Speaker
from trainer_voice.dialogue.events import State
from trainer_voice.ears.microphone import BLOCK, RATE, read_wav
from trainer_voice.ears.recognisers import Context, phones
from trainer_voice.ears.segments import Segments
from trainer_voice.intents import Intents

VOICES = {
    'en': ('en-us', 'en-gb', 'en-us+f2', 'en-gb-x-rp+m1', 'en-us+Annie', 'en-029+Andy',
           'en-us+klatt2', 'en+f4'),
    'it': ('it', 'it+f2', 'it+m1', 'it+Annie', 'it+klatt2')}
COSTS = ((4.0, 3.0), (4.0, 4.0), (4.0, 6.0), (5.0, 8.0))
LINES = (-2, -1, 0, 1, 2, 3, 4, 6, 8)
READY, TRAINING = Context(State.GREETING, 'ready'), Context(State.TRAINING)

Case = tuple[str, tuple[str, ...], Context, np.ndarray]  # kind, right intents, sound


def segments(sound: np.ndarray) -> list[np.ndarray]:
    """What the ears cut out of a sound."""
    cutter = Segments()
    quiet = np.random.default_rng(0).normal(0, 10, RATE // 2).astype(np.int16)
    sound = np.concatenate([sound, quiet])
    found = (cutter.add(sound[i:i + BLOCK]) for i in range(0, len(sound) - BLOCK + 1, BLOCK))
    return [f.samples for f in found if f]


def people(folder: Path) -> list[Case]:
    cases: list[Case] = []
    with (folder / 'transcripts.csv').open() as file:
        rows = [r for r in csv.DictReader(file) if half(r['file']) == 'tuned']
    for row in rows:
        said = row['text'] or row['file'].split('_')[0]
        sounds = segments(read_wav(folder / row['file'])) or [np.zeros(RATE, np.int16)]
        right = WANTED.get(said, ('',))
        cases.append((f'people, {"command" if said in WANTED else "other"}', right, READY,
                      sounds[0]))
    return cases


def spoken(language: str, draw: random.Random) -> list[Case]:
    cases: list[Case] = []
    texts = Texts()

    def say(text: str) -> np.ndarray:
        speaker = Speaker(
            draw.choice(VOICES[language]), draw.randint(35, 65), draw.randint(130, 180),
            snr=draw.choice((10.0, 20.0)), around=0.7, seed=draw.randint(1000, 9999))
        return (segments(speaker.say(text)) or [np.zeros(RATE, np.int16)])[0]

    for question, text, intent in PHRASES[language]:
        state = State.GREETING if question else State.TRAINING
        right = ('no', 'guest') if intent == 'no' else (intent,)
        cases += [(f'{language}, command', right, Context(state, question), say(text))
                  for _ in range(2)]
    for _ in range(100):
        sound = say(texts.other(language, draw))
        cases += [(f'{language}, other', ('',), context, sound) for context in (READY, TRAINING)]
    return cases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--recordings', type=Path, required=True)
    options = parser.parse_args()
    draw = random.Random(5)
    cases = {'en': people(options.recordings) + spoken('en', draw), 'it': spoken('it', draw)}
    for costs in COSTS:
        phones._PHONE, phones._WORD = costs
        right: Counter = Counter()
        total: Counter = Counter()
        for language, these in cases.items():
            intents = Intents(language)
            ear = phones.Phones(intents)
            for kind, wanted, context, sound in these:
                path, better = ear.judged(ear._model.hear(sound), context)
                intent = intents.understand(' '.join(path.words), context.question).intent
                total[kind] += 1
                for line in LINES:
                    taken = intent if better > line else ''
                    right[line, kind] += taken in wanted
        print(f'costs of a phone and a word {costs}: right, for lines at {LINES}')
        for kind, count in total.items():
            print(f'  {kind:16}', ' '.join(f'{right[line, kind]:4}' for line in LINES), 'of', count)


if __name__ == '__main__':
    main()
