"""A source as people, image by image: no graph, no clock, the code that the nodes run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from trainer import summary
from trainer_core.clock import SECOND, seconds
from trainer_core.errors import UserError
from trainer_core.people import People, Person

TRACKS = ('.npz', '.npy')
_MARGIN = 1.1  # a joint track without a picture size has one that holds all its keypoints
_LEAST_POINTS = 4


@dataclass
class Material:
    """What there is to score."""

    people: Iterator[People]
    total: int = 0    # images that will come, 0 = not known
    kind: str = ''    # one line for people
    notes: list[str] = field(default_factory=list)


def open_material(source: str, fps: float = 30.0, **pose: Any) -> Material:
    """A video, picture folder, bag or joint track as people.

    A joint track is .npz with `keypoints` (n, 18, 3) or (n, people, 18, 3) of x, y in pixels and
    confidence in the order of OpenPose-COCO, and, if known, `stamps` (n,) in ns or `fps`, and
    `size` (2,), width and height; or .npy with the keypoints alone. fps: of a track that does not
    say. pose: what `PoseEstimator` takes. Raises UserError naming the source.
    """
    path = Path(source).expanduser()
    if path.suffix.lower() in TRACKS and path.is_file():
        return _track(path, fps)
    if path.suffix in ('.mcap', '.db3') or (path / 'metadata.yaml').is_file():
        from trainer_core.ros.bags import Bag
        bag = Bag(path)
        topics = [name for name in bag.topics if name.endswith('/poses') or name == 'poses']
        if topics:
            from trainer_core.ros.convert import people_from_message
            chosen = bag.select(topics[:1])
            return Material(
                (people_from_message(m) for _, _, m in bag.messages(chosen)),
                kind=f'poses of {topics[0]}')
    return _pictures(source, pose)


def _pictures(source: str, pose: dict[str, Any]) -> Material:
    from trainer_pose.camera.sources import open_source
    from trainer_pose.paf.estimator import PoseEstimator
    if source.isdigit() or source.startswith('/dev/') or '://' in source:
        raise UserError(f'{source} has no end; give a recording, or train with ./trainer run')
    pictures = open_source(source, speed='max')
    estimator = PoseEstimator(**pose)

    def people() -> Iterator[People]:
        with pictures:
            for stamp, image in pictures:
                yield estimator.update(image, stamp)

    return Material(
        people(), round(pictures.seconds * pictures.fps), pictures.description)


def _track(path: Path, fps: float) -> Material:
    try:
        loaded = np.load(path)
        data = dict(loaded) if path.suffix.lower() == '.npz' else {'keypoints': loaded}
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f'{path} is not a joint track that NumPy can read ({error})') from None
    poses = data.get('keypoints')
    if poses is None:
        raise UserError(f'{path} has no array keypoints; it has {", ".join(data) or "nothing"}')
    if poses.ndim == 3:
        poses = poses[:, None]
    if poses.ndim != 4 or poses.shape[2:] != (18, 3) or not len(poses):
        raise UserError(
            f'{path}: keypoints have the shape {data["keypoints"].shape}; '
            '(n, 18, 3) or (n, people, 18, 3) is needed')
    poses = np.nan_to_num(poses.astype(float))
    rate = float(data.get('fps', fps))
    if not rate > 0:
        raise UserError(f'{path}: {rate:g} images a second; give --fps')
    stamps = data.get('stamps', np.round(np.arange(len(poses)) * SECOND / rate)).astype(np.int64)
    found = poses[..., 2] > 0
    reach = [poses[..., i][found].max(initial=1) * _MARGIN for i in (0, 1)]
    width, height = (int(n) for n in data.get('size', reach))

    def people() -> Iterator[People]:
        for stamp, bodies in zip(stamps.tolist(), poses, strict=True):
            yield People(stamp, width, height, [
                Person(f'p{i:04d}', body, body, float(body[:, 2].mean()))
                for i, body in enumerate(bodies)
                if np.count_nonzero(body[:, 2]) >= _LEAST_POINTS])

    return Material(people(), len(poses), f'joint track of {len(poses)} images')


class Score:
    """Feeds the people of a source to a set and keeps what the summary needs."""

    def __init__(self, the_set: Any, source: str):
        self.set, self.source = the_set, source
        self.states: list[Any] = []
        self.movements: list[Any] = []

    def update(self, people: People) -> None:
        """Take the people of the next image."""
        state, movements = self.set.update(people)
        self.states.append(state)
        self.movements += movements

    def document(self) -> dict[str, Any]:
        """The summary, with the keys of `summary`; times are from the start of the source."""
        first = self.states[0].stamp if self.states else 0
        last = self.states[-1].stamp if self.states else 0
        return {
            'source': self.source, 'exercise': self.set.exercise.name, 'method': self.set.method,
            'reps': self.set.reps, 'reps_left': self.set.reps_left,
            'reps_right': self.set.reps_right,
            'hold_seconds': summary.number(self.set.hold_seconds),
            'movements': [
                summary.movement(
                    m.verdict, m.reason, seconds(m.start - first), seconds(m.end - first), m.side,
                    m.range, m.seconds_out, m.seconds_back, m.count)
                for m in self.movements],
            'frames': len(self.states), 'seconds': summary.number(seconds(last - first))}
