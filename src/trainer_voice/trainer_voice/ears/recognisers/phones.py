"""Commands by the network of this package: a graph of phones, beside any other speech."""

import logging
import math
from dataclasses import replace

import numpy as np

from trainer_core.errors import UserError
from trainer_voice.dialogue.events import State
from trainer_voice.ears.acoustic import graph
from trainer_voice.ears.acoustic.graph import END, Graph, Path
from trainer_voice.ears.acoustic.lexicon import Lexicon
from trainer_voice.ears.acoustic.model import Model
from trainer_voice.ears.acoustic.opinion import LONGEST, Opinion
from trainer_voice.ears.microphone import RATE
from trainer_voice.ears.recognisers.recogniser import Context, Recognised
from trainer_voice.intents import Intents
from trainer_voice.intents.words import plain

INTERRUPTS = ('stop', 'pause')  # what is listened for while the trainer speaks
BEGINNINGS = ('yes', 'start')   # what is worse to mistake than any other

# Natural logarithms of probabilities of the sound. Chosen on the half `tuned` of the recordings, as
# they are, in noise and played backwards, and on voices that are in no test (README).
_PHONE, _WORD = 4.0, 4.0  # what a phone and a word cost that belong to no command
_ACCEPT = 4.0      # so much better than any other speech must a command be
_SHORT, _FEW = 6.0, range(3, 6)  # one of so many phones, as many words are; two give 8 at most
_PARTLY = 2.5      # one of which not all can be heard
_SURE = 4.0        # and so much more for a confidence of 0.73 instead of 0.5
_DOUBT = 2.0       # what begins something must be so much better than any command that does not
_RIVALS = 12       # ways to say a command that are looked at for that
_BROKEN = 30.0     # dB in 20 ms: so fast no voice ends, somebody has cut it off
_UNHEARD = 0.4     # what 20 ms of a phone cost that would have come after that
# The second opinion. Chosen on the half `tuned`, by layers that had not heard the speaker, and on
# voices drawn by chance that are in no training.
_EVEN = 1.0        # what it adds to a word that it thinks as likely as not; else, the odds as well
_AGAINST, _FOR = -8.0, 4.0  # and at most
_FRAME, _HALF = RATE // 50, RATE // 80  # samples between two rows of Model.hear; half of a window


_log = logging.getLogger(__name__)


