"""Algorithms import no rclpy: the separation between nodes and pure Python, enforced."""

import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / 'src'
KNOWS_ROS = ('_node.py', 'convert.py')
OPTIONAL = ('torch', 'onnx')  # engines that need not be installed


def pure_modules():
    for package in sorted(SRC.glob('*/*/__init__.py')):
        if package.parent.name != package.parents[1].name or package.parent.name == 'trainer':
            continue  # `trainer` starts and shows nodes: it is made of ROS
        for path in sorted(package.parent.rglob('*.py')):
            if 'ros' not in path.parts and not path.name.endswith(KNOWS_ROS):
                parts = path.relative_to(package.parents[1]).with_suffix('').parts
                yield '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


@pytest.mark.parametrize('package', sorted({m.split('.')[0] for m in pure_modules()}))
def test_pure_modules_leave_rclpy_alone(package):
    modules = [m for m in pure_modules() if m.split('.')[0] == package]
    code = (
        'import importlib, sys\n'
        f'for name in {modules!r}:\n'
        '    try:\n'
        '        importlib.import_module(name)\n'
        '    except ModuleNotFoundError as error:\n'
        f'        assert error.name in {OPTIONAL!r}, error\n'
        '    assert "rclpy" not in sys.modules, name\n')
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_nodes_are_thin():
    long = {
        path.name: lines for path in SRC.glob('*/*/**/*_node.py') if 'test' not in path.parts
        if (lines := len(path.read_text().splitlines())) > 200}
    assert not long
