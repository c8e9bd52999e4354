"""Processes forked from one that has loaded what they share are like any others."""

import os
import signal
import sys
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest

from trainer.nursery import Nursery
from trainer.starter import Command, Starter, leash

LIMIT = 60.0
SCRIPT = """
import os, sys, time
print(__name__, *sys.argv[1:], 'rclpy' in sys.modules, os.getsid(0) == os.getpid())
print('an error', file=sys.stderr)
{}
"""


def until(condition) -> bool:
    end = monotonic() + LIMIT
    while not condition() and monotonic() < end:
        sleep(0.01)
    return bool(condition())


@pytest.fixture(scope='module')
def nursery():
    nursery = Nursery(leash(), {**os.environ, 'PYTHONUNBUFFERED': '1'})
    assert nursery.ready()
    yield nursery
    nursery.close()


@pytest.fixture
def script(tmp_path):
    def write(body: str) -> list[str]:
        path = tmp_path / 'walking_node'
        path.write_text(SCRIPT.format(body))
        return [str(path), '-r', '__node:=walking']
    return write


@pytest.mark.parametrize(('body', 'code', 'last'), [
    ('', 0, 'an error'),
    ('import rclpy; rclpy.init(args=[]); rclpy.shutdown(); sys.exit(2)', 2, 'an error'),
    ('raise ValueError("no legs")', 1, 'ValueError: no legs'),
    ('os.kill(os.getpid(), 9)', -9, 'an error'),
])
def test_a_script_runs_as_if_by_itself(nursery, script, body, code, last):
    child = nursery.start(script(body))
    lines = child.stdout.read().splitlines()
    assert child.wait() == child.poll() == code
    assert lines[:2] == ['__main__ -r __node:=walking True True', 'an error']
    assert lines[-1] == last


def test_it_has_its_own_name_and_ends_quietly(nursery, script):
    line = script('time.sleep(60)')
    child = nursery.start(line)
    assert child.stdout.readline()
    assert child.stdout.readline() == 'an error\n'
    process = psutil.Process(child.pid)
    assert process.name() == 'walking_node'
    assert [word for word in process.cmdline() if word] == [sys.executable, *line]
    child.send_signal(signal.SIGTERM)
    assert child.wait() == -signal.SIGTERM
    assert child.stdout.read() == ''


def test_without_a_nursery_nodes_are_plain_processes(script):
    lines: list[str] = []
    command = Command('walking', script('time.sleep(60)'))
    Path(command.arguments[0]).write_text(
        f'#!{sys.executable}\n' + Path(command.arguments[0]).read_text())
    Path(command.arguments[0]).chmod(0o755)
    with Starter([command], say=lambda _, line: lines.append(line), prepared=True) as starter:
        starter.start()
        walking = starter.processes['walking']
        assert until(lambda: any('True True' in line for line in lines))
        first = walking.pid
        psutil.Process(psutil.Process(first).ppid()).kill()
        # Its children go with it, and are started again.
        assert until(lambda: any('False True' in line for line in lines)), lines
        assert until(lambda: not psutil.pid_exists(first))
        second = walking.pid
    assert until(lambda: not psutil.pid_exists(second))
