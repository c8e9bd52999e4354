"""Every message survives the wire, refuses wrong types, and explains each of its fields."""

import importlib
import inspect
import re
from pathlib import Path

import pytest
from rclpy.serialization import deserialize_message, serialize_message

import trainer_msgs.action
import trainer_msgs.msg
import trainer_msgs.srv

PACKAGE = Path(__file__).resolve().parents[1]
FILES = sorted(p for kind in ('msg', 'srv', 'action') for p in PACKAGE.glob(f'{kind}/*.{kind}'))


def wire_types():
    for module, parts in (
            (trainer_msgs.msg, ()), (trainer_msgs.srv, ('Request', 'Response')),
            (trainer_msgs.action, ('Goal', 'Result', 'Feedback'))):
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if not parts:
                yield pytest.param(kind, id=name)
            elif hasattr(kind, parts[0]):
                for part in parts:
                    yield pytest.param(getattr(kind, part), id=f'{name}.{part}')


def filled(kind):
    """A message in which every field differs from its default."""
    message = kind()
    for n, (field, text) in enumerate(kind.get_fields_and_field_types().items(), start=1):
        def value(text, n=n):
            if match := re.match(r'(?:sequence<(.+)>|(.+)\[(\d+)\])$', text):
                return [value(match[1] or match[2])] * int(match[3] or 2)
            if '/' in text:
                package, name = text.split('/')
                return filled(getattr(importlib.import_module(f'{package}.msg'), name))
            return {'string': f'text {n}', 'boolean': True}.get(
                text, n + 0.5 if text in ('float', 'double') else n)
        setattr(message, field, value(text))
    return message


@pytest.mark.parametrize('kind', list(wire_types()))
def test_survives_the_wire(kind):
    message = filled(kind)
    assert deserialize_message(serialize_message(message), kind) == message


def test_wrong_types_are_refused_by_field_name():
    with pytest.raises(AssertionError, match='confidence'):
        trainer_msgs.msg.Keypoint(confidence='high')


@pytest.mark.parametrize('path', FILES, ids=lambda p: p.name)
def test_every_interface_says_what_it_is(path):
    assert path.read_text().startswith('# ')


def test_there_is_a_file_for_every_interface_of_the_design():
    assert {p.stem for p in FILES} >= {
        'PersonArray', 'IdentityArray', 'SetState', 'Movement', 'FormScore', 'Say', 'SpeechStatus',
        'Heard', 'Session', 'Enroll', 'Forget', 'ListPeople', 'LoadWorkout', 'PlanWorkout',
        'CorrectCount', 'PerformSet', 'TeachExercise'}
