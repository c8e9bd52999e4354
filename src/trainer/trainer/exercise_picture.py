"""The picture of an exercise file: a figure at rest and at a full repetition, and its numbers."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc, Circle, Rectangle, Wedge

from trainer import exercise_text
from trainer_core.errors import UserError
from trainer_core.people import Person
from trainer_core.skeleton import INDEX, LIMBS
from trainer_counter.exercises.schema import Exercise, FormPart, Guard, Quantity
from trainer_counter.reps.body import NAN, stature
from trainer_counter.reps.signals import levels, value

SIZE = (16.0, 7.0)  # inches
DPI = 100
TOLERATED = '#8A9A2B'
COLOURS = ('#D55E00', '#0072B2', '#009E73', '#CC79A7', '#E69F00', '#56B4E9')  # Okabe and Ito
LEFT, RIGHT, GREY = '#3D3D3D', '#A8A8A8', '#777777'
YAWS = (90, 0, 60, 30, 180)  # degrees from which the athlete is looked at
_NEAR = 0.15  # a view that is not worse than the best by more than this is taken, in this order
_LINE = 0.1   # confidence from which a keypoint is drawn
_HEAD = tuple(INDEX[f'{side}_{part}'] for side in ('left', 'right') for part in ('eye', 'ear'))
_SCRIPT = """
name: shown
camera: {{yaw: {yaw}, pitch: 4, distance: 4.5, height: 0.95}}
actors: [{{name: one, sway: 0, segments: [{{stand: 1}}, {{{name}: {how}}}, {{stand: 1}}]}}]
"""


@dataclass(frozen=True)
class Demonstration:
    """The athlete in the start position and at the far end; poses are lists of 18 rows, px."""

    rest: list
    peak: list
    stature: float
    side: str  # that is seen better, or moves


def demonstration(exercise: Exercise) -> Demonstration | None:
    """The athlete doing the exercise, from where one sees it best; None where it cannot."""
    views = [view for yaw in YAWS if (view := _view(exercise, yaw)) is not None]
    if not views:
        return None
    best = min(wrong for wrong, _ in views)
    return next(found for wrong, found in views if wrong <= best + _NEAR)


def _view(exercise: Exercise, yaw: int) -> tuple[float, Demonstration] | None:
    """How far what is seen from there is from the file's numbers, and the two poses."""
    from trainer_sim.script_file import parse
    from trainer_sim.track import open_track
    hold = exercise.counts == 'seconds'
    try:
        script = parse(_SCRIPT.format(
            yaw=yaw, name=exercise.baseline or exercise.name,
            how='{seconds: 4}' if hold else '{reps: 1}'), 'shown')
        track = open_track(script, 600, 600, 20.0)
    except UserError:
        return None
    people = [p.people[0] for p in track if p.people]
    truth = track.session.truth()['actors'][0]['sets'][0]
    if hold:
        at = (truth['hold']['start'] + truth['hold']['end']) / 2
        rest, peak = people[2], people[min(int(at * 20), len(people) - 1)]
    else:
        rep = truth['reps'][0]
        rest, peak = (people[min(int(rep[key] * 20), len(people) - 1)] for key in ('start', 'turn'))
    tall = stature(_rows(rest), _LINE)
    seen = [levels(_rows(person), exercise, tall, _LINE) for person in (rest, peak)]
    sides = list(seen[1]) or ['left']
    side = max(sides, key=lambda s: seen[1].get(s, 0.0) - seen[0].get(s, 0.0))
    # To go further than the file asks is a clearer picture, to be short of it is a wrong one.
    short = 1 - seen[1].get(side, 0.0)
    wrong = 0.0 if hold else abs(seen[0].get(side, 1.0)) + max(short, -0.3 * short)
    for g in exercise.guards:
        v = NAN if exercise.points else value(_rows(peak), g, side, tall, _LINE)
        wrong += v == v and not g.within[0] <= v <= g.within[1]
    return wrong, Demonstration(_rows(rest), _rows(peak), tall, side)


def _rows(person: Person) -> list:
    return person.keypoints.tolist()


