"""What is known of the servers a request was passed on to, for log lines and $upstream_… variables."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Attempt:
    """One server that was asked. Times are seconds since `started`, or None for what has not happened.

    status: 0 until there is one.  response_length: bytes of the body.
    """

    peer: bytes
    started: float
    status: int = 0
    connect_time: float | None = None
    header_time: float | None = None
    response_time: float | None = None
    response_length: int = 0
    bytes_received: int = 0
    bytes_sent: int = 0


@dataclass(frozen=True, slots=True)
class Passed:
    """The values of $proxy_host and $proxy_port. It is `request.modules["proxy"]`."""

    host: bytes = b""
    port: bytes = b""


@dataclass(slots=True, eq=False)
class UpstreamState:
    """The upstream of a request. It stays with the request when the answer redirects it inside."""

    # Of the URL that is asked for; for the log.
    scheme: bytes = b"http"

    # Of the same URL.
    uri: bytes = b""

    # Name servers are being asked for the host.
    resolving: bool = False

    # What is being done, in nginx's words; empty when nothing is.
    action: bytes = b""

    # The lines of the answer's head.
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    # The attempts: one list for each time the request is passed on.
    rounds: list[list[Attempt]] = field(default_factory=list)

    @property
    def url(self) -> bytes:
        """The URL in the error log, with the address of the last server."""
        attempts = self.rounds[-1] if self.rounds else []
        peer = attempts[-1].peer if attempts else b""
        separator = b":" if peer.startswith(b"unix:") else b""
        return b"%b://%b%b%b" % (self.scheme, peer, separator, self.uri)
