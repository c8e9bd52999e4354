"""Bags: what is written is read again, and what cannot be read is said in one sentence."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rclpy.qos import QoSDurabilityPolicy, QoSProfile
from rclpy.serialization import serialize_message
from std_msgs.msg import String

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_core.ros import bags
from trainer_core.ros.definitions import definition, type_hash
from trainer_msgs.msg import Keypoint, Person, PersonArray, Session

STORAGES = ('mcap', 'sqlite3')
FILE = {'mcap': 'bag.mcap', 'sqlite3': 'bag.db3'}
LATCHED = QoSProfile(depth=1, durability=QoSDurabilityPolicy.TRANSIENT_LOCAL)


def people(i: int) -> PersonArray:
    point = Keypoint(x=0.25, y=0.5, confidence=0.75)
    return PersonArray(
        image_width=640, image_height=480,
        people=[Person(id=f'p{i:04d}', keypoints=[point] * 18, raw=[point] * 18)])


@pytest.fixture(params=STORAGES)
def storage(request) -> str:
    return request.param


@pytest.fixture
def bag(tmp_path, storage) -> Path:
    """Ten poses, one each second from 5 s, and one latched session."""
    path = tmp_path / 'bag'
    with bags.Writer(path, storage) as writer:
        writer.add('/trainer/poses', 'trainer_msgs/msg/PersonArray', [QoSProfile(depth=10)])
        writer.add('/trainer/session', 'trainer_msgs/msg/Session', [LATCHED])
        writer.write('/trainer/session', serialize_message(Session(name='Ada')), 5 * SECOND)
        for i in range(10):
            writer.write('/trainer/poses', people(i), (5 + i) * SECOND)
    return path


@pytest.mark.parametrize('of', ['folder', 'file', 'folder without metadata.yaml'])
def test_what_was_written_is_read(bag, storage, of):
    if of == 'file':
        bag = bag / FILE[storage]
    elif of != 'folder':
        (bag / 'metadata.yaml').unlink()
    read = list(bags.read(bag, ['poses']))
    assert [(topic, stamp // SECOND) for topic, stamp, _ in read] == [
        ('/trainer/poses', 5 + i) for i in range(10)]
    assert [message for *_, message in read] == [people(i) for i in range(10)]


@pytest.mark.parametrize(('names', 'topics'), [
    ([], ['/trainer/poses', '/trainer/session']),
    (['poses'], ['/trainer/poses']),
    ('poses', ['/trainer/poses']),
    (['/trainer/session'], ['/trainer/session']),
    (['session', 'poses', '/trainer/poses'], ['/trainer/session', '/trainer/poses']),
])
def test_topics_are_chosen_by_name_in_any_namespace(bag, names, topics):
    with bags.Bag(bag) as opened:
        assert opened.select(names) == topics


def test_what_is_in_it(bag):
    with bags.Bag(bag) as opened:
        assert (opened.start, opened.seconds) == (5 * SECOND, pytest.approx(9.0))
        assert {t: (x.type, x.count) for t, x in opened.topics.items()} == {
            '/trainer/poses': ('trainer_msgs/msg/PersonArray', 10),
            '/trainer/session': ('trainer_msgs/msg/Session', 1)}
        assert opened.topics['/trainer/session'].qos.durability == LATCHED.durability
        assert opened.topics['/trainer/poses'].qos.durability == QoSDurabilityPolicy.VOLATILE


def test_metadata_is_what_ros2_bag_reads(bag, storage):
    info = yaml.safe_load((bag / 'metadata.yaml').read_text())['rosbag2_bagfile_information']
    assert info['storage_identifier'] == storage
    assert info['relative_file_paths'] == [FILE[storage]]
    assert info['message_count'] == 11
    topics = {t['topic_metadata']['name']: t['topic_metadata']
              for t in info['topics_with_message_count']}
    assert topics['/trainer/session']['type'] == 'trainer_msgs/msg/Session'
    assert topics['/trainer/session']['serialization_format'] == 'cdr'
    assert topics['/trainer/session']['type_description_hash'] == type_hash(
        'trainer_msgs/msg/Session')
    offered, = topics['/trainer/session']['offered_qos_profiles']
    assert (offered['durability'], offered['reliability']) == ('transient_local', 'reliable')


def test_definitions_hold_all_types_used():
    text = definition('trainer_msgs/msg/PersonArray')
    assert text.startswith('# Everybody seen in one image.')
    parts = text.split('=' * 80 + '\n')[1:]
    assert [part.splitlines()[0] for part in parts] == [
        'MSG: std_msgs/Header', 'MSG: trainer_msgs/Person', 'MSG: builtin_interfaces/Time',
        'MSG: trainer_msgs/Keypoint']


def test_every_type_we_record_has_a_definition():
    module = importlib.import_module('trainer_msgs.msg')
    names = [name for name in dir(module) if name[0].isupper()]
    assert names
    for name in names:
        assert definition(f'trainer_msgs/msg/{name}')
        assert type_hash(f'trainer_msgs/msg/{name}').startswith('RIHS01_')


def broken(path: Path, how: str) -> None:
    data = path.read_bytes()
    path.write_bytes({
        'cut in half': data[:len(data) // 2], 'empty file': b'', 'something else': b'hello' * 999,
    }[how])


@pytest.mark.parametrize('how', ['cut in half', 'empty file', 'something else'])
@pytest.mark.parametrize('alone', [True, False], ids=['file', 'folder'])
def test_a_damaged_bag_is_refused(bag, storage, how, alone):
    file = bag / FILE[storage]
    broken(file, how)
    with pytest.raises(UserError, match='damaged') as error:
        list(bags.read(file if alone else bag))
    assert '\n' not in str(error.value)
    assert str(bag) in str(error.value)


@pytest.mark.parametrize(('content', 'says'), [
    (None, 'no metadata.yaml'),
    ('', 'damaged'),
    ('rosbag2_bagfile_information: {}', 'damaged'),
    ('}{', 'damaged'),
])
def test_a_folder_that_is_no_bag_is_refused(tmp_path, content, says):
    if content is not None:
        (tmp_path / 'metadata.yaml').write_text(content)
    with pytest.raises(UserError, match=says):
        bags.read(tmp_path)


def test_no_such_bag(tmp_path):
    with pytest.raises(UserError, match='there is no bag .*nowhere'):
        bags.read(tmp_path / 'nowhere')


def test_no_such_topic(bag):
    with pytest.raises(UserError, match='no topic form; it has /trainer/poses, /trainer/session'):
        bags.read(bag, ['form'])


def test_an_empty_bag(tmp_path, storage):
    with bags.Writer(tmp_path / 'bag', storage):
        pass
    with pytest.raises(UserError, match='is empty'):
        bags.read(tmp_path / 'bag')


def test_types_that_are_not_installed(tmp_path, monkeypatch):
    foreign = 'nobody_msgs/msg/Nothing'
    monkeypatch.setattr(bags, 'definition', lambda name: 'int32 x')
    with bags.Writer(tmp_path / 'bag') as writer:
        writer.add('/a', foreign)
        writer.write('/a', b'\0\1\0\0\1\0\0\0', 1)
        writer.write('/b', String(data='hello'), 2)
    with pytest.raises(UserError, match=f'/a .* is of type {foreign}, which is not installed'):
        bags.read(tmp_path / 'bag', ['a'])
    assert [message.data for *_, message in bags.read(tmp_path / 'bag')] == ['hello']


def test_another_version_of_a_type(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(bags, 'type_hash', lambda name: 'RIHS01_' + '1' * 64)
        with bags.Writer(tmp_path / 'bag') as writer:
            writer.write('/a', String(data='hello'), 1)
    with pytest.raises(UserError, match='another version of std_msgs/msg/String'):
        bags.read(tmp_path / 'bag', ['a'])


def test_nothing_is_overwritten(bag):
    with pytest.raises(UserError, match='is there already'):
        bags.Writer(bag)


def test_a_full_disk_is_said_and_the_rest_kept(tmp_path, storage, monkeypatch):
    with bags.Writer(tmp_path / 'bag', storage) as writer:
        writer.write('/poses', people(0), 1)
        monkeypatch.setattr(bags, 'FREE', 2**60)
        with pytest.raises(UserError, match='disk is full.*1 messages until then are kept'):
            writer.write('/poses', people(1), 2)
    assert [message for *_, message in bags.read(tmp_path / 'bag')] == [people(0)]


@pytest.mark.parametrize('size', range(2_000_000, 5_000_000, 999_983))
def test_a_file_that_may_not_grow_is_closed_with_what_fits(tmp_path, storage, size):
    """As under a quota: the limit holds for a process, so that it is another one that writes."""
    done = subprocess.run(
        [sys.executable, '-c', LIMITED, str(tmp_path / 'bag'), storage, str(size)],
        capture_output=True, text=True, timeout=60, check=True)
    written = int(done.stdout)
    assert 'cannot be written any further' in done.stderr
    with bags.Bag(tmp_path / 'bag') as bag:
        read = [message.data for *_, message in bag.messages(bag.select())]
        assert bag.topics['/a'].count == len(read) == written
    assert [text[:3] for text in read] == [f'{i:03d}' for i in range(written)]
    assert written > 10


LIMITED = """
import resource, signal, sys
from std_msgs.msg import String
from trainer_core.errors import UserError
from trainer_core.ros.bags import Writer
path, storage, size = sys.argv[1:]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))
with Writer(path, storage) as writer:
    try:
        for i in range(200):
            writer.write('/a', String(data=f'{i:03d}' + 'x' * 40_000), 1 + i * 100_000_000)
    except UserError as error:
        print(error, file=sys.stderr)
print(writer.count)
"""


def test_a_folder_that_may_not_be_written():
    with pytest.raises(UserError, match='cannot be written to /proc/bag'):
        bags.Writer('/proc/bag')
