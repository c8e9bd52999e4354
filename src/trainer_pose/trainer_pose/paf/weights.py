"""The network that comes with the package, checked before it is used."""

from pathlib import Path

from trainer_core.errors import UserError
from trainer_core.packaged import checked

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
    return checked(packaged, 'trainer_pose', ' or give a file: model:=network.onnx')
