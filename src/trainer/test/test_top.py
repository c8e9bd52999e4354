"""`./trainer top`: rows made of reports, and the command beside nodes on real rclpy."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest
from rclpy.node import Node

from trainer import cli, health, nodes
from trainer.monitor import Monitor, Processes
from trainer.spinning import spinning
from trainer_core.ros.diagnostics import ERROR, OK, WARN, Diagnostics, Meter
from trainer_core.ros.stage import DOMAIN

LIMIT = 60.0  # s any wait may take
VALUES = {'rate (1/s)': '29.97', 'age (s)': '0.0321', 'delay (s)': '0.018', 'dropped': '3'}


def status(node, level=0, message='fine', heard=10.0, task='task', **values):
    return health.Status(node, task, level, message, values, heard)


@pytest.mark.parametrize(('name', 'namespace', 'found'), [
    ('trainer/pose: pose', '/trainer', ('pose', 'pose')),
    ('trainer/pose: pose', 'trainer', ('pose', 'pose')),
    ('left/pose: pose', '/trainer', None),
    ('a/b/pose: looks', '/a/b', ('pose', 'looks')),
    ('pose: pose', '/', ('pose', 'pose')),
    ('trainer/pose: pose', '/', None),
])
def test_whose_report_it_is(name, namespace, found):
    assert health.split(name, namespace) == found


def test_nodes_come_in_the_order_of_the_list_and_those_that_do_not_run_last():
    rows = health.rows(
        ['mouth', 'camera', 'somebody'], [status('camera'), status('mine'), status('mouth')], 11.0)
    assert [row.name for row in rows[:3]] == ['camera', 'mouth', 'mine']
    assert {row.state for row in rows[3:]} == {'absent'}
    assert {row.name for row in rows} == {*nodes.NAMES, 'mine'}


@pytest.mark.parametrize(('reports', 'state', 'message'), [
    ([status('pose')], 'ok', 'fine'),
    ([status('pose', 1, 'no image')], 'warn', 'no image'),
    ([status('pose', task='a'), status('pose', 2, 'broken', task='b')], 'error', 'broken'),
    ([status('pose', 3, 'off', task='a'), status('pose', 1, 'odd', task='b')], 'warn', 'odd'),
    ([status('pose', 3, 'off')], 'stale', 'off'),
    ([status('pose', heard=6.0)], 'silent', 'is up, but has not reported for 3 s'),
    ([], 'silent', 'is up, but has not reported for 3 s'),
])
def test_how_a_node_is(reports, state, message):
    row = health.rows(['pose'], reports, 10.5)[0]
    assert (row.name, row.state, row.message) == ('pose', state, message)


def test_numbers_and_details():
    told = {'engine': 'openvino', 'device': 'CPU', 'model': 'paf.onnx', 'last error': 'too dark'}
    row = health.rows(['pose'], [status('pose', **VALUES, **told)], 10.0, {'pose': (61, 290)})[0]
    assert (row.rate, row.age, row.delay, row.dropped) == ('30.0', '0.032', '0.018', '3')
    assert (row.cpu, row.memory) == (61, 290)
    assert row.details == 'openvino, CPU, paf.onnx, last error: too dark'
    empty = health.rows(['pose'], [status('pose', **{'age (s)': 'inf', 'delay (s)': 'nan'})], 10.0)
    assert (empty[0].age, empty[0].delay, empty[0].rate) == ('', '', '')


def test_a_meter_has_what_every_node_reports():
    assert set(health.ALWAYS) - {'last error'} <= set(Meter().values())


def reporting(level, message, fault=''):
    """A node that reports, as ours do."""
    def make(**kwargs):
        node = Node('camera', namespace='gym', **kwargs)
        meter = Meter()
        node.diagnostics = Diagnostics(
            node, {'source': lambda: (level, message, {**meter.values(), 'last error': fault})})
        return node
    return make


def until(condition):
    end = monotonic() + LIMIT
    while not condition():
        assert monotonic() < end, 'waited too long'


def test_a_running_node_is_shown(monkeypatch, capsys):
    monkeypatch.setenv('ROS_DOMAIN_ID', str(DOMAIN))
    with spinning(reporting(WARN, 'no picture for 3 s', 'unplugged')):
        assert cli.main(['top', '--once', '--namespace', 'gym']) == 0
        shown = capsys.readouterr().out
        assert 'trainer in /gym' in shown
        assert 'no picture' in shown and 'unplugged' in shown and 'is not running' in shown
        assert cli.main(['top', '--json', '--namespace', 'gym']) == 0
        rows = {row['name']: row for row in json.loads(capsys.readouterr().out)}
        assert rows['camera']['state'] == 'warn' and rows['pose']['state'] == 'absent'
        assert cli.main(['top', '--once']) == 2
        said = capsys.readouterr().err
        assert 'nothing runs in /trainer; a trainer runs in /gym; start ./trainer run' in said


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_it_refreshes_until_ctrl_c(number):
    process = subprocess.Popen(
        [sys.executable, '-m', 'trainer.cli', 'top', '--every', '0.1', '--namespace', 'gym'],
        env={**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN), 'PYTHONUNBUFFERED': '1',
             'FORCE_COLOR': '1', 'COLUMNS': '150'},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if sum('nothing runs in /gym' in line for line in lines) == 2:
                break
        process.send_signal(number)
        _, err = process.communicate(timeout=LIMIT)
        assert process.returncode == 0
        assert 'Traceback' not in err
    finally:
        process.kill()
        process.wait()


def test_a_node_that_comes_and_recovers(monkeypatch):
    monkeypatch.setenv('ROS_DOMAIN_ID', str(DOMAIN))
    state = [ERROR, 'no camera']

    def make(**kwargs):
        node = Node('camera', namespace='gym', **kwargs)
        node.diagnostics = Diagnostics(node, {'source': lambda: (*state, {})})
        return node

    with spinning(lambda **kwargs: Monitor(namespace='/gym', **kwargs)) as monitor:
        assert {row.state for row in monitor.rows()} == {'absent'}
        with spinning(make):
            until(lambda: monitor.rows()[0].state == 'error')
            state[:] = OK, 'sending'
            until(lambda: monitor.rows()[0].state == 'ok')
            assert monitor.complete()
            assert monitor.rows()[0].message == 'sending'


def test_processes_are_known_by_the_node_they_run():
    code = 'import sys; print(1, flush=True); sys.stdin.read()'
    process = subprocess.Popen(
        [sys.executable, '-c', code, '--ros-args', '-r', '__ns:=/gym', '-r', '__node:=pose'],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        usage = Processes('/gym').usage()
        assert set(usage) == {'pose'}
        assert usage['pose'][1] > 1
        assert Processes('/other').usage().get('pose') is None
    finally:
        process.stdin.close()
        process.wait(LIMIT)


def test_every_report_of_the_list_has_a_row_in_the_readme():
    """The keys that all nodes have are in the README."""
    readme = (Path(__file__).resolve().parents[1] / 'README.md').read_text()
    for key in (*health.ALWAYS, *health.WHERE_THERE_IS_ONE):
        assert f'`{key}`' in readme, key
