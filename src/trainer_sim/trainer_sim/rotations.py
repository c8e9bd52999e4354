"""Batches of rotation matrices (..., 3, 3); axes x forward, y left, z up; angles in rad."""

import numpy as np


def about(axis: str, angle) -> np.ndarray:
    """Rotation about one coordinate axis: angle of shape S gives (*S, 3, 3)."""
    angle = np.asarray(angle, float)
    c, s = np.cos(angle), np.sin(angle)
    r = np.zeros((*angle.shape, 3, 3))
    i, j, k = {'x': (0, 1, 2), 'y': (1, 2, 0), 'z': (2, 0, 1)}[axis]
    r[..., i, i] = 1.0
    r[..., j, j] = r[..., k, k] = c
    r[..., j, k], r[..., k, j] = -s, s
    return r


def around(axis: np.ndarray, angle) -> np.ndarray:
    """Rodrigues' rotation about axes (..., 3); an axis of zero length gives the identity."""
    axis = np.asarray(axis, float)
    x, y, z = np.moveaxis(unit(axis), -1, 0)
    o = np.zeros_like(x)
    k = np.stack([o, -z, y, z, o, -x, -y, x, o], -1).reshape(*x.shape, 3, 3)
    angle = np.asarray(angle, float)[..., None, None]
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)


def unit(v: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) of length one; zero stays zero."""
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12)


def facing(up: np.ndarray, forward: np.ndarray) -> np.ndarray:
    """The rotation whose z axis is `up` and whose x axis is as near to `forward` as can be."""
    z = unit(up)
    y = unit(np.cross(z, forward))
    return np.stack([np.cross(y, z), y, z], -1)


def turned(r: np.ndarray, v) -> np.ndarray:
    """Vectors (..., 3) rotated by matrices (..., 3, 3)."""
    return np.einsum('...ij,...j->...i', r, np.asarray(v, float))


def between(a: np.ndarray, b: np.ndarray, share) -> np.ndarray:
    """From rotation a to b along the shortest turn; share in [0, 1] broadcasts over the batch."""
    d = np.swapaxes(a, -1, -2) @ b
    axis = np.stack([d[..., 2, 1] - d[..., 1, 2], d[..., 0, 2] - d[..., 2, 0],
                     d[..., 1, 0] - d[..., 0, 1]], -1)
    sine = np.linalg.norm(axis, axis=-1) / 2
    cosine = (np.trace(d, axis1=-2, axis2=-1) - 1) / 2
    # Close to half a turn the antisymmetric part vanishes: the axis is a column of d + 1 then.
    half = (d + np.swapaxes(d, -1, -2)) / 2
    half = half + np.eye(3) * (cosine < 0)[..., None, None]
    best = np.argmax(np.diagonal(half, axis1=-2, axis2=-1), -1)
    column = np.take_along_axis(half, best[..., None, None], -1)[..., 0]
    flip = np.where((column * axis).sum(-1) < 0, -1.0, 1.0)[..., None]
    axis = np.where((cosine < -0.99)[..., None], column * flip, axis)
    return a @ around(axis, np.arctan2(sine, cosine) * share)
