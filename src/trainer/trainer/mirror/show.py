"""A show for the mirror, for its tests and pictures: the athlete, and what is made of them.

The people come from the athlete's truth and the states from the real counting, so that no network
is needed; the rest is what a dialogue would send.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from threading import Event, Thread
from time import monotonic

import numpy as np
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from trainer.mirror.mirror_node import MirrorNode
from trainer_core.clock import SECOND
from trainer_core.people import People, Person
from trainer_core.ros.convert import people_to_message, to_stamp
from trainer_core.ros.image import from_bgr
from trainer_counter import convert, exercises
from trainer_counter.reps.movement import Movement
from trainer_counter.reps.set import Set, State
from trainer_msgs.msg import (
    FormScore,
    Heard,
    Hint,
    Identity,
    IdentityArray,
    PartScore,
    PersonArray,
    PlanItem,
    Session,
    SetState,
    SpeechStatus,
    Workout,
)
from trainer_msgs.msg import Movement as MovementMessage
from trainer_sim.athlete import PersonTruth, open_athlete

SCRIPT = """
name: mirror
scene: {{background: gym}}
camera: {{yaw: {yaw}, pitch: 4, distance: 3.6, height: 0.95}}
actors:
  - name: ana
    segments:
      - stand: 1.5
      - squat: {{reps: {reps}}}
      - stand: 1
