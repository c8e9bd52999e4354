"""Finds things by their colour: tape on a bar, a bright dumbbell, a ball."""

from dataclasses import dataclass

import cv2
import numpy as np

WIDTH = 320  # px that a picture is made smaller to: a marker need not be seen in detail


@dataclass(frozen=True)
class Colour:
    """A range of hue, saturation and value."""

    hue: tuple[float, float]  # degrees, 0 red, 120 green, 240 blue; (350, 10) goes over red
    saturation: float = 0.4   # at least, [0, 1]
    value: float = 0.2        # at least, [0, 1]


@dataclass(frozen=True)
class Spot:
    """A patch of the colour; the place of its centre is [0, 1] of the image."""

    x: float
    y: float
    confidence: float  # [0, 1] grows with the size


def find(
    picture: np.ndarray, colour: Colour, count: int = 1, least: float = 0.0003,
) -> list[Spot]:
    """The `count` largest patches of the colour, from left to right in the picture.

    picture: (h, w, 3) uint8 BGR. least: share of the picture that a patch must have. With fewer
    than `count` none is given, because one cannot say which of them it is.
    """
    h, w = picture.shape[:2]
    if w > WIDTH:
        picture = cv2.resize(
            picture, (WIDTH, max(1, round(h * WIDTH / w))), interpolation=cv2.INTER_AREA)
    patches = cv2.connectedComponentsWithStats(_mask(picture, colour), connectivity=8)
    sizes = patches[2][1:, cv2.CC_STAT_AREA] / (picture.shape[0] * picture.shape[1])
    largest = [i for i in np.argsort(-sizes, kind='stable')[:count] if sizes[i] >= least]
    if len(largest) < count:
        return []
    height, width = picture.shape[:2]
    spots = [
        Spot((float(patches[3][1 + i][0]) + 0.5) / width,
             (float(patches[3][1 + i][1]) + 0.5) / height,
             float(sizes[i] / (sizes[i] + least)))
        for i in largest]
    return sorted(spots, key=lambda spot: spot.x)


def _mask(picture: np.ndarray, colour: Colour) -> np.ndarray:
    """255 where the picture has the colour."""
    hsv = cv2.cvtColor(cv2.GaussianBlur(picture, (3, 3), 0), cv2.COLOR_BGR2HSV)
    low, high = (round(h % 360 / 2) for h in colour.hue)  # OpenCV's hue goes to 180
    floor = [round(255 * colour.saturation), round(255 * colour.value)]
    ranges = [(low, high)] if low <= high else [(low, 180), (0, high)]
    return np.maximum.reduce([
        cv2.inRange(hsv, np.array([first, *floor]), np.array([last, 255, 255]))
        for first, last in ranges])
