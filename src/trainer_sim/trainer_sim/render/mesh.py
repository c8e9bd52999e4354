"""The athlete's surface: rings lofted around the bones, skinned, in facets of one colour each.

All shapes are shares of body height in the rest position of body.py: upright, arms hanging.
"""

from dataclasses import dataclass

import numpy as np

from trainer_sim.body import BONE, BONES, PARENT, Body
from trainer_sim.script import Clothes

# Ring tables. Trunk: height as share of hip line (0) to shoulder line (1), depth, width.
_TRUNK = np.array([
    (-0.16, 0.020, 0.030), (-0.145, 0.045, 0.062), (-0.11, 0.057, 0.080), (-0.04, 0.064, 0.091),
    (0.05, 0.064, 0.092), (0.15, 0.060, 0.087), (0.26, 0.056, 0.080), (0.38, 0.055, 0.077),
    (0.50, 0.058, 0.081), (0.60, 0.062, 0.087), (0.70, 0.065, 0.093), (0.79, 0.065, 0.098),
    (0.87, 0.060, 0.102), (0.93, 0.053, 0.104), (0.975, 0.046, 0.100), (1.005, 0.040, 0.084),
    (1.035, 0.034, 0.058), (1.055, 0.031, 0.040), (1.07, 0.029, 0.032)])
# Limbs: 0 to 1 along the first bone, 1 to 2 along the second; radius to the front, to the side,
# shift of the middle forward.
_ARM = np.array([
    (-0.06, 0.003, 0.003, 0), (-0.052, 0.014, 0.013, 0), (-0.025, 0.023, 0.021, 0),
    (0.02, 0.0290, 0.0270, 0), (0.09, 0.0325, 0.0300, 0), (0.18, 0.0330, 0.0305, 0),
    (0.3, 0.0300, 0.0290, 0.001),
    (0.45, 0.0290, 0.0275, 0.002), (0.6, 0.0280, 0.0260, 0.002), (0.78, 0.0250, 0.0235, 0.001),
    (0.92, 0.0225, 0.0225, 0), (1.0, 0.0220, 0.0225, -0.001), (1.1, 0.0240, 0.0235, 0),
    (1.25, 0.0255, 0.0235, 0.001), (1.45, 0.0225, 0.0210, 0), (1.65, 0.0190, 0.0175, 0),
    (1.85, 0.0165, 0.0140, 0), (2.0, 0.0165, 0.0125, 0)])
_LEG = np.array([
    (-0.14, 0.042, 0.036, 0), (-0.06, 0.053, 0.046, -0.003), (0.04, 0.056, 0.050, -0.003),
    (0.16, 0.0545, 0.0500, 0), (0.3, 0.0510, 0.0475, 0.003), (0.45, 0.0475, 0.0440, 0.004),
    (0.6, 0.0435, 0.0400, 0.004), (0.75, 0.0385, 0.0360, 0.003), (0.88, 0.0345, 0.0325, 0.003),
    (1.0, 0.0335, 0.0310, 0.004), (1.1, 0.0320, 0.0300, 0.001), (1.22, 0.0330, 0.0310, -0.004),
    (1.36, 0.0335, 0.0310, -0.006), (1.52, 0.0295, 0.0275, -0.005), (1.7, 0.0235, 0.0225, -0.003),
    (1.86, 0.0200, 0.0190, -0.002), (2.0, 0.0210, 0.0190, -0.004)])
# Head: height above its origin, middle forward, depth, width.
_HEAD = np.array([
    (-0.006, 0.036, 0.006, 0.006), (-0.001, 0.034, 0.020, 0.018), (0.010, 0.026, 0.036, 0.029),
    (0.024, 0.018, 0.047, 0.0355), (0.036, 0.014, 0.052, 0.0385), (0.050, 0.011, 0.054, 0.0405),
    (0.066, 0.007, 0.056, 0.0420), (0.080, 0.004, 0.058, 0.0430), (0.094, 0.002, 0.057, 0.0425),
    (0.107, 0.000, 0.051, 0.0385), (0.118, -0.001, 0.039, 0.0300), (0.126, -0.001, 0.022, 0.0180),
    (0.129, -0.001, 0.004, 0.004)])
