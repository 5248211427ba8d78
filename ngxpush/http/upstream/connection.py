"""What an exchange needs of the outer ring: a connection to a server, and to hear what happens on it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class Happening(enum.Enum):
    """What can happen while a request is at a server.

    CONNECTED: the connection stands.  DATA: the server has sent something.  END: it sends no more.  FAILED: the connection could
    not be made, or broke.  TIMED_OUT: nothing happened in time.  CLIENT_DATA: the client has sent something.  CLIENT_END: its
    body is whole.  CLIENT_FAILED: its body is broken.  CLIENT_LEFT: its connection is gone.
    """

    CONNECTED = enum.auto()
    DATA = enum.auto()
    END = enum.auto()
    FAILED = enum.auto()
    TIMED_OUT = enum.auto()
    CLIENT_DATA = enum.auto()
    CLIENT_END = enum.auto()
    CLIENT_FAILED = enum.auto()
    CLIENT_LEFT = enum.auto()


@dataclass(frozen=True, slots=True)
class PeerEvent:
    """A happening with the bytes that came, or the error; data says what was wrong with a TLS handshake that FAILED."""

    happening: Happening
    data: bytes = b""
    error: OSError | None = None


@dataclass(frozen=True, slots=True)
class Tls:
    """How to speak TLS with a server. name: the one to ask for (SNI); None asks for none."""

    name: bytes | None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect: a numeric host and a port, or the path of a unix socket. bind: the own address to use."""

    host: bytes
    port: int
    path: bytes | None = None
    tls: Tls | None = None
    bind: bytes | None = None


class PeerConnection(Protocol):
    """A connection to a server, from the moment it is asked for.

    unsent: bytes that wait for the server to read on.  made: when it was asked for, seconds since the epoch.  requests: how many
    it has carried.
    """

    made: float
    requests: int

    @property
    def unsent(self) -> int: ...

    def send(self, data: bytes) -> None:
        """Put bytes on their way to the server."""

    def client_sent(self, data: bytes) -> None:
        """The client has sent something: a CLIENT_DATA event."""

    def client_ended(self) -> None:
        """The client's body is whole: a CLIENT_END event."""

    def client_failed(self) -> None:
        """The client's body is broken: a CLIENT_FAILED event."""

    def client_left(self) -> None:
        """The client is gone: a CLIENT_LEFT event."""

    def wait(self, seconds: float, resume: Callable[[Any], None]) -> Any:
        """The next event, at once or through `resume` (see `operations.Operation.perform`)."""

    def rest(self, seconds: float, dropped: Callable[[], None]) -> None:
        """Stay open unused, so long at most. `dropped` is called when it does not: the time is over or the server hung up."""

    def resume_use(self) -> None:
        """It is used again after `rest`."""

    def close(self) -> None:
        """Close it; nothing happens on it any more."""
