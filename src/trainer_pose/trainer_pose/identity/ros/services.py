"""The services about who is enrolled."""

from collections.abc import Callable

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.task import Future

from trainer_core.database import Database
from trainer_core.errors import UserError
from trainer_msgs.srv import Enroll, Forget, ListPeople
from trainer_pose.identity import people as store
from trainer_pose.identity.recogniser import Recogniser
from trainer_pose.identity.ros.settings import IdentityParams

_SPARE = 5.0  # s that an enrolment gets beyond those of the images, should no more images come


class PeopleServices:
    """enroll, forget and list_people; the last two work without face recognition, too."""

    def __init__(
        self, node: Node, params: Callable[[], IdentityParams],
        recogniser: Callable[[], Recogniser | None], database: Callable[[], Database],
        changed: Callable[[], None],
    ):
        """recogniser: None while it is not there. database: raises UserError when it cannot be
        opened. changed: called when others than before are enrolled."""
        self._node, self._params, self._recogniser = node, params, recogniser
        self._database, self._changed = database, changed
        # In a group of its own, or nothing else of the node would run until it is answered.
        node.create_service(
            Enroll, 'enroll', self._on_enroll, callback_group=ReentrantCallbackGroup())
        node.create_service(Forget, 'forget', self._on_forget)
        node.create_service(ListPeople, 'list_people', self._on_list)

    async def _on_enroll(
        self, request: Enroll.Request, response: Enroll.Response,
    ) -> Enroll.Response:
        recogniser, params = self._recogniser(), self._params()
        if recogniser is None:
            response.message = (
                getattr(self._node, 'fault', '') or 'faces are not looked at: the node identity '
                'is not active')
            return response
        ended: Future = Future()
        try:
            recogniser.enroll(
                request.name, request.track_id, lambda *result: ended.set_result(result),
                params.enroll_looks, params.enroll_seconds)
        except UserError as error:
            response.message = str(error)
            return response
        timer = self._node.create_timer(
            params.enroll_seconds + _SPARE, recogniser.give_up,
            clock=Clock(clock_type=ClockType.STEADY_TIME))
        try:
            response.success, response.person_id, response.message = await ended
        finally:
            self._node.destroy_timer(timer)
        self._node.get_logger().info(f'enrol {request.name}: {response.message}')
        self._changed()
        return response

    def _on_forget(self, request: Forget.Request, response: Forget.Response) -> Forget.Response:
        recogniser = self._recogniser()
        try:
            response.message = (
                recogniser.forget(request.person_id) if recogniser is not None
                else store.forget(self._database(), request.person_id))
            response.success = True
        except UserError as error:
            response.message = str(error)
        self._node.get_logger().info(f'forget: {response.message}')
        self._changed()
        return response

    def _on_list(
        self, request: ListPeople.Request, response: ListPeople.Response,
    ) -> ListPeople.Response:
        try:
            for id_, name, encodings, _ in store.listed(self._database()):
                response.person_ids.append(id_)
                response.names.append(name)
                response.encodings.append(int(encodings))
        except UserError as error:
            # The answer has no room for a sentence.
            self._node.get_logger().error(str(error))
        return response