# Hand: length down from the wrist, breadth, thickness.
_HAND = np.array([
    (0.004, 0.0150, 0.0115), (-0.014, 0.0190, 0.0115), (-0.030, 0.0225, 0.0110),
    (-0.048, 0.0225, 0.0095), (-0.056, 0.0205, 0.0085), (-0.075, 0.0185, 0.0075),
    (-0.092, 0.0150, 0.0065), (-0.101, 0.0070, 0.0035)])
# The same hand closed: where the middle of a ring goes (forward is to the thumb, in is to the
# palm, down), breadth and thickness.
_FIST = np.array([
    (0.0, 0.0, 0.004, 0.0150, 0.0115), (0.0, 0.0, -0.014, 0.0190, 0.0115),
    (0.0, 0.0, -0.030, 0.0225, 0.0115), (0.0, 0.003, -0.048, 0.0225, 0.0120),
    (0.0, 0.008, -0.056, 0.0215, 0.0130), (0.0, 0.016, -0.055, 0.0205, 0.0120),
    (0.0, 0.021, -0.045, 0.0190, 0.0090), (0.0, 0.020, -0.036, 0.0120, 0.0040)])
_THUMB = np.array([(0.0, 0.0075), (0.35, 0.0085), (0.7, 0.0070), (1.0, 0.0030)])
# Shoe: forward of the ankle, half width, top above the sole.
_SHOE = np.array([
    (-0.037, 0.006, 0.020), (-0.033, 0.015, 0.034), (-0.020, 0.0195, 0.052), (0.000, 0.0205, 0.058),
    (0.022, 0.0205, 0.050), (0.045, 0.0230, 0.036), (0.070, 0.0255, 0.028), (0.092, 0.0245, 0.023),
    (0.110, 0.0180, 0.018), (0.118, 0.0070, 0.011)])


@dataclass(frozen=True)
class Mesh:
    """Facets of one athlete, or of a thing, ready to be skinned."""

    rest: np.ndarray     # (v, 3) m
    bones: np.ndarray    # (v, 2) indices of the bones that carry a vertex
    weight: np.ndarray   # (v,) share of the second bone
    quads: np.ndarray    # (f, 4) vertices, counter-clockwise from outside
    colour: np.ndarray   # (f, 3) BGR 0..255
    bias: np.ndarray     # (f,) m by which a facet is drawn nearer than it is
    gloss: np.ndarray    # (f,) share of mirrored light
    origins: np.ndarray  # (19, 3) rest places of the bones

    def skinned(self, joints: np.ndarray, turn: np.ndarray) -> np.ndarray:
        """Vertices (v, 3) for bone origins (19, 3) and rotations (19, 3, 3)."""
        # Per bone: x -> R x + (joint - R origin), so that each vertex costs one product per bone.
        shift = joints - np.einsum('bij,bj->bi', turn, self.origins)
        matrix = np.concatenate([turn, shift[:, :, None]], 2)
        a, b = self.bones.T
        blend = matrix[a] + self.weight[:, None, None] * (matrix[b] - matrix[a])
        return np.einsum('vij,vj->vi', blend[:, :, :3], self.rest) + blend[:, :, 3]


