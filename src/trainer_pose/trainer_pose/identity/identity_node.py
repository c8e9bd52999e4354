"""Images and poses in, names out; a bounded number of looks a second."""

import threading
from collections import OrderedDict
from time import monotonic

from rclpy.qos import QoSProfile, qos_profile_sensor_data
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger

from trainer_core.clock import SECOND
from trainer_core.database import Database, open_database
from trainer_core.ros.convert import people_from_message, stamp_ns
from trainer_core.ros.diagnostics import ERROR, OK, STALE, WARN, Diagnostics, Meter, Report
from trainer_core.ros.image import decompress, to_bgr
from trainer_core.ros.latest import Latest
from trainer_core.ros.lifecycle import ManagedNode
from trainer_core.ros.params import declare
from trainer_core.ros.run import run
from trainer_msgs.msg import IdentityArray, PersonArray
from trainer_pose.identity.convert import identities_to_message
from trainer_pose.identity.faces import FaceReader
from trainer_pose.identity.recogniser import Recogniser, Task, give_way
from trainer_pose.identity.ros.services import PeopleServices
from trainer_pose.identity.ros.settings import IdentityParams
from trainer_pose.identity.who import Identity, State

SILENCE = 5.0  # s without poses or images after which diagnostics warn
_KEPT = 6  # images that wait for their poses


class IdentityNode(ManagedNode):
    """One gallery and the people in view."""

    # Here, because a node that refuses its parameters is closed too.
    _worker: threading.Thread | None = None
    _tasks: Latest[tuple[Task, Image | CompressedImage]] = Latest()
    _database: Database | None = None
    recogniser: Recogniser | None = None

    def __init__(self, **kwargs):
        super().__init__('identity', **kwargs)
        self.params = declare(self, IdentityParams, self._on_params)
        self._enabled = True
        self._came, self._joined, self._looks = Meter(), Meter(), Meter(60.0)
        self._work_time = Meter(60.0)
        self._header: Header | None = None  # of the image of the newest look
        self._shown: list = []
        self._images: OrderedDict[int, Image | CompressedImage] = OrderedDict()
        self._publisher = self.create_publisher(IdentityArray, 'identities', 10)
        raw = self.params.image_transport == 'raw'
        kind, end = (Image, '') if raw else (CompressedImage, '/compressed')
        self._subscription = self.create_subscription(
            kind, self.resolve_topic_name('image_raw') + end, self._on_image,
            QoSProfile(depth=1, reliability=qos_profile_sensor_data.reliability))
        self._poses = self.create_subscription(PersonArray, 'poses', self._on_poses, 10)
        self._about_people = PeopleServices(
            self, lambda: self.params, lambda: self.recogniser, self._open_database, self._publish)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self.create_timer(1.0, self._publish)
        self._diagnostics = Diagnostics(self, {'faces': self._report})
        self.autostart(self.params.autostart)

    def open(self) -> None:
        database = self._open_database()
        self.recogniser = Recogniser(database, FaceReader(), self.params.settings())
        self.get_logger().info(
            f'{len(self.recogniser.gallery.entries)} people enrolled in {database.path}: '
            f'{self._subscription.topic_name} -> {self._publisher.topic_name}')
        self._tasks = Latest()
        self._worker = threading.Thread(
            target=self._work, args=(self._tasks, self.recogniser), daemon=True)
        self._worker.start()

    def close(self) -> None:
        self._tasks.close()
        if self._worker:
            self._worker.join(timeout=1.0)
        self._worker = self.recogniser = None
        if self._database is not None:
            self._database.close()
        self._database = None

    def _open_database(self) -> Database:
        # Who is enrolled can be listed and forgotten also where faces cannot be recognised.
        if self._database is None:
            self._database = open_database(self.params.database)
        return self._database

    def _on_params(self, params: IdentityParams) -> None:
        self.params = params
        if self.recogniser:
            self.recogniser.settings = params.settings()

    def _on_image(self, message: Image | CompressedImage) -> None:
        if self.active and self._enabled:
            self._images[stamp_ns(message.header.stamp)] = message
            while len(self._images) > _KEPT:
                self._images.popitem(last=False)

    def _on_poses(self, message: PersonArray) -> None:
        self._came.tick()
        if not (self.active and self._enabled and self.recogniser) or not message.image_width:
            return
        people = people_from_message(message)
        image = self._images.pop(people.stamp, None)
        task = self.recogniser.update(people, may_look=image is not None)
        if image is not None:
            self._joined.tick()
            if task is not None:
                self._tasks.put((task, image))
        self._header = self._header or message.header  # nothing was looked at so far
        self._publish_change()

    def _work(self, tasks: Latest, recogniser: Recogniser) -> None:
        give_way()
        self.work_off(tasks, lambda item: self._look(recogniser, *item))

    def _look(self, recogniser: Recogniser, task: Task, image: Image | CompressedImage) -> None:
        began = monotonic()
        picture = to_bgr(image) if isinstance(image, Image) else decompress(image)
        recogniser.work(task, picture)
        self._header = image.header
        self._looks.tick((self.get_clock().now().nanoseconds - task.stamp) / SECOND)
        self._work_time.tick(monotonic() - began)
        self._publish_change()

    def _publish_change(self) -> None:
        if self.recogniser and self._shown != _answers(self.recogniser.identities()):
            self._publish()

    def _publish(self) -> None:
        recogniser = self.recogniser
        if not (self.active and self._enabled and recogniser and self._header):
            return
        identities = recogniser.identities()
        self._shown = _answers(identities)
        self._publisher.publish(identities_to_message(identities, self._header))

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response):
        self._enabled = request.data
        self._images.clear()
        response.success, response.message = True, 'looking' if request.data else 'not looking'
        return response

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response):
        if self.recogniser:
            self.recogniser.reset()
        response.success, response.message = True, 'who is in view is found out anew'
        return response

    def _report(self) -> Report:
        recogniser, images = self.recogniser, self._subscription.topic_name
        values = {
            **self._looks.values(), 'work (s)': self._work_time.delay(),
            'dropped': self._tasks.dropped, 'last error': self.fault or self.last_fault}
        if recogniser is not None:
            known = [i.name for i in recogniser.identities() if i.state == State.KNOWN]
            values |= {
                'enrolled': len(recogniser.gallery.entries), 'in view': ', '.join(known),
                'looks': recogniser.looks, 'faces found': recogniser.faces,
                'last look': recogniser.last_complaint or 'good'}
        if self.fault:
            return ERROR, self.fault, values
        if not (self.active and self._enabled):
            return STALE, 'not enabled' if self.active else 'not active', values
        for meter, topic, what in (
                (self._came, self._poses.topic_name, 'poses'),
                (self._joined, images, 'image with the stamp of poses')):
            if meter.age() > SILENCE:
                there = self.count_publishers(topic)
                return WARN, f'no {what} for {SILENCE:g} s on {topic} ({there} publishers)', values
        return OK, f'{len(known)} known in view', values


def _answers(identities: list[Identity]) -> list[tuple]:
    return [(i.track_id, i.state, i.person_id, i.name) for i in identities]


def main(args: list[str] | None = None) -> None:
    run(IdentityNode, args)
