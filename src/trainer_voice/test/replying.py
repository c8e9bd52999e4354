"""From the end of speech to the start of the reply, and where the time goes, through the nodes.

    python replying.py [en|it] [times] [recogniser]

Somebody (espeak-ng) speaks into a noisy room (20 dB) in real time; ears, dialogue and mouth answer,
the mouth with pyttsx3 into a file. The end of speech is that of the last sample of the voice.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import monotonic

import numpy as np
from rclpy.node import Node

from trainer_core.ros.stage import Graph
from trainer_msgs.msg import Heard, Say, SpeechStatus
from trainer_sim.voice import VOICES, Room, Speaker
from trainer_voice.dialogue.dialogue_node import DialogueNode
from trainer_voice.ears.ears_node import EarsNode
from trainer_voice.mouth.mouth_node import MouthNode

QUESTIONS = {
    'en': ('how many left', "what's next", 'how many are left', 'what is left'),
    'it': ('quante ne mancano', 'cosa viene dopo', 'quanto manca', 'cosa viene dopo')}
STAGES = ('noticing that it is over', 'recognising', 'heard', 'dialogue', 'say to sound', 'all')
LOUD = 0.03  # of the loudest sample: less at the end of a recording is no voice any more
LEVEL = 250.0  # RMS of the room, 20 dB below the voice


@dataclass
class Reply:
    """Of one question: when (monotonic s) what had happened."""

    ended: float = 0.0       # the voice
    noticed: float = 0.0     # the recogniser begins
    recognised: float = 0.0
    heard: float = 0.0       # the message has come
    said: float = 0.0
    started: float = 0.0     # the mouth has begun

    def stages(self) -> list[float]:
        """s each of STAGES took."""
        at = [self.ended, self.noticed, self.recognised, self.heard, self.said, self.started]
        return [b - a for a, b in zip(at, at[1:], strict=False)] + [at[-1] - at[0]]


def voice_only(sound: np.ndarray) -> np.ndarray:
    """Without the silence that a synthesiser leaves behind."""
    return sound[:np.flatnonzero(np.abs(sound) > LOUD * np.abs(sound).max())[-1] + 1]


class Asking:
    """A counter that has opened a set, and somebody who asks."""

    def __init__(self, graph, folder: Path, language: str = 'en', **ears):
        from test_dialogue_node import Counter
        self.graph, self.reply, self._busy = graph, Reply(), set[str]()
        self.room = Room(folder / 'room', LEVEL)
        self.speaker = Speaker(VOICES[language][0])
        self.ears = graph.add(EarsNode, parameters={
            'microphone': f'pipe:{self.room.path}', 'language': language, **ears})
        graph.add(MouthNode, parameters={'voice': 'file', 'file': str(folder / 'said.wav')})
        self.dialogue = graph.add(DialogueNode, parameters={
            'exercise': 'squat', 'target_reps': 100, 'language': language})
        self.counter = graph.add(Counter)
        node = graph.add(Node, 'listener')
        node.create_subscription(Heard, 'heard', lambda _: self._mark('heard'), 10)
        node.create_subscription(Say, 'say', self._said, 10)
        node.create_subscription(SpeechStatus, 'speech_status', self._spoken, 10)
        recogniser = self.ears._ears.recogniser
        recognise = recogniser.recognise

        def timed(*args):
            begin = monotonic()
            heard = recognise(*args)
            if heard.text and not self.reply.recognised:
                self.reply.noticed, self.reply.recognised = begin, monotonic()
            return heard
        recogniser.recognise = timed
        assert graph.until(lambda: self.counter.goals and not self._busy, 30)

    def ask(self, text: str) -> Reply | None:
        """None for what was not understood."""
        assert self.graph.until(lambda: not self._busy, 30)
        pause = monotonic() + 1.0
        self.graph.until(lambda: monotonic() > pause, 2)
        self.reply = Reply()
        self.room.hear(voice_only(self.speaker.clean(text)))
        if not self.graph.until(lambda: self.reply.started, 6.0):
            return None
        self.reply.ended = self.room.ended
        return self.reply

    def close(self) -> None:
        self.room.close()

    def _mark(self, what: str) -> None:
        if not getattr(self.reply, what):
            setattr(self.reply, what, monotonic())

    def _said(self, message: Say) -> None:
        self._busy.add(message.id)
        self._mark('said')

    def _spoken(self, message: SpeechStatus) -> None:
        if message.state == SpeechStatus.STARTED:
            self._mark('started')
        else:
            self._busy.discard(message.id)


def table(replies: list[Reply]) -> str:
    """Median and 95 % of every stage, ms."""
    rows = list(zip(*(r.stages() for r in replies), strict=True))
    lines = ['| | median | 95 % |', '| --- | --- | --- |']
    for name, row in zip(STAGES, rows, strict=True):
        lines.append(
            f'| {name} | {1000 * median(row):.0f} ms | {1000 * quantiles(row, n=20)[-1]:.0f} ms |')
    return '\n'.join(lines)


if __name__ == '__main__':
    LANGUAGE, TIMES, *OTHER = (*sys.argv[1:], *('en', '30')[len(sys.argv) - 1:])
    GRAPH = Graph()
    with tempfile.TemporaryDirectory() as FOLDER:
        ASKING = Asking(
            GRAPH, Path(FOLDER), LANGUAGE, **({'recogniser': OTHER[0]} if OTHER else {}))
        FOUND = [ASKING.ask(QUESTIONS[LANGUAGE][i % 4]) for i in range(int(TIMES))]
        ASKING.close()
        GRAPH.close()
    print(f'{sum(r is not None for r in FOUND)} of {TIMES} answered')
    print(table([r for r in FOUND if r is not None]))
