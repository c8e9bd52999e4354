"""Speech with the time of every phone, made by espeak-ng, flite and festival.

`drawn` is espeak-ng in voices drawn by chance, every one of them used for some utterances only.

    python synthesise.py --out RUN/speech --synthesiser espeak --count 4000 --seed 1

Writes one .npz: `sound` (n,) int16 at 16 kHz, all utterances after one another; `sounds` (u + 1,)
where each begins; `phone` (p,) and `end` (p,) sample in the utterance where the phone ends;
`phones` (u + 1,) where the phones of each begin; `source` (u,) who spoke, `text` (u,) what.
"""

import argparse
import ctypes
import random
import re
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly
from texts import Texts

from trainer_voice.ears.acoustic.phones import INDEX, SILENCE, fold

RATE = 16000
# Kept out, so that the tests have somebody whom the network has never heard: the accent of
# Scotland, and the variants m3, steph, steph2 and steph3.
ACCENTS = {
    'en': ('gmw/en', 'gmw/en-US', 'gmw/en-US', 'gmw/en-US', 'gmw/en-GB-x-rp', 'gmw/en-029',
           'gmw/en-GB-x-gbclan', 'gmw/en-GB-x-gbcwmd', 'gmw/en-US-nyc'),
    'it': ('roa/it',)}
VARIANTS = (
    '', '', '', 'Alex', 'Alicia', 'Andrea', 'Andy', 'Annie', 'Denis', 'Diogo', 'Gene', 'Gene2',
    'Henrique', 'Hugo', 'Jacky', 'Lee', 'Marco', 'Mario', 'Michael', 'Mike', 'Nguyen', 'adam',
    'anika', 'announcer', 'antonio', 'aunty', 'belinda', 'benjamin', 'boris', 'caleb', 'david',
    'ed', 'edward', 'edward2', 'f1', 'f2', 'f3', 'f4', 'f5', 'fast', 'grandma', 'grandpa',
    'gustave', 'iven', 'iven2', 'iven3', 'john', 'kaukovalta', 'klatt', 'klatt2', 'klatt3',
    'klatt4', 'linda', 'm1', 'm2', 'm4', 'm5', 'm6', 'm7', 'm8', 'marcelo', 'max', 'michel',
    'miguel', 'norbert', 'pablo', 'paul', 'pedro', 'quincy', 'rob', 'robert', 'sandro', 'shelby',
    'travis', 'victor', 'zac')
# Phones of the voices of flite and festival in IPA; those of Italian tell stress by a 1.
RADIO = {
    'aa': 'ɑ', 'ae': 'æ', 'ah': 'ʌ', 'ao': 'ɔ', 'aw': 'aʊ', 'ax': 'ə', 'axr': 'ɚ', 'ay': 'aɪ',
    'b': 'b', 'ch': 'tʃ', 'd': 'd', 'dh': 'ð', 'dx': 'ɾ', 'eh': 'ɛ', 'el': 'l', 'em': 'm',
    'en': 'n', 'er': 'ɜ', 'ey': 'eɪ', 'f': 'f', 'g': 'ɡ', 'hh': 'h', 'hv': 'h', 'ih': 'ɪ',
    'iy': 'i', 'jh': 'dʒ', 'k': 'k', 'l': 'l', 'm': 'm', 'n': 'n', 'ng': 'ŋ', 'nx': 'n',
    'ow': 'oʊ', 'oy': 'ɔɪ', 'p': 'p', 'r': 'ɹ', 's': 's', 'sh': 'ʃ', 't': 't', 'th': 'θ',
    'uh': 'ʊ', 'uw': 'u', 'v': 'v', 'w': 'w', 'y': 'j', 'z': 'z', 'zh': 'ʒ'}
