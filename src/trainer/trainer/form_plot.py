"""The form of a scored set as a picture: every part of every repetition, and the worst in detail.

Dynamic time warping compares a repetition with the baseline part by part: the table shows the
distances, the curves the two parts that are furthest off, with the path that joins what belongs
together.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import SubFigure

GOOD, BAD, UNSEEN = '#009E73', '#D55E00', '#EFEFEF'
BASELINE, PERSON = '#56B4E9', '#333333'
_SHADES = LinearSegmentedColormap.from_list('form', ['#FFFFFF', '#F6D8C5', BAD])
_LINKS = 24  # lines of the path that are drawn


def draw_form(figure: SubFigure, forms: Sequence[Any]) -> None:
    """The panel; forms: what `trainer_counter.form` says of each repetition, in order."""
    table, *curves = figure.subplots(1, 3, gridspec_kw={'width_ratios': [1.5, 1, 1]})
    _table(table, forms)
    worst = worst_parts(forms)
    for ax, chosen in zip(curves, worst, strict=False):
        _curves(ax, *chosen)
    for ax in curves[len(worst):]:
        ax.set_axis_off()


def worst_parts(forms: Sequence[Any], most: int = 2) -> list[tuple[Any, int]]:
    """The worst repetition with its parts that are furthest from the baseline, worst first.

    Parts that are hinted at come before others, as they say what to do.
    """
    drawable = [f for f in forms if len(f.path) and any(p.judged for p in f.parts)]
    if not drawable:
        return []

    def hinted_at(form: Any) -> list[str]:
        parts = {part.part for part in form.parts if part.judged}
        return [hint.part for hint in form.hints if hint.part in parts]

    form = max(drawable, key=lambda f: (len(hinted_at(f)), f.median))
    hinted = hinted_at(form)
    judged = [i for i, part in enumerate(form.parts) if part.judged]
    judged.sort(key=lambda i: (
        form.parts[i].part not in hinted, -form.parts[i].distance))
    return [(form, i) for i in judged[:most]]


def _table(ax: Axes, forms: Sequence[Any]) -> None:
    """Parts by repetitions: the distance in degrees, shaded from the threshold on."""
    names = [part.part for part in forms[0].parts]
    degrees = np.degrees([
        [p.distance if p.judged else np.nan for p in form.parts] for form in forms]).T
    limit = np.degrees(forms[0].threshold)
    ax.set_facecolor(UNSEEN)
    ax.pcolormesh(
        np.arange(len(forms) + 1) + 0.5, np.arange(len(names) + 1) - 0.5, degrees, cmap=_SHADES,
        vmin=0.5 * limit, vmax=2 * limit, edgecolors='white', linewidth=1.5)
    small = len(forms) > 12
    for row, column in np.argwhere(np.isfinite(degrees)):
        value = degrees[row, column]
        ax.text(column + 1, row, f'{value:.0f}', ha='center', va='center',
                fontsize=7 if small else 9, color='white' if value > 1.7 * limit else '#404040')
    ax.set_yticks(range(len(names)), [name.replace('_', ' ') for name in names])
    ax.set_xticks(
        range(1, len(forms) + 1),
        [f'{form.rep}\n{_verdict(form)[0]}' for form in forms])
    for label, form in zip(ax.get_xticklabels(), forms, strict=True):
        label.set_color(_verdict(form)[1])
        label.set_fontweight('bold')
    ax.invert_yaxis()
    ax.grid(False)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_title(
        f'form: DTW distance to the baseline (degrees; median below {limit:.0f} is correct)',
        fontsize=10, loc='left', x=-0.17)
    ax.set_xlabel('repetition (grey: not judged from this view)')


def _verdict(form: Any) -> tuple[str, str]:
    """Sign and colour of a repetition: right, not right, or of no part known."""
    if not np.isfinite(form.median):
        return '–', '#808080'
    return ('✓', GOOD) if form.correct else ('✗', BAD)


def _curves(ax: Axes, form: Any, part: int) -> None:
    """A part of one repetition and of the baseline, with the warping path between them."""
    name = form.parts[part].part
    phases = np.linspace(0, 1, len(form.view.quantities))
    times = (form.times - form.times[0]) / max(form.times[-1] - form.times[0], 1e-9)
    baseline = np.degrees(form.view.quantities[:, part])
    person = np.degrees(form.person[:, part])
    every = max(1, len(form.path) // _LINKS)
    for image, phase in form.path[::every]:
        ax.plot([times[image], phases[phase]], [person[image], baseline[phase]],
                color='#B0B0B0', lw=0.8, zorder=1)
    ax.plot(phases, baseline, color=BASELINE, lw=2.4, label='baseline')
    ax.plot(times, person, color=PERSON, lw=1.8, label=f'repetition {form.rep}')
    ax.plot([], [], color='#B0B0B0', lw=0.8, label='warping path')
    hint = next((h for h in form.hints if h.part == name), None)
    if hint is not None:
        ax.axvline(hint.progress, color=BAD, lw=1.2, ls='--', zorder=0)
        ax.set_title(
            f'{name.replace("_", " ")}: {hint.direction} {np.degrees(hint.amount):.0f}° '
            f'({hint.moment})', fontsize=10, loc='left', color=BAD, fontweight='bold')
    else:
        ax.set_title(
            f'{name.replace("_", " ")}: {np.degrees(form.parts[part].distance):.0f}° off',
            fontsize=10, loc='left')
    ax.set_xlim(0, 1)
    ax.set_xlabel('from start to end of the repetition')
    ax.set_ylabel('degrees in the picture')
    ax.legend(fontsize=8, loc='best')
