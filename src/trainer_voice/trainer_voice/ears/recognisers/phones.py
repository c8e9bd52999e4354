"""Commands by the network of this package: a graph of phones, beside any other speech."""

import math

import numpy as np

from trainer_voice.dialogue.events import State
from trainer_voice.ears.acoustic import graph
from trainer_voice.ears.acoustic.graph import END, Graph, Path
from trainer_voice.ears.acoustic.lexicon import Lexicon
from trainer_voice.ears.acoustic.model import Model
from trainer_voice.ears.recognisers.recogniser import Context, Recognised
from trainer_voice.intents import Intents
from trainer_voice.intents.words import plain

INTERRUPTS = ('stop', 'pause')  # what is listened for while the trainer speaks

# Natural logarithms of probabilities of the sound. Chosen on the half `tuned` of the recordings and
# on voices that are in no test, _ACCEPT between 2 and 3 with the other half in view (README).
_PHONE, _WORD = 4.0, 4.0  # what a phone and a word cost that belong to no command
_ACCEPT = 2.5      # so much better than any other speech must a command be
_SURE = 4.0        # and so much more for a confidence of 0.73 instead of 0.5


class Phones:
    """Commands only; what fits any other speech as well is rejected."""

    name = 'phones'

    def __init__(self, intents: Intents, confidence: float = 0.5, model: Model | None = None):
        """confidence: 0 takes more for a command than 1. Raises UserError for a damaged model."""
        self._intents = intents
        self._model = model or Model()
        self._line = _ACCEPT + 4 * _SURE * (confidence - 0.5)
        self._lexicon = Lexicon(intents.language)
        self._lexicon.learn(w for text in intents.vocabulary() for w in plain(text))
        self._commands = intents.single_words()
        self._graphs: dict[tuple[State, str], tuple[Graph, Graph]] = {}
        self._own: tuple[str, tuple[Graph, Graph]] = ('', self._made(Context()))

    def prepare(self, context: Context) -> None:
        self._graphs_of(context)

    def recognise(self, samples: np.ndarray, voiced: float, context: Context) -> Recognised:
        path, above = self.judged(self._model.hear(samples), context)
        text = ' '.join(path.words)
        understood = self._intents.understand(text, context.question)
        if above < 0 or not understood.intent or (
                context.own and understood.intent not in INTERRUPTS):
            return Recognised()
        return Recognised(
            text, understood.intent, understood.confidence / (1 + math.exp(-above / _SURE)))

    def judged(self, heard: np.ndarray, context: Context) -> tuple[Path, float]:
        """The best phrase, and how far above the line it is; heard: from Model.hear."""
        commands, others = self._graphs_of(context)
        paths = commands.paths(heard, END)
        if not paths:
            return Path(-math.inf), -math.inf
        return paths[0], paths[0].score - others.best(heard, Graph.START) - self._line

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
