"""What the session wants other nodes to do, and their answers."""

from collections.abc import Callable
from typing import Any

from rcl_interfaces.srv import GetParameters, SetParameters
from rclpy.node import Node

from trainer_msgs.srv import AdjustSet, CorrectCount, Enroll, Forget, JudgeMovement
from trainer_voice import convert
from trainer_voice.dialogue.events import Answer, Request

_NAMES = {
    Enroll: 'enroll', Forget: 'forget', CorrectCount: 'correct_count', AdjustSet: 'adjust_set',
    JudgeMovement: 'judge_movement'}


class Errands:
    """Calls the services of identity, counter and mouth; never waits."""

    def __init__(self, node: Node, answered: Callable[[Request, Answer], None]):
        self._node, self._answered = node, answered
        # By the type of the request, which is a class inside that of the service.
        self._clients: dict[type, Any] = {
            kind.Request: node.create_client(kind, name) for kind, name in _NAMES.items()}
        self._mouth = (
            node.create_client(GetParameters, 'mouth/get_parameters'),
            node.create_client(SetParameters, 'mouth/set_parameters'))

    def run(self, request: Request, track_id: str = '') -> bool:
        """False when it is none that these services do. track_id: the trainee, '' = the only one.

        A service that is not there is an answer, too.
        """
        message = convert.request_to_service(request, track_id)
        if message is None:
            return False
        client = self._clients[type(message)]
        if not client.service_is_ready():
            self._answered(request, Answer(
                False, f'nobody answers on {client.srv_name}; is its node running?'))
            return True

        def done(future) -> None:
            if future.exception() is not None:
                self._answered(request, Answer(False, str(future.exception())))
                return
            self._answered(request, convert.answer_from_service(future.result()))
        client.call_async(message).add_done_callback(done)
        return True

    def change_pace(self, pace: str) -> None:
        """Tell the mouth; a mouth that is not there, or not ours, speaks as it did."""
        ask, tell = self._mouth
        if not (ask.service_is_ready() and tell.service_is_ready()):
            return

        def told(future) -> None:
            rate = convert.new_rate(future.result(), pace) if future.result() else None
            if rate is not None:
                tell.call_async(rate)
        ask.call_async(convert.ask_rate()).add_done_callback(told)
