"""What a text means: an intent with its values, or nothing; and the grammar for a recogniser."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources

import yaml

from trainer_core.errors import UserError
from trainer_voice.dialogue.events import State
from trainer_voice.dialogue.names import spoken_name
from trainer_voice.dialogue.wording import LOADER, Wording
from trainer_voice.intents.patterns import expand
from trainer_voice.intents.words import Numbers, Replaced, Word, bare, plain

INTENTS = (
    'yes', 'no', 'stop', 'pause', 'go_on', 'skip', 'repeat', 'slower', 'faster', 'how_many_left',
    'whats_next', 'help', 'enroll', 'guest', 'forget_me', 'plan', 'correct_count', 'reject_rep',
    'accept_rep', 'change_target', 'change_rest', 'start', 'goodbye')
OF_EXERCISES = (  # which may be told with the name of the exercise: skip the plank
    'stop', 'skip', 'repeat', 'how_many_left', 'start', 'go_on', 'change_target', 'correct_count')
POLITE = 'polite'  # no command: `hello` to a hello
GREETED = ('ready', 'enroll', 'name')  # questions that come with a greeting
OF_PLANS = ('change_target', 'change_rest')  # while a plan is read back, they change it
QUESTIONS = ('', 'ready', 'enroll', 'name', 'plan_ok', 'forget', 'resume')

COVERED = 0.6    # of the words must belong to the command
EAGER = {'stop': 0.3, 'pause': 0.5}  # to stop is never wrong for long
SHUFFLED = 0.9   # confidence in words that are in another order than in the phrase
ANSWERED = 0.05  # what answers the question goes before what does not
WEAK = 0.7       # confidence in a plan or a name that was only guessed from a word in it
_LONGEST_NAME = 3  # words
_CLOCK = re.compile(r'\b(\d{1,2}):([0-5]\d)\b')  # 1:30
_GLUED = re.compile(r'\b(\d+)(?=(?:s|secs?|min|mins)\b)')  # 30s
_MINUTE = 60

# What makes sense where; a grammar with less in it is recognised better.
_ANYTIME = ('stop', 'pause', 'help', 'goodbye', 'repeat', 'whats_next', 'slower', 'faster')
_IN_SET = ('go_on', 'skip', 'how_many_left', 'start', 'change_target', 'change_rest',
           'correct_count', 'reject_rep', 'accept_rep')
LISTENED_FOR: Mapping[State, tuple[str, ...]] = {
    State.IDLE: (*_ANYTIME, 'start', 'plan', 'enroll', 'guest', 'forget_me'),
    State.GREETING: (*_ANYTIME, 'start', 'plan', 'enroll', 'guest', 'forget_me', 'skip'),
    State.ANNOUNCING: (*_ANYTIME, 'go_on', 'skip', 'how_many_left', 'start', 'change_target',
                       'change_rest'),
    State.TRAINING: (*_ANYTIME, *_IN_SET),
    State.RESTING: (*_ANYTIME, *_IN_SET),
    State.PAUSED: (*_ANYTIME, *_IN_SET),
    State.SUMMARY: (*_ANYTIME, 'start', 'plan', 'forget_me', 'correct_count', 'reject_rep',
                    'accept_rep'),
}


@dataclass(frozen=True)
class Understood:
    """What was meant; intent is '' when it was not understood.

    values: number (repetitions, or which repetition), seconds (where a unit was said), relative
    (+1 or -1: the number or the seconds are more or less than now), name, text (of a plan).
    """

    intent: str = ''
    confidence: float = 0.0  # [0, 1]
    values: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Phrase:
    intent: str
    words: tuple[str, ...]  # rewritten, without fillers; slots as they are
    literal: int            # how many of them are no slots
    bonus: float = 0.0


class Intents:
    """The phrases of one language.

    >>> Intents('en').understand('no, I did eight').values
    {'number': 8}
    """

    def __init__(self, language: str = 'en'):
        """language: BCP 47; it-IT is read from it.yaml. Raises UserError for one without a file."""
        self.language = language.lower().partition('-')[0]
        if self.language not in languages():
            raise UserError(
                f'parameter language is {language!r}; there are commands in '
                f'{", ".join(languages())}')
        file = resources.files(__package__) / f'{self.language}.yaml'
        self._file = content = yaml.load(file.read_text('utf-8'), LOADER)  # noqa: S506
        self._number_names = Wording(self.language).numbers
        self._numbers = Numbers(self._number_names, content['numbers'])
        self._rewrite = Replaced(content['rewrite'])
        self._fillers, self._soft = Replaced(content['fillers']), Replaced(content['soft'])
        self._negations = {bare(w) for w in content['negations']}
        self._urgent = {bare(w) for w in content['urgent']}
        self._alone = {tuple(plain(p)) for p in content['alone']}
        self._hurting = {bare(w) for w in content['hurting']}
        self._wishes = [plain(w) for w in content['wishes']]
        self._half = {bare(w) for w in content['half']}
        self._units = {bare(w): n for w, n in content['units'].items()}
        self._relative = {bare(w): n for w, n in content['relative'].items()}
        self._phrases = [*self._made(content['intents']), *self._made(content['typed'])]
        self._answers = {
            question: list(self._made(intents, ANSWERED))
            for question, intents in content['answers'].items()}
        self._known = {
            w for phrases in (self._phrases, *self._answers.values()) for p in phrases
            for w in p.words} | set(self._relative) | self._negations
        self._people = {bare(n) for n in content['names']}
        self._polite = {tuple(plain(p)) for p in content['polite']}

    def understand(self, text: str, question: str = '') -> Understood:
        """The command or answer in a text; question: Session.question."""
        words = self._words(text)
        if not words:
            return Understood()
        if question in GREETED and tuple(plain(text)) in self._polite:
            return Understood(POLITE, 1.0)
        best = self._best(words, question)
        if words[0].text in self._urgent and best.confidence < 1.0 and question != 'plan_ok':
            return Understood('stop', WEAK)  # whatever the reason
        if question == 'ready' and best.confidence < 1.0 and (wish := self._wish(text, words)):
            return Understood('plan', WEAK, {'text': wish})
        if question == 'name' and (not best.intent or best.confidence < 1.0):
            name = self._name(text, self._file['name_phrases'], False) or self._name(
                text, self._file['bare_name_phrases'], True)
            if name:
                return Understood('enroll', 1.0, {'name': name})
        if not best.intent or best.intent == 'enroll':
            name = self._name(text, self._file['name_phrases'], False)
            if name:
                return Understood('enroll', 1.0, {'name': name})
        if question == 'plan_ok' and (
                best.confidence < 1.0 or best.intent in OF_PLANS) and (
                self._asks_for_plan(words, question) or self._is_plan(text, True)):
            return Understood('plan', WEAK, {'text': text.strip()})  # no push ups, make it shorter
        if not best.intent:
            without = self._without_exercises(words)
            if without and len(without) < len(words):
                found = self._best(without, question)
                best = found if found.intent in OF_EXERCISES else best
        if not best.intent and self._hurts(words) and not question:
            return Understood('pause', WEAK)
        if best.intent == 'plan':
            return Understood('plan', best.confidence, {**best.values, 'text': text.strip()})
        if not best.intent and (
                self._asks_for_plan(words, question)
                or self._is_plan(text, False, question == 'ready')) or (
                best.intent in OF_PLANS and best.confidence < 1.0 and self._is_plan(text, False)):
            return Understood('plan', WEAK, {'text': text.strip()})
        if not best.intent and question == 'ready' and self._hurts(words):
            return Understood('no', WEAK)
        return best

    def _hurts(self, words: list[Word]) -> bool:
        """Somebody says that something hurts, and asks for nothing."""
        texts = {w.text for w in words}
        asked = texts & {bare(str(w)) for w in self._file['plan_words']}
        return bool(texts & self._hurting) and not (
            asked or texts & self._negations or any(w.number is not None for w in words)
            or len(self._without_exercises(words)) < len(words))

    def _wish(self, text: str, words: list[Word]) -> str:
        """What is wished beside an answer to `are you ready`: `yes, but no squats` whole, of `no, I
        want legs` what follows the no; '' if nothing is.
        """
        first = self._match(words[:1], 'ready').intent
        said = text.split(maxsplit=1)
        if first not in ('yes', 'no') or len(said) < 2:
            return ''
        wish, rest = text.strip(), plain(said[1])
        named = len(self._without_exercises(words)) < len(words)
        if first == 'no' and (words[1].number is not None or any(
                rest[:len(w)] == w for w in self._wishes)):
            wish = said[1]
        elif not named and (first == 'no' or not self._negated(words[1:], 'yes') and not any(
                self._match([w], 'ready').intent == 'no' for w in words[1:])):
            return ''
        return wish if self._is_plan(wish, False, True) else ''

    def phrases(self, state: State, question: str = '') -> list[tuple[str, str]]:
        """Intent and phrase, as written in the file, of what is listened for there."""
        found: list[tuple[str, str]] = []
        if question:
            answers = self._file['answers'].get(question, {})
            for intent in ('yes', 'no'):
                said = _split(self._file['intents'][intent])
                found += [(intent, p) for p in said]
                # `yes, remember me`: the answer itself first. But `no, shorter` changes a plan.
                first = '' if question == 'plan_ok' else f'[{said[0]}] '
                found += [(intent, p if said[0] in p.split() else f'{first}{p}')
                          for p in _split(answers.get(intent, ''))]
        if question == 'name':
            found += [('enroll', p) for key in ('bare_name_phrases', 'name_phrases')
                      for p in self._file[key]]
        wanted = list(LISTENED_FOR[state])
        if question == 'plan_ok':
            wanted.append('plan')
        if question in ('enroll', 'name'):
            wanted.append('guest')
        for intent in dict.fromkeys(wanted):
            found += [(intent, p) for p in _split(self._file['intents'][intent])]
        return list({p: (i, p) for i, p in reversed(found)}.values())[::-1]

    def grammar(self, state: State, question: str = '', words: int = 0) -> str:
        """What is listened for there, in JSGF.

        words: only phrases of at most so many words, and without numbers; 0 for all.

        What comes before a number is collected, so that the numbers, which are many, are in the
        recogniser's graph a few times only.
        """
        plain_ones: list[str] = []
        before: dict[str, list[str]] = {}
        for _, phrase in self.phrases(state, question):
            if words and ('<number>' in phrase or min(map(len, expand(phrase))) > words):
                continue
            head, number, tail = phrase.partition('<number>')
            if number and head.count('[') == head.count(']'):
                before.setdefault(tail.strip(), []).append(head.strip())
            else:
                plain_ones.append(phrase)
        choices = list(plain_ones)
        for tail, heads in before.items():
            said = [h for h in heads if h]
            begin = f'({" | ".join(said)})' if said else ''
            begin = f'[{begin}]' if said and '' in heads else begin
            choices.append(f'{begin} <number> {tail}'.strip())
        lines = [
            '#JSGF V1.0;', f'grammar {state.name.lower()}{question.replace("_", "")};',
            f'public <command> = {" | ".join(choices)};']
        text = '\n'.join(lines)
        if '<number>' in text:
            lines.append(f'<number> = {self.number_rule()};')
        if '<name>' in text:
            lines.append(f'<name> = {" | ".join(self._file["names"])};')
        return '\n'.join(lines) + '\n'

    @property
    def others(self) -> list[str]:
        """Common words that are no command."""
        return self._file['others'].split()

    def fillings(self, slot: str) -> list[str]:
        """What may stand for <number>, from 1 on, or <name>."""
        return self._number_names[1:] if slot == '<number>' else self._file['names']

    def single_words(self) -> set[str]:
        """Every command, of any state, that is one word."""
        texts = [*self._file['intents'].values(), *(
            p for answers in self._file['answers'].values() for p in answers.values())]
        return {p for text in texts for p in _split(text) if p.isalpha()}

    def vocabulary(self) -> set[str]:
        """Every word that a grammar may have."""
        groups = (
            self._file['others'], *self._file['intents'].values(), *self._file['name_phrases'],
                  *self._file['bare_name_phrases'], *self._number_names, *self._file['names'],
                  *(p for answers in self._file['answers'].values() for p in answers.values()))
        words = re.sub(r'<\w+>|[][()|,]', ' ', ' '.join(groups))
        return {w for word in words.split() for w in plain(word)} | set(words.split())

    def number_rule(self) -> str:
        """Numbers in JSGF, those that begin alike together: twenty [one | two]; from 1 on."""
        after: dict[str, list[str]] = {}
        for name in self._number_names[1:]:
            first, *rest = plain(name)
            after.setdefault(first, []).append(' '.join(rest))
        alike: dict[tuple[str, ...], list[str]] = {}
        for first, rests in after.items():
            alike.setdefault(tuple(rests), []).append(first)
        parts = []
        for endings, firsts in alike.items():
            begin = f'({" | ".join(firsts)})' if len(firsts) > 1 else firsts[0]
            more = ' | '.join(e for e in endings if e)
            parts.append(f'{begin} [{more}]' if more and '' in endings
                         else f'{begin} ({more})' if more else begin)
        return ' | '.join(parts)

    # Matching.

    def _made(self, intents: Mapping[str, str], bonus: float = 0.0) -> Iterator[_Phrase]:
        for intent, phrases in intents.items():
            if intent not in INTENTS:
                raise UserError(
                    f'{self.language}.yaml: there is no intent {intent}; there are '
                    f'{", ".join(INTENTS)}')
            for phrase in _split(phrases):
                for words in expand(phrase):
                    kept = self._phrase_words(words)
                    literal = sum(not w.startswith('<') for w in kept)
                    yield _Phrase(intent, kept, literal, bonus)

    def _phrase_words(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """As the words of a text, but slots."""
        marked = ' '.join('slotnumber' if w == '<number>' else w for w in words)
        kept = [w.text for w in self._words(marked)]
        # `one hundred` and the like are numbers here, too; single words stay words.
        return tuple('<number>' if w == 'slotnumber' else w for w in kept)

    def _words(self, text: str) -> list[Word]:
        """Rewritten, numbers joined, fillers left out unless nothing else is there."""
        second = next(w for w, factor in self._units.items() if factor == 1)
        text = _CLOCK.sub(lambda m: f'{_MINUTE * int(m[1]) + int(m[2])} {second}', text)
        words = self._rewrite(plain(_GLUED.sub(r'\1 ', text)))
        for leave_out in (self._fillers, self._soft):
            left = leave_out(words)
            # Of `not really` more must stay than a `not`, which would answer everything.
            if not all(bare(w) in self._negations for w in left):
                words = left
        found = self._durations(self._numbers(words), second)
        # Said twice is said once: no no, stop stop stop.
        return [w for i, w in enumerate(found) if i == 0 or w != found[i - 1]]

    def _durations(self, words: list[Word], second: str) -> list[Word]:
        """A minute and thirty seconds, two and a half minutes: so many seconds."""
        found: list[Word] = []
        at = 0
        while at < len(words):
            number, rest = words[at].number, words[at + 1:at + 4]
            kinds = [self._units.get(w.text, 'half' if w.text in self._half else
                                     'number' if w.number is not None else '') for w in rest]
            seconds, used = 0, 0
            if number is not None and kinds[:1] == [_MINUTE]:
                if kinds[1:2] == ['number']:  # with or without its unit
                    seconds, used = _MINUTE * number + (rest[1].number or 0), 3 + (kinds[2:] == [1])
                elif kinds[1:2] == ['half']:
                    seconds, used = _MINUTE * number + _MINUTE // 2, 3
            elif number is not None and kinds[:1] == ['half'] and kinds[1:2] not in ([], ['']):
                factor = self._units.get(rest[1].text, 0)
                seconds, used = factor * number + factor // 2, 3 if factor else 0
            if seconds:
                found += [Word(str(seconds), seconds), Word(second)]
                at += used
            else:
                found.append(words[at])
                at += 1
        return found

    def _best(self, words: list[Word], question: str) -> Understood:
        found = self._match(words, question)
        first = self._match(words[:1], question) if len(words) > 1 else Understood()
        if first.intent not in ('yes', 'no') or found.confidence >= 1.0:
            if not found.intent and question and words[0].text in self._negations and (
                    self._match(words[1:], question).intent == 'yes'):
                return Understood('no', WEAK)  # not ready
            return found
        # `yes, let us start`, `no, skip it`: an answer, then more words.
        rest = self._match(words[1:], question)
        if rest.confidence >= 1.0 and rest.intent != first.intent and not (
                question and first.intent == 'yes' and rest.intent in ('start', 'go_on')):
            return rest
        if question or not found.intent:
            # `Yes, no, wait` is no answer.
            mixed = first.intent == 'yes' and any(
                self._match([w], question).intent in ('no', 'stop', 'pause') for w in words[1:])
            covered = rest.confidence >= 1.0 or (
                question != '' and len(words) <= 3 and not mixed
                and not self._negated(words[1:], first.intent))
            if covered:
                return Understood(first.intent, 0.8)
        return found

    def _negated(self, left: list[Word], intent: str) -> bool:
        return intent != 'no' and any(w.text in self._negations for w in left)

    def _match(self, words: list[Word], question: str) -> Understood:
        """The phrase that covers most of the words; of equals the one with fewer slots."""
        best: tuple[tuple[float, int, int], _Phrase] | None = None
        for phrase in (*self._answers.get(question, ()), *self._phrases):
            score = self._score(words, phrase)
            if score and (best is None or (score + phrase.bonus, phrase.literal) > best[0][:2]):
                best = (score + phrase.bonus, phrase.literal, 0), phrase
        if best is None:
            return Understood()
        (score, _, _), phrase = best
        return Understood(
            phrase.intent, min(1.0, score), self._values(words, phrase))

    def _score(self, words: list[Word], phrase: _Phrase) -> float:
        """Which part of the words the phrase covers, 0 when that is not enough."""
        size = len(phrase.words)
        if not size or size > len(words):
            return 0.0
        covered = size / len(words)
        if covered < (1.0 if phrase.words in self._alone else EAGER.get(phrase.intent, COVERED)):
            return 0.0
        left = list(words)
        for wanted in sorted(phrase.words, key=lambda w: w.startswith('<')):  # words, then slots
            for i, word in enumerate(left):
                if word.text == wanted or (wanted == '<number>' and word.number is not None):
                    del left[i]
                    break
            else:
                return 0.0
        ordered = self._in_order(words, phrase.words)
        if self._negated(left, phrase.intent) or not ordered and any(
                w in self._negations for w in phrase.words):
            return 0.0  # `stop, I do not ...` is not `do not stop`
        return covered if ordered else SHUFFLED * covered

    @staticmethod
    def _in_order(words: list[Word], wanted: tuple[str, ...]) -> bool:
        rest = iter(words)
        return all(
            any(w.text == want or (want == '<number>' and w.number is not None) for w in rest)
            for want in wanted)

    def _values(self, words: list[Word], phrase: _Phrase) -> dict[str, int | str]:
        values: dict[str, int | str] = {}
        if '<number>' in phrase.words:
            taken = Counter(phrase.words)
            numbers = []
            for word in words:
                if taken[word.text] > 0:
                    taken[word.text] -= 1
                elif word.number is not None:
                    numbers.append(word.number)
            if numbers:
                # Of several the last: no, not nine, I did eight.
                unit = next((self._units[w.text] for w in words if w.text in self._units), 0)
                key, factor = ('seconds', unit) if unit else ('number', 1)
                values[key] = numbers[-1] * factor
        if phrase.intent in ('change_target', 'change_rest'):
            # Of several the last: più breve.
            sign = next(
                (self._relative[w] for w in phrase.words[::-1] if w in self._relative), 0)
            if sign:
                values['relative'] = sign
        return values

    # Names and plans.

    def _name(self, text: str, patterns: list[str], guess: bool) -> str:
        """The name in a text; guess: the pattern may be the name alone, so commands are none."""
        said = text.strip().strip('.!?,;')
        words = said.replace(',', ' ').replace('’', "'").split()
        for pattern in patterns:
            before, _, after = pattern.partition('<name>')
            name = self._between(words, self._rewrite(plain(before)), self._rewrite(plain(after)))
            if name and self._is_name(name, guess):
                return ' '.join(w if w != w.lower() else w[:1].upper() + w[1:] for w in name)
        return ''

    def _between(self, words: list[str], before: list[str], after: list[str]) -> list[str]:
        """The words between, with their capitals; fillers around are left out."""
        starts = range(len(words)) if before else range(1)
        for start in starts:
            for length in range(len(words) - start + 1):
                head = self._rewrite(plain(' '.join(words[start:start + length])))
                if head != before:
                    continue
                rest = words[start + length:]
                if after:
                    for end in range(1, len(rest)):
                        if self._rewrite(plain(' '.join(rest[end:]))) == after:
                            return self._trimmed(rest[:end])
                else:
                    return self._trimmed(rest)
        return []

    def _trimmed(self, words: list[str]) -> list[str]:
        while words and not self._soft(self._fillers(plain(words[-1]))):
            words = words[:-1]
        while words and not self._soft(self._fillers(plain(words[0]))):
            words = words[1:]
        return [w.strip('.!?,;:"') for w in words]

    def _is_name(self, words: list[str], guess: bool) -> bool:
        if not 1 <= len(words) <= _LONGEST_NAME or not all(
                w.replace("'", '').replace('-', '').isalpha() for w in words):
            return False
        known = [bare(w.lower()) for w in words]
        if all(w in self._people for w in known):
            return True
        return not any(w in self._known or w in self._common for w in known) if guess else (
            known[0] not in self._negations)

    @cached_property
    def _common(self) -> set[str]:
        """Words that are no names: all that the phrase file has, fillers too."""
        listed = (*self._file['fillers'], *self._file['soft'], *self._file['plan_words'],
                  *self._file['plan_changes'])
        return {bare(w) for text in listed for w in plain(str(text))} | {
            bare(w) for name in self._number_names for w in plain(name)}

    @cached_property
    def _exercises(self) -> list[list[str]]:
        from trainer_counter import exercises  # takes half a second, once
        names = [spoken_name(name, self.language) for name in exercises.names()]
        return [[_stem(bare(w)) for w in plain(name)] for name in names]

    def _without_exercises(self, words: list[Word]) -> list[Word]:
        stems = [_stem(w.text) for w in words]
        at = 0
        kept = []
        while at < len(words):
            sizes = [len(n) for n in self._exercises if stems[at:at + len(n)] == n]
            if not sizes:
                kept.append(words[at])
            at += max(sizes, default=1)
        return kept

    def _is_plan(self, text: str, changing: bool, asked: bool = False) -> bool:
        """Whoever makes the plans can make something of it."""
        from trainer_voice.plans import planner  # as slow as the exercises
        return planner.asks_for_plan(text, self.language, changing, asked=asked)

    def _asks_for_plan(self, words: list[Word], question: str) -> bool:
        texts = [t for w in words for t in w.text.split()]
        listed = self._file['plan_words'] + (
            self._file['plan_changes'] if question == 'plan_ok' else [])
        if len(words) > 1 and {bare(str(w)) for w in listed} & set(texts):
            return True
        # A number or two exercises beside the name of one: `twenty push ups`, not `squat`.
        stems = [_stem(t) for t in texts]
        named = [n for n in self._exercises if any(
            stems[i:i + len(n)] == n for i in range(len(stems)))]
        return bool(named) and (
            len(named) > 1 or any(w.number is not None for w in words) or question == 'plan_ok')


def languages() -> list[str]:
    """The languages that have a file of commands."""
    names = [f.name for f in resources.files(__package__).iterdir()]
    return sorted(name.removesuffix('.yaml') for name in names if name.endswith('.yaml'))


def _split(phrases: str) -> list[str]:
    return [phrase.strip() for phrase in phrases.split(',') if phrase.strip()]


def _stem(word: str) -> str:
    """Singular and plural alike, in both languages: push ups, piegamenti."""
    word = word.removesuffix('es') if word.endswith('ches') else word.removesuffix('s')
    return word[:-1] if len(word) > 4 and word[-1] in 'aeio' else word
