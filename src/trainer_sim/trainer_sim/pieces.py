"""Pieces of a performance: each says for how long and how the body is posed in the world.

A piece is evaluated at any times, so the same script gives the same motion at every frame rate.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from trainer_core.angles import JOINTS
from trainer_sim.body import Body
from trainer_sim.motions import standing
from trainer_sim.motions.exercises import Exercise, depth_posture, posed
from trainer_sim.posture import Posture, angles3d, bent, blended
from trainer_sim.timing import Sway, ease


@dataclass(frozen=True)
class Place:
    """Where somebody stands: x, y (m) on the floor and yaw (rad) of the direction faced."""

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0

    def put(self, posture: Posture) -> Posture:
        """A posture in the actor's frame, in the world."""
        n = len(posture)
        return posture.placed(np.tile([self.x, self.y], (n, 1)), np.full(n, self.yaw))


@dataclass
class Piece:
    """One stretch of the performance; pose(times since its start (n,) s, sway) -> world."""

    name: str
    seconds: float
    pose: Callable[[np.ndarray, dict[str, np.ndarray]], Posture]
    place: Place                     # where the actor stands afterwards
    truth: dict[str, Any] = field(default_factory=dict)  # times relative to the start of the piece
    exercise: Exercise | None = None
    present: bool = True

    def at(self, times: np.ndarray, start: float, sway: Sway) -> Posture:
        """Postures at times since the start of the piece, which began at `start` s."""
        return self.pose(times, sway(times + start))


@dataclass(frozen=True)
class Fault:
    """One thing done wrong in some repetitions (all when reps is empty; they count from 1)."""

    part: str                        # a joint of trainer_core.angles.JOINTS, or 'tempo'
    amount: float                    # share of the movement that is missing; tempo: share too fast
    reps: tuple[int, ...] = ()

    def in_rep(self, number: int) -> bool:
        """True when repetition `number` has this fault."""
        return not self.reps or number in self.reps


@dataclass(frozen=True)
class Style:
    """How a set of repetitions is done; times in s, shares relative to the textbook."""

    reps: int = 5
    ranges: tuple[float, ...] = (1.0,)  # share of the full range, repetition by repetition
    tempo: float = 1.0               # 2 is twice as fast
    pause: float = -1.0              # at the turning point; negative: the exercise's own
    rest: float = -1.0               # between repetitions; negative: the exercise's own
    dips: int = 1                    # 2: half-way up from the turning point and down again
    side: str = ''                   # left, right or '' (both, or alternating where usual)
    asymmetry: float = 0.0           # the left side moves so much less (negative: the right)
    variation: float = 1.0           # of range and tempo from repetition to repetition
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class _Rep:
    times: tuple[float, ...]         # s, of the depths
    depths: tuple[float, ...]
    side: str
    range: float
    tempo: float


FULL = 0.75   # a movement of less than this share of the range is not a repetition


def _schedule(kind: Exercise, style: Style, rng: np.random.Generator) -> list[_Rep]:
    reps, clock = [], 0.35
    pause = kind.hold if style.pause < 0 else style.pause
    rest = kind.rest if style.rest < 0 else style.rest
    for i in range(style.reps):
        jitter = np.clip(rng.normal(0, [0.02, 0.05, 0.05, 0.1]), -0.15, 0.15).tolist()
        jitter = [j * style.variation for j in jitter]
        size = style.ranges[min(i, len(style.ranges) - 1)]
        size = min(size * (1 + jitter[0] - 0.015 * style.variation), max(size, 1.0))
        tempo = style.tempo
        for fault in style.faults:
            if fault.part == 'tempo' and fault.in_rep(i + 1):
                tempo *= 1 + fault.amount
        out, back = kind.out * (1 + jitter[1]) / tempo, kind.back * (1 + jitter[2]) / tempo
        times, depths = [clock, clock + out], [0.0, size]
        for _ in range(style.dips - 1):
            times += [times[-1] + 0.4 * back, times[-1] + 0.4 * back + 0.4 * out]
            depths += [0.55 * size, size]
        if pause:
            times.append(times[-1] + pause)
            depths.append(size)
        times.append(times[-1] + back)
        depths.append(0.0)
        side = style.side
        if kind.alternating and not side:
            side = ('left', 'right')[i % 2]
        reps.append(_Rep(tuple(times), tuple(depths), side, size, tempo))
        clock = times[-1] + rest * (1 + jitter[3])
    return reps


