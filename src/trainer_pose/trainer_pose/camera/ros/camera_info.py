"""The camera_info topic and the set_camera_info service of a node."""

from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.qos_overriding_options import QoSOverridingOptions
from sensor_msgs.msg import CameraInfo
from sensor_msgs.srv import SetCameraInfo
from std_msgs.msg import Header

from trainer_core.errors import UserError
from trainer_pose.camera.calibration import Calibration, load, locate, save
from trainer_pose.camera.convert import info_from_message, info_to_message


class CameraInfoPublisher:
    """Sends the calibration along with every picture, and writes a new one to its file."""

    def __init__(self, node: Node, qos: QoSProfile):
        self._node = node
        self._url = self._name = self.fault = ''
        self._calibration: Calibration | None = None
        self._size: tuple[int, int] | None = None
        self.publisher = node.create_publisher(
            CameraInfo, 'camera_info', qos,
            qos_overriding_options=QoSOverridingOptions.with_default_policies())
        self.topic = self.publisher.topic_name
        node.create_service(SetCameraInfo, 'set_camera_info', self._on_set)

    def load(self, url: str, name: str) -> None:
        """Read the calibration of camera `name` from camera_info_url; a fault is only told."""
        self._url, self._name, self._size = url, name, None
        try:
            self._calibration, self.fault = load(locate(url, name)), ''
        except UserError as error:  # training goes on without
            if str(error) != self.fault:
                self._node.get_logger().error(str(error))
            self._calibration, self.fault = None, str(error)

    def forget(self) -> None:
        """Send as uncalibrated what is loaded; its file is left alone."""
        self._calibration, self.fault = None, ''

    def publish(self, width: int, height: int, header: Header) -> None:
        """For a picture of width x height px."""
        if self._size != (width, height):
            self._size = (width, height)
            self._tell(width, height)
        self.publisher.publish(info_to_message(self._calibration, width, height, header))

    def _tell(self, width: int, height: int) -> None:
        if self._calibration is None:
            self._node.get_logger().info('camera is uncalibrated (K[0] = 0): 2D only')
        elif (self._calibration.width, self._calibration.height) != (width, height):
            self._node.get_logger().warning(
                f'calibration is for {self._calibration.width}x{self._calibration.height} and '
                f'pictures are {width}x{height}: sent as uncalibrated; '
                'calibrate again, or set width and height')

    def _on_set(self, request, response):
        try:
            file = locate(self._url, self._name)
            calibration = info_from_message(request.camera_info)
            save(file, self._name, calibration)
        except UserError as error:
            response.success, response.status_message = False, str(error)
            self._node.get_logger().error(str(error))
        else:
            self._calibration, self._size, self.fault = calibration, None, ''
            response.success, response.status_message = True, f'written to {file}'
            self._node.get_logger().info(f'calibration written to {file}')
        return response
