"""The identity node on real rclpy; faces are patches of colour, but for the tests with photos."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from diagnostic_msgs.msg import DiagnosticStatus
from identity_stage import FAR, HIDDEN, Colours, Room
from looks import FACE, body
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger

from trainer_core.clock import SECOND
from trainer_core.people import People, Person
from trainer_core.ros.convert import people_to_message, to_stamp
from trainer_core.ros.params import table
from trainer_core.ros.stage import DOMAIN
from trainer_msgs.msg import Identity
from trainer_msgs.srv import Enroll, Forget, ListPeople
from trainer_pose.identity.ros.settings import IdentityParams


@pytest.fixture
def stage(tmp_path, monkeypatch):
    monkeypatch.setattr('trainer_pose.identity.identity_node.FaceReader', Colours)
    stage = Room(tmp_path)
    yield stage
    stage.close()


@pytest.mark.parametrize('compressed', [False, True])
def test_who_is_who(stage, compressed):
    stage.enrolled(Ann=1, Bob=2)
    stage.start(compressed)
    assert stage.known({'p1': 1, 'p2': 2, 'p3': 3}, {'p1': 'Ann', 'p2': 'Bob', 'p3': 'unknown'})
    message = stage.heard['identities'][-1]
    assert message.header.frame_id == 'lens'
    assert 0 < message.header.stamp.sec * SECOND + message.header.stamp.nanosec <= (
        stage.time * SECOND + 1)
    ann = message.identities[0]
    assert (ann.track_id, ann.state, len(ann.person_id), ann.looks >= 3) == (
        'p1', Identity.KNOWN, 5, True)
    assert ann.distance == pytest.approx(0.0, abs=1e-6)
    # The name stays while all turn away.
    stage.heard['identities'].clear()
    assert stage.known(
        {'p1': 1, 'p2': 2, 'p3': 3}, {'p1': 'Ann', 'p2': 'Bob', 'p3': 'unknown'}, hidden=FACE)


def test_nobody_is_told_too(stage):
    stage.start()
    assert stage.known({}, {})
    stage.said('0 known in view', DiagnosticStatus.OK)


def test_enroll_forget_and_list(stage):
    stage.start()
    assert stage.known({'p1': 1}, {'p1': 'unknown'})
    answer = stage.ask(Enroll, 'enroll', Enroll.Request(name='Ann'), {'p1': 1})
    assert answer.success and '5 face encodings stored, no picture' in answer.message
    assert stage.known({'p1': 1}, {'p1': 'Ann'})
    there = stage.ask(ListPeople, 'list_people', ListPeople.Request())
    assert (list(there.person_ids), list(there.names), list(there.encodings)) == (
        [answer.person_id], ['Ann'], [5])
    gone = stage.ask(Forget, 'forget', Forget.Request(person_id='Ann'))
    assert gone.success and 'is forgotten: 5 face encodings' in gone.message
    assert stage.known({'p1': 1}, {'p1': 'unknown'})
    again = stage.ask(Forget, 'forget', Forget.Request(person_id='Ann'))
    assert not again.success and 'nobody is called' in again.message


def test_who_was_enrolled_is_known_after_a_restart(stage):
    stage.start()
    stage.shown_until(lambda: stage.names() == {'p1': 'unknown'}, {'p1': 1})
    assert stage.ask(Enroll, 'enroll', Enroll.Request(name='Ann'), {'p1': 1}).success
    stage.remove(stage.node)
    stage.heard['identities'].clear()
    stage.start()
    assert stage.known({'p7': 1}, {'p7': 'Ann'})


@pytest.mark.parametrize(('faces', 'request_', 'said'), [
    ({}, {'name': 'Ann'}, 'nobody is in view'),
    ({'p1': 1, 'p2': 2}, {'name': 'Ann'}, '2 people are in view'),
    ({'p1': 1}, {'name': 'Ann', 'track_id': 'p9'}, 'nobody called p9 is in view'),
    ({'p1': 1}, {'name': ' '}, 'the name is'),
    ({'p1': HIDDEN}, {'name': 'Ann'}, 'look at the camera'),
    ({'p1': FAR}, {'name': 'Ann'}, 'come closer'),
    ({'p1': 2}, {'name': 'Ann'}, 'this face is known as Bob'),
])
def test_an_enrolment_that_cannot_be_says_what_to_do(stage, faces, request_, said):
    stage.enrolled(Bob=2)
    stage.start(enroll_seconds=2.0)
    # Seen in poses, not necessarily judged.
    assert stage.shown_until(
        lambda: stage.names() is not None and stage.names().keys() == faces.keys(), faces)
    answer = stage.ask(Enroll, 'enroll', Enroll.Request(**request_), faces)
    assert not answer.success and said in answer.message
    assert answer.person_id == ''


def test_one_of_two_is_enrolled_by_track(stage):
    stage.start()
    faces = {'p1': 1, 'p2': 2}
    assert stage.known(faces, {'p1': 'unknown', 'p2': 'unknown'})
    assert stage.ask(Enroll, 'enroll', Enroll.Request(name='Bob', track_id='p2'), faces).success
    assert stage.known(faces, {'p1': 'unknown', 'p2': 'Bob'})


def test_an_enrolment_ends_when_the_images_do(stage, monkeypatch):
    monkeypatch.setattr('trainer_pose.identity.ros.services._SPARE', 0.0)
    stage.start(enroll_seconds=2.0)
    assert stage.known({'p1': HIDDEN}, {'p1': 'unknown'})
    answer = stage.ask(Enroll, 'enroll', Enroll.Request(name='Ann'))
    assert not answer.success and 'nobody was to be seen' in answer.message


def test_what_another_process_adds_is_noticed(stage):
    stage.start()
    assert stage.known({'p1': 1}, {'p1': 'unknown'})
    stage.enrolled(Ann=1)
    assert stage.known({'p1': 1, 'p2': 5}, {'p1': 'Ann', 'p2': 'unknown'})


def test_enable_and_reset(stage):
    stage.enrolled(Ann=1)
    stage.start()
    assert stage.known({'p1': 1}, {'p1': 'Ann'})
    assert stage.ask(SetBool, 'identity/enable', SetBool.Request(data=False)).success
    looks = stage.node.recogniser.looks
    stage.show({'p2': 1})
    stage.said('not enabled', DiagnosticStatus.STALE)
    assert stage.node.recogniser.looks == looks
    assert stage.ask(SetBool, 'identity/enable', SetBool.Request(data=True)).success
    assert stage.ask(Trigger, 'identity/reset', Trigger.Request()).success
    assert stage.known({'p1': HIDDEN}, {'p1': 'unsure'})


def test_without_face_recognition_it_stays_and_says_what_to_install(stage, monkeypatch):
    from trainer_pose.identity.faces import FaceReader
    monkeypatch.setattr('trainer_pose.identity.identity_node.FaceReader', FaceReader)
    monkeypatch.setitem(sys.modules, 'face_recognition_models', None)
    stage.enrolled(Ann=1)
    stage.start()
    stage.said('face_recognition_models is not installed', DiagnosticStatus.ERROR)
    answer = stage.ask(Enroll, 'enroll', Enroll.Request(name='Bob'))
    assert not answer.success and 'pip install' in answer.message
    # Those who are enrolled have a right to be forgotten all the same.
    assert list(stage.ask(ListPeople, 'list_people', ListPeople.Request()).names) == ['Ann']
    assert stage.ask(Forget, 'forget', Forget.Request(person_id='Ann')).success
    # And it works as soon as it is installed.
    monkeypatch.setattr('trainer_pose.identity.identity_node.FaceReader', Colours)
    assert stage.known({'p1': 1}, {'p1': 'unknown'})


def test_a_damaged_database_is_told_and_healed(stage):
    stage.file.write_bytes(b'no database' * 500)
    stage.start()
    stage.said('is damaged', DiagnosticStatus.ERROR)
    answer = stage.ask(Forget, 'forget', Forget.Request(person_id='Ann'))
    assert not answer.success and 'is damaged' in answer.message
    stage.file.rename(stage.file.with_suffix('.damaged'))
    assert stage.known({'p1': 1}, {'p1': 'unknown'})


def test_a_place_that_cannot_be_written_is_told(stage, tmp_path):
    (tmp_path / 'file').write_text('')
    stage.start(database=str(tmp_path / 'file' / 'x.sqlite'))
    stage.said('cannot be opened for writing', DiagnosticStatus.ERROR)


def test_silence_is_told_with_the_topic(stage, monkeypatch):
    monkeypatch.setattr('trainer_pose.identity.identity_node.SILENCE', 0.5)
    stage.start()
    stage.said('no poses for 0.5 s on /trainer/poses', DiagnosticStatus.WARN)


def test_an_image_that_cannot_be_read_is_said(stage):
    stage.start()
    stage.time = 1.0
    header = Header(stamp=to_stamp(SECOND))
    stage.images.publish(
        Image(header=header, encoding='32FC9', height=2, width=2, step=8, data=bytes(16)))
    pose = body(300, 120)
    stage.poses.publish(people_to_message(
        People(0, 1280, 720, [Person('p1', pose, pose, 0.9, 0.0)]), header))
    stage.said('32FC9', DiagnosticStatus.ERROR)
    assert stage.known({'p1': 1}, {'p1': 'unknown'})


def test_the_readme_shows_the_parameters():
    readme = Path(__file__).resolve().parents[1] / 'README.md'
    assert table(IdentityParams) in readme.read_text()


@pytest.mark.parametrize(('sign', 'before'), [
    (signal.SIGINT, "import sys; sys.modules['dlib'] = None; "), (signal.SIGTERM, '')])
def test_ends_quietly(sign, before, tmp_path):
    """While it waits for what is not installed, and while it works."""
    process = subprocess.Popen(
        [sys.executable, '-c',
         f'{before}from trainer_pose.identity.identity_node import main; main()'],
        env={**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN), 'TRAINER_DATA': str(tmp_path)},
        stderr=subprocess.PIPE, text=True)
    try:
        lines = iter(process.stderr.readline, '')
        assert any('->' in line or 'cannot be recognised' in line for line in lines)
        process.send_signal(sign)
        _, rest = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, rest
    assert 'Traceback' not in rest
