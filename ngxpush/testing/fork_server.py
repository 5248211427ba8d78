"""The one process of a test run that starts its servers (forking.py): started with the first server, ended with the run."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading

from .control import PID


class CannotFork(Exception):
    """No server can be started, whatever its configuration is."""


class ForkServer:
    """Forks servers from a process that is started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._end: socket.socket | None = None

    def fork(self, control: socket.socket, log: int) -> int:
        """Start a server with this end of its control line and this descriptor for its log. Returns its pid.

        Raises CannotFork.
        """
        with self._lock:
            end = self._started()
            pid = _asked(end, control, log)
        if len(pid) < PID.size:
            raise CannotFork("the process that starts servers has ended; its last words are on standard error")
        return int(PID.unpack(pid)[0])

    def _started(self) -> socket.socket:
        if self._end is None or self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            self._owner = os.getpid()  # a process that tests have forked has one of its own
            self._end, theirs = socket.socketpair()
            with theirs:
                descriptor = theirs.fileno()
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "ngxpush.testing.forking", str(descriptor)],
                    pass_fds=[descriptor],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C ends the tests, and these end the servers
                )
            atexit.register(_stop, self._end, self._process)
        return self._end


def _asked(end: socket.socket, control: socket.socket, log: int) -> bytes:
    """What the process answers; nothing where it is gone."""
    try:
        socket.send_fds(end, [b"f"], [control.fileno(), log])
        return end.recv(PID.size)
    except ConnectionError:
        return b""


def _stop(end: socket.socket, process: subprocess.Popen[bytes]) -> None:
    end.close()
    process.wait()


FORK_SERVER = ForkServer()
