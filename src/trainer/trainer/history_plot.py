"""The picture of somebody's history: a row per exercise, how much and how well."""

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trainer.plots import COLOURS, DPI, STYLE
from trainer_core.errors import UserError
from trainer_voice.history.records import Point

WIDTH, ROW, HEAD = 13.0, 2.3, 1.0  # inches
_DATES = 7                         # on an axis at most
_NUMBERED = 16                     # sessions up to which every one has its number
_GREY, _BEHIND = '#404040', {'boxstyle': 'round,pad=0.1', 'fc': 'white', 'ec': 'none', 'alpha': 0.8}
_TITLES = ('how much', 'how well: deviation from the baseline, and correct repetitions')


def draw(
    name: str, trends: Mapping[str, Sequence[Point]], path: str | os.PathLike, newest: int = 0,
) -> None:
    """Draw it; the ending of path is the format, as .png, .svg or .pdf.

    newest: only so many sessions, 0 = all; what was a record is told by those before them, too.

    Raises UserError when there is nothing to draw or the file cannot be written.
    """
    if not trends:
        raise UserError(f'{name} has done nothing yet: there is nothing to draw')
    dates = {p.session_id: p.started for points in trends.values() for p in points}
    shown = set(sorted(dates, key=lambda session: dates[session])[-newest:])
    better = {exercise: records(points) for exercise, points in trends.items()}
    trends = {exercise: found for exercise, points in trends.items()
              if (found := [p for p in points if p.session_id in shown])}
    with matplotlib.rc_context(STYLE):
        figure = Figure((WIDTH, HEAD + ROW * len(trends)), DPI, layout='constrained')
        rows = figure.subplots(len(trends), 2, squeeze=False)
        known: dict[str, Artist] = {}  # what is explained, once for all rows
        for (left, right), (exercise, points) in zip(rows, trends.items(), strict=True):
            _amount(left, points, better[exercise])
            _form(right, points)
            left.set_title(exercise.replace('_', ' '), loc='left', fontweight='bold')
            for ax in (left, right):
                handles, labels = ax.get_legend_handles_labels()
                known |= dict(zip(labels, handles, strict=True))
        for ax, title in zip(rows[0], _TITLES, strict=True):
            ax.set_title(title, loc='right', fontsize=10, color=_GREY)
        figure.suptitle(_heading(name, trends), fontsize=15, fontweight='bold', x=0.01, ha='left')
        figure.legend(
            known.values(), known.keys(), loc='outside lower center', ncols=len(known),
            fontsize=10)
        figure.align_ylabels(list(rows[:, 0]))
        try:
            figure.savefig(
                path, metadata={'Software': None} if Path(path).suffix.lower() == '.png' else None)
        except (OSError, ValueError) as error:
            reason = getattr(error, 'strerror', None) or str(error)
            raise UserError(f'the plot cannot be written to {path}: {reason}') from None


def _heading(name: str, trends: Mapping[str, Sequence[Point]]) -> str:
    """Who, how often, from when to when."""
    days = sorted({p.session_id: p.started for points in trends.values() for p in points}.values())
    first, last = (day.astimezone().strftime('%d %b %Y') for day in (days[0], days[-1]))
    if len(days) == 1:
        return f'{name}: one session, {last}'
    return f'{name}: {len(days)} sessions, {first} to {last}'


def records(points: Sequence[Point]) -> set[int]:
    """The sessions with a set that was better than all before."""
    timed = not any(p.reps for p in points)
    best = [round(p.best_seconds if timed else p.best_reps) for p in points]
    return {p.session_id for i, p in enumerate(points) if i and best[i] > max(best[:i])}


def _amount(ax: Axes, points: Sequence[Point], better: set[int]) -> None:
    """All sets of a session as a bar, its best set as a dot, a star where that was a record."""
    timed = not any(p.reps for p in points)
    whole = [p.seconds if timed else p.reps for p in points]
    best = [p.best_seconds if timed else p.best_reps for p in points]
    at = range(len(points))
    stars = [i for i in at if points[i].session_id in better]
    ax.bar(at, whole, width=0.7, color=COLOURS[2], label='all sets')
    ax.plot(at, best, 'o', color=COLOURS[0], ms=5, label='best set')
    ax.plot(stars, [best[i] for i in stars], '*', color=COLOURS[3], ms=13, mec='white',
            mew=0.8, label='personal record')
    if len(points) <= _NUMBERED:
        for x, y in zip(at, whole, strict=True):
            ax.annotate(f'{y:.0f}', (x, y), xytext=(0, 4), textcoords='offset points',
                        ha='center', va='bottom', fontsize=9, color=_GREY)
    ax.set_ylim(0, 1.25 * max(*whole, 1))
    ax.set_ylabel('seconds' if timed else 'repetitions')
    _dates(ax, points)


def _form(ax: Axes, points: Sequence[Point]) -> None:
    """The median deviation from the baseline, with the share of correct repetitions."""
    degrees = [math.nan if p.form is None else math.degrees(p.form) for p in points]
    lines = [math.nan if p.threshold is None else math.degrees(p.threshold) for p in points]
    if all(map(math.isnan, degrees)):
        ax.text(0.5, 0.5, 'form was not judged', transform=ax.transAxes, ha='center', va='center',
                color='#808080')
        ax.set_axis_off()
        return
    at = range(len(points))
    ax.plot(at, lines, ls='--', lw=1.2, color=COLOURS[1], label='correct below')
    ax.plot(at, degrees, 'o-', color=COLOURS[4], label='median deviation')
    known = [y for y in (*degrees, *lines) if not math.isnan(y)]
    top = 1.35 * max(known)
    if len(points) <= _NUMBERED:
        for x, p in zip(at, points, strict=True):  # on a line of their own: they cross nothing
            if p.judged:
                ax.annotate(f'{100 * p.correct / p.judged:.0f} %', (x, top), ha='center',
                            va='top', fontsize=9, color=_GREY, bbox=_BEHIND)
    ax.set_ylim(0, top)
    ax.set_ylabel('degrees')
    _dates(ax, points)


def _dates(ax: Axes, points: Sequence[Point]) -> None:
    step = -(-len(points) // _DATES)
    places = list(range(0, len(points), step))
    ax.set_xticks(places, [points[i].started.astimezone().strftime('%d %b') for i in places])
    ax.set_xlim(-0.6, max(len(points) - 0.4, 3.6))
    ax.grid(False, axis='x')

