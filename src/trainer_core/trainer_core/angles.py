"""Angles of joints from keypoints in the image plane."""

import numpy as np

from trainer_core.skeleton import INDEX

# Every joint angle by its three keypoints; the vertex is in the middle.
JOINTS = {
    f'{side}_{joint}': (f'{side}_{a}', f'{side}_{b}', f'{side}_{c}')
    for side in ('left', 'right')
    for joint, (a, b, c) in {
        'elbow': ('shoulder', 'elbow', 'wrist'),
        'shoulder': ('hip', 'shoulder', 'elbow'),
        'hip': ('shoulder', 'hip', 'knee'),
        'knee': ('hip', 'knee', 'ankle'),
    }.items()
}

_OF_BODY = {*JOINTS, *INDEX, 'torso', 'body'}


def is_of_body(part: str) -> bool:
    """Whether a hint about this part is about the body; else it is about a thing, as a bar.

    The amount of the first is in rad (of body: a share), of the second in statures.
    """
    return part in _OF_BODY


def angle(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Angle at b between b->a and b->c, rad in [0, pi].

    a, b, c: (..., 2) points in an isotropic frame (pixels, not normalised). NaN where two coincide.
    """
    u, v = np.subtract(a, b), np.subtract(c, b)
    cross = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    dot = (u * v).sum(-1)
    # atan2 keeps full precision near 0 and pi, where arccos of a rounded cosine does not.
    result = np.arctan2(np.abs(cross), dot)
    return np.where((u == 0).all(-1) | (v == 0).all(-1), np.nan, result)


def angle_of(pose: np.ndarray, points: tuple[str, str, str], min_confidence: float) -> float:
    """Angle of three named keypoints of a pose (18, 3) in pixels; NaN if one is below the line."""
    chosen = pose[[INDEX[name] for name in points]]
    if (chosen[:, 2] < min_confidence).any():
        return float('nan')
    return float(angle(chosen[0, :2], chosen[1, :2], chosen[2, :2]))