def draw(exercise: Exercise, origin: str, path: str | os.PathLike) -> None:
    """Draw it; the ending of path is the format. Raises UserError if it cannot be written."""
    shown = demonstration(exercise)
    with matplotlib.rc_context({'font.size': 10}):
        figure = Figure(SIZE, DPI, layout='constrained')
        if shown is None:
            axes = [figure.add_subplot()]
        else:
            axes = list(figure.subplots(1, 3, gridspec_kw={'width_ratios': [1, 1, 1.2]}))
            hold = exercise.counts == 'seconds'
            limits = _limits(shown)
            way = exercise.phase('out')
            for one, pose, title, quantities, guards in (
                    (axes[0], shown.rest, 'before' if hold else exercise.phase('start'),
                     exercise.measures, () if hold else exercise.start),
                    (axes[1], shown.peak, 'the pose' if hold else 'full repetition' + (
                        '' if way == 'out' else f': {way}, then {exercise.phase("back")}'),
                     exercise.guards if hold else exercise.measures, exercise.guards)):
                _figure(one, pose, limits, shown.stature)
                one.set_title(title)
                for guard in guards:
                    _tolerated(one, guard, pose, shown)
                for i, q in enumerate(quantities):
                    _measured(one, q, pose, shown, COLOURS[i % len(COLOURS)], i)
        _gauges(axes[-1], exercise)
        figure.suptitle(
            f'{exercise.name}: ' + ', '.join(exercise.spoken.values()) + '  ('
            + ', '.join(filter(None, (
                exercise_text.counted(exercise), exercise_text.sides(exercise)))) + ')')
        try:
            figure.savefig(Path(path))
        except (OSError, ValueError) as error:
            raise UserError(
                f'the picture cannot be written to {path} ({error}); give another file, as '
                f'{exercise.name}.png') from None


def _limits(shown: Demonstration) -> tuple[float, float, float, float]:
    points = np.array([r[:2] for pose in (shown.rest, shown.peak) for r in pose if r[2] >= _LINE])
    low, high = points.min(0), points.max(0)
    half = max(high - low) / 2 + 0.12 * shown.stature
    middle = (low + high) / 2
    return middle[0] - half, middle[0] + half, middle[1] + half, middle[1] - half


def _figure(
    axes: Axes, pose: list, limits: tuple[float, float, float, float], tall: float,
) -> None:
    """A stick figure; its left side is dark, its right side light."""
    axes.set_aspect('equal')
    axes.axis(limits)
    axes.axis('off')
    left = {i for name, i in INDEX.items() if name.startswith('left')}
    right = {i for name, i in INDEX.items() if name.startswith('right')}
    for a, b in sorted(LIMBS, key=lambda limb: not right & set(limb)):
        if {a, b} & set(_HEAD) or min(pose[a][2], pose[b][2]) < _LINE:
            continue
        colour = LEFT if left & {a, b} else RIGHT if right & {a, b} else GREY
        axes.plot(*zip(pose[a][:2], pose[b][:2], strict=True), color=colour, lw=5,
                  solid_capstyle='round', zorder=1 + (colour == LEFT))
    nose = pose[INDEX['nose']]
    if nose[2] >= _LINE:
        axes.add_patch(Circle(tuple(nose[:2]), 0.07 * tall, color=GREY, alpha=0.6, lw=0))


def _measured(
    axes: Axes, q: Quantity, pose: list, shown: Demonstration, colour: str, place: int,
) -> None:
    """The quantity where it is, with its value; place: beside how many others it stands."""
    rows = q.rows[shown.side]
    if max(rows) >= len(pose) or min(pose[i][2] for i in rows) < _LINE:
        return
    v = value(pose, q, shown.side, shown.stature, _LINE)
    points = [np.array(pose[i][:2]) for i in rows]
    size = 0.16 * shown.stature
    text = exercise_text.number(q, v).removesuffix(' statures')
    if q.kind in exercise_text.DEGREES:
        centre = points[1] if q.kind == 'angle' else points[0]
        up = centre - (0, 1)
        ends = (points[0], points[2]) if q.kind == 'angle' else (up, points[1])
        a, b = (math.degrees(math.atan2(*(end - centre)[::-1])) for end in ends)
        first, last = (a, b) if (b - a) % 360 <= 180 else (b, a)
        axes.add_patch(Arc(
            tuple(centre), size, size, theta1=first, theta2=last, color=colour, lw=2.5, zorder=5))
        if q.kind == 'tilt':
            axes.plot(*zip(centre, centre - (0, size), strict=True), ':', color=colour, zorder=4)
        middle = math.radians(first + ((last - first) % 360) / 2)
        at = centre + 1.05 * size * np.array((math.cos(middle), math.sin(middle)))
    elif q.kind in ('height', 'uneven'):
        x = max(row[0] for row in pose if row[2] >= _LINE) + (1.0 + 0.8 * place) * size
        axes.plot([x, x], [p[1] for p in points], '-_', color=colour, lw=2, ms=10, zorder=5)
        for p in points:
            axes.plot([p[0], x], [p[1], p[1]], ':', color=colour, lw=1, zorder=4)
        at = np.array((x, (points[0][1] + points[1][1]) / 2))
    else:
        axes.plot(*zip(*points, strict=True), '--', color=colour, lw=2, zorder=5)
        at = (points[0] + points[1]) / 2 + (0.3 * size, 0)
    axes.text(float(at[0]), float(at[1]), text, color=colour, ha='center', va='center',
              weight='bold', zorder=6, bbox={'fc': 'white', 'ec': 'none', 'alpha': 0.75, 'pad': 1})


