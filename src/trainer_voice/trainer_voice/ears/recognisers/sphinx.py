"""pocketsphinx with grammars of what makes sense now, and other words to tell it apart from."""

import math
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from trainer_core.errors import UserError
from trainer_voice.ears.microphone import RATE
from trainer_voice.ears.recognisers.italian import phones
from trainer_voice.ears.recognisers.recogniser import Context, Recognised
from trainer_voice.intents import Intents
from trainer_voice.intents.words import plain

INTERRUPTS = ('stop', 'pause')  # what is listened for while the trainer speaks
# The shortest commands, which matter most and have the least sound to be recognised by.
CORE = {'en': ('yes', 'no', 'stop', 'go'), 'it': ('sì', 'no', 'ferma', 'basta', 'via')}

# Differences of scores (natural logarithms of probabilities of the sound). _ACCEPT lies between the
# commands and the other words of the half `tuned` of the recordings (test/hearing.py), which leave
# it little room; the other lines were set by hand, with both halves in view.
_ACCEPT = 53.0       # a core word may be so much worse than the best of the other words
_ACCEPT_OWN = -10.0  # the same while the trainer speaks
_OF_STATE = 25.0     # another command must be so much better than a core word, per word of it
_REJECT = 8.0        # another short command may be so much worse than the best of the other words
_REJECT_LONG = 60.0  # the same for one of several words, which hardly ever fits by chance
_LOUDNESS = 1500.0   # RMS that every utterance is brought to
_ROOM = 10.0         # RMS of noise that is added: in digital silence the features go astray
_AROUND = 0.2        # s of that noise before and after
_SHORT, _FEW = 0.45, 3  # s of voice that have at most so many words
_COMMON: dict[str, Any] = {
    'loglevel': 'FATAL', 'lm': None,
    'cmn': 'batch',      # means of this utterance: the same sound is always understood alike
    'bestpath': False}   # which would leave short words out, as if they were noise
_JUDGE: dict[str, Any] = {
    'compallsen': True,  # else scores depend on what else is searched for
    'lw': 1.0, 'beam': 1e-48, 'wbeam': 1e-28, 'pbeam': 1e-48}


