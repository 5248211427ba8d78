"""The http core module: http, server, location and what applies to every request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..complex_value import ComplexValue
from ..logs import ErrorLog, ErrorLogSlot
from ..slots import (
    Buffers,
    Choices,
    ComplexSize,
    Enum,
    Flag,
    NoValue,
    String,
    TempPath,
    ignored,
    milliseconds,
    number,
    offset,
    seconds,
    size,
)
from .http_core_checks import check_http, check_types_hash, close_http, close_server
from .http_core_slots import (
    Aio,
    DirectIo,
    DisableSymlinks,
    ErrorPage,
    ErrorPageSlot,
    Http,
    KeepaliveTimeout,
    LimitExcept,
    OpenFileCache,
    Resolver,
    Root,
    RootSlot,
    ServerNames,
    Types,
    pool_size,
)
from .listen import Listen
from .location import LocationSlot
from .table import (
    ANY,
    FLAG,
    HTTP_SERVER,
    HTTP_SERVER_LOCATION,
    NONE,
    Arguments,
    Block,
    Context,
    Directive,
    Module,
    Slot,
    accepted,
    settings_row,
)


@dataclass(frozen=True, slots=True)
class HttpCoreMain:
    """What is set once for http."""

    server_names_hash_max_size: int = 512
    server_names_hash_bucket_size: int = 64


@dataclass(frozen=True, slots=True)
class HttpCoreServer:
    """What a server holds besides its names and addresses. Sizes in bytes, times in milliseconds."""

    client_header_timeout: int = 60000
    client_header_buffer_size: int = 1024
    large_client_header_buffers: tuple[int, int] = (4, 8192)
    ignore_invalid_headers: bool = True
    merge_slashes: bool = True
    underscores_in_headers: bool = False


_HTML = Root(ComplexValue(b"html", (b"html",)), alias=False)


@dataclass(frozen=True, slots=True)
class HttpCoreLocation:
    """What a location holds after inheritance. Sizes in bytes, times in milliseconds.

    root: of root or alias.  types: extension → content type; None where no
    `types` block is (`DEFAULT_TYPES`).  client_max_body_size: 0 is no limit.  limit_rate: bytes a second, a ComplexValue.
    keepalive_timeout: the timeout and the seconds of the Keep-Alive header, if any.
    satisfy: `all` or `any`.  server_tokens: `on`, `off` or `build`.  if_modified_since: `off`, `exact` or `before`.
    internal: only requests made inside nginx may come here.
    """

    root: Root = _HTML
    types: dict[bytes, bytes] | None = None
    default_type: bytes = b"text/plain"
    client_max_body_size: int = 1 << 20
    client_body_buffer_size: int = 16384
    client_body_timeout: int = 60000
    client_body_in_file_only: str = "off"
    client_body_temp_path: tuple[bytes, tuple[int, ...]] | None = None
    send_timeout: int = 60000
    postpone_output: int = 1460
    sendfile: bool = False
    tcp_nodelay: bool = True
    output_buffers: tuple[int, int] = (2, 32768)
    limit_rate: ComplexValue | None = None
    limit_rate_after: ComplexValue | None = None
    keepalive_time: int = 3600000
    keepalive_timeout: tuple[int, int | None] = (75000, None)
    keepalive_requests: int = 1000
    keepalive_disable: frozenset[str] = frozenset({"msie6"})
    satisfy: str = "all"
    internal: bool = False
    lingering_close: str = "on"
    lingering_time: int = 30000
    lingering_timeout: int = 5000
    reset_timedout_connection: bool = False
    absolute_redirect: bool = True
    server_name_in_redirect: bool = False
    port_in_redirect: bool = True
    msie_padding: bool = True
    msie_refresh: bool = False
    log_not_found: bool = True
    log_subrequest: bool = False
    recursive_error_pages: bool = False
    server_tokens: str = "on"
    if_modified_since: str = "exact"
    max_ranges: int | None = None
    chunked_transfer_encoding: bool = True
    etag: bool = True
    error_page: tuple[ErrorPage, ...] = ()
    post_action: bytes | None = None
    error_log: tuple[ErrorLog, ...] = ()
    auth_delay: int = 0
    disable_symlinks: tuple[str, ComplexValue | None] = ("off", None)
    subrequest_output_buffer_size: int = 4096
    resolver: tuple[bytes, ...] = ()
    resolver_timeout: int = 30000


DEFAULT_TYPES: dict[bytes, bytes] = {b"html": b"text/html", b"gif": b"image/gif", b"jpg": b"image/jpeg"}
"""nginx's types where no `types` block is."""

