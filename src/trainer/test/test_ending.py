"""Ctrl-C at any moment: programs end quietly, with the exit code they are said to have."""

import os
import signal
import subprocess
import sys
from time import monotonic

import pytest

from trainer import graph
from trainer.starter import leash
from trainer_core.ros.stage import DOMAIN, patient, quickest

pytestmark = pytest.mark.alone

# As the script ./trainer does it, before it becomes the command.
BLOCKED = [sys.executable, '-ISc', """
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
print(flush=True)
os.execv(sys.argv[1], sys.argv[1:])"""]
COMMAND = [*BLOCKED, sys.executable, '-P', '-m', 'trainer.cli']
MOMENTS = (0.0, 0.3, 1.0, 2.5)  # s after the start


def interrupted(line: list[str], moment: float) -> tuple[int, float, str]:
    """Exit code, seconds from Ctrl-C to the end, and everything that was written."""
    with subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env={**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN)}) as process:
        if line[:len(BLOCKED)] == BLOCKED:
            process.stdout.readline()
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        began = monotonic()
        said = process.communicate(timeout=60.0)[0]
        return process.returncode, monotonic() - began, said


def in_time(line: list[str], moment: float, codes: set[int]) -> None:
    """Quiet, with one of these exit codes, within 3 s."""
    def seconds() -> float:
        code, took, said = interrupted(line, moment)
        assert code in codes, said
        assert 'Traceback' not in said
        return took

    limit = patient(3.0)
    assert quickest(seconds, limit) < limit


@pytest.mark.parametrize('moment', MOMENTS)
@pytest.mark.parametrize(('command', 'codes'), [
    (['run', '--source', 'athlete', '--mute', '--namespace', 'ending'], {0}),
    (['top', '--namespace', 'ending'], {0}),
    (['say', '--namespace', 'ending', 'hello'], {-signal.SIGINT, 130, 2}),
    (['exercises'], {-signal.SIGINT, 0}),
], ids=lambda value: value[0] if isinstance(value, list) else '')
def test_a_command(command, codes, moment):
    in_time([*COMMAND, *command], moment, codes)


@pytest.mark.parametrize('moment', MOMENTS)
def test_a_node(moment):
    """As ros2 launch starts it."""
    line = [*BLOCKED, *leash(), graph.executable('trainer_counter', 'counter_node')]
    in_time(line, moment, {0, -signal.SIGINT})
