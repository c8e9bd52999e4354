"""Inverse kinematics of arms and legs: two bones between given ends."""

import numpy as np

from trainer_sim.rotations import facing


def two_bones(start, end, first: float, second: float, middle, sign: float):
    """Rotations of two bones from start to end (n, 3) whose middle joint points along `middle`.

    sign: 1 where the bones' x axis points with the middle joint (knee), -1 against it (elbow).
    An end out of reach is approached as far as the bones go.
    """
    line = end - start
    length = np.linalg.norm(line, axis=-1, keepdims=True)
    along = line / np.maximum(length, 1e-9)
    reach = np.clip(length, abs(first - second) * 1.02 + 1e-6, (first + second) * 0.9999)
    across = middle - (middle * along).sum(-1, keepdims=True) * along
    across = across / np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-9)
    share = (first ** 2 + reach ** 2 - second ** 2) / (2 * first * reach)
    share = np.clip(share, -1.0, 1.0)
    joint = along * share * first + across * first * np.sqrt(1 - share ** 2)
    rest = along * reach - joint
    return (facing(-joint, sign * across + 1e-6 * along),
            facing(-rest, sign * across + 1e-6 * along))
