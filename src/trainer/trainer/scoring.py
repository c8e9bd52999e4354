"""A source as people, image by image: no graph, no clock, the code that the nodes run."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from trainer import summary
from trainer_core.clock import SECOND, seconds
from trainer_core.errors import UserError
from trainer_core.people import People, Person
from trainer_counter.reps.auto import AutoSet

TRACKS = ('.npz', '.npy')
_MARGIN = 1.1  # a joint track without a picture size has one that holds all its keypoints
_LEAST_POINTS = 4
HOLD_IS_REP = 3.0  # s of a hold that are as much as a repetition, to tell which set is the largest


@dataclass
class Material:
    """What there is to score."""

    people: Iterator[People]
    total: int = 0    # images that will come, 0 = not known
    fps: float = 0.0  # images a second, 0 = not known
    picture: np.ndarray | None = None  # of the latest people, (h, w, 3) BGR; None = there is none
    kind: str = ''    # one line for people
    notes: list[str] = field(default_factory=list)


def open_material(
    source: str, fps: float = 30.0, pictures: bool = False, **pose: Any,
) -> Material:
    """A video, picture folder, bag or joint track as people.

    A joint track is .npz with `keypoints` (n, 18, 3) or (n, people, 18, 3) of x, y in pixels and
    confidence in the order of OpenPose-COCO, and, if known, `stamps` (n,) in ns or `fps`, and
    `size` (2,), width and height; or .npy with the keypoints alone. fps: of a track that does not
    say. pictures: also of a bag that has poses. pose: what `PoseEstimator` takes. Raises UserError
    naming the source.
    """
    path = Path(source).expanduser()
    if path.suffix.lower() in TRACKS and path.is_file():
        return _track(path, fps)
    if path.suffix in ('.mcap', '.db3') or (path / 'metadata.yaml').is_file():
        from trainer_core.ros.bags import Bag
        bag = Bag(path)
        topics = [name for name in bag.topics if name.endswith('/poses') or name == 'poses']
        if topics:
            points = topics[0].removesuffix('poses') + 'points'
            material = Material(
                _recorded(bag, topics[0], points if points in bag.topics else ''),
                bag.topics[topics[0]].count, kind=f'poses of {topics[0]}')
            if bag.seconds > 0:
                material.fps = (material.total - 1) / bag.seconds
            return _with_pictures(material, path) if pictures else material
    return _pictures(source, pose)


def _recorded(bag: Any, poses: str, points: str) -> Iterator[People]:
    """The people of a bag, with the points that are not of the body, if there are any."""
    from trainer_core.ros.convert import people_from_message, stamp_ns
    from trainer_counter import convert
    from trainer_counter.reps.points import Joining
    joining: Joining[None] = Joining()
    for topic, _, message in bag.messages(bag.select([poses, *filter(None, [points])])):
        for people, _ in (
                joining.people(people_from_message(message), None) if topic == poses else
                joining.points(stamp_ns(message.header.stamp), convert.points(message))):
            yield people
    for people, _ in joining.rest():
        yield people


def _pictures(source: str, pose: dict[str, Any]) -> Material:
    from trainer_pose.camera.sources import open_source
    from trainer_pose.paf.estimator import PoseEstimator
    if source.isdigit() or source.startswith('/dev/') or '://' in source:
        raise UserError(f'{source} has no end; give a recording, or train with ./trainer run')
    pictures = open_source(source, speed='max')
    estimator = PoseEstimator(**pose)

    def people() -> Iterator[People]:
        with pictures:
            for stamp, material.picture in pictures:
                yield estimator.update(material.picture, stamp)

    material = Material(
        people(), round(pictures.seconds * pictures.fps), pictures.fps,
        kind=pictures.description)
    return material


def _with_pictures(material: Material, bag: Path) -> Material:
    """Beside the poses of a bag its images, each until the next one; if it has any."""
    from trainer_pose.camera.ros.bag import BagImages
    try:
        shots = BagImages(bag).shots()
    except UserError:  # no images: the poses alone can be shown, too
        return material
    poses = material.people

    def people() -> Iterator[People]:
        shot = next(shots, None)
        for seen in poses:
            while shot is not None and shot.stamp <= seen.stamp:
                loaded = shot.load()
                material.picture = material.picture if loaded is None else loaded
                shot = next(shots, None)
            yield seen

    material.people = people()
    return material


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
    if len(stamps) > 1 and stamps[-1] > stamps[0]:
        rate = (len(stamps) - 1) / seconds(int(stamps[-1] - stamps[0]))
    found = poses[..., 2] > 0
    reach = [poses[..., i][found].max(initial=1) * _MARGIN for i in (0, 1)]
    width, height = (int(n) for n in data.get('size', reach))

    def people() -> Iterator[People]:
        for stamp, bodies in zip(stamps.tolist(), poses, strict=True):
            yield People(stamp, width, height, [
                Person(f'p{i:04d}', body, body, float(body[:, 2].mean()))
                for i, body in enumerate(bodies)
                if np.count_nonzero(body[:, 2]) >= _LEAST_POINTS])

    return Material(
        people(), len(poses), rate, kind=f'joint track of {len(poses)} images')


class Score:
    """Feeds the people of a source to a set and keeps what the summary needs."""

    def __init__(self, the_set: Any, source: str):
        self.set, self.source = the_set, source
        self.states: list[Any] = []
        self.movements: list[Any] = []
        self.forms: list[Any] = []  # of the counted repetitions, where there is a baseline
        self.former: Any = None   # makes the forms; see `forming`
        self.watcher: Any = None  # has add(picture, people, state, movements, forms)
        self.recognised: list[Any] | None = None  # of `auto`: its sets, one after the other
        self._exercises: tuple[list[str], list[str]] = [], []  # of the states, of the movements

    def update(self, people: People, picture: np.ndarray | None = None) -> None:
        """Take the people of the next image, and the image for whoever watches."""
        state, movements = self.set.update(people)
        forms = [] if self.former is None else self.former.update(
            self.set.exercise, people, state.track_id, movements)
        self.forms += forms
        if self.watcher is not None:
            self.watcher.add(picture, people, state, movements, forms)
        self.states.append(state)
        self.movements += movements
        name = self.set.exercise.name
        self._exercises[0].append(name)
        self._exercises[1].extend([name] * len(movements))

    def settle(self) -> None:
        """After the last image of `auto`: of the sets that it recognised, the largest is shown.

        In the states, whatever is measured for another exercise becomes NaN.
        """
        self.forms += self.former.finish() if self.former is not None else []
        if not isinstance(self.set, AutoSet):
            return
        late = self.set.settle()
        self.movements += late
        self._exercises[1].extend([self.set.exercise.name] * len(late))
        self.recognised = self.set.sets
        self.set = max(
            self.recognised, key=lambda s: s.reps + s.hold_seconds / HOLD_IS_REP,
            default=self.set.unknown)
        shown = self.set.exercise
        self.forms = [form for form in self.forms if form.exercise == shown.name]
        nothing = (math.nan,) * len(shown.joints)
        self.states = [
            state if name == shown.name else replace(
                state, joints=tuple(shown.joints), angles=nothing, initial_angles=nothing,
                mse=math.nan, threshold=shown.threshold, square_wave=0)
            for state, name in zip(self.states, self._exercises[0], strict=True)]

    def document(self) -> dict[str, Any]:
        """The summary, with the keys of `summary`; times are from the start of the source.

        Of `auto` also all sets that were recognised, and the exercise of every movement.
        """
        first = self.states[0].stamp if self.states else 0
        last = self.states[-1].stamp if self.states else 0
        document: dict[str, Any] = {
            'source': self.source, 'exercise': self.set.exercise.name, 'method': self.set.method,
            'reps': self.set.reps, 'reps_left': self.set.reps_left,
            'reps_right': self.set.reps_right,
            'hold_seconds': summary.number(self.set.hold_seconds),
            'movements': [
                summary.movement(
                    m.verdict, m.reason, seconds(m.start - first), seconds(m.end - first), m.side,
                    m.range, m.seconds_out, m.seconds_back, m.count)
                for m in self.movements],
            'forms': [summary.form(f) for f in self.forms],
            'frames': len(self.states), 'seconds': summary.number(seconds(last - first))}
        if self.recognised is not None:
            document['recognised'] = [
                {'exercise': s.exercise.name, 'reps': s.reps,
                 'hold_seconds': summary.number(s.hold_seconds)} for s in self.recognised]
            for movement, name in zip(document['movements'], self._exercises[1], strict=True):
                movement['exercise'] = name
        return document
