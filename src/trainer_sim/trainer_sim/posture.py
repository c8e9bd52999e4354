"""A batch of postures: where the pelvis is and how every bone is turned, frame by frame."""

from dataclasses import dataclass, field

import numpy as np

from trainer_core.angles import JOINTS
from trainer_core.skeleton import INDEX
from trainer_sim.body import BONE, BONES, DISTAL, PARENT, Body
from trainer_sim.reach import two_bones
from trainer_sim.rotations import about, around, between, turned


@dataclass
class Posture:
    """n postures of one body: root (n, 3) m is the middle of the hip joints, turn (n, 19, 3, 3)
    are global rotations of the bones. `held` names the hands and feet that are planted in all of
    them, with the place of the wrist or ankle (n, 3).
    """

    body: Body
    root: np.ndarray
    turn: np.ndarray
    held: dict[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.root)

    def joints(self) -> np.ndarray:
        """Origins of all bones (n, 19, 3), m."""
        offsets = self.body.offsets()
        places = np.empty((len(self), len(BONES), 3))
        for i, name in enumerate(BONES):
            parent = PARENT[name]
            places[:, i] = self.root if not parent else (
                places[:, BONE[parent]] + turned(self.turn[:, BONE[parent]], offsets[i]))
        return places

    def keypoints(self) -> np.ndarray:
        """The 18 keypoints (n, 18, 3), m."""
        joints = self.joints()
        points = np.stack([
            joints[:, max(bone, 0)] + turned(self.turn[:, max(bone, 0)], place)
            for bone, place in self.body.marks()], 1)
        points[:, INDEX['neck']] = (
            points[:, INDEX['left_shoulder']] + points[:, INDEX['right_shoulder']]) / 2
        return points

    def placed(self, place: np.ndarray, yaw: np.ndarray) -> 'Posture':
        """Carried from the actor's frame to place (n, 2) m on the floor, facing yaw (n,) rad."""
        r = about('z', yaw)
        shift = np.concatenate([place, np.zeros((len(place), 1))], 1)
        return Posture(self.body, turned(r, self.root) + shift, r[:, None] @ self.turn,
                       {k: turned(r, v) + shift for k, v in self.held.items()})

    def at(self, chosen) -> 'Posture':
        """Some of the postures: a slice or indices."""
        return Posture(self.body, self.root[chosen], self.turn[chosen],
                       {k: v[chosen] for k, v in self.held.items()})


def joined(parts: list[Posture]) -> Posture:
    """One batch after the other; what is held is forgotten."""
    return Posture(parts[0].body, np.concatenate([p.root for p in parts]),
                   np.concatenate([p.turn for p in parts]))


def angles3d(points: np.ndarray) -> dict[str, np.ndarray]:
    """Every joint angle (n,) rad of keypoints (n, 18, 3) in space."""
    result = {}
    for name, (a, b, c) in JOINTS.items():
        u = points[:, INDEX[a]] - points[:, INDEX[b]]
        v = points[:, INDEX[c]] - points[:, INDEX[b]]
        result[name] = np.arctan2(np.linalg.norm(np.cross(u, v), axis=-1), (u * v).sum(-1))
    return result


def bent(posture: Posture, joint: str, by: np.ndarray) -> Posture:
    """One joint's angle made larger by `by` (n,) rad, all other joint angles left as they are.

    What hangs on the joint is turned rigidly in the plane of its three keypoints.
    """
    points = posture.keypoints()
    a, b, c = (points[:, INDEX[name]] for name in JOINTS[joint])
    turn = around(np.cross(a - b, c - b), by)
    turns = posture.turn.copy()
    for bone in DISTAL[joint]:
        turns[:, bone] = turn @ turns[:, bone]
    return Posture(posture.body, posture.root, turns, posture.held)


def blended(a: Posture, b: Posture, share: np.ndarray) -> Posture:
    """From posture a (1 frame) to b (1 frame) along share (n,), rising from 0 to 1.

    A hand or foot that both hold at the same place stays put; a foot that stands elsewhere in b
    takes a step, the left one first.
    """
    turn = between(a.turn[[0]], b.turn[[0]], share[:, None])
    root = a.root[0] + share[:, None] * (b.root[0] - a.root[0])
    result = Posture(a.body, root, turn)
    for name in sorted(a.held.keys() & b.held.keys()):
        sole = result.body.sole if name.endswith('foot') else np.zeros(3)
        start, end = (p.held[name][0] + turned(p.turn[0, BONE[name]], sole) for p in (a, b))
        far = np.linalg.norm(end - start)
        if far > 1e-6 and name.endswith('hand'):
            continue
        # Far steps are hops with both feet: the knees then stay between hips and feet.
        hop = far > 0.5
        step = (share if hop else np.clip(share * 2 - (name == 'right_foot'), 0.0, 1.0))[:, None]
        lift = min(0.05, 0.4 * far) * np.sin(np.pi * step) * [0, 0, 1]
        place = start + step * (end - start) + lift - turned(result.turn[:, BONE[name]], sole)
        result = _hold(result, name, place)
    return result


def _hold(posture: Posture, name: str, place: np.ndarray) -> Posture:
    side, end = name.split('_')
    upper, lower = ('upper_arm', 'forearm') if end == 'hand' else ('thigh', 'shank')
    first, second = BONE[f'{side}_{upper}'], BONE[f'{side}_{lower}']
    joints, body = posture.joints(), posture.body
    sign = -1.0 if end == 'hand' else 1.0
    middle = sign * posture.turn[:, first, :, 0]
    lengths = (body.upper_arm, body.forearm) if end == 'hand' else (body.thigh, body.shank)
    a, b = two_bones(joints[:, first], place, lengths[0], lengths[1], middle, sign)
    posture.turn[:, first], posture.turn[:, second] = a, b
    posture.held[name] = place
    return posture
