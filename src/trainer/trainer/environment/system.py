"""Packages of the operating system that are needed, and how they get there."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.environment import processes, terminal
from trainer_core.errors import UserError

_ASK = """
import importlib.util, json, os, sys, sysconfig
print(json.dumps({
    'version': list(sys.version_info[:2]),
    'ensurepip': importlib.util.find_spec('ensurepip') is not None,
    'headers': os.path.exists(os.path.join(sysconfig.get_paths()['include'], 'Python.h')),
    'executable': os.path.realpath(getattr(sys, '_base_executable', sys.executable)),
    'distributed': os.path.realpath('/usr/bin/python3'),
}))
"""


@dataclass(frozen=True)
class Facts:
    """What decides which packages are missing."""

    python: str  # the interpreter that the virtual environment is made from
    version: tuple[int, int]
    of_system: bool  # it is the one that the package python3 brings
    of_apt: bool  # it came from a package at all
    ensurepip: bool
    headers: bool
    programs: Mapping[str, bool]


@dataclass(frozen=True)
class Missing:
    """One thing that is not there."""

    package: str  # as apt names it; '' when no package brings it
    what: str
    required: bool = True


# Any one of the programs is enough.
_PROGRAMS: tuple[tuple[tuple[str, ...], str, str, bool], ...] = (
    (('c++', 'g++', 'clang++'), 'g++', 'a C++ compiler, for the messages', True),
    (('espeak-ng',), 'espeak-ng', 'a voice', False),
    (('aplay', 'paplay', 'pw-play', 'play'), 'alsa-utils', 'a program that plays sound', False),
)


def facts(python: str) -> Facts:
    """Look at this machine and at the interpreter. Raises UserError when that does not run."""
    try:
        answer = json.loads(subprocess.run(
            [python, '-I', '-c', _ASK], capture_output=True, text=True, check=True,
            timeout=60).stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise UserError(f'the Python at {python} does not run: {error}') from None
    executable = answer['executable']
    return Facts(
        python=executable, version=(answer['version'][0], answer['version'][1]),
        of_system=executable == answer['distributed'],
        of_apt=executable.startswith('/usr/bin/'),
        ensurepip=answer['ensurepip'], headers=answer['headers'],
        programs={name: shutil.which(name) is not None for row in _PROGRAMS for name in row[0]})


def missing(found: Facts) -> list[Missing]:
    """What is not there, the required things first."""
    base = 'python3' if found.of_system else f'python{found.version[0]}.{found.version[1]}'
    things = []
    if not found.ensurepip:
        things.append(Missing(
            f'{base}-venv' if found.of_apt else '', 'virtual environments with pip (ensurepip)'))
    if not found.headers:
        things.append(Missing(
            f'{base}-dev' if found.of_apt else '', 'the C headers of Python, for the messages'))
    for names, package, what, required in _PROGRAMS:
        if not any(found.programs[name] for name in names):
            things.append(Missing(package, what, required))
    return sorted(things, key=lambda thing: not thing.required)


def sentence(things: Sequence[Missing], python: str) -> str:
    """One line that names what is missing and the command that brings it."""
    what = ', '.join(thing.what for thing in things)
    packages = ' '.join(thing.package for thing in things if thing.package)
    if any(not thing.package for thing in things):
        return (f'missing: {what}; the Python at {python} is not one that apt can complete: '
                'put another Python 3.10 to 3.13 first in PATH'
                + (f', and sudo apt-get install {packages}' if packages else ''))
    return f'missing: {what}; install: sudo apt-get install {packages}'


def apt() -> list[str]:
    """How apt-get can be called without asking anybody; empty when it cannot."""
    if shutil.which('apt-get') is None:
        return []
    if os.geteuid() == 0:
        return ['apt-get']
    try:
        may = subprocess.run(
            ['sudo', '-n', 'true'], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.SubprocessError):
        may = False
    return ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'] if may else []


def provide(
    python: str, log: Path, show: Callable[[str], None], keep_open: Sequence[int],
) -> str:
    """Install what is missing where that is allowed; a note of what was done.

    Raises UserError naming, in one line, what is required and cannot be installed here.
    """
    things = missing(facts(python))
    packages = [thing.package for thing in things if thing.package]
    call = apt() if packages else []
    if call:
        try:
            _install(call, packages, log, show, keep_open)
        except processes.Failed as error:
            if any(thing.required for thing in missing(facts(python))):
                raise
            terminal.tell(f'\n  not installed: {" ".join(packages)} ({str(error)[-200:]})')
            return 'without voice'
        things = missing(facts(python))
    required = [thing for thing in things if thing.required]
    if required:
        raise UserError(sentence(things, python))
    if things:
        terminal.tell(f'\n  without these the trainer writes what it would say: '
                      f'{sentence(things, python)}')
    return f'installed {" ".join(packages)}' if call else ''


# Chromium by its names; the first one is that of the package, too.
BROWSERS = ('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')


def browser() -> str:
    """Path of a Chromium, which the tests of the mirror page need; '' when there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), '')


def provide_browser(log: Path, show: Callable[[str], None], keep_open: Sequence[int]) -> str:
    """Install a browser for tests where that is allowed; a note of what was done."""
    if browser():
        return ''
    call = apt()
    if call:
        with contextlib.suppress(processes.Failed):
            _install(call, [BROWSERS[0]], log, show, keep_open)
            return f'installed {BROWSERS[0]}'
    terminal.tell('\n  without a browser the tests of the mirror page are skipped; install: '
                  f'sudo apt-get install {BROWSERS[0]}')
    return 'without'


def _install(
    call: list[str], packages: list[str], log: Path, show: Callable[[str], None],
    keep_open: Sequence[int],
) -> None:
    env = {**os.environ, 'DEBIAN_FRONTEND': 'noninteractive', 'LC_ALL': 'C'}
    install = [*call, '-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '--no-install-recommends',
               *packages]
    update = [*call, 'update']
    # A package system that is torn apart has to be repaired by hand: wait, even on Ctrl-C.
    options = {'log': log, 'show': show, 'env': env, 'keep_open': keep_open, 'patient': True}
    if not any(Path('/var/lib/apt/lists').glob('*Packages*')):
        processes.run(update, **options)  # type: ignore[arg-type]
    try:
        processes.run(install, **options)  # type: ignore[arg-type]
    except processes.Failed:
        processes.run(update, **options)  # type: ignore[arg-type]
        processes.run(install, **options)  # type: ignore[arg-type]
