"""What is typed is heard, in a terminal and from another one."""

import argparse
import os
import pty
from threading import Event
from time import monotonic

import pytest
from rclpy.node import Node

from trainer.commands import say
from trainer.keyboard import Keyboard
from trainer.spinning import spinning
from trainer_core.errors import UserError
from trainer_core.ros.stage import DOMAIN
from trainer_msgs.msg import Heard


@pytest.fixture
def dialogue(monkeypatch):
    """A node that hears, in a domain of its own."""
    monkeypatch.setenv('ROS_DOMAIN_ID', str(DOMAIN))
    heard: list[Heard] = []

    def make(**kwargs):
        node = Node('dialogue', namespace='trainer', **kwargs)
        node.create_subscription(Heard, 'heard', heard.append, 10)
        return node
    with spinning(make):
        yield heard


def until(condition, limit=60.0):
    end = monotonic() + limit
    while not condition() and monotonic() < end:
        Event().wait(0.02)
    return condition()


def test_typed_in_the_terminal(dialogue):
    master, slave = pty.openpty()
    with os.fdopen(slave) as terminal, spinning(lambda **kwargs: Node(
            'runner', namespace='trainer', **kwargs)) as node, Keyboard(
                node, 'en', terminal) as keyboard:
        assert keyboard.works
        assert until(keyboard._typist.publisher.get_subscription_count)
        os.write(master, 'skip this one\n  \nmy name is Zoë\nhalf a li'.encode())
        assert until(lambda: len(dialogue) == 2)
    os.close(master)
    assert [(m.text, m.intent, m.source) for m in dialogue] == [
        ('skip this one', '', Heard.KEYBOARD), ('my name is Zoë', '', Heard.KEYBOARD)]


def test_no_terminal_is_left_alone(tmp_path):
    (tmp_path / 'lines').write_text('yes\n')
    with (tmp_path / 'lines').open() as file, Keyboard(None, 'en', file) as keyboard:
        assert not keyboard.works
        assert file.read() == 'yes\n'


def test_said_from_another_terminal(dialogue, capsys):
    parser = argparse.ArgumentParser()
    say.add_arguments(parser)
    assert say.main(parser.parse_args(['skip', 'this', 'one'])) == 0
    assert until(lambda: dialogue) and dialogue[0].text == 'skip this one'
    assert capsys.readouterr().out == 'skip\n'


def test_nobody_is_there(monkeypatch):
    monkeypatch.setenv('ROS_DOMAIN_ID', str(DOMAIN))
    monkeypatch.setattr(say, '_WITHIN', 0.3)
    parser = argparse.ArgumentParser()
    say.add_arguments(parser)
    with pytest.raises(UserError, match='nobody listens in /gym: start ./trainer run'):
        say.main(parser.parse_args(['yes', '--namespace', 'gym']))
