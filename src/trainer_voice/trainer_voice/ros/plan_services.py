"""Workouts and history for the session, and the services load_workout and plan_workout."""

from collections.abc import Callable

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.task import Future

from trainer_msgs.srv import LoadWorkout, PlanWorkout
from trainer_voice import convert
from trainer_voice.dialogue.archive import Archive
from trainer_voice.dialogue.events import Answer, Request
from trainer_voice.dialogue.keeper import Keeper
from trainer_voice.ros.desk import Desk


class PlanServices:
    """Answers in the node's thread, works in that of the desk."""

    def __init__(self, node: Node, desk: Desk, archive: Callable[[], Archive]):
        """archive: the one to ask now; another one after a change of parameters."""
        self._desk, self._archive = desk, archive
        group = ReentrantCallbackGroup()  # the session goes on while a plan is made
        node.create_service(LoadWorkout, 'load_workout', self._load, callback_group=group)
        node.create_service(PlanWorkout, 'plan_workout', self._plan, callback_group=group)

    def look_up(
        self, request: Request, keeper: Keeper, then: Callable[[Request, Answer], None],
    ) -> None:
        """What a session wants to know; keeper: writes that session."""
        archive = self._archive()
        self._desk.do(
            lambda: archive.answer(request, keeper.session_id),
            lambda answer, fault: then(request, answer or Answer(False, fault)))

    async def _load(self, request: LoadWorkout.Request, response: LoadWorkout.Response):
        answer = await self._done(
            lambda archive: archive.load(request.person_id, request.name))
        return convert.answer_to_loaded(answer, response)

    async def _plan(self, request: PlanWorkout.Request, response: PlanWorkout.Response):
        answer = await self._done(
            lambda archive: archive.plan(request.text, request.person_id, request.language))
        return convert.answer_to_planned(answer, response)

    def _done(self, work: Callable[[Archive], Answer]) -> Future:
        future, archive = Future(), self._archive()
        self._desk.do(
            lambda: work(archive),
            lambda answer, fault: future.set_result(answer or Answer(False, fault)))
        return future
