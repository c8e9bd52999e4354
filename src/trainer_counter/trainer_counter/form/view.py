"""From where the person is seen: the baseline looked at from all sides, and the view that fits."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from trainer_core.angles import JOINTS
from trainer_core.skeleton import INDEX, MIRROR
from trainer_counter.form.away import cut
from trainer_counter.form.baseline import PHASES, Baseline
from trainer_counter.form.parts import PARTS, TORSO, difference, facing, quantities

YAWS = np.radians(np.arange(0, 360, 10))
PITCHES = np.radians((-6, 6, 20))
DISTANCE = 3.6     # m from camera to person; only the perspective's strength hangs on it
_STEP = 4          # every so many phases are compared
_LIMBS = np.array([[INDEX[a], INDEX[b]] for a, b in (
    ('neck', 'right_shoulder'), ('right_shoulder', 'right_elbow'), ('right_elbow', 'right_wrist'),
    ('neck', 'left_shoulder'), ('left_shoulder', 'left_elbow'), ('left_elbow', 'left_wrist'),
    ('neck', 'right_hip'), ('right_hip', 'right_knee'), ('right_knee', 'right_ankle'),
    ('neck', 'left_hip'), ('left_hip', 'left_knee'), ('left_knee', 'left_ankle'),
    ('neck', 'nose'))])
_CLIP = 0.5        # of the longest limb: a limb that is further off than that is simply wrong
_LIKELY = 16       # views that are looked at more closely
SLACK = 5          # phases that somebody may be early or late in one part
_PUSH = 0.15       # rad by which a joint is moved to see what the camera sees of it


@dataclass(frozen=True)
class View:
    """The baseline in one view."""

    points: np.ndarray       # (PHASES, 18, 2), y down, any scale
    quantities: np.ndarray   # (PHASES, parts) rad
    sensitivity: np.ndarray  # (PHASES, parts) rad in the picture per rad of the joint
    facing: float            # 1 facing the image's right, -1 its left
    residual: float          # [0, ...] mean distance of limbs, in lengths of the longest one
    scale: float             # pixels of the person per unit of points
    moving: tuple[int, int]  # first and last phase in which something is seen to move
    near: np.ndarray         # (2, PHASES, parts) rad to the least and greatest around every phase


class Views:
    """All views of one baseline."""

    def __init__(self, baseline: Baseline):
        self.baseline = baseline
        if baseline.recorded:
            # In a mirror, too: who faces the other way shows the camera the other arm.
            self._seen = np.stack([baseline.points, baseline.points[:, MIRROR] * [-1, 1]])
        else:
            self._seen = project(baseline.points, self._axes)
        self._limbs = _Limbs(self._seen[:, ::_STEP])
        self._known: dict[int, View] = {}

    @cached_property
    def _axes(self) -> np.ndarray:
        """(views, 3, 3): right, down and back of the camera, in the person's frame."""
        return np.stack([camera_axes(yaw, pitch) for pitch in PITCHES for yaw in YAWS])

    def fit(self, points: np.ndarray) -> View:
        """The view that is most like a person's points (PHASES, 18, 2) px, in step with it."""
        residual, scale = self._limbs.compare(points[::_STEP])
        # Views that show the limbs about as well may show the joints differently.
        order = np.argsort(residual)[:_LIKELY]
        likely = order[residual[order] <= 1.4 * residual[order[0]] + 0.01].tolist()
        if not likely:  # nothing is seen
            return replace(self._view(int(order[0])), residual=float(residual[order[0]]))
        off = self._angles_off(points, likely)
        best = likely[int(np.argmin(residual[likely] + off))]
        return replace(
            self._view(best), residual=float(residual[best]), scale=float(scale[best]))

    def _angles_off(self, points: np.ndarray, chosen: list[int]) -> np.ndarray:
        """rad of every chosen view, mean over the parts, none of which says more than _CLIP."""
        views = [self._view(i) for i in chosen]
        person = quantities(points)
        ahead = np.ones((len(views), 1, len(PARTS)))
        ahead[:, 0, TORSO] = [view.facing for view in views]
        off = np.abs(difference(person * ahead, np.stack([v.quantities for v in views])))
        known = np.isfinite(off)
        seen = known.any(1)
        mean = np.where(known, off, 0.0).sum(1) / np.maximum(known.sum(1), 1)
        each = np.where(seen, np.minimum(mean, _CLIP), 0.0).sum(1) / np.maximum(seen.sum(1), 1)
        return np.where(seen.any(1), each, 9.0)

    def fit_pose(self, pose: np.ndarray, phase: int = 0) -> View:
        """The view for one pose (18, 2) px that is at a phase of the baseline."""
        residual, scale = _Limbs(self._seen[:, phase:phase + 1]).compare(pose[None])
        best = int(np.argmin(residual))
        return replace(
            self._view(best), residual=float(residual[best]), scale=float(scale[best]))

    def _view(self, chosen: int) -> View:
        """As it is seen, whoever it is laid over."""
        if chosen not in self._known:
            seen = self._seen[chosen]
            if self.baseline.recorded:
                ahead = facing(seen)
                found = quantities(seen, ahead)
                sensitivity = np.ones_like(found)
            else:
                axes = self._axes[chosen]
                sideways = float(axes[0, 0])
                ahead = 1.0 if sideways >= 0 else -1.0
                found = quantities(seen, ahead)
                sensitivity = np.column_stack([
                    _sensitivity(self.baseline.points, name, axes) for name in JOINTS])
                # What leans towards the camera is not seen to lean.
                sensitivity = np.column_stack([sensitivity, np.full(PHASES, abs(sideways))])
            moving = self._moving(seen)
            self._known[chosen] = View(
                seen, found, sensitivity, ahead, 0.0, 1.0, moving, _near(found, *moving))
        return self._known[chosen]

    def _moving(self, seen: np.ndarray) -> tuple[int, int]:
        far = self.baseline.far
        first, last = cut(seen, far)
        return (first, last) if first < far - 3 and last > far + 3 else (0, PHASES - 1)


