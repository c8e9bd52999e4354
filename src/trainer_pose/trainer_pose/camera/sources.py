"""One name for everything that sends pictures."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import time_ns
from urllib.parse import unquote, urlsplit

from trainer_core.errors import UserError
from trainer_pose.camera import devices
from trainer_pose.camera.files import PICTURES, Pictures, Video, folder, without_password
from trainer_pose.camera.frames import Clip, Frame, Source, Unavailable
from trainer_pose.camera.live import Live
from trainer_pose.camera.playback import Playback

__all__ = ['Frame', 'Source', 'Unavailable', 'open_source']

STREAMS = ('rtsp', 'rtsps', 'rtmp', 'http', 'https', 'udp', 'tcp', 'srt')
VIDEOS = ('.mp4', '.m4v', '.mov', '.mkv', '.webm', '.avi', '.mpg', '.mpeg', '.ogv', '.wmv', '.gif')
BAGS = ('.mcap', '.db3')


def open_source(
    uri: str, *, speed: str = 'real', loop: bool = False, width: int = 0, height: int = 0,
    rate: float = 0.0, clock: Callable[[], int] = time_ns,
) -> Source:
    """Open a camera, file, folder, bag, stream or the athlete.

    uri: index, path or name of a camera (0, /dev/video2, C920); video file; picture; folder of
    pictures; bag (folder, .mcap, .db3); stream (rtsp://, http:// ...); athlete[:script].
    speed: real = by the clock of what was recorded, max = every frame as fast as it can be read.
    loop: start what was recorded again at its end. width, height (px), rate (1/s): asked of a
    camera and of the athlete; rate also of pictures; videos, bags and streams keep their own.
    clock: ns, stamps what is live.
    Raises Unavailable for a camera that is not there (now), UserError for all that cannot be cured
    by waiting.
    """
    uri = uri.strip()
    kind, _, rest = uri.partition(':')
    if kind == 'athlete':
        from trainer_pose.camera.athlete import Athlete
        return Playback(Athlete(rest, width, height, rate), speed, loop)
    scheme = urlsplit(uri).scheme if '://' in uri else ''
    if scheme == 'file':
        uri = unquote(urlsplit(uri).path)
    elif scheme in ('http', 'https') and urlsplit(uri).path.lower().endswith(VIDEOS):
        return Playback(Video(uri), speed, loop)
    elif scheme in STREAMS:
        shown = without_password(uri)
        return Live(
            f'stream {shown}', partial(devices.open_stream, uri),
            lambda: f'stream {shown} stopped; trying to reach it again', clock)
    elif scheme:
        raise UserError(
            f'source {uri} has an unknown scheme {scheme}; give one of {", ".join(STREAMS)}')
    path = Path(uri).expanduser()
    if uri and path.exists() and not uri.startswith('/dev/') and not uri.isdigit():
        return Playback(_recorded(path, rate), speed, loop)
    return _camera(uri, width, height, rate, clock)


def _recorded(path: Path, rate: float) -> Clip:
    suffix = path.suffix.lower()
    if not os.access(path, os.R_OK):
        raise UserError(f'{path} may not be read by you; change its permissions')
    bag = suffix in BAGS or path.is_dir() and any(
        f.name == 'metadata.yaml' or f.suffix in BAGS for f in path.iterdir())
    if bag:
        # rclpy and rosbags are needed for bags alone.
        from trainer_pose.camera.ros.bag import BagImages
        return BagImages(path)
    if path.is_dir():
        return folder(path, rate)
    return Pictures([path], rate) if suffix in PICTURES else Video(path)


def _camera(
    uri: str, width: int, height: int, rate: float, clock: Callable[[], int],
) -> Live:
    found = devices.cameras()
    path = devices.find(uri, found) if uri else None
    if path is None:
        raise UserError(
            f'source {uri!r} is no file, and no camera has this name ({devices.there_are(found)}); '
            'check the path, or give 0, /dev/video0, rtsp://..., athlete')
    name = next((str(camera) for camera in found if camera.path == path), path)
    devices.check(path)
    return Live(
        f'camera {name}', partial(devices.open_device, path, width, height, rate),
        lambda: f'camera {name} was unplugged or stopped ({devices.there_are(devices.cameras())}); '
        'waiting for it', clock)
