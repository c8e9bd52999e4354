"""Draws what the trainer sees and thinks for RViz and Foxglove; idle while nobody looks."""

from dataclasses import dataclass

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger
from visualization_msgs.msg import MarkerArray

from trainer.markers import convert
from trainer.markers.scene import Drawing, Scene, Settings
from trainer_core.clock import SECOND
from trainer_core.ros.convert import people_from_message, stamp_ns
from trainer_core.ros.diagnostics import OK, STALE, WARN, Diagnostics, Meter, Report
from trainer_core.ros.params import declare, param
from trainer_core.ros.run import run
from trainer_msgs.msg import FormScore, IdentityArray, PersonArray, SetState

LOOK = 0.5     # s between looks whether somebody shows the markers
SILENCE = 5.0  # s without poses after which diagnostics warn


@dataclass(frozen=True)
class MarkersParams:
    """Parameters of the markers node."""

    picture_height: float = param(
        1.0, 'Height of the picture in space while the camera is uncalibrated (m)', 0.1, 10.0)
    stature: float = param(
        1.75, 'Height of the people, which tells how far away they are from a calibrated '
        'camera (m)', 0.5, 2.5)
    form_seconds: float = param(
        4.0, 'How long the parts that the form of a repetition blames are coloured (s)', 0.0, 60.0)
    lifetime: float = param(
        0.5, 'How long a marker stays when nothing follows (s)', 0.05, 10.0)
    min_confidence: float = param(0.1, 'Keypoints below this confidence are not drawn', 0.0, 1.0)
    texts: bool = param(True, 'Show names, degrees, counts and hints beside the lines')


class MarkersNode(Node):
    """Listens and draws only while somebody has subscribed."""

    def __init__(self, **kwargs):
        super().__init__('markers', **kwargs)
        self.params = declare(self, MarkersParams, self._on_params)
        self.scene = Scene()
        self._on_params(self.params)
        self._enabled, self._meter, self._last_error = True, Meter(), ''
        self._markers = self.create_publisher(MarkerArray, 'markers', 10)
        self._heard: list = []
        self.create_service(SetBool, '~/enable', self._on_enable)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self._diagnostics = Diagnostics(self, {'markers': self._report})
        self.create_timer(LOOK, self._look)

    def _look(self) -> None:
        """Listen to the topics while somebody looks: taking 30 messages a second costs, too."""
        wanted = self._enabled and self._markers.get_subscription_count() > 0
        if wanted and not self._heard:
            newest = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
            self._heard = [
                self.create_subscription(PersonArray, 'poses', self._on_poses, newest),
                self.create_subscription(PersonArray, 'ghost', self._on_ghost, newest),
                self.create_subscription(CameraInfo, 'camera_info', self._on_camera, newest),
                self.create_subscription(SetState, 'set_state', self._on_state, 10),
                self.create_subscription(FormScore, 'form', self._on_form, 10),
                self.create_subscription(IdentityArray, 'identities', self._on_identities, 10)]
        elif not wanted and self._heard:
            for subscription in self._heard:
                self.destroy_subscription(subscription)
            self._heard = []
            self.scene.clear()

    def _on_poses(self, message: PersonArray) -> None:
        if message.image_width and message.image_height:
            self._publish(self.scene.people(people_from_message(message)), message.header)
            self._meter.tick(self._age(message.header))

    def _on_ghost(self, message: PersonArray) -> None:
        if message.image_width and message.image_height:
            self._publish(self.scene.ghosts(people_from_message(message)), message.header)

    def _publish(self, drawing: Drawing, header: Header) -> None:
        if drawing.shapes or drawing.gone:
            self._markers.publish(
                convert.drawing_to_message(drawing, header, self.params.lifetime))

    def _on_camera(self, message: CameraInfo) -> None:
        self.scene.camera = convert.camera_from_message(message)

    def _on_state(self, message: SetState) -> None:
        self.scene.progressed(message.track_id, convert.progress_from_message(message))

    def _on_form(self, message: FormScore) -> None:
        self.scene.judged(message.track_id, convert.fault_from_message(message))

    def _on_identities(self, message: IdentityArray) -> None:
        self.scene.names = convert.names_from_message(message)

    def _on_params(self, params: MarkersParams) -> None:
        self.params = params
        self.scene.settings = Settings(
            params.picture_height, params.stature, params.form_seconds, params.min_confidence,
            params.texts)

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response):
        self._enabled = request.data
        self._look()
        response.success, response.message = True, 'drawing' if request.data else 'not drawing'
        return response

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response):
        names = self.scene.names
        self.scene, camera = Scene(self.scene.settings), self.scene.camera
        self.scene.camera, self.scene.names = camera, names
        response.success, response.message = True, 'everything said about people is forgotten'
        return response

    def _age(self, header: Header) -> float:
        return (self.get_clock().now().nanoseconds - stamp_ns(header.stamp)) / SECOND

    def _report(self) -> Report:
        looking = self._markers.get_subscription_count()
        place = 'metric' if self.scene.metric else 'in the plane of the picture'
        values = {
            **self._meter.values(), 'subscribers': looking, 'placed': place,
            'last error': self._last_error}
        if not self._enabled:
            return STALE, 'switched off; call the service enable', values
        if not looking:
            return OK, 'idle: nobody looks at markers', values
        if self._meter.age() > SILENCE:
            topic = self.resolve_topic_name('poses')
            there = self.count_publishers(topic)
            self._last_error = f'no poses for {SILENCE:g} s on {topic} ({there} publishers)'
            return WARN, self._last_error, values
        return OK, f'{self._meter.rate():.1f} drawings/s, {place}', values


def main(args=None) -> None:
    run(MarkersNode, args)


if __name__ == '__main__':
    main()
