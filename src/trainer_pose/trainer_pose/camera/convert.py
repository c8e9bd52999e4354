"""Camera messages; the only place where the camera builds them."""

from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header

from trainer_core.ros.convert import to_stamp
from trainer_pose.camera.calibration import Calibration


def header(stamp: int, frame_id: str) -> Header:
    """stamp: ns."""
    return Header(stamp=to_stamp(stamp), frame_id=frame_id)


def info_to_message(
    calibration: Calibration | None, width: int, height: int, header: Header,
) -> CameraInfo:
    """Without a calibration, or with one for another size, K is zero: uncalibrated (REP-104)."""
    if calibration is None or (calibration.width, calibration.height) != (width, height):
        return CameraInfo(header=header, width=int(width), height=int(height))
    return CameraInfo(
        header=header, width=int(width), height=int(height),
        distortion_model=calibration.distortion_model,
        d=[float(x) for x in calibration.d], k=[float(x) for x in calibration.k],
        r=[float(x) for x in calibration.r], p=[float(x) for x in calibration.p])


def info_from_message(message: CameraInfo) -> Calibration:
    """The calibration in a CameraInfo."""
    return Calibration(
        int(message.width), int(message.height), message.distortion_model,
        tuple(map(float, message.d)), tuple(map(float, message.k)),
        tuple(map(float, message.r)), tuple(map(float, message.p)))
