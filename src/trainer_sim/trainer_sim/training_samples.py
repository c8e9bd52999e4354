"""Pictures with exact keypoints for training: random people, poses, views, scenes, occluders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from trainer_sim.body import Body
from trainer_sim.camera import Camera
from trainer_sim.motions.exercises import EXERCISES
from trainer_sim.pieces import Style
from trainer_sim.render.painter import Painter
from trainer_sim.script import BACKGROUNDS, Actor, Clothes, Scene, Script, Segment
from trainer_sim.session import perform
from trainer_sim.visibility import HIDDEN, SEEN

_SKIN = ('#f0d0b8', '#e0ac8a', '#d9a988', '#c68a5e', '#9c6844', '#7a4d30', '#543422')
_HAIR = ('#17120f', '#2a1c14', '#5a3820', '#8a6038', '#c0a060', '#8a8a88', '#8a3a20')


@dataclass(frozen=True)
class Sample:
    """One picture with everybody in it."""

    image: np.ndarray      # (height, width, 3) BGR uint8
    keypoints: np.ndarray  # (people, 18, 3) x, y px; 2 seen, 1 covered, 0 outside the picture


def samples(count: int, seed: int = 0, width: int = 384, height: int = 384, per_scene: int = 4,
            backgrounds: Sequence[str] = BACKGROUNDS) -> Iterator[Sample]:
    """`count` samples; the same seed gives the same bytes. Frames of a scene share its people.

    backgrounds: names of scenes or picture files, one of which is behind each scene.
    """
    made, scene = 0, 0
    while made < count:
        rng = np.random.default_rng([seed, scene])
        script = _script(rng, backgrounds)
        session = perform(script, width, height, 2.0, int(rng.integers(1 << 30)))
        paint = Painter(session, int(rng.integers(1 << 30)))
        frames = rng.permutation(len(session.stamps))[:min(per_scene, count - made)]
        for i in frames:
            people = [np.column_stack([t.pixels[i, :, :2], t.seen[i]]) for t in session.takes
                      if t.present[i] and (t.seen[i] > 0).sum() >= 6]
            image = paint(int(i))
            keypoints = np.array(people).reshape(-1, 18, 3)
            if rng.random() < 0.3:
                image, keypoints = _occluded(image, keypoints, rng)
            yield Sample(_developed(image, rng), keypoints)
            made += 1
        scene += 1


def _script(rng: np.random.Generator, backgrounds: Sequence[str]) -> Script:
    people = int(rng.choice([1, 1, 1, 2, 3]))
    actors = tuple(_actor(rng, i, people) for i in range(people))
    scene = Scene(str(rng.choice(backgrounds)), _colour(rng), _colour(rng),
                  float(rng.uniform(-180, 180)), float(rng.uniform(20, 80)),
                  float(rng.uniform(0.3, 0.8)), float(rng.uniform(0, 6)))
    camera = Camera(float(rng.uniform(-180, 180)), float(np.clip(rng.normal(8, 14), -20, 60)),
                    float(rng.uniform(2.4, 5.5)), float(rng.uniform(0.5, 1.1)),
                    0.0, 0.0, float(rng.uniform(35, 60)), float(rng.normal(0, 4)))
    return Script('sample', actors, scene, ((0.0, camera),))


def _actor(rng: np.random.Generator, index: int, people: int) -> Actor:
    kind = EXERCISES[str(rng.choice(list(EXERCISES)))]
    if kind.seconds:
        segment = Segment(kind.name, {'seconds': 4.0, 'range': float(rng.uniform(0.5, 1))}, 0)
    else:
        segment = Segment(kind.name, {'style': Style(3, (float(rng.uniform(0.6, 1)),),
                                                     variation=3.0)}, 0)
    extra = str(rng.choice(['wait', 'pick_up', 'tie_shoe', 'wave']))
    body = Body(float(rng.uniform(1.5, 2.0)), float(rng.uniform(0.94, 1.06)),
                float(rng.uniform(0.94, 1.06)), float(rng.uniform(0.88, 1.12)),
                float(rng.uniform(0.9, 1.12)), float(rng.uniform(0, 1)))
    clothes = Clothes(_colour(rng), _colour(rng), _colour(rng), str(rng.choice(_SKIN)),
                      str(rng.choice(_HAIR)), str(rng.choice(['none', 'short', 'long'])),
                      str(rng.choice(['short', 'long'])), bool(rng.random() < 0.4))
    angle = 2 * np.pi * (index / people + rng.random() / people)
    away = 0.0 if people == 1 else rng.uniform(0.4, 1.1)
    return Actor(f'p{index}', (Segment(extra, {'seconds': 6.0}, 0), segment), body, clothes,
                 (float(away * np.cos(angle)), float(away * np.sin(angle))),
                 float(rng.uniform(-180, 180)), 2.0)


def _colour(rng: np.random.Generator) -> str:
    return '#' + ''.join(f'{int(v):02x}' for v in rng.integers(15, 245, 3))


def _occluded(image: np.ndarray, keypoints: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray]:
    """A box or a beam in front of the people; what is under it counts as covered."""
    h, w = image.shape[:2]
    mask = np.zeros((h, w), np.uint8)
    box = cv2.RotatedRect((rng.uniform(0, w), rng.uniform(0, h)),
                          (rng.uniform(0.05, 0.4) * w, rng.uniform(0.05, 0.4) * h),
                          rng.uniform(0, 180))
    cv2.fillConvexPoly(mask, np.array(box.points()).astype(np.int32), 1)
    image = np.where(mask[..., None] > 0, rng.uniform(0, 255, 3) + rng.normal(0, 8, image.shape),
                     image).clip(0, 255).astype(np.uint8)
    keypoints = keypoints.copy()
    xy = np.clip(keypoints[..., :2], 0, [w - 1, h - 1]).astype(int)
    under = (mask[xy[..., 1], xy[..., 0]] > 0) & (keypoints[..., 2] == SEEN)
    keypoints[..., 2][under] = HIDDEN
    return image, keypoints


def _developed(image: np.ndarray, rng) -> np.ndarray:
    """Exposure, contrast and sharpness of some camera."""
    table = 255 * (np.arange(256) / 255) ** rng.uniform(0.7, 1.4) * rng.uniform(0.8, 1.15)
    image = cv2.LUT(image, np.clip(table, 0, 255).astype(np.uint8))
    return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.5)) if rng.random() < 0.5 else image
