"""One person as lines, points and texts; in pixels, before it is placed in space."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from trainer_core.angles import JOINTS, angle, is_of_body
from trainer_core.skeleton import INDEX, KEYPOINTS, LIMBS, MIRROR

Colour = tuple[float, float, float, float]


def _colour(text: str, alpha: float = 1.0) -> Colour:
    r, g, b = (int(text[i:i + 2], 16) / 255 for i in (1, 3, 5))
    return r, g, b, alpha


# Colours that people with any colour blindness tell apart: Okabe and Ito, Color Universal Design.
LEFT, RIGHT, MIDDLE = _colour('#56B4E9'), _colour('#009E73'), _colour('#C8C8C8')
WRONG, GHOST, TEXT, ANGLE = (
    _colour('#D55E00'), _colour('#F0E442', 0.55), _colour('#FFFFFF'), _colour('#CC79A7'))

# The limbs from shoulder to ear only help a network to tell people apart.
DRAWN = tuple(
    (a, b) for a, b in LIMBS
    if not (KEYPOINTS[a].endswith('shoulder') and KEYPOINTS[b].endswith('ear')))
_HEAD = {'nose', 'right_eye', 'left_eye', 'right_ear', 'left_ear'}
_SEGMENTS = {
    'upper_leg': ('hip', 'knee'), 'lower_leg': ('knee', 'ankle'),
    'upper_arm': ('shoulder', 'elbow'), 'forearm': ('elbow', 'wrist')}
_ARC_STEPS = 16
_HINT_HEIGHT = 0.045  # statures


@dataclass(frozen=True)
class Shape:
    """Something to draw; points (n, 2) in pixels, sizes in pixels, one colour for each point."""

    kind: Literal['lines', 'strip', 'points', 'text']
    namespace: str
    id: int
    points: np.ndarray
    colours: Sequence[Colour]
    size: float
    text: str = ''

    @property
    def key(self) -> tuple[str, int]:
        return self.namespace, self.id


@dataclass(frozen=True)
class Look:
    """What is shown of one person beside the skeleton."""

    joints: Sequence[str] = ()      # angles, by trainer_core.angles.JOINTS
    wrong: Collection[str] = ()     # parts that the form of the last repetition blames
    hints: Sequence[tuple[str, str]] = ()  # part, what to do with it
    name: str = ''
    count: str = ''
    phase: str = ''
    minimum: float = 0.1            # confidence of keypoints
    texts: bool = True


def of_part(part: str) -> tuple[set[int], set[tuple[int, int]]]:
    """Keypoints and limbs that belong to a part as `form` names it; empty for an unknown one."""
    if part == 'body':
        return set(), set(DRAWN)
    if part == 'torso':
        return set(), {(a, b) for a, b in DRAWN if KEYPOINTS[a] == 'neck'
                       and KEYPOINTS[b].endswith('hip')}
    if part == 'head':
        return set(), {(a, b) for a, b in DRAWN if KEYPOINTS[b] in _HEAD}
    if part in INDEX:
        return {INDEX[part]}, set()
    side, _, segment = part.partition('_')
    if segment in _SEGMENTS and side in ('left', 'right'):
        a, b = (INDEX[f'{side}_{end}'] for end in _SEGMENTS[segment])
        return set(), {(a, b)}
    return set(), set()


def figure(person: str, pose: np.ndarray, size: float, look: Look) -> list[Shape]:
    """The shapes of a person; pose (18, 3) x, y in pixels and confidence.

    person begins every namespace; size: the stature in pixels.
    """
    found = pose[:, 2] >= look.minimum
    if not found.any():
        return []
    blamed, limbs = _blamed(look.wrong)
    shapes = _skeleton(f'{person}/skeleton', pose, found, size, limbs)
    colours = [WRONG if i in blamed else TEXT for i in np.flatnonzero(found)]
    shapes.append(Shape(
        'points', f'{person}/joints', 0, pose[found, :2], colours, size * 0.022))
    wrong = [i for i in sorted(blamed) if found[i]]
    if wrong:
        shapes.append(Shape(
            'points', f'{person}/wrong', 0, pose[wrong, :2], [WRONG] * len(wrong), size * 0.05))
    for joint in look.joints:
        shapes += _arc(person, joint, pose, found, size, blamed, look.texts)
    if look.texts:
        shapes += _texts(person, pose, found, size, look)
    return shapes


def ghost(person: str, pose: np.ndarray, size: float, minimum: float) -> list[Shape]:
    """The baseline's body at the matched phase, translucent; pose as in `figure`."""
    found = pose[:, 2] >= minimum
    pairs = [(a, b) for a, b in DRAWN if found[a] and found[b]]
    if not pairs:
        return []
    ends = [i for pair in pairs for i in pair]
    return [Shape(
        'lines', f'{person}/ghost', 0, pose[ends, :2], [GHOST] * len(ends), size * 0.03)]


def _blamed(parts: Collection[str]) -> tuple[set[int], set[tuple[int, int]]]:
    keypoints: set[int] = set()
    limbs: set[tuple[int, int]] = set()
    for part in parts:
        more = of_part(part)
        keypoints |= more[0]
        limbs |= more[1]
    return keypoints, limbs


