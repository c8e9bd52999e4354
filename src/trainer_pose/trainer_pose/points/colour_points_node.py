"""Pictures in, named points out: things that are found by their colour."""

from dataclasses import dataclass

from rclpy.node import Node
from rclpy.qos import QoSProfile, qos_profile_sensor_data
from sensor_msgs.msg import Image
from std_srvs.srv import SetBool

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_core.ros.convert import stamp_ns
from trainer_core.ros.diagnostics import ERROR, OK, STALE, WARN, Diagnostics, Meter, Report
from trainer_core.ros.image import to_bgr
from trainer_core.ros.params import declare, param
from trainer_core.ros.run import run
from trainer_msgs.msg import NamedPointArray
from trainer_pose.points import convert
from trainer_pose.points.colour import Colour, find


@dataclass(frozen=True)
class ColourPointsParams:
    """Parameters of the colour points node."""

    names: list = param(
        ['bar_left', 'bar_right'],
        'Names of the points, from left to right in the picture; as many patches are looked for')
    hue_low: float = param(300.0, 'Where the hue begins, degrees; 0 is red', 0.0, 360.0)
    hue_high: float = param(
        340.0, 'Where it ends, degrees; below hue_low: it goes over red', 0.0, 360.0)
    saturation: float = param(0.4, 'Saturation, at least', 0.0, 1.0)
    value: float = param(0.2, 'Brightness, at least', 0.0, 1.0)
    least_area: float = param(
        0.0003, 'Share of the picture that a patch must have', 0.000001, 1.0)


class ColourPointsNode(Node):
    """Looks for one colour."""

    def __init__(self, **kwargs):
        super().__init__('colour_points', **kwargs)
        self._fault, self._enabled, self._meter, self._found = '', True, Meter(), Meter()
        self._on_params(declare(self, ColourPointsParams, self._on_params))
        self._points = self.create_publisher(NamedPointArray, 'points', 10)
        self.create_subscription(
            Image, 'image_raw', self._on_image,
            QoSProfile(depth=1, reliability=qos_profile_sensor_data.reliability))
        self.create_service(SetBool, '~/enable', self._on_enable)
        self._diagnostics = Diagnostics(self, {'colour': self._report})

    def _on_params(self, params: ColourPointsParams) -> None:
        self.params = params
        self._colour = Colour((params.hue_low, params.hue_high), params.saturation, params.value)

    def _on_image(self, message: Image) -> None:
        if not self._enabled:
            return
        try:
            picture = to_bgr(message)
        except UserError as error:
            self._fault = str(error)
            self.get_logger().error(self._fault, throttle_duration_sec=5.0)
            return
        self._fault = ''
        names = [name for name in self.params.names if name]
        spots = find(picture, self._colour, len(names), self.params.least_area)
        # Sent also when nothing was seen: whoever waits for the points need not wait longer.
        self._points.publish(convert.points_to_message(names, spots, message.header))
        age = (self.get_clock().now().nanoseconds - stamp_ns(message.header.stamp)) / SECOND
        self._meter.tick(age)
        if spots:
            self._found.tick(age)

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response):
        self._enabled = request.data
        response.success, response.message = True, 'looking' if request.data else 'not looking'
        return response

    def _report(self) -> Report:
        topic = self.resolve_topic_name('image_raw')
        values = {
            **self._meter.values(), 'found (1/s)': self._found.rate(), 'last error': self._fault}
        if self._fault:
            return ERROR, self._fault, values
        if not self._enabled:
            return STALE, 'switched off; call the service enable', values
        if self._meter.age() > 5.0:
            there = self.count_publishers(topic)
            return WARN, f'no image for 5 s on {topic} ({there} publishers)', values
        if self._found.age() > 5.0:
            return WARN, f'{", ".join(self.params.names)} not seen for 5 s', values
        return OK, f'{", ".join(self.params.names)} seen', values


def main(args: list[str] | None = None) -> None:
    run(ColourPointsNode, args)
