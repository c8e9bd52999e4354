"""The layer that tells words apart in what a network makes of them that has heard people.

    python opinion.py --speech RUN/speech --recordings ../../../../shared/speech \
        --to ../trainer_voice/ears/acoustic/weights

Learns from single words (synthesise.py --words), pieces of sentences, phrases and noise, which are
no single words, and the half `tuned` of the recordings; all in rooms (rooms.py). What it is told of
a sound is the word, not where it is. `--without k` leaves a fifth of the speakers out, to look at.
"""

import argparse
import csv
import hashlib
from pathlib import Path

import numpy as np
import rooms
import torch
from dataset import RATE, Speech, load
from hearing import half
from tqdm import tqdm

from trainer_core.packaged import seal
from trainer_voice.ears.acoustic.model import PACKAGED as PHONES
from trainer_voice.ears.acoustic.opinion import PACKAGED, Embedding, middle
from trainer_voice.ears.microphone import read_wav
from trainer_voice.intents import Intents

WORDS = ('drawn-21', 'drawn-22', 'drawn-23', 'espeak-21', 'flite-21', 'festival-21')  # single ones
SENTENCES = ('espeak-1', 'flite-1', 'festival-1')
FOLDS = 5
_LENGTH = 2 * RATE
_REVERSED = 0.06   # of the words are played backwards: they are none
_PEOPLE = 0.4      # of what is drawn are recordings
_COMMANDS = 0.375  # of either are commands


