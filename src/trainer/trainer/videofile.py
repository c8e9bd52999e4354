"""A video written picture by picture: H.264 by ffmpeg where it is installed, else MPEG-4."""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import cv2
import numpy as np

from trainer_core.errors import UserError


class VideoFile:
    """Pictures of one size (even numbers of px) at a fixed rate; closed by `close` or `with`."""

    def __init__(self, path: str | Path, fps: float, ffmpeg: str | None = None):
        """ffmpeg: path of the program, '' = do without; raises UserError for a bad path."""
        self.path, self.fps = Path(path), fps
        self.count = 0
        self._ffmpeg = shutil.which('ffmpeg') if ffmpeg is None else ffmpeg
        self._process: subprocess.Popen | None = None
        self._writer: cv2.VideoWriter | None = None
        self._errors: IO[bytes] | None = None
        if self.path.suffix.lower() != '.mp4':
            raise UserError(f'the video cannot be written to {path}: give a name that ends in .mp4')
        if not self.path.absolute().parent.is_dir():
            raise UserError(
                f'the video cannot be written to {path}: there is no folder '
                f'{self.path.absolute().parent}')

    def add(self, picture: np.ndarray) -> None:
        """The next one, (h, w, 3) uint8 BGR."""
        if self._process is None and self._writer is None:
            self._open(picture.shape[1], picture.shape[0])
        self.count += 1
        if self._writer is not None:
            self._writer.write(picture)
            return
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(np.ascontiguousarray(picture).data)
        except OSError:
            raise self._refused() from None

    def close(self) -> None:
        """Finish it; raises UserError when it could not be written."""
        if self._writer is not None:
            self._writer.release()
            self._writer = None
        if self._process is not None:
            process, self._process = self._process, None
            assert process.stdin is not None
            with suppress(OSError):  # its exit code tells
                process.stdin.close()
            if process.wait(60.0):
                self._process = process
                raise self._refused()
        if self.count and not self.path.is_file():
            raise UserError(f'the video cannot be written to {self.path}: check the folder')

    def __enter__(self) -> 'VideoFile':
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        elif self._process is not None:
            self._process.kill()
            self._process.wait(5.0)
        elif self._writer is not None:
            self._writer.release()

    def _open(self, width: int, height: int) -> None:
        if not self._ffmpeg:
            self._writer = cv2.VideoWriter(
                str(self.path), cv2.VideoWriter.fourcc(*'mp4v'), self.fps, (width, height))
            if not self._writer.isOpened():
                raise UserError(f'the video cannot be written to {self.path}: check the folder')
            return
        self._errors = TemporaryFile()  # noqa: SIM115, read when ffmpeg has ended
        self._process = subprocess.Popen(
            [self._ffmpeg, '-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'bgr24',
             '-s', f'{width}x{height}', '-r', f'{self.fps:.6g}', '-i', '-', '-an', '-c:v',
             'libx264', '-preset', 'veryfast', '-crf', '23', '-pix_fmt', 'yuv420p',
             '-movflags', '+faststart', '-threads', '2', str(self.path)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._errors)

    def _refused(self) -> UserError:
        process, self._process = self._process, None
        if process is not None:
            process.wait(5.0)
        lines = []
        if self._errors is not None:
            self._errors.seek(0)
            lines = self._errors.read().decode('utf-8', 'replace').strip().splitlines()
        return UserError(
            f'the video cannot be written to {self.path}: '
            f'{lines[-1] if lines else "ffmpeg ended"}')
