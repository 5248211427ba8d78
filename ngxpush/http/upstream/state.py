"""What is known of the servers a request was passed on to, for log lines and $upstream_… variables."""

from __future__ import annotations

from msgspec import Struct, field

from ...dates import format_http_date


class Attempt(Struct, eq=False):
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


class Passed(Struct, frozen=True):
    """The values of $proxy_host and $proxy_port. It is `request.modules["proxy"]`."""

    host: bytes = b""
    port: bytes = b""


class CacheUse(Struct, eq=False):
    """What the cache has to do with a request (`caching`).

    before_head: how many bytes the file has before the head; in the buffer of the head there is so much less room.
    status: $upstream_cache_status; empty without one.  cacheable: the answer of a server may be kept.
    last_modified, etag: of an old answer, if the server is asked whether it is still good.
    """

    before_head: int
    status: bytes = b""
    cacheable: bool = True
    last_modified: int | None = None
    etag: bytes = b""

    @property
    def conditions(self) -> tuple[tuple[bytes, bytes], ...]:
        """The lines that a server gets in place of the client's of these names; an empty value: none."""
        if not self.cacheable:
            return ()
        since = b"" if self.last_modified is None else format_http_date(self.last_modified)
        conditions = ((b"If-Modified-Since", since), (b"If-Unmodified-Since", b""), (b"If-None-Match", self.etag))
        return (*conditions, (b"If-Match", b""), (b"Range", b""), (b"If-Range", b""))


class UpstreamState(Struct, eq=False):
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

    # The lines after the body of the answer, of a gRPC server only.
    trailers: list[tuple[bytes, bytes]] = field(default_factory=list)

    # The attempts since the request has come to its present gateway.
    attempts: list[Attempt] = field(default_factory=list)

    # All attempts: one list for each time that servers were to be asked.
    rounds: list[list[Attempt]] = field(default_factory=list)

    # None if the request is not cached.
    cache: CacheUse | None = None

    # HEAD is asked for as GET (proxy_cache_convert_head): for the cache, even if the answer turns out not to be kept.
    head_as_get: bool = False

    def begin_round(self) -> None:
        """Servers are to be asked now."""
        self.attempts = []
        self.rounds.append(self.attempts)

    @property
    def url(self) -> bytes:
        """The URL in the error log, with the address of the last server. After a unix socket a colon, while it is in use."""
        last = self.attempts[-1] if self.attempts else Attempt(b"", 0)
        separator = b":" if last.peer.startswith(b"unix:") and last.response_time is None else b""
        return b"%b://%b%b%b" % (self.scheme, last.peer, separator, self.uri)
