"""A request on its way through the phases, and the response head that is being made for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

from msgspec import Struct, field

from ..config.configuration import Location, Server
from .access.limit_zone import LimitZones
from .body_filter import BodyFilter
from .limit_rate import Rate
from .progress import Progress
from .proxy_protocol import ProxyProtocol
from .recorder import Debugging, Recorder
from .request_input import RequestInput
from .response import Response
from .running import RunningHttp
from .serving_process import ServingProcess
from .tls_facts import ConnectionTls
from .upstream.state import UpstreamState


class BodyReceiver(Protocol):
    """Receives a request's body, or what follows an upgraded request, piece by piece.

    is_full: it wants no more for now, so no more is read. This is looked at whenever the request's coroutine has gone on.
    """

    @property
    def is_full(self) -> bool: ...

    def received(self, data: bytes, ended: bool = False) -> None:
        """Take a piece. ended: it is the last one."""

    def failed(self, status: int) -> None:
        """No more pieces come: the body is broken (status 400) or too large (413)."""


class ClientConnection(Protocol):
    """The connection a request came in on (`connection.facts`), as requests use it. All addresses are text in bytes."""

    # The client's address; `unix:` on a unix socket. realip replaces it until the request ends.
    remote_addr: bytes

    # The client's port; 0 on a unix socket. realip replaces it too.
    remote_port: int

    # The socket's own address; `unix:` and its path on a unix socket.
    server_addr: bytes

    # The socket's own port; 0 on a unix socket.
    server_port: int

    # $connection: counted over the process.
    number: int

    # $connection_requests: this request included.
    requests: int

    # When the connection was accepted, seconds since the epoch.
    started: float

    # Which of the lines about it are logged.
    debugging: Debugging

    # The PROXY header before the first request; None without one.
    proxy_protocol: ProxyProtocol | None

    # Requests have to come by TLS: `listen … ssl`.
    expects_tls: bool

    # The TLS of the connection; None without it.
    tls: ConnectionTls | None

    # Returns what Linux knows of the TCP connection, its `struct tcp_info`; raises OSError. None where there is no TCP.
    tcp_info: Callable[[], bytes] | None

    @property
    def nginx_version(self) -> bytes:
        """The version to show: b"1.22.1"."""

    @property
    def process(self) -> ServingProcess:
        """The process that serves the request."""

    @property
    def engine(self) -> Any:
        """The push engine (`content.push_stream.Engine`)."""

    @property
    def counters(self) -> Any:
        """The counters of all connections (`content.stub_status.Counters`)."""

    @property
    def limit_zones(self) -> LimitZones:
        """The zones of limit_req and limit_conn."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def realpath(self, path: bytes) -> bytes:
        """A path without symbolic links and dot segments. Raises OSError."""

    def log(self, level: str, text: bytes | str, request: Request | None = None) -> None:
        """Write a line to the error log of the request's location."""


class Carrier(Protocol):
    """Reads the body of a request and sends its answer (`serving.Serving`).

    write: sends bytes to the client. It is an attribute, not a method, so that a message costs no further call.
    """

    write: Callable[[bytes], None]

    @property
    def subrequests(self) -> int:
        """How many subrequests have been started whose place in the answer is not over."""

    def pace(self, rate: Rate) -> None:
        """Send the answer no faster than this from now on."""

    def read_body(self, request: Request, resume: Callable[[Any], None], in_memory: bool) -> Any:
        """See `operations.ReadBody`. Returns what `Operation.perform` returns."""

    def has_whole_body(self, request: Request) -> bool:
        """Whether `whole_body` has it."""

    def whole_body(self, request: Request) -> bytes | None:
        """The request's whole body, if it has none, or it is in memory or has come with the head, as is usual.

        None: it is to be read.
        """

    def discard_body(self, request: Request) -> int:
        """Skip the request's body, including what is still to come. Returns OK, or 400 for a broken one."""

    def pass_body(self, request: Request, receiver: BodyReceiver) -> None:
        """Give each piece of the request's body to `receiver` as it comes. What has come already is given at once."""

    def drain(self, request: Request, resume: Callable[[Any], None]) -> Any:
        """See `operations.Drained`. Returns what `Operation.perform` returns."""

    def sleep(self, request: Request, seconds: float, resume: Callable[[Any], None]) -> None:
        """See `operations.Sleep`."""

    def start(self, request: Request, ended: Callable[[], None]) -> None:
        """Serve a subrequest as soon as its main request can't go on by itself. The main request does not end before it.

        ended: called when the answer is whole. It is not called if the client leaves earlier.
        """

    def terminate(self, request: Request, status: int) -> None:
        """Close the connection without an answer, or without the rest of one. A subrequest ends its main request.

        status: for the log.
        """

    def spoil(self) -> None:
        """Send the client nothing more, on this request and the next, which closes the connection when it is answered."""

    def switch_protocols(self, received: Callable[[bytes], None]) -> None:
        """Give what the client sends from now on to `received`. What has come already is dropped."""

    def tunnel(self, receiver: BodyReceiver) -> None:
        """As `switch_protocols`, but `receiver` also gets what has come already, and no more is read while it is full."""

    def finish(self, request: Request) -> None:
        """The answer is whole. The request is then logged and the connection goes on or closes; or the main request goes on."""

    def finish_unseen(self, request: Request) -> None:
        """As `finish`, for a subrequest, but it is only logged: its main request waits for the client's next event."""

    def end_subrequest(self, request: Request) -> None:
        """Log a subrequest and count it no more, because its place in the answer is over. Who has started it says when."""


