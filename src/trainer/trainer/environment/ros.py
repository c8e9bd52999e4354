"""Which ROS 2: the one that is sourced, or wheels of our own."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from trainer.environment.layout import Layout
from trainer.environment.stamps import Stamps, digest
from trainer_core.errors import UserError

DISTROS = ('kilted', 'jazzy')  # those that exist as wheels; the first is the default
OLD = ('dashing', 'eloquent', 'foxy', 'galactic', 'humble', 'iron')  # before what the nodes need

# Variables that say where a ROS 2 is; with wheels they are ours alone.
PREFIXES = ('AMENT_PREFIX_PATH', 'CMAKE_PREFIX_PATH', 'COLCON_PREFIX_PATH')

_BUILT_AT = r'/opt/python/cp3\d+-cp3\d+'  # where Python lay on the wheels' build machine

_CORE = ('rclpy', 'rmw-fastrtps-cpp', 'common-interfaces')
_AMENT = (
    'cmake', 'cmake-core', 'cmake-export-definitions', 'cmake-export-dependencies',
    'cmake-export-include-directories', 'cmake-export-interfaces', 'cmake-export-libraries',
    'cmake-export-link-flags', 'cmake-export-targets', 'cmake-gen-version-h',
    'cmake-include-directories', 'cmake-libraries', 'cmake-pytest', 'cmake-python', 'cmake-ros',
    'cmake-target-dependencies', 'cmake-test', 'cmake-version', 'package')
_ROSIDL = (
    'adapter', 'cli', 'cmake', 'core-generators', 'core-runtime', 'default-generators',
    'default-runtime', 'dynamic-typesupport', 'dynamic-typesupport-fastrtps', 'generator-c',
    'generator-cpp', 'generator-py', 'generator-type-description', 'parser', 'pycommon',
    'runtime-c', 'runtime-cpp', 'typesupport-c', 'typesupport-cpp', 'typesupport-fastrtps-c',
    'typesupport-fastrtps-cpp', 'typesupport-interface', 'typesupport-introspection-c',
    'typesupport-introspection-cpp')
# What only one distribution has.
_MORE = {
    'kilted': ('fastdds', 'ament-cmake-ros-core', 'ament-cmake-vendor-package'),
    'jazzy': ('fastrtps', 'ament-cmake-gmock', 'ament-cmake-gtest'),
}


@dataclass(frozen=True)
class Ros:
    """The ROS 2 in use."""

    distro: str
    python: str  # the interpreter that the virtual environment is made from
    sourced: bool

    @property
    def title(self) -> str:
        return f'ROS 2 {self.distro.capitalize()}'


def wheels(distro: str) -> list[str]:
    """The names of the wheels of a distribution."""
    names = [*_CORE, *(f'ament-{name}' for name in _AMENT), *(f'rosidl-{name}' for name in _ROSIDL),
             *_MORE[distro]]
    return [*(f'ros-{distro}-{name}' for name in names), 'ros-python-cmake-module']


def check_wheels_fit(machine: str = platform.machine(), system: str = platform.system()) -> None:
    """Raises UserError where the wheels do not run."""
    if (system, machine) != ('Linux', 'x86_64'):
        raise UserError(
            f'ROS 2 comes as Python wheels for Linux on x86_64 only, this is {system} on '
            f'{machine}: install ROS 2 Kilted or Jazzy, source its setup.bash, and run again')


def sourced(
    layout: Layout, env: Mapping[str, str], probe: Callable[[str], str] | None = None,
) -> Ros | None:
    """The ROS 2 that this shell has sourced and that works; None when there is none.

    probe: tells for a program the interpreter behind it when that imports rclpy, else ''.
    """
    distro = env.get('ROS_DISTRO', '')
    if not distro or distro in OLD:
        return None
    path = os.pathsep.join(foreign(layout, env.get('PATH', '')))
    candidates = dict.fromkeys(
        os.path.realpath(found) for name in ('python3', '/usr/bin/python3')
        if (found := shutil.which(name, path=path)))
    key = digest(distro, list(candidates), foreign(layout, env.get('PYTHONPATH', '')),
                 foreign(layout, env.get('AMENT_PREFIX_PATH', '')))
    stamps = Stamps(layout.state)
    known = stamps.read('sourced')
    if not isinstance(known, dict) or known.get('key') != key or not known.get('python'):
        probe = probe or imports_rclpy
        python = next(filter(None, map(probe, candidates)), '')
        known = {'key': key, 'python': python}
        if python:  # what does not work may be repaired, so look again next time
            with suppress(OSError):
                stamps.write('sourced', known)
    return Ros(distro, known['python'], sourced=True) if known['python'] else None


def imports_rclpy(python: str) -> str:
    """The interpreter behind a program when it can import rclpy as things are sourced, else ''."""
    try:
        return subprocess.run(
            [python, '-c', 'import os, sys, rclpy;'
             'print(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))'],
            capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ''


def foreign(layout: Layout, paths: str) -> list[str]:
    """The entries of a PATH-like variable that are not of this workspace."""
    own = str(layout.workspace) + os.sep
    return [p for p in paths.split(os.pathsep) if p and not (p + os.sep).startswith(own)]


def repair_paths(prefix: Path, include: str, numpy_include: str) -> int:
    """Replace the build machine's include folders in the wheels' CMake files; how many files.

    The wheels export where Python and numpy lay when they were built, below /opt/python.
    """
    count = 0
    for file in (prefix / 'share').rglob('*.cmake'):
        text = file.read_text('utf-8', 'surrogateescape')
        if '/opt/python/' not in text:
            continue
        new = re.sub(_BUILT_AT + r'/lib/python3\.\d+/site-packages/numpy/_?core/include',
                     lambda _: numpy_include, text)
        new = re.sub(_BUILT_AT + r'/include/python3\.\d+', lambda _: include, new)
        if new != text:
            file.write_text(new, 'utf-8', 'surrogateescape')
            count += 1
    return count


def wanted(given: str, kept: str, found: Ros | None, python: str) -> Ros:
    """Which ROS 2 to use.

    given: --distro, '' without. kept: the wheels that are installed already, '' without. found:
    the one that is sourced. Raises UserError for a distribution that does not exist as wheels.
    """
    if given and given not in DISTROS and not (found and found.distro == given):
        raise UserError(f'--distro {given}: give one of {", ".join(DISTROS)}')
    if found and given in ('', found.distro):
        return found
    return Ros(given or kept or DISTROS[0], python, sourced=False)
