"""The words of a language that plans are made of: a text becomes a row of marks."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

import yaml

from trainer_core.errors import UserError
from trainer_voice.dialogue.wording import Wording
from trainer_voice.intents.words import Numbers, Replaced, bare, plain
from trainer_voice.plans.workout import Library, library

NUMBER, COMMA, UNKNOWN = 'number', 'comma', 'unknown'
# What can be wanted or forbidden.
NOUNS = (
    'exercise', 'group', 'joint', 'gear', 'jump', 'equipment', 'weights', 'rest', 'easy', 'hard')
UNITS = ('minute', 'second', 'hour', 'sets', 'reps')  # of a number before them

_ONE_TIME = 4      # minutes, below which seconds behind belong to them
_NEAR = 0.84       # how like a known word an unknown one must be to be taken for it
_LONG = 5          # letters, of both
_PART = re.compile(r'\b(\d+)(?:[.,](\d+)|/(\d+))\s*(h\b|hours?|or[ae]\b|min)')  # 1.5 hours, 1/2 h
_CLAUSE = re.compile(r'[,;:.!?]+(?=\s|$)')
_CLOCK = re.compile(r'\b(\d{1,2}):([0-5]\d)\b')                         # 1:30
_GLUED = re.compile(r'(?<=\d)(?=[^\W\d])|(?<=\d)\s*[x×]\s*(?=\d)')  # 30s, 3x10


@dataclass(frozen=True)
class Mark:
    """A word or several that mean something; what, by kind: a back is a group and a joint."""

    text: str
    means: Mapping[str, object] = field(default_factory=dict)

    def __contains__(self, kind: str) -> bool:
        return kind in self.means

    def __getitem__(self, kind: str) -> object:
        return self.means[kind]

    @property
    def number(self) -> int:
        """Its number; 0 for what is none."""
        found = self.means.get(NUMBER, 0)
        return found if isinstance(found, int) else 0

    @property
    def noun(self) -> str:
        """The first of NOUNS that it is, '' for anything else."""
        return next((kind for kind in NOUNS if kind in self.means), '')


class Vocabulary:
    """What is understood in one language, and the sentences in which is answered."""

    def __init__(self, language: str, exercises: Library):
        """language: BCP 47; it-IT is read from it.yaml. Raises UserError for one without a file."""
        self.language = language.lower().partition('-')[0]
        if self.language not in languages():
            raise UserError(f'plans can be made in {", ".join(languages())}, not in {language!r}')
        file = resources.files(__package__) / 'words' / f'{self.language}.yaml'
        # Everything is text: `no` and `on` would be truth values.
        content = yaml.load(file.read_text('utf-8'), yaml.BaseLoader)  # noqa: S506
        self.library = exercises
        self.words = Wording(self.language)
        names = self.words.numbers
        self._numbers = Numbers(names, {  # centoventi is one word
            f'{names[100]}{name}': 100 + n for n, name in enumerate(names[:100]) if n})
        self._rewrite = Replaced(content['rewrite'])
        self._greetings = [tuple(_key(g)) for g in content['greetings']]
        self._means: dict[tuple[str, ...], dict[str, object]] = {}
        for kind, phrases in content['marks'].items():
            self._add(kind, True, phrases)
        for number, phrases in enumerate(content['days']):
            self._add('day', number, phrases)
        for number, phrases in enumerate(content['ordinals']):
            self._add('ordinal', number if phrases is not content['ordinals'][-1] else -1, phrases)
        for kind in ('groups', 'joints', 'gear'):
            for name, phrases in content[kind].items():
                self._add(kind.removesuffix('s'), name, phrases)
        for name, exercise in exercises.exercises.items():
            spoken = exercise.spoken.get(self.language, exercise.spoken['en'])
            self._add('exercise', name, (spoken, *_plurals(spoken, self.language),
                                         name.replace('_', ' '),
                                         *content['exercises'].get(name, ())))
        self._longest = max(map(len, self._means))
        self._fillers = {bare(w) for phrase in content['fillers'] for w in plain(phrase)}
        self._single = sorted({
            w for key in self._means for w in key if len(w) >= _LONG} | {
            w for w in self._fillers if len(w) >= _LONG})
        self.group_names: dict[str, str] = content['group_names']
        self.joint_names: dict[str, str] = content['joint_names']
        self.gear_names: dict[str, str] = content['gear_names']
        self.days: list[str] = [phrases[0] for phrases in content['days']]
        self.sentences: dict[str, str] = content['sentences']
        self.join, self.names = content['join'], content['names']

    def marks(self, text: str) -> list[Mark]:
        """What the text is made of, fillers left out; unknown words are of kind UNKNOWN.

        >>> [dict(m.means) for m in vocabulary('en').marks('twenty push-ups')]
        [{'number': 20}, {'exercise': 'push_up'}]
        """
        found: list[Mark] = []
        text = _CLOCK.sub(lambda m: f'{60 * int(m[1]) + int(m[2])} s', text.lower())
        text = _PART.sub(_whole, text)
        text = _GLUED.sub(lambda m: ' x ' if m[0] else ' ', text)
        first = True
        for clause in _CLAUSE.split(text):
            words = self._rewrite(plain(clause))
            if first and words:
                words, first = self._without_greeting(words, len(plain(text))), False
            marks = list(self._of_clause(words))
            if marks and found:
                found.append(Mark(',', {COMMA: True}))
            found += _together(_rests(_hundreds(marks)))
        return _carried(found)

    def exercise(self, name: str) -> str:
        """What an exercise is called, in the plural where there is one."""
        exercise = self.library.exercises.get(name)
        if not exercise:
            return name.replace('_', ' ')
        return self.words.several(exercise.spoken.get(self.language, exercise.spoken['en']))

    def day(self, keep: object) -> str:
        """What a plan is for: a weekday, 0 = Monday, 'tomorrow' or 'daily'."""
        if isinstance(keep, int):
            return self.names['every'].format(day=self.days[keep])
        return self.names[str(keep)]

    def listed(self, names: Iterable[str]) -> str:
        """One, two and three."""
        *first, last = names
        return f'{", ".join(first)} {self.join} {last}' if first else last

    def _add(self, kind: str, value: object, phrases: Iterable[str]) -> None:
        for phrase in phrases:
            self._means.setdefault(_key(phrase), {}).setdefault(kind, value)

    def _without_greeting(self, words: list[str], total: int) -> list[str]:
        """`Good morning` is a greeting where a text begins with it and goes on."""
        for greeting in self._greetings:
            if tuple(bare(w) for w in words[:len(greeting)]) == greeting and (
                    total > len(greeting)):
                return words[len(greeting):]
        return words

    def _of_clause(self, words: list[str]) -> Iterator[Mark]:
        at = 0
        while at < len(words):
            mark, length = self._at(words, at)
            if mark:
                yield mark
            at += length

    def _at(self, words: list[str], at: int) -> tuple[Mark | None, int]:
        for length in range(min(self._longest, len(words) - at), 0, -1):
            part = words[at:at + length]
            means = self._means.get(tuple(bare(w) for w in part))
            if means:
                return Mark(' '.join(part), means), length
            if length <= 3 and len(self._numbers(part)) == 1:
                number = self._numbers(part)[0].number
                if number is not None:
                    return Mark(' '.join(part), {NUMBER: number}), length
        word = bare(words[at])
        if word in self._fillers:
            return None, 1
        near = difflib.get_close_matches(word, self._single, 1, _NEAR) if len(word) >= _LONG else []
        if near and near[0] != word:
            return self._at([*words[:at], near[0], *words[at + 1:]], at)
        return Mark(words[at], {UNKNOWN: True}), 1


def _hundreds(marks: Iterable[Mark]) -> list[Mark]:
    """A hundred, and, twenty: one number."""
    found: list[Mark] = []
    for mark in marks:
        last = found[-2:] if found and 'and' in found[-1] else found[-1:]
        if 0 < mark.number < 100 and last and last[0].number and not last[0].number % 100:
            whole = Mark(f'{last[0].text} {mark.text}', {NUMBER: last[0].number + mark.number})
            found[-len(last):] = [whole]
        else:
            found.append(mark)
    return found


def _whole(match: re.Match[str]) -> str:
    """A part of an hour in minutes, of a minute in seconds."""
    number, decimals, divisor, unit = match.groups()
    value = float(f'{number}.{decimals}') if decimals else int(number) / max(int(divisor), 1)
    return f'{round(60 * value)} {"s " if unit == "min" else "min "}'


def _rests(marks: Sequence[Mark]) -> list[Mark]:
    """One minute thirty of rest: ninety seconds."""
    found: list[Mark] = []
    for i, mark in enumerate(marks):
        last = [m for m in found[-3:] if 'and' not in m][-2:]
        behind = [m for m in marks[i + 1:i + 3] if 'of' not in m][:1]
        if 0 < mark.number < 60 and len(last) == 2 and last[0].number and 'minute' in last[1] and (
                behind and 'rest' in behind[0]):
            at = next(k for k, m in enumerate(found) if m is last[0])
            found[at:] = [Mark(mark.text, {NUMBER: 60 * last[0].number + mark.number}),
                          Mark('s', {'second': True})]
        else:
            found.append(mark)
    return found


def _together(marks: Sequence[Mark]) -> list[Mark]:
    """An hour and twenty minutes: eighty minutes."""
    found: list[Mark] = []
    for mark in marks:
        found.append(mark)
        last = [m for m in found[-5:] if 'and' not in m][-4:]
        if len(last) < 4 or not (last[0].number and last[2].number):
            continue
        for large, small in (('hour', 'minute'), ('minute', 'second')):
            # Ten minutes, thirty seconds' rest: these are two.
            if large in last[1] and small in last[3] and (
                    large == 'hour' or last[0].number < _ONE_TIME):
                at = next(i for i, m in enumerate(found) if m is last[0])
                both = Mark(' '.join(m.text for m in found[at:-1]),
                            {NUMBER: 60 * last[0].number + last[2].number})
                found[at:] = [both, mark]
    return found


def _carried(marks: Sequence[Mark]) -> list[Mark]:
    """Ten minutes of squats and ten of push-ups: minutes, again."""
    found: list[Mark] = []
    unit: Mark | None = None  # of the last number
    for i, mark in enumerate(marks):
        if 'of' in mark:
            continue
        found.append(mark)
        if NUMBER not in mark or i + 1 == len(marks):
            continue
        behind = marks[i + 1]
        if any(kind in behind for kind in UNITS):
            unit = behind
        elif 'of' in behind and unit:
            found.append(unit)
        elif found[-2:-1] != [unit]:  # in three sets of ten it is still the sets
            unit = None
    return found


def languages() -> list[str]:
    """The languages in which plans can be made."""
    names = [f.name for f in (resources.files(__package__) / 'words').iterdir()]
    return sorted(name.removesuffix('.yaml') for name in names if name.endswith('.yaml'))


def vocabulary(language: str, dirs: tuple[str, ...] = ()) -> Vocabulary:
    """That of a language with the exercises of these folders."""
    return _vocabulary(language, library(dirs))


@lru_cache(maxsize=8)
def _vocabulary(language: str, exercises: Library) -> Vocabulary:
    return Vocabulary(language, exercises)


def _key(phrase: str) -> tuple[str, ...]:
    return tuple(bare(w) for w in plain(phrase))


def _plurals(spoken: str, language: str) -> tuple[str, ...]:
    if language == 'en':
        return (f'{spoken}es' if spoken.endswith(('s', 'x', 'ch', 'sh')) else f'{spoken}s',)
    first, _, rest = spoken.partition(' ')
    ends = {'o': 'i', 'a': 'e', 'e': 'i'}
    plural = first[:-1] + ends.get(first[-1], first[-1])
    return (f'{plural} {rest}'.strip(),)