"""


@dataclass(frozen=True)
class Scene:
    """One picture and all that was made of it."""

    image: np.ndarray
    people: People
    states: list[tuple[Set, State]]
    movements: list[tuple[Set, Movement]]


def perform(script, exercises_of: dict[str, str], target: int = 0, width: int = 320,
            height: int = 240, fps: float = 15.0, names: dict[str, str] | None = None,
            most: int | None = None) -> list[Scene]:
    """Every scene of a script (a file, or what the athlete can do), or so many at most.

    exercises_of: exercise by track id; names: actor -> id.
    """
    athlete = open_athlete(str(script), width, height, fps)
    sets = {
        track: Set(exercises.load(name), track_id=track, target_reps=target)
        for track, name in exercises_of.items()}
    scenes = []
    for frame in islice(athlete, most):
        people = People(frame.stamp, width, height, [
            _person((names or {}).get(t.name) or next(iter(exercises_of)), t)
            for t in frame.truth])
        states, movements = [], []
        for a_set in sets.values():
            state, moved = a_set.update(people)
            states.append((a_set, state))
            movements += [(a_set, m) for m in moved]
        scenes.append(Scene(frame.image, people, states, movements))
    return scenes


def _person(track: str, truth: PersonTruth) -> Person:
    pose = truth.keypoints.astype(float)
    pose[:, 2] = np.array([0.0, 0.5, 0.9])[pose[:, 2].astype(int)]
    return Person(track, pose, pose, 0.9)


class Show(Node):
    """Sends scenes, and everything else that the page shows."""

    def __init__(self, **kwargs):
        super().__init__('show', **kwargs)
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        make = self.create_publisher
        self.images = make(Image, 'image_raw', 2)
        self.poses = make(PersonArray, 'poses', 10)
        self.states = make(SetState, 'set_state', 10)
        self.moved = make(MovementMessage, 'movements', 10)
        self.forms = make(FormScore, 'form', 10)
        self.sessions = make(Session, 'session', latched)
        self.speech = make(SpeechStatus, 'speech_status', 10)
        self.identities = make(IdentityArray, 'identities', 10)
        self.heard: list[Heard] = []
        self.sent = 0  # pictures
        self.create_subscription(Heard, 'heard', self.heard.append, 10)

    def header(self) -> Header:
        return Header(stamp=self.get_clock().now().to_msg(), frame_id='camera')

    def scene(self, scene: Scene) -> None:
        """One picture, stamped now, with people, states and movements."""
        header, self.sent = self.header(), self.sent + 1
        self.images.publish(from_bgr(scene.image, header))
        self.poses.publish(people_to_message(scene.people, header))
        for a_set, state in scene.states:
            self.states.publish(convert.state_to_message(state, a_set, header))
        for a_set, movement in scene.movements:
            self.moved.publish(convert.movement_to_message(movement, a_set.exercise.name, header))

    @contextmanager
    def playing(
        self, scenes: Sequence[Scene], rate: float = 20.0, once: bool = False,
    ) -> Iterator[None]:
        """The scenes, again and again, not more than so many a second."""
        ended = Event()

        def play() -> None:
            i = 0
            while not ended.wait(1 / rate) and not (once and i >= len(scenes)):
                self.scene(scenes[i % len(scenes)])
                i += 1
        thread = Thread(target=play, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def form(self, rep: int, wrong: tuple[str, ...] = (), track: str = 'p3fk2', hint=None) -> None:
        parts = [
            f'{side}_{part}' for side in ('left', 'right')
            for part in ('upper_arm', 'forearm', 'upper_leg', 'lower_leg', 'knee')] + ['torso']
        self.forms.publish(FormScore(
            header=self.header(), track_id=track, exercise='squat', rep=rep, threshold=0.2,
            median=0.09, correct=not wrong, range=0.9, tempo=1.1, asymmetry=0.05,
            parts=[PartScore(part=p, judged=p != 'left_forearm', distance=0.42 if p in wrong
                             else 0.05 + 0.01 * i) for i, p in enumerate(parts)],
            hints=[hint or Hint(part=p, direction='bend', amount=0.35, moment='bottom',
                                progress=0.5) for p in wrong]))

    def session(self, state: int, rest: float = 0.0, **fields) -> None:
        workout = Workout(name='Tuesday', items=[
            PlanItem(exercise='squat', sets=3, reps=12, rest=45.0),
            PlanItem(exercise='push_up', sets=3, reps=8, rest=60.0),
            PlanItem(exercise='plank', sets=1, seconds=40.0, rest=0.0)])
        until = self.get_clock().now().nanoseconds + int(rest * SECOND) if rest else 0
        self.sessions.publish(Session(
            header=self.header(), state=state, workout=workout, rest_until=to_stamp(until),
            **{'item': 0, 'set': 1, 'name': 'Ana', **fields}))

    def says(self, text: str, state: int = SpeechStatus.STARTED, number: str = '1') -> None:
        self.speech.publish(SpeechStatus(header=self.header(), id=number, text=text, state=state))

    def knows(self, names: dict[str, str]) -> None:
        self.identities.publish(IdentityArray(header=self.header(), identities=[
            Identity(track_id=track, state=Identity.KNOWN, person_id='a7k2m', name=name)
            for track, name in names.items()]))


class House:
    """Nodes in a context of their own, spun in a thread."""

    def __init__(self, domain_id: int):
        self.context = rclpy.Context()
        rclpy.init(context=self.context, domain_id=domain_id)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.nodes: list[Node] = []
        self._ended, self._leaving = Event(), list[tuple[Node, Event]]()
        self._thread = Thread(target=self._spin, daemon=True)
        self._thread.start()

    def add(self, kind: Callable[..., Node], **parameters) -> Node:
        node = kind(context=self.context, namespace='/trainer', parameter_overrides=[
            Parameter(name, value=value) for name, value in parameters.items()])
        self.nodes.append(node)
        self.executor.add_node(node)
        return node

    def mirror(self, **parameters) -> MirrorNode:
        return self.add(MirrorNode, **{'port': 0, **parameters})

    def remove(self, node: Node) -> None:
        gone = Event()
        self._leaving.append((node, gone))
        assert gone.wait(10.0)

    def close(self) -> None:
        self._ended.set()
        self._thread.join(10.0)
        self.executor.shutdown(1.0)
        for node in self.nodes:
            node.destroy_node()
        self.context.try_shutdown()

    def _spin(self) -> None:
        while not self._ended.is_set():
            self.executor.spin_once(timeout_sec=0.05)
            while self._leaving:  # here, where nobody waits for it
                node, gone = self._leaving.pop()
                self.executor.remove_node(node)
                self.nodes.remove(node)
                node.destroy_node()
                gone.set()


@contextmanager
def house(domain_id: int) -> Iterator[House]:
    """Opened and closed."""
    it = House(domain_id)
    try:
        yield it
    finally:
        it.close()


def until(condition: Callable[[], object], limit: float = 15.0) -> bool:
    """Whether it becomes true within limit (s), while others work."""
    end, pause = monotonic() + limit, Event()
    while not condition():
        if monotonic() > end:
            return False
        pause.wait(0.01)
    return True
