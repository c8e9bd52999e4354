"""Publishes what is in a bag, with the time it was recorded at on /clock."""

from collections.abc import Sequence
from threading import Event
from time import monotonic
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.duration import Duration
from rclpy.node import Node
from rosgraph_msgs.msg import Clock as ClockMessage

from trainer_core.clock import SECOND
from trainer_core.ros.bags import Bag
from trainer_core.ros.convert import to_stamp
from trainer_core.ros.definitions import message_class

TICK = 0.025        # s between two /clock messages
FOUND_WITHIN = 1.0  # s for subscribers to find a publisher


class Player(Node):
    """Plays topics of a bag in the order and at the pace of recording.

    Time on /clock stands at the start of the bag until `play`, and goes on after its end. Every
    `play` begins at the start again, and so do /clock and the stamps.
    """

    def __init__(self, bag: Bag, topics: Sequence[str], rate: float = 1.0, **kwargs):
        """topics: as Bag.select gives them. rate: 2.0 is twice as fast."""
        super().__init__('player', **kwargs)
        self.ended = Event()  # set it to stop playing, from any thread
        self._bag, self._topics, self._rate = bag, topics, rate
        self._begin: float | None = None
        self._out: dict[str, Any] = {
            topic: self.create_publisher(
                message_class(bag.topics[topic].type), topic, bag.topics[topic].qos)
            for topic in topics}
        self._clock_out = self.create_publisher(ClockMessage, '/clock', 10)
        self.create_timer(TICK, self._tick, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def find(self) -> None:
        """Give subscribers that are there the time to find the publishers."""
        until = monotonic() + FOUND_WITHIN
        while monotonic() < until and not all(
                p.get_subscription_count() for p in self._out.values()):
            self.ended.wait(TICK)

    def play(self) -> None:
        """Once through the bag, or until `ended` is set."""
        self._begin = monotonic()
        for topic, stamp, data in self._bag.raw(self._topics):
            ahead = (stamp - self._bag.start) / SECOND / self._rate
            if self.ended.wait(max(0.0, self._begin + ahead - monotonic())):
                return
            self._out[topic].publish(data)
        for publisher in self._out.values():
            publisher.wait_for_all_acked(Duration(seconds=1))

    def _tick(self) -> None:
        passed = 0.0 if self._begin is None else monotonic() - self._begin
        now = self._bag.start + round(passed * self._rate * SECOND)
        self._clock_out.publish(ClockMessage(clock=to_stamp(now)))
