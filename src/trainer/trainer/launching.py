"""The node list as actions of launch_ros; imported by launch files only."""

import shlex
from collections.abc import Iterable
from typing import Any

from launch import LaunchContext, LaunchDescriptionEntity
from launch.actions import (
    DeclareLaunchArgument,
    EmitEvent,
    LogInfo,
    OpaqueFunction,
    SetEnvironmentVariable,
)
from launch.events import Shutdown
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from trainer import graph, nodes
from trainer.starter import USER_ERROR, leash


def declare(names: Iterable[str] = (), **defaults: Any) -> list[DeclareLaunchArgument]:
    """The arguments of the table, those named or all; with other defaults where given."""
    wanted = list(names) or [argument.name for argument in nodes.ARGUMENTS]
    return [
        DeclareLaunchArgument(
            a.name, default_value=_text(defaults.get(a.name, a.default)), description=a.text,
            choices=list(a.choices) + ([''] if a.default is None else []) if a.choices else None)
        for a in nodes.ARGUMENTS if a.name in wanted]


def start() -> OpaqueFunction:
    """The nodes that the argument `nodes` says."""
    return OpaqueFunction(function=_start)


def arguments(context: LaunchContext) -> dict[str, Any]:
    """All arguments, typed, as they are in this launch."""
    return nodes.complete({
        a.name: context.launch_configurations[a.name]
        for a in nodes.ARGUMENTS if a.name in context.launch_configurations})


def absolute(topics: Iterable[str], namespace: str) -> list[str]:
    """Topic names as ros2 bag takes them."""
    space = '/' + namespace.strip('/')
    return [topic if topic.startswith('/') else f'{space.rstrip("/")}/{topic}' for topic in topics]


def _start(context: LaunchContext) -> list[LaunchDescriptionEntity]:
    given = arguments(context)
    chosen = nodes.choose_source(given)
    return [
        *([LogInfo(msg=f'{chosen} (source:= takes something else)')] if chosen else []),
        SetEnvironmentVariable('RCUTILS_LOGGING_BUFFERED_STREAM', '1'),
        *(_node(node, given) for node in nodes.chosen(given['nodes']))]


def _node(node: nodes.Node, given: dict[str, Any]) -> Node:
    parameters: list[Any] = [str(file) for file in graph.parameter_files(given['params_file'])]
    # Typed, because launch takes a device id such as 0483 for a number.
    parameters.append({
        name: ParameterValue(value, value_type=type(value))
        for name, value in nodes.parameters(node, given).items()})
    return Node(
        package=node.package, executable=node.executable, name=node.name,
        namespace=given['namespace'], parameters=parameters, exec_name=node.name,
        arguments=['--ros-args', '--log-level', given['log_level']],
        output='screen', emulate_tty=True,
        # launch itself leaves nodes behind when it is ended by anything but Ctrl-C.
        prefix=[shlex.join(leash()), ' ', LaunchConfiguration('launch-prefix', default='')],
        respawn=node.restarted(given), respawn_delay=0.5,
        on_exit=lambda event, _context: _give_up(node.name) if event.returncode == USER_ERROR
        else None)


def _give_up(name: str) -> list[LaunchDescriptionEntity]:
    """A fault that starting again cannot cure: end instead of repeating it for ever."""
    reason = f'{name} cannot go on, because of the error above'
    return [LogInfo(msg=reason), EmitEvent(event=Shutdown(reason=reason))]


def _text(value: Any) -> str:
    if value is None:
        return ''
    return str(value).lower() if isinstance(value, bool) else str(value)