class AnswerFraming(BodyFilter, Protocol):
    """The last body filter of an answer on HTTP/2 (`http2.framing`), which also sends its head."""

    @property
    def is_behind(self) -> bool:
        """Whether something of the body was not sent yet."""

    def send_head(self) -> None: ...


class Request(Struct, eq=False):
    """One request, or a subrequest of one.

    What the client sent is in `input`, where the request is in the phases in `progress`, its answer in `response`.
    """

    connection: ClientConnection

    # The configuration, with what a running server adds.
    http: RunningHttp

    # Chosen by the address and the host. Until the host is known: the default server of the address.

    server: Server

    # Where the request is: a location, a server outside its locations, an `if`, or a limit_except.
    location: Location

    # Reads its body and sends its answer. Whoever makes the request sets it.
    carrier: Carrier = cast("Carrier", None)

    input: RequestInput = field(default_factory=RequestInput)

    progress: Progress = field(default_factory=Progress)

    response: Response = field(default_factory=Response)

    # As sent (b"GET"); an error_page changes it to GET. Empty until the request line is there; of one that is refused only HEAD
    # is known.
    method: bytes = b""

    # Decoded and normalised; changes with rewrites and redirects inside.
    uri: bytes = b""

    # The query string without `?`; it changes in the same way.
    args: bytes = b""

    # When the request began, seconds since the epoch.
    started: float = 0.0

    # The connection is kept open after the answer.
    keepalive: bool = True

    # For a subrequest: the request it is made for.
    parent: Request | None = None

    # For a subrequest: no one waits for its answer (mirror).
    background: bool = False

    # For a subrequest: called with each piece of its answer's body, and whether to send it at once; None drops the pieces.
    take_body: Callable[[bytes, bool], None] | None = None

    # For a subrequest: it is logged.
    logged: bool = False

    # For a subrequest: called when its answer ends that of its main request, too (push); None drops that.
    take_last: Callable[[], None] | None = None

    # For a subrequest: its answer is kept, not sent (`in_memory`). It then gets an empty piece, too.
    in_memory: bool = False

    # For a subrequest: the content handler of its main request answers it, without the phases before (slice).
    is_clone: bool = False

    # For a subrequest: the body in place of an answer that fails or is empty (ssi, stub=).
    substitute: bytes | None = None

    # For a subrequest: called when it ends, before an error's own page is made.
    ending: Callable[[], None] | None = None

    # The groups of the last regular expression that matched.
    captures: tuple[bytes | None, ...] | None = None

    # The values of variables evaluated or set so far, by name. A subrequest shares them with its main request.
    variables: dict[bytes, bytes | None] = field(default_factory=dict)

    # The servers the request was passed on to; None if it was not.
    upstream: UpstreamState | None = None

    # Called once, if the client leaves before the answer is whole.
    on_close: Callable[[], None] | None = None

    # The client has left.
    gone: bool = False

    # The request goes on when the client leaves.
    outlives_client: bool = False

    # Called, the last one first, when the request has ended and is logged; None for none (`at_end` adds one).
    cleanups: list[Callable[[], None]] | None = None

    # Receives notes of what is decided, for `ngxpush explain` or the debug log; None for most requests.
    recorder: Recorder | None = None

    # Makes frames of its answer on HTTP/2; None on HTTP/1, and for a subrequest.
    framing: AnswerFraming | None = None

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
        """What modules keep for this request, by the module's name. Redirects inside discard it."""
        if self._modules is None:
            self._modules = {}
        return self._modules

    def kept(self, module: str) -> Any:
        """What a module keeps in `modules`; None for nothing."""
        return None if self._modules is None else self._modules.get(module)

    @property
    def lasting(self) -> dict[str, Any]:
        """As `modules`, but redirects inside keep it."""
        if self._lasting is None:
            self._lasting = {}
        return self._lasting

    def at_end(self, *cleanups: Callable[[], None]) -> None:
        """Have these functions called when the request has ended and is logged, the last one first."""
        if self.cleanups is None:
            self.cleanups = []
        self.cleanups += cleanups

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self.connection.now()

    @property
    def names_directory(self) -> bool:
        """Whether the URI ends in a slash. Of an empty one, which only try_files makes, the byte before it decides."""
        return (self.uri or self.progress.before_uri).endswith(b"/")

    @property
    def is_escaped(self) -> bool:
        """Whether the client's path contains escapes or a plus. Only then nginx escapes captures when it rewrites."""
        path = self.input.unparsed_uri.partition(b"?")[0]
        return b"%" in path or b"+" in path
