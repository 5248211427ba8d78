"""The terminal in which a program runs.

When it is closed, the system or the shell sends SIGHUP, which also means a reload. A server that reloaded then would stay on its
ports, unseen.
"""

from __future__ import annotations

import os
import signal

_PATH = "/dev/tty"
"""The terminal of the process that opens it."""


def has_terminal() -> bool:
    """Whether this process has a terminal. It has none any more after that was closed."""
    try:
        os.close(os.open(_PATH, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def ends_with_terminal() -> bool:
    """Whether this process is to end when its terminal is closed. Ask before SIGHUP has a handler: nohup has it ignored."""
    return signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and has_terminal()
