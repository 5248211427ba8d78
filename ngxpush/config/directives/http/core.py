"""The http core module: http, server, location and what applies to every request."""

from __future__ import annotations

from dataclasses import dataclass

from ...columns import ANY, NONE, Arguments, Block, accepted
from ...complex_value import ComplexValue
from ...directive import Directive
from ...logs import ErrorLogSetting, ErrorLogSlot
from ...module import Module
from ...places import ALSO_IN_IF, HTTP_SERVER, HTTP_SERVER_LOCATION, Context
from ...slots import (
    Choices,
    ComplexSize,
    Enum,
    Flag,
    NoValue,
    NumberAndSize,
    String,
    TempPath,
    ignored,
    milliseconds,
    number,
    offset,
    seconds,
    size,
)
from .core_checks import check_http, check_types_hash, close_http, close_server
from .core_slots import (
    Aio,
    DirectIo,
    DisableSymlinks,
    HttpSlot,
    KeepaliveTimeout,
    LimitExceptSlot,
    OpenFileCache,
    Resolver,
    Types,
    pool_size,
)
from .error_page import ErrorPage, ErrorPageSlot
from .listen import ListenSlot
from .location import LocationSlot
from .root import Root, RootSlot
from .server_name import ServerNames


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
    error_log: tuple[ErrorLogSetting, ...] = ()
    auth_delay: int = 0
    disable_symlinks: tuple[str, ComplexValue | None] = ("off", None)
    subrequest_output_buffer_size: int = 4096
    resolver: tuple[bytes, ...] = ()
    resolver_timeout: int = 30000


DEFAULT_TYPES: dict[bytes, bytes] = {b"html": b"text/html", b"gif": b"image/gif", b"jpg": b"image/jpeg"}
"""nginx's types where no `types` block is."""

_HASH = accepted("Tables grow as they have to.")
_FILES = accepted("Files are read whole, without nginx's ways of reading them faster.")
_SOCKET = accepted("The event loop looks after its sockets itself.")
_RESOLVER = accepted("Names are resolved by the operating system.")
_BROWSERS = {b"none": "none", b"msie6": "msie6", b"safari": "safari"}


def _words(*choices: str) -> Enum:
    return Enum({choice.encode(): choice for choice in choices})


_BLOCKS = (
    Directive(
        "http",
        Context.MAIN,
        HttpSlot(),
        "Everything about HTTP.",
        NONE,
        block=Block.DIRECTIVES,
        opens=Context.HTTP,
        close=close_http,
    ),
    Directive(
        "server",
        Context.HTTP,
        NoValue(),
        "A virtual server.",
        NONE,
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.SERVER,
        close=close_server,
    ),
    Directive(
        "location",
        Context.SERVER | Context.LOCATION,
        LocationSlot(),
        "What applies to the requests of some URIs.",
        Arguments(1, 2),
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.LOCATION,
    ),
    Directive(
        "limit_except",
        Context.LOCATION,
        LimitExceptSlot(),
        "What applies to the requests of all but some methods.",
        ANY,
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.LIMIT_EXCEPT,
    ),
    Directive(
        "types",
        HTTP_SERVER_LOCATION,
        Types(),
        "The content types of files by their extensions.",
        NONE,
        once=False,
        block=Block.LINES,
    ),
    Directive("listen", Context.SERVER, ListenSlot(), "An address the server listens on.", ANY, once=False),
    Directive("server_name", Context.SERVER, ServerNames(), "The names of the server.", ANY, once=False),
)

_SERVERS = (
    Directive("variables_hash_max_size", Context.HTTP, number(), "The size of a table.", emulation=_HASH),
    Directive("variables_hash_bucket_size", Context.HTTP, number(), "The size of a table's buckets.", emulation=_HASH),
    Directive("server_names_hash_max_size", Context.HTTP, number(), "The size of the table of server names."),
    Directive("server_names_hash_bucket_size", Context.HTTP, number(), "The size of that table's buckets."),
    Directive(
        "connection_pool_size", HTTP_SERVER, pool_size(), "Memory for a connection.", emulation=accepted("Python's memory.")
    ),
    Directive("request_pool_size", HTTP_SERVER, pool_size(), "Memory for a request.", emulation=accepted("Python's memory.")),
    Directive("client_header_timeout", HTTP_SERVER, milliseconds(), "How long a client may take to send its header."),
    Directive("client_header_buffer_size", HTTP_SERVER, size(), "The buffer for most headers."),
    Directive("large_client_header_buffers", HTTP_SERVER, NumberAndSize(), "The buffers for large headers.", Arguments(2, 2)),
    Directive("ignore_invalid_headers", HTTP_SERVER, Flag(), "Whether headers with invalid names are ignored."),
    Directive("merge_slashes", HTTP_SERVER, Flag(), "Whether slashes in a row count as one."),
    Directive("underscores_in_headers", HTTP_SERVER, Flag(), "Whether header names may hold underscores."),
)

