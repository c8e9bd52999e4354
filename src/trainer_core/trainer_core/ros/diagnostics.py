"""Health of a node on /diagnostics, once a second."""

from collections import deque
from collections.abc import Callable, Mapping
from time import monotonic

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

OK, WARN, ERROR, STALE = (
    DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR, DiagnosticStatus.STALE)

Report = tuple[bytes, str, Mapping[str, object]]  # level, one sentence, values


class Diagnostics:
    """Publishes what each task reports as `node: task`.

    A task is a function without arguments that returns level, one sentence and values.
    """

    def __init__(self, node: Node, tasks: Mapping[str, Callable[[], Report]], hardware: str = ''):
        self._node, self._tasks, self._hardware = node, tasks, hardware or 'none'
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._timer = node.create_timer(1.0, self.publish)

    def publish(self) -> None:
        """Send now; the timer calls it, and so may a node whose state just turned bad."""
        name = self._node.get_fully_qualified_name().lstrip('/')
        message = DiagnosticArray()
        message.header.stamp = self._node.get_clock().now().to_msg()
        for task, report in self._tasks.items():
            level, sentence, values = report()
            message.status.append(DiagnosticStatus(
                level=level, name=f'{name}: {task}', message=sentence, hardware_id=self._hardware,
                values=[KeyValue(key=k, value=_text(v)) for k, v in values.items()]))
        self._publisher.publish(message)


class Meter:
    """Rate of events and the delays they came with, over the last `window` seconds.

    One thread may tick while another one asks.
    """

    def __init__(self, window: float = 5.0):
        self.window, self._events = window, deque(maxlen=1000)  # type: ignore[var-annotated]
        self.total = 0

    def tick(self, delay: float = float('nan')) -> None:
        """delay: s, for instance the age of an image when it was taken."""
        self._events.append((monotonic(), delay))
        self.total += 1

    def rate(self) -> float:
        """Events a second; 0 when the last one is older than the window."""
        now = monotonic()
        recent = [t for t, _ in list(self._events) if now - t <= self.window]
        if len(recent) < 2:
            return 0.0
        return (len(recent) - 1) / max(now - recent[0], 1e-6)

    def age(self) -> float:
        """Seconds since the last event; infinite before the first."""
        return monotonic() - self._events[-1][0] if self._events else float('inf')

    def delay(self, share: float = 0.5) -> float:
        """The quantile `share` of the delays (s) in the window; NaN without any."""
        now = monotonic()
        delays = sorted(d for t, d in list(self._events) if now - t <= self.window and d == d)
        return delays[min(int(share * len(delays)), len(delays) - 1)] if delays else float('nan')

    def values(self) -> dict[str, object]:
        """The part of a report that every node has: how often, how long ago, how late."""
        return {
            'rate (1/s)': self.rate(), 'age (s)': self.age(), 'delay (s)': self.delay(),
            'delay p95 (s)': self.delay(0.95)}


def _text(value: object) -> str:
    return f'{value:.3g}' if isinstance(value, float) else str(value)
