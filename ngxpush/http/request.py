"""A request on its way through the phases, and the response head that is being made for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ..config.configuration import Location, Server
from .running import RunningHttp

if TYPE_CHECKING:
    from .access.limit_zone import LimitZones
    from .limit_rate import Rate
    from .output import Output
    from .proxy_protocol import ProxyProtocol
    from .recorder import Recorder
    from .upstream.state import Upstream

HTTP_09 = 9
HTTP_10 = 1000
HTTP_11 = 1001


class BodyReceiver(Protocol):
    """Who gets a request's body piece by piece."""

    def received(self, data: bytes, ended: bool) -> None:
        """A piece; `ended`: it is the last."""

    def failed(self, status: int) -> None:
        """There will be no more: the body is broken (400) or too large (413)."""


class Connection(Protocol):
    """The connection a request came in on, as far as requests need to know it. All addresses are text in bytes.

    remote_addr, remote_port: the client; `unix:` and 0 on a unix socket.  server_addr, server_port: the socket's own side.
    realip puts the address it finds in the place of the client's until the request ends.
    proxy_protocol: what the PROXY header before the first request said; None without one.
    number: $connection, counted over the process.  requests: $connection_requests, this request included.
    started: when it was accepted, seconds since the epoch.
    nginx_version: the version to show, b"1.22.1".  engine: the push engine (content.push_stream.Engine).
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
    def engine(self) -> Any: ...

    @property
    def counters(self) -> Any: ...

    @property
    def limit_zones(self) -> LimitZones: ...

    def now(self) -> float:
        """Seconds since the epoch."""

    def realpath(self, path: bytes) -> bytes:
        """A path of the machine without links and dots. Raises OSError."""

    def write(self, data: bytes) -> None:
        """Put bytes on their way to the client."""

    def pace(self, rate: Rate) -> None:
        """From now on send the answer of the request no faster than that."""

    def log(self, level: str, text: bytes | str, request: Request | None = None) -> None:
        """A line for the error log of the request's location."""

    def discard_body(self, request: Request) -> int:
        """Skip the request's body, what of it is still to come too. OK, or 400 for a broken one."""

    def pass_body(self, request: Request, receiver: BodyReceiver) -> None:
        """Give each piece of the request's body to `receiver` as it comes; what is here at once."""

    def start(self, request: Request, ended: Callable[[], None]) -> None:
        """Serve a subrequest as soon as its main request has gone as far as it can; the main request's end waits for it.

        ended: called when the answer is whole; never, if the client leaves before.
        """

    def terminate(self, request: Request, status: int) -> None:
        """Close without an (other) answer; `status` is for the log. A subrequest takes its main request with it."""

    def switch_protocols(self, received: Callable[[bytes], None]) -> None:
        """What the client sends is given to `received` from now on."""

    def tunnel(self, received: Callable[[bytes], None]) -> None:
        """The same, and what has come already is, too."""

    def finish(self, request: Request) -> None:
        """The answer is whole: log it, then the next request, lingering, or close; or the main request goes on."""


class Headers:
    """The header lines of a request in the order they came, with a quick way to those of one name.

    Names keep their case in `lines`; every lookup takes the name in lower case.
    """

    __slots__ = ("_first", "lines")

    def __init__(self, lines: list[tuple[bytes, bytes]] | None = None) -> None:
        self.lines: list[tuple[bytes, bytes]] = []
        self._first: dict[bytes, bytes] = {}
        for name, value in lines or ():
            self.add(name, value)

    def add(self, name: bytes, value: bytes) -> None:
        self.lines.append((name, value))
        self._first.setdefault(name.lower(), value)

    def get(self, name: bytes) -> bytes | None:
        """The value of the first line of that name."""
        return self._first.get(name)

    def get_all(self, name: bytes) -> list[bytes]:
        """The values of all lines of that name, in order."""
        return [value for key, value in self.lines if key.lower() == name]

    def __contains__(self, name: bytes) -> bool:
        return name in self._first


@dataclass(slots=True, eq=False)
class Response:
    """The head of a response until it is sent; nginx's headers_out.

    status: 0 until somebody sets it.  status_line: `404 Not Found` where it is not the usual one (proxy).
    content_type: None sends none.  content_length: None is unknown (chunked, or until close).
    last_modified: seconds since the epoch.  location: value of the Location header; a value beginning with `/` is made absolute
    when it is sent.  headers: further lines in order; a filter may take lines out.
    sent: the head is on its way (or withheld by postpone_output): it can't change any more.
    etag: also stands in `headers` (see `http.etag`).
    allow_ranges: a part of the body may be asked for.  disable_not_modified: the client's conditions are not looked at.
    gzip_vary: the answer would be different with another Accept-Encoding.  content_encoding: the body is encoded (gzip).
    expect_trailers: header lines follow the body.
    content_type_line: the type with its charset as an upstream wrote it; it passes like that where no filter changes the charset.
    override_charset: named by an upstream's X-Accel-Charset, in the place of the location's.
    """

    status: int = 0
    status_line: bytes | None = None
    content_type: bytes | None = None
    charset: bytes | None = None
    content_length: int | None = None
    last_modified: int | None = None
    etag: bytes | None = None
    location: bytes | None = None
    server: bytes | None = None
    date: bytes | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    sent: bool = False
    allow_ranges: bool = False
    disable_not_modified: bool = False
    gzip_vary: bool = False
    content_encoding: bytes | None = None
    expect_trailers: bool = False
    content_type_line: bytes | None = None
    override_charset: bytes | None = None

    def clear_accept_ranges(self) -> None:
        """The body will be another one than that ranges could be asked of."""
        self.allow_ranges = False
        self.headers = [line for line in self.headers if line[0].lower() != b"accept-ranges"]