_LOCATIONS = (
    Directive("types_hash_max_size", HTTP_SERVER_LOCATION, number(), "The size of a table.", emulation=_HASH),
    Directive("types_hash_bucket_size", HTTP_SERVER_LOCATION, number(), "The size of a table's buckets.", emulation=_HASH),
    Directive("default_type", HTTP_SERVER_LOCATION, String(), "The content type of what has no other."),
    Directive("root", ALSO_IN_IF, RootSlot(alias=False), "The folder of files.", once=False),
    Directive(
        "alias", Context.LOCATION, RootSlot(alias=True), "The folder that stands for the location.", field="root", once=False
    ),
    Directive("client_max_body_size", HTTP_SERVER_LOCATION, offset(), "The largest body of a request."),
    Directive("client_body_buffer_size", HTTP_SERVER_LOCATION, size(), "The largest body kept in memory."),
    Directive("client_body_timeout", HTTP_SERVER_LOCATION, milliseconds(), "How long a client may pause within a body."),
    Directive("client_body_temp_path", HTTP_SERVER_LOCATION, TempPath(), "The folder for large bodies.", Arguments(1, 4)),
    Directive("client_body_in_file_only", HTTP_SERVER_LOCATION, _words("off", "on", "clean"), "Whether bodies go to files."),
    Directive(
        "client_body_in_single_buffer", HTTP_SERVER_LOCATION, Flag(), "Whether a body is kept in one piece.", emulation=_FILES
    ),
    Directive("sendfile", ALSO_IN_IF, Flag(), "Whether the kernel sends files.", emulation=_FILES),
    Directive("sendfile_max_chunk", HTTP_SERVER_LOCATION, size(), "The most sent of a file at once.", emulation=_FILES),
    Directive(
        "subrequest_output_buffer_size", HTTP_SERVER_LOCATION, size(), "The largest answer of a subrequest kept in memory."
    ),
    Directive("aio", HTTP_SERVER_LOCATION, Aio(), "Asynchronous reads.", emulation=_FILES),
    Directive("aio_write", HTTP_SERVER_LOCATION, Flag(), "Asynchronous writes.", emulation=_FILES),
    Directive("read_ahead", HTTP_SERVER_LOCATION, size(), "Reading ahead.", emulation=_FILES),
    Directive("directio", HTTP_SERVER_LOCATION, DirectIo(), "Reads without the system's cache.", emulation=_FILES),
    Directive("directio_alignment", HTTP_SERVER_LOCATION, offset(), "The alignment for directio.", emulation=_FILES),
    Directive("tcp_nopush", HTTP_SERVER_LOCATION, Flag(), "Whether full packets are waited for.", emulation=_SOCKET),
    Directive("tcp_nodelay", HTTP_SERVER_LOCATION, Flag(), "Whether small packets are sent at once."),
    Directive("send_timeout", HTTP_SERVER_LOCATION, milliseconds(), "How long a client may take between two reads."),
    Directive("send_lowat", HTTP_SERVER_LOCATION, size(ignored), "A socket's low water mark.", emulation=_SOCKET),
    Directive(
        "output_buffers", HTTP_SERVER_LOCATION, NumberAndSize(), "NumberAndSize for files; each is a chunk.", Arguments(2, 2)
    ),
    Directive("postpone_output", HTTP_SERVER_LOCATION, size(), "The least that is sent before the end of an answer."),
    Directive("limit_rate", ALSO_IN_IF, ComplexSize(), "The most bytes a second."),
    Directive("limit_rate_after", ALSO_IN_IF, ComplexSize(), "The bytes before the rate is limited."),
    Directive("keepalive_time", HTTP_SERVER_LOCATION, milliseconds(), "How long a connection may be kept alive."),
    Directive("keepalive_timeout", HTTP_SERVER_LOCATION, KeepaliveTimeout(), "How long an idle one is kept.", Arguments(1, 2)),
    Directive("keepalive_requests", HTTP_SERVER_LOCATION, number(), "The most requests of a connection."),
    Directive(
        "keepalive_disable",
        HTTP_SERVER_LOCATION,
        Choices(_BROWSERS),
        "Browsers that get no keep-alive.",
        Arguments(1, 2),
        once=False,
    ),
    Directive("satisfy", HTTP_SERVER_LOCATION, _words("all", "any"), "Whether all or any of the access modules must agree."),
    Directive("internal", Context.LOCATION, NoValue(), "Only requests made inside nginx may come here.", NONE, inherit=False),
    Directive(
        "lingering_close", HTTP_SERVER_LOCATION, _words("off", "on", "always"), "Whether more is read before a connection ends."
    ),
    Directive("lingering_time", HTTP_SERVER_LOCATION, milliseconds(), "How long it is read."),
    Directive("lingering_timeout", HTTP_SERVER_LOCATION, milliseconds(), "How long more is waited for."),
    Directive("reset_timedout_connection", HTTP_SERVER_LOCATION, Flag(), "Whether connections that time out are reset."),
    Directive("absolute_redirect", HTTP_SERVER_LOCATION, Flag(), "Whether redirects name the host."),
    Directive("server_name_in_redirect", HTTP_SERVER_LOCATION, Flag(), "Whether redirects name the server's first name."),
    Directive("port_in_redirect", HTTP_SERVER_LOCATION, Flag(), "Whether redirects name the port."),
    Directive("msie_padding", HTTP_SERVER_LOCATION, Flag(), "Whether error pages are padded for old browsers."),
    Directive("msie_refresh", HTTP_SERVER_LOCATION, Flag(), "Whether old browsers are redirected by a page."),
    Directive("log_not_found", HTTP_SERVER_LOCATION, Flag(), "Whether missing files are logged."),
    Directive("log_subrequest", HTTP_SERVER_LOCATION, Flag(), "Whether subrequests are logged."),
    Directive("recursive_error_pages", HTTP_SERVER_LOCATION, Flag(), "Whether error_page may lead to error_page."),
    Directive("server_tokens", HTTP_SERVER_LOCATION, _words("off", "on", "build"), "Whether the version is told."),
    Directive("if_modified_since", HTTP_SERVER_LOCATION, _words("off", "exact", "before"), "How times are compared."),
    Directive("max_ranges", HTTP_SERVER_LOCATION, number(), "The most ranges of a request."),
    Directive("chunked_transfer_encoding", HTTP_SERVER_LOCATION, Flag(), "Whether answers may be chunked."),
    Directive("etag", HTTP_SERVER_LOCATION, Flag(), "Whether files get an ETag."),
    Directive("error_page", ALSO_IN_IF, ErrorPageSlot(), "Where errors lead.", Arguments(2, None), once=False),
    Directive("post_action", ALSO_IN_IF, String(), "A request made when another one is done."),
    Directive("error_log", HTTP_SERVER_LOCATION, ErrorLogSlot(), "Where errors are written.", ANY, once=False),
    Directive("auth_delay", HTTP_SERVER_LOCATION, milliseconds(), "How long a 401 takes."),
    Directive("open_file_cache", HTTP_SERVER_LOCATION, OpenFileCache(), "Open files.", Arguments(1, 2), emulation=_FILES),
    Directive("open_file_cache_valid", HTTP_SERVER_LOCATION, seconds(), "How long they count as open.", emulation=_FILES),
    Directive("open_file_cache_min_uses", HTTP_SERVER_LOCATION, number(), "How often they must be used.", emulation=_FILES),
    Directive("open_file_cache_errors", HTTP_SERVER_LOCATION, Flag(), "Whether errors are kept, too.", emulation=_FILES),
    Directive("resolver", HTTP_SERVER_LOCATION, Resolver(), "The servers that resolve names.", ANY, emulation=_RESOLVER),
    Directive("resolver_timeout", HTTP_SERVER_LOCATION, milliseconds(), "How long names may take.", emulation=_RESOLVER),
    Directive("disable_symlinks", HTTP_SERVER_LOCATION, DisableSymlinks(), "Whether links are followed.", Arguments(1, 2)),
)

MODULE = Module(
    "http_core",
    (*_BLOCKS, *_SERVERS, *_LOCATIONS),
    main=HttpCoreMain,
    server=HttpCoreServer,
    location=HttpCoreLocation,
    checks=(check_http, check_types_hash),
)
