"""Exercises on the feet. Each function poses a rig at depth u (n,) in [0, 1]: 0 is the start
position, 1 the turning point. Angles are textbook values in degrees.
"""

import numpy as np

from trainer_sim.rig import SIGN, Rig
from trainer_sim.timing import part

STANCE = 0.062   # half the distance between the ankles of somebody who stands, by body height


def legs(rig: Rig, knee, shin, *, stance: float = STANCE, toes_out: float = 6.0, **trunk) -> None:
    """Both feet planted, knees bent by `knee`, shins tilted forward by `shin`."""
    body = rig.body
    k, d = np.radians(knee), np.radians(shin)
    half = stance * body.height
    wide = half - body.hip_width / 2
    x = body.shank * np.sin(d) - body.thigh * np.sin(k - d)
    z = body.shank * np.cos(d) + body.thigh * np.cos(k - d)
    # The legs also lean sideways to the feet; 0.3 % of slack lets the body sway.
    z = np.sqrt(np.maximum(z ** 2 - wide ** 2, 0.0)) * 0.997 + body.ankle
    rig.trunk(x, 0.0, z, **trunk)
    for s, sign in SIGN.items():
        rig.leg_to(s, 0.0, sign * half, toes_out=toes_out)


def stand(rig: Rig, u=0.0, side: str = '') -> None:
    """At ease, arms hanging."""
    legs(rig, 4.0, 2.0, pitch=1.0, flex=2.0)
    arms_down(rig)


def arms_down(rig: Rig) -> None:
    """Both arms hanging at ease."""
    for s in SIGN:
        rig.arm(s, raised=2.0, out=7.0, rotated=15.0, elbow=14.0)


def squat(rig: Rig, u, side: str = '') -> None:
    """Thighs below parallel, arms reaching forward for balance."""
    legs(rig, 4 + 112 * u, 2 + 30 * u, stance=0.095, toes_out=14.0,
         pitch=1 + 33 * u, flex=2 + 8 * u, nod=-18 * u)
    for s in SIGN:
        rig.arm(s, raised=4 + 98 * part(u, 0, 0.9), out=6.0, rotated=10.0, elbow=14 - 6 * u)


def lunge(rig: Rig, u, side: str = 'left') -> None:
    """A step forward with one leg and down until both knees are square, hands on the hips."""
    body, half = rig.body, STANCE * rig.body.height
    step, down = part(u, 0.0, 0.5), part(u, 0.12, 1.0)
    length = body.thigh + 1.1 * body.shank
    other = 'right' if side == 'left' else 'left'
    straight = (body.thigh + body.shank) * 0.997
    depth = body.thigh * 0.22 + body.shank * 0.98
    reach = np.sqrt(straight ** 2 - (0.5 * length * step) ** 2)
    z = body.ankle + (reach * (1 - down) + depth * down) * (1 - 0.02 * np.sin(np.pi * step))
    x = length * step * (0.5 + 0.02 * down)
    rig.trunk(x, 0.0, z, pitch=1 + 4 * down, flex=2.0)
    rig.leg_to(side, length * step, SIGN[side] * half, 0.035 * np.sin(np.pi * step),
               planted=False)
    rig.leg_to(other, 0.0, SIGN[other] * half, heel=6 * step + 50 * down,
               knee=(1.0, 0.0, -0.4), planted=False)
    hands_on_hips(rig)


def hands_on_hips(rig: Rig) -> None:
    """Both hands on the hips, elbows out."""
    h = rig.body.height
    for s, sign in SIGN.items():
        place = rig.on('pelvis', (0.03 * h, sign * (rig.body.hip_width / 2 + 0.03 * h), 0.075 * h))
        rig.arm_to(s, place, np.array([-0.5, sign, 0.0]))


def biceps_curl(rig: Rig, u, side: str = '') -> None:
    """Forearms up to the shoulders, upper arms still; one side where side is given."""
    legs(rig, 5.0, 2.5, pitch=1.0, flex=2.0)
    for s in SIGN:
        mine = u if side in ('', s) else 0 * u
        rig.arm(s, raised=2 + 8 * mine, out=6.0, rotated=2.0, elbow=10 + 128 * mine)


def shoulder_press(rig: Rig, u, side: str = '') -> None:
    """From the shoulders to straight arms overhead."""
    legs(rig, 5.0, 2.5, stance=0.08, pitch=1.0, flex=1.0)
    chest, body = rig.chest(), rig.body
    arm = body.upper_arm + body.forearm
    for s, sign in SIGN.items():
        place = np.stack([0.20 - 0.16 * part(u, 0, 0.9), sign * (0.24 - 0.13 * u),
                          0.08 + 0.895 * u], -1) * arm
        place = rig.shoulder(s) + np.einsum('nij,nj->ni', chest, place)
        elbow = np.einsum('nij,j->ni', chest, [0.25, sign * 0.8, -1.0])
        rig.arm_to(s, place, elbow, fingers=chest[:, :, 2], thumb=-sign * chest[:, :, 1])


def front_raise(rig: Rig, u, side: str = '') -> None:
    """Straight arms forward to shoulder height."""
    legs(rig, 5.0, 2.5, pitch=1 - 2 * u, flex=2.0)
    for s in SIGN:
        rig.arm(s, raised=6 + 84 * u, out=4.0, rotated=40.0, elbow=8.0)


