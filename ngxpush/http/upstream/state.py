"""What is known of a request's way to other servers, for log lines and $upstream_… variables."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Attempt:
    """One server asked. Times are seconds since `started`; None where it did not come so far.

    status: 0 until there is one.  response_length: of the body.
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
    """What a proxy_pass said: $proxy_host and $proxy_port. It is `request.modules["proxy"]`."""

    host: bytes = b""
    port: bytes = b""


@dataclass(slots=True, eq=False)
class UpstreamState:
    """The upstream of a request. It stays with the request when the answer redirects it inside.

    scheme, uri: of what is asked for, for the log.  action: what is being done, in nginx's words; empty when nothing is.
    headers: the answer's lines.  rounds: the attempts, in a list of their own each time the request was passed on anew.
    """

    scheme: bytes = b"http"
    uri: bytes = b""
    action: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    rounds: list[list[Attempt]] = field(default_factory=list)

    @property
    def url(self) -> bytes:
        """The URL as the error log shows it: with the address of the server asked last."""
        attempts = self.rounds[-1] if self.rounds else []
        peer = attempts[-1].peer if attempts else b""
        separator = b":" if peer.startswith(b"unix:") else b""
        return b"%b://%b%b%b" % (self.scheme, peer, separator, self.uri)
