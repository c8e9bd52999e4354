"""The node list as processes of our own starter."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ament_index_python.packages import (
    PackageNotFoundError,
    get_package_prefix,
    get_package_share_directory,
)

from trainer import nodes
from trainer.starter import Command, Starter
from trainer_core.errors import UserError


@contextmanager
def start(arguments: Mapping[str, Any], later: Collection[str] = ()) -> Iterator[Starter]:
    """The chosen nodes, running, but those to be started later; see `nodes.complete`.

    Raises UserError when a node is not built or the parameter file is not there.
    """
    with TemporaryDirectory(prefix='trainer_') as folder:
        commands = [
            command(node, arguments, Path(folder)) for node in nodes.chosen(arguments['nodes'])]
        environment = {
            'RCUTILS_LOGGING_BUFFERED_STREAM': '1', 'RCUTILS_COLORIZED_OUTPUT': '0'}
        with Starter(commands, environment, later=later) as starter:
            yield starter


def command(node: nodes.Node, arguments: Mapping[str, Any], folder: Path) -> Command:
    """How one node is run; its parameters are written to a file in folder."""
    space = f'/{arguments["namespace"].strip("/")}'
    line = [
        executable(node.package, node.executable), '--ros-args', '--log-level',
        arguments['log_level'], '-r', f'__ns:={space}', '-r', f'__node:={node.name}']
    # In a file under the full name of the node, as launch_ros does it: what is given with -p
    # counts for less than a parameter file that names the node.
    own = folder / f'{node.name}.yaml'
    own.write_text(json.dumps(
        {f'{space.rstrip("/")}/{node.name}': {
            'ros__parameters': nodes.parameters(node, arguments)}},
        ensure_ascii=False), 'utf-8')  # JSON is YAML that quotes every text: 0483 stays text
    for file in (*parameter_files(arguments['params_file']), own):
        line += ['--params-file', str(file)]
    return Command(node.name, line, restart=node.restarted(arguments))


def executable(package: str, name: str) -> str:
    """Path of an executable of a built package; raises UserError."""
    try:
        path = Path(get_package_prefix(package)) / 'lib' / package / name
    except PackageNotFoundError:
        path = None
    if path is None or not path.is_file():
        raise UserError(
            f'{name} of package {package} is not built; run: cd ros2_ws && colcon build, and '
            'source install/setup.bash')
    return str(path)


def parameter_files(own: str | None) -> list[Path]:
    """Ours and the user's, the later one wins; raises UserError when the user's is not there."""
    files = [Path(get_package_share_directory('trainer')) / 'config' / 'trainer.yaml']
    if own:
        if not Path(own).is_file():
            raise UserError(f'there is no parameter file {own}; check params_file')
        files.append(Path(own).absolute())
    return files
