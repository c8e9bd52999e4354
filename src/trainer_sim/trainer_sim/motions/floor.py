"""Exercises on the floor and on the bar; see standing.py for what the functions take.

The body lies along x: face down with the head forward, face up with the feet forward.
"""

import numpy as np

from trainer_sim.body import Body
from trainer_sim.motions.standing import hands_behind_head, legs
from trainer_sim.rig import SIGN, Rig
from trainer_sim.timing import along, part

_WRIST = 0.045   # height of the wrist of a hand flat on the floor, by body height
_SIT = 0.056     # height of the hips of somebody who sits or lies, by body height


def _span(body: Body, elbow) -> np.ndarray:
    """Shoulder to wrist, m, with the elbow's inner angle at `elbow` degrees."""
    a, b = body.upper_arm, body.forearm
    return np.sqrt(a ** 2 + b ** 2 - 2 * a * b * np.cos(np.radians(elbow)))


def _prone(rig: Rig, height: np.ndarray, feet: float, *, nod: float) -> None:
    """A straight body on the toes with the shoulders at `height` (n,) m, ankles at x = -feet."""
    body = rig.body
    low = 0.985 * body.foot + 0.2 * body.ankle
    leg = (body.thigh + body.shank) * 0.9985
    tilt = np.arcsin((height - low) / (leg + body.trunk))
    pitch = 90 - np.degrees(tilt)
    rig.trunk(leg * np.cos(tilt) - feet, 0.0, low + leg * np.sin(tilt), pitch=pitch, nod=nod)
    for s, sign in SIGN.items():
        rig.ankle_to(s, (-feet, sign * 0.055 * body.height, low), (0.0, 0.0, -1.0),
                     toes=(0.2, 0.0, -1.0), planted=True)


def _feet_behind(body: Body, height: float) -> float:
    low = 0.985 * body.foot + 0.2 * body.ankle
    line = (body.thigh + body.shank) * 0.9985 + body.trunk
    return float(np.sqrt(line ** 2 - (height - low) ** 2))


def push_up(rig: Rig, u, side: str = '') -> None:
    """Straight body on hands and toes; elbows from straight to under a right angle."""
    body, h = rig.body, rig.body.height
    wide, back = 0.085 * h, 0.045 * h
    reach = np.sqrt(_span(body, 166 - 101 * u) ** 2 - wide ** 2 - (back * u) ** 2)
    top = float(np.sqrt(_span(body, 166) ** 2 - wide ** 2)) + _WRIST * h
    feet = _feet_behind(body, top)
    _prone(rig, reach + _WRIST * h, feet, nod=-16.0)
    for s, sign in SIGN.items():
        rig.arm_to(s, (-back * 0.2, sign * (body.shoulder_width / 2 + wide), _WRIST * h),
                   np.array([-1.0, sign * 0.85, 0.3]), fingers=(1.0, 0.0, -0.12),
                   thumb=(0.0, -sign, 0.0), planted=True)


def plank(rig: Rig, u, side: str = '') -> None:
    """Straight body on forearms and toes."""
    body, h = rig.body, rig.body.height
    elbow = 0.028 * h
    height = body.upper_arm + elbow
    _prone(rig, np.full(rig.n, height), _feet_behind(body, height), nod=-10.0)
    for s, sign in SIGN.items():
        rig.arm_to(s, (body.forearm, sign * body.shoulder_width * 0.44, elbow),
                   np.array([-0.4, sign * 0.1, -1.0]), planted=True)


def crouch(rig: Rig, u=0.0, side: str = '') -> None:
    """Squatting deep with the hands on the floor ahead of the feet: the way down and up."""
    body, h = rig.body, rig.body.height
    feet = _crouch_feet(body)
    rig.trunk(feet - 0.06 * h, 0.0, 0.235 * h, pitch=72.0, flex=22.0, nod=-30.0)
    for s, sign in SIGN.items():
        rig.leg_to(s, feet, sign * 0.075 * h, heel=34.0, toes_out=10.0)
        rig.arm_to(s, (-0.009 * h, sign * (body.shoulder_width / 2 + 0.085 * h), _WRIST * h),
                   np.array([-1.0, sign * 0.85, 0.3]), fingers=(1.0, 0.0, -0.12),
                   thumb=(0.0, -sign, 0.0), planted=True)


