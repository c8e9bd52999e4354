"""Markers: where they are, what they show, when they go; and the node on real rclpy."""

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticStatus
from marker_screen import BACKGROUND, Screen
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger
from visualization_msgs.msg import Marker, MarkerArray

from trainer.markers import convert
from trainer.markers.figure import LEFT, RIGHT, WRONG, Look, figure, hint_text, of_part
from trainer.markers.markers_node import MarkersNode, MarkersParams
from trainer.markers.placing import Camera, place
from trainer.markers.scene import Fault, Progress, Scene, Settings
from trainer_core.clock import SECOND
from trainer_core.people import People, Person
from trainer_core.ros.convert import people_to_message, to_stamp
from trainer_core.ros.params import table
from trainer_core.ros.stage import Stage
from trainer_core.skeleton import INDEX
from trainer_msgs.msg import (
    FormScore,
    Hint,
    Identity,
    IdentityArray,
    PartScore,
    PersonArray,
    SetState,
)
from trainer_sim.track import open_track

K = (600.0, 0.0, 320.0, 0.0, 600.0, 240.0, 0.0, 0.0, 1.0)
CAMERA = Camera(640, 480, K)


def standing(x: float = 320.0, size: float = 360.0) -> np.ndarray:
    """A pose (18, 3) seen from the front, size px high, feet at the bottom."""
    heights = {'nose': .93, 'eye': .95, 'ear': .94, 'neck': .82, 'shoulder': .82, 'elbow': .634,
               'wrist': .488, 'hip': .532, 'knee': .287, 'ankle': .041}
    pose = np.ones((18, 3))
    for name, i in INDEX.items():
        side, _, part = name.rpartition('_')
        pose[i, :2] = (
            x + {'left': .08, 'right': -.08}.get(side, 0) * size, 460 - heights[part] * size)
    return pose


def people(stamp: float = 0.0, **poses: np.ndarray) -> People:
    """People by id in a picture of 640 x 480; stamp in s."""
    return People(round(stamp * SECOND), 640, 480, [
        Person(name, pose, pose, 1.0) for name, pose in poses.items()])


def shown(drawing) -> set[str]:
    return {shape.namespace for shape, _ in drawing.shapes}


# --- where


@pytest.mark.parametrize(('pixel', 'metres'), [
    ((320, 240), (0, 0, 1)), ((320, 0), (0, -0.5, 1)), ((640, 480), (2 / 3, 0.5, 1)),
])
def test_an_uncalibrated_picture_is_a_plane_one_metre_high(pixel, metres):
    flat = place(640, 480, None, 300, 1.75, 1.0)
    assert flat.points([pixel])[0] == pytest.approx(metres)
    assert place(640, 480, Camera(640, 480, (0.0,) * 9), 300, 1.75, 1.0) == flat


def test_a_calibrated_camera_places_people_by_their_size():
    near = place(640, 480, CAMERA, 350, 1.75, 1.0)
    assert near.depth == pytest.approx(3.0)
    top, bottom = near.points([(320, 240 - 175), (320, 240 + 175)])
    assert bottom - top == pytest.approx([0, 1.75, 0])
    assert 350 * near.metres == pytest.approx(1.75)
    assert place(640, 480, CAMERA, 175, 1.75, 1.0).depth == pytest.approx(6.0)


def test_a_picture_of_half_the_size_is_the_same_place():
    a, b = place(640, 480, CAMERA, 350, 1.75, 1.0), place(320, 240, CAMERA, 175, 1.75, 1.0)
    assert a.points([(100, 50)]) == pytest.approx(b.points([(50, 25)]))


@pytest.mark.parametrize('model', ['plumb_bob', 'equidistant'])
def test_the_distortion_of_the_lens_is_taken_out(model):
    bent = Camera(640, 480, K, (-0.2, 0.05, 0.0, 0.0), model)
    straight, curved = (
        place(640, 480, c, 350, 1.75, 1.0).points([(320, 240), (600, 240)]) for c in (CAMERA, bent))
    assert curved[0] == pytest.approx(straight[0])
    assert curved[1, 0] > straight[1, 0] + 0.02


# --- what