class Phones:
    """Commands only; what fits any other speech as well is rejected.

    Of single English words it asks for a second opinion, where that is installed.
    """

    name = 'phones'

    def __init__(
        self, intents: Intents, confidence: float = 0.5, model: Model | None = None,
        second: bool = True,
    ):
        """confidence: 0 takes more for a command than 1. second: whether to ask for an opinion.

        Raises UserError for a damaged model.
        """
        self._intents = intents
        self._alike: dict[tuple[str, str], np.ndarray] = {}
        self._model = model or Model()
        self._opinion: Opinion | None = None
        if second and intents.language == 'en':
            try:
                self._opinion = Opinion()
            except UserError as error:
                _log.warning('%s', error)
                self.name = 'phones, no second opinion'
        self._shift = 4 * _SURE * (confidence - 0.5)
        self._lexicon = Lexicon(intents.language)
        self._lexicon.learn(w for text in intents.vocabulary() for w in plain(text))
        self._commands = intents.single_words()
        self._graphs: dict[tuple[State, str], tuple[Graph, Graph]] = {}
        self._own: tuple[str, tuple[Graph, Graph]] = ('', self._made(Context()))

    def prepare(self, context: Context) -> None:
        self._graphs_of(context)

    def recognise(self, samples: np.ndarray, voiced: float, context: Context) -> Recognised:
        heard = self._model.hear(samples)
        opinion = None
        if self._opinion and not context.own and len(samples) <= LONGEST * RATE:
            opinion = self._opinion.hear(samples)
        path, better = self.judged(heard, context, opinion)
        above = better - self._line(path, context.own != '')
        end = broken_off(samples) if above < 0 else None
        if end is not None:
            path, better = self.judged(unheard(heard, end), context, opinion, broken=True)
            above = better - self._line(path, True)
        text = ' '.join(path.words)
        understood = self._intents.understand(text, context.question)
        if above < 0 or not understood.intent or (
                context.own and understood.intent not in INTERRUPTS):
            return Recognised()
        return Recognised(
            text, understood.intent, understood.confidence / (1 + math.exp(-above / _SURE)))

    def judged(
        self, heard: np.ndarray, context: Context, opinion: np.ndarray | None = None,
        broken: bool = False,
    ) -> tuple[Path, float]:
        """The best phrase, and how much better it is than any other speech.

        heard: from Model.hear. opinion: from Opinion.hear, of the same sound.
        A yes that may as well be a stop is a stop, and one that may be anything else is nothing; so
        is whatever may be something else when its end is missing (broken).
        """
        commands, others = self._graphs_of(context)
        paths = commands.paths(heard, END, _RIVALS)
        if not paths:
            return Path(-math.inf), -math.inf
        if opinion is not None:
            paths = sorted(
                (replace(p, score=p.score + self._added(p, context, opinion)) for p in paths),
                key=lambda p: -p.score)
        best = paths[0]
        intent = self._intent(best, context)
        near = {self._intent(p, context): p for p in paths[::-1] if p.score > best.score - _DOUBT}
        doubted = near.keys() - {'', *(BEGINNINGS if intent in BEGINNINGS else (intent,))}
        if doubted and (broken or intent in BEGINNINGS):
            best = next((near[i] for i in INTERRUPTS if i in near), Path(-math.inf))
        return best, best.score - others.best(heard, Graph.START)

    def _added(self, path: Path, context: Context, opinion: np.ndarray) -> float:
        """What the second opinion adds to a single word: the odds that it means that."""
        alike = self._meaning(path, context)
        if alike is None:
            return 0.0
        share = float(np.exp(opinion[alike]).sum())
        odds = math.log(max(share, 1e-6)) - math.log(max(1 - share, 1e-6))
        return min(max(odds + _EVEN, _AGAINST), _FOR)

    def _meaning(self, path: Path, context: Context) -> np.ndarray | None:
        """Which rows of an opinion mean the same as a single word; None if it has none of it."""
        if not self._opinion or len(path.words) != 1 or path.words[0] not in self._opinion.words:
            return None
        key = path.words[0], context.question
        if key not in self._alike:
            intent = self._intent(path, context)
            self._alike[key] = np.array([False, *(
                w == path.words[0] or (intent != '' and intent == self._intents.understand(
                    w, context.question).intent) for w in self._opinion.words)])
        return self._alike[key]

    def _line(self, path: Path, partly: bool) -> float:
        """How much better than any other speech a phrase must be; partly: it is broken off, or the
        trainer speaks at the same time.
        """
        phones = sum(min(map(len, self._lexicon.ways(word))) for word in path.words)
        return self._shift + (_PARTLY if partly else _SHORT if phones in _FEW else _ACCEPT)

    def _intent(self, path: Path, context: Context) -> str:
        return self._intents.understand(' '.join(path.words), context.question).intent

    def _graphs_of(self, context: Context) -> tuple[Graph, Graph]:
        """Commands, and all that they are told apart from."""
        if context.own:
            if self._own[0] != context.own:
                self._own = context.own, self._made(context)
            return self._own[1]
        key = context.state, context.question
        if key not in self._graphs:
            self._graphs[key] = self._made(context)
        return self._graphs[key]

    def _made(self, context: Context) -> tuple[Graph, Graph]:
        found = [p for i, p in self._intents.phrases(context.state, context.question)
                 if not context.own or i in INTERRUPTS]
        # Commands of other states, and what the trainer itself says, are other words here.
        words = {*self._intents.others, *self._commands, *plain(context.own)}
        words -= {w for p in found for w in plain(p)}
        self._lexicon.learn(words)
        rest = sorted(words), _PHONE, _WORD
        commands = (graph.amidst(self._lexicon, found, *rest) if context.own
                    else graph.phrases(self._intents, self._lexicon, found))
        # Most names are not known: one must fit by itself, however well "my name is" does.
        heads = graph.heads(found, '<name>')
        return commands, graph.anything(self._lexicon, *rest, heads)


def broken_off(samples: np.ndarray) -> int | None:
    """The sample from which on nothing is heard any more, where a voice was cut off in the middle
    of a sound: a microphone was muted, a recording ended. None if it was not.
    """
    step = RATE // 100
    blocks = samples[:len(samples) // step * step].astype(np.float32).reshape(-1, step)
    loud = np.maximum(np.sqrt((blocks ** 2).mean(1)), 1.0)
    if len(loud) < 6:
        return None
    later = np.maximum.accumulate(loud[::-1])[::-1]  # the loudest from here on
    falls = 20 * np.log10(loud[:-2] / later[2:])
    at = np.flatnonzero(falls[:-4] >= _BROKEN)
    return (int(at[-1]) + 1) * step if len(at) else None


def unheard(heard: np.ndarray, end: int) -> np.ndarray:
    """What was heard, from Model.hear; from sample `end` on anything is possible, silence most."""
    first = max(0, -(-(end - _HALF) // _FRAME))
    out = heard.copy()
    out[first:, 0], out[first:, 1:] = 0.0, -_UNHEARD
    return out
