"""How words are spoken, in phones: a file of the package, and espeak-ng for words not in it.

    python -m trainer_voice.ears.acoustic.lexicon      # writes the files anew

A word has as many ways as accents of espeak-ng speak it differently, alone and within a phrase,
where "a" and "to" are weaker.
"""

import shutil
import subprocess
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from trainer_voice.ears.acoustic.phones import fold

Phones = tuple[str, ...]
ACCENTS = {
    'en': ('en-us', 'en-gb', 'en-gb-x-rp', 'en-gb-scotland'), 'it': ('it',)}
_PATIENCE = 20.0  # s
_MOST = 5         # ways to say a word


class Lexicon:
    """Words of a language; what is not in the file is asked of espeak-ng, once."""

    def __init__(self, language: str):
        """A language without a file has espeak-ng's words alone, where that is installed."""
        self.language = language
        self._words: dict[str, list[Phones]] = {}
        file = resources.files(__package__) / 'words' / f'{language}.txt'
        if file.is_file():
            for line in file.read_text('utf-8').splitlines():
                word, *phones = line.split()
                self._words.setdefault(word, []).append(tuple(phones))

    def __contains__(self, word: str) -> bool:
        return bool(self._words.get(word))

    def ways(self, word: str) -> list[Phones]:
        """How a word is said, [] where nobody knows."""
        return self._words.get(word, [])

    def learn(self, words: Iterable[str]) -> list[str]:
        """Ask espeak-ng for words that are not known; returns those that stay so."""
        new = sorted({w for w in words if w not in self._words})
        if new and shutil.which('espeak-ng'):
            for accent in ACCENTS.get(self.language, (self.language,)):
                for word, said in zip(new, _transcribed(new, accent), strict=False):
                    self._add(word, tuple(fold(said)))
        return [w for w in new if w not in self]

    def hear_phrases(self, phrases: Iterable[str]) -> None:
        """Add how the words sound within phrases, where espeak-ng keeps them apart."""
        texts = list(phrases)
        for accent in ACCENTS[self.language]:
            for text, said in zip(texts, _transcribed(texts, accent), strict=False):
                words, sounds = text.split(), said.split()
                if len(words) == len(sounds):
                    for word, sound in zip(words, sounds, strict=True):
                        self._add(word, tuple(fold(sound)))

    def write(self, path: Path) -> None:
        path.write_text(''.join(
            f'{word} {" ".join(way)}\n' for word in sorted(self._words)
            for way in self._words[word]), 'utf-8')

    def _add(self, word: str, way: Phones) -> None:
        ways = self._words.setdefault(word, [])
        if way and way not in ways and len(ways) < _MOST:
            ways.append(way)


def _transcribed(texts: list[str], voice: str) -> list[str]:
    """IPA of every text, a space between words; [] where espeak-ng fails."""
    try:
        out = subprocess.run(
            ['espeak-ng', '-q', '--ipa', '--sep=_', '-v', voice], input='\n\n'.join(texts),
            text=True, capture_output=True, check=True, timeout=_PATIENCE).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    lines = [line.strip() for line in out.splitlines() if line.strip()]
    return lines if len(lines) == len(texts) else []


def main() -> None:
    from trainer_voice.ears.acoustic.graph import sentences
    from trainer_voice.intents import Intents
    folder = Path(__file__).parent / 'words'
    folder.mkdir(exist_ok=True)
    for language in ACCENTS:
        intents = Intents(language)
        lexicon = Lexicon('')
        lexicon.language = language
        lexicon.learn(w for w in intents.vocabulary() if w.replace("'", '').isalpha())
        lexicon.hear_phrases(sentences(intents))
        lexicon.write(folder / f'{language}.txt')


if __name__ == '__main__':
    main()
