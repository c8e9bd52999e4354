"""What the ears make of recordings and of synthesised voices: measured here, in short by the tests.

    python hearing.py                      everything: recordings, phrases, what is no command
    python hearing.py --recogniser pocketsphinx --language en --only phrases --verbose

Recordings are those of ../shared/speech: one word by many speakers, in halves by speaker.
"""

import argparse
import csv
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time

import numpy as np

from trainer_sim.voice import VOICES, Speaker
from trainer_voice.dialogue.events import State
from trainer_voice.ears.microphone import BLOCK, RATE, read_wav
from trainer_voice.ears.recognisers import Context, Recognised, Recogniser, open_recogniser
from trainer_voice.ears.segments import Segments
from trainer_voice.intents import Intents

RECORDINGS = Path(__file__).resolve().parents[4] / 'shared' / 'speech'
# text of a recording: intents that are right for it
WANTED = {'yes': ('yes',), 'no': ('no',), 'stop': ('stop',), 'go': ('start', 'yes')}
# Voices whom no training has heard (training/synthesise.py): voice, pitch, words a minute.
STRANGERS = {
    'en': (('en-gb-scotland+m3', 40, 140), ('en-us+steph', 60, 165), ('en-gb-x-rp+steph2', 70, 150),
           ('en-us+steph3', 45, 130)),
    'it': (('it+m3', 40, 140), ('it+steph', 60, 165), ('it+steph2', 70, 150)),
}
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
# What people say that is no command.
CHATTER = {
    'en': [
        'the weather is nice today', 'where did you buy that shirt', 'i had pasta for lunch',
        'did you see the game last night', 'my brother works in a bank', 'it was raining hard',
        'the train was late again', 'she told me about her holiday', 'put it on the table',
        'coffee', 'water bottle', 'funny', 'door', 'yesterday', 'my shoes are wet',
        'they live near the river', 'somebody called you', 'green', 'music', 'window'],
    'it': [
        'oggi fa molto caldo', 'dove hai comprato quella maglia', 'ho mangiato la pasta',
        'hai visto la partita di ieri', 'mio fratello lavora in banca', 'pioveva forte',
        'il treno era in ritardo', 'mettilo sul tavolo', 'bottiglia', 'finestra', 'ieri',
        'le mie scarpe sono bagnate', 'abitano vicino al fiume', 'verde', 'musica', 'porta'],
}


@dataclass
class Tally:
    """How often it was right, and what else was heard."""

    right: int = 0
    total: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, right: bool, said: str, heard: str) -> None:
        self.total += 1
        self.right += right
        if not right:
            self.wrong.append(f'{said}: {heard or "-"}')

    def __str__(self) -> str:
        return f'{self.right} of {self.total}'


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


def recordings(
    folder: Path, recogniser: Recogniser, context: Context, part: str | None = None,
) -> dict[tuple[str, str], Tally]:
    """(half, what was said) to how it was taken; part: that half only."""
    tallies: dict[tuple[str, str], Tally] = {}
    with (folder / 'transcripts.csv').open() as file:
        rows = [r for r in csv.DictReader(file) if part in (None, half(r['file']))]
    for row in rows:
        heard = hear(read_wav(folder / row['file']), recogniser, context)
        said = row['text'] or row['file'].split('_')[0]
        intent = heard[0].intent if heard else ''
        tallies.setdefault((half(row['file']), said), Tally()).add(
            intent in WANTED.get(said, ('',)), row['file'], intent)
    return tallies


def speakers(language: str, snr: float) -> dict[str, Speaker]:
    """Those of the aim, then the strangers."""
    found = {voice: Speaker(voice, snr=snr, around=0.7, seed=i)
             for i, voice in enumerate(VOICES[language])}
    for i, (voice, pitch, speed) in enumerate(STRANGERS[language]):
        found[f'{voice} p{pitch} s{speed}'] = Speaker(
            voice, pitch, speed, snr=snr, around=0.7, seed=100 + i)
    return found


