"""Sentences and numbers in a language, from its phrase file."""

import random
import re
from importlib import resources

import yaml

from trainer_core.errors import UserError


def languages() -> list[str]:
    """The languages that have a phrase file."""
    folder = resources.files(__package__) / 'phrases'
    names = [f.name for f in folder.iterdir()]
    return sorted(name.removesuffix('.yaml') for name in names if name.endswith('.yaml'))


class Wording:
    """Draws one of the variants of a sentence and fills it in.

    >>> words = Wording('en')
    >>> words.count('repetitions', 1), words.count('repetitions', 12)
    ('one repetition', 'twelve repetitions')
    >>> words.say('rest_ends', time=words.duration(10))
    'Ten seconds left.'
    """

    def __init__(self, language: str, seed: int = 0):
        """language: BCP 47; it-IT is read from it.yaml. The same seed draws the same variants.

        Raises UserError for a language without a phrase file.
        """
        self.language = language.lower().partition('-')[0]
        if self.language not in languages():
            raise UserError(
                f'parameter language is {language!r}; there are phrases in '
                f'{", ".join(languages())}')
        file = resources.files(__package__) / 'phrases' / f'{self.language}.yaml'
        content = yaml.safe_load(file.read_text('utf-8'))
        self.numbers: list[str] = content['numbers']
        self.counts: dict[str, dict[str, str]] = content['counts']
        self.sentences: dict[str, list[str]] = content['sentences']
        self._random = random.Random(seed)
        self._last: dict[str, str] = {}

    def number(self, n: int) -> str:
        """A whole number >= 0 in words, beyond 100 in figures."""
        return self.numbers[n] if n < len(self.numbers) else str(n)

    def count(self, thing: str, n: int) -> str:
        """A number of repetitions, seconds or minutes."""
        forms = self.counts[thing]
        return forms['one'] if n == 1 else forms['other'].format(n=self.number(n))

    def duration(self, seconds: float) -> str:
        """Whole minutes as minutes, everything else as seconds."""
        whole = round(seconds)
        if whole >= 60 and whole % 60 == 0:
            return self.count('minutes', whole // 60)
        return self.count('seconds', whole)

    def say(self, sentence: str, **values: str) -> str:
        """One variant of a sentence, not the one that was drawn last, with {values} filled in."""
        variants = self.sentences[sentence]
        fresh = [v for v in variants if v != self._last.get(sentence)] or variants
        self._last[sentence] = chosen = self._random.choice(fresh)
        return re.sub(
            r'(^|[.!?] )(\w)', lambda m: m[1] + m[2].upper(), chosen.format(**values))
