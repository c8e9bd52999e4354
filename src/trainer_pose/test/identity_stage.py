"""An identity node on real rclpy between a camera and a pose node that are played."""

from time import monotonic

import numpy as np
from looks import body, encoding, face
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from trainer_core.clock import SECOND
from trainer_core.database import open_database
from trainer_core.people import People, Person
from trainer_core.ros.convert import people_to_message, to_stamp
from trainer_core.ros.image import compress, from_bgr
from trainer_core.ros.stage import LIMIT, Stage
from trainer_msgs.msg import Identity, IdentityArray, PersonArray
from trainer_pose.identity import people as store
from trainer_pose.identity.identity_node import IdentityNode
from trainer_pose.identity.quality import Quality

SMALL = Quality(eyes=13.0, sharpness=1.0, brightness=120.0, contrast=40.0, turned=0.0)
HIDDEN = 9  # the number of a face that is not found
FAR = 8  # of one that is too small


class Colours:
    """Takes the brightness of the picture where a face is for the number of the face, times 20."""

    def look(self, picture, head, wide=False, jitters=1):
        number = round(picture[int(head.y), int(head.x), 0] / 20)
        if number == HIDDEN:
            return None
        return face(0, quality=SMALL) if number == FAR else face(number)


class Room(Stage):
    """An identity node, a camera and a pose node that are played, and somebody who listens."""

    def __init__(self, folder):
        super().__init__()
        self.file, self.time = folder / 'trainer.sqlite', 0.0
        self.poses = self.other.create_publisher(PersonArray, 'poses', 10)
        self.listen('identities', IdentityArray)

    def start(self, compressed=False, **given):
        given = {'database': str(self.file), 'rate': 10.0, **given}
        if compressed:
            given['image_transport'] = 'compressed'
        self.node = self.add(IdentityNode, parameters=given)
        kind, topic = (
            (CompressedImage, 'image_raw/compressed') if compressed else (Image, 'image_raw'))
        self.make = compress if compressed else from_bgr
        self.images = self.other.create_publisher(kind, topic, 10)
        self.until(lambda: self.images.get_subscription_count()
                   and self.poses.get_subscription_count()
                   and self.other.count_publishers('identities'))
        return self.node

    def show(self, faces, hidden=()):
        """One image later: track: number of the face."""
        picture = np.zeros((720, 1280, 3), np.uint8)
        people = []
        for i, (track, number) in enumerate(faces.items()):
            x = 200 + 400 * i
            picture[40:200, x - 80:x + 80] = 20 * number
            pose = body(x, 120, hidden)
            people.append(Person(track, pose, pose, 0.9, 0.0))
        self.send(picture, people)

    def send(self, picture, people):
        """One image later, and the bodies in it."""
        self.time += 0.2
        header = Header(stamp=to_stamp(int(self.time * SECOND)), frame_id='lens')
        h, w = picture.shape[:2]
        self.images.publish(self.make(picture, header))
        self.poses.publish(people_to_message(People(0, w, h, people), header))
        end = monotonic() + 0.05
        self.until(lambda: monotonic() > end)

    def shown_until(self, condition, faces, hidden=()):
        """faces: what to show, or a function that does."""
        end = monotonic() + LIMIT
        while not condition():
            if monotonic() > end:
                return False
            if callable(faces):
                faces()
            else:
                self.show(faces, hidden)
        return True

    def names(self):
        if not self.heard['identities']:
            return None
        states = {Identity.UNKNOWN: 'unknown', Identity.UNSURE: 'unsure'}
        return {i.track_id: i.name or states[i.state]
                for i in self.heard['identities'][-1].identities}

    def known(self, faces, expected, hidden=()):
        return self.shown_until(lambda: self.names() == expected, faces, hidden)

    def ask(self, kind, name, request, faces=None):
        """The answer; meanwhile faces are shown."""
        client = self.other.create_client(kind, name)
        self.until(client.service_is_ready)
        future = client.call_async(request)
        if faces is not None:
            assert self.shown_until(future.done, faces)
        self.until(future.done)
        return future.result()

    def enrolled(self, **names):
        with open_database(self.file) as database:
            for name, number in names.items():
                store.add(database, name, [(encoding(number), 1.0)])
