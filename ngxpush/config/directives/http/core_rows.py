"""The rows of the http core module."""

from __future__ import annotations

from ...columns import ANY, NONE, Arguments, Block, accepted
from ...directive import Directive
from ...logs import ErrorLogSlot
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
from .core_checks import close_http, close_server
from .core_slots import (
    Aio,
    DirectIo,
    DisableSymlinks,
    HttpSlot,
    KeepaliveTimeout,
    LimitExceptSlot,
    OpenFileCache,
    Types,
    pool_size,
)
from .error_page import ErrorPageSlot
from .listen import ListenSlot
from .location import LocationSlot
from .resolver import Resolver
from .root import RootSlot
from .server_name import ServerNames

_HASH = accepted("Tables grow as needed.")
_FILES = accepted("ngxpush reads and writes files in its own way.")
_SOCKET = accepted("The event loop sets the options of its sockets itself.")
_BROWSERS = {b"none": "none", b"msie6": "msie6", b"safari": "safari"}


def _words(*choices: str) -> Enum:
    return Enum({choice.encode(): choice for choice in choices})


BLOCK_ROWS = (
    Directive(
        "http",
        Context.MAIN,
        HttpSlot(),
        "The settings of the HTTP server.",
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
        "The settings for requests whose URI has a prefix or matches a pattern.",
        Arguments(1, 2),
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.LOCATION,
    ),
    Directive(
        "limit_except",
        Context.LOCATION,
        LimitExceptSlot(),
        "The settings for requests with any other method than these.",
        ANY,
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.LIMIT_EXCEPT,
    ),
    Directive(
        "types",
        HTTP_SERVER_LOCATION,
        Types(),
        "The content types of file name extensions.",
        NONE,
        once=False,
        block=Block.LINES,
    ),
    Directive("listen", Context.SERVER, ListenSlot(), "An address and port the server accepts requests on.", ANY, once=False),
    Directive("server_name", Context.SERVER, ServerNames(), "The names of the server.", ANY, once=False),
)

SERVER_ROWS = (
    Directive("variables_hash_max_size", Context.HTTP, number(), "The largest size of the table of variables.", emulation=_HASH),
    Directive(
        "variables_hash_bucket_size", Context.HTTP, number(), "The size of a bucket of the table of variables.", emulation=_HASH
    ),
    Directive("server_names_hash_max_size", Context.HTTP, number(), "The largest size of the tables of server names."),
    Directive("server_names_hash_bucket_size", Context.HTTP, number(), "The size of a bucket of the tables of server names."),
    Directive(
        "connection_pool_size",
        HTTP_SERVER,
        pool_size(),
        "The memory allocated at first for a connection.",
        emulation=accepted("Python manages its memory itself."),
    ),
    Directive(
        "request_pool_size",
        HTTP_SERVER,
        pool_size(),
        "The memory allocated at first for a request.",
        emulation=accepted("Python manages its memory itself."),
    ),
    Directive("client_header_timeout", HTTP_SERVER, milliseconds(), "How long a client may take to send the head of a request."),
    Directive("client_header_buffer_size", HTTP_SERVER, size(), "The size of the buffer for the head of a request."),
    Directive(
        "large_client_header_buffers",
        HTTP_SERVER,
        NumberAndSize(),
        "The number and size of buffers for heads that do not fit the first one.",
        Arguments(2, 2),
    ),
    Directive("ignore_invalid_headers", HTTP_SERVER, Flag(), "Whether header lines with invalid names are ignored."),
    Directive("merge_slashes", HTTP_SERVER, Flag(), "Whether adjacent slashes in a URI count as one."),
    Directive("underscores_in_headers", HTTP_SERVER, Flag(), "Whether header names may contain underscores."),
)

