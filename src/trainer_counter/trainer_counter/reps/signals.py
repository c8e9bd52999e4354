"""What is measured of a person in one image, for one exercise."""

import math
from collections.abc import Sequence

from trainer_core.skeleton import INDEX
from trainer_counter.exercises.schema import SIDES, Exercise, Quantity
from trainer_counter.reps.body import NAN, Pose, angle, tilt

AHEAD = 0.02  # statures the nose is in front of the neck, or one does not see the way one faces
_NOSE, _NECK = INDEX['nose'], INDEX['neck']


def value(
    pose: Pose, quantity: Quantity, side: str, stature: float, line: float, view: str = '',
) -> float:
    """A quantity on one side: degrees or statures.

    NaN when a point is below the line, or where the view (see `body`) is not one to trust.
    """
    points, kind = quantity.rows[side], quantity.kind
    for i in points:
        if pose[i][2] < line:
            return NAN
    if quantity.views and view not in quantity.views:
        return NAN
    if kind == 'angle':
        return angle(pose, *points)
    if kind == 'tilt':
        return tilt(pose, *points)
    a, b = pose[points[0]], pose[points[1]]
    if kind == 'uneven':
        return abs(b[1] - a[1]) / stature
    if kind == 'height':
        return (b[1] - a[1]) / stature
    if kind == 'forward':
        ahead = (pose[_NOSE][0] - pose[_NECK][0]) / stature
        known = min(pose[_NOSE][2], pose[_NECK][2]) >= line and abs(ahead) > AHEAD
        return math.copysign(1.0, ahead) * (a[0] - b[0]) / stature if known else NAN
    return math.dist(a[:2], b[:2]) / stature


def mean_value(
    pose: Pose, quantity: Quantity, stature: float, line: float, sides: Sequence[str] = SIDES,
    view: str = '',
) -> float:
    """A quantity over those of the sides on which it can be measured; NaN on none."""
    found = [
        v for side in sides if (v := value(pose, quantity, side, stature, line, view)) == v]
    return sum(found) / len(found) if found else NAN


def progress(
    pose: Pose, exercise: Exercise, side: str, stature: float, line: float, view: str = '',
) -> tuple[float, float]:
    """How far into a repetition one side is, and how much of it could be measured.

    0 in the start position, 1 at a full repetition: the weighted mean of what can be measured,
    because joints that move together must agree. The second is the share of the weights.
    """
    total = found = weighted = 0.0
    for measure in exercise.measures:
        total += measure.weight
        v = value(pose, measure, side, stature, line, view)
        if v == v:
            p = (v - measure.rest) / (measure.peak - measure.rest)
            weighted += measure.weight * min(max(p, -0.5), 1.5)
            found += measure.weight
    return (weighted / found, found / total) if found else (NAN, 0.0)


def levels(
    pose: Pose, exercise: Exercise, stature: float, line: float, view: str = '',
) -> dict[str, float]:
    """Progress of the sides that are seen best; empty when less than a third can be measured.

    A side of which more is hidden than of the other is left out: from the side, the far arm and
    leg are guesses.
    """
    seen = {side: progress(pose, exercise, side, stature, line, view) for side in SIDES}
    most = max(share for _, share in seen.values())
    if most < 0.3:
        return {}
    return {side: p for side, (p, share) in seen.items() if share >= most - 1e-9}
