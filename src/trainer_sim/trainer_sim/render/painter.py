"""Draws facets far to near at twice the size, with shadows on the floor, and adds sensor noise.

A depth-sorted list of small facets of one colour each needs no z-buffer and is filled by OpenCV;
at twice the size and averaged down, edges are smooth.
"""

import cv2
import numpy as np

from trainer_core.clock import SECOND
from trainer_sim.body import BONE
from trainer_sim.camera import Camera
from trainer_sim.motions.floor import bar_height
from trainer_sim.render.mesh import Mesh, build
from trainer_sim.render.props import Facets, held, pull_up_bar
from trainer_sim.render.scene import background
from trainer_sim.session import Session, Take

_FINE = 2       # drawn so many times larger
_TILES = 4      # different noise pictures

# What throws a shadow: bone, bone, thickness by body height.
_LIMBS = [(BONE[a], BONE[b], r) for a, b, r in (
    ('pelvis', 'chest', 0.17), ('chest', 'neck', 0.18), ('neck', 'head', 0.10))] + [
    (BONE[f'{s}_{a}'], BONE[f'{s}_{b}'], r) for s in ('left', 'right') for a, b, r in (
        ('upper_arm', 'forearm', 0.055), ('forearm', 'hand', 0.045), ('thigh', 'shank', 0.09),
        ('shank', 'foot', 0.06))]


