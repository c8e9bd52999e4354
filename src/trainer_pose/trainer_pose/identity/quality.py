"""How good a look at a face is, and what would make it better."""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Quality:
    """What decides how far a look can be trusted."""

    eyes: float  # px of the picture between the eyes
    sharpness: float  # about 1 in a photo, 0.1 where nothing is left but the outline
    brightness: float  # mean grey of the face, [0, 255]
    contrast: float  # its standard deviation
    turned: float  # how far the nose is beside the middle, in eye distances; 0 = frontal

    @property
    def value(self) -> float:
        """[0, 1], for choosing between looks."""
        return float(
            min(self.eyes / 40.0, 1.0) * min(self.sharpness / 0.5, 1.0)
            * max(1.0 - 1.5 * self.turned, 0.1))


@dataclass(frozen=True)
class Limits:
    """What a look must have."""

    eyes: float  # px
    sharpness: float
    turned: float
    darkest: float = 40.0
    brightest: float = 235.0
    contrast: float = 12.0


# Measured on photos made smaller, softer and darker: beyond these, distances say little.
TO_RECOGNISE = Limits(
    eyes=12.0, sharpness=0.2, turned=0.45, darkest=15.0, brightest=245.0, contrast=4.5)
# What is kept for years must be better than what is looked at in passing.
TO_ENROLL = Limits(eyes=24.0, sharpness=0.4, turned=0.30)
PHOTO = Limits(eyes=20.0, sharpness=0.35, turned=0.45)  # given by hand: what there is


def measure(crop: np.ndarray, eyes: np.ndarray, nose: np.ndarray, scale: float) -> Quality:
    """crop: (h, w, 3) uint8 RGB; eyes (2, 2) and base of the nose (2,) px of it; scale: px of the
    crop per px of the picture."""
    across = eyes[1] - eyes[0]
    distance = max(float(np.hypot(*across)), 1.0)
    middle = eyes.mean(0)
    aside = abs(float((nose - middle) @ across)) / distance ** 2
    # In a frame of 48 px between eyes 24 px apart: the same measure for near and far.
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    down = np.array([-across[1], across[0]]) / distance
    down = down if down @ (nose - middle) > 0 else -down
    small = cv2.GaussianBlur(grey, (0, 0), max(0.4 * distance / 24.0, 0.1))
    unit = 24.0 / distance
    right = across / distance
    turn = unit * np.array([right, down])
    centre = middle + 0.4 * distance * down
    shift = np.array([23.5, 23.5]) - turn @ centre
    face = cv2.warpAffine(
        small, np.hstack([turn, shift[:, None]]), (48, 48), borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    deviation = float(face.std())
    detail = float(cv2.Laplacian(face, cv2.CV_32F).std())
    return Quality(
        distance / scale, 2.0 * detail / max(deviation, 1.0), float(face.mean()), deviation, aside)


def complaint(quality: Quality, limits: Limits) -> str:
    """What the person should do; '' when it is good enough."""
    if quality.eyes < limits.eyes:
        return (f'come closer: your eyes are {quality.eyes:.0f} pixels apart, '
                f'{limits.eyes:.0f} are needed')
    if quality.brightness < limits.darkest:
        return 'make more light: the face is too dark'
    if quality.brightness > limits.brightest:
        return 'the light is too strong: turn away from it'
    if quality.contrast < limits.contrast:
        return 'make more light: the face is hardly to be seen'
    if quality.turned > limits.turned:
        return 'look at the camera'
    if quality.sharpness < limits.sharpness:
        return 'hold still: the face is blurred'
    return ''
