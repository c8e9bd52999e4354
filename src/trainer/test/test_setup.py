"""The steps of the set-up with the work taken out: what is done, skipped and redone."""

import errno
import fcntl
import shutil
from threading import Event, Thread
from types import SimpleNamespace

import pytest

from trainer.environment import packages, processes, system, variables
from trainer.environment.layout import Layout
from trainer.environment.setup import Setup
from trainer.environment.workspace import Workspace
from trainer_core.errors import UserError

PROJECT = """
[dependency-groups]
build = ["colcon"]
run = [
    "numpy",
]
faces = ["dlib-bin"]
words = ["openwakeword"]
test = ["pytest"]
"""
ALL = ['system', 'venv', 'ros', 'run', 'faces', 'words', 'build']


class Checkout:
    """A small repository whose set-up only notes what it would do."""

    def __init__(self, root, monkeypatch):
        self.layout, self.did = Layout(root), []
        self.pip_log, self.failure = '', None
        package = root / 'src' / 'trainer_msgs'
        package.mkdir(parents=True)
        (package / 'package.xml').write_text('<package/>')
        self.layout.workspace.mkdir()
        self.layout.project.write_text(PROJECT)
        (root / 'python').write_text('#!/bin/sh\n')

        def provide(*_):
            self.did.append('system')
            return ''

        def run(command, *_, **__):
            if 'venv' in command:
                self.did.append('venv')
                self.layout.python.parent.mkdir(parents=True)
                self.layout.python.touch()
            else:
                self.did.append('build')
                (self.layout.workspace / 'install' / 'trainer_msgs').mkdir(parents=True)

        def install(_, what, log, __):
            if packages.PIP in what:
                return
            self.did.append('ros' if any('ros-' in word for word in what)
                            else what[-1].rpartition(':')[2])
            log.write_text(self.pip_log)
            if self.failure:
                raise self.failure
        monkeypatch.setattr(system, 'provide', provide)
        monkeypatch.setattr(
            system, 'provide_browser', lambda *_: self.did.append('browser') or '')
        monkeypatch.setattr(system, 'facts', lambda _: SimpleNamespace(version=(3, 11)))
        monkeypatch.setattr(processes, 'run', run)
        monkeypatch.setattr(packages.Pip, 'install', install)
        monkeypatch.setattr(variables, 'learn', lambda *_: {'PYTHONPATH': ['/ws/build/a']})
        monkeypatch.setattr('trainer.environment.ros.repair_paths', lambda *_: 0)
        monkeypatch.setattr('trainer.environment.setup._paths', lambda python: ('/i', '/n'))

    def setup(self, **options):
        return Setup(self.layout, {'PATH': '/usr/bin'}, '/usr/bin/python3', **options)

    def make(self, **options):
        """The steps that are done now."""
        self.did.clear()
        setup = self.setup(**options)
        setup.make()
        assert setup.ready()
        return list(self.did)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    return Checkout(tmp_path, monkeypatch)


def test_everything_is_done_once(checkout):
    assert checkout.make() == ALL
    assert checkout.make() == []
    assert checkout.setup().environment()['PYTHONPATH'] == '/ws/build/a'


def test_a_command_runs_in_the_environment_and_imports_nothing_from_where_it_is_typed(checkout):
    checkout.make()
    assert checkout.setup().command('run', ['--once']) == [
        str(checkout.layout.python), '-P', '-m', 'trainer.cli', 'run', '--once']


def test_test_packages_are_installed_for_tests_only(checkout):
    checkout.make()
    assert checkout.make(tests=True) == ['test', 'browser']
    assert checkout.make() == []


def change_group(checkout, old, new):
    text = checkout.layout.project.read_text()
    checkout.layout.project.write_text(text.replace(old, new))


@pytest.mark.parametrize(('old', 'new', 'steps'), [
    ('"numpy",', '"numpy",  # sums', []),
    ('"numpy"', '"numpy<3"', ['run']),
    ('"colcon"', '"colcon-core"', ['ros']),
    ('"dlib-bin"', '"dlib-bin>19"', ['faces']),
    ('"openwakeword"', '"openwakeword==0.4.0"', ['words']),
    ('"pytest"', '"pytest<9"', []),
])
def test_which_change_of_the_project_file_does_which_steps(checkout, old, new, steps):
    checkout.make()
    change_group(checkout, old, new)
    assert checkout.make() == steps


