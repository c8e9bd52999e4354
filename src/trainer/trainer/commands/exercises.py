"""List the exercises, check an exercise file, or show one.

Without options a table: names, what they are called, what is counted, which sides, and where the
file is from. --show NAME prints the definition in words, and with --out also draws it: a figure in
the start position and at a full repetition with what is measured. --check FILE says ok, or file,
line and what is wrong, with exit code 2.
"""

import argparse
from pathlib import Path
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and where other exercise files are."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument('--check', metavar='FILE', nargs='+', help='say ok, or what is wrong where')
    what.add_argument('--show', metavar='NAME', help='name of an exercise, or an exercise file')
    parser.add_argument('--out', metavar='FILE.png', help='with --show: draw it, too')
    parser.add_argument(
        '--exercise-dir', action='append', default=[], help='a folder with more exercise files')


def main(args: argparse.Namespace) -> int:
    """Answer on stdout."""
    from trainer import exercise_text
    from trainer_core.errors import UserError
    from trainer_counter.exercises.schema import read
    if args.out and not args.show:
        raise UserError('--out says where to draw what --show shows; give --show NAME, too')
    if args.check:
        for name in args.check:
            read(Path(name))
            print(f'{name}: ok')
        return 0
    if args.show:
        exercise, path = _one(args.show, args.exercise_dir)
        print(exercise_text.definition(exercise, str(path)))
        if args.out:
            from trainer.exercise_picture import draw
            draw(exercise, str(path), args.out)
            print(f'\ndrawn: {args.out}')
        return 0
    from trainer_counter import exercises
    print(exercise_text.table([
        (read(path), _origin(path)) for _, path in sorted(
            exercises.files(args.exercise_dir).items())]))
    return 0


def _one(name: str, dirs: list[str]) -> tuple[Any, Path]:
    """An exercise by name or file, and its file."""
    from trainer_counter import exercises
    from trainer_counter.exercises.schema import read
    path = Path(name)
    if path.suffix in ('.yaml', '.yml'):
        return read(path), path
    return exercises.load(name, dirs), exercises.files(dirs)[name]


def _origin(path: Path) -> str:
    from trainer_counter import exercises
    return 'trainer' if path.parent == exercises.FOLDER else str(path.parent)
