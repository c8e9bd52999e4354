"""Named points to messages."""

import math
from collections.abc import Sequence

from std_msgs.msg import Header

from trainer_msgs.msg import NamedPoint, NamedPointArray
from trainer_pose.points.colour import Spot


def points_to_message(
    names: Sequence[str], spots: Sequence[Spot], header: Header,
) -> NamedPointArray:
    """A name for every spot, in this order; without spots they were not seen."""
    found = dict(zip(names, spots, strict=False))
    return NamedPointArray(header=header, points=[
        NamedPoint(
            name=name, x=float(found[name].x) if name in found else math.nan,
            y=float(found[name].y) if name in found else math.nan,
            confidence=float(found[name].confidence) if name in found else 0.0)
        for name in names])
