"""The cameras of this machine and streams of the network, by OpenCV."""

import logging
import os
import sys
from pathlib import Path
from typing import NamedTuple

import cv2

from trainer_pose.camera.files import TIMEOUTS, quiet, without_password
from trainer_pose.camera.frames import Unavailable

SYSFS = Path('/sys/class/video4linux')
LINUX = sys.platform.startswith('linux')

_log = logging.getLogger(__name__)


class Camera(NamedTuple):
    """A camera that Linux knows."""

    path: str  # /dev/video0
    name: str  # as its maker calls it

    def __str__(self) -> str:
        return f'{self.path} ({self.name})'


def cameras(sysfs: Path = SYSFS) -> list[Camera]:
    """The cameras of this machine, by number; nothing where the system is not Linux."""
    found = []
    for entry in sysfs.glob('video*'):
        # A webcam has a second entry, for its metadata, with index 1: nothing can be seen there.
        if _text(entry / 'index') in ('0', ''):
            number = int(entry.name.removeprefix('video'))
            found.append((number, Camera(f'/dev/{entry.name}', _text(entry / 'name') or 'camera')))
    return [camera for _, camera in sorted(found)]


def there_are(found: list[Camera]) -> str:
    """Part of a sentence: which cameras are here."""
    return f'cameras here: {", ".join(map(str, found)) or "none"}'


def find(wanted: str, found: list[Camera]) -> str | None:
    """The path of a camera given by index, path or (part of) its name; None if it is no camera."""
    if wanted.isdigit():
        return f'/dev/video{int(wanted)}'
    if wanted.startswith('/dev/'):
        return wanted
    named = [camera for camera in found if wanted.lower() in camera.name.lower()]
    return named[0].path if named else None


def open_device(path: str, width: int = 0, height: int = 0, rate: float = 0.0) -> cv2.VideoCapture:
    """Open a camera, asking for a size (px) and rate (1/s), 0 = as it likes best.

    Raises Unavailable with the reason and what else is there.
    """
    quiet()
    check(path)
    if LINUX:
        # A camera that was pulled out keeps its reader waiting for 10 s otherwise.
        os.environ.setdefault('OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT', '2')
        capture = cv2.VideoCapture(path, cv2.CAP_V4L2)
    else:
        capture = cv2.VideoCapture(int(path.removeprefix('/dev/video')), cv2.CAP_ANY)
    if not capture.isOpened():
        capture.release()
        raise Unavailable(
            f'camera {path} could not be opened; it may be no camera, or another program uses it: '
            f'end that, or choose another ({there_are(cameras())})')
    if width * height > 640 * 480:
        # Uncompressed pictures of this size pass USB 2 only a few times a second.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*'MJPG'))
    for name, what, value in (
            ('width', cv2.CAP_PROP_FRAME_WIDTH, width),
            ('height', cv2.CAP_PROP_FRAME_HEIGHT, height), ('rate', cv2.CAP_PROP_FPS, rate)):
        if value and (not capture.set(what, value) or round(capture.get(what)) != round(value)):
            _log.warning(
                'camera %s does not take %s %g; it sends %g', path, name, value, capture.get(what))
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


def check(path: str) -> None:
    """Raises Unavailable when a camera of this path is not there or may not be used."""
    if not LINUX:
        return
    if not os.path.exists(path):
        raise Unavailable(
            f'there is no camera {path} ({there_are(cameras())}); plug it in, '
            'or give another source')
    if not os.access(path, os.R_OK | os.W_OK):
        raise Unavailable(
            f'camera {path} may not be used by you; type: sudo usermod -aG video $USER, '
            'then log in again')


def open_stream(url: str) -> cv2.VideoCapture:
    """Open an rtsp, http, ... stream; raises Unavailable."""
    quiet()
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, TIMEOUTS)
    if not capture.isOpened():
        capture.release()
        raise Unavailable(
            f'stream {without_password(url)} does not answer or is no video; check address, '
            'password and network')
    return capture


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ''
