"""What RViz would show of `markers`, for tests: keeps markers as it does, and draws them."""

import cv2
import numpy as np
from visualization_msgs.msg import Marker, MarkerArray

from trainer_core.clock import SECOND
from trainer_core.ros.convert import stamp_ns

BACKGROUND = (48, 48, 48)


class Screen:
    """Markers by namespace and id, as a display keeps them."""

    def __init__(self):
        self.markers: dict[tuple[str, int], Marker] = {}
        self._until: dict[tuple[str, int], int] = {}

    def take(self, message: MarkerArray, now: int | None = None) -> None:
        """Add, change and delete; now (ns) is when it arrives, its own stamp if not given."""
        for marker in message.markers:
            key = marker.ns, marker.id
            if marker.action == Marker.DELETE:
                self.markers.pop(key, None)
                continue
            assert marker.action == Marker.ADD
            self.markers[key] = marker
            life = marker.lifetime.sec * SECOND + marker.lifetime.nanosec
            self._until[key] = (stamp_ns(marker.header.stamp) if now is None else now) + life

    def at(self, now: int) -> set[tuple[str, int]]:
        """What is still there at a time (ns)."""
        self.markers = {k: m for k, m in self.markers.items() if self._until[k] >= now}
        return set(self.markers)

    def namespaces(self) -> set[str]:
        return {name for name, _ in self.markers}

    def picture(
        self, width: int = 640, height: int = 480, metres: float = 1 / 480,
        below: np.ndarray | None = None,
    ) -> np.ndarray:
        """Looking along the axis of the camera, (height, width, 3) BGR; metres of a pixel."""
        drawn = np.full((height, width, 3), BACKGROUND, np.uint8) if below is None else (
            (below * 0.35).astype(np.uint8))

        def pixel(point):
            return round(point.x / metres + width / 2), round(point.y / metres + height / 2)

        for marker in sorted(self.markers.values(), key=lambda m: m.ns.endswith('joints')):
            size = max(1, round((marker.scale.x or marker.scale.z) / metres))
            layer = drawn.copy()
            colours = [_bgr(c) for c in marker.colors]
            points = [pixel(p) for p in marker.points]
            if marker.type == Marker.LINE_LIST:
                for i in range(0, len(points), 2):
                    cv2.line(layer, points[i], points[i + 1], colours[i], size, cv2.LINE_AA)
            elif marker.type == Marker.LINE_STRIP:
                for a, b, colour in zip(points, points[1:], colours, strict=False):
                    cv2.line(layer, a, b, colour, size, cv2.LINE_AA)
            elif marker.type == Marker.SPHERE_LIST:
                for point, colour in zip(points, colours, strict=True):
                    cv2.circle(layer, point, max(1, size // 2), colour, -1, cv2.LINE_AA)
            else:
                assert marker.type == Marker.TEXT_VIEW_FACING
                _text(layer, marker, pixel(marker.pose.position), size)
            alpha = marker.color.a
            cv2.addWeighted(layer, alpha, drawn, 1 - alpha, 0, dst=drawn)
        return drawn


def _text(layer: np.ndarray, marker: Marker, at: tuple[int, int], size: int) -> None:
    """Centred, as RViz does it; the size is the height of a capital letter."""
    lines = marker.text.replace('°', ' deg').split('\n')
    scale = size / 30
    thick = max(1, round(scale * 1.6))
    for i, line in enumerate(lines):
        (w, _), _ = cv2.getTextSize(line, cv2.FONT_HERSHEY_SIMPLEX, scale, thick)
        y = round(at[1] + size * 1.3 * (i - (len(lines) - 1) / 2) + size / 2)
        cv2.putText(layer, line, (at[0] - w // 2, y), cv2.FONT_HERSHEY_SIMPLEX, scale,
                    _bgr(marker.color), thick, cv2.LINE_AA)


def _bgr(colour) -> tuple[int, int, int]:
    return round(colour.b * 255), round(colour.g * 255), round(colour.r * 255)
