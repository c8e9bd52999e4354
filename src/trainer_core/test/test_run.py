"""How a node's process ends, by what its node does."""

import os
import signal
import subprocess
import sys

import pytest

from trainer_core.ros.stage import DOMAIN

CODE = """
from rclpy.node import Node
from trainer_core.errors import UserError
from trainer_core.ros.run import run

class Ending(Node):
    def __init__(self):
        super().__init__('ending')
        {making}
        self.cable = self.create_timer(0.01, self.end)

    def destroy_node(self):
        {ending}
        self.cable.cancel()
        super().destroy_node()

    def end(self):
        {spinning}

run(Ending)
"""

INTERRUPTED = """
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as signal:
            raise TypeError('Unable to convert function return value') from signal"""


NOT_STARTED = """
        from threading import Thread
        from types import SimpleNamespace
        self.cable = SimpleNamespace(cancel=Thread().join)
        raise KeyboardInterrupt"""
INTERRUPTED_LATER = """
        import rclpy
        from rclpy.signals import SignalHandlerGuardCondition as Guard
        make = Guard.__init__

        def interrupted(*args, **kwargs):
            rclpy.shutdown()
            make(*args, **kwargs)
        Guard.__init__ = interrupted"""
WARNING = 'import rclpy, warnings; warnings.warn("the cable is loose"); rclpy.shutdown()'


HANGS = 'import ctypes; ctypes.PyDLL(None).sleep(60)'  # and lets no other thread run


def ended(
    making: str, spinning: str, ending: str = 'pass',
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, '-c', CODE.format(making=making, spinning=spinning, ending=ending)],
        capture_output=True, text=True, timeout=60, env=os.environ | {
            'ROS_DOMAIN_ID': str(DOMAIN), 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'})


@pytest.mark.parametrize('when', ['making', 'spinning'])
@pytest.mark.parametrize(('body', 'code', 'words'), [
    ('raise KeyboardInterrupt', 0, ''),
    (INTERRUPTED, 0, ''),
    ('import rclpy; rclpy.shutdown()', 0, ''),
    ('raise UserError("the cable is out")', 2, 'the cable is out'),
    ('raise TypeError("a mistake of ours")', 1, 'TypeError: a mistake of ours'),
], ids=['ctrl-c', 'ctrl-c in a conversion', 'shutdown', 'user error', 'bug'])
def test_end(when, body, code, words):
    place = {'making': 'pass', 'spinning': 'pass', when: body}
    done = ended(**place)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert ('Traceback' in done.stderr) == (code == 1)


@pytest.mark.parametrize(
    'making', [NOT_STARTED, INTERRUPTED_LATER], ids=['a thread', 'an executor'])
def test_ctrl_c_while_something_is_made_is_quiet(making):
    done = ended(making, 'pass')
    assert (done.returncode, done.stderr) == (0, '')


def test_a_warning_is_one_line():
    done = ended('pass', WARNING)
    assert (done.returncode, done.stderr) == (0, '[WARN] the cable is loose\n')


def test_what_hangs_at_the_end_is_ended():
    done = ended('pass', 'import os, signal; os.kill(os.getpid(), signal.SIGTERM)', HANGS)
    assert (done.returncode, done.stderr) == (-signal.SIGALRM, '')
