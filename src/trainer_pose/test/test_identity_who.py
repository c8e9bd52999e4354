"""From looks to names: who is known, unsure, unknown, and for how long."""

import math

import numpy as np
import pytest
from looks import ANN, BOB, EVERYBODY, FACE, GOOD, Scene, body, encoding, face, image, person

from trainer_pose.identity import quality
from trainer_pose.identity.enrolment import Enrolment
from trainer_pose.identity.gallery import Entry, Gallery
from trainer_pose.identity.head import find_head
from trainer_pose.identity.who import Settings, State

TWIN = Entry('t0000', 'Twin', np.array([encoding(0) + 0.04 * np.eye(128)[90]]))


@pytest.mark.parametrize(('seconds', 'shown', 'off', 'name'), [
    (0.1, 0, 0.0, 'unsure'),  # one look is not enough
    (2.0, 0, 0.0, 'Ann'),
    (2.0, 1, 0.3, 'Bob'),
    (2.0, 1, 0.49, 'Bob'),
    (2.0, 1, 0.52, 'unsure'),  # like Bob, but not enough for a name
    (2.0, 1, 0.61, 'unknown'),
    (2.0, 7, 0.0, 'unknown'),
    (9.0, None, 0.0, 'unsure'),  # a face is never seen
    (9.0, 'away', 0.0, 'unsure'),
])
def test_what_looks_give(seconds, shown, off, name):
    assert Scene().shows(seconds, {'p1': shown}, off).names() == {'p1': name}


def test_with_nobody_enrolled_everybody_is_unknown_at_once():
    scene = Scene(Gallery()).shows(0.1, {'p1': 'away'})
    assert scene.names() == {'p1': 'unknown'}
    assert math.isnan(scene.answers()['p1'].distance)


def test_no_name_where_two_people_are_alike():
    scene = Scene(Gallery([ANN, BOB, TWIN])).shows(9.0, {'p1': 0, 'p2': 1})
    assert scene.names() == {'p1': 'unsure', 'p2': 'Bob'}
    assert scene.answers()['p1'].margin < 0.07


def test_an_answer_says_how_near_and_on_how_many_looks():
    answer = Scene().shows(4.0, {'p1': 1}, off=0.3).answers()['p1']
    assert (answer.person_id, answer.name, answer.looks) == ('b0000', 'Bob', 3)
    assert answer.distance == pytest.approx(0.3)
    assert answer.margin == pytest.approx(math.hypot(0.8, 0.3) - 0.3)


def test_looks_that_do_not_agree_give_no_name():
    scene = Scene()
    for shown in (0, 1, 0, 1, 0, 1):
        scene.shows(0.5, {'p1': shown})
    assert scene.names() == {'p1': 'unsure'}


@pytest.mark.parametrize('hidden', [None, 'away'])
def test_a_name_stays_while_the_face_is_not_seen(hidden):
    scene = Scene().shows(3.0, {'p1': 0}).shows(60.0, {'p1': hidden})
    assert scene.names() == {'p1': 'Ann'}


def test_a_name_stays_when_looks_become_poor():
    scene = Scene().shows(3.0, {'p1': 0}, off=0.45).shows(60.0, {'p1': 0}, off=0.56)
    assert scene.names() == {'p1': 'Ann'}
    assert scene.answers()['p1'].distance > 0.5


def test_a_track_that_was_away_is_looked_at_again():
    scene = Scene(settings=Settings(rate=2.0, check_every=1000.0)).shows(6.0, {'p1': 0})
    scene.shows(1.5, {}).shows(4.0, {'p1': 1})  # not the same as before
    assert scene.names() == {'p1': 'Bob'}


def test_who_comes_closer_is_looked_at_again():
    scene = Scene().shows(30.0, {'p1': None}, size=0.5)
    n = len(scene.looks)
    scene.shows(2.0, {'p1': 0})
    assert scene.names() == {'p1': 'Ann'} and len(scene.looks) - n <= 4


def test_a_name_outlives_a_moment_without_the_body():
    scene = Scene().shows(3.0, {'p1': 0}).shows(2.0, {}).shows(0.5, {'p1': 'away'})
    assert scene.names() == {'p1': 'Ann'}


def test_a_name_ends_with_the_track():
    scene = Scene().shows(3.0, {'p1': 0}).shows(6.0, {})
    assert scene.names() == {}
    assert scene.shows(1.0, {'p2': 'away'}).names() == {'p2': 'unsure'}
    assert scene.shows(1.0, {'p1': 'away'}).names()['p1'] == 'unsure'


