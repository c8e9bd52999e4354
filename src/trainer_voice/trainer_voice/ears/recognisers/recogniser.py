"""What every recogniser gets and gives."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trainer_voice.dialogue.events import State


@dataclass(frozen=True)
class Context:
    """What is going on while somebody speaks."""

    state: State = State.IDLE
    question: str = ''  # Session.question
    own: str = ''       # what the trainer says at the same time: only `stop` and `pause` count


@dataclass(frozen=True)
class Recognised:
    """What was heard; intent '' is no command, text '' nothing that makes sense."""

    text: str = ''
    intent: str = ''
    confidence: float = 0.0  # [0, 1]


class Recogniser(Protocol):
    """Used from one thread."""

    name: str

    def prepare(self, context: Context) -> None:
        """Get ready for utterances in this context, so that the first one is not late."""

    def recognise(self, samples: np.ndarray, voiced: float, context: Context) -> Recognised:
        """samples: (n,) int16 at 16 kHz; voiced: s of voice in them. Raises UserError."""
