"""List the cameras, microphones, loudspeakers and voices of this machine."""

import argparse

from trainer import devices

_WIDTH = 96  # columns of a line of sizes or languages


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def main(args: argparse.Namespace) -> int:
    """Print them; 0, whatever there is."""
    print('\n'.join([*_cameras(), *_sound(), *_voices()]))
    return 0


def _cameras() -> list[str]:
    found = devices.cameras()
    if not found:
        return ['Cameras: none. ./trainer run takes the athlete, who is simulated; a video file or '
                'a stream: --source FILE']
    lines = ['Cameras:']
    for camera in found:
        lines.append(f'  {camera.path}  {camera.name}'.rstrip())
        if camera.fault:
            lines.append(f'    {camera.fault}')
        lines += [_fitted(f'    {kind}: ', sizes) for kind, sizes in camera.formats.items()]
    return [*lines, f'  Take one with --source {found[0].path}']


def _sound() -> list[str]:
    sound = devices.sound()
    lines = ['Loudspeakers:', *(f'  {name}' for name in sound.outputs)] if sound.outputs else [
        'Loudspeakers: none. What would be said is written']
    if sound.outputs and not sound.players:
        lines.append('  but no program plays sound; install one: sudo apt-get install alsa-utils')
    return [*lines, *(
        ['Microphones:', *(f'  {i}  {name}' for i, name in enumerate(sound.microphones)),
         '  Take one with --microphone 0, or a part of its name'] if sound.microphones
        else ['Microphones: none. Type what you would say, in the terminal of ./trainer run'])]


def _voices() -> list[str]:
    languages = devices.voices()
    if not languages:
        return ['Voices: none. What would be said is written; install one: '
                'sudo apt-get install espeak-ng']
    return [_fitted(f'Voices: espeak-ng, {len(languages)} languages: ', languages)]


def _fitted(head: str, words: list[str]) -> str:
    """As many of the words as fit in a line."""
    line = head
    for index, word in enumerate(words):
        if len(line) + len(word) > _WIDTH:
            return f'{line}... ({len(words)} in all)'
        line += word + (', ' if index < len(words) - 1 else '')
    return line
