"""For tests of nodes: those under test, and somebody who plays the rest of the graph.

It is part of the package because every package's tests stand on it, and so can those of whoever
adds a node.
"""

import os
from collections import defaultdict
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter

from trainer_core.ros.domain import Claim

N = TypeVar('N', bound=Node)

LIMIT = 60.0  # s any wait may take: a machine that tests may have much else to do
DOMAIN = Claim().number  # others may test on this machine, too


def patient(seconds: float) -> float:
    """As many seconds, or more on a machine that is busy with other things, too."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def quickest(run: Callable[[], float], limit: float, tries: int = 3) -> float:
    """The least seconds that a run took, which is done again while it takes more than limit.

    A machine that others use, too, stands still for seconds now and then, whatever runs on it.
    """
    least = run()
    while least > limit and (tries := tries - 1):
        least = min(least, run())
    return least


class Graph:
    """Nodes in one context and one thread, which turns while somebody waits."""

    def __init__(self, namespace: str = 'trainer', domain_id: int = DOMAIN):
        self.context, self._namespace = rclpy.Context(), namespace
        rclpy.init(context=self.context, domain_id=domain_id)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.nodes: list[Node] = []

    def add(self, kind: Callable[..., N], *args, parameters: dict | None = None, **kwargs) -> N:
        """A node with these parameters."""
        node = kind(
            *args, context=self.context, namespace=self._namespace, parameter_overrides=[
                Parameter(name, value=value) for name, value in (parameters or {}).items()],
            **kwargs)
        self.nodes.append(node)
        self.executor.add_node(node)
        return node

    def remove(self, node: Node) -> None:
        self.nodes.remove(node)
        self.executor.remove_node(node)
        node.destroy_node()

    def until(self, condition: Callable[[], object], limit: float = LIMIT) -> bool:
        """Turn until it is true; False when that takes more than limit seconds."""
        end = monotonic() + limit
        while not condition():
            if monotonic() > end:
                return False
            self.executor.spin_once(timeout_sec=0.05)
        return True

    def close(self) -> None:
        for _ in range(5):  # what has been begun, as taking a goal, is not left half done
            self.executor.spin_once(timeout_sec=0)
        for node in list(self.nodes):
            self.remove(node)
        self.executor.shutdown()
        rclpy.shutdown(context=self.context)


class Stage(Graph):
    """The node under test, and another one that plays the rest of the graph.

    `other` is the node that sends and listens, `heard` what came by topic; the statuses of all
    /diagnostics are under 'diagnostics'.
    """

    def __init__(self, namespace: str = 'trainer'):
        super().__init__(namespace)
        self.heard: defaultdict[str, list[Any]] = defaultdict(list)
        self.other = Node('other', context=self.context, namespace=namespace)
        self.executor.add_node(self.other)
        self.other.create_subscription(
            DiagnosticArray, '/diagnostics',
            lambda message: self.heard['diagnostics'].extend(message.status), 10)

    def listen(self, topic: str, kind: type, qos: Any = 10):
        return self.other.create_subscription(kind, topic, self.heard[topic].append, qos)

    def until(self, condition: Callable[[], object], limit: float = LIMIT) -> bool:
        """Turn until it is true; AssertionError when that takes more than limit seconds."""
        assert super().until(condition, limit), 'waited too long'
        return True

    def call(self, kind: Any, name: str, **fields) -> Any:
        """What a service answers, once it is there."""
        client = self.other.create_client(kind, name)
        self.until(client.service_is_ready)
        future = client.call_async(kind.Request(**fields))
        self.until(future.done)
        return future.result()

    def said(self, sentence: str, level=DiagnosticStatus.OK, name: str = '') -> dict[str, str]:
        """Wait for it in /diagnostics, from the status `name` if given; what is told with it."""
        def found() -> list[DiagnosticStatus]:
            return [s for s in self.heard['diagnostics'] if sentence in s.message
                    and s.level == level and name in ('', s.name)]
        self.until(found)
        return {v.key: v.value for v in found()[-1].values}

    def close(self) -> None:
        self.executor.remove_node(self.other)
        self.other.destroy_node()
        super().close()