def _tolerated(axes: Axes, g: Guard, pose: list, shown: Demonstration) -> None:
    """Light, where the limb or point may be for a guard to hold."""
    rows = g.rows[shown.side]
    if max(rows) >= len(pose) or min(pose[i][2] for i in rows) < _LINE:
        return
    points = [np.array(pose[i][:2]) for i in rows]
    if g.kind in exercise_text.DEGREES:
        centre = points[1] if g.kind == 'angle' else points[0]
        fixed = points[0] - centre if g.kind == 'angle' else np.array((0.0, -1.0))
        moved = points[-1] - centre
        base = math.degrees(math.atan2(fixed[1], fixed[0]))
        turn = 1 if fixed[0] * moved[1] - fixed[1] * moved[0] >= 0 else -1
        first, last = sorted(base + turn * limit for limit in g.within)
        axes.add_patch(Wedge(tuple(centre), 0.2 * shown.stature, first, last,
                             color=TOLERATED, alpha=0.2, lw=0, zorder=0))
    elif g.kind == 'height':
        wide = 0.05 * shown.stature
        low, high = (points[1][1] - limit * shown.stature for limit in g.within)
        axes.add_patch(Rectangle((points[0][0] - wide / 2, high), wide, low - high,
                                 color=TOLERATED, alpha=0.2, lw=0, zorder=0))


def _gauges(axes: Axes, exercise: Exercise) -> None:
    """All numbers of the file on scales of their own, from the top to the bottom."""
    axes.axis('off')
    rows: list[tuple[str, Quantity | None, str]] = []
    if exercise.measures:
        rows += [('what moves: start, full repetition', None, '')]
        rows += [('', m, COLOURS[i % len(COLOURS)]) for i, m in enumerate(exercise.measures)]
    hold = exercise.counts == 'seconds'
    for title, guards in (
            ('to start', exercise.start), ('the pose' if hold else 'at the far end',
                                           exercise.guards), ('when back', exercise.end),
            ('for a single one to count', exercise.clear), ('the form', exercise.parts)):
        if guards:
            rows.append((f'{title}: must be', None, ''))
            rows += [
                ('', g, COLOURS[i % len(COLOURS)] if hold else TOLERATED)
                for i, g in enumerate(guards)]
    if exercise.points:
        rows.append((f'points besides the body: {", ".join(exercise.points)}', None, ''))
    height = max(len(rows), 8)
    axes.set_xlim(0, 1)
    axes.set_ylim(height, -0.3)
    for y, (title, q, colour) in enumerate(rows):
        if q is None:
            axes.text(0, y + 0.55, title, weight='bold', va='center')
            continue
        low, high = _scale(q)
        ends = q.within if isinstance(q, Guard | FormPart) else (q.rest, q.peak)  # type: ignore[attr-defined]
        first, last = (0.02 + 0.36 * (min(max(v, low), high) - low) / (high - low) for v in ends)
        axes.plot([0.02, 0.38], [y + 0.6] * 2, color='#DDDDDD', lw=5, solid_capstyle='butt')
        if isinstance(q, Guard | FormPart):
            axes.plot([first, last], [y + 0.6] * 2, color=colour, lw=5, solid_capstyle='butt')
        else:
            axes.annotate('', (last, y + 0.6), (first, y + 0.6), arrowprops={
                'arrowstyle': '-|>', 'color': colour, 'lw': 3, 'shrinkA': 0, 'shrinkB': 0})
        unit = '°' if q.kind in exercise_text.DEGREES else ''
        for v in (low, high):
            axes.text(0.02 + 0.36 * (v - low) / (high - low), y + 0.98, f'{v:g}{unit}',
                      fontsize=7, color=GREY, ha='center', va='center')
        numbers = ' to '.join(exercise_text.number(q, v).removesuffix(' statures') for v in ends)
        axes.text(0.42, y + 0.42, f'{exercise_text.quantity(q)}: {numbers}', fontsize=9,
                  va='center', color=colour if colour not in (GREY, TOLERATED) else 'black')
        below = f'else: {q.reason}' if isinstance(q, Guard) else (
            f'else: {q.say["en"]}' if isinstance(q, FormPart) else '')
        below = (below + exercise_text.views(q)).removeprefix(', ')
        axes.text(0.42, y + 0.82, below, fontsize=8, va='center', color=GREY)


def _scale(q: Quantity) -> tuple[float, float]:
    """From where to where its gauge goes."""
    if q.kind in exercise_text.DEGREES:
        return 0.0, 180.0
    return (-0.6, 0.6) if q.kind in ('height', 'forward') else (0.0, 1.2)