@dataclass(slots=True, eq=False)
class Request:
    """One request, or a subrequest of one (then `parent` is set and `main` is the client's own).

    method: as sent (b"GET").  http_version: 9, 1000, 1001.  request_line: as sent, without line end.
    unparsed_uri: $request_uri.  uri: decoded and normalised; changes with rewrites.  args: query string without `?`.
    emptied_args: no arguments are an empty text, not none, because a rewrite has made them.
    host: lower case, without port, from the request line or the Host header; None when the client named none.
    request_line_host: whether `host` came with an absolute URI.

    server, location: what the configuration says now; `location` is the server's own outside its locations, and an `if` or a
    limit_except where the request is in one.  listener: the servers of the address (`routing.Listener`).
    captures: the groups of the last regular expression that matched; variables: values got or set so far.
    variable_depth: how many more variables may be worked out for each other's sake (a cycle ends there).
    content_handler: a name in `content.HANDLERS`, None for static files.
    log_action: what error log lines say is being done.
    internal: the request was redirected inside.  uri_changes: counts down with each redirect; at 0 nginx gives up.
    uri_changed: a rewrite asks for another location.  valid_location: the URI still begins with the location's name.
    valid_unparsed_uri: nothing has changed the URI, so that `unparsed_uri` still means the same.
    add_uri_to_alias: try_files found a file behind the alias of a regular expression's location.
    error_status: the status to send whatever the handler says: that of the error answered, or an error_page's own; 0 without.
    error_page: an error_page is being served, so that another error is not looked up again.
    post_action: the request was answered and is in the location of a post_action.
    pipelined: the request had come before the one before it was answered.
    complete: the answer is whole on its way.
    output: the way of the answer's body once its head is made.  header_only: there is no body to send.
    lingering_close: the client may still be sending when the connection is closed.
    expect_tested: 100 Continue was sent, or need not be.
    background: of a subrequest: nobody waits for its answer (mirror).
    take_body: of a subrequest: gets each piece of its body, and whether it is to be sent at once; None drops them.
    header_size: bytes of the head, out of bytes_sent.  filter_finalized: a header filter refused the answer (412); the connection
    then ends, whatever its head says.
    recorder: told of what is decided, for `ngxpush explain`; None in a server.
    on_close: called, once, when the client leaves while the answer is waited for or goes on.  gone: it has left.
    limit_rate: bytes a second the answer may take, 0 for any number; None until it is set or the answer begins.
    cleanups: called, the last one first, when the request has ended and is logged.
    outlives_client: the request goes on all the same.  upstream: the servers it was passed on to.
    """

    connection: Connection
    http: RunningHttp
    listener: Any
    server: Server
    location: Location
    method: bytes = b"GET"
    request_line: bytes = b""
    unparsed_uri: bytes = b""
    uri: bytes = b""
    args: bytes = b""
    emptied_args: bool = False
    http_version: int = HTTP_11
    headers: Headers = field(default_factory=Headers)
    host: bytes | None = None
    request_line_host: bool = False
    request_length: int = 0
    started: float = 0.0
    keepalive: bool = True

    # the body
    content_length: int | None = None
    chunked: bool = False
    body: bytes | None = None
    body_unread: bool = False
    lingering_close: bool = False
    expect_tested: bool = False

    # where it is
    parent: Request | None = None
    captures: tuple[bytes | None, ...] | None = None
    variables: dict[bytes, bytes | None] = field(default_factory=dict)
    variable_depth: int = 100
    content_handler: str | None = None
    log_action: bytes = b""
    internal: bool = False
    uri_changes: int = 11
    uri_changed: bool = False
    valid_location: bool = True
    valid_unparsed_uri: bool = True
    add_uri_to_alias: bool = False
    error_status: int = 0
    error_page: bool = False
    post_action: bool = False
    limit_rate: int | None = None
    pipelined: bool = False

    # the answer
    response: Response = field(default_factory=Response)
    output: Output | None = None
    header_only: bool = False
    background: bool = False
    take_body: Callable[[bytes, bool], None] | None = None
    header_size: int = 0
    bytes_sent: int = 0
    complete: bool = False
    filter_finalized: bool = False
    gone: bool = False
    outlives_client: bool = False
    upstream: Upstream | None = None
    # what one module keeps for this request, by the module's name; redirects inside forget `modules`, but not `lasting`
    modules: dict[str, Any] = field(default_factory=dict)
    lasting: dict[str, Any] = field(default_factory=dict)
    on_close: Callable[[], None] | None = None
    cleanups: list[Callable[[], None]] = field(default_factory=list)
    recorder: Recorder | None = None

    @property
    def main(self) -> Request:
        """The client's own request."""
        request = self
        while request.parent is not None:
            request = request.parent
        return request

    @property
    def now(self) -> float:
        return self.connection.now()

    @property
    def is_escaped(self) -> bool:
        """Whether the client's path holds escapes or a plus: only then nginx escapes captures when it rewrites."""
        path = self.unparsed_uri.partition(b"?")[0]
        return b"%" in path or b"+" in path
