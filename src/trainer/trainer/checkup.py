"""Looks at everything that a start depends on, and judges it; must work when nothing else does.

`look` gathers facts and never raises; `judge` turns facts into findings and touches nothing.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from trainer import devices
from trainer.environment import processes, ros, system, variables
from trainer.environment.layout import Layout
from trainer.environment.setup import Setup
from trainer_core.errors import UserError

T = TypeVar('T')

OK, NOTE, FAULT = 'ok', 'note', 'fault'  # NOTE: it runs, but something is less than it could be

# What the virtual environment must be able to import, and what it may.
_NEEDED = ('rclpy', 'trainer_msgs', 'numpy', 'cv2', 'scipy', 'rosbags', 'pydantic', 'yaml')
ENGINES = ('openvino', 'onnxruntime', 'torch')
_PROBE = """
import importlib, importlib.metadata, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        if name != 'torch':  # it takes seconds
            importlib.import_module(name)
        elif importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError('not installed')
        try:
            found[name] = [importlib.metadata.version(name), '']
        except importlib.metadata.PackageNotFoundError:
            found[name] = ['', '']
    except ModuleNotFoundError as error:
        found[name] = [None, str(error)]
    except BaseException as error:
        found[name] = [None, f'{type(error).__name__}: {error}']
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    about: str
    state: str
    text: str
    cure: str = ''


@dataclass
class Facts:
    """What was seen. Whatever could not be looked at keeps its default and is in `unseen`."""

    python: str = ''
    python_version: tuple[int, int] = (0, 0)
    machine: str = ''
    distro: str = ''
    sourced: bool = False
    unfit: str = ''  # distribution that is sourced but cannot be used
    missing: list[system.Missing] = field(default_factory=list)
    may_install: bool = False
    due: list[str] = field(default_factory=list)
    made: bool = True  # there is a virtual environment
    writable: bool = True
    free: int = 0
    shared_memory: bool = True
    modules: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)  # file: what is wrong, '' when good
    cameras: list[devices.Camera] = field(default_factory=list)
    sound: devices.Sound = field(default_factory=lambda: devices.Sound([], [], []))
    voices: list[str] = field(default_factory=list)
    env: Mapping[str, str] = field(default_factory=dict)
    unseen: dict[str, str] = field(default_factory=dict)  # what: why


def look(layout: Layout, env: Mapping[str, str], python: str) -> Facts:
    """Gather the facts; python: of the set-up when no ROS 2 is sourced."""
    facts = Facts(python=python, python_version=sys.version_info[:2], machine=platform.machine(),
                  env=env)

    def see(what: str, get: Callable[[], T], default: T) -> T:
        try:
            return get()
        except UserError as error:
            facts.unseen[what] = str(error)
        except Exception as error:  # a doctor does not faint
            facts.unseen[what] = traceback.format_exception_only(error)[-1].strip()
        return default

    setup = see('set-up', lambda: Setup(layout, env, python, tests=False), None)
    if setup:
        facts.python = setup.ros.python
        facts.distro, facts.sourced = setup.ros.distro, setup.ros.sourced
        facts.due = see('steps', setup.due, ['venv'])
    if not facts.sourced:
        facts.unfit = env.get('ROS_DISTRO', '')
    facts.made = layout.python.exists()
    known = see('Python', lambda: system.facts(facts.python), None)
    if known:
        facts.python_version = known.version
        facts.missing = see('apt', lambda: system.missing(known), [])
    if facts.missing:
        facts.may_install = see('apt', lambda: bool(system.apt()), False)
    facts.writable = see('folder', lambda: os.access(layout.workspace, os.W_OK), False)
    facts.free = see('disk', lambda: processes.free(layout.workspace), 0)
    facts.shared_memory = see('shared memory', lambda: os.access('/dev/shm', os.W_OK), True)
    if facts.made and setup and not facts.due:
        facts.modules = see('packages', lambda: _modules(layout, setup), {})
    facts.weights = see('weights', lambda: check_sums(
        layout.sources / 'trainer_pose' / 'trainer_pose' / 'weights'), {})
    facts.cameras = see('cameras', devices.cameras, [])
    facts.sound = see('sound', devices.sound, facts.sound)
    facts.voices = see('voices', devices.voices, [])
    return facts


