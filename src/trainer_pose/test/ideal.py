"""The maps that a perfect network would answer for known bodies: to test and to time the decoder.

They are made as the targets of the training are: Gaussians for parts, unit vectors along limbs.
"""

from collections.abc import Iterable

import numpy as np

from trainer_core.skeleton import KEYPOINTS, LIMBS

SIGMA, THICK = 0.875, 1.0  # cells: width of a part, half the width of a limb

# x, y of a body that stands with slightly bent arms and faces us; torso (neck to hips) = 1.
STANDING = np.array([
    (0.0, -0.4), (0.0, 0.0),
    (-0.35, 0.0), (-0.5, 0.55), (-0.6, 1.0), (0.35, 0.0), (0.5, 0.55), (0.6, 1.0),
    (-0.22, 1.0), (-0.28, 1.85), (-0.3, 2.65), (0.22, 1.0), (0.28, 1.85), (0.3, 2.65),
    (-0.07, -0.47), (0.07, -0.47), (-0.16, -0.42), (0.16, -0.42),
])


def body(x: float, y: float, torso: float, turned: float = 0.0) -> np.ndarray:
    """Pose (18, 3) of STANDING with its middle at x, y; torso: px, turned: rad clockwise."""
    c, s = np.cos(turned), np.sin(turned)
    points = torso * (STANDING - (0.0, 1.1)) @ np.array([[c, s], [-s, c]]) + (x, y)
    return np.column_stack([points, np.ones(len(KEYPOINTS))])


def maps(
    poses: Iterable[np.ndarray], width: int, height: int, stride: int = 8,
) -> tuple[np.ndarray, np.ndarray]:
    """Confidence maps (19, h, w) and fields (38, h, w) of poses (18, 3), px of the input.

    A joint's confidence is the height of its peak; 0 = it is not there, nor are its limbs.
    """
    h, w = height // stride, width // stride
    x, y = np.meshgrid(np.arange(w), np.arange(h))
    parts = np.zeros((len(KEYPOINTS) + 1, h, w), np.float32)
    fields, count = np.zeros((len(LIMBS), 2, h, w)), np.zeros((len(LIMBS), 1, h, w))
    for pose in poses:
        cells = (pose[:, :2] + 0.5) / stride - 0.5
        for k in np.flatnonzero(pose[:, 2]):
            squared = (x - cells[k, 0]) ** 2 + (y - cells[k, 1]) ** 2
            parts[k] = np.maximum(parts[k], pose[k, 2] * np.exp(-squared / (2 * SIGMA ** 2)))
        for i, (a, b) in enumerate(LIMBS):
            along = cells[b] - cells[a]
            length = np.hypot(*along)
            if not (pose[a, 2] and pose[b, 2]) or length < 1e-6:
                continue
            ux, uy = along / length
            dx, dy = x - cells[a, 0], y - cells[a, 1]
            t = np.clip(dx * ux + dy * uy, 0, length)
            near = np.hypot(dx - t * ux, dy - t * uy) <= THICK
            fields[i] += near * np.array([ux, uy])[:, None, None]
            count[i] += near
    parts[-1] = 1 - parts[:-1].max(0)
    pafs = fields / np.maximum(count, 1)
    return parts, pafs.reshape(2 * len(LIMBS), h, w).astype(np.float32)
