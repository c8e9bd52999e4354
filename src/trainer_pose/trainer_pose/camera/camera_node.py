"""Publishes the pictures of a camera, file, bag, stream or the athlete."""

from collections.abc import Callable
from threading import Thread

from rclpy.duration import Duration
from rclpy.executors import ExternalShutdownException
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile
from rclpy.qos_overriding_options import QoSOverridingOptions
from sensor_msgs.msg import CompressedImage, Image
from std_srvs.srv import SetBool

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_core.ros.diagnostics import ERROR, OK, WARN, Diagnostics, Meter, Report
from trainer_core.ros.image import compress, from_bgr
from trainer_core.ros.lifecycle import ManagedNode
from trainer_core.ros.params import declare
from trainer_core.ros.qos import EVERY_ONE
from trainer_core.ros.run import run
from trainer_pose.camera.convert import header
from trainer_pose.camera.frames import Frame, Source, Unavailable
from trainer_pose.camera.ros.camera_info import CameraInfoPublisher
from trainer_pose.camera.ros.settings import CameraParams
from trainer_pose.camera.sources import open_source

SILENCE = 3.0  # s without a picture after which diagnostics warn
DEPTH = 2      # pictures a slow reliable subscriber may be behind


class CameraNode(ManagedNode):
    """One source, its pictures and its calibration."""

    # Here, because a node that refuses its parameters is closed too.
    _source: Source | None = None
    _worker: Thread | None = None

    def __init__(self, opener: Callable[..., Source] = open_source, **kwargs):
        super().__init__('camera', **kwargs)
        self.params = declare(self, CameraParams, self._on_params)
        self._opener = opener
        self._ended = False
        self._starting = True
        self._refused: UserError | None = None
        self._origin: int | None = None  # ns on the ROS clock at stamp 0 of what was recorded
        self._latest = 0                 # the latest of these, which none goes behind
        self._size = (0, 0)
        self._meter = Meter()
        qos = QoSProfile(depth=DEPTH)
        override = QoSOverridingOptions.with_default_policies()
        self._images = self.create_publisher(
            Image, 'image_raw', qos, qos_overriding_options=override)
        self._info = CameraInfoPublisher(self, EVERY_ONE)
        # By the resolved name, so that remapping image_raw takes the compressed images along.
        self._jpegs = self.create_publisher(
            CompressedImage, self.resolve_topic_name('image_raw') + '/compressed', qos,
            qos_overriding_options=override)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self._exit = self.create_guard_condition(self._on_exit)
        self._diagnostics = Diagnostics(self, {'source': self._report})
        self.autostart(self.params.autostart)
        self._starting = False
        if self._refused:
            self.destroy_node()
            raise self._refused  # waiting would not cure it

    def open(self) -> None:
        p = self.params
        self._refused, self._ended, self._size = None, False, (0, 0)
        self._info.load(p.camera_info_url, p.camera_name)
        try:
            self._source = self._opener(
                p.source, speed=p.speed, loop=p.loop, width=p.width, height=p.height, rate=p.rate,
                clock=lambda: self.get_clock().now().nanoseconds)
        except UserError as error:
            if not isinstance(error, Unavailable):
                self._refused = error
                if self._starting:
                    self.fault = str(error)  # main() says it, once is enough
            raise
        self._source.pause(True)
        if not self._source.live and not p.camera_info_url:
            self._info.forget()  # the camera of this machine did not take these pictures
        self.get_logger().info(
            f'{self._source.description} -> {self._images.topic_name}, '
            f'{self._jpegs.topic_name}, {self._info.topic}')
        self._worker = Thread(target=self._work, args=(self._source,), daemon=True)
        self._worker.start()

    def close(self) -> None:
        source, self._source = self._source, None  # so that this is not taken for its end
        if source is not None:
            source.close()
        if self._worker is not None:
            self._worker.join(timeout=1.0)
        self._worker = None

    def follow_activity(self) -> None:
        if self._source is not None:
            self._origin = None
            self._source.pause(not (self.active and self.params.enabled))

    def _work(self, source: Source) -> None:
        try:
            for frame in source:
                if not self.context.ok():
                    return
                self._publish(source, frame)
        except UserError as error:
            self.fault = str(error)
            self.get_logger().error(self.fault)
        except Exception:
            # Publishing fails as soon as the context is shut down, from whichever thread.
            if self.context.ok():
                raise
            return
        if source is self._source and not source.live and self.active:
            self._on_end(source)

    def _publish(self, source: Source, frame: Frame) -> None:
        now = self.get_clock().now().nanoseconds
        stamp = frame.stamp
        if not source.live:
            origin = self._origin  # follow_activity may forget it meanwhile
            if origin is None:
                origin = self._origin = self._latest = max(self._latest, now - frame.stamp)
            stamp += origin
        h, w = frame.image.shape[:2]
        head = header(stamp, self.params.frame_id)
        self._size = (w, h)
        self._info.publish(w, h, head)
        if self._images.get_subscription_count():
            self._images.publish(from_bgr(frame.image, head))
        if self._jpegs.get_subscription_count():
            self._jpegs.publish(compress(frame.image, head, self.params.jpeg_quality))
        self._meter.tick((self.get_clock().now().nanoseconds - stamp) / SECOND)

    def _on_end(self, source: Source) -> None:
        self._ended = True
        self.get_logger().info(
            f'{self.params.source} has ended: {self._meter.total} pictures sent, '
            f'{source.dropped} left out because they were late')
        if self.params.at_end == 'exit':
            for publisher in (self._images, self._jpegs, self._info.publisher):
                publisher.wait_for_all_acked(Duration(seconds=1))
            self._exit.trigger()

    def _on_exit(self) -> None:
        raise ExternalShutdownException  # leaves spin; the node is destroyed in its own thread

    def _on_params(self, params: CameraParams) -> None:
        enabled = params.enabled != self.params.enabled
        self.params = params
        if enabled:
            self.follow_activity()

    def _on_enable(self, request, response):
        self.set_parameters([Parameter('enabled', value=bool(request.data))])
        response.success = True
        response.message = 'sending' if request.data else 'not sending'
        return response

    def _report(self) -> Report:
        source = self._source
        fault = self.fault or (source.fault if source else '')
        self.last_fault = fault or self.last_fault or self._info.fault
        values = {
            **self._meter.values(), 'sent': self._meter.total,
            'dropped': source.dropped if source else 0, 'source': self.params.source,
            'device': source.description if source else '',
            'resolution': f'{self._size[0]}x{self._size[1]}', 'last error': self.last_fault}
        if fault:
            return ERROR, fault, values
        if not self.active or not self.params.enabled:
            return OK, 'not enabled' if self.active else 'not active', values
        if self._ended:
            return OK, 'the source has ended', values
        if self._meter.age() > SILENCE:
            return WARN, f'no picture for {SILENCE:g} s', values
        return OK, f'sending {self._meter.rate():.1f} pictures/s', values


def main(args: list[str] | None = None) -> None:
    run(CameraNode, args)
