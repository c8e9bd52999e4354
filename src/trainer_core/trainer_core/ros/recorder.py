"""Records a running graph into a bag."""

from collections.abc import Iterable
from threading import Event
from typing import Any

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription

from trainer_core.errors import UserError
from trainer_core.ros.bags import Writer
from trainer_core.ros.definitions import message_class
from trainer_core.ros.qos import EVERY_ONE

LOOK_EVERY = 0.2  # s between looks for new publishers


class Recorder(Node):
    """Writes every message of some topics, as it comes, without looking into it.

    It subscribes as soon as a topic has a publisher, asking for what the publishers offer, and
    stores what they offer. When it has to stop, for instance because the disk is full, `stopped`
    is set and `fault` holds the sentence; what was written until then is kept. Close the writer
    after spinning.
    """

    def __init__(self, writer: Writer, topics: Iterable[str], **kwargs):
        """topics: names, relative ones are those of the node's namespace."""
        super().__init__('recorder', **kwargs)
        self.writer, self.fault, self.stopped = writer, '', Event()
        self._waiting = [self.resolve_topic_name(topic) for topic in topics]
        self._unknown: set[str] = set()
        self._recording: list[Subscription] = []
        self._look()
        self.create_timer(LOOK_EVERY, self._look)

    @property
    def waiting(self) -> list[str]:
        """Topics that nobody publishes yet."""
        return list(self._waiting)

    def _look(self) -> None:
        types = dict(self.get_topic_names_and_types()) if self._waiting else {}
        for topic in self.waiting:
            offered = [info.qos_profile for info in self.get_publishers_info_by_topic(topic)]
            if offered and topic in types:
                self._record(topic, types[topic][0], offered)

    def _record(self, topic: str, kind: str, offered: list[QoSProfile]) -> None:
        message = message_class(kind)
        if message is None:
            if topic not in self._unknown:
                self._unknown.add(topic)
                self.get_logger().warning(f'{topic} is not recorded: {kind} is not installed')
            return
        self._waiting.remove(topic)
        self.writer.add(topic, kind, offered)
        # Asking for more than one of the publishers offers would mean to hear nothing of it.
        reliable = all(q.reliability == ReliabilityPolicy.RELIABLE for q in offered)
        latched = all(q.durability == DurabilityPolicy.TRANSIENT_LOCAL for q in offered)
        self._recording.append(self.create_subscription(
            message, topic, lambda data: self._write(topic, data),
            QoSProfile(
                depth=EVERY_ONE.depth,
                reliability=ReliabilityPolicy.RELIABLE if reliable
                else ReliabilityPolicy.BEST_EFFORT,
                durability=DurabilityPolicy.TRANSIENT_LOCAL if latched
                else DurabilityPolicy.VOLATILE),
            raw=True))

    def destroy_node(self) -> None:
        """Write what has come in but not had its turn, then end."""
        for subscription in self._recording:
            with subscription.handle:
                for _ in range(EVERY_ONE.depth):  # not for ever where too many come
                    taken = subscription.handle.take_message(subscription.msg_type, True)
                    if taken is None:
                        break
                    subscription.callback(taken[0])
        super().destroy_node()

    def _write(self, topic: str, data: Any) -> None:
        if self.fault:
            return
        try:
            self.writer.write(topic, data, self.get_clock().now().nanoseconds)
        except UserError as error:
            self.fault = str(error)
            self.stopped.set()
