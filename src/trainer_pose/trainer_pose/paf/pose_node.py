"""Pictures in, people out; the newest picture wins."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from time import monotonic

import numpy as np
import platformdirs
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.qos import QoSProfile, qos_profile_sensor_data
from rclpy.qos_overriding_options import QoSOverridingOptions
from sensor_msgs.msg import CompressedImage, Image
from std_srvs.srv import SetBool, Trigger

from trainer_core.clock import SECOND
from trainer_core.ros.convert import people_to_message, stamp_ns
from trainer_core.ros.diagnostics import ERROR, OK, STALE, WARN, Diagnostics, Meter, Report
from trainer_core.ros.image import decompress, from_bgr, to_bgr
from trainer_core.ros.latest import Latest
from trainer_core.ros.lifecycle import ManagedNode
from trainer_core.ros.params import declare, param
from trainer_core.ros.qos import EVERY_ONE
from trainer_core.ros.run import run
from trainer_msgs.msg import PersonArray
from trainer_pose.paf import engines
from trainer_pose.paf.estimator import PoseEstimator, Settings

SILENCE = 5.0  # s without an image after which diagnostics warn


@dataclass(frozen=True)
class PoseParams:
    """Parameters of the pose node."""

    model: str = param(
        '', 'Network, an ONNX file; empty: the one of the package', read_only=True)
    engine: str = param(
        'auto', 'What the network runs on; auto: the best that is installed',
        choices=engines.NAMES, read_only=True)
    device: str = param('auto', 'Where it runs: auto, cpu, GPU, cuda, cuda:1', read_only=True)
    threads: int = param(
        1, 'Threads of the CPU for the network; 0: all', 0, 64, read_only=True)
    roi_size: int = param(
        160, 'Side of the network input for one person, px', 96, 512, read_only=True)
    find_size: int = param(
        256, 'Side of the network input for the whole image, px', 128, 1024, read_only=True)
    max_people: int = param(4, 'People followed at once, at most', 1, 20, read_only=True)
    find_every: float = param(
        1.0, 'Seconds between looks for newcomers while somebody is followed', 0.1, 60.0,
        read_only=True)
    image_transport: str = param(
        'raw', 'Which images to subscribe to', choices=('raw', 'compressed'), read_only=True)
    autostart: bool = param(True, 'Configure and activate without being told', read_only=True)


class PoseNode(ManagedNode):
    """One network and the people it follows."""

    # Here, because a node that refuses its parameters is closed too.
    _worker: Thread | None = None
    _frames: Latest[Image | CompressedImage] = Latest()

    def __init__(self, **kwargs):
        super().__init__('pose', **kwargs)
        self.params = declare(self, PoseParams)
        self._enabled, self._reset = True, False
        self._meter, self._taken, self._work_time = Meter(), Meter(), Meter()
        self._poses = self.create_publisher(PersonArray, 'poses', EVERY_ONE)
        self._pictures = {
            name: self.create_publisher(
                Image, name, QoSProfile(depth=2),
                qos_overriding_options=QoSOverridingOptions.with_default_policies())
            for name in ('overlay', 'heatmaps', 'pafs')}
        raw = self.params.image_transport == 'raw'
        kind, end = (Image, '') if raw else (CompressedImage, '/compressed')
        self._subscription = self.create_subscription(
            kind, self.resolve_topic_name('image_raw') + end, self._on_image,
            QoSProfile(depth=1, reliability=qos_profile_sensor_data.reliability),
            event_callbacks=SubscriptionEventCallbacks(incompatible_qos=self._on_incompatible))
        self.create_service(SetBool, '~/enable', self._on_enable)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self._diagnostics = Diagnostics(self, {'pose': self._report})
        self.autostart(self.params.autostart)

    def open(self) -> None:
        p = self.params
        settings = Settings(p.roi_size, p.find_size, p.max_people, find_every=p.find_every)
        self.estimator = PoseEstimator(
            p.model, p.engine, p.threads, p.device, settings,
            cache=platformdirs.user_cache_dir('trainer', False))
        engine = self.estimator.engine
        self.get_logger().info(
            f'{self.estimator.model.name} on {engine.name} ({engine.device}): '
            f'{self._subscription.topic_name} -> {self._poses.topic_name}')
        self._frames = Latest()
        self._worker = Thread(target=self.work_off, args=(self._frames, self._look), daemon=True)
        self._worker.start()

    def close(self) -> None:
        self._frames.close()
        if self._worker is not None:
            self._worker.join(timeout=2.0)
        self._worker = None

    def _on_image(self, message: Image | CompressedImage) -> None:
        if self.active and self._enabled:
            self._frames.put(message)

    def _look(self, message: Image | CompressedImage) -> None:
        stamp = stamp_ns(message.header.stamp)
        self._taken.tick(self._age(stamp))
        began = monotonic()
        picture = to_bgr(message) if isinstance(message, Image) else decompress(message)
        if self._reset:
            self._reset = False
            self.estimator.reset()
        people = self.estimator.update(picture, stamp)
        self._poses.publish(people_to_message(people, message.header))
        self._meter.tick(self._age(stamp))
        self._work_time.tick(monotonic() - began)
        self._draw(picture, stamp, people.people, message.header)

    def _draw(self, picture: np.ndarray, stamp: int, people: list, header) -> None:
        wanted = {n for n, p in self._pictures.items() if p.get_subscription_count()}
        if not wanted:
            return
        from trainer_pose.paf import draw
        views = self.estimator.views(picture, stamp) if wanted - {'overlay'} else []
        drawings: dict[str, Callable[[], np.ndarray]] = {
            'overlay': lambda: draw.overlay(picture, people),
            'heatmaps': lambda: draw.heatmaps(picture, views),
            'pafs': lambda: draw.pafs(picture, views)}
        for name in wanted:
            self._pictures[name].publish(from_bgr(drawings[name](), header))

    def _age(self, stamp: int) -> float:
        return (self.get_clock().now().nanoseconds - stamp) / SECOND

    def _on_incompatible(self, event) -> None:
        self.get_logger().warning(
            f'a publisher of {self._subscription.topic_name} offers another QoS, so its images do '
            'not arrive; let it publish reliable or best effort, volatile')

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response):
        self._enabled = request.data
        response.success, response.message = True, 'looking' if request.data else 'not looking'
        return response

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response):
        self._reset = True
        response.success, response.message = True, 'everybody is forgotten'
        return response

    def _report(self) -> Report:
        topic = self._subscription.topic_name
        engine = getattr(getattr(self, 'estimator', None), 'engine', None)
        values = {
            **self._meter.values(), 'delay when taken (s)': self._taken.delay(),
            'work (s)': self._work_time.delay(), 'dropped': self._frames.dropped,
            'engine': engine.name if engine else self.params.engine,
            'device': engine.device if engine else self.params.device,
            'model': self.estimator.model.name if engine else self.params.model,
            'last error': self.fault or self.last_fault}
        if self.fault:
            return ERROR, self.fault, values
        if not (self.active and self._enabled):
            return STALE, 'not enabled' if self.active else 'not active', values
        if self._taken.age() > SILENCE:
            there = self.count_publishers(topic)
            return WARN, f'no image for {SILENCE:g} s on {topic} ({there} publishers)', values
        return OK, f'{self._meter.rate():.1f} images/s', values


def main(args: list[str] | None = None) -> None:
    run(PoseNode, args)
