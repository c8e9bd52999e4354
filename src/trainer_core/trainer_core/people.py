"""Everybody seen in one image: what crosses from seeing to judging, without ROS."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Person:
    """One tracked person; poses are (18, 3): x, y in pixels of the image, confidence [0, 1]."""

    id: str
    keypoints: np.ndarray  # smoothed
    raw: np.ndarray        # as decoded from this image alone
    score: float           # [0, 1] mean confidence of the keypoints that were found
    orientation: float = float('nan')  # rad from straight up to hip -> neck, clockwise positive
    # Points that are not of the body, as bar_left: x, y in pixels, confidence.
    points: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class People:
    """Everybody seen in one image of width x height pixels, acquired at stamp (ns)."""

    stamp: int
    width: int
    height: int
    people: list[Person] = field(default_factory=list)
