"""The whole graph: from a camera to spoken counts, and what happens when something goes wrong."""

import re
import signal

import pytest
import rclpy
from rclpy.node import Node

from trainer import nodes

pytestmark = pytest.mark.alone

LIMIT = 60.0
COUNTING = ('--nodes', 'camera,pose,counter,form,dialogue,mouth')
TOPICS = {
    'image_raw': 'sensor_msgs/msg/Image',
    'image_raw/compressed': 'sensor_msgs/msg/CompressedImage',
    'camera_info': 'sensor_msgs/msg/CameraInfo',
    'poses': 'trainer_msgs/msg/PersonArray',
    'overlay': 'sensor_msgs/msg/Image',
    'heatmaps': 'sensor_msgs/msg/Image',
    'pafs': 'sensor_msgs/msg/Image',
    'set_state': 'trainer_msgs/msg/SetState',
    'movements': 'trainer_msgs/msg/Movement',
    'say': 'trainer_msgs/msg/Say',
    'speech_status': 'trainer_msgs/msg/SpeechStatus',
    'session': 'trainer_msgs/msg/Session',
    'markers': 'visualization_msgs/msg/MarkerArray',
}


def test_once_counts_says_and_sums_up(trainer, squats, steadily):
    def once(_):
        run = trainer('run', *squats, '--mute', '--once', '--json')
        assert run.says('all nodes are up')
        assert set(run.nodes()) == set(nodes.NAMES)
        assert run.wait(LIMIT) == 0, run.err
        return run
    run = steadily(once)
    summary = run.json()
    assert (summary['exercise'], summary['reps']) == ('squat', 3), run.err
    reps = [m for m in summary['movements'] if m['verdict'] == 'rep']
    assert [m['count'] for m in reps] == [1, 2, 3]
    assert all(0 < m['start'] < m['end'] < summary['seconds'] for m in reps)
    spoken = ' '.join(summary['said']).lower()
    assert all(word in spoken for word in ('one', 'two', 'three')), summary['said']
    assert not run.left_over()


def test_a_killed_node_comes_back_and_the_count_goes_on(trainer, squats):
    run = trainer('run', *COUNTING, *squats, '--mute', '--loop')
    assert run.says('"one"', LIMIT), run.err
    for name in ('mouth', 'counter'):
        old = run.nodes()[name]
        old.kill()
        assert run.until(
            lambda name=name, old=old: run.nodes().get(name, old) != old, 2.0), (name, run.err)
    assert run.says('"three"', LIMIT), run.out + run.err
    assert run.end(signal.SIGINT) == 0
    counts = [int(line.split()[0]) for line in run.out if re.match(r' +\d+ +[\d.]+ to', line)]
    assert counts == list(range(1, len(counts) + 1)), run.out
    assert len(counts) >= 3
    assert not run.left_over()


@pytest.mark.parametrize('when', ['starting', 'running'])
def test_ends_within_three_seconds(trainer, when):
    run = trainer('run', '--source', 'athlete', '--mute')
    if when == 'starting':
        assert run.until(run.nodes)
    else:
        assert run.says('all nodes are up')
    assert run.end(signal.SIGTERM) == 0, run.err
    assert not run.left_over()


def test_nothing_is_left_after_a_kill(trainer):
    run = trainer('run', '--source', 'athlete', '--mute')
    assert run.says('all nodes are up')
    assert run.says('"Hello')  # without an exercise it is a conversation
    assert run.end(signal.SIGKILL) == -signal.SIGKILL
    assert not run.left_over()


@pytest.mark.parametrize(('arguments', 'sentence'), [
    (['--nodes', 'camera', '--source', 'nowhere.mp4'], 'nowhere.mp4'),
    (['--nodes', 'counter,dialogue', '--exercise', 'sqat'], "no exercise 'sqat'"),
    (['--nodes', 'pose', '--model', 'nowhere.onnx'], 'nowhere.onnx'),
    (['--nodes', 'camera,nose'], "no node 'nose'"),
    (['--params', 'nowhere.yaml'], 'nowhere.yaml'),
])
def test_what_a_user_can_put_right_is_said_in_one_sentence(trainer, arguments, sentence):
    run = trainer('run', '--mute', *arguments)
    assert run.wait(LIMIT) == 2, run.err
    assert sentence in run.err[-1]
    assert not any('Traceback' in line for line in run.err)
    assert not run.left_over()


def test_recorded_replayed_and_scored(trainer, squats, steadily, tmp_path):
    def record(number):
        bag = tmp_path / f'bag_{number}'
        run = trainer('record', '-o', bag, *COUNTING, *squats, '--mute')
        assert run.wait(LIMIT) == 0, run.err
        return bag
    bag = steadily(record)
    counted = {}
    for name, arguments in {
        'score': ['score', bag, '--exercise', 'squat', '--json'],
        'replay': ['replay', bag, '--nodes', 'counter,dialogue,mouth', '--exercise', 'squat',
                   '--mute', '--rate', '3', '--json'],
    }.items():
        program = trainer(*arguments)
        assert program.wait(LIMIT) == 0, program.err
        counted[name] = program.json()['reps']
    assert counted == {'score': 3, 'replay': 3}


def test_two_side_by_side_share_only_what_a_standard_says(trainer):
    """The design's topics with their types, under two namespaces in one domain."""
    names = ('left', 'right')
    # Those that two trainers on two cores can have twice.
    programs = [trainer('run', '--namespace', name, '--source', 'athlete', '--mute',
                        '--nodes=-identity,-ears,-mirror')
                for name in names]
    assert all(program.says('all nodes are up', LIMIT) for program in programs)
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=trainer.domain)
    node = Node('looker', context=context, enable_rosout=False, start_parameter_services=False)
    try:
        def topics() -> dict[str, str]:
            return {name: kinds[0] for name, kinds in node.get_topic_names_and_types()}
        assert programs[0].until(
            lambda: {f'/{n}/{t}' for n in names for t in TOPICS} <= topics().keys()), topics()
        found = topics()
    finally:
        context.try_shutdown()
    assert {t: found[f'/left/{t}'] for t in TOPICS} == TOPICS
    shared = {name for name in found if not name.startswith(('/left/', '/right/'))}
    assert shared <= {'/diagnostics', '/clock', '/tf', '/rosout', '/parameter_events'}