class _Sheets:
    """Collects lofted rings."""

    def __init__(self, body: Body, rng: np.random.Generator):
        self.body, self._rng = body, rng
        offsets = body.offsets()
        self.origins = np.zeros((len(BONES), 3))
        self.origins[0, 2] = body.hip_height
        for i, name in enumerate(BONES):
            if PARENT[name]:
                self.origins[i] = self.origins[BONE[PARENT[name]]] + offsets[i]
        self._parts: list[list[np.ndarray]] = [[] for _ in range(7)]
        self._count = 0

    def add(self, rings: np.ndarray, bones, weight, colour, *, bias: float = 0.0,
            gloss: float = 0.0, keep=None, closed: bool = True, mottle: float = 0.02) -> None:
        """Rings (r, k, 3) m, each joined with the next; bones (r, 2), weight (r,) per ring;
        colour BGR or (r - 1, k, 3); keep (r - 1, k) bool leaves facets out.
        """
        r, k = rings.shape[:2]
        index = np.arange(r * k).reshape(r, k) + self._count
        left = index if closed else index[:, :-1]
        right = np.roll(index, -1, 1) if closed else index[:, 1:]
        quads = np.stack([left[:-1], right[:-1], right[1:], left[1:]], -1)
        shape = quads.shape[:2]
        colours = np.broadcast_to(np.asarray(colour, float), (*shape, 3))
        colours = colours * (1 + self._rng.normal(0, mottle, (*shape, 1)))
        keep = np.ones(shape, bool) if keep is None else keep
        bones = np.broadcast_to(bones, (r, 2))
        weight = np.broadcast_to(weight, (r,))
        for store, new in zip(self._parts, (
                rings.reshape(-1, 3), np.repeat(bones, k, 0), np.repeat(weight, k), quads[keep],
                colours[keep], np.full(keep.sum(), bias), np.full(keep.sum(), gloss)), strict=True):
            store.append(new)
        self._count += r * k

    def mesh(self) -> Mesh:
        rest, bones, weight, quads, colour, bias, gloss = (np.concatenate(p) for p in self._parts)
        return Mesh(rest, bones.astype(int), weight, quads, colour, bias, gloss, self.origins)


def bgr(colour: str) -> np.ndarray:
    """#rrggbb as (3,) blue, green, red."""
    return np.array([int(colour[i:i + 2], 16) for i in (5, 3, 1)], float)


def _oval(middle, forward, side, rx, ry, k: int, power: float = 2.0) -> np.ndarray:
    """Rings (r, k, 3) around middles (r, 3): superellipses with half axes rx, ry (r,)."""
    a = np.arange(k) * 2 * np.pi / k
    c, s = np.cos(a), np.sin(a)
    c, s = (np.sign(v) * np.abs(v) ** (2 / power) for v in (c, s))
    rx, ry = (np.broadcast_to(r, (len(middle),))[:, None, None] for r in (rx, ry))
    return middle[:, None] + rx * c[:, None] * forward + ry * s[:, None] * side


_X, _Y, _Z = np.eye(3)


def build(body: Body, clothes: Clothes, seed: int = 0, fist: bool = False) -> Mesh:
    """The mesh of one person in its clothes; fist: with closed hands."""
    sheets = _Sheets(body, np.random.default_rng(seed))
    stout = 0.86 + 0.36 * body.build
    _trunk(sheets, clothes, stout)
    for side, sign in (('left', 1.0), ('right', -1.0)):
        _arm(sheets, clothes, side, sign, stout, fist)
        _leg(sheets, clothes, side, sign, stout)
    _head(sheets, clothes)
    return sheets.mesh()


def _trunk(sheets: _Sheets, clothes: Clothes, stout: float) -> None:
    body, h, k = sheets.body, sheets.body.height, 28
    t = body.trunk
    table = _resampled(_TRUNK, 24)
    z, depth, width = table.T
    belly = np.exp(-((z - 0.3) / 0.22) ** 2) * max(0.0, body.build - 0.5) * 0.04
    hips = np.interp(z, [0.1, 0.4], [body.hips, 1.0])
    wide = hips * np.interp(z, [0.4, 0.8], [1.0, body.shoulders])
    neck = z > 1.04
    size = np.where(neck, 1.0, stout)
    middle = np.stack([(np.interp(z, [-0.15, 0, 0.3, 0.6, 0.85, 1.0, 1.06],
                                  [-0.006, -0.008, 0.004, 0.003, -0.002, -0.006, -0.006])
                        + 0.5 * belly) * h, 0 * z, body.hip_height + z * t], -1)
    hem = z < 0.06
    loose = np.where(neck, 0.0, np.where(hem, 0.003, 0.005))
    rings = _oval(middle, _X, _Y, (depth * size + loose + belly) * h,
                  (width * size * wide + loose) * h, k, 2.4)
    bones, weight = _chain(z, [('pelvis', 0.12), ('abdomen', 0.34), ('chest', 1.02), ('neck', 1.1)],
                           0.10)
    colour = np.where((z[:-1] < 0.06)[:, None], bgr(clothes.trousers), bgr(clothes.shirt))
    colour = np.where((z[:-1] > 1.03)[:, None], bgr(clothes.skin), colour)
    sheets.add(rings, bones, weight, _folds(colour, k), mottle=0.008)
    # The neck reaches from inside the collar into the head.
    top = sheets.origins[BONE['head']] + np.array([0.004, 0, 0.03]) * h
    low = sheets.origins[BONE['neck']] + np.array([0.0, 0, -0.012]) * h
    share = np.linspace(0, 1, 5)[:, None]
    rings = _oval(low + share * (top - low), _X, _Y, (0.031 - 0.001 * share[:, 0]) * h,
                  (0.031 - 0.002 * share[:, 0]) * h, 16)
    sheets.add(rings, [BONE['neck'], BONE['head']], np.clip(share[:, 0] * 1.2 - 0.2, 0, 1),
               bgr(clothes.skin) * 0.92, gloss=0.05)


