"""Utterances in rooms, with the state of the phone at every frame."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rooms

from trainer_voice.ears.acoustic.features import HOP, WINDOW

RATE = 16000
SECONDS, SHORT = 2.0, 1.2  # of an example; of those in every other batch: one word, mostly


def outputs(samples: int) -> int:
    """So many rows come out of the network."""
    return ((samples - WINDOW) // HOP + 2) // 2


OUTPUTS = outputs(int(SECONDS * RATE))
_KEPT_OUT = 0.03  # of every file, for the evaluation


@dataclass
class Speech:
    """All utterances of some files, in one array."""

    sound: np.ndarray   # (n,) int16
    sounds: np.ndarray  # (u + 1,)
    phone: np.ndarray   # (p,)
    end: np.ndarray     # (p,)
    phones: np.ndarray  # (u + 1,)

    def __len__(self) -> int:
        return len(self.sounds) - 1

    def __getitem__(self, i: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        part = slice(self.phones[i], self.phones[i + 1])
        return (self.sound[self.sounds[i]:self.sounds[i + 1]].astype(np.float32),
                self.phone[part], self.end[part])


def load(path: Path) -> Speech:
    with np.load(path) as file:
        return Speech(*(file[k] for k in ('sound', 'sounds', 'phone', 'end', 'phones')))


def states(phone: np.ndarray, end: np.ndarray, count: int) -> np.ndarray:
    """State of the network for each of count outputs, 0 (silence) after the last end."""
    centres = 2 * HOP * np.arange(count) + WINDOW // 2
    which = np.searchsorted(end, centres, side='right')
    inside = which < len(end)
    begin = np.concatenate([[0], end[:-1]])
    which = np.minimum(which, len(end) - 1)
    second = centres > (begin[which] + end[which]) / 2
    found = np.where(phone[which] > 0, 2 * phone[which] - 1 + second, 0)
    return np.where(inside, found, 0)


class Examples:
    """Draws one after the other for ever; files by their groups, so that no synthesiser rules."""

    def __init__(
        self, groups: dict[str, tuple[float, list[Speech]]], seed: int, held: bool = False,
    ):
        """groups: name to share and files. held: what is kept out of the training."""
        self._rng = np.random.default_rng(seed)
        self._held = held
        self._rooms = rooms.Rooms(self._rng, int(SECONDS * RATE))
        self._groups = {k: v for k, v in groups.items() if v[1]}
        shares = np.array([share for share, _ in self._groups.values()])
        self._shares = shares / shares.sum()

    def utterance(self, group: str = '') -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        name = group or str(self._rng.choice(list(self._groups), p=self._shares))
        files = self._groups[name][1]
        sizes = np.array([len(f) for f in files], float)
        file = files[self._rng.choice(len(files), p=sizes / sizes.sum())]
        cut = len(file) - int(_KEPT_OUT * len(file))
        i = self._rng.integers(cut, len(file)) if self._held and cut < len(file) else (
            self._rng.integers(0, cut))
        return file[int(i)]

    def draw(self, group: str = '', lonely: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
        """(n,) float32 sound of RMS about 1 and (OUTPUTS,) states.

        lonely: how often nobody says anything after the first utterance.
        """
        rng, size = self._rng, int(SECONDS * RATE)
        canvas, labels = np.zeros(size, np.float32), np.zeros(OUTPUTS, int)
        at = int(rng.uniform(0.02, 0.5) * RATE)
        alone = rng.random() < lonely
        while at < size - 0.3 * RATE and rng.random() > 0.04:  # else nobody speaks any more
            sound, phone, end = self.utterance(group)
            if rng.random() < 0.8:
                sound, end = rooms.stretched(sound, end, rng.uniform(0.85, 1.2))
            loud = rng.uniform(0.5, 1.6) / max(float(np.sqrt((sound**2).mean())), 1.0)
            begin = at
            if alone and len(sound) > size:
                begin = -int(rng.integers(0, len(sound) - size + 1))
            piece = sound[max(-begin, 0):][:size - max(begin, 0)]
            canvas[max(begin, 0):][:len(piece)] = piece * loud
            said = states(np.concatenate([[0], phone]), np.concatenate([[begin], end + begin]),
                          OUTPUTS)
            labels = np.maximum(labels, said)
            at = begin + len(sound) + int(rng.uniform(0.05, 0.4) * RATE)
            if alone:
                break
        if rng.random() < 0.16:  # the microphone opens in mid-word, or is cut off
            hole = int(rng.uniform(0.2, 1.0) * RATE)
            where = slice(0, hole) if rng.random() < 0.5 else slice(size - hole, size)
            canvas[where] = 0
            centres = 2 * HOP * np.arange(OUTPUTS) + WINDOW // 2
            labels[(centres >= where.start) & (centres < where.stop)] = 0
        if rng.random() < 0.45:
            canvas = self._rooms.within(canvas)
        snr = rng.uniform(-3, 20) if rng.random() < 0.65 else rng.uniform(20, 45)
        canvas += self._noise(size) * 10 ** (-snr / 20)
        if rng.random() < 0.3:  # somebody moves, or the microphone's gain follows
            gains = 10 ** (rng.uniform(-10, 0, 6) / 20)
            canvas *= np.interp(np.arange(size), np.linspace(0, size, 6), gains)
        if rng.random() < 0.07:
            top = np.abs(canvas).max() * rng.uniform(0.1, 0.6)
            canvas = canvas.clip(-top, top)
        return canvas.astype(np.float32), labels

    def _noise(self, count: int) -> np.ndarray:
        rng = self._rng
        if rng.random() < 0.85:
            return self._rooms.noise()
        talk = 0.2 * self._rooms.noise()
        for _ in range(rng.integers(3, 7)):  # many at once: nobody can be understood
            voice = np.resize(self.utterance()[0], count)
            talk += np.roll(voice, int(rng.integers(count))) / max(float(voice.std()), 1.0)
        return talk / talk.std()

    def batches(self, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        while True:
            short = self._rng.random() < 0.5
            seconds, lonely = (SHORT, 0.8) if short else (SECONDS, 0.4)
            many, count = int(size * SECONDS / seconds), int(seconds * RATE)
            drawn = (self.draw(lonely=lonely) for _ in range(many))
            sounds, labels = zip(*drawn, strict=True)
            yield np.stack(sounds)[:, :count], np.stack(labels)[:, :outputs(count)]