_ALSO_IN_IF = HTTP_SERVER_LOCATION | Context.LOCATION_IF
_HASH = accepted("Tables grow as they have to.")
_FILES = accepted("Files are read whole, without nginx's ways of reading them faster.")
_SOCKET = accepted("The event loop looks after its sockets itself.")
_RESOLVER = accepted("Names are resolved by the operating system.")
_BROWSERS = {b"none": "none", b"msie6": "msie6", b"safari": "safari"}
_SETTINGS = (HttpCoreMain, HttpCoreServer, HttpCoreLocation)


def _row(name: str, contexts: Context, slot: Slot, summary: str, arguments: Arguments = Arguments(), **more: object) -> Directive:
    return settings_row("http_core", name, contexts, slot, summary, arguments, _SETTINGS, **more)


def _msec(name: str, contexts: Context, summary: str, **more: Any) -> Directive:
    return _row(name, contexts, milliseconds(), summary, **more)


def _flag(name: str, contexts: Context, summary: str, **more: Any) -> Directive:
    return _row(name, contexts, Flag(), summary, FLAG, **more)


def _words(*choices: str) -> Enum:
    return Enum({choice.encode(): choice for choice in choices})


_BLOCKS = (
    Directive(
        "http",
        "http_core",
        Context.MAIN,
        Http(),
        NONE,
        block=Block.DIRECTIVES,
        opens=Context.HTTP,
        close=close_http,
        summary="Everything about HTTP.",
    ),
    Directive(
        "server",
        "http_core",
        Context.HTTP,
        NoValue(),
        NONE,
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.SERVER,
        close=close_server,
        summary="A virtual server.",
    ),
    Directive(
        "location",
        "http_core",
        Context.SERVER | Context.LOCATION,
        LocationSlot(),
        Arguments(1, 2),
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.LOCATION,
        summary="What applies to the requests of some URIs.",
    ),
    Directive(
        "limit_except",
        "http_core",
        Context.LOCATION,
        LimitExcept(),
        ANY,
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.LIMIT_EXCEPT,
        summary="What applies to the requests of all but some methods.",
    ),
    Directive(
        "types",
        "http_core",
        HTTP_SERVER_LOCATION,
        Types(),
        NONE,
        field="types",
        once=False,
        block=Block.LINES,
        summary="The content types of files by their extensions.",
    ),
    _row("listen", Context.SERVER, Listen(), "An address the server listens on.", ANY, once=False),
    _row("server_name", Context.SERVER, ServerNames(), "The names of the server.", ANY, once=False),
)

_SERVERS = (
    _row("variables_hash_max_size", Context.HTTP, number(), "The size of a table.", emulation=_HASH),
    _row("variables_hash_bucket_size", Context.HTTP, number(), "The size of a table's buckets.", emulation=_HASH),
    _row("server_names_hash_max_size", Context.HTTP, number(), "The size of the table of server names."),
    _row("server_names_hash_bucket_size", Context.HTTP, number(), "The size of that table's buckets."),
    _row("connection_pool_size", HTTP_SERVER, pool_size(), "Memory for a connection.", emulation=accepted("Python's memory.")),
    _row("request_pool_size", HTTP_SERVER, pool_size(), "Memory for a request.", emulation=accepted("Python's memory.")),
    _msec("client_header_timeout", HTTP_SERVER, "How long a client may take to send its header."),
    _row("client_header_buffer_size", HTTP_SERVER, size(), "The buffer for most headers."),
    _row("large_client_header_buffers", HTTP_SERVER, Buffers(), "The buffers for large headers.", Arguments(2, 2)),
    _flag("ignore_invalid_headers", HTTP_SERVER, "Whether headers with invalid names are ignored."),
    _flag("merge_slashes", HTTP_SERVER, "Whether slashes in a row count as one."),
    _flag("underscores_in_headers", HTTP_SERVER, "Whether header names may hold underscores."),
)

