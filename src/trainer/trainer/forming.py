"""The form of the repetitions that a score counts, for its pictures."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from trainer_core.clock import SECOND
from trainer_core.people import People
from trainer_counter.form import baseline
from trainer_counter.form.judge import Form
from trainer_counter.form.scorer import MEMORY, Scorer


class Forming:
    """A scorer for each exercise that has a baseline; others are not judged."""

    def __init__(self, dirs: Iterable[str] = ()):
        """dirs: folders with more exercise files, beside which baselines may lie."""
        self._dirs = list(dirs)
        self._scorers: dict[str, Scorer | None] = {}
        self._recent: deque[tuple[int, Any]] = deque()  # poses of the trainee

    def update(
        self, exercise: Any, people: People, track_id: str, movements: Sequence[Any],
    ) -> list[Form]:
        """Take the next image and what the set made of it; forms may come some images later.

        Raises UserError for a baseline that is damaged.
        """
        pose = next((p.keypoints for p in people.people if p.id == track_id), None)
        if exercise.name not in self._scorers:
            found = baseline.find(exercise.name, self._dirs)
            self._scorers[exercise.name] = Scorer(
                exercise, found, before=self._recent) if found else None
        if pose is not None:
            self._recent.append((people.stamp, pose))
        while self._recent and not 0 <= people.stamp - self._recent[0][0] <= MEMORY * SECOND:
            self._recent.popleft()
        scorer = self._scorers[exercise.name]
        if scorer is None:
            return []
        forms = scorer.update(people.stamp, pose)
        for movement in movements:
            forms += scorer.moved(movement)
        return forms

    def finish(self) -> list[Form]:
        """After the last image: what is still open."""
        return [form for scorer in self._scorers.values() if scorer for form in scorer.finish()]
