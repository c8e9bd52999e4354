"""A script put into time: every actor's posture, keypoints and truth at any frame."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from trainer_core.angles import JOINTS, angle
from trainer_core.clock import SECOND
from trainer_core.skeleton import INDEX
from trainer_sim.body import BONE
from trainer_sim.camera import Camera
from trainer_sim.motions import everyday
from trainer_sim.motions.exercises import EXERCISES
from trainer_sim.pieces import Piece, Place, between, hold, repetitions
from trainer_sim.posture import Posture, angles3d, joined
from trainer_sim.script import Actor, Script
from trainer_sim.timing import Sway
from trainer_sim.visibility import HIDDEN, OUT, SEEN, hidden


@dataclass(frozen=True)
class Done:
    """Where and when (s) an exercise was done, for the things that belong to it."""

    prop: str
    start: float
    end: float
    place: np.ndarray       # (2,) m on the floor
    yaw: float              # rad


@dataclass
class Take:
    """One actor's part: postures and keypoints of all frames."""

    actor: Actor
    posture: Posture        # (n) in the world
    present: np.ndarray     # (n,) bool
    points: np.ndarray      # (n, 18, 3) m in the world
    pixels: np.ndarray      # (n, 18, 3) x, y, depth (m)
    seen: np.ndarray        # (n, 18) OUT, HIDDEN or SEEN
    truth: dict[str, Any]   # name, sets (with repetitions), motions; times in s
    done: list[Done]

    def angles(self, i: int) -> tuple[dict[str, float], dict[str, float]]:
        """Joint angles of frame i (rad): in space, and in the image plane."""
        space = {k: float(v[0]) for k, v in angles3d(self.points[i:i + 1]).items()}
        xy = self.pixels[i, :, :2]
        plane = {name: float(angle(*(xy[INDEX[p]] for p in points)))
                 for name, points in JOINTS.items()}
        return space, plane


@dataclass
class Session:
    """Everything that happens in a script at a frame rate and picture size."""

    script: Script
    width: int
    height: int
    stamps: np.ndarray             # (n,) ns, from 0
    cameras: list[Camera]          # of every frame
    takes: list[Take]
    seconds: float

    def truth(self) -> dict[str, Any]:
        """What can be written as JSON: per actor the sets, repetitions, holds and faults."""
        return {'script': self.script.name, 'seconds': self.seconds, 'frames': len(self.stamps),
                'width': self.width, 'height': self.height,
                'actors': [take.truth for take in self.takes]}


def perform(script: Script, width: int = 640, height: int = 480, fps: float = 30.0,
            seed: int = 0) -> Session:
    """Puts a script into time: n frames from 0 at fps."""
    if fps <= 0 or width < 16 or height < 16:
        raise ValueError('fps must be above 0 and the picture at least 16 pixels wide and high')
    plans = [_plan(actor, script, width / height, np.random.default_rng([seed, i]))
             for i, actor in enumerate(script.actors)]
    seconds = max(sum(piece.seconds for piece in plan) for plan, _ in plans)
    n = max(1, int(np.floor(seconds * fps + 1e-6)))
    times = np.arange(n) / fps
    starts = np.array([start for start, _ in script.cameras])
    which = np.searchsorted(starts, times, side='right') - 1
    cameras = [script.cameras[i][1] for i in which]
    acted = [_act(plan, sway, times) for plan, sway in plans]
    places = [(posture.body, posture.joints(), posture.turn[:, BONE['head']], present)
              for posture, present, *_ in acted]
    eye = np.stack([camera.frame()[0] for _, camera in script.cameras])[which]
    takes = []
    for i, (actor, (posture, present, truth, done)) in enumerate(
            zip(script.actors, acted, strict=True)):
        points = posture.keypoints()
        pixels = np.empty_like(points)
        for c, (_, camera) in enumerate(script.cameras):
            pixels[which == c] = camera.project(points[which == c], width, height)
        # Those who are not there hide nobody.
        others = [(b, np.where(there[:, None, None], j, 1e3), h) for b, j, h, there in places]
        covered = hidden(points, eye, others, i)
        inside = ((pixels[..., :2] >= 0) & (pixels[..., :2] < [width, height])).all(-1)
        inside &= (pixels[..., 2] > 0.1) & present[:, None]
        seen = np.where(inside, np.where(covered, HIDDEN, SEEN), OUT)
        takes.append(Take(actor, posture, present, points, pixels, seen,
                          {'name': actor.name, 'height': actor.body.height, **truth}, done))
    stamps = np.round(times * SECOND).astype(np.int64)
    return Session(script, width, height, stamps, cameras, takes, seconds)


