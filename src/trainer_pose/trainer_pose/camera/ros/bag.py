"""Images of a bag."""

import logging
from collections.abc import Generator
from functools import partial
from pathlib import Path

import numpy as np
from sensor_msgs.msg import CompressedImage, Image

from trainer_core.errors import UserError
from trainer_core.ros.bags import Bag
from trainer_core.ros.convert import stamp_ns
from trainer_core.ros.image import decompress, to_bgr
from trainer_pose.camera.files import RATE
from trainer_pose.camera.frames import Shot

_TYPES = ('sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage')
_WANTED = ('/image_raw', '/image_raw/compressed')  # before pictures drawn by others

_log = logging.getLogger(__name__)


class BagImages:
    """The first image topic of a bag, preferring image_raw; times are those of acquisition."""

    def __init__(self, path: str | Path):
        """Raises UserError when it is not a bag or has no images."""
        self._bag = Bag(path)
        topics = [name for name, topic in self._bag.topics.items()
                  if topic.type in _TYPES and topic.count]
        if not topics:
            raise UserError(
                f'bag {path} has no images; it has {", ".join(sorted(self._bag.topics))}')
        topics.sort(key=lambda name: next(
            (i for i, end in enumerate(_WANTED) if name.endswith(end)), len(_WANTED)))
        self.topic = topics[0]
        if len(topics) > 1:
            _log.warning('bag %s has images on %s; using %s', path, ', '.join(topics), self.topic)
        _, _, message = next(self._bag.messages([self.topic]))
        first = _load(message)
        self.height, self.width = first.shape[:2]
        self.seconds = self._bag.seconds
        count = self._bag.topics[self.topic].count
        self.fps = (count - 1) / self.seconds if count > 1 and self.seconds > 0 else RATE
        self.description = (
            f'{self.topic} of {Path(path).name}, {self.width}x{self.height}, '
            f'{count} images, {self.seconds:.1f} s')

    def shots(self) -> Generator[Shot, None, None]:
        for _, recorded, message in self._bag.messages([self.topic]):
            stamp = stamp_ns(message.header.stamp) or recorded
            yield Shot(stamp, partial(_load, message))


def _load(message: Image | CompressedImage) -> np.ndarray:
    return decompress(message) if isinstance(message, CompressedImage) else to_bgr(message)