def test_a_changed_message_is_built_again(checkout):
    checkout.make()
    (checkout.layout.sources / 'trainer_msgs' / 'Say.msg').write_text('string text')
    assert checkout.make() == ['build']


def test_a_lost_build_is_made_again(checkout):
    checkout.make()
    shutil.rmtree(checkout.layout.workspace / 'install')
    assert checkout.make() == ['build']


def test_a_lost_environment_is_made_again_with_all_that_is_in_it(checkout):
    checkout.make()
    shutil.rmtree(checkout.layout.venv)
    assert checkout.make() == ['venv', 'ros', 'run', 'faces', 'words', 'build']


def test_another_distribution_is_made_anew_and_then_kept(checkout):
    checkout.make()
    assert checkout.make(distro='jazzy') == ['venv', 'ros', 'run', 'faces', 'words', 'build']
    assert checkout.make() == []
    assert checkout.setup().ros.distro == 'jazzy'


@pytest.mark.parametrize(('failure', 'log', 'then'), [
    (KeyboardInterrupt(), 'Collecting numpy\n', ['run']),
    (processes.Failed('no network'), 'Collecting numpy\n', ['run']),
    (KeyboardInterrupt(), 'Installing collected packages: numpy\n',
     ['venv', 'ros', 'run', 'faces', 'words']),
    (processes.Failed('disk'), 'Installing collected packages: numpy\n',
     ['venv', 'ros', 'run', 'faces', 'words']),
])
def test_pip_that_is_stopped(checkout, failure, log, then):
    """An environment that pip had begun to change is not trusted, one it had not is kept."""
    checkout.make()
    change_group(checkout, '"numpy"', '"numpy<3"')
    checkout.failure, checkout.pip_log = failure, log
    with pytest.raises(type(failure)):
        checkout.setup().make()
    checkout.failure, checkout.pip_log = None, ''
    assert [step for step in checkout.make() if step not in ('system', 'build')] == then


def test_a_process_killed_while_pip_installs_leaves_an_environment_that_is_not_trusted(checkout):
    checkout.make()
    setup = checkout.setup()
    setup.stamps.write('pip', 'run.log')  # as it is when there is no time left for anything
    (checkout.layout.state / 'run.log').write_text('Installing collected packages: numpy\n')
    assert checkout.setup().due()[0] == 'venv'


def test_a_build_that_is_stopped_is_begun_again(checkout, monkeypatch):
    checkout.make()
    (checkout.layout.sources / 'trainer_msgs' / 'Say.msg').write_text('string text')

    def stop(*_, **__):
        raise KeyboardInterrupt
    with monkeypatch.context() as broken:
        broken.setattr(processes, 'run', stop)
        with pytest.raises(KeyboardInterrupt):
            checkout.setup().make()
    assert 'build' in checkout.make()


def test_two_at_once_do_the_work_once(checkout, monkeypatch):
    told, waiting = [], Event()

    def tell(line):
        told.append(line)
        waiting.set()
    monkeypatch.setattr('trainer.environment.terminal.tell', tell)
    checkout.layout.state.mkdir()
    with (checkout.layout.state / 'lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = Thread(target=checkout.setup().make)
        second.start()
        assert waiting.wait(10)
        assert 'another ./trainer' in told[0] and checkout.did == []
    second.join(10)
    assert checkout.did == ALL
    assert checkout.make() == []


@pytest.mark.parametrize(('number', 'said'), [
    (errno.EROFS, 'cannot be written to'), (errno.EACCES, 'cannot be written to'),
    (errno.ENOSPC, 'the disk is full')])
def test_a_folder_that_cannot_be_written_is_said(checkout, monkeypatch, number, said):
    def fail(*_, **__):
        raise OSError(number, 'no')
    monkeypatch.setattr(Workspace, 'build', fail)
    with pytest.raises(UserError, match=said):
        checkout.setup().make()


def test_too_little_room_is_said_before_anything_is_done(checkout, monkeypatch):
    monkeypatch.setattr(processes, 'free', lambda place: 10**8)
    with pytest.raises(UserError, match='100 MB free at .*, set-up needs about 3.0 GB'):
        checkout.setup().make()
    assert checkout.did == []


def test_a_checkout_that_was_moved_is_set_up_anew(checkout, tmp_path_factory):
    checkout.make()
    moved = tmp_path_factory.mktemp('moved') / 'here'
    shutil.copytree(checkout.layout.root, moved)
    again = Setup(Layout(moved), {}, '/usr/bin/python3')
    assert again.due() == ['venv', 'ros', 'run', 'faces', 'words', 'build']