class Rows:
    """Sounds in rooms as the layer sees them, with the number of the word."""

    def __init__(self, seed: int, talk: list[Speech]):
        """talk: what may be heard beside what is said."""
        self.rng = np.random.default_rng(seed)
        self._rooms = rooms.Rooms(self.rng, _LENGTH, 120, 300)
        self._embedding, self._talk = Embedding(), talk
        self.seen: list[np.ndarray] = []
        self.word: list[int] = []

    def add(self, sound: np.ndarray, word: int) -> None:
        bands = self._embedding.bands(self._heard(np.asarray(sound, np.float32)))
        at = middle(bands) + self.rng.normal(0, 5)  # frames
        self.seen.append(self._embedding.around(bands, at).ravel())
        self.word.append(word)

    def _heard(self, sound: np.ndarray) -> np.ndarray:
        rng = self.rng
        if rng.random() < 0.8:
            at = np.arange(0, len(sound) - 1, rng.uniform(0.85, 1.2))
            sound = np.interp(at, np.arange(len(sound)), sound).astype(np.float32)
        sound = sound / max(float(np.sqrt((sound ** 2).mean())), 1e-3)
        begin = int(rng.uniform(0.25, 0.5) * RATE)
        sound = sound[:_LENGTH - begin - RATE // 16]
        end = begin + len(sound)
        canvas = np.zeros(_LENGTH, np.float32)
        canvas[begin:end] = sound
        if rng.random() < 0.4:
            canvas = self._rooms.within(canvas)
        canvas = canvas[:end + int(rng.uniform(0.25, 0.45) * RATE)]
        if rng.random() < 0.1:  # broken off
            canvas[end - int(rng.uniform(0, 0.12) * RATE):] = 0
        snr = rng.uniform(1, 20) if rng.random() < 0.6 else rng.uniform(20, 45)
        return canvas + self._noise()[:len(canvas)] * 10 ** (-snr / 20)

    def _noise(self) -> np.ndarray:
        if self.rng.random() < 0.85:
            return self._rooms.noise()
        talk = 0.2 * self._rooms.noise()
        for _ in range(self.rng.integers(3, 7)):
            file = self._talk[self.rng.integers(len(self._talk))]
            voice = np.resize(file[int(self.rng.integers(len(file)))][0], len(talk))
            talk += np.roll(voice, int(self.rng.integers(len(talk)))) / max(float(voice.std()), 1)
        return talk / talk.std()


def synthesised(rows: Rows, folder: Path, words: list[str], share: float) -> None:
    """share: of the utterances."""
    for name in tqdm(WORDS, desc='words'):
        speech = load(folder / f'{name}.npz')
        with np.load(folder / f'{name}.npz') as file:
            texts, sources = file['text'].tolist(), file['source'].tolist()
        for i, text in enumerate(texts):
            italian = any(s in sources[i] for s in ('roa/', ' lp_', ' pc_'))
            if rows.rng.random() > share * (0.4 if italian else 1.0):
                continue
            backwards = rows.rng.random() < _REVERSED
            sound = speech[i][0][::-1] if backwards else speech[i][0]
            known = text in words and not italian and not backwards
            rows.add(sound, words.index(text) + 1 if known else 0)
    for name in tqdm(SENTENCES, desc='sentences'):
        speech = load(folder / f'{name}.npz')
        with np.load(folder / f'{name}.npz') as file:
            texts = file['text'].tolist()
        for i in rows.rng.permutation(len(speech))[:int(1000 * share)]:
            sound = speech[int(i)][0]
            if len(sound) > 1.25 * RATE:
                at = rows.rng.integers(0, len(sound) - int(0.75 * RATE))
                rows.add(sound[at:at + int(rows.rng.uniform(0.3, 1.2) * RATE)], 0)
            elif ' ' in texts[i]:
                rows.add(sound, 0)
    for _ in range(int(300 * share)):
        rows.add(1e-3 * rows.rng.normal(size=RATE // 2), 0)


def fold(speaker: str) -> int:
    return hashlib.md5(speaker.encode()).digest()[1] % FOLDS


def people(rows: Rows, folder: Path, words: list[str], times: int, without: int | None) -> None:
    """The half `tuned`, every recording so many times, and a quarter of these times backwards."""
    with (folder / 'transcripts.csv').open() as file:
        names = [r['file'] for r in csv.DictReader(file) if half(r['file']) == 'tuned']
    for name in tqdm(names, desc='people'):
        said, *_, speaker = name.removesuffix('.wav').split('_nohash')[0].split('_')
        if fold(speaker) == without:
            continue
        sound = read_wav(folder / name).astype(np.float32)
        blocks = sound[:len(sound) // 160 * 160].reshape(-1, 160)
        loud = np.sqrt((blocks ** 2).mean(1))
        where = np.flatnonzero(loud > 0.06 * loud.max())
        sound = sound[max(0, (where[0] - 10) * 160):(where[-1] + 10) * 160]
        for _ in range(times):
            rows.add(sound, words.index(said) + 1 if said in words else 0)
        for _ in range(times // 4 if said != 'on' else 0):
            rows.add(sound[::-1], 0)


def shares(word: np.ndarray) -> np.ndarray:
    """How often every row is drawn."""
    command = word > 0
    weight = np.where(command, _COMMANDS / max(command.sum(), 1),
                      (1 - _COMMANDS) / max((~command).sum(), 1))
    return weight / weight.sum()


def trained(
    seen: np.ndarray, word: np.ndarray, weight: np.ndarray, words: int, epochs: int, hidden: int,
) -> dict[str, np.ndarray]:
    """mean (in,), first (in + 1, hidden), second (hidden + 1, words + 1)."""
    mean, spread = seen.mean(0), seen.std(0) + 1e-3
    net = torch.nn.Sequential(
        torch.nn.Dropout(0.15), torch.nn.Linear(seen.shape[1], hidden), torch.nn.ReLU(),
        torch.nn.Dropout(0.4), torch.nn.Linear(hidden, words + 1))
    x, y = torch.tensor((seen - mean) / spread, dtype=torch.float32), torch.tensor(word)
    draw, batch = torch.tensor(weight), 128
    steps = epochs * len(x) // batch
    optimizer = torch.optim.AdamW(net.parameters(), 1e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps + 1)
    progress = tqdm(range(steps), desc='training')
    for step in progress:
        i = torch.multinomial(draw, batch, replacement=True)
        loss = torch.nn.functional.cross_entropy(net(x[i]), y[i], label_smoothing=0.02)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            progress.set_postfix(loss=f'{loss.item():.2f}')
    first, second = (
        np.vstack([layer.weight.detach().numpy().T, layer.bias.detach().numpy()])
        for layer in (net[1], net[4]))
    first[:-1] /= spread[:, None]
    return {'mean': mean, 'first': first, 'second': second}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--speech', type=Path, required=True)
    parser.add_argument('--recordings', type=Path, required=True)
    parser.add_argument('--to', type=Path, required=True)
    parser.add_argument('--share', type=float, default=0.5, help='of the synthesised words')
    parser.add_argument('--times', type=int, default=60, help='every recording, in other rooms')
    parser.add_argument('--epochs', type=int, default=6)
    parser.add_argument('--hidden', type=int, default=128)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--without', type=int, choices=range(FOLDS))
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    words = sorted(Intents('en').single_words())
    talk = [load(options.speech / f'{name}.npz') for name in WORDS[2:5]]
    made = Rows(options.seed, talk)
    synthesised(made, options.speech, words, options.share)
    heard = Rows(options.seed + 1, talk)
    people(heard, options.recordings, words, options.times, options.without)
    parts = [(np.array(r.seen), np.array(r.word)) for r in (made, heard)]
    weight = np.concatenate([
        s * shares(word) for s, (_, word) in zip((1 - _PEOPLE, _PEOPLE), parts, strict=True)])
    seen, word = (np.concatenate(p) for p in zip(*parts, strict=True))
    layer = trained(seen, word, weight, len(words), options.epochs, options.hidden)
    np.savez(options.to / PACKAGED, words=words, **{
        k: v.astype(np.float16 if k != 'mean' else np.float32) for k, v in layer.items()})
    if options.without is None:
        seal(options.to, [PHONES, PACKAGED])
    print(f'{options.to / PACKAGED}: {len(made.word)} of machines, {len(heard.word)} of people')


if __name__ == '__main__':
    main()
