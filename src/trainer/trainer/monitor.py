"""Listens to /diagnostics and looks at the processes of the nodes of one namespace."""

from time import monotonic

import psutil
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data

from trainer import health
from trainer.nodes import NAMES


class Monitor(Node):
    """Who is there, how they are and what they cost."""

    def __init__(self, **kwargs):
        super().__init__('top', **kwargs)
        self._heard: dict[tuple[str, str], health.Status] = {}
        self._processes = Processes(self.get_namespace())
        self.create_subscription(
            DiagnosticArray, '/diagnostics', self._on_diagnostics, qos_profile_sensor_data)

    def rows(self) -> list[health.Row]:
        """The nodes as they are now; from any thread."""
        return health.rows(
            self.there(), list(self._heard.values()), monotonic(), self._processes.usage())

    def there(self) -> set[str]:
        """Names of the nodes in our namespace."""
        return {name for name, space in self.get_node_names_and_namespaces()
                if space == self.get_namespace()} - {self.get_name()}

    def elsewhere(self) -> list[str]:
        """Other namespaces in which nodes of a trainer run."""
        return sorted({
            space for name, space in self.get_node_names_and_namespaces()
            if name in NAMES and space != self.get_namespace()})

    def complete(self) -> bool:
        """Every node of ours that is there has reported."""
        there = self.there() & set(NAMES)
        return bool(there) and there <= {node for node, _ in list(self._heard)}

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            names = health.split(status.name, self.get_namespace())
            if names:
                self._heard[names] = health.Status(
                    *names, status.level[0], status.message,
                    {v.key: v.value for v in status.values}, monotonic())


class Processes:
    """CPU and memory of the nodes of a namespace that run on this machine.

    They are known by what they were started with: -r __node:=NAME -r __ns:=NAMESPACE, as by our
    starter and by ros2 launch.
    """

    def __init__(self, namespace: str):
        self._space = '/' + namespace.strip('/')
        self._known: dict[int, tuple[psutil.Process, str]] = {}
        self._others: set[tuple[int, float]] = set()  # looked at: no nodes of ours

    def usage(self) -> dict[str, tuple[float, float]]:
        """CPU since the last call in % of one core, and MB, by the name of the node."""
        self._look()
        found: dict[str, tuple[float, float]] = {}
        for pid, (process, name) in list(self._known.items()):
            try:
                with process.oneshot():
                    cpu, memory = process.cpu_percent(), process.memory_info().rss / 1e6
            except psutil.Error:
                del self._known[pid]
                continue
            before = found.get(name, (0.0, 0.0))
            found[name] = before[0] + cpu, before[1] + memory
        return found

    def _look(self) -> None:
        there = set()
        for process in psutil.process_iter():
            try:
                key = process.pid, process.create_time()
                there.add(key)
                if key in self._others or process.pid in self._known:
                    continue
                words = process.cmdline()
            except psutil.Error:
                continue
            given = dict(word.split(':=', 1) for word in words if word.startswith('__'))
            if given.get('__ns', '/') == self._space and '__node' in given:
                process.cpu_percent()  # begins to measure
                self._known[process.pid] = process, given['__node']
            elif words and 'leashed.py' not in ' '.join(words):  # it may still become a node
                self._others.add(key)
        self._others &= there
