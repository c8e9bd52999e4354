"""What there is to draw for every image: the people, what is known of them, and who has left."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trainer.markers.figure import Look, Shape, figure, ghost
from trainer.markers.placing import Camera, Place, place
from trainer_core.clock import SECOND, Timeline
from trainer_core.people import People, Person
from trainer_counter.reps.body import stature

KNOWN_FOR = 1.0  # s what the counter last said about somebody is believed
SMOOTHING = 1.0  # s over which the size of a body in the picture is averaged


@dataclass(frozen=True)
class Progress:
    """Where somebody is in a set."""

    stamp: int               # ns
    joints: tuple[str, ...]  # angles that are measurable from this view
    count: str
    phase: str = ''          # where in the movement, or in the life of the set


@dataclass(frozen=True)
class Fault:
    """What was wrong with a repetition."""

    stamp: int               # ns, of the image that ended it
    parts: frozenset[str]
    hints: tuple[tuple[str, str], ...]  # part, what to do with it


@dataclass(frozen=True)
class Settings:
    """How it is drawn."""

    picture_height: float = 1.0
    stature: float = 1.75
    form_seconds: float = 4.0
    min_confidence: float = 0.1
    texts: bool = True


@dataclass(frozen=True)
class Drawing:
    """The shapes of one message, each with its place, and the keys of those to take away."""

    shapes: list[tuple[Shape, Place]] = field(default_factory=list)
    gone: list[tuple[str, int]] = field(default_factory=list)


class Scene:
    """Remembers what the topics said, and what is on the screen."""

    def __init__(self, settings: Settings = Settings()):
        self.settings = settings
        self.camera: Camera | None = None
        self.names: Mapping[str, str] = {}  # track id: name of a person who is known
        self._progress: dict[str, Progress] = {}
        self._faults: dict[str, Fault] = {}
        self._sizes: dict[str, tuple[int, float]] = {}  # track id: stamp, stature in px
        self._timeline = Timeline(max_gap=10.0)
        self._shown: dict[str, set[tuple[str, int]]] = {'people': set(), 'ghosts': set()}

    @property
    def metric(self) -> bool:
        return self.camera is not None and self.camera.calibrated

    def progressed(self, track_id: str, progress: Progress) -> None:
        """The counter has said where somebody is in the set."""
        if track_id:
            self._progress[track_id] = progress

    def judged(self, track_id: str, fault: Fault) -> None:
        """A repetition was compared with the baseline."""
        self._faults[track_id] = fault

    def people(self, people: People) -> Drawing:
        """Everybody in the next image. Time that goes back forgets what was known."""
        if self._timeline.jumped(people.stamp):
            self._progress.clear()
            self._faults.clear()
            self._sizes.clear()
        shapes = []
        for person in people.people:
            size = self._size(person, people)
            where = self._place(people, size)
            shapes += [(shape, where) for shape in figure(
                person.id, person.keypoints, size, self._look(person.id, people.stamp))]
        self._sizes = {
            name: seen for name, seen in self._sizes.items()
            if people.stamp - seen[0] <= 10 * SECOND}
        return self._drawing('people', shapes)

    def ghosts(self, people: People) -> Drawing:
        """The baseline's bodies, with the ids of those whom they are rescaled onto."""
        shapes = []
        for person in people.people:
            known = self._sizes.get(person.id)
            size = known[1] if known else self._size(person, people)
            where = self._place(people, size)
            shapes += [(shape, where) for shape in ghost(
                person.id, person.keypoints, size, self.settings.min_confidence)]
        return self._drawing('ghosts', shapes)

    def clear(self) -> None:
        """Nothing is on the screen any more."""
        for shown in self._shown.values():
            shown.clear()

    def _drawing(self, layer: str, shapes: list[tuple[Shape, Place]]) -> Drawing:
        now = {shape.key for shape, _ in shapes}
        gone = sorted(self._shown[layer] - now)
        self._shown[layer] = now
        return Drawing(shapes, gone)

    def _look(self, track_id: str, stamp: int) -> Look:
        progress = self._progress.get(track_id)
        if progress and abs(stamp - progress.stamp) > KNOWN_FOR * SECOND:
            progress = None
        fault = self._faults.get(track_id)
        if fault and stamp - fault.stamp > self.settings.form_seconds * SECOND:
            del self._faults[track_id]
            fault = None
        return Look(
            progress.joints if progress else (), fault.parts if fault else (),
            fault.hints if fault else (), self.names.get(track_id) or track_id,
            progress.count if progress else '', progress.phase if progress else '',
            self.settings.min_confidence, self.settings.texts)

    def _size(self, person: Person, people: People) -> float:
        """Stature in pixels, averaged over time: joints jitter, and depth would with them."""
        now = stature(person.keypoints.tolist(), self.settings.min_confidence)
        known = self._sizes.get(person.id)
        if not now > 0:
            return known[1] if known else people.height / 2
        if known:
            share = min(max(people.stamp - known[0], 0) / (SMOOTHING * SECOND), 1.0)
            now = known[1] + share * (now - known[1])
        self._sizes[person.id] = (people.stamp, now)
        return now

    def _place(self, people: People, size: float) -> Place:
        s = self.settings
        return place(
            people.width, people.height, self.camera if self.metric else None, size, s.stature,
            s.picture_height)