def _folds(colour: np.ndarray, k: int) -> np.ndarray:
    """Cloth is a little darker in soft vertical folds: (r, 3) -> (r, k, 3)."""
    a = np.arange(k) * 2 * np.pi / k
    r = np.arange(len(colour))[:, None]
    wave = np.sin(5 * a + 0.5 * r) + np.sin(9 * a - 0.9 * r)
    return colour[:, None] * (1 + 0.022 * wave[..., None])


def _resampled(table: np.ndarray, n: int) -> np.ndarray:
    """A ring table with n rows, denser where the given rows are."""
    at = np.linspace(0, len(table) - 1, n)
    return np.stack([np.interp(at, np.arange(len(table)), column) for column in table.T], -1)


def _chain(z: np.ndarray, links, soft: float) -> tuple[np.ndarray, np.ndarray]:
    """Bones (r, 2) and weights (r,) of rings at z along a chain of (bone, z where it ends)."""
    ends = np.array([end for _, end in links])
    names = [BONE[name] for name, _ in links]
    bones, weight = np.zeros((len(z), 2), int), np.zeros(len(z))
    for i, value in enumerate(z):
        j = int(np.argmin(np.abs(ends[:-1] - value)))
        bones[i] = names[j], names[j + 1]
        x = np.clip((value - ends[j]) / (2 * soft) + 0.5, 0, 1)
        weight[i] = x * x * (3 - 2 * x)
    return bones, weight


def _limb(sheets: _Sheets, table: np.ndarray, first: str, second: str, end: str, stout: float,
          k: int, covered: float, cloth: np.ndarray, skin: np.ndarray, loose: float,
          root: str) -> None:
    h = sheets.body.height
    # A hem is a step: the ring where the cloth ends is there twice.
    if covered > -0.1:
        row = [covered, *(np.interp(covered, table[:, 0], column) for column in table.T[1:])]
        table = np.insert(table, np.searchsorted(table[:, 0], covered), [row, row], 0)
    s = table[:, 0]
    inside = (np.arange(len(s)) < np.searchsorted(s, covered, side='right') - 1) if (
        covered > -0.1) else np.zeros(len(s), bool)
    a, b, c = (sheets.origins[BONE[name]] for name in (first, second, end))
    middle = np.where((s < 1)[:, None], a + s[:, None] * (b - a), b + (s - 1)[:, None] * (c - b))
    middle = middle + np.outer(table[:, 3] * h, _X)
    wide = stout * h
    extra = np.where(inside, loose * h * np.clip(s + 0.1, 0.15, 1), 0.0)
    rings = _oval(middle, _X, _Y, table[:, 1] * wide + extra, table[:, 2] * wide + extra, k)
    bones, weight = _chain(s, [(root, -0.12), (first, 1.0), (second, 3.0)], 0.11)
    colour = np.where(inside[:-1, None], cloth, skin)
    # Rings run downward here, so the facets are turned around to face outward.
    sheets.add(rings[:, ::-1], bones, weight, _folds(colour, k), gloss=0.06,
               mottle=0.010)