def test_limbs_have_the_colour_of_their_side_and_what_is_not_found_is_left_out():
    pose = standing()
    pose[INDEX['left_ankle'], 2] = 0.0
    skeleton = figure('p', pose, 360, Look())[0]
    assert len(skeleton.points) == len(skeleton.colours) == 2 * 16
    assert not (skeleton.points == pose[INDEX['left_ankle'], :2]).all(1).any()
    assert figure('p', np.zeros((18, 3)), 360, Look()) == []


def test_an_arc_opens_by_its_angle_and_says_the_degrees():
    pose = standing()
    pose[INDEX['left_wrist'], :2] = pose[INDEX['left_elbow'], :2] + (60, 0)  # forearm level
    shapes = {s.key: s for s in figure('p', pose, 360, Look(joints=('left_elbow',)))}
    arc = shapes['p/angles', 0].points - pose[INDEX['left_elbow'], :2]
    ends = [math.degrees(math.atan2(*arc[i][::-1])) for i in (0, -1)]
    assert ends == pytest.approx([-90, 0], abs=0.1)
    assert np.ptp(np.hypot(*arc.T)) < 1e-9
    assert shapes['p/degrees', 0].text == '90°'


@pytest.mark.parametrize(('part', 'keypoints', 'limbs'), [
    ('left_knee', 1, 0), ('left_upper_leg', 0, 1), ('right_forearm', 0, 1), ('torso', 0, 2),
    ('head', 0, 5), ('body', 0, 17), ('tail', 0, 0), ('', 0, 0),
])
def test_parts_by_the_names_that_form_uses(part, keypoints, limbs):
    found = of_part(part)
    assert (len(found[0]), len(found[1])) == (keypoints, limbs)


def test_parts_that_are_wrong_are_coloured_with_the_hint_beside_them():
    look = Look(wrong={'left_knee', 'left_upper_leg'}, hints=[('left_knee', 'bend 20°')])
    shapes = {s.key: s for s in figure('p', standing(), 360, look)}
    assert shapes['p/skeleton', 1].colours == [WRONG] * 2
    assert shapes['p/wrong', 0].points.tolist() == [standing()[INDEX['left_knee'], :2].tolist()]
    hint = shapes['p/hints', 0]
    assert hint.text == 'bend 20°' and hint.points[0, 0] > standing()[:, 0].max()
    assert not any(s.kind == 'text' for s in figure('p', standing(), 360, Look(texts=False)))


@pytest.mark.parametrize(('hint', 'text'), [
    (Hint(part='left_knee', direction='bend', amount=0.35, moment='bottom'),
     'bend left knee 20° (bottom)'),
    (Hint(part='body', direction='slower', amount=0.3), 'slower 30%'),
    (Hint(part='torso', direction='raise'), 'raise torso'),
])
def test_hints_in_words(hint, text):
    assert hint_text(hint) == text


@pytest.mark.parametrize(('state', 'count', 'phase'), [
    (SetState(state=SetState.ACTIVE, reps=3, target_reps=10, phase='down'), '3 / 10', 'down'),
    (SetState(state=SetState.SETTLING, reps=0), '0', 'settling'),
    (SetState(state=SetState.ARMED, hold_seconds=12.4, target_seconds=30.0), '12 / 30 s', ''),
])
def test_the_count_in_words(state, count, phase):
    progress = convert.progress_from_message(state)
    assert (progress.count, progress.phase) == (count, phase)


# --- when


def test_who_leaves_is_taken_away_and_who_stays_is_not():
    scene = Scene()
    both = scene.people(people(0, ana=standing(200), ben=standing(400)))
    assert shown(both) == {f'{n}/{part}' for n in ('ana', 'ben')
                           for part in ('skeleton', 'joints', 'name')}
    one = scene.people(people(0.03, ana=standing(200)))
    assert one.gone == [('ben/joints', 0), ('ben/name', 0), ('ben/skeleton', 0)]
    assert scene.people(people(0.06)).gone == [
        ('ana/joints', 0), ('ana/name', 0), ('ana/skeleton', 0)]
    assert scene.people(people(0.1)) == scene.people(people(0.2))


def test_counts_and_faults_are_shown_for_their_time():
    scene = Scene(Settings(form_seconds=4.0))
    scene.names = {'p': 'Ana'}
    scene.progressed('p', Progress(0, ('left_knee',), '3 / 10', 'down'))
    scene.judged('p', Fault(0, frozenset({'left_knee'}), (('left_knee', 'bend'),)))
    seen = {t: shown(scene.people(people(t, p=standing()))) for t in (0.5, 2.0, 3.9, 4.1)}
    assert {'p/count', 'p/angles', 'p/degrees', 'p/phase', 'p/wrong', 'p/hints'} <= seen[0.5]
    assert 'p/count' not in seen[2.0]
    assert 'p/wrong' in seen[3.9] and 'p/wrong' not in seen[4.1]


