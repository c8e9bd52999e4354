"""What is said in the training: phrases of the trainer, and other words to learn speech from."""

import random
import re
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import yaml

from trainer_voice.dialogue.wording import Wording
from trainer_voice.intents.patterns import expand

# Beginnings, vowels and ends of syllables of Italian words that do not exist.
_BEGIN = re.findall(r'\w+', (
    'b c d f g l m n p r s t v br cr dr fr gr pr tr pl fl gl sc st sp sv gn gli ch gh qu z'))
_VOWEL = re.findall(r'\w+', 'a e i o u ia io ie uo')
_END = re.findall(r'\w+', 'n r l s m nn rr ll ss tt cc pp zz ff bb')
_SHORT = 4  # phones at most: words that the shortest commands must be told from


class Texts:
    """Draws texts: half of them are what people say to the trainer."""

    def __init__(self, single: bool = False) -> None:
        """single: one word each; a third of them commands, of the others most as short as those."""
        self._single = single
        self._phrases, self._others, self._names, self._numbers = {}, {}, {}, {}
        self._commands: dict[str, list[str]] = {}
        for language in ('en', 'it'):
            file = resources.files('trainer_voice.intents') / f'{language}.yaml'
            content = yaml.safe_load(file.read_text('utf-8'))
            groups = [*content['intents'].values(), *(
                p for answers in content['answers'].values() for p in answers.values())]
            lines = [p.strip() for g in groups for p in g.split(',')]
            lines += content['name_phrases'] + content['bare_name_phrases']
            self._phrases[language] = [p for p in lines if p]
            self._commands[language] = sorted({
                line[0] for p in self._phrases[language] for line in expand(p)
                if len(line) == 1 and '<' not in line[0]})
            self._others[language] = content['others'].split()
            self._names[language] = content['names']
            self._numbers[language] = Wording(language).numbers
        spec = find_spec('pocketsphinx')
        assert spec is not None and spec.submodule_search_locations is not None
        words = Path(spec.submodule_search_locations[0]) / 'model/en-us/cmudict-en-us.dict'
        self._dictionary, self._short = [], []
        for word, *phones in map(str.split, words.read_text('utf-8').splitlines()):
            if re.fullmatch('[a-z]{2,9}', word):
                self._dictionary.append(word)
                if len(phones) <= _SHORT:
                    self._short.append(word)

    def draw(self, language: str, draw: random.Random) -> str:
        if self._single:
            return self._word(language, draw)
        if draw.random() < 0.5:
            words = draw.choice(expand(draw.choice(self._phrases[language])))
            text = ' '.join(words)
            for slot, choices in (
                    ('<number>', self._numbers[language]), ('<name>', self._names[language])):
                while slot in text:
                    text = text.replace(slot, draw.choice(choices), 1)
            return text
        return self.other(language, draw)

    def _word(self, language: str, draw: random.Random) -> str:
        if draw.random() < 0.35:
            return draw.choice(self._commands[language])
        if draw.random() < 0.25:
            return draw.choice(self._others[language])
        if language == 'en' and draw.random() < 0.8:
            return draw.choice(self._short)  # dog, though, nope
        return self._other(language, draw)

    def other(self, language: str, draw: random.Random) -> str:
        """Words that have no meaning together."""
        if language == 'en' and draw.random() < 0.35:
            return draw.choice(self._short)  # dog, though, nope
        count = draw.choice((1, 1, 2, 3, 4))
        if draw.random() < 0.3:
            return ' '.join(draw.choice(self._others[language]) for _ in range(count))
        return ' '.join(self._other(language, draw) for _ in range(count))

    def _other(self, language: str, draw: random.Random) -> str:
        if language == 'en':
            return draw.choice(self._dictionary)
        return ''.join(
            draw.choice(_BEGIN) + draw.choice(_VOWEL) + (
                draw.choice(_END) if draw.random() < 0.3 else '')
            for _ in range(draw.choice((1, 2, 2, 3)))) + draw.choice('aeio')
