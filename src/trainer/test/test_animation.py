"""`./trainer score --video`: as many pictures as the time takes, each with what was known then."""

import cv2
import numpy as np
import pytest
from std_msgs.msg import Header

from trainer import animation, cli
from trainer.animation import Animation
from trainer.canvas import Canvas, bgr
from trainer.plots import OF_VERDICT
from trainer.scoring import open_material
from trainer.videofile import VideoFile
from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_core.people import People
from trainer_core.ros.bags import Writer
from trainer_core.ros.convert import people_to_message, to_stamp
from trainer_core.ros.image import from_bgr
from trainer_counter.reps.opening import open_set
from trainer_sim.script_file import parse
from trainer_sim.track import open_track

SCRIPT = """
name: test
camera: {yaw: 40, pitch: 5, distance: 3.8, height: 0.95}
actors:
  - name: ana
    segments: [{stand: 1.2}, {squat: {reps: 1}}, {stand: 0.6}]
"""


@pytest.fixture(scope='module')
def squat():
    """One squat, as the people of each image."""
    return list(open_track(parse(SCRIPT, 'test'), fps=10))


def played(path) -> tuple[list[np.ndarray], float]:
    """The pictures of a video, and how many a second."""
    video, pictures = cv2.VideoCapture(str(path)), []
    while (read := video.read())[0]:
        pictures.append(read[1])
    return pictures, video.get(cv2.CAP_PROP_FPS)


@pytest.mark.parametrize('ffmpeg', [None, ''], ids=['as installed', 'without ffmpeg'])
def test_a_video_has_its_pictures_and_its_rate(tmp_path, ffmpeg):
    path = tmp_path / 'out.mp4'
    with VideoFile(path, 12.5, ffmpeg) as video:
        for value in (40, 120, 200):
            video.add(np.full((48, 64, 3), value, np.uint8))
    pictures, fps = played(path)
    assert [round(float(p.mean()), -1) for p in pictures] == [40, 120, 200]
    assert fps == pytest.approx(12.5)


@pytest.mark.parametrize(('name', 'sentence'), [
    ('out.avi', 'a name that ends in .mp4'), ('nowhere/out.mp4', 'there is no folder'),
])
def test_a_place_for_no_video_is_said_at_once(tmp_path, name, sentence):
    with pytest.raises(UserError, match=sentence):
        VideoFile(tmp_path / name, 30)


def test_a_failing_ffmpeg_is_said(tmp_path):
    fails = tmp_path / 'ffmpeg'
    fails.write_text('#!/bin/sh\necho "No space left on device" >&2\nexit 1\n')
    fails.chmod(0o755)
    with pytest.raises(UserError, match='out.mp4: No space left on device'), \
            VideoFile(tmp_path / 'out.mp4', 30, str(fails)) as video:
        for _ in range(50):
            video.add(np.zeros((480, 640, 3), np.uint8))


def watch(track, path, fps=10.0) -> list[np.ndarray]:
    """The pictures of an animation of a set of squats."""
    the_set = open_set('squat')
    with Animation(path, the_set, fps) as shown:
        for people in track:
            state, movements = the_set.update(people)
            shown.add(None, people, state, movements)
    return played(path)[0]


def test_time_goes_as_in_the_source(squat, tmp_path):
    """Dropped images are filled, those of another clock or too many are left out."""
    whole = watch(squat[:12], tmp_path / 'whole.mp4')
    assert len(whole) == 12
    assert whole[0].shape == (720 + 250, 960, 3)
    gap = [*squat[:10], *squat[15:20]]
    assert len(watch(gap, tmp_path / 'gap.mp4')) == 20
    back = [*squat[5:12], *squat[:3]]
    assert len(watch(back, tmp_path / 'back.mp4')) == 7
    assert len(watch(squat[:21], tmp_path / 'half.mp4', fps=5.0)) == 11


def test_the_verdict_is_shown_when_it_is_known(squat):
    the_set = open_set('squat')
    shown = Animation('never.mp4', the_set, 10)
    green, counts = np.array(bgr(OF_VERDICT['rep'])), []
    for people in squat:
        state, movements = the_set.update(people)
        shown._states.append(state)
        shown._movements += movements
        if people.stamp == squat[0].stamp:
            shown._first = people.stamp
        drawn = shown.draw(np.full((480, 640, 3), 90, np.uint8), people, state)
        flag = (np.abs(drawn[660:710, 2].astype(int) - green).max(1) < 6).mean()
        counts.append((state.reps, flag > 0.7))
    assert set(counts) == {(0, False), (1, True)}


def test_a_portrait_and_a_small_picture_are_as_wide_as_the_curves_need(squat):
    the_set = open_set('squat')
    state, _ = the_set.update(squat[0])
    portrait = People(0, 1080, 1920, [])
    drawn = Animation('never.mp4', the_set, 10).draw(None, portrait, state)
    assert drawn.shape == (960 + 250, 640, 3)


def test_text_stands_on_one_line_and_ends_at_the_border():
    canvas = Canvas(np.zeros((60, 200, 3), np.uint8))
    for x, text in ((5, 'xyz'), (60, 'HHH'), (190, 'cut off')):
        canvas.text(x, 30, text, 20, (255, 255, 255), 'lm')
    lit = canvas.image[..., 0] > 128
    assert np.flatnonzero(lit[:, 60:110].any(1))[[0, -1]].mean() == pytest.approx(30, abs=1)
    assert lit[:, 190:].any()


def test_the_command_draws_a_joint_track(squat, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(animation, 'LONGEST', 320)
    np.savez(
        tmp_path / 'squat.npz', keypoints=[p.people[0].keypoints for p in squat],
        stamps=[p.stamp for p in squat], size=(640, 480))
    code = cli.main(['score', str(tmp_path / 'squat.npz'), '--exercise', 'squat', '--video',
                     str(tmp_path / 'out.mp4')])
    assert code == 0
    assert 'drawn: ' in capsys.readouterr().err
    assert len(played(tmp_path / 'out.mp4')[0]) == len(squat)
    assert cli.main(['score', str(tmp_path / 'squat.npz'), '--exercise', 'squat', '--video',
                     str(tmp_path / 'out.gif')]) == 2
    assert 'ends in .mp4' in capsys.readouterr().err


def test_a_bag_with_poses_has_its_images_beside_them(squat, tmp_path):
    path = tmp_path / 'bag'
    with Writer(path) as writer:
        for topic, kind in (('/trainer/image_raw', 'sensor_msgs/msg/Image'),
                            ('/trainer/poses', 'trainer_msgs/msg/PersonArray')):
            writer.add(topic, kind)
        for i, people in enumerate(squat[:6]):
            stamp = 7 * SECOND + people.stamp
            header = Header(stamp=to_stamp(stamp))
            if i != 3:  # an image that was lost
                picture = np.full((48, 64, 3), 10 * i, np.uint8)
                writer.write('/trainer/image_raw', from_bgr(picture, header), stamp)
            writer.write('/trainer/poses', people_to_message(people, header), stamp + 1000)
    material = open_material(str(path), pictures=True)
    seen = [(people.stamp, int(material.picture[0, 0, 0])) for people in material.people]
    assert [value for _, value in seen] == [0, 10, 20, 20, 40, 50]
    assert [stamp for stamp, _ in seen] == [7 * SECOND + p.stamp for p in squat[:6]]
    assert material.fps == pytest.approx(10, rel=0.01)
    plain = open_material(str(path))
    assert [p.stamp for p in plain.people] == [stamp for stamp, _ in seen]
    assert plain.picture is None