def _skeleton(
    namespace: str, pose: np.ndarray, found: np.ndarray, size: float,
    blamed: set[tuple[int, int]],
) -> list[Shape]:
    """The limbs, and once more and thicker those that are blamed."""
    pairs = [(a, b) for a, b in DRAWN if found[a] and found[b]]
    if not pairs:
        return []
    ends = [i for pair in pairs for i in pair]
    colours = [_side(b) for _, b in pairs for _ in range(2)]
    shapes = [Shape('lines', namespace, 0, pose[ends, :2], colours, size * 0.014)]
    bad = [i for pair in pairs if pair in blamed for i in pair]
    if bad:
        shapes.append(Shape('lines', namespace, 1, pose[bad, :2], [WRONG] * len(bad), size * 0.03))
    return shapes


def _side(keypoint: int) -> Colour:
    name = KEYPOINTS[keypoint]
    return LEFT if name.startswith('left') else RIGHT if name.startswith('right') else MIDDLE


def _arc(
    person: str, joint: str, pose: np.ndarray, found: np.ndarray, size: float, blamed: set[int],
    texts: bool,
) -> list[Shape]:
    """The arc between the two limbs of a joint, with its degrees."""
    if joint not in JOINTS:
        return []
    ends = [INDEX[name] for name in JOINTS[joint]]
    a, b, c = pose[ends, :2]
    opening = float(angle(a, b, c))
    if not found[ends].all() or math.isnan(opening):
        return []
    u, v = a - b, c - b
    radius = 0.4 * min(math.hypot(*u), math.hypot(*v), 0.2 * size)
    start = math.atan2(u[1], u[0])
    turn = opening if u[0] * v[1] - u[1] * v[0] >= 0 else -opening
    way = start + turn * np.linspace(0, 1, _ARC_STEPS + 1)
    points = b + radius * np.column_stack([np.cos(way), np.sin(way)])
    number = list(JOINTS).index(joint)
    colour = WRONG if ends[1] in blamed else ANGLE
    shapes = [Shape(
        'strip', f'{person}/angles', number, points, [colour] * len(points), size * 0.01)]
    if texts:
        # Beside the body where its other side is seen, else opposite to the middle of the arc.
        away = start + turn / 2 + math.pi
        aside = b[0] - pose[MIRROR[ends[1]], 0]
        if found[MIRROR[ends[1]]] and abs(aside) > 0.01 * size:
            away = 0.0 if aside > 0 else math.pi
        where = b + 0.11 * size * np.array([math.cos(away), math.sin(away)])
        shapes.append(Shape(
            'text', f'{person}/degrees', number, where[None], [colour], size * 0.035,
            f'{math.degrees(opening):.0f}°'))
    return shapes


def _texts(
    person: str, pose: np.ndarray, found: np.ndarray, size: float, look: Look,
) -> list[Shape]:
    points = pose[found, :2]
    middle, top = float(np.median(points[:, 0])), float(points[:, 1].min())
    shapes = []
    lines = [  # namespace, text, height, and how far above the highest point, in statures
        ('name', look.name, 0.04, 0.06), ('phase', look.phase, 0.045, 0.12),
        ('count', look.count, 0.1, 0.21)]
    for name, text, height, above in lines:
        if text:
            where = np.array([[middle, top - above * size]])
            shapes.append(Shape(
                'text', f'{person}/{name}', 0, where, [TEXT], size * height, text))
    for i, (part, text) in enumerate(look.hints):
        keypoints, limbs = of_part(part)
        ends = [k for k in (*keypoints, *(k for limb in limbs for k in limb)) if found[k]]
        at = pose[ends, :2].mean(0) if ends else np.array([middle, float(points[:, 1].max())])
        right = float(points[:, 0].max())
        # Texts are centred where they are put: half its width away it begins beside the body.
        half = 0.37 * _HINT_HEIGHT * len(text)
        where = np.array([[right + (0.18 + half) * size, at[1] + 1.4 * _HINT_HEIGHT * size * i]])
        shapes.append(Shape(
            'text', f'{person}/hints', i, where, [WRONG], size * _HINT_HEIGHT, text))
    return shapes


TEMPO = ('faster', 'slower')


def blamed(hints: Iterable[Any]) -> set[str]:
    """The parts that hints speak of; what is only too fast or too slow is no part's fault."""
    return {hint.part for hint in hints if hint.direction not in TEMPO}


def hint_text(hint: Any) -> str:
    """A hint of `form`, message or not, in English; what is spoken is worded by the dialogue."""
    tempo = hint.direction in TEMPO
    words = [hint.direction, hint.part.replace('_', ' ')]
    if hint.direction in ('forward', 'back', 'inward', 'outward'):
        words.reverse()
    what = hint.direction if tempo else ' '.join(words)
    if not hint.amount or math.isnan(hint.amount):
        amount = ''
    else:
        share = tempo or not is_of_body(hint.part)
        amount = f' {hint.amount:.0%}' if share else f' {math.degrees(hint.amount):.0f}°'
    return what + amount + (f' ({hint.moment})' if hint.moment else '')
