"""The exercises by name: how each is posed, timed, entered and left, and from where it is seen."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trainer_core.errors import UserError
from trainer_sim.body import Body
from trainer_sim.motions import floor, standing
from trainer_sim.posture import Posture, blended
from trainer_sim.rig import Rig
from trainer_sim.timing import ease

Pose = Callable[[Rig, np.ndarray, str], None]


@dataclass(frozen=True)
class Exercise:
    """One exercise; u runs 0 to 1 on the way out and back to 0 on the way back."""

    name: str
    pose: Pose
    joints: tuple[str, ...]          # angles that lead, without the side
    out: float = 1.1                 # s from start position to turning point
    hold: float = 0.15               # s there
    back: float = 1.0                # s back
    rest: float = 0.45               # s in start position before the next
    turn: str = 'bottom'             # name of the turning point
    view: float = 35.0               # yaw of the camera in degrees that shows it best
    way: tuple[Pose, ...] = ()       # postures between standing and the start position
    offset: Callable[[Body], float] = lambda body: 0.0  # m, origin of the pose ahead of the feet
    alternating: bool = False        # sides take turns
    seconds: float = 0.0             # a hold: how long; u goes to 1 once and stays
    prop: str = ''                   # what is drawn with it: dumbbells, barbell, bar, wall


def _prone(body: Body) -> float:
    return 0.27 * body.height


def _supine(body: Body) -> float:
    return -floor.feet_ahead(body)


EXERCISES = {e.name: e for e in (
    Exercise('squat', standing.squat, ('knee', 'hip'), 1.3, 0.15, 1.1),
    Exercise('lunge', standing.lunge, ('knee', 'hip'), 1.3, 0.15, 1.2, view=70,
             alternating=True),
    Exercise('biceps_curl', standing.biceps_curl, ('elbow',), 1.0, 0.1, 1.2, turn='top',
             view=20, prop='dumbbells'),
    Exercise('shoulder_press', standing.shoulder_press, ('elbow', 'shoulder'), 1.1, 0.15, 1.2,
             turn='top', view=10, prop='dumbbells'),
    Exercise('front_raise', standing.front_raise, ('shoulder',), 1.1, 0.15, 1.2, turn='top',
             view=65, prop='dumbbells'),
    Exercise('jumping_jack', standing.jumping_jack, ('shoulder',), 0.45, 0.05, 0.45, 0.12,
             turn='top', view=5),
    Exercise('deadlift', standing.deadlift, ('hip', 'knee'), 1.4, 0.2, 1.3, view=60,
             prop='barbell'),
    Exercise('good_morning', standing.good_morning, ('hip',), 1.4, 0.15, 1.3, view=60),
    Exercise('push_up', floor.push_up, ('elbow',), 1.0, 0.1, 0.9, 0.4, view=72,
             way=(floor.crouch,), offset=_prone),
    Exercise('pull_up', floor.pull_up, ('elbow', 'shoulder'), 1.1, 0.15, 1.3, 0.5, turn='top',
             view=165, way=(floor.reach_up,), prop='bar'),
    Exercise('sit_up', floor.sit_up, ('hip',), 1.2, 0.1, 1.3, 0.4, turn='top', view=80,
             way=(floor.sit,), offset=_supine),
    Exercise('v_up', floor.v_up, ('hip',), 1.1, 0.1, 1.3, 0.4, turn='top', view=80,
             way=(floor.sit,), offset=_supine),
    Exercise('burpee', lambda rig, u, side: None, ('knee', 'hip'), 1.7, 0.1, 1.7, 0.35, view=72),
    Exercise('plank', floor.plank, ('hip',), seconds=20, view=75,
             way=(floor.crouch, floor.push_up), offset=_prone),
    Exercise('wall_sit', standing.wall_sit, ('knee', 'hip'), seconds=20, view=70, prop='wall'),
    Exercise('tree_pose', standing.tree_pose, ('knee',), seconds=15, turn='top', view=0),
)}


def exercise(name: str) -> Exercise:
    """The exercise of this name; UserError naming those that exist otherwise."""
    if name not in EXERCISES:
        raise UserError(f'the athlete does not know the exercise "{name}"; '
                        f'it knows {", ".join(EXERCISES)}')
    return EXERCISES[name]


def posed(body: Body, pose: Pose, u: np.ndarray, side: str, sway, forward: float = 0.0) -> Posture:
    """A pose function at depths u (n,), its origin `forward` m ahead of the feet."""
    rig = Rig(body, len(u), sway)
    pose(rig, u, side)
    result = rig.done()
    shift = np.array([forward, 0.0, 0.0])
    return Posture(body, result.root + shift, result.turn,
                   {k: v + shift for k, v in result.held.items()})


def depth_posture(kind: Exercise, body: Body, u: np.ndarray, side: str, sway) -> Posture:
    """An exercise at depths u (n,) in the frame of the standing feet."""
    if kind.name == 'burpee':
        return _burpee(body, u)
    if kind.way and sway:
        # Hands and feet that hold on leave the trunk little room.
        sway = {name: 0.25 * value for name, value in sway.items()}
    return posed(body, kind.pose, u, side, sway, kind.offset(body))


# A burpee runs through these postures: share of the repetition, posture, depth, raised by (m).
_BURPEE: tuple[tuple[float, Pose, float, float], ...] = (
    (0.0, standing.stand, 0.0, 0.0), (0.17, floor.crouch, 0.0, 0.0),
    (0.31, floor.push_up, 0.0, 0.0), (0.44, floor.push_up, 0.85, 0.0),
    (0.56, floor.push_up, 0.0, 0.0), (0.67, floor.crouch, 0.0, 0.0),
    (0.78, standing.jump_off, 0.0, 0.0), (0.88, standing.jump_off, 1.0, 0.22),
    (1.0, standing.stand, 0.0, 0.0))
_HALF_BURPEE = ((0.0, standing.stand, 0.0, 0.0), (0.5, floor.crouch, 0.0, 0.0),
                (1.0, standing.stand, 0.0, 0.0))


def _burpee(body: Body, u: np.ndarray) -> Posture:
    """u runs 0 to 1 once; beyond 1 (1 to 2) it is the short form without plank and jump."""
    turn, root = np.empty((len(u), 19, 3, 3)), np.empty((len(u), 3))
    for keys, chosen, way in ((_BURPEE, u <= 1, u), (_HALF_BURPEE, u > 1, u - 1)):
        for (t0, pose0, d0, up0), (t1, pose1, d1, up1) in zip(keys, keys[1:], strict=False):
            here = np.flatnonzero(chosen & (way >= t0) & ((way < t1) | ((t1 == 1.0) & (way <= 1))))
            if not len(here):
                continue
            share = ease((way[here] - t0) / (t1 - t0))
            if pose0 is pose1 is floor.push_up:
                part = posed(body, pose0, d0 + share * (d1 - d0), '', None, _prone(body))
            else:
                a, b = (_key(body, pose, d, up) for pose, d, up in
                        ((pose0, d0, up0), (pose1, d1, up1)))
                part = blended(a, b, share)
            turn[here], root[here] = part.turn, part.root
    return Posture(body, root, turn)


def _key(body: Body, pose: Pose, depth: float, up: float) -> Posture:
    ahead = _prone(body) if pose in (floor.crouch, floor.push_up) else 0.0
    key = posed(body, pose, np.array([depth]), '', None, ahead)
    if up:
        return Posture(body, key.root + [0, 0, up], key.turn,
                       {k: v + [0, 0, up] for k, v in key.held.items()})
    return key
