"""Drawing on a picture: lines, boxes and text that is smooth at any size."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from trainer.markers.figure import Shape

Bgr = tuple[int, int, int]
_SHIFT = 4  # OpenCV draws with 1/16 px
# The one font family that is there wherever this program is.
_FONTS = Path(matplotlib.get_data_path()) / 'fonts' / 'ttf'


def bgr(text: str) -> Bgr:
    """#RRGGBB as OpenCV has it."""
    r, g, b = (int(text[i:i + 2], 16) for i in (1, 3, 5))
    return b, g, r


class Canvas:
    """Draws into an array (h, w, 3) uint8 BGR, which it changes."""

    def __init__(self, image: np.ndarray):
        self.image = image
        self.height, self.width = image.shape[:2]

    def line(self, points: np.ndarray, colour: Bgr, thick: int = 1) -> None:
        """Through (n, 2) points in px; NaN leaves a gap."""
        points = np.asarray(points, float).reshape(-1, 2)
        good = np.isfinite(points).all(1)
        placed = np.round(np.where(good[:, None], points, 0.0) * 2 ** _SHIFT).astype(np.int32)
        runs = [placed]
        if not good.all():
            cuts = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(int), [0]])))
            runs = [placed[a:b] for a, b in cuts.reshape(-1, 2)]
        cv2.polylines(
            self.image, [run[:, None] for run in runs], False, colour, thick, cv2.LINE_AA, _SHIFT)

    def dot(self, point: np.ndarray, radius: float, colour: Bgr) -> None:
        x, y = np.round(np.asarray(point) * 2 ** _SHIFT).astype(int).tolist()
        cv2.circle(
            self.image, (x, y), max(round(radius * 2 ** _SHIFT), 1), colour, -1, cv2.LINE_AA,
            _SHIFT)

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: Bgr, alpha: float = 1.0):
        """A filled one, cut at the border."""
        x0, x1 = (round(min(max(x, 0), self.width)) for x in (x0, x1))
        y0, y1 = (round(min(max(y, 0), self.height)) for y in (y0, y1))
        part = self.image[y0:y1, x0:x1]
        if part.size:
            part[:] = (part * (1 - alpha) + np.array(colour) * alpha).astype(np.uint8)

    def text(
        self, x: float, y: float, text: str, size: float, colour: Bgr, anchor: str = 'lt',
        bold: bool = False, halo: bool = False,
    ) -> float:
        """Write; anchor: l, m, r and t, m, b, where (x, y) is of the text. Its width in px.

        size: px, of the font; halo: with a dark rim, so that it can be read on any picture.
        """
        if not text:
            return 0.0
        mask = _mask(text, max(round(size), 6), bold)
        h, w = mask.shape
        left = round(x - {'l': 0, 'm': w / 2, 'r': w}[anchor[0]])
        top = round(y - {'t': 0, 'm': h / 2, 'b': h}[anchor[1]])
        if halo:
            dark = cv2.dilate(mask, np.ones((3, 3), np.uint8))
            self._blend(dark, left, top, (16, 14, 12))
        self._blend(mask, left, top, colour)
        return float(w)

    def shapes(self, shapes: Iterable[Shape], scale: float = 1.0) -> None:
        """What `markers` shows in space, flat; scale: px of this picture for one of theirs."""
        for shape in shapes:
            points, thick = shape.points * scale, max(1, round(shape.size * scale))
            colours = [_colour(c) for c in shape.colours]
            if shape.kind == 'text':
                # Letters are about 0.73 of the size of their font.
                x, y = points[0].tolist()
                self.text(x, y, shape.text, shape.size * scale / 0.73, colours[0], 'mm', halo=True)
            elif shape.kind == 'points':
                for point, colour in zip(points, colours, strict=True):
                    self.dot(point, shape.size * scale / 2, colour)
            elif shape.kind == 'strip':
                self.line(points, colours[0], thick)
            else:
                for i in range(0, len(points), 2):
                    self.line(points[i:i + 2], colours[i], thick)

    def _blend(self, mask: np.ndarray, left: int, top: int, colour: Bgr) -> None:
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + mask.shape[1], self.width), min(top + mask.shape[0], self.height)
        if x0 >= x1 or y0 >= y1:
            return
        share = mask[y0 - top:y1 - top, x0 - left:x1 - left, None] / 255.0
        part = self.image[y0:y1, x0:x1]
        part[:] = (part * (1 - share) + np.array(colour) * share).astype(np.uint8)


def _colour(rgba: tuple[float, float, float, float]) -> Bgr:
    r, g, b = (round(c * 255) for c in rgba[:3])
    return b, g, r


@lru_cache(maxsize=512)
def _mask(text: str, size: int, bold: bool) -> np.ndarray:
    """How much of each pixel the text covers (h, w) uint8, with a rim for a halo."""
    font = _font(size, bold)
    left, _, right, _ = font.getbbox(text)
    # As high as a capital letter, whatever the text: so that texts side by side stand on a line.
    _, top, _, bottom = font.getbbox('H')
    below = round(0.25 * size)
    image = Image.new('L', (int(right - left) + 4, int(bottom - top) + 2 * below))
    ImageDraw.Draw(image).text((2 - left, below - top), text, 255, font)
    return np.array(image)


@lru_cache(maxsize=64)
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / f'DejaVuSans{"-Bold" if bold else ""}.ttf'), size)
