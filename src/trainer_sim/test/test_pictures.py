"""The pictures: the same bytes for the same seed, keypoints where they are drawn, occlusion."""

import cv2
import numpy as np
import pytest

from trainer_core.angles import angle_of
from trainer_core.errors import UserError
from trainer_core.skeleton import INDEX, KEYPOINTS
from trainer_sim import training_samples
from trainer_sim.athlete import open_athlete
from trainer_sim.camera import Camera
from trainer_sim.render.painter import Painter
from trainer_sim.script import BACKGROUNDS
from trainer_sim.script_file import parse
from trainer_sim.visibility import HIDDEN, OUT, SEEN

STAND = 'actors: [{segments: [stand: 0.2]}]\n'


def drawn(text: str, width: int = 320, height: int = 240, frame: int = 0, seed: int = 0):
    athlete = open_athlete(parse(text, 't'), width, height, 10.0, seed)
    return athlete, Painter(athlete.session, seed)(frame)


def test_the_camera_projects_as_a_pinhole():
    camera = Camera(yaw=0, pitch=0, distance=4, height=1.0, fov=90)
    #        in front of the camera: left of the athlete is right in the picture, up is up
    cases = [((0, 0, 1.0), (320, 240, 4)), ((0, 1, 1.0), (380, 240, 4)),
             ((0, 0, 2.0), (320, 180, 4)), ((2, 1, 1.0), (440, 240, 2))]
    for point, pixel in cases:
        assert camera.project(np.array([point], float), 640, 480)[0] == pytest.approx(pixel)
    turned = Camera(yaw=90, pitch=0, distance=4, height=1.0, fov=90)
    assert turned.project(np.array([[1.0, 0, 1]]), 640, 480)[0] == pytest.approx((260, 240, 4))
    above = Camera(yaw=30, pitch=40, distance=3, height=0.5, x=0.3, y=-0.2)
    assert above.project(np.array([[0.3, -0.2, 0.5]]), 640, 480)[0] == pytest.approx((320, 240, 3))


def test_truth_is_what_the_camera_projects():
    athlete, _ = drawn('camera: {yaw: 25, roll: 5}\nactors: [{segments: [squat: 1]}]\n')
    session = athlete.session
    for i in (0, 12, len(athlete) - 1):
        person, = athlete.people(i)
        expected = session.cameras[i].project(person.space, 320, 240)
        assert np.allclose(person.keypoints[:, :2], expected[:, :2])
        pose = np.column_stack([person.keypoints[:, :2], np.ones(18)])
        plane = angle_of(pose, ('left_hip', 'left_knee', 'left_ankle'), 0.5)
        assert person.angles_plane['left_knee'] == pytest.approx(plane)
        assert 0 < person.angles['left_knee'] <= np.pi


def test_the_figure_is_drawn_where_its_keypoints_are():
    text = ('scene: {background: plain, colour: "#00ff00", noise: 0}\n'
            'camera: {yaw: 20}\nactors: [{segments: [jumping_jack: 1]}]\n')
    athlete = open_athlete(parse(text, 't'), 320, 240, 10.0)
    paint = Painter(athlete.session)
    for i in range(0, len(athlete), 4):
        figure = (np.abs(paint(i).astype(int) - [0, 255, 0]).sum(-1) > 60).astype(np.uint8)
        near = cv2.dilate(figure, np.ones((3, 3)))
        person, = athlete.people(i)
        x, y = person.keypoints[:, :2].astype(int).T
        assert near[y, x].all()
        # And nothing is drawn far from the skeleton.
        rows, columns = np.nonzero(figure)
        assert rows.min() > y.min() - 20 and rows.max() < y.max() + 15
        assert columns.min() > x.min() - 20 and columns.max() < x.max() + 20


def test_the_same_seed_gives_the_same_bytes():
    first, second = (drawn(STAND, frame=1, seed=3)[1] for _ in range(2))
    assert first.shape == (240, 320, 3) and first.dtype == np.uint8
    assert (first == second).all()
    assert (first != drawn(STAND, frame=1, seed=4)[1]).any()
    frames = [frame.image for frame in open_athlete(parse(STAND, 't'), 160, 120, 10.0)]
    again = [frame.image for frame in open_athlete(parse(STAND, 't'), 160, 120, 10.0)]
    assert np.array_equal(frames, again) and len(frames) == 2


