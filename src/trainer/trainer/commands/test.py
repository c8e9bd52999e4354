"""Lint, types and the whole test suite; arguments go to pytest."""

import argparse
import os
import subprocess
import sys
from time import monotonic

from trainer.environment.layout import Layout
from trainer.environment.terminal import duration

ENDED = 130
REST = 'pytest'  # arguments that are not ours


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""
    parser.usage = './trainer test [arguments of pytest]'


def main(args: argparse.Namespace) -> int:
    """All three run, whatever the others say; 0 when all pass."""
    root = Layout().root
    checks = {
        'ruff': ['ruff', 'check'],
        'mypy': ['mypy'],
        'pytest': ['pytest', *args.pytest],
    }
    env = {
        **os.environ,
        'ROS_PYTHON_CHECK_FIELDS': '1',  # a wrong type is an error and not the end of the process
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
    }
    results = []
    for name, command in checks.items():
        print(f'--- {name}', flush=True)
        began = monotonic()
        code = subprocess.call([sys.executable, '-m', *command], cwd=root, env=env)
        results.append((name, code, monotonic() - began))
    print('---')
    for name, code, seconds in results:
        print(f'{name}: {"passed" if code == 0 else f"failed (exit code {code})"}, '
              f'{duration(seconds)}')
    return int(any(code for _, code, _ in results))
