"""What a script says: actors, what they do, the scene and the cameras. Read by script_file.py."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainer_sim.body import Body
from trainer_sim.camera import Camera

EVERYDAY = ('stand', 'wait', 'walk', 'enter', 'leave', 'turn', 'wave', 'pick_up', 'put_down',
            'tie_shoe', 'drink', 'phone', 'scratch', 'absent')
BACKGROUNDS = ('room', 'gym', 'gradient', 'plain', 'clutter')


@dataclass(frozen=True)
class Clothes:
    """Colours #rrggbb; sleeves and legs are how far cloth covers the limb."""

    shirt: str = '#3a6ea5'
    trousers: str = '#2b2b33'
    shoes: str = '#e6e6e6'
    skin: str = '#d9a988'
    hair: str = '#3b2a20'
    sleeves: str = 'short'   # none, short, long
    legs: str = 'short'      # short, long
    long_hair: bool = False


@dataclass(frozen=True)
class Scene:
    """What is behind the athlete and where the light comes from."""

    background: str = 'room'  # one of BACKGROUNDS, or a picture file
    colour: str = '#b9b4ab'
    floor: str = '#8a7a66'
    light_yaw: float = 50.0   # degrees, as the camera's yaw
    light_pitch: float = 50.0
    ambient: float = 0.55     # share of light without direction, 0 to 1
    noise: float = 2.0        # of the sensor, grey levels


@dataclass(frozen=True)
class Segment:
    """One thing to do: a motion and its parameters, with the line for messages."""

    motion: str
    values: dict[str, Any]
    line: int


@dataclass(frozen=True)
class Actor:
    """One athlete and what it does, one segment after the other."""

    name: str
    segments: tuple[Segment, ...]
    body: Body = Body()
    clothes: Clothes = Clothes()
    at: tuple[float, float] = (0.0, 0.0)  # m
    facing: float = 0.0                   # degrees
    sway: float = 1.0


@dataclass(frozen=True)
class Script:
    """A whole performance; cameras are (from second, camera)."""

    name: str
    actors: tuple[Actor, ...]
    scene: Scene = Scene()
    cameras: tuple[tuple[float, Camera], ...] = ((0.0, Camera()),)
    path: Path = field(default=Path('.'))
