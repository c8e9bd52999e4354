"""The network that comes with the package, checked before it is used."""

import hashlib
from pathlib import Path

from trainer_core.errors import UserError

FOLDER = Path(__file__).resolve().parent.parent / 'weights'
PACKAGED = 'paf_int8.onnx'
FLOAT = 'paf.onnx'  # the same network before quantisation


def find(model: str = '', engine: str = 'auto') -> Path:
    """Path of a network: of the packaged one for '', else of the given file.

    A bare name of a packaged file, for instance paf.onnx, is taken from the package, too. Raises
    UserError when the file is missing, or a packaged one is not what was shipped.
    """
    packaged = FOLDER / (model or (FLOAT if engine == 'torch' else PACKAGED))
    if model and (Path(model).expanduser().is_file() or not packaged.is_file()):
        path = Path(model).expanduser()
        if not path.is_file():
            raise UserError(
                f'there is no model file {model}; give an ONNX file, or nothing for ours')
        return path
    _check(packaged)
    return packaged


def _check(path: Path) -> None:
    """Compare a packaged file with SHA256SUMS beside it."""
    sums = path.parent / 'SHA256SUMS'
    if not path.is_file() or not sums.is_file():
        raise UserError(
            f'{path.parent} of the package has no {sums.name if path.is_file() else path.name}; '
            'install trainer_pose again or give a file: model:=network.onnx')
    lines = sums.read_text().splitlines()
    wanted = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines if line)}
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if wanted.get(path.name) != found:
        raise UserError(
            f'{path} is damaged (sha256 {found[:12]}..., expected '
            f'{wanted.get(path.name, "none")[:12]}...); install trainer_pose again')
