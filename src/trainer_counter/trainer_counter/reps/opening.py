"""Opens a set of a named exercise, or of whatever will be done."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from trainer_counter import exercises
from trainer_counter.exercises.schema import Exercise
from trainer_counter.reps import likeness
from trainer_counter.reps.auto import AUTO, AutoSet
from trainer_counter.reps.body import stature
from trainer_counter.reps.posture import PostureLog
from trainer_counter.reps.set import Set
from trainer_counter.reps.signals import levels


def open_set(
    name: str, method: str = 'default', dirs: Iterable[str | os.PathLike] = (), **given: Any,
) -> Set | AutoSet:
    """A set of the exercise of that name; 'auto': of the one that will be recognised.

    dirs: folders with more exercise files; given: as for `Set`. Raises UserError for an exercise
    or method that is not there and for an exercise file that is wrong.
    """
    if name != AUTO:
        return Set(exercises.load(name, dirs), method, **given)
    files = exercises.files(dirs)
    candidates = {known: exercises.load(known, dirs) for known in files}
    shipped = likeness.shipped()
    shown = {
        known: shown_once(candidates[known], path.with_suffix('.baseline.npz'))
        for known, path in files.items()
        if known not in shipped.names and candidates[known].counts == 'reps'}
    return AutoSet(candidates, shipped.knowing(shown), method, **given)


def shown_once(exercise: Exercise, path: Path) -> np.ndarray | None:
    """The numbers of `posture` of the repetition in a baseline file, None without one.

    The file is that of a lesson: stamps (n,) ns and keypoints (n, 18, 3) px.
    """
    try:
        with np.load(path) as kept:
            stamps, poses = kept['stamps'].tolist(), kept['keypoints'].tolist()
    except (OSError, ValueError, KeyError):
        return None
    log, furthest, highest = PostureLog(), stamps[0], -1.0
    for stamp, pose in zip(stamps, poses, strict=True):
        log.add(pose, stamp)
        tall = stature(pose, 0.3)
        found = levels(pose, exercise, tall, 0.3) if tall == tall else {}
        if found and max(found.values()) > highest:
            furthest, highest = stamp, max(found.values())
    return log.movement(stamps[0], furthest, stamps[-1])
