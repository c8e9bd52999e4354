"""What was done already: one small file per step, with a hash of what went into it."""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# A file of a package whose text decides what a build makes of it. Python files are not among them:
# the workspace is built with --symlink-install, so that a change to them acts at once.
_BUILT = re.compile(
    r'package\.xml|setup\.py|setup\.cfg|CMakeLists\.txt|.*\.(msg|srv|action|cmake)')
# A folder of a package whose files are installed one by one as links: only their names count.
_LINKED = ('resource', 'config', 'rviz', 'launch', 'web')


def digest(*parts: Any) -> str:
    """A short hash of anything that JSON can hold.

    >>> digest('a', ['b']) == digest('a', ('b',)), digest('a', 'b') == digest('ab')
    (True, False)
    """
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def package_digest(folder: Path, linked: Iterable[Path] = ()) -> str:
    """A hash that changes when a package must be built again.

    linked: files outside the folder that it installs as links, too.
    """
    texts, names = [], [str(p.name) for p in linked]
    for directory, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith('.') and f != '__pycache__')
        inside = Path(directory).relative_to(folder)
        for name in sorted(files):
            if _BUILT.fullmatch(str(inside / name)):
                texts.append((str(inside / name), (folder / inside / name).read_text('utf-8')))
            elif inside.parts[:1] and inside.parts[0] in _LINKED:
                names.append(str(inside / name))
    return digest(texts, sorted(names))


class Stamps:
    """The stamp files of a checkout, in one folder."""

    def __init__(self, folder: Path):
        self.folder = folder

    def read(self, name: str) -> Any:
        """What was written for a step; None when there is nothing, or nothing whole."""
        try:
            return json.loads((self.folder / f'{name}.json').read_text('utf-8'))
        except (OSError, ValueError):
            return None

    def write(self, name: str, value: Any) -> None:
        """Replace the stamp of a step in one go, so that it is never half written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / f'{name}.{os.getpid()}.new'
        new.write_text(json.dumps(value, indent=1) + '\n', 'utf-8')
        new.replace(self.folder / f'{name}.json')

    def drop(self, *names: str) -> None:
        for name in names:
            (self.folder / f'{name}.json').unlink(missing_ok=True)
