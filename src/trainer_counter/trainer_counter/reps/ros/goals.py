"""Those who wait for a set: the action perform_set."""

from collections.abc import Callable

from rclpy.action import ActionServer, CancelResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.node import Node
from rclpy.task import Future

from trainer_core.errors import UserError
from trainer_counter import convert
from trainer_counter.reps.sets import Open
from trainer_msgs.action import PerformSet
from trainer_msgs.msg import SetState

RESULT = PerformSet.Result


class Goals:
    """The action server, and which goal belongs to which set."""

    def __init__(
        self, node: Node, begin: Callable[[PerformSet.Goal], Open], stopped: Callable[[], None],
    ):
        """begin: the set of a goal, may raise UserError. stopped: a goal was canceled."""
        self._begin, self._stopped = begin, stopped
        self._open: dict[Open, tuple[ServerGoalHandle, Future]] = {}
        self._server = ActionServer(
            node, PerformSet, 'perform_set', self._perform, cancel_callback=self._on_cancel)

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, opened: Open) -> bool:
        return opened in self._open

    def destroy(self) -> None:
        self._server.destroy()

    def tell(self, opened: Open, state: SetState) -> None:
        """Feedback to whoever waits for the set."""
        if opened in self._open:
            self._open[opened][0].publish_feedback(PerformSet.Feedback(state=state))

    def end(self, opened: Open, outcome: int, message: str) -> None:
        """Answer whoever waits for the set."""
        if opened in self._open:
            _, ended = self._open.pop(opened)
            opened.over = outcome != RESULT.REPLACED
            ended.set_result((outcome, message))

    async def _perform(self, handle: ServerGoalHandle) -> PerformSet.Result:
        try:
            mine = self._begin(handle.request)
        except UserError as error:
            handle.abort()
            return convert.result(RESULT.INVALID, None, str(error))
        ended = Future()
        self._open[mine] = handle, ended
        outcome, message = await ended
        if outcome == RESULT.COMPLETED:
            handle.succeed()
        elif handle.is_cancel_requested:
            handle.canceled()
        else:
            handle.abort()
        return convert.result(outcome, mine.set, message)

    def _on_cancel(self, handle: ServerGoalHandle) -> CancelResponse:
        for opened in [o for o, (other, _) in self._open.items() if other is handle]:
            opened.set.stop()
            self.end(opened, RESULT.STOPPED, 'stopped')
        self._stopped()
        return CancelResponse.ACCEPT
