"""The line to the counter: notices when it comes, dies and comes back, and opens sets with it."""

from collections.abc import Callable
from time import monotonic

from rclpy.action import ActionClient
from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from trainer_msgs.action import PerformSet

_LOOK = 0.25      # s between looks at the graph
_PATIENCE = 0.5   # s for the answer to a goal before it is sent again


class CounterLink:
    """Holds one goal with whichever counter is there.

    A counter that was killed stays in the ROS graph for up to 20 s, and a restarted one appears
    beside it: so servers are told apart by the id of their status publisher. What is sent to a
    server in the moment of its discovery may reach it only seconds later: so it counts as there
    from the second look on, and a goal that is not answered is sent again. Callbacks come only
    for the newest goal.
    """

    def __init__(
        self, node: Node, *,
        on_up: Callable[[], None], on_down: Callable[[], None],
        on_accepted: Callable[[], None], on_feedback: Callable[[PerformSet.Feedback], None],
        on_result: Callable[[PerformSet.Result], None],
    ):
        self._node = node
        self._client: ActionClient = ActionClient(node, PerformSet, 'perform_set')
        self.name = node.resolve_topic_name('perform_set')
        self._on_up, self._on_down, self._on_accepted = on_up, on_down, on_accepted
        self._on_feedback, self._on_result = on_feedback, on_result
        self._servers: set[bytes] = set()
        self.up = self._settling = self._canceling = False
        self._goal: PerformSet.Goal | None = None  # wanted and not yet accepted
        self._wish = 0       # number of the goal, whether accepted or not
        self._sent = 0.0     # when it was last sent, s
        self._unanswered = 0  # how many times it was sent without an answer so far
        self._handle = None  # of the accepted one
        # Steady: it must go on while a simulated clock stands still.
        self._timer = node.create_timer(
            _LOOK, self._look, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def send(self, goal: PerformSet.Goal) -> None:
        """Open a set, now or as soon as there is a counter; an earlier goal is forgotten."""
        self._forget()
        self._goal = goal
        self._send()

    def cancel(self) -> None:
        """Stop the set; no more callbacks come for it."""
        if self._handle is not None:
            # The next goal waits for the answer: overtaking, it would be taken for the same set.
            self._canceling = True
            self._handle.cancel_goal_async().add_done_callback(self._canceled)
        self._forget()

    def _forget(self) -> None:
        self._goal = self._handle = None
        self._wish, self._unanswered = self._wish + 1, 0

    def _canceled(self, future) -> None:
        self._canceling = False
        self._send()

    def destroy(self) -> None:
        self._node.destroy_timer(self._timer)
        self._client.destroy()

    def _look(self) -> None:
        servers = {
            bytes(info.endpoint_gid)
            for info in self._node.get_publishers_info_by_topic(
                f'{self.name}/_action/status')}
        new, self._servers = servers - self._servers, servers
        if not (servers and self._client.server_is_ready()):
            if self.up:
                self.up = False
                self._on_down()
            # So that those who are there but not complete yet count as new when they are.
            self._servers, self._settling = set(), False
            return
        if new:
            self._settling, self._canceling = True, False
        elif self._settling:
            self._settling, self.up = False, True
            self._on_up()
        elif self._goal is not None and monotonic() - self._sent > _PATIENCE:
            self._send()

    def _send(self) -> None:
        if self._goal is None or self._canceling or not self._client.server_is_ready():
            return
        wish, self._sent = self._wish, monotonic()
        self._unanswered += 1

        def feedback(message) -> None:
            if wish == self._wish:
                self._on_feedback(message.feedback)

        def answered(future) -> None:
            handle = future.result()
            accepted = handle is not None and handle.accepted
            if wish != self._wish:
                if accepted and self._goal is None and self._handle is None:
                    handle.cancel_goal_async()  # nobody wants it any more
                return
            self._unanswered -= 1
            if not accepted:
                return
            # Sent twice, it may be accepted twice: the later one has replaced the earlier.
            first, self._goal, self._handle = self._goal is not None, None, handle
            handle.get_result_async().add_done_callback(lambda result: ended(handle, result))
            if first:
                self._on_accepted()

        def ended(handle, future) -> None:
            result = future.result().result
            replaced = self._unanswered and result.outcome == PerformSet.Result.REPLACED
            if handle is self._handle and not replaced:
                self._handle = None
                self._on_result(result)

        self._client.send_goal_async(self._goal, feedback).add_done_callback(answered)
