"""A lifecycle node that starts by itself unless told not to."""

from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn
from rclpy.timer import Timer

from trainer_core.errors import UserError


class ManagedNode(LifecycleNode):
    """Base of the nodes that own a device or a model.

    Subclasses open it in `open` and free it in `close`. A UserError from `open` becomes a failed
    configure: the process stays up, `fault` holds the sentence for /diagnostics, and configuring
    is tried again every `retry_seconds`.
    """

    retry_seconds = 2.0

    def __init__(self, name: str, **kwargs):
        super().__init__(name, **kwargs)
        self.fault = ''
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

    def on_cleanup(self, state) -> TransitionCallbackReturn:
        self.close()
        return super().on_cleanup(state)

    def on_shutdown(self, state) -> TransitionCallbackReturn:
        self.close()
        return super().on_shutdown(state)

    def destroy_node(self) -> None:
        self.close()
        super().destroy_node()

    def _come_up(self) -> None:
        if self.trigger_configure() == TransitionCallbackReturn.SUCCESS:
            self.trigger_activate()
        elif self._retry is None:
            self._retry = self.create_timer(self.retry_seconds, self._come_up)
