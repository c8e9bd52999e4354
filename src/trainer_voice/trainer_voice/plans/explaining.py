"""Why a plan is as it is, in sentences of a language."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from trainer_voice.plans.reader import MINUTE
from trainer_voice.plans.vocabulary import Vocabulary

Reason: TypeAlias = tuple[str, dict[str, object]]  # key of a sentence in words/, values

_STEP = 5  # s, in which short times are told


def explain(reasons: Iterable[Reason], words: Vocabulary) -> str:
    """The reasons as sentences."""
    return ' '.join(filter(None, (_sentence(key, values, words) for key, values in reasons)))


def _sentence(key: str, values: Mapping[str, object], words: Vocabulary) -> str:
    template = words.sentences.get(key)
    if template is None:
        return ''
    text = template.format_map(_Worded(values, words))
    return text[:1].upper() + text[1:]


class _Worded(dict):
    """The fields of a sentence, from the values of a reason."""

    def __init__(self, values: Mapping[str, object], words: Vocabulary):
        super().__init__()
        self._values, self._words = values, words

    def __missing__(self, key: str) -> str:
        v, w = self._values, self._words
        if key == 'time':
            return minutes(float(str(v['seconds'])), w)
        if key == 'amount':
            amount = w.words.duration(float(str(v['seconds']))) if v.get('seconds') else (
                w.words.count('repetitions', int(str(v.get('reps', 0)))))
            sets = int(str(v.get('sets', 1)))
            return amount if sets == 1 else w.names['sets'].format(
                n=w.words.number(sets), amount=amount)
        if key == 'day':
            return w.day(v['day'])
        if key in ('old', 'new', 'exercise'):
            return w.exercise(str(v[key]))
        for kind, names in (('groups', w.group_names), ('joints', w.joint_names),
                            ('gear', w.gear_names)):
            if kind in v:
                return w.listed([names.get(n, n) for n in _texts(v[kind])])
        if 'exercises' in v:
            return w.listed([w.exercise(n) for n in _texts(v['exercises'])])
        if 'exercise' in v:
            return w.exercise(str(v['exercise']))
        return w.listed(_texts(v.get('words') or [v.get('name', '')]))


def _texts(values: object) -> list[str]:
    return [str(v) for v in values] if isinstance(values, list | tuple) else [str(values)]


def minutes(seconds: float, words: Vocabulary) -> str:
    """A time as one says it: whole minutes from two on, below that steps of five seconds."""
    about = _STEP * round(seconds / _STEP)
    if about <= 90 and about != MINUTE:
        return words.words.duration(about)
    whole = round(seconds / MINUTE)
    return words.names['minute'] if whole == 1 else words.names['minutes'].format(
        n=words.words.number(whole))