def _arm(sheets: _Sheets, clothes: Clothes, side: str, sign: float, stout: float,
         fist: bool) -> None:
    h = sheets.body.height
    skin = bgr(clothes.skin)
    covered = {'none': -1.0, 'short': 0.52, 'long': 1.93}[clothes.sleeves]
    _limb(sheets, _ARM, f'{side}_upper_arm', f'{side}_forearm', f'{side}_hand', stout, 14, covered,
          bgr(clothes.shirt), skin, 0.006 if clothes.sleeves == 'short' else 0.004,
          f'{side}_clavicle')
    wrist = sheets.origins[BONE[f'{side}_hand']]
    down, breadth, thick = _HAND.T
    middle = wrist + np.stack([0 * down, 0 * down, down], -1) * h
    if fist:
        middle = wrist + _FIST[:, :3] * [1.0, -sign, 1.0] * h
        breadth, thick = _FIST[:, 3], _FIST[:, 4]
    bones, weight = [BONE[f'{side}_forearm'], BONE[f'{side}_hand']], np.clip(-down / 0.012, 0, 1)
    rings = _oval(middle, _X, _Y, breadth * h, thick * h, 10, 2.6)
    sheets.add(rings[:, ::-1], bones, weight, skin * 0.97, gloss=0.06)
    along, radius = _THUMB.T
    end = (0.016, -sign * 0.026, -0.044) if fist else (0.034, -sign * 0.008, -0.052)
    root, tip = (wrist + np.array(p) * h for p in ((0.012, -sign * 0.004, -0.014), end))
    rings = _oval(root + along[:, None] * (tip - root), _X * 0.8 + _Z * 0.4, _Y, radius * h,
                  radius * h, 6)
    sheets.add(rings[:, ::-1], bones, 1.0, skin * 0.96, gloss=0.06)


def _leg(sheets: _Sheets, clothes: Clothes, side: str, sign: float, stout: float) -> None:
    body, h = sheets.body, sheets.body.height
    covered = {'short': 0.66, 'long': 1.92}[clothes.legs]
    _limb(sheets, _LEG, f'{side}_thigh', f'{side}_shank', f'{side}_foot', stout, 16, covered,
          bgr(clothes.trousers), bgr(clothes.skin), 0.009 if clothes.legs == 'short' else 0.006,
          'pelvis')
    ankle = sheets.origins[BONE[f'{side}_foot']]
    x, half, top = _SHOE.T
    # Sections across the foot: flat sole below, rounded above, a little outward at the toes.
    k = 14
    a = np.arange(k) * 2 * np.pi / k
    up = np.sin(a)
    rise = np.where(up >= 0, up, np.maximum(up * 1.6, -1.0))
    across = np.sign(np.cos(a)) * np.abs(np.cos(a)) ** 0.6
    low, middle = -body.ankle, (top * 0.42) * h
    rings = np.empty((len(x), k, 3))
    rings[..., 0] = ankle[0] + x[:, None] * h
    outward = sign * 0.06 * np.maximum(x, 0)[:, None]
    rings[..., 1] = ankle[1] + (across * half[:, None] + outward) * h
    height = np.where(rise >= 0, middle[:, None] + rise * (top[:, None] * h - middle[:, None]),
                      middle[:, None] * (1 + rise))
    rings[..., 2] = ankle[2] + low + height
    colour = np.broadcast_to(bgr(clothes.shoes), (len(x) - 1, k, 3)).copy()
    colour[:, np.roll(rise, -1) + rise < -0.6] = bgr(clothes.shoes) * 0.45 + 40
    sheets.add(rings, [BONE[f'{side}_shank'], BONE[f'{side}_foot']], 1.0, colour, gloss=0.08)