def _crouch_feet(body: Body) -> float:
    """Where the feet of somebody who crouches are, m ahead of the hands of a push-up (negative)."""
    return -0.27 * body.height


def _supine(rig: Rig, pelvis, flex, *, nod, x=0.0) -> None:
    # The hips roll over the buttocks: higher when the pelvis comes up.
    height = (_SIT + 0.016 * part((np.asarray(pelvis) + 90) / 60, 0, 1)) * rig.body.height
    rig.trunk(x, 0.0, height, pitch=pelvis, flex=flex, nod=nod)


def feet_ahead(body: Body) -> float:
    """Of the feet of somebody who sits with bent knees, m ahead of the hips."""
    return 1.1 * body.shank + 0.04 * body.height


def sit_up(rig: Rig, u, side: str = '') -> None:
    """From lying with bent knees and feet on the floor to sitting, hands behind the head."""
    body = rig.body
    flex = along(u, [(0, 0.0), (0.45, 42.0), (1, 34.0)])
    _supine(rig, -90 + 57 * part(u, 0.18, 1.0), flex,
            nod=along(u, [(0, 2.0), (0.3, 22.0), (1, 12.0)]))
    for s, sign in SIGN.items():
        rig.leg_to(s, feet_ahead(body), sign * 0.075 * body.height)
    hands_behind_head(rig)


def sit(rig: Rig, u=0.0, side: str = '') -> None:
    """Sitting on the floor, hands beside the hips: on the way to lying."""
    body, h = rig.body, rig.body.height
    _supine(rig, -22.0, 14.0, nod=4.0)
    for s, sign in SIGN.items():
        rig.leg_to(s, feet_ahead(body), sign * 0.075 * h)
        rig.arm_to(s, (-0.10 * h, sign * 0.15 * h, _WRIST * h), np.array([-1.0, sign * 0.6, 0.2]),
                   fingers=(-1.0, sign * 0.3, -0.1), thumb=(0.0, -sign, 0.0))


def v_up(rig: Rig, u, side: str = '') -> None:
    """From lying stretched to a V on the buttocks, hands to the feet."""
    pelvis = -90 + 38 * u
    _supine(rig, pelvis, 26 * u, nod=8 * u)
    for s in SIGN:
        rig.leg(s, raised=pelvis + 89.0 + 53 * u, out=2.5, knee=4.0, ankle=-45.0)
        rig.arm(s, raised=172 - 72 * u, out=5.0, elbow=8.0)


def bar_height(body: Body) -> float:
    """Of the pull-up bar above the floor, m: the feet hang free."""
    return 0.10 * body.height + body.hip_height + body.trunk + float(_span(body, 172)) * 0.97


def pull_up(rig: Rig, u, side: str = '') -> None:
    """From hanging to the chin over the bar."""
    body, h = rig.body, rig.body.height
    wide = 0.065 * h
    lean = -2 - 10 * np.asarray(u)
    reach = np.sqrt(_span(body, 166 - 118 * u) ** 2 - wide ** 2)
    lean_x = body.trunk * np.sin(np.radians(-lean)) + 0.05 * h * u
    shoulder = bar_height(body) - reach
    rig.trunk(-0.03 * h - lean_x * 0.35 + body.trunk * np.sin(np.radians(-lean)) * 0.65, 0.0,
              shoulder - body.trunk * np.cos(np.radians(lean)), pitch=lean, nod=-12 - 8 * u)
    for s, sign in SIGN.items():
        rig.arm_to(s, (0.0, sign * (body.shoulder_width / 2 + wide), bar_height(body)),
                   np.array([0.35, sign * 0.8, -1.0]), planted=True)
        rig.leg(s, raised=4 + 10 * u, out=2.0, knee=18 + 18 * u, ankle=-25.0)


def reach_up(rig: Rig, u=0.0, side: str = '') -> None:
    """Standing under the bar with both arms up."""
    legs(rig, 10.0, 5.0, pitch=1.0, nod=-20.0)
    for s in SIGN:
        rig.arm(s, raised=165.0, out=16.0, elbow=14.0)
