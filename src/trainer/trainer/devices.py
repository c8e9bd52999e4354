"""Cameras, sound and voices of this machine, found with the standard library alone."""

import fcntl
import os
import re
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Video4Linux: requests of ioctl(2), and the layout of what they fill in, see linux/videodev2.h.
_QUERYCAP, _CAPABILITY = 0x80685600, struct.Struct('16s32s32sIII12x')
_ENUM_FMT, _FORMAT = 0xC0405602, struct.Struct('III32s4sI12x')
_ENUM_FRAMESIZES, _FRAMESIZE = 0xC02C564A, struct.Struct('I4sI6I8x')
_CAPTURE, _DISCRETE = 1, 1

PLAYERS = ('pw-play', 'paplay', 'aplay', 'play')  # programs that play sound, any is enough


@dataclass(frozen=True)
class Camera:
    """One device that gives images."""

    path: str
    name: str
    formats: dict[str, list[str]] = field(default_factory=dict)  # pixel format: sizes
    fault: str = ''


def cameras(folder: Path = Path('/dev')) -> list[Camera]:
    """The cameras, by number; one that cannot be opened is listed with the reason."""
    found = []
    for path in sorted(folder.glob('video[0-9]*'), key=lambda p: int(re.sub(r'\D', '', p.name))):
        name = Path('/sys/class/video4linux', path.name, 'name')
        known = name.read_text('utf-8', 'replace').strip() if name.exists() else ''
        try:
            device = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            cure = ('; join its group: sudo usermod -aG video $USER, then log in again'
                    if isinstance(error, PermissionError) else '')
            found.append(Camera(str(path), known, fault=f'{error.strerror}{cure}'))
            continue
        try:
            camera = _camera(path, device)
        except OSError as error:
            camera = Camera(str(path), known, fault=f'not a camera that answers: {error.strerror}')
        finally:
            os.close(device)
        if camera:
            found.append(camera)
    return found


def _camera(path: Path, device: int) -> Camera | None:
    """What one device says of itself; None when it gives no images, as the second of many does."""
    data = bytearray(_CAPABILITY.size)
    fcntl.ioctl(device, _QUERYCAP, data)
    _, name, _, _, _, capabilities = _CAPABILITY.unpack(data)
    if not capabilities & _CAPTURE:
        return None
    formats = {
        kind.decode('ascii', 'replace').strip(): list(dict.fromkeys(_sizes(device, kind)))
        for kind in _formats(device)}
    return Camera(str(path), name.split(b'\0')[0].decode('utf-8', 'replace'), formats)


def _formats(device: int) -> Iterator[bytes]:
    for index in range(64):
        data = bytearray(_FORMAT.pack(index, _CAPTURE, 0, b'', b'', 0))
        try:
            fcntl.ioctl(device, _ENUM_FMT, data)
        except OSError:
            return
        yield _FORMAT.unpack(data)[4]


def _sizes(device: int, kind: bytes) -> Iterator[str]:
    for index in range(64):
        data = bytearray(_FRAMESIZE.pack(index, kind, *[0] * 7))
        try:
            fcntl.ioctl(device, _ENUM_FRAMESIZES, data)
        except OSError:
            return
        _, _, how, *numbers = _FRAMESIZE.unpack(data)
        if how != _DISCRETE:
            yield f'{numbers[0]}x{numbers[3]} to {numbers[1]}x{numbers[4]}'
            return
        yield f'{numbers[0]}x{numbers[1]}'


@dataclass(frozen=True)
class Sound:
    """The sound devices, by the names that the kernel gives them."""

    outputs: list[str]
    microphones: list[str]
    players: list[str]  # programs that play


def sound(folder: Path = Path('/proc/asound')) -> Sound:
    """The sound cards; empty lists where there are none."""
    cards, table = folder / 'cards', folder / 'pcm'
    names = dict(re.findall(
        r'^ *(\d+) \[.*?\]: .*? - (.*)$', cards.read_text('utf-8', 'replace'), re.MULTILINE)
    ) if cards.exists() else {}
    outputs, microphones = [], []
    for line in table.read_text('utf-8', 'replace').splitlines() if table.exists() else []:
        card, device = (int(number) for number in line.split(':')[0].split('-'))
        parts = [part.strip() for part in line.split(':')[1:]]
        name = f'hw:{card},{device} {names.get(str(card), "")} {parts[0]}'.strip()
        if any(part.startswith('playback') for part in parts):
            outputs.append(name)
        if any(part.startswith('capture') for part in parts):
            microphones.append(name)
    return Sound(outputs, microphones, [name for name in PLAYERS if shutil.which(name)])


def voices() -> list[str]:
    """The languages that espeak-ng speaks, as BCP 47 tags; empty where it is not installed."""
    try:
        shown = subprocess.run(
            ['espeak-ng', '--voices'], capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.split()[1] for line in shown.splitlines()[1:] if len(line.split()) > 1]