_LOCATIONS = (
    _row("types_hash_max_size", HTTP_SERVER_LOCATION, number(), "The size of a table.", emulation=_HASH),
    _row("types_hash_bucket_size", HTTP_SERVER_LOCATION, number(), "The size of a table's buckets.", emulation=_HASH),
    _row("default_type", HTTP_SERVER_LOCATION, String(), "The content type of what has no other."),
    _row("root", _ALSO_IN_IF, RootSlot(alias=False), "The folder of files.", field="root", once=False),
    _row("alias", Context.LOCATION, RootSlot(alias=True), "The folder that stands for the location.", field="root", once=False),
    _row("client_max_body_size", HTTP_SERVER_LOCATION, offset(), "The largest body of a request."),
    _row("client_body_buffer_size", HTTP_SERVER_LOCATION, size(), "The largest body kept in memory."),
    _msec("client_body_timeout", HTTP_SERVER_LOCATION, "How long a client may pause within a body."),
    _row("client_body_temp_path", HTTP_SERVER_LOCATION, TempPath(), "The folder for large bodies.", Arguments(1, 4)),
    _row("client_body_in_file_only", HTTP_SERVER_LOCATION, _words("off", "on", "clean"), "Whether bodies go to files."),
    _flag("client_body_in_single_buffer", HTTP_SERVER_LOCATION, "Whether a body is kept in one piece.", emulation=_FILES),
    _flag("sendfile", _ALSO_IN_IF, "Whether the kernel sends files.", emulation=_FILES),
    _row("sendfile_max_chunk", HTTP_SERVER_LOCATION, size(), "The most sent of a file at once.", emulation=_FILES),
    _row("subrequest_output_buffer_size", HTTP_SERVER_LOCATION, size(), "The largest answer of a subrequest kept in memory."),
    _row("aio", HTTP_SERVER_LOCATION, Aio(), "Asynchronous reads.", emulation=_FILES),
    _flag("aio_write", HTTP_SERVER_LOCATION, "Asynchronous writes.", emulation=_FILES),
    _row("read_ahead", HTTP_SERVER_LOCATION, size(), "Reading ahead.", emulation=_FILES),
    _row("directio", HTTP_SERVER_LOCATION, DirectIo(), "Reads without the system's cache.", emulation=_FILES),
    _row("directio_alignment", HTTP_SERVER_LOCATION, offset(), "The alignment for directio.", emulation=_FILES),
    _flag("tcp_nopush", HTTP_SERVER_LOCATION, "Whether full packets are waited for.", emulation=_SOCKET),
    _flag("tcp_nodelay", HTTP_SERVER_LOCATION, "Whether small packets are sent at once."),
    _msec("send_timeout", HTTP_SERVER_LOCATION, "How long a client may take between two reads."),
    _row("send_lowat", HTTP_SERVER_LOCATION, size(ignored), "A socket's low water mark.", emulation=_SOCKET),
    _row("output_buffers", HTTP_SERVER_LOCATION, Buffers(), "Buffers for files; each is a chunk.", Arguments(2, 2)),
    _row("postpone_output", HTTP_SERVER_LOCATION, size(), "The least that is sent before the end of an answer."),
    _row("limit_rate", _ALSO_IN_IF, ComplexSize(), "The most bytes a second."),
    _row("limit_rate_after", _ALSO_IN_IF, ComplexSize(), "The bytes before the rate is limited."),
    _msec("keepalive_time", HTTP_SERVER_LOCATION, "How long a connection may be kept alive."),
    _row("keepalive_timeout", HTTP_SERVER_LOCATION, KeepaliveTimeout(), "How long an idle one is kept.", Arguments(1, 2)),
    _row("keepalive_requests", HTTP_SERVER_LOCATION, number(), "The most requests of a connection."),
    _row(
        "keepalive_disable",
        HTTP_SERVER_LOCATION,
        Choices(_BROWSERS),
        "Browsers that get no keep-alive.",
        Arguments(1, 2),
        once=False,
    ),
    _row("satisfy", HTTP_SERVER_LOCATION, _words("all", "any"), "Whether all or any of the access modules must agree."),
    _row("internal", Context.LOCATION, NoValue(), "Only requests made inside nginx may come here.", NONE, inherit=False),
    _row(
        "lingering_close", HTTP_SERVER_LOCATION, _words("off", "on", "always"), "Whether more is read before a connection ends."
    ),
    _msec("lingering_time", HTTP_SERVER_LOCATION, "How long it is read."),
    _msec("lingering_timeout", HTTP_SERVER_LOCATION, "How long more is waited for."),
    _flag("reset_timedout_connection", HTTP_SERVER_LOCATION, "Whether connections that time out are reset."),
    _flag("absolute_redirect", HTTP_SERVER_LOCATION, "Whether redirects name the host."),
    _flag("server_name_in_redirect", HTTP_SERVER_LOCATION, "Whether redirects name the server's first name."),
    _flag("port_in_redirect", HTTP_SERVER_LOCATION, "Whether redirects name the port."),
    _flag("msie_padding", HTTP_SERVER_LOCATION, "Whether error pages are padded for old browsers."),
    _flag("msie_refresh", HTTP_SERVER_LOCATION, "Whether old browsers are redirected by a page."),
    _flag("log_not_found", HTTP_SERVER_LOCATION, "Whether missing files are logged."),
    _flag("log_subrequest", HTTP_SERVER_LOCATION, "Whether subrequests are logged."),
    _flag("recursive_error_pages", HTTP_SERVER_LOCATION, "Whether error_page may lead to error_page."),
    _row("server_tokens", HTTP_SERVER_LOCATION, _words("off", "on", "build"), "Whether the version is told."),
    _row("if_modified_since", HTTP_SERVER_LOCATION, _words("off", "exact", "before"), "How times are compared."),
    _row("max_ranges", HTTP_SERVER_LOCATION, number(), "The most ranges of a request."),
    _flag("chunked_transfer_encoding", HTTP_SERVER_LOCATION, "Whether answers may be chunked."),
    _flag("etag", HTTP_SERVER_LOCATION, "Whether files get an ETag."),
    _row("error_page", _ALSO_IN_IF, ErrorPageSlot(), "Where errors lead.", Arguments(2, None), once=False),
    _row("post_action", _ALSO_IN_IF, String(), "A request made when another one is done."),
    _row("error_log", HTTP_SERVER_LOCATION, ErrorLogSlot(), "Where errors are written.", ANY, once=False),
    _msec("auth_delay", HTTP_SERVER_LOCATION, "How long a 401 takes."),
    _row("open_file_cache", HTTP_SERVER_LOCATION, OpenFileCache(), "Open files.", Arguments(1, 2), emulation=_FILES),
    _row("open_file_cache_valid", HTTP_SERVER_LOCATION, seconds(), "How long they count as open.", emulation=_FILES),
    _row("open_file_cache_min_uses", HTTP_SERVER_LOCATION, number(), "How often they must be used.", emulation=_FILES),
    _flag("open_file_cache_errors", HTTP_SERVER_LOCATION, "Whether errors are kept, too.", emulation=_FILES),
    _row("resolver", HTTP_SERVER_LOCATION, Resolver(), "The servers that resolve names.", ANY, emulation=_RESOLVER),
    _msec("resolver_timeout", HTTP_SERVER_LOCATION, "How long names may take.", emulation=_RESOLVER),
    _row("disable_symlinks", HTTP_SERVER_LOCATION, DisableSymlinks(), "Whether links are followed.", Arguments(1, 2)),
)

MODULES = (
    Module(
        "http_core",
        (*_BLOCKS, *_SERVERS, *_LOCATIONS),
        main=HttpCoreMain,
        server=HttpCoreServer,
        location=HttpCoreLocation,
        checks=(check_http, check_types_hash),
    ),
)
