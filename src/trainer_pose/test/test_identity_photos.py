"""Real faces of public people, where the photos are (../shared/faces): nobody gets a wrong name."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from identity_stage import Room
from looks import image, person

from trainer.cli import main as cli
from trainer_core.database import open_database
from trainer_pose.identity import people as store
from trainer_pose.identity.gallery import DEFAULT, Gallery
from trainer_pose.identity.head import Head, find_head
from trainer_pose.identity.photos import PhotoReader
from trainer_pose.identity.who import Settings, State, Who
from trainer_pose.paf.estimator import PoseEstimator

PHOTOS = Path(__file__).resolve().parents[4] / 'shared' / 'faces'
if not PHOTOS.is_dir():
    pytest.skip('the photos are not here (../shared/faces)', allow_module_level=True)
pytest.importorskip('face_recognition', reason='face_recognition is not installed')
pytestmark = pytest.mark.timeout(300)  # 20 s of a core, which may be busy

TRAIN = {folder.name: sorted(folder.iterdir()) for folder in sorted((PHOTOS / 'train').iterdir())}
TEST = {  # who is in a photo, the largest first
    'alex_lacamoire1.jpg': ['alex_lacamoire'],
    'johnsnow_test1.jpg': ['kit_harington'],
    'kit_with_rose.jpg': ['kit_harington', 'rose_leslie'],
    'obama1.jpg': ['obama'],
    'obama_and_biden.jpg': ['obama', 'biden', ''],
}


@pytest.fixture(scope='module')
def reader():
    return PhotoReader()


@pytest.fixture(scope='module')
def pose_network():
    return PoseEstimator()


@pytest.fixture(scope='module')
def asked(reader):
    """Encodings of the faces in the test photos, with who it is."""
    return [
        (name, face) for photo, names in TEST.items()
        for name, face in zip(names, reader.faces(str(PHOTOS / 'test' / photo)), strict=True)]


@pytest.fixture(scope='module')
def database(tmp_path_factory):
    """With everybody of the train folder, added from the command line."""
    file = tmp_path_factory.mktemp('faces') / 'trainer.sqlite'
    for name, photos in TRAIN.items():
        assert cli(['people', '--database', str(file), 'add', name, *map(str, photos)]) == 0
    return file


@pytest.fixture(scope='module')
def gallery(database):
    with open_database(database) as opened:
        return store.load(opened)


def test_everybody_is_recognised_and_strangers_are_not(gallery, asked):
    for name, face in asked:
        match = gallery.nearest(face.encoding)
        if name:
            assert match.accepted(DEFAULT) and match.entry.name == name
        else:
            assert match.distance > DEFAULT.unsure


def test_who_is_not_enrolled_gets_no_name(gallery, asked):
    for name, face in asked:
        others = Gallery([e for e in gallery.entries.values() if e.name != name])
        assert others.nearest(face.encoding).distance > DEFAULT.unsure


def seen(picture, face, eyes, turned=0.0, gain=1.0, seed=0):
    """What a camera sees: the face so many px between the eyes, turned clockwise (degrees), darker,
    with noise; and its head."""
    noise = np.random.default_rng(seed)
    side, scale = 14 * eyes, eyes / face.quality.eyes
    across = face.eyes[1] - face.eyes[0]
    m = cv2.getRotationMatrix2D(
        face.centre.tolist(), float(np.degrees(np.arctan2(across[1], across[0]))) - turned, scale)
    m[:, 2] += side / 2 - face.centre
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.42 / scale, 0.1))
    small = cv2.GaussianBlur(cv2.warpAffine(soft, m, (side, side)), (0, 0), 0.6)
    grainy = np.clip(gain * small + noise.normal(0, 3, small.shape), 0, 255).astype(np.uint8)
    # As far off as the keypoints of the pose are.
    x, y = side / 2 + noise.normal(0, 0.2 * eyes, 2)
    return grainy, Head(x, y, eyes * float(np.exp(noise.normal(0, 0.1))), np.radians(turned))


@pytest.mark.parametrize(('eyes', 'turned', 'gain'), [
    (20, 0, 1.0), (40, 180, 1.0), (40, -80, 0.25)])
def test_small_turned_and_dark(reader, gallery, asked, eyes, turned, gain):
    """Three looks each, at two people."""
    who = Who(gallery, Settings())
    picture = cv2.imread(str(PHOTOS / 'test' / 'obama_and_biden.jpg'))
    chosen = [(name, face) for name, face in asked if name in ('obama', 'biden')][1:]
    who.update(image(0.0, *(person(name) for name, _ in chosen)))
    for name, face in chosen:
        for seed in range(3):
            scene, head = seen(picture, face, eyes, turned, gain, seed)
            who.saw(name, reader.reader.look(scene, head))
    assert {i.track_id: (i.name, i.state) for i in who.identities()} == {
        name: (name, State.KNOWN) for name, _ in chosen}


def test_a_still_photo_before_the_graph(pose_network, database, tmp_path):
    """Pose network and node together; the network may see more bodies than there are."""
    photo = 'kit_with_rose.jpg'
    picture = cv2.imread(str(PHOTOS / 'test' / photo))
    people = pose_network.detect(picture).people
    assert sum(find_head(p.raw) is not None for p in people) >= 2
    stage = Room(tmp_path)
    try:
        stage.start(database=str(database))
        assert stage.shown_until(
            lambda: {n for n in (stage.names() or {}).values() if n not in ('unsure', 'unknown')}
            == set(TEST[photo]), lambda: stage.send(picture, people))
    finally:
        stage.close()


def test_a_person_far_away_in_a_photo_is_found_by_the_body(reader, asked, tmp_path):
    """Too small for the detector in the whole photo."""
    picture = cv2.imread(str(TRAIN['biden'][0]))
    small = cv2.resize(picture, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)
    scene = np.full((1440, 1920, 3), 90, np.uint8)
    scene[900:900 + small.shape[0], 800:800 + small.shape[1]] = small
    file = tmp_path / 'far.png'
    cv2.imwrite(str(file), scene)
    found = reader.faces(str(file))
    assert len(found) == 1
    biden = next(face for name, face in asked if name == 'biden')
    assert np.linalg.norm(found[0].encoding - biden.encoding) < DEFAULT.unsure
