"""The node list: which nodes, with which parameters, run how."""

import argparse
import importlib
from pathlib import Path

import pytest
import rclpy
import yaml
from rclpy.node import Node

from trainer import graph, nodes
from trainer_core.errors import UserError
from trainer_core.ros.stage import DOMAIN
from trainer_pose.camera import devices

ALL = list(nodes.NAMES)


def of(*groups):
    return [node.name for node in nodes.NODES if node.group in groups]


@pytest.mark.parametrize(('selection', 'chosen'), [
    ('all', ALL),
    ('', ALL),
    ('camera', ['camera']),
    ('pose,camera', ['camera', 'pose']),
    ('see', of('see')),
    ('see judge', of('see', 'judge')),
    ('-mouth', [name for name in ALL if name != 'mouth']),
    ('-talk,-camera', [name for name in of('see', 'judge', 'show') if name != 'camera']),
    ('all,-see', of('judge', 'talk', 'show')),
])
def test_which_nodes(selection, chosen):
    assert [node.name for node in nodes.chosen(selection)] == chosen


def test_an_unknown_node_is_named():
    with pytest.raises(UserError, match="no node 'nose'; nodes are camera, pose"):
        nodes.chosen('camera,nose')


@pytest.mark.parametrize(('name', 'text', 'value'), [
    ('source', '0483', '0483'),
    ('source', '', None),
    ('reps', '12', 12),
    ('seconds', '30', 30.0),
    ('loop', 'true', True),
    ('loop', 'False', False),
    ('loop', '', None),
    ('speed', 'max', 'max'),
    ('namespace', '', ''),
])
def test_arguments_from_text(name, text, value):
    given = nodes.complete({name: text})[name]
    assert given == value
    assert type(given) is type(value)


@pytest.mark.parametrize(('name', 'text', 'says'), [
    ('reps', 'many', "reps is 'many'; give a value of type int"),
    ('loop', 'maybe', "loop is 'maybe'; give true or false"),
    ('speed', 'fast', "speed is 'fast'; give one of real, max"),
    ('log_level', 'loud', 'give one of debug, info'),
])
def test_wrong_arguments_are_named(name, text, says):
    with pytest.raises(UserError, match=says):
        nodes.complete({name: text})


@pytest.mark.parametrize('node', nodes.NODES, ids=lambda node: node.name)
def test_parameters_and_executables_exist(node):
    """Every parameter that an argument goes to is declared by the node's dataclass."""
    assert graph.executable(node.package, node.executable)
    folder = Path(importlib.import_module(node.package).__file__).parent
    file, = folder.rglob(f'{node.executable}.py')
    module = importlib.import_module(
        '.'.join((node.package, *file.relative_to(folder).with_suffix('').parts)))
    params = getattr(module, f'{node.name.capitalize()}Params')
    assert set(node.parameters) <= set(params.__dataclass_fields__)


def test_only_what_is_given_becomes_a_parameter():
    camera = nodes.NODES[0]
    assert nodes.parameters(camera, nodes.complete({})) == {}
    assert nodes.parameters(camera, nodes.complete({'source': '0', 'use_sim_time': 'true'})) == {
        'source': '0', 'use_sim_time': True}


def test_a_node_as_a_command(tmp_path):
    camera, pose = nodes.NODES[:2]
    command = graph.command(camera, nodes.complete(
        {'source': '0483', 'loop': True, 'namespace': '/gym', 'at_end': 'exit'}), tmp_path)
    line = ' '.join(command.arguments[1:])
    assert command.name == 'camera'
    assert '-r __ns:=/gym -r __node:=camera' in line
    assert line.endswith(f'--params-file {tmp_path}/camera.yaml')
    assert yaml.safe_load((tmp_path / 'camera.yaml').read_text()) == {'/gym/camera': {
        'ros__parameters': {'source': '0483', 'loop': True, 'at_end': 'exit'}}}
    assert not command.restart
    assert graph.command(pose, nodes.complete({'at_end': 'exit'}), tmp_path).restart


@pytest.mark.parametrize(
    'text', ['0483', '123E5', 'true', 'a: b', '{x}', '"', "it's", 'Ü\n\\', '~'])
@pytest.mark.parametrize('namespace', ['gym', '', 'a/b'])
def test_what_is_given_arrives_and_wins(tmp_path, text, namespace):
    """Above the user's parameter file, even where that names the node."""
    own = tmp_path / 'own.yaml'
    own.write_text(
        '/**/camera: {ros__parameters: {source: own, rate: 15.0}}\n'
        '/gym/camera: {ros__parameters: {source: own}}\n')
    command = graph.command(nodes.NODES[0], nodes.complete(
        {'source': text, 'namespace': namespace, 'params_file': str(own)}), tmp_path)
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=DOMAIN, args=['camera', *command.arguments[1:]])
    try:
        node = Node('camera', context=context)
        assert node.get_fully_qualified_name() == f'/{namespace}/camera'.replace('//', '/')
        given = {name: p.value for name, p in node._parameter_overrides.items()}
        assert given == {'source': text, 'rate': 15.0, 'use_sim_time': False}
    finally:
        context.try_shutdown()


def test_parameter_files_in_order(tmp_path):
    own = tmp_path / 'own.yaml'
    own.write_text('/**: {ros__parameters: {language: it}}')
    assert [file.name for file in graph.parameter_files(str(own))] == ['trainer.yaml', 'own.yaml']
    with pytest.raises(UserError, match='no parameter file nowhere.yaml'):
        graph.parameter_files('nowhere.yaml')


def test_shipped_parameters_are_known_to_their_nodes():
    content = yaml.safe_load(Path(graph.parameter_files(None)[0]).read_text())
    for key in content:
        name = key.rpartition('/')[2]
        assert name in ('**', *nodes.NAMES)



@pytest.mark.parametrize('command', ['run', 'record', 'replay'])
def test_every_argument_is_an_option_or_set_by_the_command(command):
    parser = argparse.ArgumentParser()
    importlib.import_module(f'trainer.commands.{command}').add_arguments(parser)
    options = {action.dest for action in parser._actions}
    assert {'exercise', 'model', 'params_file', 'log_level'} <= options
    assert not {'at_end', 'enabled', 'use_sim_time'} & options
    assert parser.format_help()


@pytest.mark.parametrize(('given', 'cameras', 'source', 'loop', 'said'), [
    ({}, ['/dev/video2'], '/dev/video2', None, 'source: camera /dev/video2 (C920)'),
    ({}, [], 'athlete', True, 'no camera found: the athlete trains'),
    ({'at_end': 'exit'}, [], 'athlete', None, 'no camera found: the athlete trains'),
    ({'source': 'clip.mp4'}, ['/dev/video0'], 'clip.mp4', None, ''),
    ({'nodes': '-camera'}, ['/dev/video0'], None, None, ''),
])
def test_where_no_source_is_given(monkeypatch, given, cameras, source, loop, said):
    monkeypatch.setattr(devices, 'cameras', lambda: [devices.Camera(p, 'C920') for p in cameras])
    arguments = nodes.complete(given)
    assert nodes.choose_source(arguments) == said
    assert (arguments['source'], arguments['loop']) == (source, loop)