def test_time_that_goes_back_forgets():
    scene = Scene()
    scene.people(people(5, p=standing()))
    scene.judged('p', Fault(5 * SECOND, frozenset({'head'}), (('head', 'raise'),)))
    assert 'p/hints' in shown(scene.people(people(5.1, p=standing())))
    assert 'p/hints' not in shown(scene.people(people(0, p=standing())))


def test_a_ghost_comes_and_goes_by_itself():
    scene = Scene()
    scene.people(people(0, p=standing()))
    drawing = scene.ghosts(people(0, p=standing()))
    assert shown(drawing) == {'p/ghost'} and not drawing.gone
    assert scene.people(people(0.03, p=standing())).gone == []
    assert scene.ghosts(people(0.06)).gone == [('p/ghost', 0)]


def test_depth_does_not_jitter_with_the_joints():
    scene, rng = Scene(), np.random.default_rng(0)
    scene.camera = CAMERA
    depths = []
    for i in range(90):
        pose = standing()
        pose[:, :2] += rng.normal(0, 4, (18, 2))
        depths.append(scene.people(people(i / 30, p=pose)).shapes[0][1].depth)
    assert np.std(depths[30:]) < 0.03


@pytest.mark.parametrize('camera', [None, CAMERA], ids=['flat', 'metric'])
def test_the_scene_as_a_picture(camera, tmp_path):
    """Drawn as a display would: the skeleton lies on the body, and later all has vanished."""
    scene, screen, seen = Scene(), Screen(), people(0, p=standing(250))
    scene.camera = camera
    scene.judged('p', Fault(0, frozenset({'left_upper_leg'}), ()))
    screen.take(convert.drawing_to_message(scene.people(seen), header(0), 0.5))
    depth = screen.markers['p/skeleton', 0].points[0].z
    picture = screen.picture(metres=depth / 600 if camera else 1 / 480)
    cv2.imwrite(str(tmp_path / 'scene.png'), picture)  # for whoever wants to look
    pose = standing(250)
    for names, colour in (
            (('left_hip', 'left_knee'), WRONG), (('left_elbow', 'left_wrist'), LEFT),
            (('right_knee', 'right_ankle'), RIGHT)):
        x, y = pose[[INDEX[name] for name in names], :2].mean(0).round().astype(int)
        assert picture[y, x] == pytest.approx([c * 255 for c in colour[2::-1]], abs=6), names
    assert tuple(picture[240, 500]) == BACKGROUND
    assert screen.at(round(0.4 * SECOND)) and not screen.at(round(0.6 * SECOND))
    assert (screen.picture() == BACKGROUND).all()


# --- the node


class Display(Stage):
    """The markers node, somebody who sends what it listens to, and a display."""

    def __init__(self, **given):
        super().__init__()
        self.node = self.add(MarkersNode, parameters=given)
        self.senders = {
            topic: self.other.create_publisher(kind, topic, 10) for topic, kind in (
                ('poses', PersonArray), ('ghost', PersonArray), ('set_state', SetState),
                ('form', FormScore), ('identities', IdentityArray), ('camera_info', CameraInfo))}

    def watch(self):
        """Subscribe, as RViz would, and wait until the node listens."""
        display = self.listen('markers', MarkerArray)
        self.until(lambda: all(s.get_subscription_count() for s in self.senders.values()))
        self.until(lambda: self.other.count_publishers('markers'))
        return display

    def send(self, topic, message):
        self.senders[topic].publish(message)

    def drawn(self, topic, message) -> list[Marker]:
        """The markers that a message leads to."""
        before = len(self.heard['markers'])
        self.send(topic, message)
        self.until(lambda: len(self.heard['markers']) > before)
        return self.heard['markers'][-1].markers



@pytest.fixture
def stage():
    stage = Display()
    yield stage
    stage.close()


def header(stamp: float) -> Header:
    return Header(frame_id='camera_optical_frame', stamp=to_stamp(round(stamp * SECOND)))


def message(stamp: float, **poses: np.ndarray) -> PersonArray:
    return people_to_message(people(stamp, **poses), header(stamp))


