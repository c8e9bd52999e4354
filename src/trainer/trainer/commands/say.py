"""Say something to a trainer that runs, as from its microphone: ./trainer say "skip this one"."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from trainer_core.errors import UserError

if TYPE_CHECKING:
    from rclpy.node import Node

    from trainer.keyboard import Typist

_WITHIN = 5.0  # s for somebody to listen


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is said, and to whom."""
    parser.add_argument('words', nargs='*', help='what is said; without: lines of standard input')
    parser.add_argument('--namespace', default='trainer', help='of the trainer (default: trainer)')
    parser.add_argument('--language', default='en', help='in which it is said (default: en)')


def main(args: argparse.Namespace) -> int:
    """Publish on `heard`; 0 when somebody was there to hear it."""
    from rclpy.node import Node

    from trainer.ending import EndingSignals
    from trainer.keyboard import Typist
    from trainer.spinning import spinning
    lines = [' '.join(args.words)] if args.words else sys.stdin
    with EndingSignals(), spinning(
            lambda **kwargs: Node('typist', namespace=args.namespace, **kwargs)) as node:
        typist = Typist(node, args.language)
        _wait_for_listener(typist, node, args.namespace)
        for line in lines:
            if not line.strip():
                continue
            intent = typist.say(line)
            print(intent or 'no command by itself; it may be an answer')
        from rclpy.duration import Duration
        typist.publisher.wait_for_all_acked(Duration(seconds=2.0))
    return 0


def _wait_for_listener(typist: Typist, node: Node, namespace: str) -> None:
    """Until the dialogue is there; raises UserError when it is not."""
    from threading import Event
    from time import monotonic
    until = monotonic() + _WITHIN
    while not typist.publisher.get_subscription_count() or not any(
            i.node_name == 'dialogue' for i in node.get_subscriptions_info_by_topic(
                typist.publisher.topic_name)):
        if monotonic() > until:
            raise UserError(
                f'nobody listens in /{namespace}: start ./trainer run, or give its --namespace')
        Event().wait(0.05)
