"""Entry of the script `trainer`: sets up what is missing, then becomes the command."""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # while we load: no traceback

import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

if not __package__:  # run by path, with the system's Python and nothing of ours installed
    _SRC = Path(__file__).resolve().parents[3]
    sys.path[:1] = [str(_SRC / 'trainer'), str(_SRC / 'trainer_core')]

from trainer import cli  # noqa: E402
from trainer.ending import EndingSignals  # noqa: E402
from trainer.environment import terminal  # noqa: E402
from trainer.environment.layout import Layout  # noqa: E402
from trainer.environment.setup import Setup  # noqa: E402
from trainer_core.errors import UserError  # noqa: E402


def main(argv: list[str]) -> int:
    """Returns only when something is wrong or the command needs no set-up."""
    heard = [number for number in (signal.SIGTERM, signal.SIGHUP)
             if signal.getsignal(number) is not signal.SIG_IGN]  # as nohup wants it
    for number in heard:
        signal.signal(number, _end)
    try:
        distro, rest = take_distro(argv)
        if not cli.needs_setup(rest):
            return cli.main(rest)
        signal.signal(signal.SIGINT, _end)
        layout = Layout()
        setup = Setup(layout, os.environ, base_python(), distro, tests=rest[0] == 'test')
        if not setup.ready():
            setup.make()
        command, env = setup.command(rest[0], rest[1:]), setup.environment()
    except UserError as error:
        terminal.tell(f'trainer: {error}')
        return 2
    except KeyboardInterrupt:
        terminal.tell('trainer: interrupted; run it again to go on')
        return 130
    # Those that come while the command loads wait until it can answer them.
    signal.pthread_sigmask(signal.SIG_BLOCK, EndingSignals.NUMBERS)
    # Tests end programs by signals that must not be ignored because whoever began ignores them.
    for number in EndingSignals.NUMBERS if rest[0] == 'test' else (*heard, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    return os.execve(command[0], command, env)


def take_distro(argv: list[str]) -> tuple[str, list[str]]:
    """The value of --distro, '' without, and the other arguments.

    >>> take_distro(['--distro', 'jazzy', 'test', '-k', 'x']), take_distro(['run', '--distro=a'])
    (('jazzy', ['test', '-k', 'x']), ('a', ['run']))
    """
    distro, rest, words = '', [], iter(argv)
    for word in words:
        if word == '--distro':
            distro = next(words, '')
            if not distro:
                raise UserError('--distro: give a name, kilted or jazzy')
        elif word.startswith('--distro='):
            distro = word.partition('=')[2]
        else:
            rest.append(word)
    return distro, rest


def base_python() -> str:
    """The interpreter below any virtual environment that this one may be in."""
    return os.path.realpath(getattr(sys, '_base_executable', sys.executable))


def _end(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
