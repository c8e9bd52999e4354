"""What the nodes report on /diagnostics, one row for each; pure, for `./trainer top` and tests."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from trainer.nodes import NAMES

LEVELS = ('ok', 'warn', 'error', 'stale')  # as in diagnostic_msgs/DiagnosticStatus
SILENT_AFTER = 3.0  # s; every node reports once a second

# What every node reports; and what those report that have it.
ALWAYS = ('rate (1/s)', 'age (s)', 'last error')
WHERE_THERE_IS_ONE = ('delay (s)', 'dropped', 'engine', 'device', 'model')


@dataclass(frozen=True)
class Status:
    """One task of one node, as it was last heard; heard: s on a steady clock."""

    node: str
    task: str
    level: int
    message: str
    values: Mapping[str, str]
    heard: float


@dataclass(frozen=True)
class Row:
    """One node."""

    name: str
    state: str                  # ok, warn, error, stale, silent (up, but no report) or absent
    message: str
    rate: str = ''
    age: str = ''
    delay: str = ''
    dropped: str = ''
    cpu: float | None = None    # % of one core
    memory: float | None = None  # MB
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def details(self) -> str:
        """Engine, device, model and the last error, where there are such."""
        told = [self.values[key] for key in ('engine', 'device', 'model') if self.values.get(key)]
        error = self.values.get('last error', '')
        return ', '.join([*told, *([f'last error: {error}'] if error else [])])


def split(name: str, namespace: str) -> tuple[str, str] | None:
    """Node and task of a status name, `trainer/pose: pose`; None for another namespace's."""
    full, _, task = name.partition(':')
    space = namespace.strip('/')
    path, _, node = full.strip().strip('/').rpartition('/')
    return (node, task.strip()) if path == space else None


def rows(
    there: Collection[str], heard: Iterable[Status], now: float,
    usage: Mapping[str, tuple[float, float]] = {},
) -> list[Row]:
    """A row for every node that is there, in the order of the node list, then those that are not.

    there: names of nodes in the graph; usage: CPU in % of one core and MB by name.
    """
    by_node: dict[str, list[Status]] = {}
    for status in heard:
        if now - status.heard <= SILENT_AFTER:
            by_node.setdefault(status.node, []).append(status)
    names = [name for name in NAMES if name in there]
    names += sorted((set(there) | set(by_node)) - set(NAMES))
    found = [_row(name, by_node.get(name, []), usage.get(name)) for name in names
             if name in NAMES or name in by_node]
    return found + [
        Row(name, 'absent', 'is not running') for name in NAMES if name not in names]


def _row(name: str, tasks: list[Status], usage: tuple[float, float] | None) -> Row:
    cpu, memory = usage or (None, None)
    if not tasks:
        return Row(
            name, 'silent', f'is up, but has not reported for {SILENT_AFTER:g} s', cpu=cpu,
            memory=memory)
    # The worst task speaks; stale means switched off, which is less than wrong.
    order = {1: 2, 2: 3, 3: 1}
    tasks = sorted(tasks, key=lambda s: -order.get(s.level, 0))
    values = {k: v for status in reversed(tasks) for k, v in status.values.items()}
    return Row(
        name, LEVELS[min(tasks[0].level, 3)], tasks[0].message, _short(values, 'rate (1/s)'),
        _short(values, 'age (s)'), _short(values, 'delay (s)'), values.get('dropped', ''), cpu,
        memory, values)


def _short(values: Mapping[str, str], key: str) -> str:
    """A number without the noise; '' for NaN and infinity."""
    try:
        number = float(values[key])
    except (KeyError, ValueError):
        return ''
    if number != number or number in (float('inf'), float('-inf')):
        return ''
    return f'{number:.1f}' if number >= 10 else f'{number:.2g}'