def _near(found: np.ndarray, first: int, last: int) -> np.ndarray:
    """(2, PHASES, parts) rad from every phase to the least and greatest up to SLACK phases off."""
    shifts = np.arange(-SLACK, SLACK + 1)[:, None] + np.arange(PHASES)
    around = difference(found[np.clip(shifts, first, last)], found)
    return np.stack([around.min(0), around.max(0)])


def camera_axes(yaw: float, pitch: float = 0.0) -> np.ndarray:
    """(3, 3): right, down and back of a camera, in the person's frame; yaw 0 sees the face, rad."""
    back = np.array([np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), np.sin(pitch)])
    right = np.array([-np.sin(yaw), np.cos(yaw), 0.0])
    return np.stack([right, np.cross(-back, right), back])


def project(points: np.ndarray, axes: np.ndarray, distance: float = DISTANCE) -> np.ndarray:
    """(views, n, 18, 2) of points (n, 18, 3) m through cameras that look at their middle."""
    hips = points[0, [INDEX['left_hip'], INDEX['right_hip']]].mean(0)
    local = np.einsum('vij,nkj->vnki', axes, points - hips)
    depth = np.maximum(distance - local[..., 2:], 0.5)
    return local[..., :2] * distance / depth


class _Limbs:
    """The limbs of all views, to be laid over a person's."""

    def __init__(self, points: np.ndarray):
        """points: (views, t, 18, 2)."""
        limbs = _limbs(points)
        self._known = np.isfinite(limbs).all(-1)
        limbs = np.where(self._known[..., None], limbs, 0.0)
        # Half the figures are twice as quick, and precise enough to find a view.
        self._x, self._y = (np.ascontiguousarray(limbs[..., i], np.float32) for i in range(2))
        self._squares = self._x ** 2 + self._y ** 2
        self._longest = np.sqrt(self._squares.max((1, 2)))

    def compare(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Residual and scale (views,) of a person's points (t, 18, 2) px against every view's."""
        person = _limbs(points)
        seen = np.isfinite(person).all(-1)
        person = np.where(seen[..., None], person, 0.0)
        x, y = (np.ascontiguousarray(person[..., i], np.float32) for i in range(2))
        ok = self._known & seen
        squares = x ** 2 + y ** 2
        common = self._x * x + self._y * y
        # The size that fits best, then once more without what is far off.
        weight = ok.astype(np.float32)
        for _ in range(2):
            scale = np.einsum('vtl,vtl->v', weight, common) / np.maximum(
                np.einsum('vtl,vtl->v', weight, self._squares), 1e-12)
            s = scale[:, None, None]
            unit = np.maximum(np.abs(scale) * self._longest, 1e-9)[:, None, None]
            off = np.sqrt(np.maximum(s * (s * self._squares - 2 * common) + squares, 0))
            off = np.minimum(off / unit, _CLIP)
            weight = (ok & (off < _CLIP)).astype(np.float32)
        count = ok.sum((1, 2))
        residual = (off * ok).sum((1, 2)) / np.maximum(count, 1)
        residual[(scale <= 0) | (count < 4)] = np.inf
        return residual, scale


def _limbs(points: np.ndarray) -> np.ndarray:
    return points[..., _LIMBS[:, 1], :] - points[..., _LIMBS[:, 0], :]


def _sensitivity(points: np.ndarray, joint: str, axes: np.ndarray) -> np.ndarray:
    """(n,) change of a joint's angle in the picture per change of the joint itself."""
    a, b, c = (points[:, INDEX[name]] for name in JOINTS[joint])
    u, v = a - b, c - b
    normal = np.cross(u, v)
    length = np.linalg.norm(normal, axis=-1, keepdims=True)
    sine = length[:, 0] / np.maximum(np.linalg.norm(u, axis=-1) * np.linalg.norm(v, axis=-1), 1e-9)
    normal = normal / np.maximum(length, 1e-9)
    # Away from straight and from folded, so that the picture's angle is not at its limit either.
    angle = np.arctan2(sine, (u * v).sum(-1) / np.maximum(
        np.linalg.norm(u, axis=-1) * np.linalg.norm(v, axis=-1), 1e-9))
    push = np.where(angle > np.pi - 2 * _PUSH, -_PUSH, _PUSH)

    def seen(end):
        joint_points = np.stack([a, b, end], 1)
        middle = points[0, [INDEX['left_hip'], INDEX['right_hip']]].mean(0)
        local = np.einsum('ij,nkj->nki', axes, joint_points - middle)
        flat = local[..., :2] / np.maximum(DISTANCE - local[..., 2:], 0.5)
        p, q = flat[:, 0] - flat[:, 1], flat[:, 2] - flat[:, 1]
        return np.arctan2(np.abs(p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]), (p * q).sum(-1))

    moved = b + v * np.cos(push)[:, None] + np.cross(normal, v) * np.sin(push)[:, None]
    # A straight joint has no plane of its own to bend in: what is seen of its limbs has to do.
    whole = np.linalg.norm(np.einsum('ij,nj->ni', axes[:2], v), axis=-1) / np.maximum(
        np.linalg.norm(v, axis=-1), 1e-9)
    return np.where(sine < 0.17, whole * 0.7, (seen(moved) - seen(c)) / push)
