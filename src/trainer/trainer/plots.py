"""The picture of a scored set: what was measured, what the rules made of it, what was counted."""

import os
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Patch

from trainer.form_plot import draw_form
from trainer.scoring import Score
from trainer.summary import VERDICTS
from trainer_core.clock import SECOND
from trainer_core.errors import UserError

SIZE = (16.0, 10.0)  # inches
DPI = 100
FORM_HEIGHT = 4.4  # inches more where there are forms
# Colours that people with any colour blindness tell apart: Okabe and Ito, Color Universal Design.
COLOURS = ('#0072B2', '#D55E00', '#56B4E9', '#E69F00', '#009E73', '#CC79A7')
OF_VERDICT = dict(zip(
    VERDICTS, ('#009E73', '#E69F00', '#CC79A7', '#8C8C8C', '#56B4E9', '#D55E00'), strict=True))
_LETTERS = 190  # of the smallest font from left to right
LIVES = (
    ('nobody', '#F2F2F2'), ('settling', '#F0E442'), ('armed', '#9BD3F0'), ('active', '#0072B2'),
    ('finished', '#4D4D4D'))
# Where a movement was decided: counted, not counted, or nothing to decide on.
MARKS = dict(zip(VERDICTS, ('^', 'v', 'X', 's', 'D', 'D'), strict=True))
STYLE: dict[Any, Any] = {
    'font.size': 11, 'axes.spines.top': False, 'axes.spines.right': False, 'axes.grid': True,
    'grid.color': '#E4E4E4', 'axes.edgecolor': '#808080', 'legend.frameon': False,
    'axes.axisbelow': True, 'lines.linewidth': 1.6}


def draw(score: Score, path: str | os.PathLike) -> None:
    """Draw it, 1600 pixels wide; the ending of path is the format, as .png, .svg or .pdf.

    Raises UserError when nothing was scored or the file cannot be written.
    """
    if not score.states:
        raise UserError(f'{score.source} has no images: there is nothing to draw')
    start = score.states[0].stamp
    t = np.array([s.stamp - start for s in score.states]) / SECOND
    with matplotlib.rc_context(STYLE):
        figure = Figure(SIZE, DPI, layout='constrained')
        upper: Figure | SubFigure = figure
        if score.forms:
            figure.set_size_inches(SIZE[0], SIZE[1] + FORM_HEIGHT)
            halves: Any = figure.subfigures(2, 1, height_ratios=[SIZE[1], FORM_HEIGHT])
            upper = halves[0]
            draw_form(halves[1], score.forms)
        axes = upper.subplots(
            6, 1, sharex=True, gridspec_kw={'height_ratios': [1.4, 4, 2.2, 0.8, 0.5, 0.5]})
        _title(upper, score)
        _verdicts(axes[0], score, start)
        _angles(axes[1], score, t)
        _error(axes[2], score, t)
        _wave(axes[3], score, t)
        _phases(axes[4], score, t)
        _life(axes[5], score, t)
        for movement in score.movements:
            span = (movement.start - start) / SECOND, (movement.end - start) / SECOND
            colour = OF_VERDICT[VERDICTS[movement.verdict]]
            for ax in axes[1:3]:
                ax.axvspan(*span, color=colour, alpha=0.1, lw=0)
            axes[2].plot(
                span[1], 0, marker=MARKS[VERDICTS[movement.verdict]], color=colour, ms=9,
                mec='white', clip_on=False, zorder=5)
        axes[-1].set_xlabel('seconds from the start of the source')
        axes[-1].set_xlim(0, max(t[-1], 1 / 30))
        upper.align_ylabels(axes)
        try:
            # No date in it: the same input gives the same bytes.
            figure.savefig(path, metadata={'Software': None} if _png(path) else None)
        except (OSError, ValueError) as error:
            reason = getattr(error, 'strerror', None) or str(error)
            raise UserError(f'the plot cannot be written to {path}: {reason}') from None


def _png(path: str | os.PathLike) -> bool:
    return Path(path).suffix.lower() == '.png'


def _title(figure: Figure | SubFigure, score: Score) -> None:
    the_set = score.set
    result = (f'{the_set.hold_seconds:.1f} s held' if the_set.exercise.counts == 'seconds'
              else f'{the_set.reps} repetition' + 's' * (the_set.reps != 1))
    if the_set.reps_left or the_set.reps_right:
        result += f' (left {the_set.reps_left}, right {the_set.reps_right})'
    figure.suptitle(
        f'{the_set.exercise.spoken["en"]}: {result}', fontsize=17, fontweight='bold', x=0.01,
        ha='left')
    figure.text(
        0.99, 0.985, f'{Path(score.source).name}, method {the_set.method}', ha='right', va='top',
        color='#606060')


