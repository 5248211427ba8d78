"""The rows that proxy, fastcgi, uwsgi, scgi, grpc and memcached share, without the prefix of each module."""

from __future__ import annotations

from msgspec.structs import replace

from ...columns import ANY, Arguments, accepted
from ...directive import Directive, Slot
from ...places import HTTP_SERVER_LOCATION, Context
from ...slots import Choices, Complex, Flag, NumberAndSize, String, TempPath, milliseconds, number, size
from .slots import Bind, PasswordFile, Store, StoreAccess
from .tls import ConfCommand, CredentialFileSlot, OptionalPath

_AT_THE_CLIENTS_PACE = accepted("ngxpush reads from the upstream only as fast as the client reads.")

IGNORED_HEADERS = """
    X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset Expires Cache-Control Set-Cookie Vary
"""
PROTOCOLS = "SSLv2 SSLv3 TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"


def choices(words: str) -> Choices:
    """Any of these words; each becomes the word in lower case."""
    return Choices({word.lower().encode(): word.lower() for word in words.split()})


CONNECTION_ROWS = (
    Directive(
        "bind",
        HTTP_SERVER_LOCATION,
        Bind(),
        "The local address of connections to the upstream.",
        Arguments(1, 2),
    ),
    Directive(
        "socket_keepalive",
        HTTP_SERVER_LOCATION,
        Flag(),
        "Whether upstream connections use TCP keepalive.",
        emulation=accepted("It changes nothing an HTTP client can see."),
    ),
    Directive("connect_timeout", HTTP_SERVER_LOCATION, milliseconds(), "How long connecting to the upstream may take."),
    Directive(
        "send_timeout", HTTP_SERVER_LOCATION, milliseconds(), "How long the upstream may take between two reads of a request."
    ),
    Directive(
        "read_timeout", HTTP_SERVER_LOCATION, milliseconds(), "How long the upstream may take between two writes of an answer."
    ),
    Directive("buffer_size", HTTP_SERVER_LOCATION, size(), "The size of the buffer for the head of an answer."),
    Directive("next_upstream_tries", HTTP_SERVER_LOCATION, number(), "The most servers a request is passed to; 0: any number."),
    Directive(
        "next_upstream_timeout",
        HTTP_SERVER_LOCATION,
        milliseconds(),
        "For how long a request may be passed on to further servers; 0: without limit.",
    ),
)
"""The rows that all six modules have."""

HEADER_ROWS = (
    Directive("intercept_errors", HTTP_SERVER_LOCATION, Flag(), "Whether `error_page` applies to the upstream's answers."),
    Directive(
        "pass_header",
        HTTP_SERVER_LOCATION,
        String(),
        "A header of answers that is passed although it is hidden by default.",
        once=False,
    ),
    Directive("hide_header", HTTP_SERVER_LOCATION, String(), "A header of answers that is not passed.", once=False),
    Directive(
        "ignore_headers",
        HTTP_SERVER_LOCATION,
        choices(IGNORED_HEADERS),
        "The headers of answers that have no effect.",
        ANY,
        once=False,
    ),
)
"""The rows that all modules but memcached have."""

