"""Builds postures the way a coach describes them: trunk, arms and legs by angles or places."""

import numpy as np
from numpy.typing import ArrayLike

from trainer_sim.body import BONE, BONES, PARENT, Body
from trainer_sim.posture import Posture
from trainer_sim.reach import two_bones
from trainer_sim.rotations import about, facing, turned

SIGN = {'left': 1.0, 'right': -1.0}


class Rig:
    """Builds n postures: trunk first, then limbs by joint angles or to a place.

    Every angle is a number or an array (n,) in degrees, because that is how exercises are taught.
    A living body is never still: `sway` is added to what is asked for.
    """

    def __init__(self, body: Body, n: int, sway: dict[str, np.ndarray] | None = None):
        """sway: by name of a parameter of trunk() or arm(), what is added to it (n,)."""
        self.body, self.n, self._sway = body, n, sway or {}
        self._turn = np.broadcast_to(np.eye(3), (n, len(BONES), 3, 3)).copy()
        self._root = np.tile([0.0, 0.0, body.hip_height], (n, 1))
        self._offsets = body.offsets()
        self._held: dict[str, np.ndarray] = {}

    def trunk(self, x=0.0, y=0.0, z=0.0, *, pitch=0.0, roll=0.0, yaw=0.0, flex=0.0, side=0.0,
              twist=0.0, nod=0.0, shake=0.0, shrug=0.0) -> 'Rig':
        """Pelvis at x, y, z (m, of the hip line above the floor) with its pitch (forward), roll (to
        the right) and yaw (to the left); the spine flexes forward, bends to the right and twists
        on top of it; the head nods down and shakes to the left; shrug lifts the shoulders.
        """
        for i, (axis, value) in enumerate(zip('xyz', (x, y, z), strict=True)):
            self._root[:, i] = value + self._sway.get(axis, 0.0)
        pitch, roll = pitch + self._sway.get('pitch', 0.0), roll + self._sway.get('roll', 0.0)
        nod, shake = nod + self._sway.get('nod', 0.0), shake + self._sway.get('shake', 0.0)
        pelvis = self._about('z', yaw) @ self._about('x', roll) @ self._about('y', pitch)
        half = (self._about('z', np.multiply(twist, 0.5)) @ self._about('x', np.multiply(side, 0.5))
                @ self._about('y', np.multiply(flex, 0.5)))
        self._set('pelvis', pelvis)
        self._set('abdomen', pelvis @ half)
        self._set('chest', chest := pelvis @ half @ half)
        nod, shake = np.multiply(nod, 0.5), np.multiply(shake, 0.5)
        bend = self._about('z', shake) @ self._about('y', nod)
        self._set('neck', chest @ bend)
        self._set('head', chest @ bend @ bend)
        for s, sign in SIGN.items():
            self._set(f'{s}_clavicle', chest @ self._about('x', np.multiply(shrug, sign)))
            for bone in ('upper_arm', 'forearm', 'hand'):
                self._set(f'{s}_{bone}', chest)
            for bone in ('thigh', 'shank', 'foot'):
                self._set(f'{s}_{bone}', pelvis)
        return self

    def arm(self, s: str, *, raised=0.0, out=0.0, rotated=0.0, elbow=8.0, wrist=0.0,
            hanging: bool = False) -> 'Rig':
        """An arm by angles: raised forward, out to the side, rotated inward about its own axis.

        hanging: the angles count from straight down instead of from the chest.
        """
        sign = SIGN[s]
        raised, out = raised + self._sway.get('raised', 0.0), out + self._sway.get('out', 0.0)
        base = self._yaw() if hanging else self._get('chest')
        upper = (base @ self._about('x', np.multiply(out, sign))
                 @ self._about('y', np.negative(raised))
                 @ self._about('z', np.multiply(rotated, -sign)))
        fore = upper @ self._about('y', np.negative(elbow))
        self._set(f'{s}_upper_arm', upper)
        self._set(f'{s}_forearm', fore)
        self._set(f'{s}_hand', fore @ self._about('x', np.multiply(wrist, -sign)))
        return self

    def arm_to(self, s: str, place: ArrayLike, elbow: ArrayLike, *, fingers=None,
               thumb=None, planted: bool = False) -> 'Rig':
        """An arm whose wrist is at place (n, 3) or (3,), elbow pointing along `elbow` (3,).

        fingers, thumb: directions (3,) of the hand; without them it follows the forearm.
        """
        place = np.broadcast_to(np.asarray(place, float), (self.n, 3))
        shoulder = self._origin(f'{s}_upper_arm')
        upper, fore = two_bones(shoulder, place, self.body.upper_arm, self.body.forearm,
                                 np.broadcast_to(elbow, (self.n, 3)), -1.0)
        self._set(f'{s}_upper_arm', upper)
        self._set(f'{s}_forearm', fore)
        hand = fore
        if fingers is not None:
            hand = facing(-np.broadcast_to(fingers, (self.n, 3)),
                          np.broadcast_to(thumb, (self.n, 3)))
        self._set(f'{s}_hand', hand)
        if planted:
            self._held[f'{s}_hand'] = place
        return self

    def leg(self, s: str, *, raised=0.0, out=0.0, rotated=0.0, knee=0.0, ankle=0.0) -> 'Rig':
        """A leg by angles: raised forward, out to the side, rotated outward; ankle up positive."""
        sign = SIGN[s]
        thigh = (self._get('pelvis') @ self._about('x', np.multiply(out, sign))
                 @ self._about('y', np.negative(raised))
                 @ self._about('z', np.multiply(rotated, sign)))
        shank = thigh @ self._about('y', knee)
        self._set(f'{s}_thigh', thigh)
        self._set(f'{s}_shank', shank)
        self._set(f'{s}_foot', shank @ self._about('y', np.negative(ankle)))
        return self

    def leg_to(self, s: str, x, y, z=0.0, *, heel=0.0, toes_out=6.0, knee=None,
               planted: bool = True) -> 'Rig':
        """A leg whose foot stands with the ankle over x, y (m), the sole z above the floor.

        heel: degrees by which the foot is tipped onto its ball, which stays where it is.
        knee: direction (3,) in which the knee points; default along the foot.
        """
        sign = SIGN[s]
        foot = self._about('z', np.multiply(toes_out, sign)) @ self._about('y', heel)
        flat = self._about('z', np.multiply(toes_out, sign))
        ball = self.body.sole
        ankle = np.zeros((self.n, 3))
        ankle[:, 0], ankle[:, 1] = x, y
        ankle[:, 2] = np.add(z, self.body.ankle)
        ankle = ankle + turned(flat, ball) - turned(foot, ball)
        direction = flat[:, :, 0] if knee is None else np.broadcast_to(knee, (self.n, 3))
        thigh, shank = two_bones(self._origin(f'{s}_thigh'), ankle, self.body.thigh,
                                  self.body.shank, direction, 1.0)
        self._set(f'{s}_thigh', thigh)
        self._set(f'{s}_shank', shank)
        self._set(f'{s}_foot', foot)
        if planted:
            self._held[f'{s}_foot'] = ankle
        return self

    def ankle_to(self, s: str, place, knee, *, toes, planted: bool = False) -> 'Rig':
        """A leg whose ankle is at place (n, 3) or (3,), foot pointing along toes (3,)."""
        place = np.broadcast_to(np.asarray(place, float), (self.n, 3))
        thigh, shank = two_bones(self._origin(f'{s}_thigh'), place, self.body.thigh,
                                  self.body.shank, np.broadcast_to(knee, (self.n, 3)), 1.0)
        self._set(f'{s}_thigh', thigh)
        self._set(f'{s}_shank', shank)
        toes = np.broadcast_to(toes, (self.n, 3))
        self._set(f'{s}_foot', facing(np.cross(toes, shank[:, :, 1]), toes))
        if planted:
            self._held[f'{s}_foot'] = place
        return self

    def shoulder(self, s: str) -> np.ndarray:
        """Where the shoulder joint is (n, 3), m, after trunk()."""
        return self._origin(f'{s}_upper_arm')

    def chest(self) -> np.ndarray:
        """Rotation of the chest (n, 3, 3), after trunk()."""
        return self._get('chest')

    def on(self, bone: str, place) -> np.ndarray:
        """A place (3,) m in a bone's frame, in the actor's frame (n, 3)."""
        return self._origin(bone) + turned(self._get(bone), place)

    def done(self) -> Posture:
        """The postures that were built."""
        return Posture(self.body, self._root, self._turn, self._held)

    def _about(self, axis: str, degrees) -> np.ndarray:
        return about(axis, np.broadcast_to(np.radians(degrees), (self.n,)))

    def _yaw(self) -> np.ndarray:
        forward = self._get('pelvis')[:, :, 0] * [1, 1, 0] + [1e-9, 0, 0]
        return facing(np.broadcast_to([0.0, 0, 1], (self.n, 3)), forward)

    def _get(self, bone: str) -> np.ndarray:
        return self._turn[:, BONE[bone]]

    def _set(self, bone: str, turn: np.ndarray) -> None:
        self._turn[:, BONE[bone]] = turn

    def _origin(self, bone: str) -> np.ndarray:
        chain = [bone]
        while chain[-1] != 'pelvis':
            chain.append(PARENT[chain[-1]])
        place = self._root
        for child in chain[-2::-1]:
            place = place + turned(self._get(PARENT[child]), self._offsets[BONE[child]])
        return place
