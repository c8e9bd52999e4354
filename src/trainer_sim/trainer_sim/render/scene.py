"""What is behind the athlete: a plain, a gradient, a room, a gym, clutter, or a picture."""

import cv2
import numpy as np

from trainer_core.errors import UserError
from trainer_sim.camera import Camera
from trainer_sim.render.mesh import bgr
from trainer_sim.script import Scene


def background(scene: Scene, camera: Camera, width: int, height: int, seed: int,
               panel: tuple[np.ndarray, float] | None = None) -> np.ndarray:
    """The empty scene (height, width, 3) BGR uint8; panel: foot (2,) m and yaw of a wall to sit
    against. Raises UserError for a picture that cannot be read.
    """
    rng = np.random.default_rng([seed, 7])
    if scene.background == 'plain':
        image = np.empty((height, width, 3))
        image[:] = bgr(scene.colour)
    elif scene.background == 'gradient':
        y = np.linspace(0, 1, height)[:, None, None]
        image = bgr(scene.colour) * (1.15 - y) + bgr(scene.floor) * y * np.ones((1, width, 1))
    elif scene.background == 'clutter':
        image = _clutter(scene, width, height, rng)
    elif scene.background in ('room', 'gym'):
        image = _room(scene, camera, width, height, rng, panel)
    else:
        picture = cv2.imread(scene.background, cv2.IMREAD_COLOR)
        if picture is None:
            raise UserError(f'background {scene.background} is not a picture that can be read')
        scale = max(width / picture.shape[1], height / picture.shape[0])
        size = (max(width, round(picture.shape[1] * scale)),
                max(height, round(picture.shape[0] * scale)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        y, x = (size[1] - height) // 2, (size[0] - width) // 2
        return picture[y:y + height, x:x + width].copy()
    return np.clip(image, 0, 255).astype(np.uint8)


def _clutter(scene: Scene, width: int, height: int, rng) -> np.ndarray:
    """Shapes, stripes and blotches of every size: a background that means nothing."""
    image = np.empty((height, width, 3), np.uint8)
    image[:] = np.clip(bgr(scene.colour), 0, 255)
    for _ in range(int(rng.integers(15, 60))):
        colour = rng.uniform(0, 255, 3).tolist()
        middle = rng.uniform(0, 1, 2) * [width, height]
        size = rng.uniform(0.02, 0.35) * min(width, height)
        kind = rng.integers(3)
        if kind == 0:
            angle = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 7))))
            corners = middle + size * np.stack([np.cos(angle), np.sin(angle)], -1)
            cv2.fillConvexPoly(image, corners.astype(np.int32), colour)
        elif kind == 1:
            axes = np.maximum(1, rng.uniform(0.2, 1, 2) * size).astype(int).tolist()
            cv2.ellipse(image, middle.astype(int).tolist(), axes, rng.uniform(0, 180), 0, 360,
                        colour, -1)
        else:
            end = middle + rng.normal(0, 2, 2) * size
            cv2.line(image, middle.astype(int).tolist(), end.astype(int).tolist(), colour,
                     int(rng.integers(1, 14)))
    blotch = cv2.resize(rng.normal(0, 18, (9, 12, 3)).astype(np.float32), (width, height))
    return cv2.GaussianBlur(image.astype(np.float32) + blotch, (0, 0), rng.uniform(0.5, 2.5))


