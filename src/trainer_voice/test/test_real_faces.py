"""A stranger with a real face, through the graph: photos, bodies that the pose network sees, the
identity node; dialogue and mouth talk. Where the photos are (../shared/faces)."""

from dataclasses import replace
from pathlib import Path

import pytest
from test_whole_conversation import IDLE_FPS, Hall, World

from trainer_core.database import open_database
from trainer_core.people import People, Person
from trainer_core.ros.convert import to_stamp
from trainer_core.ros.image import from_bgr
from trainer_msgs.msg import Session

PHOTOS = Path(__file__).resolve().parents[4] / 'shared' / 'faces'
if not PHOTOS.is_dir():
    pytest.skip('the photos are not here (../shared/faces)', allow_module_level=True)
pytest.importorskip('face_recognition', reason='face_recognition is not installed')

import cv2  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402
from std_msgs.msg import Header  # noqa: E402

from trainer_pose.identity.identity_node import IdentityNode  # noqa: E402
from trainer_pose.paf.estimator import PoseEstimator  # noqa: E402

ENROLLED = ('train/obama/obama.jpg', 'train/obama/obama2.jpg')
LATER = 'test/obama1.jpg'
SOMEBODY_ELSE = 'train/kit_harington/john1.jpeg'
HEIGHT = 480  # px of the images


class Filmed(World):
    """The camera is in front of photos; who is in them is not told, but seen."""

    picture = None

    def play_identity(self) -> None:
        self.images = self.create_publisher(Image, 'image_raw', 10)

    def see(self, people: People) -> None:
        if self.picture is not None:
            self.images.publish(from_bgr(self.picture, Header(stamp=to_stamp(self.now))))
        super().see(people)

    def tell_who(self, people: People, header: Header) -> None:
        pass


class Studio(Hall):
    """The hall with the identity node in it, which is waited for."""

    kind = Filmed

    def __init__(self, graph, tmp_path, scenes):
        self._scenes = scenes
        self.identity = graph.add(IdentityNode, parameters={
            'use_sim_time': True, 'database': str(tmp_path / 'data' / 'trainer.sqlite'),
            'enroll_looks': 3})
        self._asked = self._looked = 0
        recogniser = self.identity.recogniser
        update, work = recogniser.update, recogniser.work

        def updated(people, may_look=True):
            task = update(people, may_look)
            self._asked = task.stamp if task else self._asked
            return task

        def worked(task, picture):
            work(task, picture)
            self._looked = task.stamp
        recogniser.update, recogniser.work = updated, worked
        super().__init__(graph, tmp_path)

    def show(self, people: People) -> None:
        came = self.identity._came.total
        super().show(people)
        assert self.graph.until(
            lambda: self.identity._came.total > came and self._looked == self._asked)

    def film(self, photos, until, limit: float) -> bool:
        """Photos one after the other, until something is true or for so many seconds."""
        for i in range(round(limit * IDLE_FPS)):
            self._later(1 / IDLE_FPS)
            self.world.picture, people = self._scenes[photos[i // IDLE_FPS % len(photos)]]
            self.show(replace(people, stamp=self._time))
            if until():
                return True
        return bool(self.graph.until(until, 5.0))


@pytest.fixture(scope='module')
def scenes():
    """Photos and the body in each of them."""
    network, found = PoseEstimator(), {}
    for name in (*ENROLLED, LATER, SOMEBODY_ELSE):
        picture = cv2.imread(str(PHOTOS / name))
        scale = HEIGHT / picture.shape[0]
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        sight = network.find(picture, (0,), 1)[0]
        person = Person('p1', sight.pose, sight.pose, 0.9)
        found[name] = picture, People(0, picture.shape[1], HEIGHT, [person])
    return found


@pytest.mark.timeout(300)
def test_a_stranger_is_enrolled_known_after_a_restart_and_forgotten(graph, tmp_path, data, scenes):
    studio = Studio(graph, tmp_path, scenes)
    world = studio.world
    assert studio.film(ENROLLED, studio.state(Session.GREETING, 'enroll'), 15), world.texts
    world.say('yes please')
    assert studio.film(ENROLLED, studio.state(Session.GREETING, 'name'), 5), world.texts
    world.say('my name is Barack')
    assert studio.film(ENROLLED, studio.state(Session.GREETING, 'ready'), 20), world.texts
    assert graph.until(lambda: 'Next time I will know you, Barack.' in world.texts)

    for node in list(graph.nodes):
        graph.remove(node)
    studio = Studio(graph, tmp_path, scenes)
    world = studio.world
    assert studio.film([SOMEBODY_ELSE], studio.state(Session.GREETING, 'enroll'), 15), world.texts
    assert 'Barack' not in ' '.join(world.texts)
    world.picture = None
    assert studio.empty(15, studio.state(Session.IDLE)), world.texts
    assert studio.film([LATER], studio.state(Session.GREETING, 'ready'), 15), world.texts
    assert graph.until(lambda: 'Barack' in world.texts[-1])
    world.say('forget me')
    assert studio.film([LATER], studio.state(Session.GREETING, 'forget'), 5), world.texts
    world.say('yes')
    assert studio.film([LATER], lambda: 'deleted' in world.texts[-1], 5), world.texts
    assert 'your face' in world.texts[-1]
    with open_database(data / 'trainer.sqlite') as db:
        assert [db.row(f'SELECT count(*) FROM {table}')[0]
                for table in ('people', 'encodings')] == [0, 0]
