"""The commands of `./trainer`: each is a module of `trainer.commands`.

A command has a docstring, whose first line is its help, `add_arguments(parser)` and
`main(args) -> int`, the exit code. Ctrl-C ends it where it is; a command that has something to
close then has ENDED, the exit code for that, and gets an Ending. Imports only the standard library,
so that help, `doctor` and `devices` work before anything is set up.
"""

import argparse
import ast
import difflib
import gc
import importlib
import os
import signal
import sys
from pathlib import Path

from trainer.ending import Ending, EndingSignals
from trainer_core.errors import UserError

_FOLDER = Path(__file__).resolve().parent / 'commands'
# In the order of the help; what is not delivered yet is not listed.
_ORDER = (
    'run', 'test', 'score', 'pose', 'top', 'bench', 'record', 'replay', 'say', 'people',
    'exercises', 'history', 'devices', 'doctor')
_WITHOUT_SETUP = ('devices', 'doctor')  # they must answer where nothing works yet


def commands(folder: Path = _FOLDER) -> dict[str, str]:
    """Name: one line of help, of every command that is there; without importing any."""
    found = {}
    for file in folder.glob('[a-z]*.py'):
        text = ast.get_docstring(ast.parse(file.read_text('utf-8'))) or ''
        found[file.stem] = text.partition('\n')[0]
    return {name: found[name] for name in sorted(found, key=_rank)}


def _rank(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def needs_setup(argv: list[str]) -> bool:
    """Whether the environment must be made before these arguments can be answered."""
    if not argv or argv[0].startswith('-') or argv[0] not in commands():
        return False
    if argv[0] in _WITHOUT_SETUP:
        return False
    if '-h' in argv or '--help' in argv:
        try:
            _module(argv[0])
        except ImportError:
            return True
        return False
    return True


def main(argv: list[str] | None = None) -> int:
    """Run a command; the exit code. 2 when the user has to put something right."""
    argv = sys.argv[1:] if argv is None else argv
    there = commands()
    if not argv or argv[0] in ('-h', '--help', 'help'):
        print(_help(there))
        return 0
    name = argv[0]
    if name not in there:
        near = difflib.get_close_matches(name, there, 1)
        print(f'trainer: there is no command {name!r}'
              + (f'; is it {near[0]}?' if near else '; ./trainer --help lists them'),
              file=sys.stderr)
        return 2
    try:
        return _run(name, argv[1:])
    except UserError as error:
        print(f'trainer: {error}', file=sys.stderr)
        return 2
    except (Ending, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; let the interpreter not stumble over it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(name: str, argv: list[str]) -> int:
    module = _module(name)
    parser = argparse.ArgumentParser(
        prog=f'./trainer {name}', description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    module.add_arguments(parser)
    # A command with REST hands the arguments that it does not know to another program.
    args, rest = parser.parse_known_args(argv)
    if rest and not hasattr(module, 'REST'):
        parser.error(f'unrecognized arguments: {" ".join(rest)}')
    if hasattr(module, 'REST'):
        setattr(args, module.REST, rest)
    if not hasattr(module, 'ENDED'):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, EndingSignals.NUMBERS)
        return int(module.main(args))
    try:
        with EndingSignals():
            return int(module.main(args))
    except Ending:
        return int(module.ENDED)


def _module(name: str):  # type: ignore[no-untyped-def]
    return importlib.import_module(f'trainer.commands.{name}')


def _help(there: dict[str, str]) -> str:
    width = max(map(len, there), default=0)
    return '\n'.join([
        'usage: ./trainer COMMAND [...]        ./trainer COMMAND --help says more',
        '',
        *(f'  {name:{width}}  {text}' for name, text in there.items()),
        '',
        'The first command sets up what is missing; --distro jazzy takes ROS 2 Jazzy instead of',
        'Kilted. Where a ROS 2 is sourced, that one is used.',
    ])


if __name__ == '__main__':
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    code = main()
    gc.freeze()  # as every node does at its end, see trainer_core.ros.run
    sys.exit(code)
