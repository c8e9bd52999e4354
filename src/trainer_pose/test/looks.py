"""People in images and faces to look at, made by hand: what is tested is who is who."""

import numpy as np

from trainer_core.clock import SECOND
from trainer_core.people import People, Person
from trainer_core.skeleton import INDEX
from trainer_pose.identity.faces import Face
from trainer_pose.identity.gallery import Entry, Gallery
from trainer_pose.identity.quality import Quality
from trainer_pose.identity.who import Settings, Who

GOOD = Quality(eyes=40.0, sharpness=1.0, brightness=120.0, contrast=40.0, turned=0.0)

# Somebody who stands in front of the camera, eyes 20 px apart, in px from the nose.
_STANDING = {
    'nose': (0, 0), 'right_eye': (-10, -14), 'left_eye': (10, -14), 'right_ear': (-23, -8),
    'left_ear': (23, -8), 'neck': (0, 72), 'right_shoulder': (-58, 72), 'left_shoulder': (58, 72),
    'right_hip': (-35, 225), 'left_hip': (35, 225), 'right_knee': (-35, 340),
    'left_knee': (35, 340), 'right_ankle': (-35, 450), 'left_ankle': (35, 450)}
FACE = ('nose', 'right_eye', 'left_eye', 'right_ear', 'left_ear')


def body(x: float, y: float, hidden: tuple[str, ...] = (), turned: float = 0.0, size: float = 1.0):
    """A pose (18, 3) with the nose at x, y; turned clockwise by an angle (rad)."""
    pose = np.zeros((18, 3))
    c, s = np.cos(turned), np.sin(turned)
    for name, (dx, dy) in _STANDING.items():
        if name not in hidden:
            pose[INDEX[name]] = (
                x + size * (c * dx - s * dy), y + size * (s * dx + c * dy), 0.9)
    return pose


def person(
    track_id: str, x: float = 300.0, hidden: tuple[str, ...] = (), size: float = 1.0,
) -> Person:
    pose = body(x, 120.0, hidden, size=size)
    return Person(track_id, pose, pose, 0.8, 0.0)


def image(seconds: float, *people: Person) -> People:
    return People(int(seconds * SECOND), 1280, 720, list(people))


def encoding(number: int, off: float = 0.0) -> np.ndarray:
    """Of somebody who is 0.8 away from everybody else; off: how far this look is from them."""
    made = np.zeros(128)
    made[number] = 0.8 / np.sqrt(2)
    made[127] = off
    return made


def face(number: int, off: float = 0.0, quality: Quality = GOOD) -> Face:
    return Face(np.array([[290.0, 106.0], [310.0, 106.0]]), quality, encoding(number, off))


ANN, BOB, CARL = (Entry(f'{name[0].lower()}0000', name, encoding(i)[None])
                  for i, name in enumerate(('Ann', 'Bob', 'Carl')))
EVERYBODY = Gallery([ANN, BOB, CARL])


class Scene:
    """Images at 10 a second, in each of which somebody shows the face of some number.

    >>> Scene().shows(3.0, {'p1': 0}).names()
    {'p1': 'Ann'}
    """

    def __init__(self, gallery: Gallery = EVERYBODY, settings: Settings | None = None):
        self.who = Who(gallery, settings or Settings(rate=2.0))
        self.time, self.looks = 0.0, []

    def shows(self, seconds, faces, off=0.0, places=None, size=1.0):
        """faces: track: number of the face, None = hidden though looked at, 'away' = turned."""
        end = self.time + seconds
        while self.time < end - 1e-9:
            self.time += 0.1
            people = [
                person(track, (places or {}).get(track, 200.0 + 400.0 * i),
                       FACE if shown == 'away' else (), size)
                for i, (track, shown) in enumerate(faces.items())]
            look = self.who.update(image(self.time, *people))
            if look:
                self.looks.append((round(self.time, 1), look.track_id))
                shown = faces[look.track_id]
                self.who.saw(look.track_id, None if shown is None else face(shown, off))
        return self

    def answers(self):
        return {i.track_id: i for i in self.who.identities()}

    def names(self):
        """Name, or the state in small letters where there is none."""
        return {i.track_id: i.name or i.state.name.lower() for i in self.who.identities()}