def _room(scene: Scene, camera: Camera, width: int, height: int, rng, panel) -> np.ndarray:
    """A box room seen from inside: where each pixel's ray leaves the box, and what is there."""
    eye, axes = camera.frame()
    focal = camera.focal(height)
    x, y = np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2)
    ray = np.stack([x, y, np.full_like(x, focal)], -1) @ axes
    half = max(3.4, float(np.abs(eye[:2]).max()) + 0.5)
    top = max(2.8, float(eye[2]) + 0.5)
    with np.errstate(divide='ignore'):
        steps = np.stack([
            np.where(ray[..., 0] > 0, half - eye[0], -half - eye[0]) / ray[..., 0],
            np.where(ray[..., 1] > 0, half - eye[1], -half - eye[1]) / ray[..., 1],
            np.where(ray[..., 2] > 0, top - eye[2], -eye[2]) / ray[..., 2]], -1)
    face = np.argmin(np.abs(steps), -1)
    hit = eye + np.take_along_axis(steps, face[..., None], -1) * ray
    along = np.where(face == 0, hit[..., 1], hit[..., 0])
    wall = bgr(scene.colour) * np.where(face == 0, 0.97, 0.88)[..., None]
    wall = wall * (0.86 + 0.14 * hit[..., 2:] / top)
    _things(wall, along, hit[..., 2], face, ray, scene, rng)
    wall = np.where((hit[..., 2] < 0.10)[..., None], wall * 0.6 + 60, wall)
    floor = _floor(hit, scene, rng)
    ceiling = np.array([226.0, 228, 230]) * np.ones_like(wall)
    image = np.where((face == 2)[..., None], np.where(ray[..., 2:] > 0, ceiling, floor), wall)
    if panel is not None:
        image = _panel(image, eye, ray, panel)
    grain = cv2.resize(rng.normal(0, 1, (height // 3 + 1, width // 3 + 1)).astype(np.float32),
                       (width, height))
    return cv2.GaussianBlur(image * (1 + 0.012 * grain[..., None]), (0, 0), 0.7)


def _floor(hit: np.ndarray, scene: Scene, rng) -> np.ndarray:
    x, y = hit[..., 0], hit[..., 1]
    shades = rng.normal(1, 0.05, 256)
    if scene.background == 'gym':
        # Rubber tiles of one metre.
        tile = (np.floor(x) * 7 + np.floor(y) * 13).astype(int) & 255
        seam = (np.abs(x - np.round(x)) < 0.012) | (np.abs(y - np.round(y)) < 0.012)
        colour = bgr(scene.floor) * 0.55 * shades[tile][..., None]
    else:
        board = np.floor(x / 0.14).astype(int)
        piece = np.floor(y / 1.3 + (board * 37 % 10) / 10).astype(int)
        seam = np.abs(x / 0.14 - np.round(x / 0.14)) < 0.05
        colour = bgr(scene.floor) * shades[(board * 31 + piece * 17) & 255][..., None]
    colour = colour * np.where(seam, 0.82, 1.0)[..., None]
    far = np.hypot(x, y)
    return colour * (1.05 - 0.05 * np.minimum(far, 5))[..., None]


def _things(wall, along, up, face, ray, scene: Scene, rng) -> None:
    """Posters, or wall bars and racks, painted on each of the four walls."""
    for number in range(4):
        sign = np.where(face == 0, ray[..., 0], ray[..., 1]) > 0
        rows, columns = np.nonzero((face == number // 2) & (sign == bool(number % 2)))
        a, z = along[rows, columns], up[rows, columns]

        def paint(where: np.ndarray, colour, rows=rows, columns=columns) -> None:
            wall[rows[where], columns[where]] = colour

        if scene.background == 'gym':
            bars = (z > 0.3) & (z < 2.5) & (np.abs(a + 1.5) < 1.4)
            rung = np.abs((z / 0.16) % 1 - 0.5) < 0.13
            post = np.abs(((a + 1.5) / 0.93) % 1 - 0.5) < 0.04
            paint(bars & (rung | post), (95, 140, 185))
            rack = (np.abs(a - 1.8) < 1.0) & (z > 0.25) & (z < 1.15)
            plate = np.hypot((a / 0.26) % 1 - 0.5, ((z - 0.25) / 0.45) % 1 - 0.5) < 0.33
            paint(rack, (88, 84, 80))
            paint(rack & plate, (45, 43, 42))
            continue
        for _ in range(2):
            middle, wide = rng.uniform(-2.6, 2.6), rng.uniform(0.25, 0.6)
            low, high = rng.uniform(1.0, 1.4), rng.uniform(1.8, 2.3)
            paint((np.abs(a - middle) < wide) & (z > low) & (z < high), rng.uniform(40, 120))
            inner = (np.abs(a - middle) < wide - 0.04) & (z > low + 0.04) & (z < high - 0.04)
            waves = np.sin(a[inner] * rng.uniform(2, 9) + z[inner] * rng.uniform(2, 9))
            paint(inner, rng.uniform(90, 215, 3) + 30 * waves[:, None])


def _panel(image, eye, ray, panel) -> np.ndarray:
    """An upright board two metres wide behind somebody's back."""
    foot, yaw = panel
    forward = np.array([np.cos(yaw), np.sin(yaw), 0.0])
    across = np.array([-np.sin(yaw), np.cos(yaw), 0.0])
    away = float((np.array([*foot, 0.0]) - eye) @ forward)
    facing = ray @ forward
    with np.errstate(divide='ignore', invalid='ignore'):
        hit = eye + (away / facing)[..., None] * ray
    side = (hit - [*foot, 0.0]) @ across
    inside = (away / facing > 0) & (np.abs(side) < 1.0) & (hit[..., 2] > 0) & (hit[..., 2] < 2.1)
    if away > 0:
        # Seen from behind it would hide the athlete, who is drawn over it.
        return image
    shade = np.array([168.0, 176, 182]) * (0.9 + 0.05 * hit[..., 2:])
    edge = np.abs(side) > 0.97
    return np.where(inside[..., None], shade * np.where(edge, 0.7, 1.0)[..., None], image)
