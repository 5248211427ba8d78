"""Signals as nginx documents them, and their way into a loop that waits on descriptors.

Python runs signal handlers between two instructions of whatever the process does; to have one place that acts on signals they are
only written to a socket (`signal.set_wakeup_fd`), which the loop reads like any other.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterable

COMMANDS = {"stop": signal.SIGTERM, "quit": signal.SIGQUIT, "reopen": signal.SIGUSR1, "reload": signal.SIGHUP}
"""What `nginx -s` sends."""

MASTER_SIGNALS = {
    signal.SIGTERM: "exiting",
    signal.SIGINT: "exiting",
    signal.SIGQUIT: "shutting down",
    signal.SIGHUP: "reconfiguring",
    signal.SIGUSR1: "reopening logs",
    signal.SIGUSR2: "ignored: ngxpush can't replace its own executable, stop and start it instead",
    signal.SIGWINCH: "ignored: ngxpush can't stop its workers and go on, use quit",
    signal.SIGCHLD: "",
}
"""The signals a master listens to, with what its log says of each."""

WORKER_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1)


class SignalSocket:
    """The signals that came, to be read when `fileno()` is readable."""

    def __init__(self, signals: Iterable[signal.Signals]) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._signals = tuple(signals)
        for number in self._signals:
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    def fileno(self) -> int:
        return self._reader.fileno()

    def received(self) -> list[signal.Signals]:
        """The signals since the last call, each once, in the order they came first."""
        try:
            numbers = self._reader.recv(4096)
        except BlockingIOError:
            return []
        return [signal.Signals(number) for number in dict.fromkeys(numbers)]

    def close(self) -> None:
        """Back to the system's own handling: what a child does first, and what ends this process's own use of it."""
        signal.set_wakeup_fd(-1)
        for number in self._signals:
            signal.signal(number, signal.SIG_DFL)
        self._reader.close()
        self._writer.close()
