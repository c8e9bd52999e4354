"""Record a running trainer, or one started for it, into a rosbag2 bag."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from trainer import nodes
from trainer.commands.run import add_node_arguments, node_arguments, printer

if TYPE_CHECKING:
    from trainer.runner import Runner
    from trainer_core.ros.recorder import Recorder

ENDED = 0
LOOK = 0.1     # s between looks at what is going on
SILENCE = 5.0  # s without any message after which a hint is due


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, what, and of which graph."""
    parser.add_argument(
        '-o', '--output', metavar='DIR', help='folder of the bag, which must not exist yet '
        '(default: trainer_ and the time)')
    parser.add_argument(
        '--storage', choices=('mcap', 'sqlite3'), default='mcap', help='(default: mcap)')
    parser.add_argument(
        '--images', choices=tuple(nodes.IMAGES), default='compressed',
        help='raw images are about 27 MB a second (default: compressed)')
    parser.add_argument(
        '--topics', nargs='+', metavar='TOPIC', default=(), help='more topics to record')
    parser.add_argument(
        '--duration', type=float, default=float('inf'), metavar='S', help='end after S seconds')
    add_node_arguments(parser)


def main(args: argparse.Namespace) -> int:
    """Record until Ctrl-C, or with --source until the source ends; the bag is always closed."""
    from trainer.ending import Ending, EndingSignals
    from trainer_core.errors import UserError
    with EndingSignals.held():
        from trainer.runner import Runner
        from trainer.spinning import spinning
        from trainer_core.ros.bags import Writer
        from trainer_core.ros.recorder import Recorder

    tell = printer(to_stderr=True)
    topics = [*nodes.RECORDED, *nodes.IMAGES[args.images], *args.topics]
    path = args.output or f'trainer_{datetime.now():%Y-%m-%d_%H-%M-%S}'
    fault = ''
    with Writer(path, args.storage) as writer:
        try:
            with ExitStack() as stack:
                runner = None
                if args.source:
                    runner = stack.enter_context(Runner(
                        node_arguments(args, tell, enabled=False, at_end='exit'), tell))
                recorder = stack.enter_context(spinning(lambda **kwargs: Recorder(
                    writer, topics, namespace=args.namespace, **kwargs)))
                if runner:
                    runner.bring_up()
                    runner.go()
                tell(f'recording into {path}; Ctrl-C ends it')
                record(recorder, runner, args.duration, tell)
                fault = recorder.fault
        except Ending:
            pass
    if fault:
        raise UserError(fault)
    tell(f'{writer.count} messages are in {path}')
    return 0


def record(
    recorder: Recorder, runner: Runner | None, duration: float, tell: Callable[[str], None],
) -> None:
    """Until the source of runner has ended, duration (s) is over, or the recorder has a fault."""
    begin, hint_at = monotonic(), SILENCE
    while not recorder.fault and (passed := monotonic() - begin) < duration:
        if runner is None:
            recorder.stopped.wait(LOOK)
        elif runner.over(LOOK):
            runner.drain()
            return
        if passed > hint_at and not recorder.writer.count:
            hint_at = float('inf')
            tell(f'nothing to record yet in {recorder.get_namespace()}: start ./trainer run, '
                 'or give --source or another --namespace')
