"""What people do between exercises: walking, turning, waiting, waving, bending for things."""

import numpy as np

from trainer_sim.body import Body
from trainer_sim.motions import standing
from trainer_sim.pieces import Piece, Place
from trainer_sim.posture import Posture
from trainer_sim.rig import SIGN, Rig
from trainer_sim.timing import along, ease, part

_STEP = 0.38     # length of a step, by body height
_CADENCE = 0.54  # s a step


def _built(body: Body, n: int, sway, pose) -> Posture:
    rig = Rig(body, n, sway)
    pose(rig)
    return rig.done()


def stand(body: Body, place: Place, seconds: float) -> Piece:
    """Standing at ease."""
    return Piece('stand', seconds, lambda times, sway: place.put(
        _built(body, len(times), sway, standing.stand)), place)


def wait(body: Body, place: Place, seconds: float, rng: np.random.Generator) -> Piece:
    """Standing with time to kill: weight from leg to leg, a look around, a hand to the face."""
    phase, period = rng.uniform(0, 6.28, 3), rng.uniform(3.5, 6.0, 3)

    def pose(times, sway):
        edge = ease(times / 0.8) * ease((seconds - times) / 0.8)
        wave = [np.tanh(2 * np.sin(2 * np.pi * times / p + f)) * edge
                for p, f in zip(period, phase, strict=True)]
        touch = ease((np.sin(2 * np.pi * times / 7.0 + phase[0]) - 0.6) * 4) * edge

        def build(rig: Rig):
            h = body.height
            standing.legs(rig, 7.0, 3.5, pitch=1.0, flex=2.0)
            x, y, z = rig.done().root.T
            rig.trunk(x, y + 0.02 * h * wave[0], z - 0.004 * h * np.abs(wave[0]),
                      pitch=1.0, roll=2.0 * wave[0], side=-3.0 * wave[0], flex=3.0,
                      shake=28 * wave[1], nod=6 * wave[2])
            for s, sign in SIGN.items():
                rig.leg_to(s, 0.0, sign * standing.STANCE * h)
            rig.arm('left', raised=2.0 + 6 * wave[2], out=7.0, rotated=15.0, elbow=14 + 8 * wave[2])
            rig.arm('right', raised=2 + 26 * touch, out=7 + 6 * touch, rotated=15 + 25 * touch,
                    elbow=14 + 122 * touch)

        return place.put(_built(body, len(times), sway, build))

    return Piece('wait', seconds, pose, place)


def wave(body: Body, place: Place, seconds: float) -> Piece:
    """The right hand greets."""
    def pose(times, sway):
        up = ease(times / 0.7) * ease((seconds - times) / 0.7)
        swing = np.sin(2 * np.pi * 1.3 * times)

        def build(rig: Rig):
            standing.stand(rig)
            rig.arm('right', raised=2 + 10 * up, out=7 + 70 * up, rotated=15 - 105 * up,
                    elbow=14 + up * (92 + 24 * swing))

        return place.put(_built(body, len(times), sway, build))

    return Piece('wave', seconds, pose, place)


def pick_up(body: Body, place: Place, seconds: float) -> Piece:
    """Bends down, takes a bottle from the floor, and comes up with it."""
    def pose(times, sway):
        u = along(times / seconds, [(0, 0.0), (0.4, 1.0), (0.52, 1.0), (1, 0.0)])

        def build(rig: Rig):
            standing.legs(rig, 4 + 78 * u, 2 + 18 * u, pitch=1 + 48 * u, flex=2 + 30 * u,
                          twist=14 * u, nod=-10 * u)
            rig.arm('left', raised=2 - 12 * u, out=7 + 10 * u, rotated=15.0, elbow=14 + 50 * u)
            rig.arm('right', raised=2 + 24 * u, out=7.0, rotated=15.0, elbow=14 - 6 * u,
                    hanging=True)

        return place.put(_built(body, len(times), sway, build))

    return Piece('pick_up', seconds, pose, place)


# Where the right wrist is at the face, by body height in the frame of the head, and where the
# elbow points.
_AT_FACE = {
    'drink': ((0.085, -0.020, 0.010), (-0.2, -0.8, -1.0)),
    'phone': ((0.020, -0.085, 0.015), (0.3, -1.0, -0.8)),
    'scratch': ((0.010, -0.050, 0.130), (0.3, -1.0, 0.2))}


