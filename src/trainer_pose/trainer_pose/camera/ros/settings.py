"""What the camera node can be told."""

from dataclasses import dataclass

from trainer_core.ros.params import param


@dataclass(frozen=True)
class CameraParams:
    """Parameters of the camera node; those about the source are read when it is configured."""

    source: str = param(
        '0', 'What to open: index, path or name of a camera; video file; picture or folder of '
        'pictures; bag; stream URL (rtsp://, http://); athlete[:script]')
    speed: str = param(
        'real', 'Pace of what was recorded: its own clock, or as fast as it can be read, where '
        'subscribers that take the newest picture miss some', choices=('real', 'max'))
    loop: bool = param(False, 'Start what was recorded again at its end; stamps go on')
    at_end: str = param(
        'stay', 'What to do when what was recorded has ended: stay, or exit with code 0',
        choices=('stay', 'exit'))
    enabled: bool = param(
        True, 'Send pictures; false: the source is open, and a recording stands still')
    width: int = param(0, 'Width to ask of a camera or the athlete, px; 0 = its own', 0, 7680)
    height: int = param(0, 'Height to ask of a camera or the athlete, px; 0 = its own', 0, 4320)
    rate: float = param(
        0.0, 'Pictures a second to ask of a camera, the athlete or a folder of pictures; '
        '0 = its own; videos, bags and streams keep theirs', 0.0, 240.0)
    frame_id: str = param('camera_optical_frame', 'Frame in the header of every message')
    camera_name: str = param('camera', 'Name of the camera in its calibration file')
    camera_info_url: str = param(
        '', 'Calibration file: file:///path or package://package/path; '
        'empty = for cameras and streams, camera_info/<camera_name>.yaml in the configuration '
        'folder of the user')
    jpeg_quality: int = param(85, 'Quality of image_raw/compressed', 1, 100)
    autostart: bool = param(
        True, 'Configure and activate at start; false: wait for lifecycle commands', read_only=True)
