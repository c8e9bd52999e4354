"""All that the session hears of: people, faces, movements, words, who has gone, and what a human
trainer has told the counter.
"""

from collections.abc import Callable, Sequence
from struct import unpack_from
from typing import Any

from rclpy.node import Node
from rclpy.serialization import deserialize_message

from trainer_core.clock import SECOND
from trainer_core.ros.convert import stamp_ns
from trainer_msgs.msg import FormScore, Heard, IdentityArray, Movement, PersonArray, SpeechStatus
from trainer_msgs.srv import AdjustSet, CorrectCount, JudgeMovement
from trainer_voice import convert
from trainer_voice.dialogue.events import Adjust, Correct, Judge
from trainer_voice.dialogue.session import Command, Session
from trainer_voice.ros.listeners import Listeners

_LOOK = SECOND // 10  # between looks at the people: every image would be a waste


class Senses:
    """Turns messages into events of the session that runs now."""

    def __init__(
        self, node: Node, session: Callable[[], Session],
        do: Callable[[Sequence[Command]], None], now: Callable[[], int],
    ):
        """session: the one that runs now. do: gets what it wants. now: ns on the node's clock."""
        self._session, self._do, self._now = session, do, now
        self._looked, self._listened, self._listeners = 0, False, Listeners(node)
        for kind, topic, event in (
                (IdentityArray, 'identities', self._identities),
                (Movement, 'movements', self._moved), (FormScore, 'form', self._formed),
                (Heard, 'heard', self._heard), (SpeechStatus, 'speech_status', self._spoken)):
            node.create_subscription(kind, topic, event, 10)
        node.create_subscription(PersonArray, 'poses', self._people, 1, raw=True)
        # The counter hands on what is not its own matter only: rests, and what the history keeps.
        for service, name, change in (
                (AdjustSet, 'adjust_set', self._rest), (CorrectCount, 'correct_count', self._count),
                (JudgeMovement, 'judge_movement', self._judged)):
            node.create_service(service, f'~/{name}', change)

    def look(self) -> None:
        """Is somebody listening? To be called now and then."""
        there = self._listeners.there()
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

    def _rest(self, request: AdjustSet.Request, response: AdjustSet.Response):
        if request.rest < 0:
            response.message = f'rest is {request.rest:g}; give 0 s or more'
            return response
        return self._changed(request, response, Adjust(rest=request.rest))

    def _count(self, request: CorrectCount.Request, response: CorrectCount.Response):
        response.counted = self._session().training.tally.count
        return self._changed(request, response, Correct(request.reps))

    def _judged(self, request: JudgeMovement.Request, response: JudgeMovement.Response):
        self._changed(request, response, Judge(request.accept))
        response.reps = self._session().training.tally.count
        return response

    def _changed(self, request: Any, response: Any, change: Adjust | Correct | Judge):
        trainee = self._session().training.track_id
        if request.track_id not in ('', trainee):
            response.message = f'the session is about {trainee or "nobody"}'
            return response
        said = self._session().changed(change, self._now())
        response.success = said is not None
        if said is None:
            response.message = 'there is no set that it could be about'
        self._do(said or [])
        return response

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
