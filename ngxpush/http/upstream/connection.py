"""What an exchange needs of the outer ring: a connection to a server, and its events."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from ...config.directives.gateways.tls import UpstreamTls
from ..forwarded import ClientAddress


class Happening(enum.Enum):
    """What can happen while a request is at a server."""

    # The connection is made.
    CONNECTED = enum.auto()

    # The server has sent something.
    DATA = enum.auto()

    # The server sends no more.
    END = enum.auto()

    # The connection could not be made, or broke.
    FAILED = enum.auto()

    # The certificate for the connection can't be used.
    NO_CERTIFICATE = enum.auto()

    # The local address can't be used.
    NOT_BOUND = enum.auto()

    # Nothing happened in time.
    TIMED_OUT = enum.auto()

    # The server has taken what was sent.
    TAKEN = enum.auto()

    # The client has sent something, or its body is whole.
    CLIENT_DATA = enum.auto()

    # The client's body is broken.
    CLIENT_FAILED = enum.auto()

    # The client has taken what was sent.
    CLIENT_TAKEN = enum.auto()

    # The client's connection is gone.
    CLIENT_LEFT = enum.auto()


class TlsFault(Struct, frozen=True):
    """What is wrong with TLS to a server: nginx's line in the error log and its level."""

    level: str
    text: bytes


class PeerEvent(Struct, frozen=True):
    """An event with the bytes that came, or the error, or what is wrong with TLS. data: of NOT_BOUND, the address."""

    happening: Happening
    data: bytes = b""
    error: OSError | None = None
    fault: TlsFault | None = None


class TlsSessions(Struct, eq=False):
    """The last TLS sessions with a server, for further connections, by what these have in common.

    Each is what the outer ring makes of it, and the result of the verification, which is not repeated (OpenSSL's X509_V_…).
    """

    last: dict[UpstreamTls, tuple[Any, int]] = field(default_factory=dict)


class Tls(Struct, frozen=True):
    """TLS to a server.

    name: that its certificate is verified for.  server_name: that is sent (SNI); None sends none.
    certificate, certificate_key: full paths, where they have been evaluated for the request; they are those of `settings` else.
    sessions: those that may be resumed; None: none are.
    """

    settings: UpstreamTls
    name: bytes = b""
    server_name: bytes | None = None
    certificate: bytes = b""
    certificate_key: bytes = b""
    reuses_sessions: bool = False
    sessions: TlsSessions | None = None

    def resuming(self, sessions: TlsSessions) -> Tls:
        """TLS to one server, with the sessions there are, if they are reused. A certificate of its own stands against it."""
        return replace(self, sessions=sessions) if self.reuses_sessions and not self.certificate else self


class Endpoint(Struct, frozen=True):
    """Where to connect: a numeric host and a port, or the path of a unix socket. bind: the local address; port 0 is any."""

    host: bytes
    port: int
    path: bytes | None = None
    tls: Tls | None = None
    bind: ClientAddress | None = None


class PeerConnection(Protocol):
    """A connection to a server, from the moment it is asked for.

    unsent: how many bytes wait for the server to read.  is_full: no more is to be sent until the event TAKEN.
    made: when the connection was asked for, seconds since the epoch.
    requests: how many requests it has carried.
    is_handshaking: it is made, but TLS is not established.
    is_ending: the server has closed, though that is not reported yet.
    kept: what the language of the gateway keeps with it for its next request.
    """

    made: float
    requests: int
    kept: object

    @property
    def unsent(self) -> int: ...

    @property
    def is_full(self) -> bool: ...

    @property
    def is_handshaking(self) -> bool: ...

    @property
    def is_ending(self) -> bool: ...

    def send(self, data: bytes) -> None:
        """Send bytes to the server."""

    def client_sent(self) -> None:
        """The client has sent something: a CLIENT_DATA event."""

    def client_failed(self) -> None:
        """The client's body is broken: a CLIENT_FAILED event."""

    def client_taken(self) -> None:
        """The client has taken what was sent: a CLIENT_TAKEN event."""

    def client_left(self) -> None:
        """The client is gone: a CLIENT_LEFT event."""

    def wait(self, seconds: float | None, resume: Callable[[Any], None], held: bool) -> Any:
        """The next event, at once or through `resume` (see `operations.Operation.perform`). seconds: None for any time.

        held: not of what the server has sent. While that waits, little is read from the server.
        """

    def rest(self, seconds: float, dropped: Callable[[], None]) -> None:
        """Stay open unused for so many seconds. `dropped` is called when the time is over or the server has closed."""

    def resume_use(self) -> None:
        """Use the connection again after `rest`."""

    def close(self, silently: bool = False) -> None:
        """Close the connection. No more events come. silently: TLS does not say so."""
