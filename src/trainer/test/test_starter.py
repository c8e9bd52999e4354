"""The starter on small processes: restarts, done, user errors, ending, no orphans."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from trainer.starter import Command, Starter

LIMIT = 60.0


def python(code: str) -> list[str]:
    return [sys.executable, '-I', '-S', '-c', textwrap.dedent(code)]


FOREVER = python('import time\nwhile True: time.sleep(60)')
STUBBORN = python("""
    import signal, time
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print('deaf', flush=True)
    while True: time.sleep(60)""")


def until(condition, limit: float = LIMIT) -> bool:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def gone(pid: int) -> bool:
    """Not there, or a zombie that nobody has collected yet."""
    try:
        return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] == 'Z'
    except FileNotFoundError:
        return True


@pytest.fixture
def lines():
    return []


@pytest.fixture
def starting(lines):
    def start(*commands):
        return Starter(commands, say=lambda name, line: lines.append(f'{name}: {line}'))
    return start


def test_output_is_named(starting, lines):
    with starting(Command('a', python('print("hello")'), restart=False)) as s:
        assert s.processes['a'].wait(LIMIT)
        assert until(lambda: 'a: hello' in lines)
    assert s.processes['a'].exit_code == 0


@pytest.mark.parametrize(('number', 'said'), [
    (signal.SIGKILL, 'was ended by SIGKILL'),
    (signal.SIGTERM, 'was ended by SIGTERM'),
    (signal.SIGSEGV, 'was ended by SIGSEGV'),
])
def test_a_killed_process_runs_again_within_two_seconds(starting, lines, number, said):
    with starting(Command('a', FOREVER)) as s:
        process = s.processes['a']
        assert until(lambda: process.alive)
        first, killed = process.pid, time.monotonic()
        os.kill(first, number)
        assert until(lambda: process.alive and process.pid != first, 2.0)
        assert time.monotonic() - killed < 2.0
        assert any(said in line for line in lines)


@pytest.mark.parametrize(('code', 'restart', 'runs_again'), [
    (0, False, False),  # a camera whose file has ended
    (0, True, True),    # a node that somebody has ended with kill
    (1, False, True),
    (2, True, False),   # a user error
    (2, False, False),
])
def test_what_runs_again(starting, code, restart, runs_again):
    with starting(Command('a', python(f'raise SystemExit({code})'), restart)) as s:
        process = s.processes['a']
        assert until(lambda: process.restarts if runs_again else process.finished.is_set())
        assert (process.restarts > 0) == runs_again
        assert s.failed is (process if code == 2 else None)


def test_one_that_keeps_dying_is_started_less_and_less_often(starting, lines):
    with starting(Command('a', python('raise SystemExit(1)'))):
        assert until(lambda: sum('restarting' in line for line in lines) == 3)
    delays = [line.split()[-2] for line in lines if 'restarting' in line]
    assert delays == ['0.1', '1', '2']


def test_a_program_that_is_not_there(starting, lines):
    with starting(Command('a', ['/nowhere/camera_node'])) as s:
        assert until(lambda: s.processes['a'].restarts > 0 or s.processes['a'].finished.is_set())
    assert any('/nowhere/camera_node' in line for line in lines)


def test_stubborn_ones_are_ended_within_three_seconds(starting, lines):
    child = python("""
        import subprocess, sys, time
        p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
        print('child', p.pid, flush=True)
        time.sleep(60)""")
    with starting(Command('a', STUBBORN), Command('b', FOREVER), Command('c', child)) as s:
        assert until(lambda: 'a: deaf' in lines and any('child' in x for x in lines))
        pids = [p.pid for p in s.processes.values()]
        pids += [int(x.split()[-1]) for x in lines if 'child' in x]
        asked = time.monotonic()
    assert time.monotonic() - asked < 3.0
    assert until(lambda: all(gone(pid) for pid in pids))


PROGRAM = """
import sys, time
from trainer.ending import Ending, EndingSignals
from trainer.starter import Command, Starter
sleeper = [sys.executable, '-I', '-S', '-c', 'import time; time.sleep(60)']
try:
    with EndingSignals(), Starter([Command('a', sleeper), Command('b', sleeper)]) as s:
        while not all(p.alive for p in s.processes.values()):
            time.sleep(0.01)
        print(*(p.pid for p in s.processes.values()), flush=True)
        while True:
            time.sleep(60)
except Ending as ending:
    print(ending, flush=True)
"""


@pytest.mark.parametrize(('number', 'code'), [
    (signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGKILL, -signal.SIGKILL),
])
def test_nothing_is_left_however_the_program_ends(number, code):
    with subprocess.Popen(
            [sys.executable, '-c', PROGRAM], stdout=subprocess.PIPE, text=True) as program:
        pids = [int(word) for word in program.stdout.readline().split()]
        assert len(pids) == 2
        program.send_signal(number)
        assert program.wait(3.0) == code
        assert until(lambda: all(gone(pid) for pid in pids), 3.0)
