"""The signals nginx documents.

The master's loop waits on descriptors: so there signals are blocked, and read like other input. Other processes have an event
loop that acts on them (`act_on`).
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    import asyncio

MASTER_SIGNALS = {
    signal.SIGTERM: "exiting",
    signal.SIGINT: "exiting",
    signal.SIGQUIT: "shutting down",
    signal.SIGHUP: "reconfiguring",
    signal.SIGUSR1: "reopening logs",
    signal.SIGUSR2: "ignored: ngxpush can't replace its own executable, stop and start it instead",
    signal.SIGWINCH: "ignored: ngxpush can't stop its workers and keep the master, use quit",
    signal.SIGCHLD: "",
    signal.SIGALRM: "",
    signal.SIGIO: "",
}
"""The signals a master reads, with the words of its log for each; the last two do nothing."""

# struct signalfd_siginfo: the number, two fields, the sender, and more fields that are not used.
_INFORMATION = struct.Struct("=I8xI112x")
# Bytes: enough for a sigset_t of any C library.
_SET_SIZE = 128


class Signal(Struct, frozen=True):
    """A signal that was received. sender: the pid of the process that sent it; None where the system does not report it."""

    number: signal.Signals
    sender: int | None

    def __str__(self) -> str:
        """nginx's log line for it."""
        sender = "" if self.sender is None else f" from {self.sender}"
        action = MASTER_SIGNALS[self.number]
        return f"signal {int(self.number)} ({self.number.name}) received{sender}{', ' if action else ''}{action}"


class SignalSource(Protocol):
    """Where signals are read from when `fileno()` is readable."""

    def fileno(self) -> int: ...

    def received(self) -> list[Signal]:
        """The signals since the last call, each once."""

    def close(self) -> None:
        """Stop reading signals: what a child does first. Signals that were blocked stay blocked until `unblock`."""


class SignalDescriptor:
    """Linux: signalfd, which reports the sender. Python has no function for it."""

    def __init__(self, library: ctypes.CDLL, signals: Iterable[signal.Signals]) -> None:
        numbers = tuple(signals)
        signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
        wanted = ctypes.create_string_buffer(_SET_SIZE)
        library.sigemptyset(wanted)
        for number in numbers:
            library.sigaddset(wanted, int(number))
        self._descriptor: int = library.signalfd(-1, wanted, os.O_NONBLOCK | os.O_CLOEXEC)
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), "signalfd() failed")

    def fileno(self) -> int:
        return self._descriptor

    def received(self) -> list[Signal]:
        """See SignalSource.received."""
        try:
            data = os.read(self._descriptor, 64 * _INFORMATION.size)
        except BlockingIOError:
            return []
        return [Signal(signal.Signals(number), sender) for number, sender in _INFORMATION.iter_unpack(data)]

    def close(self) -> None:
        """See SignalSource.close."""
        os.close(self._descriptor)


class SignalSocket:
    """Other systems: Python's own handler writes each signal's number to a socket."""

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

    def received(self) -> list[Signal]:
        """See SignalSource.received."""
        try:
            numbers = self._reader.recv(4096)
        except BlockingIOError:
            return []
        return [Signal(signal.Signals(number), None) for number in dict.fromkeys(numbers)]

    def close(self) -> None:
        """See SignalSource.close."""
        signal.set_wakeup_fd(-1)
        for number in self._signals:
            signal.signal(number, signal.SIG_DFL)
        self._reader.close()
        self._writer.close()


def listen_to(signals: Iterable[signal.Signals]) -> SignalSource:
    """From now on these signals can be read from the result, and have no other effect."""
    library = ctypes.CDLL(None, use_errno=True)
    if hasattr(library, "signalfd"):
        return SignalDescriptor(library, signals)
    return SignalSocket(signals)


def unblock(signals: Iterable[signal.Signals]) -> None:
    """Deliver signals again, also those that came in between: for a child that has set its own handlers."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, tuple(signals))


# They are for a master, or for no one.
_OTHERS = (signal.SIGHUP, signal.SIGUSR2, signal.SIGALRM, signal.SIGIO)


def act_on(loop: asyncio.AbstractEventLoop, actions: Mapping[signal.Signals, Callable[[], None]]) -> None:
    """Have the event loop act on signals from now on, also on those that came while they were blocked. Others do nothing."""
    for number, act in actions.items():
        loop.add_signal_handler(number, act)
    for number in _OTHERS:
        if number not in actions:
            signal.signal(number, signal.SIG_IGN)
    unblock(MASTER_SIGNALS)
