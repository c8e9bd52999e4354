"""Sentences and numbers in a language, from its phrase file."""

import random
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml

from trainer_core.errors import UserError

# Ten times as fast where there is libyaml.
LOADER = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)

_SECONDS = 90  # the longest time that is told in seconds


def languages() -> list[str]:
    """The languages that have a phrase file."""
    folder = resources.files(__package__) / 'phrases'
    names = [f.name for f in folder.iterdir()]
    return sorted(name.removesuffix('.yaml') for name in names if name.endswith('.yaml'))


@cache
def _content(language: str) -> dict[str, Any]:
    file = resources.files(__package__) / 'phrases' / f'{language}.yaml'
    content: dict[str, Any] = yaml.load(file.read_text('utf-8'), LOADER)  # noqa: S506
    return content


class Wording:
    """Draws one of the variants of a sentence and fills it in.

    >>> words = Wording('en')
    >>> words.count('repetitions', 1), words.count('repetitions', 12)
    ('one repetition', 'twelve repetitions')
    >>> words.say('rest_ends', time=words.duration(10))
    'Ten seconds left.'
    """

    def __init__(self, language: str, seed: int = 0, dirs: Sequence[str] = ()):
        """language: BCP 47; it-IT is read from it.yaml. The same seed draws the same variants.

        dirs: folders with more exercise files, which may say how to word their corrections.
        Raises UserError for a language without a phrase file.
        """
        self.language = language.lower().partition('-')[0]
        if self.language not in languages():
            raise UserError(
                f'parameter language is {language!r}; there are phrases in '
                f'{", ".join(languages())}')
        self.dirs = tuple(dirs)
        content = _content(self.language)
        self.numbers: list[str] = content['numbers']
        self.counts: dict[str, dict[str, str]] = content['counts']
        self.sentences: dict[str, list[str]] = content['sentences']
        self.ordinals: list[str] = content['ordinals']
        self.moments: dict[str, str] = content['moments']
        self.parts: dict[str, dict[str, str]] = content['parts']
        self.directions: dict[str, dict[str, str]] = content['directions']
        self.range: dict[str, str] = content['range']
        self.tempo: dict[str, dict[str, str]] = content['tempo']
        self._several: dict[str, str] = content['several']
        self._set_words: set[str] = set(content['set_words'])
        self._pieces: dict[str, str] = content['pieces']
        self._random = random.Random(seed)
        self._last: dict[str, str] = {}

    def number(self, n: int) -> str:
        """A whole number >= 0 in words, beyond 100 in figures."""
        return self.numbers[n] if n < len(self.numbers) else str(n)

    def ordinal(self, n: int) -> str:
        """Which repetition: "third rep"; beyond the words of the file in figures."""
        if n <= len(self.ordinals):
            return self.piece('rep', n=self.ordinals[n - 1])
        return self.piece('rep_figure', n=str(n))

    def part(self, name: str, side: str) -> str:
        """A body part with its article; side: left, right, both, or one for what has no side."""
        forms = self.parts.get(name) or self.parts['other']
        return (forms.get(side) or forms['one']).format(name=name.replace('_', ' '))

    def piece(self, key: str, **values: str) -> str:
        """A part of a sentence, with {values} filled in."""
        return self._pieces[key].format(**values)

    def means_set(self, text: str) -> bool:
        """Whether "repeat" means a set and not a sentence."""
        return bool(self._set_words & set(re.findall(r'\w+', text.lower())))

    def listed(self, things: Sequence[str]) -> str:
        """One, two and three."""
        if len(things) < 2:
            return ''.join(things)
        return self.piece('and', a=', '.join(things[:-1]), b=things[-1])

    def several(self, exercise: str) -> str:
        """The spoken name of an exercise in the plural, where there is one."""
        return self._several.get(exercise, exercise)

    def count(self, thing: str, n: int) -> str:
        """A number of repetitions, seconds, minutes, sets or degrees: keys of `counts`."""
        forms = self.counts[thing]
        return forms['one'] if n == 1 else forms['other'].format(n=self.number(n))

    def amount(self, number: float, timed: bool) -> str:
        """So many repetitions, or seconds where these are counted."""
        if timed:
            return self.duration(number)
        return self.count('repetitions', round(number))

    def target(self, reps: int, seconds: float) -> str:
        """What is to be done in a set; '' is an open end."""
        return self.amount(seconds or reps, bool(seconds)) if seconds or reps else ''

    def duration(self, seconds: float) -> str:
        """Up to 90 in seconds, beyond that, and where it is even, in minutes."""
        minutes, whole = divmod(round(seconds), 60)
        if minutes and not whole:
            return self.count('minutes', minutes)
        if 60 * minutes + whole <= _SECONDS:
            return self.count('seconds', 60 * minutes + whole)
        return self.piece(
            'and', a=self.count('minutes', minutes), b=self.count('seconds', whole))

    def say(self, sentence: str, **values: str) -> str:
        """One variant of a sentence, not the one that was drawn last, with {values} filled in."""
        variants = self.sentences[sentence]
        fresh = [v for v in variants if v != self._last.get(sentence)] or variants
        self._last[sentence] = chosen = self._random.choice(fresh)
        return re.sub(
            r'(^|[.!?] )(\w)', lambda m: m[1] + m[2].upper(), chosen.format(**values))