LOCATION_ROWS = (
    Directive(
        "types_hash_max_size", HTTP_SERVER_LOCATION, number(), "The largest size of the tables of content types.", emulation=_HASH
    ),
    Directive(
        "types_hash_bucket_size",
        HTTP_SERVER_LOCATION,
        number(),
        "The size of a bucket of the tables of content types.",
        emulation=_HASH,
    ),
    Directive("default_type", HTTP_SERVER_LOCATION, String(), "The content type of files whose extension `types` does not list."),
    Directive("root", ALSO_IN_IF, RootSlot(alias=False), "The directory that files are looked for in.", once=False),
    Directive(
        "alias",
        Context.LOCATION,
        RootSlot(alias=True),
        "The path that replaces the location's name in the paths of files.",
        field="root",
        once=False,
    ),
    Directive("client_max_body_size", HTTP_SERVER_LOCATION, offset(), "The largest request body; 0: any size."),
    Directive(
        "client_body_buffer_size",
        HTTP_SERVER_LOCATION,
        size(),
        "The size of the buffer for a request body; a larger one goes to a file.",
    ),
    Directive("client_body_timeout", HTTP_SERVER_LOCATION, milliseconds(), "How long a client may pause while it sends a body."),
    Directive(
        "client_body_temp_path",
        HTTP_SERVER_LOCATION,
        TempPath(),
        "The directory for request bodies that do not fit the buffer.",
        Arguments(1, 4),
    ),
    Directive(
        "client_body_in_file_only",
        HTTP_SERVER_LOCATION,
        _words("off", "on", "clean"),
        "Whether every request body goes to a file: `off`, `on` or `clean`.",
    ),
    Directive(
        "client_body_in_single_buffer",
        HTTP_SERVER_LOCATION,
        Flag(),
        "Whether a request body is kept in one buffer.",
        emulation=_FILES,
    ),
    Directive("sendfile", ALSO_IN_IF, Flag(), "Whether files are sent by `sendfile()`, as one piece."),
    Directive(
        "sendfile_max_chunk", HTTP_SERVER_LOCATION, size(), "The most bytes one call of `sendfile()` sends.", emulation=_FILES
    ),
    Directive(
        "subrequest_output_buffer_size", HTTP_SERVER_LOCATION, size(), "The largest subrequest answer that is kept in memory."
    ),
    Directive("aio", HTTP_SERVER_LOCATION, Aio(), "Whether files are read asynchronously.", emulation=_FILES),
    Directive("aio_write", HTTP_SERVER_LOCATION, Flag(), "Whether files are written asynchronously.", emulation=_FILES),
    Directive("read_ahead", HTTP_SERVER_LOCATION, size(), "How far the kernel reads ahead.", emulation=_FILES),
    Directive(
        "directio",
        HTTP_SERVER_LOCATION,
        DirectIo(),
        "The size from which files are read without the page cache.",
        emulation=_FILES,
    ),
    Directive("directio_alignment", HTTP_SERVER_LOCATION, offset(), "The alignment for `directio`.", emulation=_FILES),
    Directive("tcp_nopush", HTTP_SERVER_LOCATION, Flag(), "Whether the kernel sends only full packets.", emulation=_SOCKET),
    Directive("tcp_nodelay", HTTP_SERVER_LOCATION, Flag(), "Whether small packets are sent at once."),
    Directive("send_timeout", HTTP_SERVER_LOCATION, milliseconds(), "How long a client may take between two reads of an answer."),
    Directive("send_lowat", HTTP_SERVER_LOCATION, size(ignored), "The low water mark of client sockets.", emulation=_SOCKET),
    Directive(
        "output_buffers",
        HTTP_SERVER_LOCATION,
        NumberAndSize(),
        "The number and size of buffers for reading a file; each becomes one chunk.",
        Arguments(2, 2),
    ),
    Directive(
        "postpone_output",
        HTTP_SERVER_LOCATION,
        size(),
        "How many bytes are collected before they are sent, unless the answer ends.",
    ),
    Directive("limit_rate", ALSO_IN_IF, ComplexSize(), "The most bytes sent to a client in a second."),
    Directive("limit_rate_after", ALSO_IN_IF, ComplexSize(), "How many bytes are sent before `limit_rate` applies."),
    Directive("keepalive_time", HTTP_SERVER_LOCATION, milliseconds(), "How long a connection serves requests at most."),
    Directive(
        "keepalive_timeout",
        HTTP_SERVER_LOCATION,
        KeepaliveTimeout(),
        "How long an idle connection is kept, and the time the Keep-Alive header names.",
        Arguments(1, 2),
        items_inherit=True,
    ),
    Directive("keepalive_requests", HTTP_SERVER_LOCATION, number(), "The most requests of one connection."),
    Directive(
        "keepalive_disable",
        HTTP_SERVER_LOCATION,
        Choices(_BROWSERS),
        "The browsers whose connections are not kept.",
        Arguments(1, 2),
        once=False,
    ),
    Directive(
        "satisfy", HTTP_SERVER_LOCATION, _words("all", "any"), "Whether `all` or `any` of the access modules must grant access."
    ),
    Directive(
        "internal",
        Context.LOCATION,
        NoValue(),
        "Refuses requests of clients: only internal redirects and subrequests may use the location.",
        NONE,
    ),
    Directive(
        "lingering_close",
        HTTP_SERVER_LOCATION,
        _words("off", "on", "always"),
        "Whether the rest of a body is read before a connection is closed: `off`, `on` or `always`.",
    ),
    Directive(
        "lingering_time",
        HTTP_SERVER_LOCATION,
        milliseconds(),
        "How long, at most, the rest of a body is read before a connection is closed.",
    ),
    Directive("lingering_timeout", HTTP_SERVER_LOCATION, milliseconds(), "How long to wait for more of that rest."),
    Directive("reset_timedout_connection", HTTP_SERVER_LOCATION, Flag(), "Whether connections that time out are reset."),
    Directive("absolute_redirect", HTTP_SERVER_LOCATION, Flag(), "Whether redirects name scheme and host."),
    Directive(
        "server_name_in_redirect",
        HTTP_SERVER_LOCATION,
        Flag(),
        "Whether redirects name the server's first name instead of the request's host.",
    ),
    Directive("port_in_redirect", HTTP_SERVER_LOCATION, Flag(), "Whether redirects name the port."),
    Directive("msie_padding", HTTP_SERVER_LOCATION, Flag(), "Whether error pages for MSIE and Chrome are padded to 512 bytes."),
    Directive("msie_refresh", HTTP_SERVER_LOCATION, Flag(), "Whether MSIE gets pages that refresh in place of redirects."),
    Directive("log_not_found", HTTP_SERVER_LOCATION, Flag(), "Whether missing files are written to the error log."),
    Directive("log_subrequest", HTTP_SERVER_LOCATION, Flag(), "Whether subrequests are written to the access log."),
    Directive("recursive_error_pages", HTTP_SERVER_LOCATION, Flag(), "Whether an error page may lead to another error page."),
    Directive(
        "server_tokens",
        HTTP_SERVER_LOCATION,
        _words("off", "on", "build"),
        "Whether answers name the version: `on`, `off` or `build`.",
    ),
    Directive(
        "if_modified_since",
        HTTP_SERVER_LOCATION,
        _words("off", "exact", "before"),
        "How If-Modified-Since is compared with the time of a file: `off`, `exact` or `before`.",
        set_by=("push_stream_channels_statistics", "push_stream_publisher", "push_stream_subscriber"),
        set_to="off",
    ),
    Directive("max_ranges", HTTP_SERVER_LOCATION, number(), "The most ranges of a request; 0: ranges are ignored."),
    Directive("chunked_transfer_encoding", HTTP_SERVER_LOCATION, Flag(), "Whether answers may be sent in chunks."),
    Directive("etag", HTTP_SERVER_LOCATION, Flag(), "Whether answers for files have an ETag."),
    Directive(
        "error_page",
        ALSO_IN_IF,
        ErrorPageSlot(),
        "The URI whose answer replaces errors with these statuses, and the status of that answer.",
        Arguments(2, None),
        once=False,
    ),
    Directive(
        "post_action",
        ALSO_IN_IF,
        String(),
        "The URI that a request is redirected to, inside the server, after it has been answered.",
    ),
    Directive(
        "error_log",
        HTTP_SERVER_LOCATION,
        ErrorLogSlot(),
        "The log for errors, and the least severe level that is written.",
        ANY,
        once=False,
    ),
    Directive("auth_delay", HTTP_SERVER_LOCATION, milliseconds(), "How long an answer with status 401 is delayed."),
    Directive(
        "open_file_cache",
        HTTP_SERVER_LOCATION,
        OpenFileCache(),
        "How many open files are remembered.",
        Arguments(1, 2),
        emulation=_FILES,
    ),
    Directive(
        "open_file_cache_valid",
        HTTP_SERVER_LOCATION,
        seconds(),
        "After how long a remembered file is checked again.",
        emulation=_FILES,
    ),
    Directive(
        "open_file_cache_min_uses",
        HTTP_SERVER_LOCATION,
        number(),
        "How often a file must be used to stay open.",
        emulation=_FILES,
    ),
    Directive(
        "open_file_cache_errors",
        HTTP_SERVER_LOCATION,
        Flag(),
        "Whether errors of opening files are remembered.",
        emulation=_FILES,
    ),
    Directive("resolver", HTTP_SERVER_LOCATION, Resolver(), "The name servers that resolve host names.", ANY),
    Directive("resolver_timeout", HTTP_SERVER_LOCATION, milliseconds(), "How long resolving a name may take."),
    Directive(
        "disable_symlinks",
        HTTP_SERVER_LOCATION,
        DisableSymlinks(),
        "Whether symbolic links in paths are refused: `off`, `on` or `if_not_owner`.",
        Arguments(1, 2),
    ),
)
