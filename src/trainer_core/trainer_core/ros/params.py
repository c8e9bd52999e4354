"""Parameters as data: one frozen dataclass per node, whose fields carry text and limits."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    ParameterType,
    SetParametersResult,
)
from rclpy.exceptions import ParameterException
from rclpy.node import Node

from trainer_core.errors import UserError

P = TypeVar('P')

_TYPES = {
    bool: ParameterType.PARAMETER_BOOL, int: ParameterType.PARAMETER_INTEGER,
    float: ParameterType.PARAMETER_DOUBLE, str: ParameterType.PARAMETER_STRING,
    list: ParameterType.PARAMETER_STRING_ARRAY,
}


@dataclass(frozen=True)
class Spec:
    """What a parameter is for and which values it takes."""

    text: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    read_only: bool = False

    def describe(self) -> str:
        return self.text + (f' ({", ".join(self.choices)})' if self.choices else '')


def param(
    default: Any, text: str, low: float | None = None, high: float | None = None,
    choices: tuple[str, ...] = (), read_only: bool = False,
) -> Any:
    """A dataclass field with a default, a description and limits; read_only needs a restart."""
    metadata = {'spec': Spec(text, low, high, choices, read_only)}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def declare(node: Node, kind: type[P], on_change: Callable[[P], None] | None = None) -> P:
    """Declare every field of `kind` on the node and return the values.

    on_change gets the whole new set after a change from outside. Raises UserError naming the
    parameter when a value given at start is of the wrong type or out of range.
    """
    values = {}
    for f in fields(kind):  # type: ignore[arg-type]
        spec, default = f.metadata['spec'], getattr(kind(), f.name)
        descriptor = ParameterDescriptor(
            name=f.name, description=spec.describe(), type=_TYPES[type(default)],
            read_only=spec.read_only,
            # Dynamic, so that `-p rate:=30` is taken for 30.0 and a device id like 0483 for text.
            dynamic_typing=True)
        if spec.low is not None and isinstance(default, float):
            descriptor.floating_point_range = [FloatingPointRange(
                from_value=float(spec.low), to_value=float(spec.high), step=0.0)]
        elif spec.low is not None:
            descriptor.integer_range = [IntegerRange(
                from_value=int(spec.low), to_value=int(spec.high), step=1)]
        try:
            given = node.declare_parameter(f.name, default, descriptor).value
        except ParameterException as error:
            raise UserError(f'parameter {f.name} of node {node.get_name()}: {error}') from None
        values[f.name], wrong = checked(f.name, given, default, spec)
        if wrong:
            raise UserError(f'node {node.get_name()}: {wrong}')
    state = {'params': kind(**values)}

    def check(changed: list) -> SetParametersResult:
        for p in changed:
            if p.name in values:
                f = kind.__dataclass_fields__[p.name]  # type: ignore[attr-defined]
                wrong = checked(p.name, p.value, getattr(kind(), p.name), f.metadata['spec'])[1]
                if wrong:
                    return SetParametersResult(successful=False, reason=wrong)
        return SetParametersResult(successful=True)

    def apply(changed: list) -> None:
        new = {
            p.name: checked(p.name, p.value, getattr(kind(), p.name), Spec(''))[0]
            for p in changed if p.name in values}
        if new:
            values.update(new)
            state['params'] = kind(**values)
            if on_change:
                on_change(state['params'])

    node.add_on_set_parameters_callback(check)
    node.add_post_set_parameters_callback(apply)
    for name in node._parameter_overrides:
        if not node.has_parameter(name):
            node.get_logger().warning(
                f'parameter {name} is unknown here and ignored; there are '
                f'{", ".join(values)}')
    return state['params']


def checked(name: str, given: Any, default: Any, spec: Spec) -> tuple[Any, str]:
    """The value in the type of the default and '', or the default and what is wrong with it."""
    kind = type(default)
    if kind is str and isinstance(given, int | float) and not isinstance(given, bool):
        given = str(given)
    elif kind is float and isinstance(given, int) and not isinstance(given, bool):
        given = float(given)
    elif kind is list:
        given = list(given) if isinstance(given, list | tuple) else given
    if type(given) is not kind:
        return default, f'{name} is {given!r}; give a {kind.__name__}, for instance {default!r}'
    if spec.low is not None and not spec.low <= given <= spec.high:
        return default, f'{name} is {given}; give a value from {spec.low:g} to {spec.high:g}'
    if spec.choices and given not in spec.choices:
        return default, f'{name} is {given!r}; give one of {", ".join(spec.choices)}'
    return given, ''


def table(kind: type) -> str:
    """The parameters of a node as a Markdown table for its README."""
    rows = [
        '| parameter | type | default | range | what it is |', '| --- | --- | --- | --- | --- |']
    for f in fields(kind):
        spec, default = f.metadata['spec'], getattr(kind(), f.name)
        limits = f'{spec.low:g} to {spec.high:g}' if spec.low is not None else ''
        shown = 'true' if default is True else 'false' if default is False else repr(default)
        rows.append(
            f'| `{f.name}` | {type(default).__name__} | `{shown}` | {limits} | '
            f'{spec.describe()}{"; needs a restart" if spec.read_only else ""} |')
    return '\n'.join(rows) + '\n'
