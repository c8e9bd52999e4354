"""The one main() of every node."""

import logging
import sys
from collections.abc import Callable

import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node

from trainer_core.errors import UserError


def run(make_node: Callable[[], Node], args: list[str] | None = None) -> None:
    """Spin a node until SIGINT, SIGTERM or rclpy.shutdown; then exit 0 without a traceback.

    A UserError at start-up is logged in one line and ends the process with exit code 2.
    """
    try:
        with rclpy.init(args=args):
            try:
                node = make_node()
            except UserError as error:
                rclpy.logging.get_logger('trainer').fatal(str(error))
                sys.exit(2)
            logging.getLogger().addHandler(_ToNode(node))
            logging.getLogger().setLevel(logging.INFO)
            try:
                rclpy.spin(node)
            finally:
                node.destroy_node()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass


class _ToNode(logging.Handler):
    """Hands what the pure code logs to the node's logger, so that it is seen in rqt_console."""

    def __init__(self, node: Node):
        super().__init__()
        self._logger = node.get_logger()

    def emit(self, record: logging.LogRecord) -> None:
        say = {logging.WARNING: self._logger.warning, logging.ERROR: self._logger.error}.get(
            record.levelno, self._logger.info if record.levelno >= logging.INFO
            else self._logger.debug)
        say(record.getMessage())
