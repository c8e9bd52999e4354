import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter

from trainer_core.ros.stage import DOMAIN

sys.path.append(str(Path(__file__).parent))  # for transcribe


class Graph:
    """Nodes in one context and one thread, turned until something is true."""

    def __init__(self, domain_id: int):
        self.context = rclpy.Context()
        rclpy.init(context=self.context, domain_id=domain_id)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.nodes: list[Node] = []

    def add(self, kind: Callable[..., Node], *args, parameters: dict | None = None, **kwargs):
        node = kind(
            *args, context=self.context, namespace='/trainer', parameter_overrides=[
                Parameter(name, value=value) for name, value in (parameters or {}).items()],
            **kwargs)
        self.nodes.append(node)
        self.executor.add_node(node)
        return node

    def remove(self, node: Node) -> None:
        self.executor.remove_node(node)
        self.nodes.remove(node)
        node.destroy_node()

    def until(self, condition: Callable[[], object], limit: float = 60.0) -> bool:
        """Spin until condition() is true; False when that takes more than limit seconds."""
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
        rclpy.shutdown(context=self.context)


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch) -> Path:
    """Nothing of what tests do is remembered."""
    monkeypatch.setenv('TRAINER_DATA', str(tmp_path / 'data'))
    return tmp_path / 'data'


@pytest.fixture
def graph() -> Iterator[Graph]:
    graph = Graph(domain_id=DOMAIN)
    yield graph
    graph.close()