def _modules(layout: Layout, setup: Setup) -> dict[str, tuple[str | None, str]]:
    """Module: version and '', or None and why it cannot be imported."""
    done = subprocess.run(
        [layout.python, '-c', _PROBE, *_NEEDED, *ENGINES], env=setup.environment(), cwd='/',
        capture_output=True, text=True, timeout=120)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f'exit code {done.returncode}']
        return dict.fromkeys(_NEEDED, (None, last[0]))
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {name: (version, why) for name, (version, why) in found.items()}


def check_sums(folder: Path) -> dict[str, str]:
    """Compare the files of a folder with its SHA256SUMS; file: what is wrong, '' when good."""
    sums = folder / 'SHA256SUMS'
    if not sums.is_file():
        return {}
    state = {}
    for line in sums.read_text('utf-8').splitlines():
        wanted, _, name = line.partition(' ')
        file = folder / name.strip(' *')
        if not file.is_file():
            state[file.name] = 'missing'
        else:
            found = hashlib.sha256(file.read_bytes()).hexdigest()
            state[file.name] = '' if found == wanted else f'damaged (sha256 {found[:12]}...)'
    return state


def judge(facts: Facts) -> list[Finding]:
    """The findings, in the order in which things depend on each other."""
    return [
        *_judge_system(facts), *_judge_ros(facts), *_judge_setup(facts), *_judge_modules(facts),
        *_judge_weights(facts), *_judge_devices(facts), *_judge_discovery(facts),
        *(Finding(what, NOTE, f'could not be looked at: {why}') for what, why in
          facts.unseen.items())]


def _judge_system(facts: Facts) -> list[Finding]:
    version = '.'.join(map(str, facts.python_version))
    fits = (3, 10) <= facts.python_version <= (3, 13)
    findings = [Finding('Python', OK if fits else FAULT, f'{version}, {facts.python}',
                        '' if fits else 'install Python 3.10 to 3.13')]
    required = [thing for thing in facts.missing if thing.required]
    for things, needed in ((required, True), ([t for t in facts.missing if not t.required], False)):
        if things:
            cure = system.sentence(things, facts.python).partition('; ')[2]
            self_made = needed and facts.may_install and bool(facts.due)
            bad = needed and bool(facts.due) and not facts.may_install
            findings.append(Finding(
                'system', FAULT if bad else NOTE,
                'missing: ' + ', '.join(thing.what for thing in things),
                'the next command installs it' if self_made else cure))
    if not findings[1:]:
        findings.append(Finding('system', OK, 'every package that is needed is there'))
    enough = processes.NEED if 'venv' in facts.due else processes.NEED // 30
    full = 'disk' not in facts.unseen and facts.free < enough
    findings.append(Finding(
        'disk', FAULT if full else OK, f'{processes.size(facts.free)} free',
        f'make room: {processes.size(enough)} are needed' if full else ''))
    if not facts.shared_memory:
        findings.append(Finding(
            'memory', NOTE, '/dev/shm cannot be written to: images between nodes take longer',
            'sudo mount -t tmpfs -o mode=1777 tmpfs /dev/shm'))
    if not facts.writable:
        findings.append(Finding(
            'folder', FAULT if facts.due else NOTE, 'the workspace cannot be written to',
            'put the repository where you may write'))
    return findings


def _judge_ros(facts: Facts) -> list[Finding]:
    if not facts.distro:
        return []
    name = f'ROS 2 {facts.distro.capitalize()}'
    if facts.sourced:
        return [Finding('ROS 2', OK, f'{name}, as sourced, with {facts.python}')]
    findings = []
    if facts.unfit:
        old = facts.unfit in ros.OLD
        findings.append(Finding(
            'ROS 2', NOTE, f'ROS 2 {facts.unfit.capitalize()} is sourced and not used: '
            + ('it is older than Jazzy' if old else 'rclpy cannot be imported with it'),
            '' if old else 'source its setup.bash again, or check with: '
            'python3 -c "import rclpy"'))
    try:
        ros.check_wheels_fit(facts.machine)
        findings.append(Finding('ROS 2', OK, f'{name}, from Python wheels'))
    except UserError as error:
        findings.append(Finding('ROS 2', FAULT, name, str(error)))
    return findings


def _judge_setup(facts: Facts) -> list[Finding]:
    if not facts.due:
        return [Finding('set-up', OK, 'complete, the workspace is built')]
    names = {'system': 'system packages', 'venv': 'virtual environment', 'ros': 'ROS 2',
             'run': 'Python packages', 'build': 'workspace'}
    what = ', '.join(names.get(name, name) for name in facts.due)
    return [Finding('set-up', NOTE, f'{"to be done" if facts.made else "not done yet"}: {what}',
                    'the next command does it: ./trainer run')]


