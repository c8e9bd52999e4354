"""Files that come with a package and must be what was shipped."""

import hashlib
from pathlib import Path

from trainer_core.errors import UserError


def checked(path: Path, package: str, otherwise: str = '') -> Path:
    """The path, compared with SHA256SUMS beside it.

    otherwise: what else to do where it is missing. Raises UserError when it is not there, or not
    what was shipped.
    """
    sums = path.parent / 'SHA256SUMS'
    if not path.is_file() or not sums.is_file():
        raise UserError(
            f'{path.parent} of the package has no {sums.name if path.is_file() else path.name}; '
            f'install {package} again{otherwise}')
    lines = sums.read_text().splitlines()
    wanted = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines if line)}
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if wanted.get(path.name) != found:
        raise UserError(
            f'{path} is damaged (sha256 {found[:12]}..., expected '
            f'{wanted.get(path.name, "none")[:12]}...); install {package} again')
    return path
