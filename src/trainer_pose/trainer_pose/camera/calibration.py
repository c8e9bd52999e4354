"""Calibration of a camera in the YAML file that ROS tools share (camera_calibration_parsers)."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from ament_index_python.packages import PackageNotFoundError, get_package_share_directory
from platformdirs import user_config_path

from trainer_core.errors import UserError

MATRICES = {
    'k': ('camera_matrix', 3, 3), 'd': ('distortion_coefficients', 1, 0),
    'r': ('rectification_matrix', 3, 3), 'p': ('projection_matrix', 3, 4),
}


@dataclass(frozen=True)
class Calibration:
    """Intrinsics as in sensor_msgs/CameraInfo, row by row; pixels."""

    width: int
    height: int
    distortion_model: str
    d: tuple[float, ...]
    k: tuple[float, ...]
    r: tuple[float, ...]
    p: tuple[float, ...]


def locate(url: str, camera: str) -> Path:
    """The file that camera_info_url means; '' = in the user's configuration, named as the camera.

    url: file:///path, package://package/path, or a path. Raises UserError for anything else.
    """
    if not url:
        return user_config_path('trainer') / 'camera_info' / f'{camera}.yaml'
    parts = urlsplit(url)
    if parts.scheme == 'file':
        return Path(unquote(parts.path))
    if parts.scheme == 'package':
        try:
            share = get_package_share_directory(parts.netloc)
        except (PackageNotFoundError, ValueError):
            raise UserError(
                f'camera_info_url {url}: package {parts.netloc!r} is not installed; '
                'install it or give file:///...') from None
        return Path(share) / unquote(parts.path).lstrip('/')
    if parts.scheme:
        raise UserError(
            f'camera_info_url {url} has an unknown scheme; give file:///path or '
            'package://package/path')
    return Path(url).expanduser()


def load(file: Path) -> Calibration | None:
    """Read a calibration; None when there is no such file, UserError when it is damaged."""
    try:
        content = yaml.safe_load(file.read_text())
        numbers = {}
        for field, (name, rows, columns) in MATRICES.items():
            numbers[field] = tuple(float(x) for x in content[name]['data'])
            if columns and len(numbers[field]) != rows * columns:
                raise ValueError(f'{name} needs {rows * columns} numbers')
        return Calibration(
            int(content['image_width']), int(content['image_height']),
            str(content['distortion_model']), **numbers)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError) as error:
        reason = f'{error.args[0]} is missing' if isinstance(error, KeyError) else str(error)
        raise UserError(
            f'calibration {file} cannot be used: {" ".join(reason.split())}; '
            'calibrate again, or remove the file') from None


def save(file: Path, camera: str, calibration: Calibration) -> None:
    """Write a calibration so that a reader never sees half of it; raises UserError."""
    content: dict[str, object] = {
        'image_width': calibration.width, 'image_height': calibration.height,
        'camera_name': camera, 'distortion_model': calibration.distortion_model}
    for field, (name, rows, columns) in MATRICES.items():
        data = list(getattr(calibration, field))
        content[name] = {'rows': rows, 'cols': columns or len(data), 'data': data}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f'.{file.name}.{os.getpid()}')
        draft.write_text(yaml.safe_dump(content, sort_keys=False, default_flow_style=None))
        draft.replace(file)
    except OSError as error:
        raise UserError(
            f'calibration cannot be written to {file}: {error.strerror}; '
            'give another camera_info_url') from None
