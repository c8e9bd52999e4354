"""What the set-up decides: which steps, which packages, which ROS 2, which variables."""

import doctest
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from trainer.environment import packages, processes, ros, system, variables
from trainer.environment.layout import Layout
from trainer.environment.stamps import Stamps, package_digest
from trainer.environment.workspace import repair_scripts
from trainer_core.errors import UserError

WHEELS = ros.Ros('kilted', '/usr/bin/python3.11', sourced=False)
SOURCED = ros.Ros('jazzy', '/usr/bin/python3.12', sourced=True)


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / 'talk'
    for name, text in {
        'package.xml': '<a/>', 'setup.py': 'setup()', 'talk/node.py': 'x = 1', 'msg/Say.msg': 'a',
        'config/talk.yaml': 'a: 1',
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(('file', 'built_again'), [
    ('package.xml', True),
    ('setup.py', True),
    ('msg/Say.msg', True),
    ('msg/New.msg', True),
    ('config/new.yaml', True),
    ('config/talk.yaml', False),  # installed as a link
    ('talk/node.py', False),
    ('talk/new.py', False),
    ('talk/setup.py', False),
    ('talk/__pycache__/package.xml', False),
    ('.hidden/setup.py', False),
])
def test_which_change_of_a_package_builds_it_again(package, file, built_again):
    before = package_digest(package)
    (package / file).parent.mkdir(exist_ok=True)
    (package / file).write_text('something else')
    assert (package_digest(package) != before) == built_again


def test_a_new_launch_file_builds_the_package_that_installs_it(package):
    assert package_digest(package, [Path('a.launch.py')]) != package_digest(package)


def test_a_stamp_that_is_not_whole_counts_as_none(tmp_path):
    stamps = Stamps(tmp_path / 'new')
    assert stamps.read('run') is None
    stamps.write('run', {'key': 'a'})
    assert stamps.read('run') == {'key': 'a'}
    (tmp_path / 'new' / 'run.json').write_text('{"key": ')
    assert stamps.read('run') is None
    stamps.drop('run', 'run')


def facts(**changes):
    kept = {
        'python': '/usr/bin/python3.11', 'version': (3, 11), 'of_system': True, 'of_apt': True,
        'ensurepip': True, 'headers': True, 'programs': {
            name: name in ('c++', 'espeak-ng', 'aplay')
            for names, *_ in system._PROGRAMS for name in names}}
    programs = {**kept['programs'], **changes.pop('programs', {})}
    return system.Facts(**{**kept, **changes, 'programs': programs})


BARE = {'ensurepip': False, 'headers': False,
        'programs': {'c++': False, 'espeak-ng': False, 'aplay': False}}


@pytest.mark.parametrize(('found', 'required', 'wanted'), [
    (facts(), [], []),
    (facts(ensurepip=False), ['python3-venv'], []),
    (facts(headers=False), ['python3-dev'], []),
    (facts(headers=False, of_system=False), ['python3.11-dev'], []),
    (facts(headers=False, of_apt=False, of_system=False), [''], []),
    (facts(programs={'c++': False}), ['g++'], []),
    (facts(programs={'c++': False, 'clang++': True}), [], []),
    (facts(programs={'aplay': False, 'pw-play': True}), [], []),
    (facts(programs={'espeak-ng': False}), [], ['espeak-ng']),
    (facts(**BARE), ['python3-venv', 'python3-dev', 'g++'], ['espeak-ng', 'alsa-utils']),
])
def test_which_packages_of_the_system_are_missing(found, required, wanted):
    things = system.missing(found)
    assert [thing.package for thing in things if thing.required] == required
    assert [thing.package for thing in things if not thing.required] == wanted


def test_what_is_missing_is_one_line_with_the_command():
    line = system.sentence(system.missing(facts(**BARE)), '/usr/bin/python3.11')
    assert '\n' not in line
    assert line.endswith(
        'install: sudo apt-get install python3-venv python3-dev g++ espeak-ng alsa-utils')


def test_what_apt_cannot_bring_is_said():
    found = facts(ensurepip=False, of_apt=False, of_system=False, programs={'c++': False})
    line = system.sentence(system.missing(found), '/opt/own/python3')
    assert '/opt/own/python3' in line and line.endswith('sudo apt-get install g++')


def test_without_rights_the_missing_packages_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(system, 'facts', lambda python: facts(programs={'c++': False}))
    monkeypatch.setattr(system, 'apt', list)
    with pytest.raises(UserError, match=r'install: sudo apt-get install g\+\+$'):
        system.provide(sys.executable, tmp_path / 'log', print, ())


def test_a_missing_voice_does_not_stop_the_set_up(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(system, 'facts', lambda python: facts(programs={'espeak-ng': False}))
    monkeypatch.setattr(system, 'apt', list)
    assert system.provide(sys.executable, tmp_path / 'log', print, ()) == ''
    assert 'sudo apt-get install espeak-ng' in capsys.readouterr().err


@pytest.mark.parametrize(('there', 'call', 'works', 'installed', 'note'), [
    ('/usr/bin/chromium', ['apt-get'], True, [], ''),
    ('', ['apt-get'], True, ['chromium'], 'installed chromium'),
    ('', ['apt-get'], False, ['chromium'], 'without'),
    ('', [], True, [], 'without'),
])
def test_a_browser_for_tests(tmp_path, monkeypatch, capsys, there, call, works, installed, note):
    asked = []

    def install(_, names, *__):
        asked.extend(names)
        if not works:
            raise processes.Failed('no network')
    monkeypatch.setattr(system, 'browser', lambda: there)
    monkeypatch.setattr(system, 'apt', lambda: call)
    monkeypatch.setattr(system, '_install', install)
    assert system.provide_browser(tmp_path / 'log', print, ()) == note
    assert asked == installed
    assert ('sudo apt-get install chromium' in capsys.readouterr().err) == (note == 'without')


def test_facts_of_this_interpreter():
    found = system.facts(sys.executable)
    assert found.version == sys.version_info[:2]
    with pytest.raises(UserError, match='/no/python does not run'):
        system.facts('/no/python')


@pytest.mark.parametrize(('given', 'kept', 'found', 'result'), [
    ('', '', None, ('kilted', False)),
    ('jazzy', '', None, ('jazzy', False)),
    ('', 'jazzy', None, ('jazzy', False)),
    ('kilted', 'jazzy', None, ('kilted', False)),
    ('', 'kilted', SOURCED, ('jazzy', True)),
    ('jazzy', '', SOURCED, ('jazzy', True)),
    ('kilted', '', SOURCED, ('kilted', False)),
])
def test_which_ros(given, kept, found, result):
    chosen = ros.wanted(given, kept, found, '/usr/bin/python3')
    assert (chosen.distro, chosen.sourced) == result


def test_a_distribution_without_wheels_is_refused():
    with pytest.raises(UserError, match='--distro humble: give one of kilted, jazzy'):
        ros.wanted('humble', '', None, '/usr/bin/python3')


def test_the_sourced_ros_is_looked_for_once(tmp_path):
    layout, asked = Layout(tmp_path), []

    def probe(python):
        asked.append(python)
        return '/usr/bin/python3.12'
    env = {'ROS_DISTRO': 'jazzy', 'PATH': os.environ['PATH'], 'PYTHONPATH': '/opt/ros/jazzy/lib'}
    assert ros.sourced(layout, env, probe).distro == 'jazzy'
    # What we add ourselves for a command that starts ./trainer again does not count.
    inner = {**env, 'PYTHONPATH': f'{layout.workspace}/build/trainer:/opt/ros/jazzy/lib'}
    assert ros.sourced(layout, inner, probe).sourced
    assert len(asked) == 1
    ros.sourced(layout, {**env, 'PYTHONPATH': '/opt/ros/rolling/lib'}, probe)
    assert len(asked) == 2


@pytest.mark.parametrize('distro', ['', 'humble'])
def test_no_ros_or_an_old_one_is_not_used(tmp_path, distro):
    assert ros.sourced(Layout(tmp_path), {'ROS_DISTRO': distro}, lambda python: python) is None


def test_a_sourced_ros_that_cannot_be_imported_is_not_used(tmp_path):
    env = {'ROS_DISTRO': 'jazzy', 'PATH': os.environ['PATH']}
    assert ros.sourced(Layout(tmp_path), env, lambda python: '') is None


@pytest.mark.parametrize(('system_name', 'machine'), [('Linux', 'aarch64'), ('Darwin', 'x86_64')])
def test_where_wheels_do_not_run_is_said(system_name, machine):
    with pytest.raises(UserError, match=f'{system_name} on {machine}'):
        ros.check_wheels_fit(machine, system_name)


def test_include_folders_of_the_build_machine_are_replaced(tmp_path):
    file = tmp_path / 'share' / 'a' / 'cmake' / 'a.cmake'
    file.parent.mkdir(parents=True)
    file.write_text(
        'I "/opt/python/cp311-cp311/include/python3.11;'
        '/opt/python/cp311-cp311/lib/python3.11/site-packages/numpy/_core/include"')
    assert ros.repair_paths(tmp_path, '/my include', '/my numpy') == 1
    assert file.read_text() == 'I "/my include;/my numpy"'
    assert ros.repair_paths(tmp_path, '/my include', '/my numpy') == 0


USER = {
    'PATH': '/usr/bin', 'HOME': '/home/a', 'PYTHONPATH': '/opt/ros/humble/lib',
    'LD_LIBRARY_PATH': '/opt/ros/humble/lib:/usr/local/cuda/lib', 'ROS_DISTRO': 'humble',
    'AMENT_PREFIX_PATH': '/opt/ros/humble', 'RMW_IMPLEMENTATION': 'rmw_other', 'ROS_DOMAIN_ID': '7'}


def test_with_wheels_another_ros_is_kept_out(tmp_path):
    layout = Layout(tmp_path)
    env = variables.complete(layout, WHEELS, {'PYTHONPATH': ['/ws/build/trainer']}, USER)
    assert env['PYTHONPATH'] == '/ws/build/trainer'
    assert env['AMENT_PREFIX_PATH'] == str(layout.venv)
    assert env['LD_LIBRARY_PATH'] == f'{layout.venv}/lib:/usr/local/cuda/lib'
    assert env['PATH'] == f'{layout.venv}/bin:/usr/bin'
    assert env['RMW_IMPLEMENTATION'] == 'rmw_fastrtps_cpp'
    assert (env['HOME'], env['ROS_DOMAIN_ID'], 'ROS_DISTRO' in env) == ('/home/a', '7', False)


def test_a_sourced_ros_stays_as_it_is(tmp_path):
    env = variables.complete(
        Layout(tmp_path), SOURCED, {'PYTHONPATH': ['/ws/build/trainer']}, USER)
    assert env['PYTHONPATH'] == '/ws/build/trainer:/opt/ros/humble/lib'
    assert env['LD_LIBRARY_PATH'] == USER['LD_LIBRARY_PATH']
    assert env['RMW_IMPLEMENTATION'] == 'rmw_other'


def test_variables_are_the_same_when_they_are_made_again(tmp_path):
    layout = Layout(tmp_path)
    added = {'PYTHONPATH': [f'{layout.workspace}/build/trainer'],
             'LD_LIBRARY_PATH': [f'{layout.workspace}/install/trainer_msgs/lib']}
    for which in (WHEELS, SOURCED):
        once = variables.complete(layout, which, added, USER)
        assert variables.complete(layout, which, added, once) == once


@pytest.mark.parametrize(('given', 'reach'), [
    ({}, 'LOCALHOST'), ({'ROS_AUTOMATIC_DISCOVERY_RANGE': 'SUBNET'}, 'SUBNET')])
def test_nothing_leaves_the_machine_unless_the_user_says_so(tmp_path, given, reach):
    env = variables.complete(Layout(tmp_path), WHEELS, {}, {**USER, **given})
    assert env['ROS_AUTOMATIC_DISCOVERY_RANGE'] == reach


def test_groups_of_this_project_can_be_read():
    project = Layout().project
    assert 'numpy' in packages.group(project, 'run')
    assert any(line.startswith('setuptools<') for line in packages.group(project, 'build'))
    assert 'pytest' in packages.group(project, 'test')
    with pytest.raises(UserError, match="no dependency group 'cook'"):
        packages.group(project, 'cook')


@pytest.mark.parametrize(('log', 'said'), [
    ('ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
     'the disk is full'),
    ('WARNING: Retrying after connection broken by NewConnectionError(...)', 'no network'),
    ("curl: (6) Temporary failure resolving 'deb.example'", 'no network'),
    ('OSError: [Errno 30] Read-only file system', 'cannot be written to'),
    ('ERROR: No matching distribution found for numpy==99', ''),
])
def test_causes_outside_the_program_are_told(tmp_path, log, said):
    sentence = processes.cause(log, tmp_path)
    assert said in sentence and bool(sentence) == bool(said)


def test_a_failed_program_shows_its_last_lines_and_names_the_log(tmp_path):
    log = tmp_path / 'a.log'
    with pytest.raises(processes.Failed, match='why it failed') as raised:
        processes.run(['sh', '-c', 'seq 100; echo why it failed; exit 3'], log, print)
    text = str(raised.value)
    assert str(log) in text and 'exit code 3' in text and '\n100\n' in text and '\n50\n' not in text


def test_ctrl_c_ends_the_program_and_all_it_started(tmp_path):
    def interrupt(line):
        if line.startswith('child'):
            raise KeyboardInterrupt
    log = tmp_path / 'a.log'
    with pytest.raises(KeyboardInterrupt):
        processes.run(['sh', '-c', 'sleep 60 & echo child $!; wait'], log, interrupt)
    stat = Path('/proc', log.read_text().split()[1], 'stat')

    def gone():  # or ended and not yet noticed by whoever inherits it
        return not stat.exists() or stat.read_text().split()[2] == 'Z'
    until = monotonic() + 10
    while not gone() and monotonic() < until:
        Event().wait(0.01)
    assert gone()


def test_executables_start_from_a_folder_with_a_space(tmp_path):
    python = tmp_path / 'my venv' / 'python'
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    script = tmp_path / 'install' / 'pack' / 'lib' / 'pack' / 'node'
    script.parent.mkdir(parents=True)
    script.write_text(f'#!"{python}"\nimport sys\nprint(sys.argv[1:])\n')
    script.chmod(0o755)
    assert repair_scripts(tmp_path / 'install') == 1
    shown = subprocess.run([script, 'a b'], capture_output=True, text=True, check=True).stdout
    assert shown == "['a b']\n"
    assert repair_scripts(tmp_path / 'install') == 0


def test_stamps_are_json_that_people_can_read(tmp_path):
    Stamps(tmp_path).write('venv', {'distro': 'kilted'})
    assert json.loads((tmp_path / 'venv.json').read_text()) == {'distro': 'kilted'}


@pytest.mark.parametrize('module', ['__main__', 'packages', 'processes', 'stamps', 'terminal'])
def test_examples_in_docstrings(module):
    result = doctest.testmod(import_module(f'trainer.environment.{module}'))
    assert result.attempted and not result.failed