def test_two_at_once():
    scene = Scene().shows(4.0, {'p1': 0, 'p2': 1})
    assert scene.names() == {'p1': 'Ann', 'p2': 'Bob'}
    assert scene.shows(3.0, {'p1': 'away', 'p2': 1, 'p3': 2}).names() == {
        'p1': 'Ann', 'p2': 'Bob', 'p3': 'Carl'}


def test_one_person_is_in_one_place():
    scene = Scene().shows(3.0, {'p1': 0}, off=0.2).shows(3.0, {'p1': 0, 'p2': 0}, off=0.3)
    assert scene.names() == {'p1': 'Ann', 'p2': 'unsure'}
    # A mirror image that is gone from view holds no name back.
    assert scene.shows(0.2, {'p2': 0}, off=0.3).names()['p2'] == 'Ann'


@pytest.mark.parametrize(('other', 'then'), [(1, 'Bob'), (7, 'unknown')])
def test_a_name_is_let_go_when_the_face_is_another(other, then):
    scene = Scene(settings=Settings(rate=2.0, check_every=5.0)).shows(3.0, {'p1': 0})
    names = []
    for _ in range(12):
        names.append(scene.shows(1.0, {'p1': other}).names()['p1'])
    assert list(dict.fromkeys(names)) == ['Ann', 'unsure', then]
    assert names.index('unsure') <= 7  # a check, and two looks more


def test_a_name_survives_a_look_that_is_wrong():
    scene = Scene(settings=Settings(rate=2.0, check_every=5.0)).shows(3.0, {'p1': 0})
    for _ in range(4):
        scene.who.saw('p1', face(1))
        scene.shows(1.0, {'p1': 0})
        assert scene.names() == {'p1': 'Ann'}


def test_bodies_that_crossed_are_looked_at_again():
    scene = Scene(settings=Settings(rate=2.0, check_every=1000.0)).shows(6.0, {'p1': 0, 'p2': 1})
    scene.looks.clear()
    scene.shows(5.0, {'p1': 0, 'p2': 1})
    assert scene.looks == []
    together = {'p1': 300.0, 'p2': 320.0}
    scene.shows(0.3, {'p1': 'away', 'p2': 'away'}, places=together)
    scene.shows(6.0, {'p1': 1, 'p2': 0})  # the tracker mixed them up
    assert scene.names() == {'p1': 'Bob', 'p2': 'Ann'}


@pytest.mark.parametrize(('faces', 'rate', 'most'), [
    ({'p1': None}, 1.0, 12 + 5), ({'p1': None, 'p2': None, 'p3': None}, 1.0, 36 + 15),
    ({'p1': 0}, 1.0, 3 + 6), ({'p1': 7}, 1.0, 6 + 6), ({'p1': 'away'}, 10.0, 0)])
def test_looks_are_few(faces, rate, most):
    scene = Scene(settings=Settings(rate=rate)).shows(60.0, faces)
    assert len(scene.looks) <= most
    times = [time for time, _ in scene.looks]
    assert all(b - a >= 1 / rate - 0.05 for a, b in zip(times, times[1:], strict=False))


def test_looks_are_shared_out():
    looks = Scene().shows(3.0, {'p1': None, 'p2': None}).looks
    assert [track for _, track in looks] == ['p1', 'p2'] * 3


def test_a_face_that_is_missed_is_searched_farther_around():
    scene = Scene()
    wide = []
    for i in range(4):
        look = scene.who.update(image(i, person('p1')))
        wide.append(look.wide)
        scene.who.saw('p1', None)
    assert wide == [False, True, False, True]


def test_who_is_enrolled_is_known_at_once_and_who_is_forgotten_is_not():
    scene = Scene(Gallery([BOB])).shows(4.0, {'p1': 0, 'p2': 1})
    assert scene.names() == {'p1': 'unknown', 'p2': 'Bob'}
    scene.who.gallery = Gallery([ANN])
    assert scene.names() == {'p1': 'Ann', 'p2': 'unknown'}


def test_time_that_jumps_begins_anew():
    scene = Scene().shows(3.0, {'p1': 0})
    scene.time = 0.0
    assert scene.shows(0.1, {'p1': 'away'}).names() == {'p1': 'unsure'}