def test_markers_have_the_frame_the_stamp_and_a_life(stage):
    stage.watch()
    track = open_track('pair')
    seen = [p for p in track if len(p.people) == 3][0]
    sent = people_to_message(seen, header(seen.stamp / SECOND))
    markers = stage.drawn('poses', sent)
    assert {(m.header.frame_id, m.header.stamp.sec, m.header.stamp.nanosec) for m in markers} == {
        ('camera_optical_frame', sent.header.stamp.sec, sent.header.stamp.nanosec)}
    assert {m.ns.split('/')[0] for m in markers} == {p.id for p in seen.people}
    assert len({(m.ns, m.id) for m in markers}) == len(markers)
    assert {(m.lifetime.sec, m.lifetime.nanosec) for m in markers} == {(0, SECOND // 2)}
    for m in markers:
        assert m.action == Marker.ADD and m.pose.orientation.w == 1.0 and m.color.a > 0
        assert len(m.points) == len(m.colors)
        assert (m.scale.z if m.type == Marker.TEXT_VIEW_FACING else m.scale.x) > 0
    gone = stage.drawn('poses', message(seen.stamp / SECOND + 0.03, p0000=standing()))
    deleted = {m.ns.split('/')[0] for m in gone if m.action == Marker.DELETE}
    assert deleted == {p.id for p in seen.people} - {'p0000'}


def test_everything_that_is_known_is_drawn(stage):
    display = stage.watch()
    stage.send('identities', IdentityArray(identities=[
        Identity(track_id='ana', state=Identity.KNOWN, name='Ana')]))
    stage.send('set_state', SetState(
        header=header(1), track_id='ana', state=SetState.ACTIVE, reps=4, target_reps=8,
        phase='bottom', joints=['left_knee', 'right_knee'], measurable=[True, False]))
    stage.send('form', FormScore(
        header=header(1), track_id='ana', threshold=0.2,
        parts=[PartScore(part='right_forearm', judged=True, distance=0.5),
               PartScore(part='left_forearm', judged=False, distance=0.5)],
        hints=[Hint(part='left_knee', direction='bend', amount=0.35, moment='bottom')]))
    texts = {}

    def all_there():
        markers = stage.drawn('poses', message(1.1, ana=standing()))
        texts.clear()
        texts.update({m.ns: m.text for m in markers if m.text})
        return 'ana/hints' in texts and 'ana/count' in texts and texts['ana/name'] == 'Ana'

    stage.until(all_there)
    assert texts == {
        'ana/name': 'Ana', 'ana/count': '4 / 8', 'ana/phase': 'bottom', 'ana/degrees': '180°',
        'ana/hints': 'bend left knee 20° (bottom)'}
    last = {(m.ns, m.id): m for m in stage.heard['markers'][-1].markers}
    assert len(last['ana/skeleton', 1].points) == 2  # the forearm that was judged
    ghost, = stage.drawn('ghost', message(1.1, ana=standing(330)))
    assert (ghost.ns, ghost.header.stamp) == ('ana/ghost', to_stamp(round(1.1 * SECOND)))
    assert 0 < ghost.color.a < 1
    stage.said('in the plane of the picture')
    info = CameraInfo(header=header(1), width=640, height=480, k=K, distortion_model='plumb_bob')
    stage.send('camera_info', info)
    stage.until(lambda: stage.node.scene.metric)
    markers = stage.drawn('poses', message(1.2, ana=standing()))
    assert {round(p.z, 1) for m in markers for p in m.points} == {2.9}
    assert stage.call(Trigger, 'markers/reset').success
    stage.other.destroy_subscription(display)
    stage.until(lambda: not any(s.get_subscription_count() for s in stage.senders.values()))
    stage.said('idle: nobody looks')


def test_switched_off_it_listens_to_nothing(stage):
    stage.watch()
    assert stage.call(SetBool, 'markers/enable', data=False).success
    stage.until(lambda: not any(s.get_subscription_count() for s in stage.senders.values()))
    stage.said('switched off', DiagnosticStatus.STALE)


def test_no_poses_are_a_warning(stage):
    stage.watch()
    stage.said('no poses for 5 s on /trainer/poses (1 publishers)', DiagnosticStatus.WARN)




def test_readme_has_the_parameters():
    readme = Path(__file__).parents[1] / 'README.md'
    assert table(MarkersParams) in readme.read_text()
