"""Looks at somebody in a photo laid over each other; whom a photo is of."""

import numpy as np
import pytest
from ideal import body, maps

from trainer_pose.paf import decoder, photo, roi

SIZE = 192


class Perfect:
    """An engine that answers the maps of a body at a known place of its input."""

    stride = 8

    def __init__(self, pose: np.ndarray):
        self._pose = pose

    def infer(self, crop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return maps([self._pose], crop.shape[1], crop.shape[0])


@pytest.mark.parametrize('mirrored', [False, True])
@pytest.mark.parametrize('turn', [*photo.TURNS, 1.0])
def test_what_every_look_saw_lies_where_the_body_is(turn, mirrored):
    truth = body(300, 200, 60)
    region = roi.Roi(310.0, 205.0, 0.6, 0.1, SIZE, SIZE)
    seen = roi.Roi(region.x, region.y, region.scale, region.angle + turn, SIZE, SIZE).matrix()
    shown = truth.copy()
    shown[:, :2] = truth[:, :2] @ seen[:, :2].T + seen[:, 2]
    if mirrored:
        shown = shown[list(photo.MIRROR)]
        shown[:, 0] = SIZE - 1 - shown[:, 0]
    picture = np.zeros((400, 600, 3), np.uint8)
    heat, pafs = photo.look(Perfect(shown), picture, region, turn, mirrored)
    found = decoder.candidates(heat, pafs)
    pose = region.to_picture(decoder.body(found, 8 / photo.FINER))
    assert np.abs(pose[:, :2] - truth[:, :2]).max() < 0.1 * 60
    assert len(decoder.decode(found, 8 / photo.FINER)[0]) == 1  # limbs point along


def test_the_large_one_comes_first_and_nobody_twice():
    near, far = body(320, 240, 60), body(320, 200, 15)
    near[:, 2], far[:, 2] = 0.6, 0.8
    far[:, 0] += 200
    again = near + [2, 1, 0]
    again[:, 2] = 0.5
    found = photo.main_first([far, again, near], (640, 480))
    assert [pose.tobytes() for pose, _ in found] == [near.tobytes(), far.tobytes()]
    assert found[0][1] == pytest.approx(0.6, rel=0.05) and found[1][1] < 0.6
    assert photo.main_first([], (640, 480)) == []


def test_of_two_alike_the_one_in_the_middle_comes_first():
    aside, middle = body(120, 180, 60), body(330, 180, 60)
    first, second = photo.main_first([aside, middle], (640, 480))
    assert first[0] is middle and first[1] > 1.2 * second[1]