BODY_ROWS = (
    Directive(
        "store",
        HTTP_SERVER_LOCATION,
        Store(),
        "Whether answers are saved as files, and under which path.",
    ),
    Directive(
        "store_access",
        HTTP_SERVER_LOCATION,
        StoreAccess(),
        "The permissions of saved files.",
        Arguments(1, 3),
    ),
    Directive("buffering", HTTP_SERVER_LOCATION, Flag(), "Whether answers are read ahead of the client."),
    Directive(
        "request_buffering",
        HTTP_SERVER_LOCATION,
        Flag(),
        "Whether a request body is read whole before the request is passed on.",
    ),
    Directive(
        "ignore_client_abort",
        HTTP_SERVER_LOCATION,
        Flag(),
        "Whether a request goes on when the client closes its connection.",
    ),
    Directive("pass_request_headers", HTTP_SERVER_LOCATION, Flag(), "Whether the client's headers are passed on."),
    Directive("pass_request_body", HTTP_SERVER_LOCATION, Flag(), "Whether the client's body is passed on."),
    Directive(
        "buffers",
        HTTP_SERVER_LOCATION,
        NumberAndSize(),
        "The number and size of buffers for an answer.",
        Arguments(2, 2),
    ),
    Directive(
        "busy_buffers_size",
        HTTP_SERVER_LOCATION,
        size(),
        "The most bytes that are passed on to the client at once.",
    ),
    Directive("force_ranges", HTTP_SERVER_LOCATION, Flag(), "Whether ranges are served whatever the answer says."),
    Directive(
        "limit_rate",
        HTTP_SERVER_LOCATION,
        size(),
        "The most bytes read from the upstream in a second.",
    ),
    Directive(
        "temp_path",
        HTTP_SERVER_LOCATION,
        TempPath(),
        "The directory for parts of answers that do not fit the buffers.",
        Arguments(1, 4),
        emulation=_AT_THE_CLIENTS_PACE,
    ),
    Directive(
        "max_temp_file_size",
        HTTP_SERVER_LOCATION,
        size(),
        "The largest temporary file; 0: none is written.",
        emulation=_AT_THE_CLIENTS_PACE,
    ),
    Directive(
        "temp_file_write_size",
        HTTP_SERVER_LOCATION,
        size(),
        "How many bytes are written to a temporary file at once.",
        emulation=_AT_THE_CLIENTS_PACE,
    ),
)
"""The rows that proxy, fastcgi, uwsgi and scgi have in addition."""

TLS_ROWS = (
    Directive("ssl_session_reuse", HTTP_SERVER_LOCATION, Flag(), "Whether TLS sessions are resumed."),
    Directive(
        "ssl_protocols",
        HTTP_SERVER_LOCATION,
        choices(PROTOCOLS),
        "The TLS versions that are used with the upstream.",
        ANY,
        once=False,
    ),
    Directive("ssl_ciphers", HTTP_SERVER_LOCATION, String(), "The ciphers that are offered to the upstream."),
    Directive("ssl_name", HTTP_SERVER_LOCATION, Complex(), "The name the upstream's certificate is verified for."),
    Directive("ssl_server_name", HTTP_SERVER_LOCATION, Flag(), "Whether that name is sent to the upstream (SNI)."),
    Directive("ssl_verify", HTTP_SERVER_LOCATION, Flag(), "Whether the upstream's certificate is verified."),
    Directive("ssl_verify_depth", HTTP_SERVER_LOCATION, number(), "The longest chain of certificates."),
    Directive("ssl_trusted_certificate", HTTP_SERVER_LOCATION, OptionalPath(), "The file of trusted certificates."),
    Directive("ssl_crl", HTTP_SERVER_LOCATION, OptionalPath(), "The file of revoked certificates."),
    Directive(
        "ssl_certificate",
        HTTP_SERVER_LOCATION,
        CredentialFileSlot(),
        "The file of the certificate that is shown to the upstream.",
    ),
    Directive("ssl_certificate_key", HTTP_SERVER_LOCATION, CredentialFileSlot(), "The file of that certificate's key."),
    Directive("ssl_password_file", HTTP_SERVER_LOCATION, PasswordFile(), "The file of passwords for that key."),
    Directive(
        "ssl_conf_command",
        HTTP_SERVER_LOCATION,
        ConfCommand(),
        "A configuration command for OpenSSL.",
        Arguments(2, 2),
        once=False,
    ),
)
"""The TLS directives of proxy, uwsgi and grpc."""


def prefixed(prefix: str, *groups: tuple[Directive, ...]) -> tuple[Directive, ...]:
    """The rows of one module, whose names begin with the module's."""
    return tuple([replace(row, name=f"{prefix}_{row.name}") for group in groups for row in group])


def pass_row(slot: Slot, summary: str, handler: str) -> Directive:
    """PREFIX_pass of a module. handler: the name of its content handler."""
    return Directive(
        "pass",
        Context.LOCATION | Context.LOCATION_IF,
        slot,
        summary,
        field="pass_",
        inherit=False,
        content_handler=handler,
        upstream=True,
    )


def next_upstream_row(errors: str | Choices) -> Directive:
    """PREFIX_next_upstream of a module with these errors."""
    return Directive(
        "next_upstream",
        HTTP_SERVER_LOCATION,
        choices(errors) if isinstance(errors, str) else errors,
        "The errors after which a request is passed to the next server.",
        ANY,
        once=False,
    )
