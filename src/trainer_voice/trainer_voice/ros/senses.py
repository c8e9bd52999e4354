"""All that the session hears of by topics: people, faces, movements, words, and who has gone."""

from collections.abc import Callable, Sequence
from struct import unpack_from

from rclpy.node import Node
from rclpy.serialization import deserialize_message

from trainer_core.clock import SECOND
from trainer_core.ros.convert import stamp_ns
from trainer_msgs.msg import FormScore, Heard, IdentityArray, Movement, PersonArray, SpeechStatus
from trainer_voice import convert
from trainer_voice.dialogue.session import Command, Session

_LOOK = SECOND // 10  # between looks at the people: every image would be a waste


class Senses:
    """Turns messages into events of the session that runs now."""

    def __init__(
        self, node: Node, session: Callable[[], Session],
        do: Callable[[Sequence[Command]], None], now: Callable[[], int],
    ):
        """session: the one that runs now. do: gets what it wants. now: ns on the node's clock."""
        self._node, self._session, self._do, self._now = node, session, do, now
        self._looked, self._listened = 0, False
        for kind, topic, event in (
                (IdentityArray, 'identities', self._identities),
                (Movement, 'movements', self._moved), (FormScore, 'form', self._formed),
                (Heard, 'heard', self._heard), (SpeechStatus, 'speech_status', self._spoken)):
            node.create_subscription(kind, topic, event, 10)
        node.create_subscription(PersonArray, 'poses', self._people, 1, raw=True)

    def look(self) -> None:
        """Is somebody listening? To be called now and then."""
        there = self._node.count_publishers('heard') > 0
        if there or self._listened:  # where there never were ears nobody misses them
            self._do(self._session().ears(there, self._now()))
        self._listened = self._listened or there

    def _people(self, raw: bytes) -> None:
        # The stamp stands first, behind four bytes of CDR of which the second is the byte order.
        sec, nanosec = unpack_from('<iI' if raw[1] else '>iI', raw, 4)
        stamp = sec * SECOND + nanosec
        if 0 <= stamp - self._looked < _LOOK:
            return
        self._looked = stamp
        self._session().people(
            convert.bodies_from_message(deserialize_message(raw, PersonArray)), stamp)

    def _identities(self, message: IdentityArray) -> None:
        self._session().faces(
            convert.faces_from_message(message), stamp_ns(message.header.stamp))

    def _moved(self, message: Movement) -> None:
        self._do(self._session().moved(convert.movement_from_message(message)))

    def _formed(self, message: FormScore) -> None:
        self._do(self._session().scored(convert.form_from_message(message)))

    def _heard(self, message: Heard) -> None:
        self._do(self._session().heard(convert.heard_from_message(message), self._now()))

    def _spoken(self, message: SpeechStatus) -> None:
        if message.state != SpeechStatus.STARTED:
            self._session().spoken(message.id, self._now())
