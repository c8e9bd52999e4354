"""Builds the colcon workspace, and only what has to be built again."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from trainer.environment import processes, variables
from trainer.environment.layout import Layout
from trainer.environment.ros import Ros
from trainer.environment.stamps import Stamps, digest, package_digest

# With wheels nothing but rclpy over Fast DDS will ever read the messages: a third of the work.
_LEAN = ('-DTRAINER_MSGS_PYTHON_ONLY=ON',)
_CMAKE = ('-GNinja', '-DBUILD_TESTING=OFF', '-Wno-dev')


class Workspace:
    """The workspace of a checkout, built for one ROS 2."""

    def __init__(self, layout: Layout, stamps: Stamps, ros: Ros, venv: str):
        """venv: identifies the virtual environment; with another one all is built anew."""
        self._layout, self._stamps, self._ros = layout, stamps, ros
        self._cmake = [*_CMAKE, *(() if ros.sourced else _LEAN)]
        self._how = digest(venv, ros.distro, ros.sourced, self._cmake)

    def wanted(self) -> dict[str, str]:
        """Package name: hash of what is built from."""
        launch = sorted(p for p in (self._layout.root / 'launch').glob('*') if p.is_file())
        return {
            folder.name: package_digest(folder, launch if folder.name == 'trainer' else ())
            for folder in self._layout.packages()}

    def stale(self) -> list[str]:
        """The packages that must be built; all of them when it is to be built another way."""
        wanted, known = self.wanted(), self._stamps.read('build')
        if not isinstance(known, dict) or known.get('how') != self._how:
            return list(wanted)
        return [
            name for name, key in wanted.items()
            if known.get('packages', {}).get(name) != key
            or not (self._layout.workspace / 'install' / name).is_dir()]

    def added(self) -> Mapping[str, list[str]]:
        """What the built workspace adds to variables."""
        known = self._stamps.read('build')
        return known.get('added', {}) if isinstance(known, dict) else {}

    def build(
        self, env: Mapping[str, str], log: Path, show: Callable[[str], None],
        keep_open: Sequence[int] = (),
    ) -> str:
        """Build what is stale; a note of how much that was. Raises processes.Failed."""
        wanted, stale, known = self.wanted(), self.stale(), self._stamps.read('build')
        keep = {}
        if isinstance(known, dict) and known.get('how') == self._how:
            keep = {n: k for n, k in known.get('packages', {}).items() if n not in stale}
        # From here to the end they count as not built, whatever happens.
        self._stamps.write('build', {
            'how': self._how, 'packages': keep, 'added': self.added() if keep else {}})
        for name in stale:
            # What an earlier or interrupted build left behind is of no use and may be harmful.
            for folder in ('build', 'install'):
                self._remove(self._layout.workspace / folder / name)
        if not keep:
            for name in ('.colcon_install_layout', 'COLCON_IGNORE'):
                (self._layout.workspace / 'install' / name).unlink(missing_ok=True)
        processes.run(
            [self._layout.python, '-m', 'colcon', 'build', '--symlink-install',
             '--event-handlers', 'console_direct+', 'console_start_end-',
             '--packages-select', *stale, '--cmake-args', *self._cmake],
            log, show, {
                'MAKEFLAGS': f'-j{os.cpu_count()}',  # otherwise colcon waits for an idle machine
                **env, 'COLCON_HOME': str(self._layout.state / 'colcon')},
            self._layout.workspace, keep_open)
        repair_scripts(self._layout.workspace / 'install')
        self._stamps.write('build', {
            'how': self._how, 'packages': wanted,
            'added': variables.learn(self._layout, self._ros, env)})
        return f'{len(stale)} of {len(wanted)} packages'

    @staticmethod
    def _remove(path: Path) -> None:
        if path.is_symlink() or path.is_file():
            os.unlink(path)
        elif path.is_dir():
            shutil.rmtree(path)


def repair_scripts(install: Path) -> int:
    """Make executables start from folders that a first line cannot name; how many were changed.

    The kernel takes neither a space nor more than 127 characters there, a shell does.
    """
    count = 0
    for script in install.glob('*/lib/*/*'):
        if not script.is_file() or not os.access(script, os.X_OK):
            continue
        first, _, rest = script.read_bytes().partition(b'\n')
        python = first.removeprefix(b'#!').strip(b' "')
        if first.startswith(b'#!') and b'python' in first and (
                b' ' in python or len(first) > 127):
            # For the shell the first two lines, for Python a text that does nothing.
            script.write_bytes(
                b'#!/bin/sh\n' b"'''exec' " b'"' + python + b'" "$0" "$@"\n' b"' '''\n" + rest)
            count += 1
    return count