def at_face(body: Body, place: Place, seconds: float, what: str) -> Piece:
    """The right hand goes to the face and stays there for a while: what is a key of _AT_FACE."""
    spot, elbow = _AT_FACE[what]
    fidget = 0.012 if what == 'scratch' else 0.0  # by body height

    def pose(times, sway):
        h = body.height
        up = ease(times / 0.8) * ease((seconds - times) / 0.8)

        def build(rig: Rig):
            standing.stand(rig)
            rest = rig.on('right_hand', (0.0, 0.0, 0.0))
            to = rig.on('head', np.array(spot) * h)
            to = to + (up * fidget * h * np.sin(2 * np.pi * 2.5 * times))[:, None] * [0, 0, 1]
            way = rest + up[:, None] * (to - rest) + (
                np.sin(np.pi * up) * 0.10 * h)[:, None] * [1.0, 0.0, 0.0]
            hanging = np.array([-1.0, -0.3, -0.2])
            rig.arm_to('right', way, hanging + up[:, None] * (np.array(elbow) - hanging))

        return place.put(_built(body, len(times), sway, build))

    return Piece(what, seconds, pose, place)


def put_down(body: Body, place: Place, seconds: float) -> Piece:
    """Bends down with both hands to the floor, as with a pair of dumbbells, and comes up again."""
    def pose(times, sway):
        u = along(times / seconds, [(0, 0.0), (0.42, 1.0), (0.55, 1.0), (1, 0.0)])

        def build(rig: Rig):
            standing.legs(rig, 4 + 66 * u, 2 + 14 * u, pitch=1 + 52 * u, flex=2 + 34 * u,
                          nod=-8 * u)
            for s in SIGN:
                rig.arm(s, raised=2 + 14 * u, out=7.0, rotated=15.0, elbow=14 - 6 * u,
                        hanging=True)

        return place.put(_built(body, len(times), sway, build))

    return Piece('put_down', seconds, pose, place)


def tie_shoe(body: Body, place: Place, seconds: float) -> Piece:
    """Down on the right knee, both hands at the left shoe, and up again."""
    def pose(times, sway):
        h = body.height
        down = ease(np.minimum(times, seconds - times) / 1.4)
        step, low = part(down, 0, 0.5), part(down, 0.25, 1.0)
        fiddle = 0.012 * h * np.sin(2 * np.pi * 1.1 * times) * low
        length = body.thigh * 0.62 + 0.25 * body.shank

        def build(rig: Rig):
            half = standing.STANCE * h
            reach = np.sqrt(((body.thigh + body.shank) * 0.997) ** 2 - (0.5 * length * step) ** 2)
            z = body.ankle + reach * (1 - low) + (body.thigh * 0.97 - 0.01 * h) * low
            rig.trunk(length * (0.5 * step - 0.12 * low), 0.0, z, pitch=1 + 46 * low,
                      flex=2 + 42 * low, nod=12 * low)
            rig.leg_to('left', length * step, half, 0.07 * np.sin(np.pi * step), planted=False)
            rig.leg_to('right', 0.0, -half, heel=8 * step + 62 * low, knee=(1.0, 0.0, -0.6),
                       planted=False)
            foot = np.stack([length * step + body.foot * 0.75, half + 0 * step,
                             0.085 * h + fiddle], -1)
            for s, sign in SIGN.items():
                rig.arm(s, raised=2.0, out=7.0, rotated=15.0, elbow=14.0)
                rest = rig.on(f'{s}_hand', (0.0, 0.0, 0.0))
                to = foot + np.array([0.0, sign * 0.03 * h, 0.0])
                place_ = rest + low[:, None] * (to - rest) + (
                    np.sin(np.pi * low)[:, None] * [0.10 * h, 0.0, 0.0])
                rig.arm_to(s, place_, np.array([-1.0, sign * 0.7, 0.1]))

        return place.put(_built(body, len(times), sway, build))

    return Piece('tie_shoe', seconds, pose, place)


def _wrap(angle: float) -> float:
    return (angle + np.pi) % (2 * np.pi) - np.pi


