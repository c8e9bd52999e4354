"""Conversations aloud where there is no network: in a namespace that has lo and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_spoken_conversation import ALONE, NAMESPACES

ALOUD = Path(__file__).with_name('test_spoken_conversation.py')
ONLY_LO = 'ip link set lo up && exec "$@"'
PROBE = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    s.connect(('192.0.2.1', 9))
except OSError:
    print('nobody can be reached')
"""


def in_namespace(*command):
    return subprocess.run(
        ['unshare', '-rn', 'sh', '-c', ONLY_LO, 'sh', sys.executable, *command], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=280, check=False,
        env=os.environ | {ALONE: '1'})


@pytest.mark.alone
@pytest.mark.timeout(300)  # it is spoken in real time
@pytest.mark.skipif(not NAMESPACES, reason='unshare -rn is not allowed here')
def test_conversations_aloud():
    assert 'nobody can be reached' in in_namespace('-c', PROBE).stdout
    done = in_namespace('-m', 'pytest', '-q', '-p', 'no:cacheprovider', str(ALOUD))
    assert done.returncode == 0 and '2 passed' in done.stdout, done.stdout
