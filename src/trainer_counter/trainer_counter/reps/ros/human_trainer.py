"""What a human trainer may change while somebody trains: the count, a verdict, the targets."""

from collections.abc import Callable
from typing import Any

from rclpy.node import Node

from trainer_core.errors import UserError
from trainer_counter.reps.sets import Open, Sets
from trainer_msgs.srv import AdjustSet, CorrectCount, JudgeMovement


class HumanTrainer:
    """The services correct_count, judge_movement and adjust_set; the log keeps both values."""

    def __init__(self, node: Node, sets: Sets, changed: Callable[[Open], None]):
        """changed: is told of every set that was changed."""
        self._sets, self._changed, self._log = sets, changed, node.get_logger()
        node.create_service(CorrectCount, 'correct_count', self._on_correct)
        node.create_service(JudgeMovement, 'judge_movement', self._on_judge)
        node.create_service(AdjustSet, 'adjust_set', self._on_adjust)
        self._dialogue = {
            kind.Request: node.create_client(kind, f'dialogue/{name}') for kind, name in (
                (CorrectCount, 'correct_count'), (JudgeMovement, 'judge_movement'),
                (AdjustSet, 'adjust_set'))}

    def _on_correct(self, request: CorrectCount.Request, response: CorrectCount.Response):
        def correct(opened: Open) -> str:
            counted = int(opened.set.reps)
            sentence = opened.correct(request.reps)
            response.counted = counted
            return sentence
        self._change(request, response, 'count', correct)
        if response.success:
            self._hand_on(request)
        return response

    def _on_judge(self, request: JudgeMovement.Request, response: JudgeMovement.Response):
        def judge(opened: Open) -> str:
            sentence = opened.judge(request.accept)
            response.reps = int(opened.set.reps)
            return sentence
        self._change(request, response, 'newest movement', judge)
        if response.success:
            self._hand_on(request)
            self._hand_on(CorrectCount.Request(track_id=request.track_id, reps=response.reps))
        return response

    def _on_adjust(self, request: AdjustSet.Request, response: AdjustSet.Response):
        self._change(request, response, 'set', lambda opened: opened.adjust(
            request.target_reps, request.target_seconds, request.rest))
        if response.success and request.rest >= 0:
            self._hand_on(AdjustSet.Request(
                track_id=request.track_id, target_reps=-1, target_seconds=-1.0, rest=request.rest))
        return response

    def _hand_on(self, request: Any) -> None:
        """Whoever times the rests and keeps the history must know; where nobody does, nobody is
        asked.
        """
        client = self._dialogue[type(request)]
        if client.service_is_ready():
            client.call_async(request)

    def _change(self, request: Any, response: Any, what: str, change: Callable[[Open], str]):
        try:
            opened = self._sets.of(request.track_id)
            response.message = change(opened)
        except UserError as error:
            response.message = str(error)
            return response
        response.success = True
        self._log.info(
            f'{what} of {opened.set.exercise.name} by {opened.set.track_id or "nobody in view"} '
            f'changed by a human: {response.message}')
        self._changed(opened)
        return response