def phrases(
    language: str, speaker: Speaker, recogniser: Recogniser, first: int = 0, every: int = 1,
) -> Tally:
    """Every phrase, or every n-th from the first on."""
    tally = Tally()
    for question, text, intent in PHRASES[language][first::every]:
        state = State.GREETING if question else State.TRAINING
        heard = hear(speaker.say(text), recogniser, Context(state, question))
        found = heard[0].intent if heard else ''
        tally.add(is_right(intent, found), text, found)
    return tally


def chatter(language: str, speaker: Speaker, recogniser: Recogniser) -> Tally:
    """What is no command: right is what was not taken for one."""
    tally = Tally()
    for text in CHATTER[language]:
        for context in (Context(State.GREETING, 'ready'), Context(State.TRAINING)):
            heard = hear(speaker.say(text), recogniser, context)
            tally.add(not heard, text, heard[0].intent if heard else '')
    return tally


class Timed:
    """A recogniser whose processor time is measured."""

    def __init__(self, recogniser: Recogniser):
        self.name, self._recogniser = recogniser.name, recogniser
        self.times: list[float] = []

    def prepare(self, context: Context) -> None:
        self._recogniser.prepare(context)

    def recognise(self, samples: np.ndarray, voiced: float, context: Context) -> Recognised:
        self.prepare(context)
        begin = process_time()
        found = self._recogniser.recognise(samples, voiced, context)
        self.times.append(process_time() - begin)
        return found

    def __str__(self) -> str:
        times = sorted(self.times)
        return (f'{1e3 * times[len(times) // 2]:.0f} ms of CPU an utterance (median), '
                f'{1e3 * times[int(0.95 * len(times))]:.0f} ms (95 %)')


def _tell(name: str, tally: Tally, verbose: bool) -> None:
    print(f'  {name:32} {tally!s:>12}  {100 * tally.right / max(tally.total, 1):.0f} %')
    if verbose and tally.wrong:
        print('      ' + ', '.join(tally.wrong))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--recogniser', default='auto')
    parser.add_argument('--language', choices=('en', 'it'))
    parser.add_argument('--only', choices=('recordings', 'phrases', 'chatter'))
    parser.add_argument('--half', choices=('tuned', 'tested'))
    parser.add_argument('--snr', type=float, default=10.0)
    parser.add_argument('--folder', type=Path, default=RECORDINGS)
    parser.add_argument('--verbose', action='store_true')
    options = parser.parse_args()
    for language in [options.language] if options.language else ['en', 'it']:
        opened = open_recogniser(options.recogniser, Intents(language))
        assert opened is not None
        ear = Timed(opened)
        if language == 'en' and options.only in (None, 'recordings') and options.folder.is_dir():
            for context in (Context(State.GREETING, 'ready'), Context(State.TRAINING)):
                print(f'{ear.name}, recordings of people, {context.state.name}')
                found = recordings(options.folder, ear, context, options.half)
                for part in ('tuned', 'tested'):
                    if options.half in (None, part):
                        for said in (*WANTED, 'on', 'off', 'unknown', 'silence'):
                            _tell(f'{part} {said}', found[part, said], options.verbose)
                for name, group in (('commands', tuple(WANTED)), ('others', ('unknown', 'silence')),
                                    ('on and off', ('on', 'off'))):
                    for part in ('tuned', 'tested'):
                        if options.half in (None, part):
                            parts = [found[part, said] for said in group]
                            print(f'  {part} {name}: {sum(t.right for t in parts)} of '
                                  f'{sum(t.total for t in parts)}')
        for kind, measure in (('phrases', phrases), ('chatter', chatter)):
            if options.only in (None, kind):
                print(f'{ear.name}, {kind} in {language} at {options.snr:.0f} dB')
                for name, speaker in speakers(language, options.snr).items():
                    _tell(name, measure(language, speaker, ear), options.verbose)
        if ear.times:
            print(f'{ear.name}: {ear}')


if __name__ == '__main__':
    main()
