"""Files that come with a package and must be what was shipped."""

import hashlib
from pathlib import Path
from typing import Any

from trainer_core.errors import UserError

_SMALL = 64  # numbers that are not worth halving


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
    found = _digest(path)
    if wanted.get(path.name) != found:
        raise UserError(
            f'{path} is damaged (sha256 {found[:12]}..., expected '
            f'{wanted.get(path.name, "none")[:12]}...); install {package} again')
    return path


def seal(folder: Path, names: list[str]) -> None:
    """Write the SHA256SUMS of these files of a folder, which are all that it ships."""
    (folder / 'SHA256SUMS').write_text(
        ''.join(f'{_digest(folder / name)}  {name}\n' for name in names))


def halved(model: Any) -> Any:
    """An onnx.ModelProto with its weights stored as halves and cast back when it is loaded."""
    import numpy as np
    import onnx
    graph = model.graph
    casts = []
    for stored in graph.initializer:
        values = onnx.numpy_helper.to_array(stored)
        if values.dtype != np.float32 or values.size < _SMALL:
            continue
        name = stored.name
        stored.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), name))
        casts.append(onnx.helper.make_node(
            'Cast', [name], [f'{name}.float'], to=onnx.TensorProto.FLOAT))
        for node in graph.node:
            for i, source in enumerate(node.input):
                if source == name:
                    node.input[i] = f'{name}.float'
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