class Sphinx:
    """Commands only; what is none is rejected.

    One decoder chooses: the best of the core words, and the best of the phrases of the state. A
    second one, whose scores can be compared, judges: how well these two fit, and how well the best
    of the words that are no commands.
    """

    name = 'pocketsphinx'

    def __init__(self, intents: Intents, confidence: float = 0.5):
        """confidence: 0 takes more for a command than 1. Raises UserError when not installed."""
        try:
            from pocketsphinx import Decoder
        except ImportError:
            raise UserError(
                'recogniser pocketsphinx is not installed; install it with: pip install '
                'pocketsphinx, or take recogniser:=text') from None
        self._intents = intents
        self._shift = 40.0 * (0.5 - confidence)
        self._core = CORE[intents.language]
        with tempfile.TemporaryDirectory(prefix='trainer-ears-') as folder:
            words = {}
            if intents.language != 'en':
                path = Path(folder) / 'words.dict'
                path.write_text(dictionary(intents), 'utf-8')
                words = {'dict': str(path)}
            self._choice = Decoder(**_COMMON, **words)
            self._judge = Decoder(**_COMMON, **_JUDGE, **words)
        self._choice.add_jsgf_string('core', _grammar([self._rule(self._core)]))
        self._judge.add_jsgf_string('other', _grammar([self._rule(intents.others)]))
        for word in self._core:
            self._judge.add_jsgf_string(f'core-{word}', _grammar([word]))
        self._known: dict[str, str] = {}  # grammars that were made known later, and their version

    def prepare(self, context: Context) -> None:
        if not context.own:
            name = f'{context.state.name}-{context.question}'
            self._load(self._choice, f'few-{name}', self._few(context))
            self._load(self._choice, f'all-{name}', self._all(context))

    def recognise(self, samples: np.ndarray, voiced: float, context: Context) -> Recognised:
        sound = conditioned(samples).tobytes()
        text = self._interruption(sound, context) if context.own else (
            self._command(sound, voiced, context))
        understood = self._intents.understand(text, context.question)
        if not understood.intent or (context.own and understood.intent not in INTERRUPTS):
            return Recognised()
        return Recognised(text, understood.intent, understood.confidence)

    def _command(self, sound: bytes, voiced: float, context: Context) -> str:
        word = self._best('core', sound)
        kind, grammar = ('few', self._few) if voiced < _SHORT else ('all', self._all)
        name = f'{kind}-{context.state.name}-{context.question}'
        self._load(self._choice, name, grammar(context))
        phrase = self._best(name, sound)
        other = self._score('other', sound)[1]
        core = self._score(f'core-{word}', sound)[1] if word else -math.inf
        said = core
        if phrase and phrase != word:
            self._load(self._judge, 'said', lambda: _grammar([phrase]), phrase)
            said = self._score('said', sound)[1]
        if said - core <= _OF_STATE * len(phrase.split()):
            return word if other - core < _ACCEPT + self._shift else ''
        line = _REJECT if len(phrase.split()) < _FEW else _REJECT_LONG
        return phrase if other - said < line + self._shift else ''

    def _interruption(self, sound: bytes, context: Context) -> str:
        """Stop or pause, if nothing that the trainer itself says sounds like it."""
        commands = [p for i, p in self._intents.phrases(context.state) if i in INTERRUPTS]
        self._load(self._judge, 'interrupt', lambda: _grammar(commands))
        own = [w for w in plain(context.own) if not any(w in p.split() for p in commands)
               and self._judge.lookup_word(w) is not None]
        if own:
            self._load(self._judge, 'own', lambda: _grammar([f'({self._rule(own)})+']), context.own)
        text, score = self._score('interrupt', sound)
        others = [self._score(n, sound)[1] for n in ('other', *(['own'] if own else []))]
        return text if max(others) - score < _ACCEPT_OWN + self._shift else ''

    # Grammars.

    def _few(self, context: Context) -> Callable[[], str]:
        return lambda: self._intents.grammar(context.state, context.question, _FEW)

    def _all(self, context: Context) -> Callable[[], str]:
        return lambda: self._intents.grammar(context.state, context.question)

    def _load(
        self, decoder: Any, name: str, text: Callable[[], str], version: str = '',
    ) -> None:
        """Make a grammar known to a decoder, unless it is already, in this version."""
        if self._known.get(name) == version:
            return
        if name in self._known:
            decoder.remove_search(name)
        decoder.add_jsgf_string(name, text())
        self._known[name] = version

    def _best(self, name: str, sound: bytes) -> str:
        """What fits best of a grammar, '' if nothing does."""
        self._choice.activate_search(name)
        return _decode(self._choice, sound)[0]

    def _score(self, name: str, sound: bytes) -> tuple[str, float]:
        """What fits best of a grammar, '' if nothing does, and how well."""
        self._judge.activate_search(name)
        return _decode(self._judge, sound)

    @staticmethod
    def _rule(words: Iterable[str]) -> str:
        return ' | '.join(words)


def _grammar(choices: list[str]) -> str:
    return f'#JSGF V1.0;\ngrammar ears;\npublic <heard> = {" | ".join(choices)};\n'


def _decode(decoder, sound: bytes) -> tuple[str, float]:
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    if hypothesis is None or hypothesis.score <= 0:
        return '', -math.inf
    # The score is in units of 2**10 of the logarithm, against overflow (SENSCR_SHIFT).
    return hypothesis.hypstr, 1024 * math.log(hypothesis.score)


def dictionary(intents: Intents) -> str:
    """A pronunciation of every word of the grammars, in the phones of the English model."""
    lines = []
    for word in sorted(intents.vocabulary()):
        sounds = phones(word)
        lines.append(f'{word} {sounds}')
        if sounds.endswith('AO'):
            lines.append(f'{word}(2) {sounds.removesuffix("AO")}OW')
    return '\n'.join(lines) + '\n'


def conditioned(samples: np.ndarray) -> np.ndarray:
    """At one loudness, (n,) int16 to (m,) int16; pocketsphinx itself takes noise away."""
    sound = samples.astype(float) - samples.mean()
    sound *= _LOUDNESS / max(float(np.sqrt((sound**2).mean())), 1.0)
    around = round(_AROUND * RATE)
    room = np.random.default_rng(0).normal(0.0, _ROOM, len(sound) + 2 * around)
    room[around:around + len(sound)] += sound
    return room.clip(-32768, 32767).astype(np.int16)
