"""The athlete that is drawn, as something recorded."""

from collections.abc import Generator
from functools import partial

from trainer_pose.camera.files import RATE
from trainer_pose.camera.frames import Shot
from trainer_sim.athlete import open_athlete
from trainer_sim.render.painter import Painter

SEED = 0


class Athlete:
    """What a script makes the athlete do; the same script gives the same pictures."""

    def __init__(self, script: str = '', width: int = 0, height: int = 0, rate: float = 0.0):
        """0 takes 640x480 at 30/s. Raises UserError for a script that is not there or is wrong."""
        self.width, self.height, self.fps = width or 640, height or 480, rate or RATE
        self._session = open_athlete(script, self.width, self.height, self.fps, SEED).session
        self.seconds = len(self._session.stamps) / self.fps
        self.description = (
            f'athlete{":" + script if script else ""}, {self.width}x{self.height}, '
            f'{self.fps:g} frames/s, {self.seconds:.1f} s')

    def shots(self) -> Generator[Shot, None, None]:
        paint = Painter(self._session, SEED)
        for i, stamp in enumerate(self._session.stamps):
            yield Shot(int(stamp), partial(paint, i))
