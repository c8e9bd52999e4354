"""Lint, types and the whole test suite; arguments go to pytest.

Tests run side by side, as many as there are cores. Those marked `alone` start whole trainers, or
watch the clock, so they run after the others, one at a time.
"""

import argparse
import os
import subprocess
import sys
from time import monotonic

from trainer.environment.layout import Layout
from trainer.environment.terminal import duration

ENDED = 130
REST = 'pytest'  # arguments that are not ours
NONE_CHOSEN = 5  # exit code of pytest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""
    parser.usage = './trainer test [arguments of pytest]'


def main(args: argparse.Namespace) -> int:
    """All run, whatever the others say; 0 when all pass."""
    root = Layout().root
    checks = {'ruff': ['ruff', 'check'], 'mypy': ['mypy']}
    suites = {
        'tests': ['pytest', '-n', 'auto', '--dist', 'loadfile', '-m', 'not alone', *args.pytest],
        'tests alone': ['pytest', '-m', 'alone', *args.pytest],
    }
    env = {
        **os.environ,
        'ROS_PYTHON_CHECK_FIELDS': '1',  # a wrong type is an error and not the end of the process
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
    }
    results = []
    for name, command in (checks | suites).items():
        print(f'--- {name}', flush=True)
        began = monotonic()
        code = subprocess.call([sys.executable, '-m', *command], cwd=root, env=env)
        results.append((name, code, monotonic() - began))
    chosen = any(code != NONE_CHOSEN for name, code, _ in results if name in suites)
    print('---')
    failed = False
    for name, code, seconds in results:
        fine = code == 0 or (code == NONE_CHOSEN and chosen)
        failed |= not fine
        print(f'{name}: {"passed" if fine else f"failed (exit code {code})"}, {duration(seconds)}')
    return int(failed)