ITALIAN = {
    **{v: v.lower() for v in 'aeiou'}, 'a1': 'a', 'e1': 'e', 'E1': 'ɛ', 'E': 'ɛ', 'i1': 'i',
    'o1': 'o', 'O1': 'ɔ', 'O': 'ɔ', 'u1': 'u', 'j': 'j', 'w': 'w', 'ts': 'ts', 'dz': 'dz',
    'tS': 'tʃ', 'dZ': 'dʒ', 'S': 'ʃ', 'Z': 'ʒ', 'J': 'ɲ', 'ng': 'ŋ', 'nf': 'n', 'L': 'ʎ',
    'g': 'ɡ', **{c: c for c in 'pbtdkfvszmnlr'}}
FESTIVAL = {'en': ('kal_diphone', 'ked_diphone', 'cmu_us_slt_arctic_hts'),
            'it': ('lp_diphone', 'pc_diphone')}
FLITE = ('kal16', 'awb', 'rms', 'slt')

Spoken = tuple[np.ndarray, list[tuple[str, int]]]  # (n,) float at RATE; phones and where they end


class _Id(ctypes.Union):
    _fields_ = [('name', ctypes.c_char_p), ('string', ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ('type', ctypes.c_int), ('unique', ctypes.c_uint), ('text', ctypes.c_int),
        ('length', ctypes.c_int), ('ms', ctypes.c_int), ('sample', ctypes.c_int),
        ('user', ctypes.c_void_p), ('id', _Id)]


class Espeak:
    """espeak-ng as a library, which tells when every phone begins (speak_lib.h)."""

    _PHONE, _SYNCHRONOUS, _UTF8 = 7, 2, 1
    _SPEED, _PITCH, _RANGE = 1, 3, 4

    def __init__(self, data: Path | None = None) -> None:
        """data: its espeak-ng-data; None for the system's."""
        self._library = ctypes.CDLL('libespeak-ng.so.1')
        self._rate = self._library.espeak_Initialize(
            self._SYNCHRONOUS, 0, str(data).encode() if data else None, 3)
        self._sound: list[np.ndarray] = []
        self._events: list[tuple[int, str]] = []
        kind = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
        self._callback = kind(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, voice: str, speed: int, pitch: int, spread: int) -> Spoken:
        self._sound, self._events = [], []
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise SystemExit(f'espeak-ng has no voice {voice}')
        for key, value in ((self._SPEED, speed), (self._PITCH, pitch), (self._RANGE, spread)):
            self._library.espeak_SetParameter(key, value, 0)
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, self._UTF8, None, None)
        sound = resample_poly(np.concatenate(self._sound).astype(float), RATE, self._rate)
        ends = [e for e, _ in self._events[1:]] + [len(sound) * self._rate // RATE]
        phones: list[tuple[str, int]] = []
        for (begin, ipa), end in zip(self._events, ends, strict=True):
            if end <= begin:
                continue
            parts = fold(ipa) or [SILENCE]
            step = (end - begin) / len(parts)
            phones += [(p, round((begin + step * (i + 1)) * RATE / self._rate))
                       for i, p in enumerate(parts)]
        return sound, phones

    def _collect(self, sound, count, events) -> int:
        if sound and count:
            self._sound.append(np.ctypeslib.as_array(sound, (count,)).copy())
        i = 0
        while events[i].type:
            if events[i].type == self._PHONE:
                name = bytes(events[i].id.string).decode('utf-8', 'ignore')
                self._events.append((events[i].sample, name))
            i += 1
        return 0


def espeak(texts: Texts, count: int, draw: random.Random) -> Iterator[tuple[str, str, Spoken]]:
    synthesiser = Espeak()
    for _ in range(count):
        language = 'en' if draw.random() < 0.68 else 'it'
        accent = draw.choice(ACCENTS[language])
        variant = draw.choice(VARIANTS)
        voice = f'{accent}+{variant}' if variant else accent
        text = texts.draw(language, draw)
        speed = round(draw.triangular(100, 230, 155))
        yield voice, text, synthesiser.say(
            text, voice, speed, draw.randint(20, 85), draw.randint(20, 90))


def drawn(texts: Texts, count: int, draw: random.Random) -> Iterator[tuple[str, str, Spoken]]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / 'espeak-ng-data'
        shutil.copytree(_espeak_data(), data)
        throats = [f'drawn{i}' for i in range(min(count, 150))]  # it knows 350 voices at most
        shutil.rmtree(data / 'voices/!v')
        (data / 'voices/!v').mkdir()
        for name in throats:
            (data / 'voices/!v' / name).write_text(_throat(name, draw))
        synthesiser = Espeak(data)
        for _ in range(count):
            language = 'en' if draw.random() < 0.75 else 'it'
            voice = f'{draw.choice(ACCENTS[language])}+{draw.choice(throats)}'
            text = texts.draw(language, draw)
            speed = round(draw.triangular(100, 230, 150))
            yield voice, text, synthesiser.say(
                text, voice, speed, draw.randint(25, 75), draw.randint(20, 90))


def _espeak_data() -> str:
    out = subprocess.run(['espeak-ng', '--version'], capture_output=True, check=True, text=True)
    return out.stdout.rpartition('Data at: ')[2].strip()


def _throat(name: str, draw: random.Random) -> str:
    """A variant of espeak-ng (docs/voices.md there): formants, pitch, breath by chance."""
    length = draw.triangular(84, 126, 104)  # of all formants, %: a long throat to a short one
    high = (length - 84) / 42
    pitch = draw.uniform(70, 130) + 90 * high * draw.uniform(0.5, 1.3)
    lines = ['language variant', f'name {name}',
             f'pitch {pitch:.0f} {pitch * draw.uniform(1.1, 1.7):.0f}']
    for formant in range(9):
        at = 100 if formant == 0 else length * draw.gauss(1, 0.07)
        height = draw.triangular(45, 160, 95)
        if formant >= 4 and draw.random() < 0.15:
            height *= 0.2
        lines.append(f'formant {formant} {at:.0f} {height:.0f} {draw.triangular(60, 170, 120):.0f}')
    if draw.random() < 0.4:
        lines.append('tone ' + ' '.join(
            f'{hertz} {draw.randint(10, 255)}' for hertz in (100, 600, 1200, 2000, 3000)))
    for key, chance, low, most in (
            ('flutter', 0.5, 1, 5), ('roughness', 0.5, 0, 4), ('voicing', 0.4, 40, 200),
            ('klatt', 0.15, 1, 5)):
        if draw.random() < chance:
            lines.append(f'{key} {draw.randint(low, most)}')
    if draw.random() < 0.3:
        lines.append('breath ' + ' '.join(str(draw.randint(0, 6)) for _ in range(8)))
    if draw.random() < 0.15:
        lines.append(f'echo {draw.randint(20, 140)} {draw.randint(5, 20)}')
    lines.append(f'consonants {draw.randint(45, 140)} {draw.randint(70, 130)}')
    return '\n'.join(lines) + '\n'


def flite(texts: Texts, count: int, draw: random.Random) -> Iterator[tuple[str, str, Spoken]]:
    with tempfile.TemporaryDirectory() as folder:
        for i in range(count):
            voice, text = FLITE[i % len(FLITE)], texts.draw('en', draw)
            file = Path(folder) / 'said.wav'
            stretch = draw.triangular(0.75, 1.4, 1.0)
            lines = subprocess.run(
                ['flite', '-voice', voice, '-psdur', '--setf', f'duration_stretch={stretch:.2f}',
                 '-t', text, '-o', str(file)], capture_output=True, check=True, timeout=20)
            pairs = [p.rpartition(':') for p in lines.stdout.decode().split()]
            yield f'flite {voice}', text, (_read(file), _mapped(
                [(n, float(e)) for n, _, e in pairs], RADIO))


def festival(texts: Texts, count: int, draw: random.Random) -> Iterator[tuple[str, str, Spoken]]:
    """In one process for a voice, which is much quicker."""
    for language, voices in FESTIVAL.items():
        for voice in voices:
            wanted = [texts.draw(language, draw) for _ in range(count // 5)]
            with tempfile.TemporaryDirectory() as folder:
                yield from _festival(voice, wanted, folder, draw)


def _festival(
    voice: str, wanted: list[str], folder: str, draw: random.Random,
) -> Iterator[tuple[str, str, Spoken]]:
    script = [f'(voice_{voice})']
    for i, text in enumerate(wanted):
        said = text.replace('"', '').encode('latin-1', 'ignore').decode('latin-1')
        script.append(
            f"(Parameter.set 'Duration_Stretch {draw.triangular(0.75, 1.4, 1.0):.2f})"
            f'(set! u (Utterance Text "{said}")) (utt.synth u)'
            f'(utt.save.wave u "{folder}/{i}.wav" \'riff) (format t "@ {i}\\n")'
            '(mapcar (lambda (s) (format t "%s %f\\n" (item.name s) (item.feat s "end")))'
            " (utt.relation.items u 'Segment))")
    path = Path(folder) / 'say.scm'
    path.write_text('\n'.join(script), 'latin-1')
    out = subprocess.run(['festival', '-b', str(path)], capture_output=True, check=False)
    names = RADIO if voice in FESTIVAL['en'] else ITALIAN
    for piece in out.stdout.decode('latin-1').split('@ ')[1:]:
        number, *lines = piece.strip().split('\n')
        pairs = [line.rsplit(' ', 1) for line in lines if re.fullmatch(r'\S+ [\d.]+', line)]
        yield f'festival {voice}', wanted[int(number)], (
            _read(Path(folder) / f'{number}.wav'),
            _mapped([(n, float(e)) for n, e in pairs], names))


def _read(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        rate = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(float)
    return sound if rate == RATE else resample_poly(sound, RATE, rate)


def _mapped(pairs: list[tuple[str, float]], names: dict[str, str]) -> list[tuple[str, int]]:
    return [((fold(names[n]) or [SILENCE])[0] if n in names else SILENCE, round(e * RATE))
            for n, e in pairs]


MAKERS = {'espeak': espeak, 'drawn': drawn, 'flite': flite, 'festival': festival}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--out', type=Path, required=True, help='folder')
    parser.add_argument(
        '--synthesiser', choices=tuple(MAKERS), required=True)
    parser.add_argument('--count', type=int, default=4000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--words', action='store_true', help='single words, short ones mostly')
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    draw = random.Random(f'{options.synthesiser} {options.seed}')
    sounds, phones, ends, sources, said = [], [], [], [], []
    make = MAKERS[options.synthesiser]
    for voice, text, (sound, marks) in make(Texts(options.words), options.count, draw):
        level = np.sqrt((sound**2).mean()) if len(sound) else 0.0
        if level < 10 or len(sound) > 8 * RATE or not marks:
            continue
        sounds.append((sound * 2500 / level).clip(-32768, 32767).astype(np.int16))
        phones.append([INDEX[p] for p, _ in marks])
        ends.append([e for _, e in marks])
        sources.append(voice)
        said.append(text)
    path = options.out / f'{options.synthesiser}-{options.seed}.npz'
    temporary = path.with_suffix('.tmp.npz')
    np.savez(
        temporary, sound=np.concatenate(sounds), phone=np.concatenate(phones),
        sounds=np.cumsum([0, *map(len, sounds)]), end=np.concatenate(ends),
        phones=np.cumsum([0, *map(len, phones)]), source=sources, text=said)
    temporary.rename(path)
    print(f'{path}: {len(sounds)} utterances, {sum(map(len, sounds)) / RATE / 60:.0f} minutes')


if __name__ == '__main__':
    main()
