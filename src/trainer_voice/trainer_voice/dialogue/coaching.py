"""What is said about the form: one hint at most for a repetition, and praise when it is heeded."""

from dataclasses import replace
from math import degrees, isfinite, pi

from trainer_core.clock import SECOND
from trainer_voice.dialogue.events import Correction, Form
from trainer_voice.dialogue.names import spoken_part
from trainer_voice.dialogue.wording import Wording

RUNNING = 2            # times the same hint is given in a row
STEP = 5               # degrees: nobody bends a knee by 17 of them
WORDS = 2.8            # a second, as the mouth speaks
NUMBER = 0.8           # s that the next number needs
USUAL = 3.5            # s from one repetition to the next, as long as there has been only one

Key = tuple[str, str]  # part without its side, direction


class Coach:
    """Hears of the form of every repetition of a set."""

    def __init__(self, words: Wording):
        self._words = words
        self.begin()

    def begin(self) -> None:
        """Another set: what was told in the one before may be told again."""
        self._last: list[Key] = []         # of the latest hints
        self._open: dict[Key, int] = {}    # told and not yet corrected: the repetition
        self._unsaid: Form | None = None   # the latest that was told in short only
        self._before = 0                   # stamp of the repetition before
        self._gap = USUAL                  # s between the latest two repetitions

    def scored(self, form: Form, offset: int = 0) -> str:
        """What to say about a repetition; '' is nothing. offset: repetitions before this set."""
        if self._before:
            self._gap = max(form.stamp - self._before, 0) / SECOND
        self._before = form.stamp
        hints = merged(form.hints)
        if praise := self._corrected(form, hints):
            return praise
        for hint in () if form.correct else hints:
            if self._last[-RUNNING:] == [_key(hint)] * RUNNING:
                continue
            return self._told(hint, form, offset)
        return ''

    def last(self, form: Form) -> None:
        """The form of the last repetition, which comes when the set is over already."""
        hints = merged(form.hints)
        if self._corrected(form, hints):
            return
        if hints and not form.correct:
            self._unsaid = replace(form, hints=(hints[0],))

    def after_set(self, offset: int = 0) -> str:
        """In the rest: in full the last hint that there was no time for, and was not heeded."""
        form, self._unsaid = self._unsaid, None
        if form is None:
            return ''
        return corrected(self._words, form.hints[0], form.rep + offset, form.exercise)

    def _corrected(self, form: Form, hints: list[Correction]) -> str:
        still = {_key(hint) for hint in hints}
        heeded = [key for key in self._open if key not in still]
        if not (form.correct and heeded):
            return ''
        for key in heeded:
            del self._open[key]
        self._last, self._unsaid = [], None
        return self._words.say('better')

    def _told(self, hint: Correction, form: Form, offset: int) -> str:
        self._last.append(_key(hint))
        self._open[_key(hint)] = form.rep
        full = corrected(self._words, hint, form.rep + offset, form.exercise)
        plain = corrected(self._words, hint, 0, form.exercise)
        short = corrected(
            self._words, replace(hint, amount=float('nan')), 0, form.exercise)
        fits = [text for text in (full, plain, short) if _lasts(text) + NUMBER <= self._gap]
        said = fits[0] if fits else short
        self._unsaid = None if said == full else replace(form, hints=(hint,))
        return said


def merged(hints: tuple[Correction, ...]) -> list[Correction]:
    """Left and right with the same correction at the same moment become one: both knees."""
    found: list[Correction] = []
    for hint in hints:
        side, _, base = hint.part.partition('_')
        twin = next((
            i for i, other in enumerate(found)
            if side in ('left', 'right') and other.part == f'{_other(side)}_{base}'
            and (other.direction, other.moment) == (hint.direction, hint.moment)), None)
        if twin is None:
            found.append(hint)
        else:
            mean = (found[twin].amount + hint.amount) / 2
            found[twin] = replace(found[twin], part=f'both_{base}', amount=mean)
    return found


def corrected(words: Wording, hint: Correction, rep: int = 0, exercise: str = '') -> str:
    """A hint as a sentence: "third rep, at the bottom: bend your left knee twenty degrees more".

    rep: number of the repetition, 0 leaves out which and when. exercise: whose file may have
    the words for a part of its own, as a bar.
    """
    own = spoken_part(exercise, hint.part, words.language, words.dirs) if exercise else ''
    sentence = own or _what(words, hint)
    if rep:
        moment = words.moments.get(hint.moment, '')
        when = words.ordinal(rep) + (f', {moment}' if moment else '')
        sentence = f'{when}: {sentence}'
    return sentence[0].upper() + sentence[1:] + '.'


def _what(words: Wording, hint: Correction) -> str:
    if hint.direction in words.tempo:
        size = abs(hint.amount) if isfinite(hint.amount) else 0.3
        return words.tempo[hint.direction]['much' if size >= 0.5 else 'some']
    side, _, base = hint.part.partition('_')
    if side not in ('left', 'right', 'both') or base not in words.parts:
        side, base = 'one', hint.part
    if base == 'body' and hint.direction in words.range:
        return words.range[hint.direction]
    part = words.part(base, side)
    step = STEP * round(degrees(abs(hint.amount)) / STEP) if isfinite(hint.amount) else 0
    direction = words.directions.get(hint.direction, words.directions['other'])
    if not step or step * pi / 180 > pi:
        return direction['more'].format(part=part)
    return direction['by'].format(part=part, amount=words.count('degrees', step))


def _lasts(text: str) -> float:
    return len(text.split()) / WORDS


def _key(hint: Correction) -> Key:
    side, _, base = hint.part.partition('_')
    return (base if side in ('left', 'right', 'both') else hint.part), hint.direction


def _other(side: str) -> str:
    return 'left' if side == 'right' else 'right'
