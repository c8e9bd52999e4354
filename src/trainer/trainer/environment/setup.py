"""The steps that make a checkout ready for a command, each done once."""

import errno
import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trainer.environment import packages, processes, ros, system, terminal, variables
from trainer.environment.layout import Layout
from trainer.environment.stamps import Stamps, digest
from trainer.environment.workspace import Workspace
from trainer_core.errors import UserError

# Steps whose work lies in the virtual environment.
_IN_VENV = ('ros', 'run', 'faces', 'words', 'test')


@dataclass(frozen=True)
class Step:
    """One line of the set-up."""

    name: str
    title: str
    key: str  # hash of what goes into it
    work: Callable[[Callable[[str], None]], str]  # gets a way to show where it is; returns a note


class Setup:
    """What it takes to make a checkout ready."""

    def __init__(
        self, layout: Layout, env: Mapping[str, str], python: str, distro: str = '',
        tests: bool = False,
    ):
        """python: for the virtual environment when no ROS 2 is sourced; distro: as by --distro.

        Raises UserError for a distribution that does not exist.
        """
        self.layout, self.stamps, self._env = layout, Stamps(layout.state), env
        self._tests, self._lock = tests, -1
        kept = self.stamps.read('venv')
        kept = kept if isinstance(kept, dict) else {}
        self.ros = ros.wanted(
            distro, '' if kept.get('sourced', True) else kept.get('distro', ''),
            ros.sourced(layout, env), python)

    # What is done, and what is not.

    def ready(self) -> bool:
        """Whether nothing has to be done; takes a few milliseconds."""
        return not self.due()

    def environment(self) -> dict[str, str]:
        """The variables of a command; only when ready."""
        return variables.complete(
            self.layout, self.ros, self._workspace().added(), self._env)

    def command(self, name: str, arguments: Sequence[str]) -> list[str]:
        """The program that becomes a command; only when ready."""
        known = self.stamps.read('venv')
        # What lies in the current folder must not be imported in place of ours.
        safe = ['-P'] if isinstance(known, dict) and known.get('version', []) >= [3, 11] else []
        return [str(self.layout.python), *safe, '-m', 'trainer.cli', name, *arguments]

    def _venv_key(self) -> str:
        # With the folder: a virtual environment and a build do not survive being moved or copied.
        return digest(str(self.layout.root), self.ros.python, self.ros.sourced, self.ros.distro)

    def _venv_id(self) -> str:
        known = self.stamps.read('venv')
        return known.get('id', '') if isinstance(known, dict) else ''

    def _workspace(self) -> Workspace:
        return Workspace(self.layout, self.stamps, self.ros, self._venv_id())

    def _steps(self) -> list[Step]:
        wheels = [] if self.ros.sourced else ros.wheels(self.ros.distro)
        project = self.layout.project
        tools = packages.group(project, 'build')
        steps = [
            Step('system', 'System packages', digest('system', self.ros.python), self._system),
            Step('venv', 'Virtual environment', self._venv_key(), self._venv),
            Step('ros', self.ros.title if wheels else 'Build tools',
                 digest(self._venv_id(), wheels, tools), self._ros),
            Step('run', 'Python packages',
                 digest(self._venv_id(), packages.group(project, 'run')), self._group('run')),
            Step('faces', 'Face recognition',
                 digest(self._venv_id(), packages.group(project, 'faces')),
                 # Alone: one of them asks for dlib's sources, which take half an hour to build.
                 self._group('faces', '--no-deps')),
            Step('words', 'Recognition of words',
                 digest(self._venv_id(), packages.group(project, 'words')),
                 self._group('words', '--no-deps')),
        ]
        if self._tests:
            steps.append(Step(
                'test', 'Test packages', digest(self._venv_id(), packages.group(project, 'test')),
                self._group('test')))
            steps.append(Step(
                'browser', 'Browser for tests', digest('browser', system.browser()), self._browser))
        return steps

    def due(self) -> list[str]:
        """The names of the steps that have to be done."""
        steps = self._steps()
        bad = {step.name for step in steps if not self._good(step)}
        if 'venv' in bad:
            bad.update(_IN_VENV)
        due = [step.name for step in steps if step.name in bad]
        if 'venv' in due or self._workspace().stale():
            due.append('build')
        return due

    def _good(self, step: Step) -> bool:
        known = self.stamps.read(step.name)
        good = isinstance(known, dict) and known.get('key') == step.key
        if step.name == 'venv' and good:
            return self.layout.python.exists() and not self._broken()
        return good

    def _broken(self) -> bool:
        """Whether pip was ended while it changed the virtual environment."""
        at_work = self.stamps.read('pip')
        return bool(at_work) and packages.touched(self.layout.state / str(at_work))

    # Doing it.

    def make(self) -> None:
        """Do what is to be done, one process at a time. Raises UserError saying what is wrong."""
        if not self.ros.sourced:
            ros.check_wheels_fit()
        with self._explained(), self._alone():
            due = self.due()
            if not due:
                return
            terminal.tell(self._why(due))
            if 'venv' in due and processes.free(self.layout.workspace) < processes.NEED:
                raise OSError(errno.ENOSPC, 'not enough room')
            began = terminal.monotonic()
            for number, name in enumerate(due, 1):
                self._do(name, number, len(due))
            self.stamps.folder.joinpath('python').write_text(self.ros.python + '\n', 'utf-8')
            terminal.tell(f'ready after {terminal.duration(terminal.monotonic() - began)}')

    def _why(self, due: list[str]) -> str:
        known = self.stamps.read('venv')
        where = f'{self.ros.title}, ' + (
            'as sourced' if self.ros.sourced else 'from Python wheels')
        if 'venv' not in due:
            return f'setting up what has changed ({where})'
        if not isinstance(known, dict) and not self.layout.venv.exists():
            return f'setting up, once ({where}); this takes some minutes'
        why = ('it was for another folder, ROS 2 or Python'
               if isinstance(known, dict) and known.get('key') != self._venv_key()
               else 'it was not finished')
        return f'setting up anew ({where}): {why}'

    def _do(self, name: str, number: int, count: int) -> None:
        if name == 'build':
            step = Step('build', 'Workspace', '', self._build)
        else:
            step = next(step for step in self._steps() if step.name == name)
        line = terminal.StepLine(number, count, step.title)
        try:
            note = step.work(line.show)
            if name != 'build':
                # The key may depend on what the step has made.
                key = next(s.key for s in self._steps() if s.name == name)
                known = self.stamps.read(name)
                self.stamps.write(
                    name, {**(known if isinstance(known, dict) else {}), 'key': key})
        except BaseException:
            line.left()
            self.stamps.drop('system')  # look again at what is there
            raise
        line.done(note)

    def _log(self, name: str) -> Path:
        return self.layout.state / f'{name}.log'

    def _system(self, show: Callable[[str], None]) -> str:
        return system.provide(self.ros.python, self._log('system'), show, (self._lock,))

    def _browser(self, show: Callable[[str], None]) -> str:
        return system.provide_browser(self._log('browser'), show, (self._lock,))

    def _venv(self, show: Callable[[str], None]) -> str:
        self.stamps.drop('venv', *_IN_VENV, 'build')
        if self.layout.venv.exists():
            show('removing the old one')
            shutil.rmtree(self.layout.venv)
        self.stamps.drop('pip')
        show('')
        options = ['--system-site-packages'] if self.ros.sourced else []
        processes.run(
            [self.ros.python, '-m', 'venv', *options, self.layout.venv], self._log('venv'), show,
            keep_open=(self._lock,))
        self._pip().install(['--upgrade', packages.PIP], self._log('pip'), show)
        self.stamps.write('venv', {
            'key': self._venv_key(), 'id': os.urandom(8).hex(), 'python': self.ros.python,
            'version': system.facts(self.ros.python).version,
            'distro': self.ros.distro, 'sourced': self.ros.sourced})
        return ''

    def _pip(self) -> packages.Pip:
        env = variables.base(self.layout, self.ros, self._env)
        return packages.Pip(self.layout.python, env, (self._lock,), self._constraints(env))

    def _constraints(self, env: Mapping[str, str]) -> Path | None:
        """A file that keeps numpy as the sourced ROS 2 was built with."""
        if not self.ros.sourced:
            return None
        found = subprocess.run(
            [self.ros.python, '-c', 'import numpy; print(numpy.__version__)'],
            env=dict(env), capture_output=True, text=True)
        if found.returncode:
            return None
        file = self.layout.state / 'constraints.txt'
        file.write_text(f'numpy=={found.stdout.strip()}\n', 'utf-8')
        return file

    def _install(self, name: str, what: list[str], show: Callable[[str], None]) -> None:
        log = self._log(name)
        log.unlink(missing_ok=True)
        self.stamps.write('pip', log.name)
        try:
            self._pip().install(what, log, show)
        except BaseException:
            if not packages.touched(log):
                self.stamps.drop('pip')  # it had only looked: all is as it was
            raise
        self.stamps.drop('pip')

    def _ros(self, show: Callable[[str], None]) -> str:
        wheels = [] if self.ros.sourced else ros.wheels(self.ros.distro)
        self._install('ros', [*wheels, '--group', f'{self.layout.project}:build'], show)
        if wheels:
            ros.repair_paths(self.layout.venv, *_paths(self.layout.python))
        return ''

    def _group(self, name: str, *options: str) -> Callable[[Callable[[str], None]], str]:
        def work(show: Callable[[str], None]) -> str:
            self._install(name, [*options, '--group', f'{self.layout.project}:{name}'], show)
            return ''
        return work

    def _build(self, show: Callable[[str], None]) -> str:
        env = variables.base(self.layout, self.ros, self._env)
        return self._workspace().build(env, self._log('build'), show, (self._lock,))

    # What may stand in the way.

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock; wait, saying so, for another ./trainer that sets up the same checkout."""
        self.layout.state.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.layout.state / 'lock', os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                terminal.tell('another ./trainer is setting up this checkout; waiting for it')
                fcntl.flock(self._lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(self._lock)
            self._lock = -1

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say in a sentence what the system's errors mean."""
        try:
            yield
        except OSError as error:
            place = self.layout.workspace
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                text = processes.cause('Errno 28', place)
            elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
                text = processes.cause('Errno 30', place)
            else:
                raise
            raise UserError(text) from None


def _paths(python: Path) -> tuple[str, str]:
    """The include folders of an interpreter and of its numpy."""
    ask = ('import numpy, sysconfig; print(sysconfig.get_paths()["include"]);'
           'print(numpy.get_include())')
    include, numpy = subprocess.run(
        [python, '-I', '-c', ask], capture_output=True, text=True, check=True).stdout.splitlines()
    return include, numpy
