"""Video files and pictures."""

import logging
import os
import re
from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_pose.camera.frames import Shot

PICTURES = ('.jpg', '.jpeg', '.png', '.bmp', '.webp', '.tif', '.tiff', '.ppm', '.pgm')
RATE = 30.0  # pictures/s where nothing else is said
TIMEOUTS = [  # ms that the network may take to open or to send the next picture
    cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 5000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 5000]

_log = logging.getLogger(__name__)


class Video:
    """A video file, or a URL of one, with the times that its frames really have.

    Rotation in its metadata is undone, grey becomes BGR, a rate that varies is kept.
    """

    def __init__(self, path: str | Path):
        """Raises UserError when there is nothing in it that can be shown."""
        self.path = str(path)
        self.name = without_password(self.path)
        capture = self._open()
        try:
            ok, first = capture.read()
            if not ok:
                raise UserError(
                    f'{self.name} has no picture in it; record or copy it again, '
                    'or give another file')
            self.height, self.width = first.shape[:2]
            fps, frames = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
        finally:
            capture.release()
        self.fps = fps if 0.1 <= fps <= 1000 else RATE
        self.frames = max(int(frames), 0)
        self.seconds = self.frames / self.fps
        self.description = (
            f'{Path(self.path).name}, {self.width}x{self.height}, {self.fps:.4g} frames/s'
            + (f', {self.seconds:.1f} s' if self.frames else ''))
        self._told = False

    def shots(self) -> Generator[Shot, None, None]:
        capture = self._open()
        seconds, frames = 0.0, 0
        try:
            while capture.grab():
                seconds, frames = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, frames + 1
                yield Shot(round(seconds * SECOND), lambda: _bgr(capture.retrieve()))
        finally:
            capture.release()
        self._tell_if_cut(seconds + 1 / self.fps, frames)

    def _open(self) -> cv2.VideoCapture:
        quiet()
        if '://' not in self.path and os.path.getsize(self.path) == 0:
            raise UserError(f'{self.name} is empty (0 bytes); record or copy it again')
        capture = cv2.VideoCapture(self.path, cv2.CAP_FFMPEG, TIMEOUTS)
        if not capture.isOpened():
            raise UserError(
                f'{self.name} is not a video that can be read, or it was cut off before its end '
                'was written; see whether it plays elsewhere, or record it again')
        return capture

    def _tell_if_cut(self, seconds: float, frames: int) -> None:
        # Some formats only estimate how many frames there are: believe it if the time says so too.
        short = frames < 0.95 * self.frames - 1 and seconds < self.seconds - 0.25
        if short and not self._told:
            self._told = True
            _log.warning(
                '%s ends after %.1f of the %.1f s that it announces, so it is cut off or damaged; '
                'the %d frames that are there were read',
                self.name, seconds, self.seconds, frames)


class Pictures:
    """Pictures in natural order (2.jpg before 10.jpg), rate of them a second."""

    seconds: float

    def __init__(self, paths: Sequence[Path], rate: float = 0.0, name: str = ''):
        """paths: at least one. Raises UserError when not one can be read."""
        self.paths = sorted(paths, key=_natural)
        self.fps = rate or RATE
        self.seconds = len(paths) / self.fps
        first = next((p for p in map(_picture, self.paths) if p is not None), None)
        if first is None:
            raise UserError(
                f'{name or self.paths[0]} cannot be read as a picture'
                + (f': none of its {len(paths)} files' if len(paths) > 1 else '')
                + '; give JPEG or PNG files')
        self.height, self.width = first.shape[:2]
        several = f'{len(paths)} pictures, {self.fps:g}/s, ' if len(paths) > 1 else ''
        self.description = f'{name or self.paths[0].name}, {several}{self.width}x{self.height}'

    def shots(self) -> Generator[Shot, None, None]:
        for i, path in enumerate(self.paths):
            yield Shot(round(i * SECOND / self.fps), partial(self._load, path))

    def _load(self, path: Path) -> np.ndarray | None:
        image = _picture(path)
        if image is None:
            _log.warning('%s cannot be read as a picture and is left out', path)
        return image


def folder(path: Path, rate: float = 0.0) -> Pictures:
    """The pictures of a folder; raises UserError when there are none."""
    paths = [p for p in path.iterdir() if p.suffix.lower() in PICTURES]
    if not paths:
        raise UserError(
            f'folder {path} has no pictures in it and is not a bag; give a folder with '
            f'{", ".join(PICTURES[:3])} ... files, or a bag with metadata.yaml')
    return Pictures(paths, rate, str(path))


def quiet() -> None:
    """Keep FFmpeg and OpenCV from writing to the terminal what we say in a sentence."""
    os.environ.setdefault('OPENCV_FFMPEG_LOGLEVEL', '-8')
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def without_password(url: str) -> str:
    """A URL as it may be logged; a path stays as it is."""
    if '://' not in url:
        return url
    scheme, _, rest = url.partition('://')
    host, slash, path = rest.partition('/')
    return f'{scheme}://{host.rpartition("@")[2]}{slash}{path}'


def _bgr(read: tuple[bool, np.ndarray]) -> np.ndarray | None:
    ok, image = read
    return image if ok else None


def _picture(path: Path) -> np.ndarray | None:
    # Not imread: it knows nothing of names outside ASCII on Windows, and writes to the terminal.
    try:
        data = np.fromfile(path, np.uint8)
        return cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except (OSError, cv2.error):
        return None


def _natural(path: Path) -> list[tuple[int, str]]:
    return [(int(part), '') if part.isdecimal() else (-1, part.lower())
            for part in re.split(r'(\d+)', path.name) if part]