def _judge_modules(facts: Facts) -> list[Finding]:
    if not facts.modules:
        return []
    broken = {n: why for n, (version, why) in facts.modules.items()
              if version is None and n in _NEEDED}
    findings = [Finding(
        'packages', FAULT, '; '.join(f'{name}: {why}' for name, why in broken.items()),
        'have all made anew: rm -r ros2_ws/.venv, then ./trainer run')] if broken else [Finding(
            'packages', OK, f'all of {len(_NEEDED)} can be imported')]
    there = [f'{name} {facts.modules[name][0]}' for name in ENGINES
             if facts.modules.get(name, (None, ''))[0] is not None]
    broken = {n: why for n, (version, why) in facts.modules.items()
              if n in ENGINES and version is None and not why.startswith(('No module', 'not inst'))}
    findings.append(Finding(
        'engines', OK if there else FAULT, ', '.join(there) or 'none',
        '' if there else 'have all made anew: rm -r ros2_ws/.venv, then ./trainer run'))
    return findings + [
        Finding('engines', NOTE, f'{name} is installed but cannot be imported: {why}')
        for name, why in broken.items()]


def _judge_weights(facts: Facts) -> list[Finding]:
    if not facts.weights:
        return [Finding('weights', FAULT, 'the package has no network (no SHA256SUMS)',
                        'give one: ./trainer run --model FILE.onnx')]
    return [Finding('weights', FAULT if wrong else OK, f'{name}: {wrong or "as shipped"}',
                    f'restore it: git checkout -- {name}' if wrong else '')
            for name, wrong in facts.weights.items()]


def _judge_devices(facts: Facts) -> list[Finding]:
    good = [camera for camera in facts.cameras if not camera.fault]
    findings = [Finding('camera', NOTE, f'{c.path}: {c.fault}') for c in facts.cameras if c.fault]
    findings += [Finding('camera', OK, f'{c.path} {c.name}') for c in good]
    if not facts.cameras:
        findings.append(Finding(
            'camera', NOTE, 'none: the athlete trains, who is simulated',
            'plug one in, or give a source: ./trainer run --source FILE'))
    sound = facts.sound
    findings.append(
        Finding('sound', OK, sound.outputs[0]) if sound.outputs and sound.players
        else Finding('sound', NOTE, 'a card, but no program that plays',
                     'sudo apt-get install alsa-utils') if sound.outputs
        else Finding('sound', NOTE, 'no card: what would be said is written'))
    findings.append(
        Finding('voice', OK, f'espeak-ng, {len(facts.voices)} languages') if facts.voices
        else Finding('voice', NOTE, 'none: what would be said is written',
                     'sudo apt-get install espeak-ng'))
    findings.append(
        Finding('microphone', OK, sound.microphones[0]) if sound.microphones
        else Finding('microphone', NOTE, 'none: type what you would say'))
    return findings


def _judge_discovery(facts: Facts) -> list[Finding]:
    env, (name, default) = facts.env, next(iter(variables.DISCOVERY.items()))
    reach = env.get(name, '')
    domain = env.get('ROS_DOMAIN_ID', '')
    findings = [Finding(
        'discovery', OK, f'{name}={reach or default}'
        + ('' if reach else ' (set by ./trainer: nothing leaves this machine)')
        + f', ROS_DOMAIN_ID={domain or "0 (default)"}')]
    if domain and not (domain.isdigit() and int(domain) <= 232):
        findings.append(Finding('discovery', FAULT, f'ROS_DOMAIN_ID is {domain!r}',
                                'give a number from 0 to 101, or unset it'))
    if reach and reach not in ('LOCALHOST', 'SUBNET', 'OFF', 'SYSTEM_DEFAULT'):
        findings.append(Finding('discovery', FAULT, f'{name} is {reach!r}',
                                'give LOCALHOST, SUBNET, OFF or SYSTEM_DEFAULT, or unset it'))
    if reach == 'OFF':
        findings.append(Finding('discovery', FAULT, f'{name}=OFF: the nodes do not find each other',
                                f'unset {name}'))
    rmw = env.get('RMW_IMPLEMENTATION', '')
    if rmw and rmw != variables.RMW and not facts.sourced:
        findings.append(Finding(
            'discovery', NOTE, f'RMW_IMPLEMENTATION={rmw} is not used: the wheels bring '
            f'{variables.RMW} alone'))
    else:
        findings.append(Finding('discovery', OK, f'RMW_IMPLEMENTATION={rmw or variables.RMW}'))
    return findings
