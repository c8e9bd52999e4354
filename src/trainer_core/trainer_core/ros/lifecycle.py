"""A lifecycle node that starts by itself unless told not to."""

from collections.abc import Callable
from typing import TypeVar

from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn
from rclpy.timer import Timer

from trainer_core.errors import UserError
from trainer_core.ros.latest import Latest

T = TypeVar('T')


class ManagedNode(LifecycleNode):
    """Base of the nodes that own a device or a model.

    Subclasses open it in `open` and free it in `close`. A UserError from `open` becomes a failed
    configure: the process stays up, `fault` holds the sentence for /diagnostics, and configuring
    is tried again every `retry_seconds`. `active` says whether the node is to do its work.
    """

    retry_seconds = 2.0

    def __init__(self, name: str, **kwargs):
        super().__init__(name, **kwargs)
        self.fault = self.last_fault = ''  # now, and the last one in work
        self.active = False
        self._retry: Timer | None = None

    def autostart(self, wanted: bool) -> None:
        """Call at the end of the constructor."""
        if wanted:
            self._come_up()
        else:
            self.get_logger().info(
                f'waiting: ros2 lifecycle set {self.get_fully_qualified_name()} configure')

    def open(self) -> None:
        """Take the device or load the model; raises UserError."""

    def close(self) -> None:
        """Free it; called also when open failed half-way."""

    def follow_activity(self) -> None:
        """Do as `active` says; called when it has changed."""

    def work_off(self, items: Latest[T], do: Callable[[T], None]) -> None:
        """Body of a worker thread: do what comes until `items` is closed.

        A UserError becomes the `fault` until something succeeds.
        """
        while (item := items.take()) is not None:
            try:
                do(item)
                self.fault = ''
            except UserError as error:
                self.fault = self.last_fault = str(error)
                self.get_logger().error(self.fault, throttle_duration_sec=5.0)
            except Exception:
                # Publishing fails as soon as the context is shut down, from whichever thread.
                if self.context.ok():
                    raise
                return

    def on_configure(self, state) -> TransitionCallbackReturn:
        try:
            self.open()
        except UserError as error:
            if str(error) != self.fault:
                self.get_logger().error(str(error))
            self.fault = str(error)
            self.close()
            return TransitionCallbackReturn.FAILURE
        self.fault = ''
        if self._retry is not None:  # also when somebody else configured it meanwhile
            self.destroy_timer(self._retry)
            self._retry = None
        return super().on_configure(state)

    def on_activate(self, state) -> TransitionCallbackReturn:
        self.active = True
        self.follow_activity()
        return super().on_activate(state)

    def on_deactivate(self, state) -> TransitionCallbackReturn:
        self.active = False
        self.follow_activity()
        return super().on_deactivate(state)

    def on_cleanup(self, state) -> TransitionCallbackReturn:
        self.close()
        return super().on_cleanup(state)

    def on_shutdown(self, state) -> TransitionCallbackReturn:
        self.close()
        return super().on_shutdown(state)

    def destroy_node(self) -> None:
        self.close()
        super().destroy_node()
        # It holds the node, which others see until rclpy collects it as garbage.
        self.__dict__.pop('_state_machine', None)

    def _come_up(self) -> None:
        if self.trigger_configure() == TransitionCallbackReturn.SUCCESS:
            self.trigger_activate()
        elif self._retry is None:
            self._retry = self.create_timer(self.retry_seconds, self._come_up)