def jumping_jack(rig: Rig, u, side: str = '') -> None:
    """Feet apart and arms overhead in one hop."""
    body, h = rig.body, rig.body.height
    half = (0.045 + 0.165 * u) * h
    hop = 0.035 * h * np.sin(np.pi * np.clip(u, 0, 1))
    bend = 0.985 - 0.012 * (1 - np.abs(2 * u - 1))
    wide = half - body.hip_width / 2
    z = np.sqrt(((body.thigh + body.shank) * bend) ** 2 - wide ** 2) + body.ankle + hop
    rig.trunk(0.0, 0.0, z, pitch=2.0, flex=2.0)
    for s, sign in SIGN.items():
        rig.leg_to(s, 0.0, sign * half, hop, heel=16 * np.sin(np.pi * np.clip(u, 0, 1)),
                   toes_out=8.0, planted=False)
        rig.arm(s, raised=4.0, out=10 + 150 * u, rotated=0.0, elbow=12 + 6 * u)


def deadlift(rig: Rig, u, side: str = '') -> None:
    """The bar from the hips to the shins, back straight."""
    legs(rig, 6 + 62 * u, 3 + 15 * u, stance=0.075, pitch=2 + 58 * u, flex=4.0, nod=-24 * u)
    for s in SIGN:
        rig.arm(s, raised=4 + 6 * u, out=7.0, rotated=45.0, elbow=6.0, hanging=True)


def good_morning(rig: Rig, u, side: str = '') -> None:
    """Bow from the hips with nearly straight knees, hands behind the head."""
    legs(rig, 8 + 14 * u, 4 - 4 * u, stance=0.08, pitch=2 + 70 * u, flex=2 + 6 * u, nod=-14 * u)
    hands_behind_head(rig)


def hands_behind_head(rig: Rig) -> None:
    """Both hands behind the ears, elbows out."""
    h = rig.body.height
    for s, sign in SIGN.items():
        place = rig.on('head', np.array([-0.035, sign * 0.062, 0.045]) * h)
        elbow = np.einsum('nij,j->ni', rig.chest(), [0.25, sign, -0.33])
        rig.arm_to(s, place, elbow)


def wall_sit(rig: Rig, u, side: str = '') -> None:
    """Back against a wall, thighs level."""
    legs(rig, 4 + 86 * u, 2 - 2 * u, stance=0.075, pitch=1 - 2 * u, flex=0.0)
    for s in SIGN:
        rig.arm(s, raised=4 + 18 * u, out=8.0, rotated=10.0, elbow=14 + 22 * u)


def tree_pose(rig: Rig, u, side: str = '') -> None:
    """On the right leg, left sole against its knee, palms together overhead."""
    body, h = rig.body, rig.body.height
    half = STANCE * h
    shift, lift, arms = part(u, 0, 0.35), part(u, 0.2, 1.0), part(u, 0.3, 1.0)
    z = np.sqrt(((body.thigh + body.shank) * 0.996) ** 2
                - ((half - body.hip_width / 2) * (1 - shift)) ** 2) + body.ankle
    rig.trunk(0.0, -half * 0.9 * shift, z, pitch=1.0, flex=1.0)
    rig.leg_to('right', 0.0, -half, planted=True)
    start = np.stack([0 * u, half + 0 * u, body.ankle + 0 * u], -1)
    end = np.array([0.0, -half + 0.042 * h, body.ankle + body.shank * 0.95])
    way = start + lift[:, None] * (end - start) + np.outer(np.sin(np.pi * lift), [0.10, 0.10, 0.0])
    knee = np.stack([1 - 0.85 * lift, 0.05 + lift, 0 * u], -1)
    toes = np.stack([1 - lift, 0.1 - 0.3 * lift, -1.0 * lift], -1)
    rig.ankle_to('left', way, knee, toes=toes)
    chest = rig.chest()
    for s, sign in SIGN.items():
        shoulder = rig.shoulder(s)
        low = shoulder + np.einsum('nij,j->ni', chest, [0.06 * h, sign * 0.07 * h, -0.30 * h])
        mid = np.einsum('nij,j->ni', chest, [0.14 * h, sign * 0.10 * h, 0.0])
        top = rig.on('head', np.array([0.0, sign * 0.015, 0.225]) * h)
        place = low + arms[:, None] * (top - low) + np.sin(np.pi * arms)[:, None] * mid
        elbow = np.einsum('nij,nj->ni', chest, np.stack(
            [-0.6 + 0.6 * arms, sign * (0.6 + 0.4 * arms), -0.6 + 0.6 * arms], -1))
        rig.arm_to(s, place, elbow, fingers=chest[:, :, 2] * (2 * arms[:, None] - 1),
                   thumb=chest[:, :, 0] * (1 - 2 * arms[:, None]))


def jump_off(rig: Rig, u, side: str = '') -> None:
    """From bent knees (0) to stretched with the arms up (1), as in the jump of a burpee."""
    legs(rig, 62 - 56 * u, 26 - 24 * u, pitch=30 - 29 * u, flex=10 - 8 * u)
    for s in SIGN:
        rig.arm(s, raised=-12 + 140 * u, out=8.0, elbow=24 - 8 * u)
