"""Play a bag back, with its time on /clock, and judge it again with --nodes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from trainer import nodes
from trainer.commands.run import add_node_arguments, node_arguments, printer, show
from trainer_core.errors import UserError

if TYPE_CHECKING:
    from trainer.player import Player
    from trainer.runner import Runner
    from trainer_core.ros.bags import Bag

ENDED = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which bag, how, and what works on it."""
    parser.add_argument('bag', help='folder of a rosbag2 bag, or one .mcap or .db3 file')
    parser.add_argument(
        '--rate', type=float, default=1.0, metavar='R', help='2 is twice as fast (default: 1)')
    parser.add_argument('--loop', action='store_true', help='start again at the end, until Ctrl-C')
    parser.add_argument(
        '--topics', nargs='+', metavar='TOPIC', default=(),
        help='only these; names without a leading / are meant in any namespace')
    parser.add_argument('--json', action='store_true', help='summary of --nodes as JSON on stdout')
    camera = [name for node in nodes.NODES if node.name == 'camera' for name in node.parameters]
    add_node_arguments(parser, leave_out=(*camera, 'image_transport', 'namespace', 'nodes'))
    parser.add_argument(
        '--nodes', default='', metavar='NODES', help='nodes to start on it, for instance '
        'counter,dialogue,mouth (pose as well if the bag has only images); what they publish '
        'is not played')


def main(args: argparse.Namespace) -> int:
    """Play until the end, or Ctrl-C; 0 unless something was wrong."""
    from trainer.ending import Ending, EndingSignals
    if args.rate <= 0:
        raise UserError(f'--rate is {args.rate:g}; give a number above 0')
    found: list[dict[str, Any]] = []
    try:
        with EndingSignals.held():
            from trainer_core.ros.bags import Bag
        with Bag(args.bag) as bag, ExitStack() as stack:
            _replay(args, bag, stack, found)
    except Ending:
        pass
    for document in found:
        show(document, args.json)
    return 0


def _replay(args: argparse.Namespace, bag: Bag, stack: ExitStack, found: list) -> None:
    """Play; what the nodes made of it, if any were started, is added to found, however it ends."""
    from trainer.ending import EndingSignals
    with EndingSignals.held():
        from trainer.player import Player
        from trainer.runner import Runner
        from trainer.spinning import spinning
    tell = printer(to_stderr=args.json)
    topics = bag.select(args.topics)
    chosen, namespace = _nodes(args.nodes, bag, topics)
    topics = [t for t in topics if t not in _published(chosen, namespace)]
    if not topics:
        raise UserError(f'nothing is left to play of {bag.path} beside what --nodes publish')
    runner = None
    if chosen:
        arguments = node_arguments(
            args, tell, source=str(bag.path), nodes=','.join(chosen),
            namespace=namespace.strip('/'), use_sim_time=True,
            image_transport=None if f'{namespace}/image_raw' in topics else 'compressed')
        runner = stack.enter_context(Runner(
            arguments, tell,
            frames='camera_info' if f'{namespace}/camera_info' in topics else 'poses'))
    # Before the nodes are up: they wait for a time to live in.
    player = stack.enter_context(spinning(lambda **kwargs: Player(
        bag, topics, args.rate, **kwargs)))
    if not runner:
        play(player, bag, None, args.loop, tell)
        return
    try:
        runner.bring_up()
        play(player, bag, runner, args.loop, tell)
    finally:
        found.append(runner.document())


def play(
    player: Player, bag: Bag, runner: Runner | None, loop: bool, tell: Callable[[str], None],
) -> None:
    """Once, or again and again, and until the runner's nodes have judged it."""
    player.find()
    tell(f'playing {bag.seconds:.1f} s of {bag.path}')
    player.play()
    while loop:
        tell('again from the start')
        player.play()
    if runner:
        runner.drain()


def _nodes(selection: str, bag: Bag, topics: list[str]) -> tuple[list[str], str]:
    """Names of the nodes to start on these topics of the bag, and the namespace for them."""
    chosen = [node.name for node in nodes.chosen(selection)] if selection else []
    if 'camera' in chosen:
        raise UserError(f'the camera has no place beside a bag; try: ./trainer run --source '
                        f'{bag.path}')
    spaces = {topic.removesuffix(f'/{name}') for topic in topics
              for name in ('poses', 'image_raw', 'image_raw/compressed')
              if topic.endswith(f'/{name}')}
    if chosen and len(spaces) != 1:
        raise UserError(
            f'bag {bag.path} has neither poses nor images to start nodes on' if not spaces else
            f'bag {bag.path} has poses or images in {" and ".join(sorted(spaces))}; choose with '
            '--topics')
    namespace = spaces.pop() if len(spaces) == 1 else ''
    if 'counter' in chosen and f'{namespace}/poses' not in topics and 'pose' not in chosen:
        chosen.append('pose')
    return chosen, namespace


def _published(chosen: list[str], namespace: str) -> set[str]:
    """Topics that come from the nodes and not from the bag."""
    made = {topic for node in nodes.NODES if node.name in chosen for topic in node.publishes}
    return {f'{namespace}/{topic}' for topic in made} | {'/clock'}
