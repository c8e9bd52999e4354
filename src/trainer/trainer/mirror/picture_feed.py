"""From the camera's images to the page: subscribed only while somebody looks, encoded once."""

from collections.abc import Callable
from threading import Thread

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image

from trainer.mirror.pictures import Pace, to_jpeg
from trainer_core.errors import UserError
from trainer_core.ros.convert import stamp_ns
from trainer_core.ros.diagnostics import Meter
from trainer_core.ros.image import decompress, to_bgr
from trainer_core.ros.latest import Latest

TRANSPORTS = ('auto', 'raw', 'compressed')


class PictureFeed:
    """Images in, JPEG out, in a thread of its own; what comes meanwhile is dropped."""

    def __init__(
        self, node: Node, wanted: Callable[[], bool], post: Callable[[bytes, int], None],
    ):
        """wanted: whether anybody is ready for one. post: gets a JPEG and its stamp (ns)."""
        self._node, self._wanted, self._post = node, wanted, post
        self._latest: Latest[Image | CompressedImage] = Latest()
        self._subscription: Subscription | None = None
        self.transport = 'auto'
        self.set(30.0, 75, 960)
        self.enabled, self.fault, self.meter = True, '', Meter()
        self._worker = Thread(target=self._work, daemon=True)
        self._worker.start()

    @property
    def topic(self) -> str:
        """Where the images come from, or would come from."""
        raw = self._node.resolve_topic_name('image_raw')
        if self.transport == 'compressed' or self.transport == 'auto' and (
                not self._node.count_publishers(raw)
                and self._node.count_publishers(f'{raw}/compressed')):
            return f'{raw}/compressed'
        return raw

    @property
    def dropped(self) -> int:
        """Images that came while one was being encoded."""
        return self._latest.dropped

    def set(self, rate: float, quality: int, max_width: int) -> None:
        """Pictures a second at most, quality of the JPEG [1, 100], width (px) at most."""
        self._pace, self._quality, self._max_width = Pace(rate), quality, max_width

    def subscribe(self, wanted: bool) -> None:
        """Take images, or stop taking them."""
        if wanted and self._subscription is None:
            topic = self.topic
            kind = CompressedImage if topic.endswith('/compressed') else Image
            self._subscription = self._node.create_subscription(
                kind, topic, self._latest.put,
                QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT))
        elif not wanted and self._subscription is not None:
            self._node.destroy_subscription(self._subscription)
            self._subscription = None

    def check(self) -> None:
        """Go over to the other topic where images come by that one now."""
        if self._subscription is not None and self._subscription.topic_name != self.topic:
            self.subscribe(False)
            self.subscribe(True)

    def close(self) -> None:
        """End the thread."""
        self._latest.close()
        self._worker.join(1.0)

    def _work(self) -> None:
        while (message := self._latest.take()) is not None:
            stamp = stamp_ns(message.header.stamp)
            if not (self.enabled and self._wanted() and self._pace.takes(stamp)):
                continue
            try:
                jpeg = self._jpeg(message)
            except UserError as error:
                if self.fault != str(error):
                    self._node.get_logger().error(str(error))
                self.fault = str(error)
                continue
            self.fault = ''
            self.meter.tick()
            self._post(jpeg, stamp)

    def _jpeg(self, message: Image | CompressedImage) -> bytes:
        if isinstance(message, Image):
            return to_jpeg(to_bgr(message), self._quality, self._max_width)
        if 'jpeg' in message.format or 'jpg' in message.format:
            return bytes(message.data)
        return to_jpeg(decompress(message), self._quality, self._max_width)
