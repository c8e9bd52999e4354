"""The form of the repetitions that a score counts, for its pictures."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from trainer_core.people import People
from trainer_counter.form.judge import Form
from trainer_counter.form.recent import Recent
from trainer_counter.form.scorer import Scorer, open_scorer


class Forming:
    """A scorer for each exercise that has a baseline; others are not judged."""

    def __init__(self, dirs: Iterable[str] = ()):
        """dirs: folders with more exercise files, beside which baselines may lie."""
        self._dirs = list(dirs)
        self._scorers: dict[str, Scorer | None] = {}
        self._recent: Recent[np.ndarray] = Recent()  # poses of the trainee

    def update(
        self, exercise: Any, people: People, track_id: str, movements: Sequence[Any],
    ) -> list[Form]:
        """Take the next image and what the set made of it; forms may come some images later.

        Raises UserError for a baseline that is damaged.
        """
        person = next((p for p in people.people if p.id == track_id), None)
        pose = person.keypoints if person else None
        if exercise.name not in self._scorers:
            self._scorers[exercise.name] = open_scorer(
                exercise, self._dirs, before=self._recent)
        self._recent.add(people.stamp, pose)
        scorer = self._scorers[exercise.name]
        if scorer is None:
            return []
        forms = scorer.update(people.stamp, pose, person.points if person else None)
        for movement in movements:
            forms += scorer.moved(movement)
        return forms

    def finish(self) -> list[Form]:
        """After the last image: what is still open."""
        return [form for scorer in self._scorers.values() if scorer for form in scorer.finish()]