def turn(body: Body, place: Place, yaw: float) -> Piece:
    """Turns on the spot to face yaw (rad), foot by foot."""
    delta = _wrap(yaw - place.yaw)
    pairs = max(1, int(np.ceil(abs(delta) / 1.2)))
    seconds = 0.30 + 0.7 * pairs
    order = ('left', 'right') if delta > 0 else ('right', 'left')
    after = Place(place.x, place.y, place.yaw + delta)

    def pose(times, sway):
        n, h = len(times), body.height
        heading = delta * ease(times / seconds)
        rig = Rig(body, n, sway)
        standing.stand(rig)
        z = rig.done().root[:, 2] - 0.008 * h * np.sin(np.pi * ease(times / seconds))
        rig.trunk(0.0, 0.0, z, pitch=1.0, flex=2.0, shake=18 * np.sign(delta) * np.sin(
            np.pi * ease(times / seconds)))
        for s, sign in SIGN.items():
            own = np.zeros(n)
            lift = np.zeros(n)
            for i in range(pairs):
                begin = 0.05 + (2 * i + order.index(s)) * (seconds - 0.1) / (2 * pairs)
                share = ease((times - begin) / ((seconds - 0.1) / (2 * pairs)))
                own += delta / pairs * share
                lift += 0.025 * h * np.sin(np.pi * share)
            rel = own - heading
            half = standing.STANCE * h * sign
            rig.leg_to(s, -half * np.sin(rel), half * np.cos(rel), lift,
                       toes_out=6.0 + sign * np.degrees(rel), planted=False)
        standing.arms_down(rig)
        return rig.done().placed(np.tile([place.x, place.y], (n, 1)), place.yaw + heading)

    return Piece('turn', seconds, pose, after)


def walk(body: Body, place: Place, x: float, y: float) -> list[Piece]:
    """Turns toward x, y (m) and walks there."""
    far = float(np.hypot(x - place.x, y - place.y))
    if far < 0.05:
        return []
    yaw = float(np.arctan2(y - place.y, x - place.x))
    pieces = []
    if abs(_wrap(yaw - place.yaw)) > 0.05:
        pieces.append(turn(body, place, yaw))
        place = pieces[-1].place
    after = Place(x, y, place.yaw)
    steps = max(2, int(round(far / (_STEP * body.height))))
    length = far / steps
    landed = np.array([0.0, *(length * (i + 1) for i in range(steps)), far])
    seconds = (steps + 1) * _CADENCE
    clock = np.arange(steps + 2) * _CADENCE
    middle = np.array([0.0, *((landed[i] + landed[i + 1]) / 2 for i in range(steps)), far])

    def pose(times, sway):
        n, h = len(times), body.height
        s_body = _smooth(clock, middle, times)
        rig = Rig(body, n, sway)
        feet = {}
        for s, first in (('left', 0), ('right', 1)):
            at, lift = np.zeros(n), np.zeros(n)
            position = 0.0
            for i in range(first, steps + 1, 2):
                target = landed[i + 1]
                share = ease((times - clock[i] - 0.04) / (_CADENCE - 0.06))
                at += (target - position) * share
                lift += 0.055 * h * np.sin(np.pi * share) * min(1.0, (target - position) / 0.3)
                position = target
            behind = np.clip((s_body - at) / max(length, 0.1), 0.0, 1.0)
            heel = 42 * behind
            feet[s] = (at - s_body, lift, heel)
        reach = (body.thigh + body.shank) * 0.992
        z = np.full(n, body.hip_height * 0.985)
        for dx, lift, heel in feet.values():
            up = body.ankle + lift + body.foot * np.sin(np.radians(heel))
            ahead = dx + body.foot * (1 - np.cos(np.radians(heel)))
            z = np.minimum(z, up + np.sqrt(np.maximum(reach ** 2 - ahead ** 2, 0.01)))
        speed = 1.3 * ease(times / 0.5) * ease((seconds - times) / 0.5)
        swing = np.clip((feet['left'][0] - feet['right'][0]) / 0.6, -1, 1)
        rig.trunk(0.0, 0.0, z, pitch=1 + 2 * speed, flex=2.0, twist=-8 * swing, yaw=5 * swing)
        for s, sign in SIGN.items():
            dx, lift, heel = feet[s]
            rig.leg_to(s, dx, sign * 0.045 * h, lift, heel=heel, planted=False)
            rig.arm(s, raised=2 - 24 * sign * swing, out=7.0, rotated=15.0,
                    elbow=16 - 10 * sign * swing)
        way = np.array([place.x, place.y]) + s_body[:, None] * [np.cos(yaw), np.sin(yaw)]
        return rig.done().placed(way, np.full(n, place.yaw))

    pieces.append(Piece('walk', seconds, pose, after))
    return pieces


def _smooth(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Cubic Hermite through points with finite differences as slopes, still at both ends."""
    slope = np.zeros(len(x))
    slope[1:-1] = (y[2:] - y[:-2]) / (x[2:] - x[:-2])
    i = np.clip(np.searchsorted(x, at, side='right') - 1, 0, len(x) - 2)
    d = x[i + 1] - x[i]
    t = np.clip((at - x[i]) / d, 0, 1)
    return ((1 + 2 * t) * (1 - t) ** 2 * y[i] + t * (1 - t) ** 2 * d * slope[i]
            + t * t * (3 - 2 * t) * y[i + 1] + t * t * (t - 1) * d * slope[i + 1])