def test_the_same_looks_give_the_same_answers():
    assert Scene().shows(9.0, {'p1': 0, 'p2': 7}).answers() == Scene().shows(
        9.0, {'p1': 0, 'p2': 7}).answers()


# Where the face is.

@pytest.mark.parametrize('degrees', [0, 30, 90, 180, -90])
def test_a_head_is_found_whichever_way_up(degrees):
    head = find_head(body(500, 400, turned=math.radians(degrees), size=1.5))
    assert math.hypot(head.x - 500, head.y - 400) < 20
    assert head.eyes == pytest.approx(30, rel=0.25)
    assert math.degrees(head.angle) == pytest.approx(degrees, abs=3) or degrees == 180
    # The region shows it upright, in the middle.
    eyes = head.region().to_picture(np.array([[103.0, 114, 1], [153, 114, 1]]))[:, :2]
    across = eyes[1] - eyes[0]
    assert math.degrees(math.atan2(across[1], across[0])) % 360 == pytest.approx(
        degrees % 360, abs=5)


@pytest.mark.parametrize(('hidden', 'seen'), [
    ((), True), (('left_eye', 'left_ear'), True), (('right_ear', 'left_ear'), True),
    (('nose',), False), (('right_eye', 'left_eye'), False), (FACE, False),
    (('neck', 'right_shoulder', 'left_shoulder', 'right_hip', 'left_hip'), True)])
def test_which_heads_show_a_face(hidden, seen):
    head = find_head(body(500, 400, hidden))
    assert (head is not None) == seen
    if head:
        assert head.eyes == pytest.approx(20, rel=0.3)


# What is good enough.

@pytest.mark.parametrize(('change', 'said'), [
    ({}, ''),
    ({'eyes': 14.0}, 'come closer: your eyes are 14 pixels apart, 24 are needed'),
    ({'brightness': 20.0}, 'make more light'),
    ({'contrast': 5.0}, 'make more light'),
    ({'brightness': 250.0}, 'the light is too strong'),
    ({'turned': 0.4}, 'look at the camera'),
    ({'sharpness': 0.05}, 'hold still'),
])
def test_what_would_make_a_look_better(change, said):
    complaint = quality.complaint(
        quality.Quality(**{**vars(GOOD), **change}), quality.TO_ENROLL)
    assert complaint.startswith(said) if said else complaint == ''


def looked(*faces, limit=15.0):
    enrolment = Enrolment('Ann', 'p1', wanted=3, limit=limit)
    for i, each in enumerate(faces):
        stamp = i * 500_000_000
        enrolment.passed(stamp)
        if not enrolment.done and enrolment.wants(stamp):
            enrolment.saw(stamp, each)
    return enrolment


SMALL = quality.Quality(**{**vars(GOOD), 'eyes': 13.0})


@pytest.mark.parametrize(('faces', 'limit', 'kept', 'failure'), [
    ([face(0)] * 3, 15, 3, ''),
    ([None, face(0, quality=SMALL), face(0), face(0), face(0)], 15, 3, ''),
    ([face(0, quality=SMALL)] * 5, 1, 0,
     'come closer: your eyes are 13 pixels apart, 24 are needed'),
    ([None] * 5, 1, 0, 'look at the camera: no face is seen'),
    ([face(0), face(1)], 15, 1, 'two people in view: '
     'let only the one be seen who is to be enrolled'),
])
def test_enrolment(faces, limit, kept, failure):
    enrolment = looked(*faces, limit=limit)
    assert (enrolment.done, len(enrolment.faces), enrolment.failure) == (True, kept, failure)


def test_an_enrolment_without_images_ends_with_what_to_do():
    nobody, turned_away = Enrolment('Ann', 'p1'), Enrolment('Ann', 'p1')
    turned_away.passed(0, here=True)
    nobody.give_up()
    turned_away.give_up()
    assert nobody.failure == 'nobody was to be seen; stand in front of the camera and try again'
    assert turned_away.failure == 'look at the camera: no face is seen'


def test_states_are_those_of_the_message():
    from trainer_msgs.msg import Identity
    assert {s.name: int(s) for s in State} == {
        name: getattr(Identity, name) for name in ('UNKNOWN', 'UNSURE', 'KNOWN')}


def test_everybody_is_far_from_everybody():
    assert EVERYBODY.nearest(encoding(0)).margin == pytest.approx(0.8)
