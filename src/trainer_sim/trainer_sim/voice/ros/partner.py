"""The voice that answers among the nodes: hears what is said and asked, speaks into a room."""

from collections.abc import Callable, Iterable
from queue import Queue
from threading import Thread

import numpy as np
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile

from trainer_msgs.msg import Session, SpeechStatus
from trainer_sim.voice.answers import Answerer, Reply
from trainer_sim.voice.speaker import Speaker

_AFTER = 0.4  # s that one waits before answering, as people do


class Partner(Node):
    """Answers by a script, aloud.

    A question is answered when the trainer has finished the sentence that asks it; a sentence when
    it has been said. `lines` are what was said, in order.
    """

    def __init__(
        self, replies: Iterable[Reply], speaker: Speaker, hear: Callable[[np.ndarray], object],
        **kwargs,
    ):
        """hear: takes the sound, for instance Room.hear."""
        super().__init__('partner', **kwargs)
        self.lines: list[str] = []
        self._answers, self._speaker, self._hear = Answerer(replies), speaker, hear
        self._question, self._asked, self._speaking = '', True, False
        self._queue: Queue[str | None] = Queue()
        self._thread = Thread(target=self._speak, name='partner', daemon=True)
        self._thread.start()
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.create_subscription(Session, 'session', self._on_session, latched)
        self.create_subscription(SpeechStatus, 'speech_status', self._on_speech, 50)
        self._timer = self.create_timer(_AFTER, self._answer)

    def say(self, line: str) -> None:
        """Say something without being asked."""
        self.lines.append(line)
        self._queue.put(line)

    def destroy_node(self) -> None:
        self._queue.put(None)
        self._thread.join(5.0)
        super().destroy_node()

    def _on_session(self, message: Session) -> None:
        if message.question != self._question:
            self._question, self._asked = message.question, False

    def _on_speech(self, message: SpeechStatus) -> None:
        self._speaking = message.state == SpeechStatus.STARTED
        if message.state == SpeechStatus.FINISHED:
            if self._question:  # asked again
                self._asked = False
            if (line := self._answers.said(message.text)) is not None:
                self.say(line)
        self._timer.reset()

    def _answer(self) -> None:
        """When nobody has said anything for a moment."""
        if self._asked or self._speaking:
            return
        self._asked = True
        if (line := self._answers.asked(self._question)) is not None:
            self.say(line)

    def _speak(self) -> None:
        while (line := self._queue.get()) is not None:
            self._hear(self._speaker.clean(line))
