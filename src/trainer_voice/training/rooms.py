"""Speech as a microphone in a gym gets it: other throats, rooms, noise, talk, cut off, too loud."""

import numpy as np

RATE = 16000


def coloured(rng: np.random.Generator, count: int) -> np.ndarray:
    """(count,) noise of RMS 1 whose power falls with frequency as white, pink, brown or between."""
    slope = rng.uniform(0.0, 2.0)
    spectrum = np.fft.rfft(rng.normal(size=count))
    spectrum *= np.maximum(np.arange(len(spectrum)), count * 40 / RATE) ** (-slope / 2)
    if rng.random() < 0.3:  # a band of it only
        at = np.arange(len(spectrum)) * RATE / count
        low = rng.uniform(50, 3000)
        spectrum *= ((at > low) & (at < low * rng.uniform(1.2, 4))) + 0.03
    sound = np.fft.irfft(spectrum, count)
    if rng.random() < 0.3:  # that comes and goes
        steps = rng.uniform(0.05, 1, count // 1600 + 2)
        sound *= np.interp(np.arange(count) / 1600, np.arange(len(steps)), steps)
    return sound / max(float(sound.std()), 1e-9)


def clicks(rng: np.random.Generator, count: int) -> np.ndarray:
    """(count,) steps, claps, weights put down: bursts that ring and fade."""
    sound = np.zeros(count)
    for _ in range(rng.integers(1, 4)):
        length = int(rng.uniform(0.02, 0.25) * RATE)
        at = int(rng.integers(0, max(1, count - length)))
        t = np.arange(length) / RATE
        ring = np.sin(2 * np.pi * rng.uniform(80, 3000) * t) * rng.uniform(0, 1)
        burst = (rng.normal(size=length) + ring) * np.exp(-t / rng.uniform(0.005, 0.06))
        sound[at:at + length] += burst[:count - at]
    return sound / max(float(sound.std()), 1e-9)


def hall(rng: np.random.Generator) -> np.ndarray:
    """An impulse response: the direct sound, then noise that fades in 0.1 to 0.7 s (60 dB)."""
    fade = rng.uniform(0.1, 0.7)
    count = int(fade * RATE * 0.7)
    tail = rng.normal(size=count) * 10 ** (-3 * np.arange(count) / RATE / fade)
    tail[:int(rng.uniform(0.001, 0.012) * RATE)] = 0
    tail *= rng.uniform(0.1, 1.2) / max(float(np.sqrt((tail**2).sum())), 1e-9)
    tail[0] = 1.0
    return tail


def stretched(
    sound: np.ndarray, ends: np.ndarray, factor: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Played so much faster: pitch, throat and pace."""
    at = np.arange(0, len(sound) - 1, factor)
    faster = np.interp(at, np.arange(len(sound)), sound).astype(np.float32)
    return faster, (ends / factor).astype(int)


class Rooms:
    """Halls and noises, made once, since to make one takes longer than to train with it."""

    def __init__(self, rng: np.random.Generator, count: int, halls: int = 200, noises: int = 400):
        """count: samples of what is said in them."""
        self._rng, self._count = rng, count
        self._size = count + RATE // 2
        self._halls = [
            np.fft.rfft(hall(rng), self._size).astype(np.complex64) for _ in range(halls)]
        self._noises = [
            (coloured(rng, count) if i % 8 else clicks(rng, count) + 0.2 * coloured(rng, count)
             ).astype(np.float32) for i in range(noises)]

    def within(self, sound: np.ndarray) -> np.ndarray:
        """(count,) in one of the halls."""
        spectrum = np.fft.rfft(sound, self._size)
        spectrum *= self._halls[self._rng.integers(len(self._halls))]
        return np.fft.irfft(spectrum, self._size)[:self._count]

    def noise(self) -> np.ndarray:
        """(count,) of RMS 1."""
        sound = self._noises[self._rng.integers(len(self._noises))]
        return np.roll(sound, int(self._rng.integers(self._count)))
