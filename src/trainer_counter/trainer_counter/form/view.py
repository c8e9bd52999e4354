"""From where the person is seen: the baseline looked at from all sides, and the view that fits."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from trainer_core.angles import JOINTS
from trainer_core.skeleton import INDEX, MIRROR
from trainer_counter.form.away import cut
from trainer_counter.form.baseline import PHASES, Baseline
from trainer_counter.form.parts import difference, quantities

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


class Views:
    """All views of one baseline."""

    def __init__(self, baseline: Baseline):
        self.baseline = baseline
        if baseline.recorded:
            # In a mirror, too: who faces the other way shows the camera the other arm.
            self._seen = np.stack([baseline.points, baseline.points[:, MIRROR] * [-1, 1]])
        else:
            self._seen = project(baseline.points, self._axes)
        limbs = _limbs(self._seen[:, ::_STEP])
        self._limbs = limbs
        self._known: dict[int, View] = {}

    @cached_property
    def _axes(self) -> np.ndarray:
        """(views, 3, 3): right, down and back of the camera, in the person's frame."""
        return np.stack([camera_axes(yaw, pitch) for pitch in PITCHES for yaw in YAWS])

    def fit(self, points: np.ndarray) -> View:
        """The view that is most like a person's points (PHASES, 18, 2) px, in step with it."""
        residual, scale = self._compare(_limbs(points[::_STEP]), self._limbs)
        # Views that show the limbs about as well may show the joints differently.
        order = np.argsort(residual)[:_LIKELY]
        likely = [int(i) for i in order if residual[i] <= 1.4 * residual[order[0]] + 0.01]
        best = min(likely, key=lambda i: residual[i] + self._angles_off(points, i))
        return self._view(best, float(residual[best]), float(scale[best]))

    def _angles_off(self, points: np.ndarray, chosen: int) -> float:
        """rad, mean over the parts, none of which says more than that it is wrong."""
        view = self._view(chosen, 0.0, 1.0)
        off = np.abs(difference(quantities(points, view.facing), view.quantities))
        seen = np.isfinite(off).any(0)
        return float(np.minimum(np.nanmean(off[:, seen], 0), _CLIP).mean()) if seen.any() else 9.0

    def fit_pose(self, pose: np.ndarray, phase: int = 0) -> View:
        """The view for one pose (18, 2) px that is at a phase of the baseline."""
        limbs = _limbs(self._seen[:, phase:phase + 1])
        residual, scale = self._compare(_limbs(pose[None]), limbs)
        best = int(np.argmin(residual))
        return self._view(best, float(residual[best]), float(scale[best]))

    def _compare(self, person: np.ndarray, limbs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Residual and scale (views,) of a person's limbs (t, limbs, 2) px against every view's."""
        ok = np.isfinite(person).all(-1)[None] & np.isfinite(limbs).all(-1)  # views, t, limbs
        a = np.where(ok[..., None], limbs, 0.0)
        b = np.where(ok[..., None], person[None], 0.0)
        # The size that fits best, then once more without what is far off.
        weight = ok.astype(float)
        for _ in range(2):
            top = (weight[..., None] * a * b).sum((1, 2, 3))
            scale = top / np.maximum((weight[..., None] * a * a).sum((1, 2, 3)), 1e-12)
            off = np.linalg.norm(b - scale[:, None, None, None] * a, axis=-1)
            longest = np.maximum(np.abs(scale) * np.linalg.norm(a, axis=-1).max((1, 2)), 1e-9)
            off = np.minimum(off / longest[:, None, None], _CLIP)
            weight = ok * (off < _CLIP)
        residual = (off * ok).sum((1, 2)) / np.maximum(ok.sum((1, 2)), 1)
        residual[(scale <= 0) | (ok.sum((1, 2)) < 4)] = np.inf
        return residual, scale

    def _view(self, chosen: int, residual: float, scale: float) -> View:
        if chosen not in self._known:
            seen = self._seen[chosen]
            if self.baseline.recorded:
                facing = _facing(seen)
                found = quantities(seen, facing)
                sensitivity = np.ones_like(found)
            else:
                axes = self._axes[chosen]
                ahead = float(axes[0, 0])
                facing = 1.0 if ahead >= 0 else -1.0
                found = quantities(seen, facing)
                sensitivity = np.column_stack([
                    _sensitivity(self.baseline.points, name, axes) for name in JOINTS])
                # What leans towards the camera is not seen to lean.
                sensitivity = np.column_stack([sensitivity, np.full(PHASES, abs(ahead))])
            self._known[chosen] = View(
                seen, found, sensitivity, facing, 0.0, 1.0, self._moving(seen))
        kept = self._known[chosen]
        return replace(kept, residual=residual, scale=scale)

    def _moving(self, seen: np.ndarray) -> tuple[int, int]:
        far = self.baseline.far
        first, last = cut(seen, far)
        return (first, last) if first < far - 3 and last > far + 3 else (0, PHASES - 1)


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


def _facing(points: np.ndarray) -> float:
    """Which way a recorded person looks: by the nose over the neck."""
    nose = np.nanmedian(points[:, INDEX['nose'], 0] - points[:, INDEX['neck'], 0])
    return -1.0 if nose < 0 else 1.0

