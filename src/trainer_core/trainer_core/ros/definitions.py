"""Message types by name: their class, hash and text, as bags need them."""

import importlib
import json
import re
from contextlib import suppress
from functools import cache
from pathlib import Path

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

from trainer_core.errors import UserError

_PRIMITIVE = {
    'bool', 'byte', 'char', 'float32', 'float64', 'int8', 'uint8', 'int16', 'uint16', 'int32',
    'uint32', 'int64', 'uint64'}


@cache
def message_class(name: str) -> type | None:
    """The class of a type such as std_msgs/msg/String; None if it is not installed."""
    try:
        package, kind, message = name.split('/')
        found = getattr(importlib.import_module(f'{package}.{kind}'), message, None)
    except (ImportError, ValueError):
        return None
    return found


def _share(package: str) -> Path | None:
    with suppress(PackageNotFoundError):
        return Path(get_package_share_directory(package))
    return None


@cache
def type_hash(name: str) -> str:
    """RIHS01 hash (REP-2011) of an installed type; '' if the distribution does not tell."""
    package, kind, message = name.split('/')
    file = (_share(package) or Path()) / kind / f'{message}.json'
    if not file.is_file():
        return ''
    hashes = json.loads(file.read_text())['type_hashes']
    return next((h['hash_string'] for h in hashes if h['type_name'] == name), '')


@cache
def definition(name: str) -> str:
    """The .msg text of an installed type followed by those it uses, as rosbag2 stores it."""
    texts: dict[str, str] = {}
    waiting = [name]
    while waiting:
        current = waiting.pop(0)
        if current in texts:
            continue
        package, kind, message = current.split('/')
        file = (_share(package) or Path()) / kind / f'{message}.msg'
        if not file.is_file():
            raise UserError(
                f'the definition of {current} is not installed (no {file}); it cannot be recorded')
        texts[current] = file.read_text()
        for line in texts[current].splitlines():
            used = re.match(r'\s*([A-Za-z]\w*(?:/(?:msg/)?\w+)?)(?:\[[^\]]*\])?\s+\w', line)
            if used and used[1] not in _PRIMITIVE and not used[1].startswith(('string', 'wstring')):
                where, _, what = used[1].rpartition('/')
                where = where.removesuffix('/msg') or package
                waiting.append(f'{where}/msg/{what}')
    root = texts.pop(name)
    return root + ''.join(
        f'\n{"=" * 80}\nMSG: {used.replace("/msg/", "/")}\n{text}' for used, text in texts.items())
