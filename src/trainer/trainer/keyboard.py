"""What is typed, as something that was heard."""

import os
import select
import sys
from threading import Event, Thread
from typing import TextIO

from rclpy.node import Node

from trainer_msgs.msg import Heard
from trainer_voice.ears import convert
from trainer_voice.ears.recognisers import Recognised
from trainer_voice.intents import Intents

_LOOK = 0.2  # s between looks whether to end


class Typist:
    """Publishes lines on `heard` of a node."""

    def __init__(self, node: Node, language: str = 'en'):
        """Raises UserError for a language without commands."""
        self._node, self._language, self._intents = node, language, Intents(language)
        self.publisher = node.create_publisher(Heard, 'heard', 10)

    def say(self, line: str) -> str:
        """Publish it; the intent that it has by itself, '' for none.

        Which intent an answer has depends on the question: that is left to the dialogue.
        """
        text = ' '.join(line.split())
        if text:
            self.publisher.publish(convert.heard_to_message(
                Recognised(text, '', 1.0), self._node.get_clock().now().nanoseconds,
                self._language, convert.KEYBOARD))
        return self._intents.understand(text).intent


class Keyboard:
    """Reads lines of a terminal while it is open; a context manager.

    Nothing is read where input is no terminal, nor while the program is in the background, which
    would stop it.
    """

    def __init__(self, node: Node, language: str = 'en', source: TextIO | None = None):
        """source: what is read, the standard input by default."""
        self._source = sys.stdin if source is None else source
        self.works = self._source is not None and self._source.isatty()
        self._typist = Typist(node, language) if self.works else None
        self._closed = Event()
        self._thread = Thread(target=self._read, name='keyboard', daemon=True)

    def __enter__(self) -> 'Keyboard':
        if self.works:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        if self._thread.ident is not None:
            self._thread.join(1.0)

    def _read(self) -> None:
        assert self._typist is not None
        file, rest = self._source.fileno(), b''
        while not self._closed.is_set():
            if not self._in_front(file):
                self._closed.wait(_LOOK)
                continue
            try:
                if not select.select([file], [], [], _LOOK)[0]:
                    continue
                data = os.read(file, 1024)
            except (OSError, ValueError):  # the terminal has gone
                return
            if not data:  # Ctrl-D: nothing more will be typed
                return
            *lines, rest = (rest + data).split(b'\n')
            for line in lines:
                self._typist.say(line.decode(errors='replace'))

    @staticmethod
    def _in_front(file: int) -> bool:
        try:
            return os.tcgetpgrp(file) == os.getpgrp()
        except OSError:  # not our terminal: nobody stops us
            return True
