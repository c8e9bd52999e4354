"""People to messages and back; the only place where trainer_core builds messages."""

import numpy as np
from builtin_interfaces.msg import Time
from std_msgs.msg import Header

from trainer_core.clock import SECOND
from trainer_core.people import People, Person
from trainer_msgs.msg import Keypoint, PersonArray
from trainer_msgs.msg import Person as PersonMessage


def stamp_ns(stamp: Time) -> int:
    """A message's stamp as integer nanoseconds."""
    return stamp.sec * SECOND + stamp.nanosec


def to_stamp(ns: int) -> Time:
    """Integer nanoseconds as a message's stamp."""
    return Time(sec=int(ns // SECOND), nanosec=int(ns % SECOND))


def people_to_message(people: People, header: Header) -> PersonArray:
    """Pixels become [0, 1] of the image; header is that of the image."""
    size = (people.width, people.height)
    return PersonArray(
        header=header, image_width=int(people.width), image_height=int(people.height),
        people=[
            PersonMessage(
                id=p.id, score=float(p.score), orientation=float(p.orientation),
                keypoints=_keypoints(p.keypoints, size), raw=_keypoints(p.raw, size))
            for p in people.people])


def people_from_message(message: PersonArray) -> People:
    """[0, 1] of the image becomes pixels."""
    size = (message.image_width, message.image_height)
    return People(
        stamp_ns(message.header.stamp), message.image_width, message.image_height,
        [
            Person(p.id, _pose(p.keypoints, size), _pose(p.raw, size), p.score, p.orientation)
            for p in message.people])


def _keypoints(pose: np.ndarray, size: tuple[int, int]) -> list[Keypoint]:
    w, h = size
    return [
        Keypoint(x=float(x) / w, y=float(y) / h, confidence=float(c)) for x, y, c in pose]


def _pose(keypoints: list[Keypoint], size: tuple[int, int]) -> np.ndarray:
    w, h = size
    return np.array([(k.x * w, k.y * h, k.confidence) for k in keypoints], float)
