"""The baseline's pose where the trainee should be now, drawn onto the trainee."""

import numpy as np

from trainer_counter.form.away import seen_points
from trainer_counter.form.baseline import PHASES
from trainer_counter.form.judge import Form, Judge
from trainer_counter.form.parts import difference, quantities
from trainer_counter.form.view import View

_AGAIN = 15       # images between looks at from where the trainee is seen, until one was judged
_LEAP = 0.01      # rad a phase: of two phases that fit as well the nearer one is meant


class Ghost:
    """Matches every pose with a phase of the baseline."""

    def __init__(self, judge: Judge, min_confidence: float = 0.3):
        self._judge, self._line = judge, min_confidence
        self._view: View | None = None
        self._judged = False
        self._age = 0
        self._phase = 0

    def judged(self, form: Form) -> None:
        """Take over the view of a judged repetition: it rests on more than one pose."""
        if form.view is not None:
            self._view, self._judged = form.view, True

    def update(self, pose: np.ndarray) -> np.ndarray | None:
        """(18, 3) px and confidence 1 of the baseline for a pose (18, 3); None: not comparable."""
        points = seen_points(pose, self._line)
        if not self._judged and self._age % _AGAIN == 0:
            views = [v.fit_pose(points) for v in self._judge.views.values()]
            self._view = min(views, key=lambda view: view.residual)
        self._age += 1
        view = self._view
        if view is None or not np.isfinite(view.residual):
            return None
        off = np.abs(difference(quantities(points, view.facing)[None], view.quantities))
        known = np.isfinite(off).all(0)
        if not known.any():
            return None
        leap = np.abs(np.arange(PHASES) - self._phase)
        cost = off[:, known].mean(1) + _LEAP * np.minimum(leap, PHASES - leap)
        self._phase = int(np.argmin(cost))
        ghost = view.points[self._phase]
        scale = self._scale(points, ghost) or view.scale
        shift = np.nanmedian(points - ghost * scale, 0)
        if not np.isfinite(shift).all():
            return None
        return np.column_stack([ghost * scale + shift, np.ones(len(ghost))])

    def _scale(self, points: np.ndarray, ghost: np.ndarray) -> float:
        """Pixels of the person per unit of the ghost now; 0 where too little is seen."""
        a, b = ghost - np.nanmean(ghost, 0), points - np.nanmean(points, 0)
        ok = np.isfinite(b).all(1) & np.isfinite(a).all(1)
        if ok.sum() < 6:
            return 0.0
        # Sizes, not shapes: what is done wrong must not make the ghost smaller.
        return float(np.sqrt((b[ok] ** 2).sum() / max((a[ok] ** 2).sum(), 1e-12)))