def test_frames_can_be_drawn_in_any_order():
    athlete = open_athlete('squat', 160, 120, 5.0)
    paint = Painter(athlete.session)
    later = paint(20)
    paint(3)
    assert (paint(20) == later).all()


@pytest.mark.parametrize('background', BACKGROUNDS)
def test_every_background_is_drawn(background):
    _, image = drawn(f'scene: {{background: {background}}}\n' + STAND)
    assert 20 < image.mean() < 240


def test_a_picture_as_background(tmp_path):
    cv2.imwrite(str(tmp_path / 'beach.png'), np.full((50, 70, 3), (200, 100, 50), np.uint8))
    text = 'scene: {background: beach.png, noise: 0}\n' + STAND
    athlete = open_athlete(parse(text, 't', tmp_path), 320, 240)
    assert Painter(athlete.session)(0)[5, 5].tolist() == [200, 100, 50]
    (tmp_path / 'beach.png').write_text('no picture')
    with pytest.raises(UserError, match='beach.png is not a picture that can be read'):
        Painter(athlete.session)


# yaw of the camera, keypoints that must be seen, keypoints that must be covered
SIDES = [
    (0, ('nose', 'left_eye', 'right_eye', 'left_hip', 'right_hip', 'left_wrist'), ()),
    (90, ('left_shoulder', 'left_hip', 'left_ear', 'left_elbow'),
     ('right_shoulder', 'right_hip', 'right_eye', 'right_ear')),
    (180, ('left_shoulder', 'right_shoulder', 'left_knee'), ('nose', 'left_eye', 'right_eye')),
    (-90, ('right_shoulder', 'right_ear'), ('left_shoulder', 'left_ear', 'left_hip')),
]


@pytest.mark.parametrize(('yaw', 'seen', 'covered'), SIDES)
def test_what_the_body_hides_is_covered(yaw, seen, covered):
    athlete, _ = drawn(f'camera: {{yaw: {yaw}, pitch: 3}}\n' + STAND)
    person, = athlete.people(0)
    state = dict(zip(KEYPOINTS, person.keypoints[:, 2], strict=True))
    assert {name: state[name] for name in seen} == dict.fromkeys(seen, SEEN)
    assert {name: state[name] for name in covered} == dict.fromkeys(covered, HIDDEN)


def test_somebody_in_front_and_the_edge_of_the_picture():
    text = ('camera: {yaw: 0, pitch: 0}\nactors:\n'
            '  - {name: back, segments: [stand: 1]}\n'
            '  - {name: front, at: [1, 0], body: {height: 1.9}, segments: [stand: 1]}\n'
            '  - {name: beside, at: [0, 2.1], segments: [stand: 1]}\n')
    athlete, _ = drawn(text)
    back, front, beside = athlete.people(0)
    assert back.keypoints[INDEX['right_hip'], 2] == HIDDEN
    assert front.keypoints[INDEX['right_hip'], 2] == SEEN
    assert {OUT, SEEN} <= set(beside.keypoints[:, 2])


def test_several_people_and_things_are_drawn():
    text = ('camera: {distance: 5, yaw: 20}\nactors:\n'
            '  - {name: a, at: [0, -1], segments: [pull_up: 1]}\n'
            '  - {name: b, at: [0, 1], segments: [deadlift: 1]}\n'
            '  - {name: c, at: [-1, 0], segments: [wall_sit: 1]}\n')
    athlete = open_athlete(parse(text, 't'), 320, 240, 10.0)
    paint = Painter(athlete.session)
    empty = open_athlete(parse('camera: {distance: 5, yaw: 20}\n'
                               'actors: [{segments: [absent: 1]}]\n', 't'), 320, 240, 10.0)
    changed = np.abs(paint(8).astype(int) - Painter(empty.session)(8)).sum(-1) > 60
    for person in athlete.people(8):
        x, y = person.keypoints[INDEX['left_hip'], :2].astype(int)
        assert changed[y - 2:y + 3, x - 2:x + 3].any()
    assert changed.mean() > 0.05


def test_training_samples_are_repeatable_and_labelled():
    first, second = (list(training_samples.samples(6, 5, 128, 128)) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        assert (a.image == b.image).all() and (a.keypoints == b.keypoints).all()
        assert a.image.shape == (128, 128, 3)
        assert a.keypoints.shape[1:] == (18, 3)
        assert set(np.unique(a.keypoints[..., 2])) <= {OUT, HIDDEN, SEEN}
    assert sum(len(s.keypoints) for s in first) >= 6
