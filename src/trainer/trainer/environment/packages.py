"""Python packages: what pyproject.toml lists in its dependency groups, and pip to install it."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from trainer.environment import processes
from trainer_core.errors import UserError

# From here on pip changes what is installed; before, it only looks and downloads.
_TOUCHED = 'Installing collected packages'
PIP = 'pip>=25.1'  # the first that reads dependency groups


def group(project: Path, name: str) -> list[str]:
    """The requirements of a dependency group, without comments.

    Read without tomllib, which Python 3.10 has not; raises UserError when there is no such group.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / 'pyproject.toml'
    >>> _ = file.write_text('[dependency-groups]\\nrun = [\\n  "numpy",  # a\\n  "x[y]<2",\\n]\\n')
    >>> group(file, 'run')
    ['numpy', 'x[y]<2']
    """
    inside = False
    found: list[str] | None = None
    for line in project.read_text('utf-8').splitlines():
        if line.startswith('['):
            inside = line.strip() == '[dependency-groups]'
        elif inside and (start := re.match(r'([\w-]+) = \[', line)):
            if found is not None:
                break
            if start[1] == name:
                found = []
                line = line[start.end():]
        if found is not None:
            found += re.findall(r'["\']([^"\']+)["\']', line.split('#')[0])
    if found is None:
        raise UserError(f'{project} has no dependency group {name!r}; write {name} = ["..."]')
    return found


def touched(log: Path) -> bool:
    """Whether the pip that wrote this log had begun to change what is installed."""
    try:
        return _TOUCHED in log.read_text('utf-8', 'replace')
    except OSError:
        return False


class Pip:
    """The pip of one virtual environment."""

    def __init__(
        self, python: Path, env: Mapping[str, str], keep_open: Sequence[int] = (),
        constraints: Path | None = None,
    ):
        self._python, self._keep_open, self._constraints = python, keep_open, constraints
        # Unbuffered, so that the log is true whenever pip is ended.
        self._env = {**os.environ, **env, 'PYTHONUNBUFFERED': '1', 'PIP_NO_INPUT': '1',
                     'PIP_DISABLE_PIP_VERSION_CHECK': '1', 'PIP_PROGRESS_BAR': 'off',
                     'PIP_NO_COLOR': '1', 'PIP_ROOT_USER_ACTION': 'ignore'}
        for name in ('PIP_TARGET', 'PIP_PREFIX', 'PIP_USER', 'PIP_REQUIRE_VIRTUALENV'):
            self._env.pop(name, None)

    def install(self, what: Sequence[str], log: Path, show: Callable[[str], None]) -> None:
        """`pip install` with these arguments; raises processes.Failed."""
        options = ['--constraint', str(self._constraints)] if self._constraints else []
        processes.run(
            [self._python, '-m', 'pip', 'install', *options, *what], log,
            lambda line: show(_short(line)), self._env, keep_open=self._keep_open)


def _short(line: str) -> str:
    """
    >>> _short('Collecting numpy>=2 (from -r x)'), _short('Installing collected packages: a, b')
    ('looking for numpy', 'installing')
    """
    words = line.split()
    if words[:1] == ['Collecting'] and len(words) > 1:
        return 'looking for ' + re.split(r'[^\w.-]', words[1])[0]
    if words[:1] == ['Downloading'] and len(words) > 1:
        return 'downloading ' + words[1].split('/')[-1].split('-')[0]
    return 'installing' if line.startswith(_TOUCHED) else ''
