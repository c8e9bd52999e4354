"""A node of our own in a program that has other things to do than to spin it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TypeVar

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node

from trainer_core.ros.transport import make_room

N = TypeVar('N', bound=Node)


@contextmanager
def spinning(make: Callable[..., N]) -> Iterator[N]:
    """The node that make(context=...) returns, with a context of its own and spun in a thread."""
    make_room()
    context = rclpy.Context()
    rclpy.init(context=context)  # without signal handlers, which only the default context gets
    node = make(context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    ending = Event()

    def spin() -> None:
        try:
            executor.spin()
        except ExternalShutdownException:
            pass
        except Exception:
            # rclpy takes its guard conditions away under a callback that is still running.
            if not ending.is_set():
                raise

    thread = Thread(target=spin, name=node.get_name(), daemon=True)
    thread.start()
    try:
        yield node
    finally:
        ending.set()
        executor.shutdown(1.0)
        thread.join(1.0)
        node.destroy_node()
        context.try_shutdown()
