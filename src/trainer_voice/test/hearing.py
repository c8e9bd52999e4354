"""What the ears make of recordings: measured here, and in short by the tests.

    python hearing.py /path/to/speech     recordings of Speech Commands with transcripts.csv
    python hearing.py en 10               phrases of every intent, three voices, 10 dB
"""

import csv
import hashlib
import sys
from collections import Counter
from pathlib import Path
from time import process_time

import numpy as np

from trainer_sim.voice import VOICES, Speaker
from trainer_voice.dialogue.events import State
from trainer_voice.ears.microphone import BLOCK, RATE, read_wav
from trainer_voice.ears.recognisers import Context, Recognised, Recogniser, open_recogniser
from trainer_voice.ears.segments import Segments
from trainer_voice.intents import Intents

# text of a recording: intents that are right for it
WANTED = {'yes': ('yes',), 'no': ('no',), 'stop': ('stop',), 'go': ('start', 'yes')}
# One phrase of every intent, and some more, as people say them, with the question asked.
PHRASES = {
    'en': [
        ('', 'stop', 'stop'), ('', 'pause', 'pause'), ('', 'wait a moment', 'pause'),
        ('', 'go on', 'go_on'), ('', 'continue', 'go_on'), ('', 'skip this one', 'skip'),
        ('', 'next exercise', 'skip'), ('', 'repeat that', 'repeat'),
        ('', 'what did you say', 'repeat'), ('', 'slow down', 'slower'),
        ('', 'how many left', 'how_many_left'), ('', 'how many are left', 'how_many_left'),
        ('', 'how much longer', 'how_many_left'), ('', "what's next", 'whats_next'),
        ('', 'help me', 'help'), ('', 'i did eight', 'correct_count'),
        ('', 'no i did twelve', 'correct_count'),
        ('', 'that was not a repetition', 'reject_rep'),
        ('', 'do not count that', 'reject_rep'), ('', 'that was a repetition', 'accept_rep'),
        ('', 'set the target to fifteen', 'change_target'),
        ('', 'rest for thirty seconds', 'change_rest'), ('', 'start', 'start'),
        ('', 'goodbye', 'goodbye'), ('ready', 'yes', 'yes'), ('ready', 'yes please', 'yes'),
        ('ready', 'i am ready', 'yes'), ('ready', 'no', 'no'), ('ready', 'not yet', 'no'),
        ('ready', 'make me a leg workout', 'plan'), ('enroll', 'as a guest', 'no'),
        ('enroll', 'yes remember me', 'yes'), ('name', 'my name is anna', 'enroll'),
        ('ready', 'forget me', 'forget_me')],
    'it': [
        ('', 'ferma', 'stop'), ('', 'basta', 'stop'), ('', 'pausa', 'pause'),
        ('', 'aspetta un momento', 'pause'), ('', 'continua', 'go_on'), ('', 'avanti', 'go_on'),
        ('', 'salta questo', 'skip'), ('', 'prossimo esercizio', 'skip'), ('', 'ripeti', 'repeat'),
        ('', 'cosa hai detto', 'repeat'), ('', 'più piano', 'slower'),
        ('', 'quante ne mancano', 'how_many_left'), ('', 'quanto manca', 'how_many_left'),
        ('', 'cosa viene dopo', 'whats_next'), ('', 'aiuto', 'help'),
        ('', 'ne ho fatte otto', 'correct_count'),
        ('', 'non era una ripetizione', 'reject_rep'), ('', 'questa conta', 'accept_rep'),
        ('', "imposta l'obiettivo a quindici", 'change_target'),
        ('', 'riposo di trenta secondi', 'change_rest'), ('', 'cominciamo', 'start'),
        ('', 'arrivederci', 'goodbye'), ('ready', 'sì', 'yes'), ('ready', 'sono pronto', 'yes'),
        ('ready', 'no', 'no'), ('ready', 'non ancora', 'no'), ('enroll', 'come ospite', 'no'),
        ('name', 'mi chiamo anna', 'enroll')],
}


def is_right(wanted: str, heard: str) -> bool:
    """Whether the dialogue does the same; `no` and `guest` alike make a guest of somebody."""
    return heard == wanted or (wanted == 'no' and heard == 'guest')


def hear(samples: np.ndarray, recogniser: Recogniser, context: Context) -> list[Recognised]:
    """Everything that is recognised in a recording, as the ears would."""
    segments, found = Segments(), []
    quiet = np.random.default_rng(0).normal(0, 10, RATE // 2).astype(np.int16)
    sound = np.concatenate([samples, quiet])
    for i in range(0, len(sound) - BLOCK + 1, BLOCK):
        segment = segments.add(sound[i:i + BLOCK])
        if segment:
            found.append(recogniser.recognise(segment.samples, segment.voiced, context))
    return [f for f in found if f.intent]


def half(name: str) -> str:
    """Which half a recording belongs to, by its speaker: `tuned` or `tested`."""
    speaker = name.removesuffix('.wav').split('_nohash')[0].split('_')[-1]
    return ('tuned', 'tested')[hashlib.sha1(speaker.encode()).digest()[0] % 2]


def recordings(folder: Path, recogniser: Recogniser, context: Context) -> Counter:
    """Counts of (half, what was said, what it was taken for)."""
    counts: Counter = Counter()
    with (folder / 'transcripts.csv').open() as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        heard = hear(read_wav(folder / row['file']), recogniser, context)
        said = row['text'] or row['file'].split('_')[0]
        counts[half(row['file']), said, heard[0].intent if heard else ''] += 1
    return counts


def phrases(
    language: str, snr: float, recogniser: Recogniser, every: int = 1,
) -> list[tuple[str, str, str, str]]:
    """Voice, phrase, what it means, what it was taken for."""
    found = []
    for i, voice in enumerate(VOICES[language]):
        speaker = Speaker(voice, snr=snr, around=0.7, seed=i)
        for question, text, intent in PHRASES[language][i % every::every]:
            state = State.GREETING if question else State.TRAINING
            heard = hear(speaker.say(text), recogniser, Context(state, question))
            found.append((voice, text, intent, heard[0].intent if heard else ''))
    return found


if __name__ == '__main__':
    language = sys.argv[1] if len(sys.argv[1]) == 2 else 'en'
    ear = open_recogniser('pocketsphinx', Intents(language))
    assert ear is not None
    begin = process_time()
    if language == sys.argv[1]:
        results = phrases(language, float(sys.argv[2]), ear, int((sys.argv + ['1'])[3]))
        for voice, text, intent, heard in results:
            if not is_right(intent, heard):
                print(f'{voice:20} {text:30} {intent:15} {heard}')
        right = sum(is_right(intent, heard) for _, _, intent, heard in results)
        print(f'{right} of {len(results)}, '
              f'{(process_time() - begin) / len(results):.2f} s of CPU each')
    else:
        for question in ('ready', ''):
            state = State.GREETING if question else State.TRAINING
            begin = process_time()
            counts = recordings(Path(sys.argv[1]), ear, Context(state, question))
            each = (process_time() - begin) / counts.total()
            print(f'{state.name}: {each:.2f} s of CPU each')
            for part in ('tuned', 'tested'):
                for said in (*WANTED, 'on', 'off', 'unknown', 'silence'):
                    these = {h: n for (p, s, h), n in counts.items() if (p, s) == (part, said)}
                    right = sum(n for h, n in these.items() if h in WANTED.get(said, ('',)))
                    print(f'{state.name:9} {part:7} {said:8} {right} of {sum(these.values())} ',
                          {h: n for h, n in these.items() if h not in WANTED.get(said, ('',))})
