"""Show how every node is: rate, age, drops, CPU, and what it says, each second.

Ctrl-C ends it. Columns: rate of what the node does (1/s); age since it last did (s); delay from the
camera's stamp to its output (s); what it left out; CPU in % of one core, where the node runs on
this machine.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from trainer.health import Row
    from trainer.monitor import Monitor

ENDED = 0
_COLOURS = {
    'ok': 'green', 'warn': 'yellow', 'error': 'bold red', 'stale': 'magenta',
    'silent': 'yellow', 'absent': 'bright_black'}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of which trainer, and how long."""
    parser.add_argument('--namespace', default='trainer', help='(default: trainer)')
    parser.add_argument('--once', action='store_true', help='print once and end')
    parser.add_argument('--json', action='store_true', help='with --once: one JSON document')
    parser.add_argument(
        '--every', type=float, default=1.0, metavar='S', help='seconds between (default: 1)')


def main(args: argparse.Namespace) -> int:
    """0, also after Ctrl-C; 2 when with --once nothing runs."""
    from trainer.ending import EndingSignals
    with EndingSignals.held():
        from trainer.monitor import Monitor
        from trainer.spinning import spinning
    space = '/' + args.namespace.strip('/')
    with spinning(lambda **kwargs: Monitor(namespace=space, **kwargs)) as monitor:
        if args.once or args.json:
            once(monitor, args.json)
        else:
            live(monitor, max(args.every, 0.1))
    return 0


def once(
    monitor: Monitor, as_json: bool, patience: float = 15.0, settled: float = 2.0,
) -> None:
    """Print when all have reported, at most `patience` s; raises UserError when nothing runs.

    Nodes are discovered one after the other: no new one for `settled` s is all of them.
    """
    from threading import Event

    from rich.console import Console

    from trainer_core.errors import UserError
    wait, until = Event(), monotonic() + patience
    monitor.rows()  # CPU is measured from here on
    there, since = monitor.there(), monotonic()
    while monotonic() < until and not (monitor.complete() and monotonic() - since > settled):
        wait.wait(0.1)
        if there != (now := monitor.there()):
            there, since = now, monotonic()
    rows = monitor.rows()
    if nothing(rows):
        raise UserError(hint(monitor))
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=1, default=dict))
    else:
        Console(highlight=False).print(table(rows, monitor.get_namespace()))


def live(monitor: Monitor, every: float) -> None:
    """Refresh until Ending."""
    from threading import Event

    from rich.console import Console
    from rich.live import Live
    from rich.text import Text
    wait = Event()
    with Live(console=Console(highlight=False), auto_refresh=False, screen=False) as shown:
        while True:
            rows = monitor.rows()
            shown.update(
                Text(hint(monitor)) if nothing(rows) else table(rows, monitor.get_namespace()),
                refresh=True)
            wait.wait(every)


def nothing(rows: Sequence[Row]) -> bool:
    """No node runs."""
    return all(row.state == 'absent' for row in rows)


def hint(monitor: Monitor) -> str:
    """What to do when nothing runs."""
    import os
    others = monitor.elsewhere()
    there = f'; a trainer runs in {", ".join(others)}' if others else ''
    return (
        f'nothing runs in {monitor.get_namespace()}{there}; start ./trainer run, or give another '
        f'--namespace (ROS_DOMAIN_ID is {os.environ.get("ROS_DOMAIN_ID", "0")})')


def table(rows: Sequence[Row], namespace: str) -> Table:
    """For the terminal."""
    from rich.table import Table
    from rich.text import Text
    shown = Table(box=None, pad_edge=False, title=f'trainer in {namespace}', title_justify='left')
    shown.add_column('node')
    shown.add_column('state')
    for name in ('rate', 'age', 'delay', 'drops', 'CPU', 'MB'):
        shown.add_column(name, justify='right', no_wrap=True)
    shown.add_column('message', ratio=1, overflow='fold')
    for row in rows:
        colour = _COLOURS[row.state]
        message: Any = Text(row.message, style='' if row.state == 'ok' else colour)
        if row.details:
            message.append(f'\n{row.details}', style='bright_black')
        shown.add_row(
            row.name, Text(row.state, style=colour), row.rate, row.age, row.delay, row.dropped,
            f'{row.cpu:.0f} %' if row.cpu is not None else '',
            f'{row.memory:.0f}' if row.memory is not None else '', message,
            style='bright_black' if row.state == 'absent' else '')
    return shown
