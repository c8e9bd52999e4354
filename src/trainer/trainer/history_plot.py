"""The picture of somebody's history: a row per exercise, how much and how well."""

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trainer.plots import COLOURS, DPI, STYLE
from trainer_core.errors import UserError
from trainer_voice.history.records import Point

WIDTH, ROW, HEAD = 14.0, 2.5, 0.9  # inches
_DATES = 7                         # on an axis at most
_NUMBERED = 16                     # sessions up to which every one has its number


def draw(
    name: str, trends: Mapping[str, Sequence[Point]], path: str | os.PathLike,
) -> None:
    """Draw it; the ending of path is the format, as .png, .svg or .pdf.

    Raises UserError when there is nothing to draw or the file cannot be written.
    """
    if not trends:
        raise UserError(f'{name} has done nothing yet: there is nothing to draw')
    with matplotlib.rc_context(STYLE):
        figure = Figure((WIDTH, HEAD + ROW * len(trends)), DPI, layout='constrained')
        rows = figure.subplots(len(trends), 2, squeeze=False)
        for (left, right), (exercise, points) in zip(rows, trends.items(), strict=True):
            _amount(left, points)
            _form(right, points)
            right.set_title(
                'deviation from the baseline, % of correct repetitions', loc='left', fontsize=10)
            left.set_title(exercise.replace('_', ' '), loc='left', fontweight='bold')
        figure.suptitle(name, fontsize=17, fontweight='bold', x=0.01, ha='left')
        figure.align_ylabels(list(rows[:, 0]))
        try:
            figure.savefig(
                path, metadata={'Software': None} if Path(path).suffix.lower() == '.png' else None)
        except (OSError, ValueError) as error:
            reason = getattr(error, 'strerror', None) or str(error)
            raise UserError(f'the plot cannot be written to {path}: {reason}') from None


def _amount(ax: Axes, points: Sequence[Point]) -> None:
    """All sets of a session as a bar, its best set as a dot."""
    timed = not any(p.reps for p in points)
    whole = [p.seconds if timed else p.reps for p in points]
    best = [p.best_seconds if timed else p.best_reps for p in points]
    at = range(len(points))
    ax.bar(at, whole, width=0.7, color=COLOURS[2], label='all sets')
    ax.plot(at, best, 'o', color=COLOURS[0], ms=6, label='best set')
    if len(points) <= _NUMBERED:
        for x, y in zip(at, whole, strict=True):
            ax.annotate(f'{y:.0f}', (x, y), xytext=(0, 2), textcoords='offset points',
                        ha='center', va='bottom', fontsize=9, color='#404040')
    ax.set_ylim(0, 1.2 * max(*whole, 1))
    ax.set_ylabel('seconds' if timed else 'repetitions')
    _beside(ax)
    _dates(ax, points)


def _form(ax: Axes, points: Sequence[Point]) -> None:
    """The median deviation from the baseline, with the share of correct repetitions."""
    degrees = [math.nan if p.form is None else math.degrees(p.form) for p in points]
    lines = [math.nan if p.threshold is None else math.degrees(p.threshold) for p in points]
    if all(map(math.isnan, degrees)):
        ax.text(0.5, 0.5, 'form was not judged', transform=ax.transAxes, ha='center', va='center',
                color='#808080')
        ax.set_yticks([])
        ax.grid(False)
        _dates(ax, points)
        return
    at = range(len(points))
    ax.plot(at, degrees, 'o-', color=COLOURS[4], label='median deviation')
    ax.plot(at, lines, ls='--', lw=1.2, color=COLOURS[1], label='correct below')
    if len(points) <= _NUMBERED:
        for x, y, p in zip(at, degrees, points, strict=True):
            if p.judged:
                ax.annotate(f'{100 * p.correct / p.judged:.0f} %', (x, y), xytext=(0, 6),
                            textcoords='offset points', ha='center', va='bottom', fontsize=9,
                            color='#404040')
    known = [y for y in (*degrees, *lines) if not math.isnan(y)]
    ax.set_ylim(0, 1.3 * max(known))
    ax.set_ylabel('degrees')
    _beside(ax)
    _dates(ax, points)


def _dates(ax: Axes, points: Sequence[Point]) -> None:
    step = -(-len(points) // _DATES)
    places = list(range(0, len(points), step))
    ax.set_xticks(places, [points[i].started.astimezone().strftime('%d %b') for i in places])
    ax.set_xlim(-0.6, max(len(points) - 0.4, 3.6))
    ax.grid(False, axis='x')


def _beside(ax: Axes) -> None:
    ax.legend(loc='center left', bbox_to_anchor=(1.0, 0.5), fontsize=10)
