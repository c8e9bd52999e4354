"""Which keypoints a camera can see, without drawing: limbs are taken as capsules."""

import numpy as np

from trainer_core.skeleton import INDEX
from trainer_sim.body import BONE, Body
from trainer_sim.rotations import turned, unit

OUT, HIDDEN, SEEN = 0, 1, 2

# Bone origin to bone origin, radius by body height.
_CAPSULES = [('pelvis', 'chest', 0.068), ('chest', 'neck', 0.070)] + [
    (f'{s}_{a}', f'{s}_{b}', r) for s in ('left', 'right') for a, b, r in (
        ('upper_arm', 'forearm', 0.026), ('forearm', 'hand', 0.021),
        ('thigh', 'shank', 0.042), ('shank', 'foot', 0.028))]

_FACE = {INDEX[name] for name in ('nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear')}
# Where parts of the face look in the frame of the head, and the least cosine to the sight line.
_LOOKS = {'nose': (1.0, 0.0, 0.0, -0.3), 'left_eye': (0.88, 0.47, 0.0, 0.05),
          'right_eye': (0.88, -0.47, 0.0, 0.05), 'left_ear': (-0.1, 0.995, 0.0, -0.05),
          'right_ear': (-0.1, -0.995, 0.0, -0.05)}
_NEAR = {'shoulder': ('chest', 'upper_arm'), 'elbow': ('upper_arm', 'forearm'),
         'wrist': ('forearm',), 'hip': ('pelvis', 'thigh'), 'knee': ('thigh', 'shank'),
         'ankle': ('shank',)}


def _own(keypoint: str) -> set[str]:
    """First bones of the capsules that surround a keypoint and so do not hide it."""
    if keypoint == 'neck':
        return {'chest', 'pelvis'}
    side, part = keypoint.split('_')
    return {bone if bone in ('chest', 'pelvis') else f'{side}_{bone}' for bone in _NEAR[part]}


def hidden(points: np.ndarray, eye: np.ndarray, others: list[tuple[Body, np.ndarray, np.ndarray]],
           own: int) -> np.ndarray:
    """True (n, 18) where keypoints (n, 18, 3) are behind a body as seen from the eye (n, 3).

    others: every body with its bone origins (n, 19, 3) and head rotation (n, 3, 3) in the same
    frames; own: which of them the keypoints belong to.
    """
    result = np.zeros(points.shape[:2], bool)
    names = list(INDEX)
    for i, (body, joints, head) in enumerate(others):
        for a, b, radius in _CAPSULES:
            mine = [j for j, name in enumerate(names) if i != own or (
                j in _FACE or a not in _own(name))]
            wide = 1.35 if a in ('pelvis', 'chest') else 1.0
            blocked = _crosses(points[:, mine], eye, joints[:, BONE[a]], joints[:, BONE[b]],
                               radius * body.height * wide)
            result[:, mine] |= blocked
        # The head is a ball under the face, so that what is on its far side is hidden.
        ball = joints[:, BONE['head']] + turned(head, np.array([0.008, 0.0, 0.062]) * body.height)
        face = sorted(_FACE) if i == own else []
        rest = [j for j in range(len(names)) if j not in face]
        result[:, face] |= _crosses(points[:, face], eye, ball, ball, 0.043 * body.height)
        result[:, rest] |= _crosses(points[:, rest], eye, ball, ball, 0.052 * body.height)
        if i == own:
            for name, (*look, least) in _LOOKS.items():
                sight = unit(eye - points[:, INDEX[name]])
                result[:, INDEX[name]] |= (turned(head, look) * sight).sum(-1) < least
    return result


def _crosses(points, eye, a, b, radius: float) -> np.ndarray:
    """True (n, k) where the sight line to points (n, k, 3) passes within radius of segment a-b."""
    line = points - eye[:, None]
    length = np.linalg.norm(line, axis=-1)
    u = line / np.maximum(length, 1e-9)[..., None]
    v = (b - a)[:, None]
    w = (a - eye)[:, None]
    uv, uw = (u * v).sum(-1), (u * w).sum(-1)
    vv, vw = (v * v).sum(-1), (v * w).sum(-1)
    t = np.clip((uv * uw - vw) / np.maximum(vv - uv ** 2, 1e-9), 0, 1)
    s = uw + t * uv
    gap = np.linalg.norm(w + t[..., None] * v - s[..., None] * u, axis=-1)
    # Only what is clearly nearer than the point hides it.
    return (gap < radius) & (s > 0.05) & (s < length - 0.8 * radius)
