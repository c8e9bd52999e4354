"""The athlete's bones: a tree of rigid segments, lengths from body height.

Segment lengths as shares of body height: Drillis and Contini, Body Segment Parameters, 1966 (in
Winter, Biomechanics and Motor Control of Human Movement). At rest every bone has the identity
rotation: upright, arms and legs hanging down; x forward, y left, z up; metres.
"""

from dataclasses import dataclass

import numpy as np

from trainer_core.skeleton import KEYPOINTS

SIDES = ('left', 'right')

# Bone: parent. A bone's rotation is global; its origin hangs on the parent's.
PARENT: dict[str, str] = {
    'pelvis': '', 'abdomen': 'pelvis', 'chest': 'abdomen', 'neck': 'chest', 'head': 'neck',
} | {f'{side}_{bone}': parent if parent == 'chest' or parent == 'pelvis' else f'{side}_{parent}'
     for side in SIDES
     for bone, parent in (('clavicle', 'chest'), ('upper_arm', 'clavicle'),
                          ('forearm', 'upper_arm'), ('hand', 'forearm'),
                          ('thigh', 'pelvis'), ('shank', 'thigh'), ('foot', 'shank'))}
BONES = tuple(PARENT)
BONE = {name: i for i, name in enumerate(BONES)}

# Which bones turn rigidly when one joint is bent, by the name of the joint.
DISTAL = {f'{side}_{joint}': tuple(BONE[f'{side}_{bone}'] for bone in bones)
          for side in SIDES
          for joint, bones in (('shoulder', ('upper_arm', 'forearm', 'hand')),
                               ('elbow', ('forearm', 'hand')),
                               ('hip', ('thigh', 'shank', 'foot')),
                               ('knee', ('shank', 'foot')))}


@dataclass(frozen=True)
class Body:
    """One person's build."""

    height: float = 1.75     # m, 1.40 to 2.10
    legs: float = 1.0        # length of the legs relative to the average of this height
    arms: float = 1.0        # length of the arms, likewise
    shoulders: float = 1.0   # width of the shoulders, likewise
    hips: float = 1.0        # width of the hips, likewise
    build: float = 0.4       # 0 lean to 1 stout; only the flesh, not the bones

    @property
    def thigh(self) -> float:
        """Hip to knee, m."""
        return 0.245 * self.height * self.legs

    @property
    def shank(self) -> float:
        """Knee to ankle, m."""
        return 0.246 * self.height * self.legs

    @property
    def ankle(self) -> float:
        """Height of the ankle above the sole, m."""
        return 0.045 * self.height

    @property
    def foot(self) -> float:
        """Ankle to the ball of the foot, forward, m."""
        return 0.09 * self.height

    @property
    def sole(self) -> np.ndarray:
        """Under the ball of the foot, in the frame of the foot (3,), m."""
        return np.array([self.foot, 0.0, -self.ankle])

    @property
    def upper_arm(self) -> float:
        """Shoulder to elbow, m."""
        return 0.172 * self.height * self.arms

    @property
    def forearm(self) -> float:
        """Elbow to wrist, m."""
        return 0.150 * self.height * self.arms

    @property
    def hip_width(self) -> float:
        """Between the hip joints, m."""
        return 0.105 * self.height * self.hips

    @property
    def shoulder_width(self) -> float:
        """Between the shoulder joints, m."""
        return 0.215 * self.height * self.shoulders

    @property
    def trunk(self) -> float:
        """Hip line to shoulder line, m; what the legs take, the trunk gives."""
        return 0.288 * self.height - 0.5 * (self.legs - 1.0) * 0.491 * self.height

    @property
    def hip_height(self) -> float:
        """Of the hip joints above the floor when standing straight, m."""
        return self.ankle + self.shank + self.thigh

    def offsets(self) -> np.ndarray:
        """Origin of every bone in its parent's frame (19, 3), m."""
        h, t = self.height, self.trunk
        o: dict[str, tuple[float, float, float]] = {
            'pelvis': (0, 0, 0), 'abdomen': (0, 0, 0.22 * t), 'chest': (0, 0, 0.30 * t),
            'neck': (-0.006 * h, 0, 0.505 * t), 'head': (0.004 * h, 0, 0.040 * h)}
        for side, s in (('left', 1), ('right', -1)):
            w = s * self.shoulder_width / 2
            o |= {f'{side}_clavicle': (0, 0.18 * w, 0.44 * t),
                  f'{side}_upper_arm': (0, 0.82 * w, 0.04 * t),
                  f'{side}_forearm': (0, 0, -self.upper_arm),
                  f'{side}_hand': (0, 0, -self.forearm),
                  f'{side}_thigh': (0, s * self.hip_width / 2, 0),
                  f'{side}_shank': (0, 0, -self.thigh), f'{side}_foot': (0, 0, -self.shank)}
        return np.array([o[name] for name in BONES], float)

    def marks(self) -> list[tuple[int, np.ndarray]]:
        """Bone and place in its frame (m) of every keypoint but the neck, which is the mean of
        the shoulders as in the COCO version of OpenPose.
        """
        h = self.height
        face = {'nose': (0.077, 0, 0.045), 'left_eye': (0.060, 0.0185, 0.066),
                'right_eye': (0.060, -0.0185, 0.066), 'left_ear': (0.0, 0.046, 0.055),
                'right_ear': (0.0, -0.046, 0.055)}
        joint = {'shoulder': 'upper_arm', 'elbow': 'forearm', 'wrist': 'hand',
                 'hip': 'thigh', 'knee': 'shank', 'ankle': 'foot'}
        marks = []
        for name in KEYPOINTS:
            if name in face:
                marks.append((BONE['head'], np.array(face[name]) * h))
            elif name == 'neck':
                marks.append((-1, np.zeros(3)))
            else:
                side, part = name.split('_')
                marks.append((BONE[f'{side}_{joint[part]}'], np.zeros(3)))
        return marks