def _head(sheets: _Sheets, clothes: Clothes) -> None:
    h, k = sheets.body.height, 22
    skin, hair = bgr(clothes.skin), bgr(clothes.hair)
    origin = sheets.origins[BONE['head']]
    bones = [BONE['neck'], BONE['head']]
    z, middle, depth, width = _HEAD.T

    def rings(grow: float) -> np.ndarray:
        places = origin + np.stack([middle, 0 * z, 0.06 + (z - 0.06) * (1 + grow)], -1) * h
        return _oval(places, _X, _Y, depth * (1 + grow) * h, width * (1 + grow) * h, k, 2.15)

    sheets.add(rings(0.0), bones, 1.0, skin, gloss=0.05, mottle=0.008)
    a = (np.arange(k) + 0.5) * 2 * np.pi / k
    front = np.cos(a)
    line = np.where(front > 0.55, 0.098, np.where(front > -0.05, 0.072, 0.028))
    keep = (z[:-1, None] + z[1:, None]) / 2 > line
    sheets.add(rings(0.07), bones, 1.0, hair, keep=keep, bias=0.004, gloss=0.1, mottle=0.08)
    if clothes.long_hair:
        fall = np.linspace(0, 1, 7)
        places = origin + np.stack([-0.034 - 0.020 * fall, 0 * fall, 0.07 - 0.135 * fall], -1) * h
        sheets.add(_oval(places, _X, _Y, (0.026 - 0.010 * fall) * h, (0.043 - 0.012 * fall) * h,
                         12)[:, ::-1], bones, 1.0, hair, gloss=0.1, mottle=0.08)
    for sign in (1.0, -1.0):
        _face_side(sheets, origin, bones, sign, skin, hair)
    _disc(sheets, origin, bones, (0.0665, 0.0, 0.0235), 0.0125, 0.0036, skin * [0.62, 0.6, 0.85],
          0.012, lean=0.3)
    nose = np.array([[(0.063, -0.005, 0.066), (0.066, 0.0, 0.067), (0.063, 0.005, 0.066)],
                     [(0.0655, -0.0065, 0.052), (0.0745, 0.0, 0.054), (0.0655, 0.0065, 0.052)],
                     [(0.0645, -0.0095, 0.043), (0.0785, 0.0, 0.0445), (0.0645, 0.0095, 0.043)],
                     [(0.0650, -0.0070, 0.0385), (0.0690, 0.0, 0.0385), (0.0650, 0.0070, 0.0385)]])
    sheets.add(origin + nose[::-1] * h, bones, 1.0, skin * [0.97, 0.97, 1.0], bias=0.016,
               closed=False, gloss=0.08)


def _face_side(sheets: _Sheets, origin, bones, sign: float, skin, hair) -> None:
    h = sheets.body.height
    y = sign * 0.0185
    _disc(sheets, origin, bones, (0.0605, y, 0.0655), 0.0092, 0.0060, skin * 0.78, 0.012, turn=sign)
    _disc(sheets, origin, bones, (0.0608, y, 0.0655), 0.0080, 0.0040, np.array([225, 228, 230.]),
          0.013, turn=sign)
    _disc(sheets, origin, bones, (0.0612, y, 0.0655), 0.0039, 0.0039, np.array([40, 45, 60.]),
          0.014, turn=sign)
    _disc(sheets, origin, bones, (0.0605, y * 1.03, 0.0760), 0.0105, 0.0022, hair * 0.9, 0.013,
          turn=sign)
    ear = np.linspace(0, 1, 5)
    aside = sign * (0.0415 + 0.0035 * np.sin(np.pi * ear))
    places = origin + np.stack([-0.001 - 0.003 * ear, aside, 0.038 + 0.033 * ear], -1) * h
    sheets.add(_oval(places, _X, _Y, (0.004 + 0.0075 * np.sin(np.pi * np.clip(ear, .1, .9))) * h,
                     0.0045 * h, 8), bones, 1.0, skin * [0.9, 0.9, 0.98], bias=0.010, gloss=0.05)


def _disc(sheets: _Sheets, origin, bones, place, wide: float, high: float, colour, bias: float,
          turn: float = 0.0, lean: float = 0.0) -> None:
    """A flat oval on the face; turn: to which side it looks, lean: tipped down."""
    h, k = sheets.body.height, 8
    across = np.array([-0.42 * turn, 1.0, 0.0])
    across /= np.linalg.norm(across)
    up = np.array([-lean, 0.0, 1.0])
    middle = np.repeat((origin + np.array(place) * h)[None], 2, 0)
    rings = _oval(middle, across, up, np.array([wide, 0.0]) * h, np.array([high, 0.0]) * h, k)
    sheets.add(rings, bones, 1.0, colour, bias=bias, mottle=0.0)
