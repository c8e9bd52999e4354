"""A thread for what has to do with the disk, so that no number waits for it."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from trainer_core.errors import UserError

_LAST = 3.0  # s for what is still to be written when the node ends


class Desk:
    """Does one thing after the other; answers come back in the node's own thread."""

    def __init__(self, node: Node):
        self._node = node
        self._work: SimpleQueue = SimpleQueue()
        self._answers: SimpleQueue = SimpleQueue()
        self.fault = ''  # why the last thing could not be done
        # In a group of its own: a service that awaits an answer holds that of the node.
        self._guard = node.create_guard_condition(self._deliver, ReentrantCallbackGroup())
        self._thread = Thread(target=self._run, name='desk', daemon=True)
        self._thread.start()

    def do(
        self, work: Callable[[], Any], then: Callable[[Any, str], None] | None = None,
    ) -> None:
        """then: gets what work returned and '', or None and the sentence of its UserError."""
        self._work.put((work, then))

    def close(self) -> None:
        """After what is still to be done, or some seconds."""
        self._work.put(None)
        self._thread.join(_LAST)
        self._node.destroy_guard_condition(self._guard)

    def _run(self) -> None:
        while (job := self._work.get()) is not None:
            work, then = job
            found, fault = None, ''
            try:
                found = work()
            except UserError as error:
                fault = str(error)
            except Exception as error:  # one bad entry must not end the history
                self._node.get_logger().error(f'history: {type(error).__name__}: {error}')
                fault = str(error)
            self.fault = fault
            if then is not None:
                self._answers.put(lambda t=then, f=found, e=fault: t(f, e))
                self._guard.trigger()

    def _deliver(self) -> None:
        while not self._answers.empty():
            self._answers.get()()