def _plan(actor: Actor, script: Script, aspect: float,
          rng: np.random.Generator) -> tuple[list[Piece], Sway]:
    """Pieces of one actor one after the other, with what leads from one to the next."""
    sway = Sway(rng, actor.sway)
    place = Place(*actor.at, float(np.radians(actor.facing)))
    pieces: list[Piece] = []
    clock = 0.0
    for segment in actor.segments:
        for piece in _pieces(segment, actor, place, script.cameras[0][1], aspect, rng):
            joins = pieces and pieces[-1].present and piece.present and not (
                pieces[-1].name == piece.name == 'absent')
            if joins:
                for link in between(pieces[-1], piece, actor.body, clock, sway):
                    pieces.append(link)
                    clock += link.seconds
            pieces.append(piece)
            clock += piece.seconds
            place = piece.place
    last = pieces[-1]
    if last.exercise and last.exercise.way:
        end = everyday.stand(actor.body, place, 0.5)
        pieces += [*between(last, end, actor.body, clock, sway), end]
    return pieces, sway


def _pieces(segment, actor: Actor, place: Place, camera: Camera, aspect: float, rng) -> list[Piece]:
    """What one segment of a script consists of."""
    body, name, values = actor.body, segment.motion, segment.values
    kind = EXERCISES.get(name)
    if kind and kind.seconds:
        return [hold(kind, body, place, values['seconds'], values['range'])]
    if kind:
        return [repetitions(kind, body, place, values['style'], rng)]
    if name == 'walk':
        return everyday.walk(body, place, *values['to'])
    if name == 'enter':
        x, y = _outside(values['from'], place, camera, aspect)
        yaw = float(np.arctan2(place.y - y, place.x - x))
        walked = everyday.walk(body, Place(x, y, yaw), place.x, place.y)
        return [*walked, everyday.turn(body, walked[-1].place, place.yaw)]
    if name == 'leave':
        return everyday.walk(body, place, *_outside(values['to'], place, camera, aspect))
    if name == 'turn':
        return [everyday.turn(body, place, float(np.radians(values['facing'])))]
    if name == 'absent':
        piece = everyday.stand(body, place, values['seconds'])
        return [Piece('absent', piece.seconds, piece.pose, place, present=False)]
    if name == 'wait':
        return [everyday.wait(body, place, values['seconds'], rng)]
    if name in ('drink', 'phone', 'scratch'):
        return [everyday.at_face(body, place, values['seconds'], name)]
    make = {'stand': everyday.stand, 'wave': everyday.wave, 'pick_up': everyday.pick_up,
            'put_down': everyday.put_down, 'tie_shoe': everyday.tie_shoe}[name]
    return [make(body, place, values['seconds'])]


def _outside(where, place: Place, camera: Camera, aspect: float) -> tuple[float, float]:
    """A place on the floor beside the picture, level with `place`, or the one that is given."""
    if not isinstance(where, str):
        return float(where[0]), float(where[1])
    eye, axes = camera.frame()
    depth = float(((np.array([place.x, place.y, 0.0]) - eye) * axes[2]).sum())
    half = depth * np.tan(np.radians(camera.fov) / 2) * aspect + 0.7
    yaw = np.radians(camera.yaw)
    right = np.array([-np.sin(yaw), np.cos(yaw)])
    middle = float((np.array([place.x - eye[0], place.y - eye[1]]) * right).sum())
    way = (half if where == 'right' else -half) - middle
    return float(place.x + way * right[0]), float(place.y + way * right[1])


def _act(pieces: list[Piece], sway: Sway,
         times: np.ndarray) -> tuple[Posture, np.ndarray, dict[str, Any], list[Done]]:
    """Postures, presence and truth at times (n,) s; after the last piece the actor stays."""
    parts, present, sets, motions, done = [], [], [], [], []
    start = 0.0
    for i, piece in enumerate(pieces):
        end = start + piece.seconds
        last = i == len(pieces) - 1
        here = times[(times >= start) & ((times < end) | last)] - start
        if len(here):
            parts.append(piece.at(np.minimum(here, piece.seconds), start, sway))
            present.append(np.full(len(here), piece.present))
        motions.append({'motion': piece.name, 'start': round(start, 6), 'end': round(end, 6)})
        if piece.truth:
            sets.append(_shifted(piece.truth, start))
        if piece.exercise and piece.exercise.prop:
            place = piece.place
            done.append(Done(piece.exercise.prop, start, end, np.array([place.x, place.y]),
                             place.yaw))
        start = end
    return joined(parts), np.concatenate(present), {'sets': sets, 'motions': motions}, done


def _shifted(truth: dict[str, Any], start: float) -> dict[str, Any]:
    """A set's truth with times from the start of the session, and its counts."""
    reps = [{**rep, **{k: round(rep[k] + start, 6) for k in ('start', 'turn', 'end')}}
            for rep in truth['reps']]
    counted = [rep for rep in reps if rep['counts']]
    result = {'exercise': truth['exercise'], 'count': len(counted),
              'left': sum(rep['side'] == 'left' for rep in counted),
              'right': sum(rep['side'] == 'right' for rep in counted),
              'partial': len(reps) - len(counted), 'reps': reps}
    if 'hold' in truth:
        result['hold'] = {k: round(v + start, 6) for k, v in truth['hold'].items()}
    return result
