"""What every source of pictures has in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from typing import NamedTuple, Protocol

import numpy as np

from trainer_core.errors import UserError


class Unavailable(UserError):
    """A camera or stream that is not there now and may come; trying again makes sense."""


class Frame(NamedTuple):
    """One picture."""

    stamp: int         # ns; from 0 on for what was recorded, the clock's at acquisition if live
    image: np.ndarray  # (height, width, 3) uint8 BGR


class Shot(NamedTuple):
    """A picture that is not decoded yet, so that one that comes too late can be left out."""

    stamp: int                             # ns, by the recording's own clock
    load: Callable[[], np.ndarray | None]  # None: damaged, which it has logged


class Clip(Protocol):
    """Something recorded, which can be read from its start again and again."""

    width: int         # px
    height: int        # px
    fps: float         # pictures/s on average, > 0
    seconds: float     # how long it says it is; 0 = it does not say
    description: str   # one line for people

    def shots(self) -> Generator[Shot, None, None]:
        """Its pictures in order; load() is good until the next one is asked for."""


class Source(ABC):
    """Pictures one after another; closed by `close`, by `with`, or by its end."""

    live = False      # stamps are the clock's; else they count from the start of the source
    width = 0         # px; 0 = not known yet
    height = 0        # px; 0 = not known yet
    fps = 0.0         # pictures/s; 0 = not known
    seconds = 0.0     # length of what was recorded; 0 = not known
    description = ''  # one line for people
    dropped = 0       # pictures left out because they came too late
    fault = ''        # one sentence while a live source sends nothing, else ''

    def __iter__(self) -> 'Source':
        return self

    @abstractmethod
    def __next__(self) -> Frame:
        """The next picture, waiting for it; raises UserError when it cannot be read."""

    @abstractmethod
    def pause(self, paused: bool) -> None:
        """While paused nothing comes; a recording goes on where it stopped, a camera with now."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything, within about a second; whoever waits for a picture gets the end."""

    def __enter__(self) -> 'Source':
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
