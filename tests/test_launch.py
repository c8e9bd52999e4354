"""The launch files under real launch_ros: arguments, nodes and parameters are those of the list."""

from pathlib import Path

import pytest

pytest.importorskip('launch_ros', reason='launch_ros is not installed')

from launch import LaunchContext  # noqa: E402
from launch.actions import DeclareLaunchArgument, ExecuteProcess, OpaqueFunction  # noqa: E402
from launch.launch_description_sources import get_launch_description_from_python_launch_file  # noqa: E402
from launch_ros.actions import Node  # noqa: E402

from trainer import nodes  # noqa: E402

FOLDER = Path(__file__).resolve().parents[1] / 'launch'


def launched(name: str, **given: str) -> tuple[dict[str, DeclareLaunchArgument], list]:
    """Declared arguments, and the actions that come of them."""
    context = LaunchContext()
    context.launch_configurations.update(given)
    declared, actions = {}, []
    description = get_launch_description_from_python_launch_file(str(FOLDER / name))
    for entity in description.entities:
        if isinstance(entity, DeclareLaunchArgument):
            declared[entity.name] = entity
            entity.visit(context)
        elif isinstance(entity, OpaqueFunction):
            actions += entity.visit(context) or []
        else:
            actions.append(entity)
    return declared, actions


def parameters(node: Node) -> dict:
    """What the node gets beside parameter files."""
    context = LaunchContext()
    context.launch_configurations['ros_namespace'] = ''
    found = {}
    for given in node._Node__parameters:
        if isinstance(given, dict):
            for name, value in given.items():
                found[name[0].perform(context)] = value.evaluate(context)
    return found


@pytest.mark.parametrize('name', ['bringup', 'replay', 'record', 'rviz'])
def test_every_argument_is_described(name):
    declared, _ = launched(f'{name}.launch.py', bag='x')
    assert declared
    for argument in declared.values():
        assert len(argument.description) > 10
        assert argument.description != 'no description given'


@pytest.mark.parametrize('name', ['bringup', 'replay', 'record', 'rviz'])
def test_launch_files_stay_short(name):
    assert len((FOLDER / f'{name}.launch.py').read_text().splitlines()) <= 120


def test_bringup_has_the_arguments_of_the_table():
    declared, _ = launched('bringup.launch.py')
    assert list(declared) == [argument.name for argument in nodes.ARGUMENTS]


@pytest.mark.parametrize(('selection', 'names'), [
    ('all', list(nodes.NAMES)), ('camera,pose,counter,-pose', ['camera', 'counter']),
])
def test_bringup_starts_the_nodes(selection, names):
    _, actions = launched('bringup.launch.py', nodes=selection, source='athlete')
    started = [action for action in actions if isinstance(action, Node)]
    assert [node.node_executable for node in started] == [f'{name}_node' for name in names]


def test_a_device_id_stays_text():
    _, actions = launched('bringup.launch.py', source='0483', loop='true', reps='12')
    given = {node.node_executable: parameters(node) for node in actions if isinstance(node, Node)}
    assert given['camera_node'] == {'source': '0483', 'loop': True}
    assert given['dialogue_node'] == {'target_reps': 12}
    assert given['pose_node'] == {}


def words(action: ExecuteProcess) -> list[str]:
    context = LaunchContext()
    return [''.join(part.perform(context) for part in word)
            for word in action.process_description.cmd]


def test_replay_leaves_out_what_its_nodes_publish():
    _, actions = launched('replay.launch.py', bag='my_bag', rate='2.0')
    play, = [words(a) for a in actions if type(a) is ExecuteProcess]
    assert play[:7] == ['ros2', 'bag', 'play', 'my_bag', '--clock', '--rate', '2.0']
    assert '/trainer/set_state' in play
    assert '/trainer/poses' not in play
    started = [a for a in actions if isinstance(a, Node)]
    assert [a.node_executable for a in started] == ['counter_node', 'dialogue_node', 'mouth_node']
    assert all(parameters(a)['use_sim_time'] is True for a in started)


@pytest.mark.parametrize(('images', 'recorded'), [
    ('none', []), ('compressed', ['/gym/image_raw/compressed']), ('raw', ['/gym/image_raw']),
])
def test_record_names_its_topics(images, recorded):
    _, actions = launched('record.launch.py', namespace='gym', images=images, output='out')
    record, = [words(action) for action in actions]
    assert record[:5] == ['ros2', 'bag', 'record', '--storage', 'mcap']
    assert [word for word in record if 'image' in word] == recorded
    assert '/gym/poses' in record
    assert '/diagnostics' in record