def _verdicts(ax: Axes, score: Score, start: int) -> None:
    """One labelled bar for every movement; those that overlap get a lane each."""
    ends = [float('-inf')] * 2
    length = max((score.states[-1].stamp - start) / SECOND, 1 / 30)
    starts = [(m.start - start) / SECOND for m in score.movements]
    for m, following in zip(score.movements, [*starts[1:], length], strict=False):
        a, b = (m.start - start) / SECOND, (m.end - start) / SECOND
        lane = 0 if a >= ends[0] - 1e-9 else 1
        ends[lane] = b
        name = VERDICTS[m.verdict]
        ax.barh(-lane, b - a, left=a, height=0.8, color=OF_VERDICT[name], edgecolor='white')
        label = str(m.count) if name == 'rep' and score.set.exercise.counts == 'reps' else ''
        ax.text((a + b) / 2, -lane, label, ha='center', va='center', color='white',
                fontweight='bold', clip_on=True)
        room = int((following - a) / length * _LETTERS)
        if m.reason and room >= 6:
            lines = textwrap.wrap(m.reason, room)[:2]
            ax.text(a, -lane + 0.48, '\n'.join(lines), va='bottom', fontsize=8, color='#606060')
    there = [n for n in VERDICTS if any(VERDICTS[m.verdict] == n for m in score.movements)]
    _legend(ax, [(name.replace('_', ' '), OF_VERDICT[name]) for name in there])
    ax.set_ylim(-0.5 if ends[1] == float('-inf') else -1.5, 1.1)
    ax.set_ylabel('movements')
    _bare(ax)


def _angles(ax: Axes, score: Score, t: np.ndarray) -> None:
    joints = score.states[0].joints
    angles = np.degrees([s.angles for s in score.states])
    initial = np.degrees([s.initial_angles for s in score.states])
    for i, joint in enumerate(joints):
        colour = COLOURS[i % len(COLOURS)]
        ax.plot(t, angles[:, i], color=colour, label=joint.replace('_', ' '),
                ls='-' if joint.startswith('left') else '--')
        ax.plot(t, initial[:, i], color=colour, lw=0.9, ls=':')
    ax.plot([], [], color='#606060', lw=0.9, ls=':', label='start position')
    ax.set_ylim(0, 185)
    ax.set_yticks(range(0, 181, 30))
    ax.set_ylabel('angles (degrees)')
    _beside(ax)


def _error(ax: Axes, score: Score, t: np.ndarray) -> None:
    mse = np.array([s.mse for s in score.states])
    threshold = score.states[0].threshold
    ax.plot(t, mse, color='#333333', label='mean squared error')
    ax.axhline(threshold, color=COLOURS[1], ls='--', lw=1.2, label=f'threshold {threshold:g}')
    ax.set_ylim(0, max(float(np.nanmax(mse, initial=0.0)), 2 * threshold) * 1.08)
    ax.set_ylabel('MSE (rad²)')
    if np.isnan(mse).all():
        ax.text(0.5, 0.3, 'no start position was held, from which the error would be measured',
                transform=ax.transAxes, ha='center', color='#808080')
    _beside(ax)


def _wave(ax: Axes, score: Score, t: np.ndarray) -> None:
    wave = [s.square_wave for s in score.states]
    edges = sum(b > a for a, b in zip(wave, wave[1:], strict=False))
    ax.fill_between(t, wave, step='post', color=COLOURS[0], alpha=0.35, lw=0)
    ax.step(t, wave, where='post', color=COLOURS[0], label=f'{edges} rising edges')
    ax.set_ylim(-0.1, 1.2)
    ax.set_yticks([0, 1])
    ax.set_ylabel('square\nwave')
    _beside(ax)


def _phases(ax: Axes, score: Score, t: np.ndarray) -> None:
    """Where in the movement, by the names of the exercise file."""
    phases = [s.phase for s in score.states]
    names = [name for name in dict.fromkeys(phases) if name]
    colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}
    if names:  # where one waits for the next movement: nothing that catches the eye
        colours[names[0]] = '#E4E4E4'
    _stretches(ax, phases, t, {'': '#FFFFFF', **colours})
    if names:
        ax.legend(
            handles=[Patch(color=colour, label=name) for name, colour in colours.items()],
            loc='center left', bbox_to_anchor=(1.0, 0.5), ncols=(len(names) + 2) // 3,
            fontsize=9)
    ax.set_ylabel('phase')
    _bare(ax)


def _life(ax: Axes, score: Score, t: np.ndarray) -> None:
    lives = [int(s.life) for s in score.states]
    _stretches(ax, lives, t, {i: colour for i, (_, colour) in enumerate(LIVES)})
    _legend(ax, [LIVES[life] for life in sorted(set(lives))])
    ax.set_ylabel('set')
    _bare(ax)


def _stretches(ax: Axes, values: Sequence[Any], t: np.ndarray, colours: dict[Any, str]) -> None:
    """A band of the colour of each value for as long as it holds."""
    changes = [i for i in range(1, len(values)) if values[i] != values[i - 1]]
    cuts = [0, *changes, len(values) - 1]
    for a, b in zip(cuts, cuts[1:], strict=False):
        ax.axvspan(t[a], t[b], color=colours[values[a]], lw=0)


def _legend(ax: Axes, entries: Sequence[tuple[str, str]]) -> None:
    if entries:
        _beside(ax, handles=[Patch(color=colour, label=name) for name, colour in entries])


def _beside(ax: Axes, **given: Any) -> None:
    """A legend right of the axes, where it covers nothing."""
    ax.legend(loc='center left', bbox_to_anchor=(1.0, 0.5), **given)


def _bare(ax: Axes) -> None:
    ax.set_yticks([])
    ax.grid(False)
    ax.spines['left'].set_visible(False)
