"""A request on its way through the phases, and the response head that is being made for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..config.configuration import Http, Location, Server
from .access.limit_zone import LimitZones
from .limit_rate import Rate
from .progress import Progress
from .proxy_protocol import ProxyProtocol
from .recorder import Recorder
from .request_input import RequestInput
from .response import Response
from .serving_process import ServingProcess
from .upstream.state import UpstreamState


class BodyReceiver(Protocol):
    """Who gets a request's body piece by piece."""

    def received(self, data: bytes, ended: bool) -> None:
        """A piece; `ended`: it is the last."""

    def failed(self, status: int) -> None:
        """There will be no more: the body is broken (400) or too large (413)."""


class ClientConnection(Protocol):
    """The connection a request came in on (`connection.Connection`): what is known of it. All addresses are text in bytes.

    remote_addr, remote_port: the client; `unix:` and 0 on a unix socket.  server_addr, server_port: the socket's own side.
    realip puts the address it finds in the place of the client's until the request ends.
    proxy_protocol: what the PROXY header before the first request said; None without one.
    number: $connection, counted over the process.  requests: $connection_requests, this request included.
    started: when it was accepted, seconds since the epoch.
    nginx_version: the version to show, b"1.22.1".  process: the one that serves the request.
    engine: the push engine (content.push_stream.Engine).
    counters: of all connections (content.stub_status.Counters).  limit_zones: of limit_req and limit_conn.
    """

    remote_addr: bytes
    remote_port: int
    server_addr: bytes
    server_port: int
    number: int
    requests: int
    started: float
    proxy_protocol: ProxyProtocol | None

    @property
    def nginx_version(self) -> bytes: ...

    @property
    def process(self) -> ServingProcess: ...

    @property
    def engine(self) -> Any: ...

    @property
    def counters(self) -> Any: ...

    @property
    def limit_zones(self) -> LimitZones: ...

    def now(self) -> float:
        """Seconds since the epoch."""

    def realpath(self, path: bytes) -> bytes:
        """A path of the machine without links and dots. Raises OSError."""

    def log(self, level: str, text: bytes | str, request: Request | None = None) -> None:
        """A line for the error log of the request's location."""


class Carrier(Protocol):
    """Brings in what belongs to a request, and takes out its answer (`serving.Serving`).

    write: puts bytes on their way to the client (an attribute, not a method: nothing stands between a message and the transport).
    """

    write: Callable[[bytes], None]

    def pace(self, rate: Rate) -> None:
        """From now on send the answer no faster than that."""

    def read_body(self, request: Request, resume: Callable[[Any], None]) -> Any:
        """See `operations.ReadBody`; the result is as that of `Operation.perform`."""

    def discard_body(self, request: Request) -> int:
        """Skip the request's body, what of it is still to come too. OK, or 400 for a broken one."""

    def pass_body(self, request: Request, receiver: BodyReceiver) -> None:
        """Give each piece of the request's body to `receiver` as it comes; what is here at once."""

    def drain(self, request: Request, resume: Callable[[Any], None]) -> Any:
        """See `operations.Drained`; the result is as that of `Operation.perform`."""

    def sleep(self, request: Request, seconds: float, resume: Callable[[Any], None]) -> None:
        """See `operations.Sleep`."""

    def start(self, request: Request, ended: Callable[[], None]) -> None:
        """Serve a subrequest as soon as its main request has gone as far as it can; the main request's end waits for it.

        ended: called when the answer is whole; never, if the client leaves before.
        """

    def terminate(self, request: Request, status: int) -> None:
        """Close without an (other) answer; `status` is for the log. A subrequest takes its main request with it."""

    def switch_protocols(self, received: Callable[[bytes], None]) -> None:
        """What the client sends is given to `received` from now on; what has come already is dropped."""

    def tunnel(self, received: Callable[[bytes], None]) -> None:
        """The same, but `received` gets what has come already, too."""

    def finish(self, request: Request) -> None:
        """The answer is whole: log it, then the next request, lingering, or close; or the main request goes on."""


@dataclass(slots=True, eq=False)
class Request:
    """One request, or a subrequest of one.

    What the client sent is in `input`, where the request is in the phases in `progress`, its answer in `response`.
    """

    connection: ClientConnection

    # The configuration.
    http: Http

    # By the address and the host; the address's default until the host is known.
    server: Server

    # The server's own outside its locations; that of an `if` or a limit_except where the request is in one.
    location: Location

    # Brings in its body and takes out its answer.
    carrier: Carrier = field(init=False)

    input: RequestInput = field(default_factory=RequestInput)

    progress: Progress = field(default_factory=Progress)

    response: Response = field(default_factory=Response)

    # As sent (b"GET"); an error_page makes it GET.
    method: bytes = b"GET"

    # Decoded and normalised; changes with rewrites and redirects inside.
    uri: bytes = b""

    # The query string without `?`; changes in the same way.
    args: bytes = b""

    # When it began, seconds since the epoch.
    started: float = 0.0

    # The connection is kept open after the answer.
    keepalive: bool = True

    # Of a subrequest: the request it is made for.
    parent: Request | None = None

    # Of a subrequest: no one waits for its answer (mirror).
    background: bool = False

    # Of a subrequest: gets each piece of its body, and whether it is to be sent at once; None drops them.
    take_body: Callable[[bytes, bool], None] | None = None

    # The groups of the last regular expression that matched.
    captures: tuple[bytes | None, ...] | None = None

    # Values got or set so far, by name; a subrequest shares those of its main request.
    variables: dict[bytes, bytes | None] = field(default_factory=dict)

    # The servers it was passed on to.
    upstream: UpstreamState | None = None

    # Called, once, when the client leaves while the answer is waited for or goes on.
    on_close: Callable[[], None] | None = None

    # The client has left.
    gone: bool = False

    # The request goes on when the client leaves.
    outlives_client: bool = False

    # Called, the last one first, when the request has ended and is logged; None for none (`at_end` adds one).
    cleanups: list[Callable[[], None]] | None = None

    # Told of what is decided, for `ngxpush explain`; None in a server.
    recorder: Recorder | None = None

    _modules: dict[str, Any] | None = None

    _lasting: dict[str, Any] | None = None

    @property
    def main(self) -> Request:
        """The client's own request."""
        request = self
        while request.parent is not None:
            request = request.parent
        return request

    @property
    def modules(self) -> dict[str, Any]:
        """What one module keeps for this request, by the module's name; redirects inside forget it."""
        if self._modules is None:
            self._modules = {}
        return self._modules

    @property
    def lasting(self) -> dict[str, Any]:
        """The same, but redirects inside do not forget it."""
        if self._lasting is None:
            self._lasting = {}
        return self._lasting

    def at_end(self, *cleanups: Callable[[], None]) -> None:
        """Have these called when the request has ended and is logged, the last one first."""
        if self.cleanups is None:
            self.cleanups = []
        self.cleanups += cleanups

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self.connection.now()

    @property
    def is_escaped(self) -> bool:
        """Whether the client's path holds escapes or a plus: only then nginx escapes captures when it rewrites."""
        path = self.input.unparsed_uri.partition(b"?")[0]
        return b"%" in path or b"+" in path
