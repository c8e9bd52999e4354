"""The environment variables with which commands, nodes and colcon run."""

import os
import subprocess
from collections.abc import Mapping

from trainer.environment.layout import Layout
from trainer.environment.ros import PREFIXES, Ros, foreign
from trainer_core.errors import UserError

# Nothing leaves the machine unless the user says so.
DISCOVERY = {'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}
# With wheels there is one middleware, and the messages are built for it alone.
RMW = 'rmw_fastrtps_cpp'
# The wheels make every Python start twice to set LD_LIBRARY_PATH, unless this says that it is set.
_LIBRARIES_SET = '_ROS_WHEELS_BOOTSTRAP_COMPLETE'


def base(layout: Layout, ros: Ros, env: Mapping[str, str]) -> dict[str, str]:
    """The user's variables with the virtual environment and ROS 2, without the workspace."""
    new = {name: value for name, value in env.items() if name != 'PYTHONHOME'}
    new['VIRTUAL_ENV'] = str(layout.venv)
    new['PATH'] = os.pathsep.join([str(layout.venv / 'bin'), *foreign(layout, env.get('PATH', ''))])
    if not ros.sourced:
        elsewhere = [p for name in PREFIXES for p in foreign(layout, env.get(name, ''))]
        new['LD_LIBRARY_PATH'] = os.pathsep.join([*_libraries(layout), *(
            p for p in foreign(layout, env.get('LD_LIBRARY_PATH', ''))
            if not any(p.startswith(prefix) for prefix in elsewhere))])
        new[_LIBRARIES_SET] = '1'
        for name in ('PYTHONPATH', 'ROS_DISTRO', 'ROS_VERSION', 'ROS_PYTHON_VERSION', *PREFIXES):
            new.pop(name, None)
        new['AMENT_PREFIX_PATH'] = new['CMAKE_PREFIX_PATH'] = str(layout.venv)
        new['RMW_IMPLEMENTATION'] = RMW
    else:
        for name in ('PYTHONPATH', 'LD_LIBRARY_PATH', *PREFIXES):
            new[name] = os.pathsep.join(foreign(layout, env.get(name, '')))
    return {name: value for name, value in new.items() if value or name not in (
        'PYTHONPATH', 'LD_LIBRARY_PATH', *PREFIXES)}


def _libraries(layout: Layout) -> list[str]:
    """Where the wheels keep their shared libraries."""
    bundled = sorted(str(p) for p in layout.venv.glob('lib/python3.*/site-packages/ros_*.libs'))
    return [str(layout.venv / 'lib'), *bundled]


def learn(layout: Layout, ros: Ros, env: Mapping[str, str]) -> dict[str, list[str]]:
    """What sourcing the built workspace adds to the front of PATH-like variables.

    Learned once after a build: sourcing takes longer than everything else at a start.
    """
    # colcon's script cannot call an interpreter that lies in a folder with a space in its name.
    env = {**env, 'COLCON_PYTHON_EXECUTABLE': ros.python}
    setup = layout.workspace / 'install' / 'local_setup.bash'
    try:
        shown = subprocess.run(
            ['bash', '-c', 'source "$0" && exec env -0', str(setup)], env=env,
            cwd=layout.workspace, capture_output=True, text=True, check=True, timeout=120).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise UserError(f'cannot source {setup}: {error}') from None
    own = tuple(str(layout.workspace / name) + os.sep for name in ('build', 'install'))
    added = {}
    for line in shown.split('\0'):
        name, _, value = line.partition('=')
        entries = [p for p in value.split(os.pathsep) if (p + os.sep).startswith(own)]
        if entries and (name.endswith('PATH') or name in PREFIXES):
            added[name] = list(dict.fromkeys(entries))
    if 'PYTHONPATH' not in added:
        raise UserError(f'{setup} does not name the packages that were built; remove '
                        f'{setup.parent} and run again')
    return added


def complete(
    layout: Layout, ros: Ros, added: Mapping[str, list[str]], env: Mapping[str, str],
) -> dict[str, str]:
    """The environment of a command."""
    new = base(layout, ros, env)
    for name, entries in added.items():
        new[name] = os.pathsep.join([*entries, *filter(None, [new.get(name, '')])])
    return {**DISCOVERY, **new}
