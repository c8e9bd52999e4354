"""Becomes a command that is told to end when the process that started it is gone, however it went.

Run as a script by `starter`, before anything of ROS is loaded: leashed.py PARENT_PID COMMAND...
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # see prctl(2)


def main() -> None:
    """Tie the own life to the parent's, then become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == 'linux':
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # A Ctrl-C waits for the node: Python itself would end with a traceback while it starts.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    if os.getppid() != parent:  # it went before it could be noticed
        sys.exit(1)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f'{command[0]} cannot be started: {error.strerror}', file=sys.stderr)
        sys.exit(2)


if __name__ == '__main__':
    main()
