"""The exercise files: those of the package, of other packages, and of the user.

Another package adds its own by a resource of type `trainer_exercises` in the ament index, whose
content is the folder of its YAML files relative to the package's prefix.
"""

import difflib
import os
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from trainer_core.database import default_path
from trainer_core.errors import UserError
from trainer_counter.exercises.schema import Exercise, read

RESOURCE = 'trainer_exercises'
FOLDER = Path(str(resources.files(__package__)))


def files(dirs: Iterable[str | os.PathLike] = ()) -> dict[str, Path]:
    """Every exercise file by name; a later folder wins.

    In this order: ours, other packages', `own_folder`, `dirs`.
    Raises UserError for a folder of `dirs` that is not there.
    """
    folders = [FOLDER, *_of_packages(), own_folder()]
    for given in dirs:
        if str(given):
            folder = Path(given).expanduser()
            if not folder.is_dir():
                raise UserError(
                    f'there is no folder {given} with exercise files; check exercise_dirs')
            folders.append(folder)
    return {path.stem: path for folder in folders for path in sorted(folder.glob('*.yaml'))}


def own_folder() -> Path:
    """Where the user's own exercises are, those that were taught among them; it may not exist."""
    return default_path().parent / 'exercises'


def new_folder(dirs: Iterable[str | os.PathLike] = ()) -> Path:
    """Where a new exercise file goes: the first folder of `dirs`, else `own_folder`."""
    return next((Path(given).expanduser() for given in dirs if str(given)), own_folder())


def names(dirs: Iterable[str | os.PathLike] = ()) -> list[str]:
    """Names of all exercises, sorted."""
    return sorted(files(dirs))


def load(name: str, dirs: Iterable[str | os.PathLike] = ()) -> Exercise:
    """The exercise of that name; raises UserError when it is not there or its file is wrong."""
    there = files(dirs)
    if name not in there:
        near = difflib.get_close_matches(name, there, 1)
        raise UserError(
            f'there is no exercise {name!r}' + (f'; is it {near[0]}?' if near else
                                                f'; there are {", ".join(sorted(there))}'))
    return read(there[name])


def _of_packages() -> list[Path]:
    """Folders that other packages registered; read from the index itself, without ROS."""
    found = []
    for prefix in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep):
        index = Path(prefix) / 'share' / 'ament_index' / 'resource_index' / RESOURCE
        if prefix and index.is_dir():
            found += [Path(prefix) / entry.read_text().strip() for entry in sorted(index.iterdir())]
    return found
