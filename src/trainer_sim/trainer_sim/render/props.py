"""Things that belong to exercises: dumbbells, a barbell, a pull-up bar."""

import numpy as np

from trainer_sim.body import BONE
from trainer_sim.posture import Posture
from trainer_sim.rotations import facing

_STEEL, _IRON = np.array([170.0, 168, 165]), np.array([58.0, 55, 52])


class Facets:
    """Vertices and facets in the world, appended to a picture's list."""

    def __init__(self) -> None:
        self.vertices: list[np.ndarray] = []
        self.quads: list[np.ndarray] = []
        self.colours: list[np.ndarray] = []
        self._count = 0

    def rod(self, a: np.ndarray, b: np.ndarray, radii, shares, colour: np.ndarray,
            k: int = 8) -> None:
        """A turned rod from a to b (3,): radii (r,) m at shares (r,) of its length."""
        frame = facing(b - a, np.array([0.31, 0.52, 0.8]))
        angle = np.arange(k) * 2 * np.pi / k
        ring = np.cos(angle)[:, None] * frame[:, 0] + np.sin(angle)[:, None] * frame[:, 1]
        shares, radii = np.asarray(shares, float), np.asarray(radii, float)
        rings = a + shares[:, None, None] * (b - a) + radii[:, None, None] * ring
        index = np.arange(len(shares) * k).reshape(-1, k) + self._count
        right = np.roll(index, -1, 1)
        quads = np.stack([index[:-1], right[:-1], right[1:], index[1:]], -1).reshape(-1, 4)
        self.vertices.append(rings.reshape(-1, 3))
        self.quads.append(quads)
        self.colours.append(np.broadcast_to(colour, (len(quads), 3)))
        self._count += rings.shape[0] * k


def held(facets: Facets, prop: str, posture: Posture) -> None:
    """What is in the hands of a posture (one frame)."""
    h = posture.body.height
    joints, turn = posture.joints()[0], posture.turn[0]
    grip = {}
    for side in ('left', 'right'):
        hand = BONE[f'{side}_hand']
        grip[side] = joints[hand] + turn[hand] @ np.array([0.006, 0.0, -0.045]) * h
        if prop == 'dumbbells':
            axis = turn[hand] @ np.array([1.0, 0.0, 0.0])
            radii = [0, .045, .045, .014, .014, .045, .045, 0]
            shares = [0, 0, .28, .28, .72, .72, 1, 1]
            facets.rod(grip[side] - 0.11 * axis, grip[side] + 0.11 * axis, radii, shares, _IRON, 10)
    if prop == 'barbell':
        axis = grip['left'] - grip['right']
        axis = axis / max(float(np.linalg.norm(axis)), 1e-6)
        middle = (grip['left'] + grip['right']) / 2
        a, b = middle - 0.95 * axis, middle + 0.95 * axis
        facets.rod(a, b, np.full(25, 0.014), np.linspace(0, 1, 25), _STEEL)
        for end in (a + 0.12 * axis, b - 0.12 * axis):
            facets.rod(end - 0.03 * axis, end + 0.03 * axis, [0, .10, .18, .18, .10, 0],
                       [0, 0, 0, 1, 1, 1], _IRON, 18)


def pull_up_bar(facets: Facets, place: np.ndarray, yaw: float, height: float) -> None:
    """A bar across the athlete's place (2,) on two posts."""
    across = np.array([-np.sin(yaw), np.cos(yaw), 0.0])
    middle = np.array([*place, height])
    facets.rod(middle - 0.85 * across, middle + 0.85 * across, np.full(29, 0.016),
               np.linspace(0, 1, 29), _STEEL)
    for sign in (-0.85, 0.85):
        top = middle + sign * across
        facets.rod(top * [1, 1, 0], top, np.full(25, 0.03), np.linspace(0, 1, 25), _IRON)