def _depths(kind: Exercise, reps: list[_Rep], times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Depth u and index of the repetition (-1 between them) at times (n,)."""
    u, which = np.zeros(len(times)), np.full(len(times), -1)
    for i, rep in enumerate(reps):
        here = (times >= rep.times[0]) & (times <= rep.times[-1])
        t = times[here]
        which[here] = i
        if kind.name == 'burpee':
            share = (t - rep.times[0]) / (rep.times[-1] - rep.times[0])
            u[here] = share if rep.range >= FULL else 1 + share
            continue
        k = np.clip(np.searchsorted(rep.times, t, side='right') - 1, 0, len(rep.times) - 2)
        start, end = np.array(rep.times)[k], np.array(rep.times)[k + 1]
        a, b = np.array(rep.depths)[k], np.array(rep.depths)[k + 1]
        u[here] = a + (b - a) * ease((t - start) / (end - start))
    return u, which


def repetitions(kind: Exercise, body: Body, place: Place, style: Style,
                rng: np.random.Generator) -> Piece:
    """A set of repetitions, with its truth."""
    reps = _schedule(kind, style, rng)
    shorts = [f for f in style.faults if f.part != 'tempo']
    if style.asymmetry:
        weak = 'left' if style.asymmetry > 0 else 'right'
        shorts += [Fault(f'{weak}_{joint}', abs(style.asymmetry)) for joint in kind.joints]

    def pose(times: np.ndarray, sway: dict[str, np.ndarray]) -> Posture:
        u, which = _depths(kind, reps, times)
        result = _sided(kind, body, u, which, reps, sway)
        for fault in shorts:
            bad = np.array([*(fault.in_rep(i + 1) for i in range(len(reps))), False])[which]
            if bad.any():
                now = angles3d(result.keypoints())[fault.part]
                rest = _sided(kind, body, 0 * u, which, reps, sway)
                away = now - angles3d(rest.keypoints())[fault.part]
                result = bent(result, fault.part, -fault.amount * away * bad)
        return place.put(result)

    seconds = reps[-1].times[-1] + 0.35 if reps else 0.5
    truth = {'exercise': kind.name, 'reps': [
        _rep_truth(kind, body, rep, i, style.faults, shorts) for i, rep in enumerate(reps)]}
    return Piece(kind.name, seconds, pose, place, truth, kind)


def _sided(kind: Exercise, body: Body, u, which, reps: list[_Rep], sway) -> Posture:
    sides = np.array([*(rep.side for rep in reps), reps[0].side if reps else ''])[which]
    first, *others = sorted(set(sides))
    result = depth_posture(kind, body, u, str(first), sway)
    for side in others:
        part, here = depth_posture(kind, body, u, str(side), sway), sides == side
        result.root[here], result.turn[here] = part.root[here], part.turn[here]
        result.held = {k: v for k, v in result.held.items() if k in part.held}
    return result


def _rep_truth(kind: Exercise, body: Body, rep: _Rep, index: int, faults, shorts) -> dict[str, Any]:
    turn = int(np.argmax(rep.depths))
    last = len(rep.depths) - 1 - int(np.argmax(rep.depths[::-1]))
    ends = depth_posture(kind, body, np.array([0.0, min(rep.range, 1.0)]), rep.side, None)
    angles = angles3d(ends.keypoints())
    return {
        'start': rep.times[0], 'end': rep.times[-1], 'turn': rep.times[turn],
        'seconds_out': rep.times[turn] - rep.times[0],
        'seconds_back': rep.times[-1] - rep.times[last],
        'side': rep.side or 'both', 'range': rep.range, 'counts': rep.range >= FULL,
        'faults': [_fault_truth(kind, f, angles)
                   for f in (*(f for f in faults if f.part == 'tempo'), *shorts)
                   if f.in_rep(index + 1)],
    }


def _fault_truth(kind: Exercise, fault: Fault, angles) -> dict[str, Any]:
    """The fault in the words of trainer_msgs/Hint: direction is what would put it right."""
    if fault.part == 'tempo':
        return {'part': 'tempo', 'direction': 'slower' if fault.amount > 0 else 'faster',
                'amount': abs(fault.amount), 'moment': kind.turn}
    start, end = angles[fault.part]
    missing = float(fault.amount * (end - start))
    words = ('raise', 'lower') if fault.part.endswith('shoulder') else ('straighten', 'bend')
    return {'part': fault.part, 'direction': words[0] if missing > 0 else words[1],
            'amount': abs(missing), 'moment': kind.turn}


def hold(kind: Exercise, body: Body, place: Place, seconds: float, range_: float = 1.0) -> Piece:
    """A posture that is held; the way in and out is part of the piece, not of the hold."""
    way = 0.0 if kind.way else 1.6

    def pose(times: np.ndarray, sway: dict[str, np.ndarray]) -> Posture:
        u = np.full(len(times), range_)
        if way:
            u = range_ * ease(np.minimum(times, seconds + 2 * way - times) / way)
        return place.put(depth_posture(kind, body, u, '', sway))

    truth = {'exercise': kind.name, 'reps': [], 'hold': {'start': way, 'end': way + seconds}}
    return Piece(kind.name, seconds + 2 * way, pose, place, truth, kind)


def between(before: Piece, after: Piece, body: Body, start: float, sway: Sway) -> list[Piece]:
    """What leads from the end of one piece to the start of the next, through key postures."""
    keys = [before.at(np.array([before.seconds]), start - before.seconds, sway)]
    spot = before.place
    out, into = before.exercise, after.exercise
    if out is into and out is not None:
        out = into = None
    for kind, poses in ((out, reversed(out.way) if out else ()), (into, into.way if into else ())):
        keys += [spot.put(posed(body, pose, np.zeros(1), '', None,
                                kind.offset(body) if kind and kind.offset(body) else 0.0))
                 for pose in poses]
        if kind is out and out and into and out.way and into.way:
            keys.append(spot.put(at_ease(body)))
    times = [1.1] * len(keys) if len(keys) > 1 else [0.6]
    total = sum(times)
    last = after.at(np.zeros(1), start + total, sway)
    keys.append(last)
    if len(keys) == 2 and np.abs(keys[0].turn - last.turn).max() < 0.02:
        return []
    return [Piece('transition', t, _blend(a, b, t), spot)
            for a, b, t in zip(keys, keys[1:], times, strict=False)]


def _blend(a: Posture, b: Posture, seconds: float):
    return lambda times, sway: blended(a, b, ease(times / seconds))


def at_ease(body: Body) -> Posture:
    """One posture at ease."""
    return posed(body, standing.stand, np.zeros(1), '', None)


def known_part(name: str) -> bool:
    """True for what a fault can be in."""
    return name in JOINTS or name == 'tempo'
