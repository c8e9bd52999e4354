"""A text as words: lower case, rewritten, numbers recognised, fillers left out."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

_PLAIN = str.maketrans({'’': "'", '‘': "'", '`': "'", '-': ' ', '‐': ' ', '–': ' '})
_LONGEST_NUMBER = 4  # words


@dataclass(frozen=True)
class Word:
    """One word, or several that are one number."""

    text: str
    number: int | None = None


def plain(text: str) -> list[str]:
    """Lower case words without punctuation; accents stay.

    >>> plain("Push-up!  Don't, è 12.")
    ['push', 'up', "don't", 'è', '12']
    """
    text = unicodedata.normalize('NFC', text).lower().translate(_PLAIN)
    return [w for w in (w.strip("'") for w in re.findall(r"[\w']+", text)) if w]


@lru_cache(maxsize=4096)
def bare(word: str) -> str:
    """Without accents and apostrophes: what is typed without them is the same word."""
    split = unicodedata.normalize('NFD', word.replace("'", ''))
    return ''.join(c for c in split if not unicodedata.combining(c))


class Replaced:
    """Replaces sequences of words by others, the longest first."""

    def __init__(self, rules: Mapping[str, str] | Sequence[str]):
        """A mapping of texts, or texts that are left out."""
        pairs = rules.items() if isinstance(rules, Mapping) else ((r, '') for r in rules)
        self._rules = {
            tuple(bare(w) for w in plain(old)): tuple(plain(str(new))) for old, new in pairs}
        self._longest = max(map(len, self._rules), default=0)

    def __call__(self, words: Sequence[str]) -> list[str]:
        found: list[str] = []
        known = tuple(bare(w) for w in words)
        at = 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                new = self._rules.get(known[at:at + length])
                if new is not None:
                    found += new
                    at += length
                    break
            else:
                found.append(words[at])
                at += 1
        return found


class Numbers:
    """Numbers in words and in figures."""

    def __init__(self, names: Sequence[str], more: Mapping[str, int]):
        """names: of 0, 1, 2, ...; more: other words for some."""
        self._values = {
            tuple(bare(w) for w in plain(name)): n for n, name in enumerate(names)}
        self._values |= {tuple(bare(w) for w in plain(name)): n for name, n in more.items()}

    def __call__(self, words: Sequence[str]) -> list[Word]:
        found: list[Word] = []
        known = tuple(bare(w) for w in words)
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST_NUMBER, len(words) - at), 0, -1):
                part, word = known[at:at + length], words[at]
                number = self._values.get(part)
                if number is None and length == 1 and word.isascii() and word.isdigit():
                    number = int(word[:9])
                if number is not None or length == 1:
                    found.append(Word(' '.join(part), number))
                    at += length
                    break
        return found
