"""Start every node and train: counts are shown and spoken as they come."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from trainer import nodes
from trainer_core.errors import UserError

if TYPE_CHECKING:
    from trainer.runner import Runner

ENDED = 0
_LOOK = 0.1  # s between looks at the processes
_OWN = ('at_end', 'enabled', 'use_sim_time')  # arguments that are for run itself to set


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the launch file as options, and how to end."""
    parser.epilog = 'nodes:\n' + '\n'.join(
        f'  {node.name:10} {node.text} ({node.group})' for node in nodes.NODES)
    add_node_arguments(parser)
    parser.add_argument(
        '--once', action='store_true', help='end when the source ends, and print the summary')
    parser.add_argument(
        '--json', action='store_true', help='print the summary as one JSON document on stdout')


def add_node_arguments(
    parser: argparse.ArgumentParser, leave_out: Collection[str] = (),
) -> None:
    """Options from the table that the launch file is made from, too."""
    for argument in nodes.ARGUMENTS:
        if argument.name in (*_OWN, *leave_out):
            continue
        option = '--' + argument.name.replace('_', '-')
        options = [option, '--params'] if argument.name == 'params_file' else [option]
        if argument.kind is bool:
            parser.add_argument(*options, action='store_true', default=None, help=argument.text)
            continue
        default = 'warn' if argument.name == 'log_level' else argument.default
        parser.add_argument(
            *options, type=argument.kind, default=default, choices=argument.choices or None,
            metavar=None if argument.choices else argument.name.upper(),
            help=argument.text + (f' (default: {default})' if default is not None else ''))
    parser.add_argument(
        '--mute', dest='voice', action='store_const', const='text',
        help='no sound: the same as --voice text')


def node_arguments(
    args: argparse.Namespace, tell: Callable[[str], None], **fixed: Any,
) -> dict[str, Any]:
    """All arguments of the nodes; says so when it has to choose the source itself."""
    arguments = nodes.complete({
        **{a.name: getattr(args, a.name) for a in nodes.ARGUMENTS if hasattr(args, a.name)},
        **fixed})
    if chosen := nodes.choose_source(arguments):
        tell(f'{chosen} (--source takes something else)')
    return arguments


def printer(to_stderr: bool) -> Callable[[str], None]:
    """Prints lines; goes on quietly when the terminal or whoever read the pipe is gone."""
    stream = sys.stderr if to_stderr else sys.stdout

    def tell(line: str) -> None:
        try:
            print(line, file=stream, flush=True)
        except OSError:
            # Python would stumble over what is left in the buffer when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return tell


def main(args: argparse.Namespace) -> int:
    """Run until the source ends (--once), Ctrl-C or SIGTERM; 0 unless something was wrong."""
    from trainer.ending import Ending, EndingSignals
    tell = printer(to_stderr=args.json)
    document = None
    try:
        with EndingSignals.held():
            from trainer.runner import Runner
            arguments = node_arguments(
                args, tell, enabled=False, at_end='exit' if args.once else None)
        with Runner(arguments, tell) as runner:
            try:
                train(runner, tell)
            finally:
                document = runner.document()
    except Ending:
        pass
    except UserError:
        if document and document['frames']:
            show(document, args.json)
        raise
    if document and (args.once or document['frames']):
        show(document, args.json)
    return 0


def train(runner: Runner, tell: Callable[[str], None]) -> None:
    """Until the source has ended and all that was in it is judged and spoken."""
    from trainer.keyboard import Keyboard
    runner.bring_up()
    tell('all nodes are up')
    runner.go()
    with Keyboard(runner.watcher, runner.arguments['language'] or 'en') as keyboard:
        if keyboard.works:
            tell('type what you would say, and Enter: yes, stop, how many left, help')
        while not runner.over(_LOOK):
            pass
        runner.drain()


def show(document: dict[str, Any], as_json: bool) -> None:
    """Print the summary on stdout."""
    from trainer import summary
    printer(to_stderr=False)(
        json.dumps(document, indent=2, ensure_ascii=False) if as_json else summary.text(document))