class Painter:
    """Draws the frames of a session."""

    def __init__(self, session: Session, seed: int = 0):
        """Raises UserError for a background picture that cannot be read."""
        self._session, self._seed = session, seed
        scene = session.script.scene
        yaw, pitch = np.radians([scene.light_yaw, scene.light_pitch])
        self._light = np.array([np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw),
                                np.sin(pitch)])
        self._meshes = [[build(t.actor.body, t.actor.clothes, seed + i, fist)
                         for fist in (False, True)] for i, t in enumerate(session.takes)]
        self._backgrounds: dict[Camera, np.ndarray] = {}
        self._panel = self._wall()
        for camera in dict.fromkeys(session.cameras):
            self._empty(camera)
        rng = np.random.default_rng([seed, 9])
        size = (session.height, session.width, 3)
        self._noise = [np.rint(scene.noise * rng.standard_normal(size, np.float32)).astype(np.int8)
                       for _ in range(_TILES)] if scene.noise else []

    def __call__(self, i: int) -> np.ndarray:
        """Frame i of the session (height, width, 3) BGR uint8."""
        session = self._session
        camera = session.cameras[i]
        image = self._empty(camera).copy()
        there = [k for k, take in enumerate(session.takes) if take.present[i]]
        joints = {k: session.takes[k].posture.at(slice(i, i + 1)).joints()[0] for k in there}
        if session.script.scene.background != 'plain':
            for k in there:
                self._shadow(image, camera, joints[k], session.takes[k].actor.body.height)
        facets = [_facets(self._meshes[k][self._grips(session.takes[k], i)], joints[k],
                          session.takes[k].posture.turn[i]) for k in there]
        things = Facets()
        for take in session.takes:
            self._things(things, take, i)
        if things.vertices:
            vertices = np.concatenate(things.vertices)
            quads = np.concatenate(things.quads)
            n = len(quads)
            facets.append((vertices, quads, np.concatenate(things.colours), np.zeros(n),
                           np.full(n, 0.25)))
        if facets:
            self._draw(image, camera, facets)
        if self._noise:
            tile = self._noise[(i * 7919 + i // _TILES) % _TILES]
            image = cv2.add(image, tile, dtype=cv2.CV_8U)
        return image

    def _empty(self, camera: Camera) -> np.ndarray:
        if camera not in self._backgrounds:
            self._backgrounds[camera] = background(
                self._session.script.scene, camera, self._session.width, self._session.height,
                self._seed, self._panel)
        return self._backgrounds[camera]

    def _wall(self) -> tuple[np.ndarray, float] | None:
        """Foot and yaw of the wall that somebody sits against."""
        for take in self._session.takes:
            for done in take.done:
                if done.prop == 'wall':
                    h = take.actor.body.height
                    back = take.actor.body.thigh + 0.075 * h
                    forward = np.array([np.cos(done.yaw), np.sin(done.yaw)])
                    return done.place - back * forward, done.yaw
        return None

    def _grips(self, take: Take, i: int) -> bool:
        now = self._session.stamps[i] / SECOND
        return any(done.prop != 'wall' and done.start <= now <= done.end for done in take.done)

    def _things(self, facets: Facets, take: Take, i: int) -> None:
        now = self._session.stamps[i] / SECOND
        for done in take.done:
            if done.prop == 'bar':
                body = take.actor.body
                pull_up_bar(facets, done.place, done.yaw, bar_height(body) + 0.042 * body.height)
            elif done.prop and done.start <= now <= done.end and take.present[i]:
                held(facets, done.prop, take.posture.at(slice(i, i + 1)))

    def _shadow(self, image: np.ndarray, camera: Camera, joints: np.ndarray, size: float) -> None:
        """Darkens the floor where the body is between it and the light, and where it touches."""
        h, w = image.shape[:2]
        drop = joints[:, 2:] / self._light[2]
        cast = joints - drop * self._light
        under = joints * [1, 1, 0]
        spots = camera.project(np.concatenate([cast, under]), w, h)
        if (spots[:, 2] < 0.2).any():
            return
        mask = np.zeros((h // 2, w // 2), np.uint8)
        focal = camera.focal(h) / 2
        n = len(joints)
        xy = np.clip(np.round(spots[:, :2] / 2), -4000, 4000).astype(int).tolist()
        for a, b, thick in _LIMBS:
            wide = max(1, int(thick * size * focal / spots[a, 2]))
            cv2.line(mask, xy[a], xy[b], 90, min(wide, 200))
        near = np.clip(1 - joints[:, 2] / (0.16 * size), 0, 1)
        for j in np.flatnonzero(near > 0):
            wide = max(1, int(0.06 * size * focal / spots[n + j, 2]))
            slope = 0.25 + 0.75 * abs(np.sin(np.radians(camera.pitch)))
            cv2.ellipse(mask, xy[n + j], (wide, max(1, int(wide * slope))), 0, 0, 360,
                        int(90 + 90 * near[j]), -1)
        x, y, bw, bh = cv2.boundingRect(mask)
        if not bw:
            return
        pad = max(3, int(0.02 * size * focal / spots[0, 2]))
        x0, y0 = max(0, x - 2 * pad), max(0, y - 2 * pad)
        x1, y1 = min(w // 2, x + bw + 2 * pad), min(h // 2, y + bh + 2 * pad)
        part = cv2.blur(mask[y0:y1, x0:x1], (2 * pad + 1, 2 * pad + 1))
        roi = image[2 * y0:2 * y1, 2 * x0:2 * x1]
        keep = cv2.resize(255 - part, (roi.shape[1], roi.shape[0]))
        cv2.multiply(roi, cv2.cvtColor(keep, cv2.COLOR_GRAY2BGR), roi, 1 / 255)

    def _draw(self, image: np.ndarray, camera: Camera, parts) -> None:
        counts = np.cumsum([0, *(len(p[0]) for p in parts)])
        vertices = np.concatenate([p[0] for p in parts])
        quads = np.concatenate([p[1] + c for p, c in zip(parts, counts, strict=False)])
        colour = np.concatenate([p[2] for p in parts])
        bias = np.concatenate([p[3] for p in parts]) * 2
        gloss = np.concatenate([p[4] for p in parts])
        h, w = image.shape[:2]
        eye, axes = camera.frame()
        local = ((vertices - eye) @ axes.T).astype(np.float32)
        depth = np.maximum(local[:, 2], 0.05)
        xy = local[:, :2] / depth[:, None] * camera.focal(h) + np.array([w / 2, h / 2], np.float32)
        # Facets that show their outside run the other way round in the picture, y being down.
        x, y = np.ascontiguousarray(xy.T)
        q0, q1, q2, q3 = np.ascontiguousarray(quads.T)
        shown = (x[q2] - x[q0]) * (y[q3] - y[q1]) < (y[q2] - y[q0]) * (x[q3] - x[q1])
        inside = (local[:, 2] > 0.1) & (x > -50) & (x < w + 50) & (y > -50) & (y < h + 50)
        if not inside.all():
            shown &= inside[q0] & inside[q1] & inside[q2] & inside[q3]
        chosen = np.flatnonzero(shown)
        if not len(chosen):
            return
        order = np.argsort((bias - depth[q0] - depth[q2])[chosen], kind='stable')
        chosen = chosen[order]
        quads = quads[chosen]
        corners = xy[quads]
        lit = self._lit(vertices[quads], colour[chosen], gloss[chosen], eye)
        flat = corners.reshape(-1, 2)
        low = np.clip(flat.min(0) - 1, 0, [w, h]).astype(int)
        high = np.clip(flat.max(0) + 2, 0, [w, h]).astype(int)
        if (high <= low).any():
            return
        roi = image[low[1]:high[1], low[0]:high[0]]
        fine = cv2.resize(roi, None, fx=_FINE, fy=_FINE, interpolation=cv2.INTER_NEAREST)
        points = np.round((corners - low) * _FINE - 0.5).clip(-8000, 8000).astype(np.int32)
        fill = cv2.fillConvexPoly
        for facet, shade in zip(points, lit.tolist(), strict=True):
            fill(fine, facet, shade)
        cv2.resize(fine, (roi.shape[1], roi.shape[0]), roi, interpolation=cv2.INTER_AREA)

    def _lit(self, corners: np.ndarray, colour: np.ndarray, gloss: np.ndarray,
             eye: np.ndarray) -> np.ndarray:
        """Colours (f, 3) of facets (f, 4, 3): sky and ground light, one lamp, a little gloss."""
        d1, d2 = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
        normal = np.stack([d1[:, 1] * d2[:, 2] - d1[:, 2] * d2[:, 1],
                           d1[:, 2] * d2[:, 0] - d1[:, 0] * d2[:, 2],
                           d1[:, 0] * d2[:, 1] - d1[:, 1] * d2[:, 0]], -1)
        normal = _unit(normal)
        ambient = self._session.script.scene.ambient
        lamp = normal @ self._light
        # Soft light reaches around the edge of what it lights.
        diffuse = np.clip((lamp + 0.3) / 1.3, 0, 1)
        sky = 0.80 + 0.20 * normal[:, 2]
        sight = _unit(eye - corners[:, 0])
        half = _unit(sight + self._light)
        shine = np.clip(np.einsum('ij,ij->i', normal, half), 0, 1)
        for _ in range(4):
            shine = shine * shine
        shine *= gloss * 255
        # Grazing facets are darker: neighbours shade them.
        rim = 0.80 + 0.20 * np.clip(np.einsum('ij,ij->i', normal, sight) * 2.5, 0, 1)
        light = (ambient * sky + 1.05 * (1 - ambient) * diffuse) * rim * 1.12
        return np.clip(colour * light[:, None] + shine[:, None], 0, 255)


def _unit(v: np.ndarray) -> np.ndarray:
    return v / np.sqrt(np.maximum(np.einsum('ij,ij->i', v, v), 1e-12))[:, None]


def _facets(mesh: Mesh, joints: np.ndarray, turn: np.ndarray):
    return mesh.skinned(joints, turn), mesh.quads, mesh.colour, mesh.bias, mesh.gloss
