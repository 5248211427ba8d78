"""The rows that nginx's modules for other servers share, under their own prefixes: proxy, fastcgi, uwsgi, scgi, grpc, memcached.

And what nginx checks of them for each server and location when the http block closes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..analysis import Scope
from ..slots import Buffers, Choices, Complex, Flag, KeyValue, String, TempPath, milliseconds, number, size
from ..text import shown
from ..words import Refused, Words
from .gateway_slots import Bind, PasswordFile, Store, StoreAccess, Target
from .merged import merged_scopes
from .table import ANY, FLAG, HTTP_SERVER_LOCATION, Arguments, Context, Directive, Emulation, Slot, accepted, unsupported

RowMaker = Callable[..., Directive]
Check = Callable[[Words, Scope], None]

_IN_MEMORY = accepted("What an upstream sends waits in memory, not in files.")
_NOT_STORED = unsupported("Answers are not kept as files.")

IGNORED_HEADERS = """
    X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset Expires Cache-Control Set-Cookie Vary
"""
PROTOCOLS = "SSLv2 SSLv3 TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"
_PAGE = 4096


def choices(words: str) -> Choices:
    """Any of these words; each becomes the word in lower case."""
    return Choices({word.lower().encode(): word.lower() for word in words.split()})


def row_maker(prefix: str, settings: type[Any] | None, emulation: Emulation) -> RowMaker:
    """A function that makes the rows of one module: the name without its prefix, the slot and the summary suffice.

    A row whose name is an attribute of `settings` keeps its value there.
    """
    defaults = {} if settings is None else {field.name: field.default for field in settings.__dataclass_fields__.values()}

    def row(
        name: str, slot: Slot, summary: str, arguments: Arguments = Arguments(), emulation: Emulation = emulation, **more: Any
    ) -> Directive:
        if name in defaults:
            more = {"field": name, "default": defaults[name], **more}
        if isinstance(slot, Flag):
            arguments = FLAG
        contexts = more.pop("contexts", HTTP_SERVER_LOCATION)
        return Directive(f"{prefix}_{name}", prefix, contexts, slot, arguments, emulation=emulation, summary=summary, **more)

    return row


def pass_row(row: RowMaker, slot: Slot, summary: str) -> Directive:
    """PREFIX_pass of a module whose servers are not spoken to: its locations answer 502."""
    return row(
        "pass",
        slot,
        summary,
        contexts=Context.LOCATION | Context.LOCATION_IF,
        inherit=False,
        content_handler="bad_gateway",
        upstream=True,
    )


def connection_rows(row: RowMaker, next_upstream: str) -> tuple[Directive, ...]:
    """What all six modules have. next_upstream: the errors PREFIX_next_upstream knows."""
    return (
        row("bind", Bind(), "The address connections to the upstream are made from.", Arguments(1, 2)),
        row(
            "socket_keepalive",
            Flag(),
            "Whether TCP keepalive is on for upstream connections.",
            emulation=accepted("It changes nothing an HTTP client can see."),
        ),
        row("connect_timeout", milliseconds(), "How long connecting may take."),
        row("send_timeout", milliseconds(), "How long the upstream may accept nothing."),
        row("read_timeout", milliseconds(), "How long the upstream may send nothing."),
        row("buffer_size", size(), "The size of the buffer for the first part of the answer."),
        row("next_upstream", choices(next_upstream), "When a request is passed to the next server.", ANY, once=False),
        row("next_upstream_tries", number(), "How many servers are tried."),
        row("next_upstream_timeout", milliseconds(), "How long servers are tried."),
    )


def header_rows(row: RowMaker) -> tuple[Directive, ...]:
    """What all but memcached have."""
    return (
        row("intercept_errors", Flag(), "Whether error_page applies to the upstream's answers."),
        row("pass_header", String(), "A header of the upstream that is passed though nginx would hide it.", once=False),
        row("hide_header", String(), "A header of the upstream that is hidden.", once=False),
        row("ignore_headers", choices(IGNORED_HEADERS), "Headers of the upstream that have no effect.", ANY, once=False),
    )


def body_rows(prefix: str, row: RowMaker) -> tuple[Directive, ...]:
    """What proxy, fastcgi, uwsgi and scgi have besides."""
    return (
        row("store", Store(f"{prefix}_cache"), "Whether answers are kept as files.", emulation=_NOT_STORED),
        row("store_access", StoreAccess(), "The permissions of files kept by store.", Arguments(1, 3), emulation=_NOT_STORED),
        row("buffering", Flag(), "Whether answers are read ahead of the client."),
        row("request_buffering", Flag(), "Whether a request's body is read whole before it is passed."),
        row("ignore_client_abort", Flag(), "Whether the upstream's answer is read when the client has gone."),
        row("pass_request_headers", Flag(), "Whether the client's headers are passed."),
        row("pass_request_body", Flag(), "Whether the client's body is passed."),
        row("buffers", Buffers(), "The number and size of buffers for an answer.", Arguments(2, 2)),
        row("busy_buffers_size", size(), "How much may be on its way to the client while more is read.", emulation=_IN_MEMORY),
        row("force_ranges", Flag(), "Whether ranges are made of any answer."),
        row(
            "limit_rate",
            size(),
            "The bytes a second read from the upstream.",
            emulation=unsupported("Upstreams are read as fast as they send."),
        ),
        row("temp_path", TempPath(), "The folder for what does not fit the buffers.", Arguments(1, 4), emulation=_IN_MEMORY),
        row("max_temp_file_size", size(), "The largest temporary file; 0: none.", emulation=_IN_MEMORY),
        row("temp_file_write_size", size(), "How much is written to the temporary file at a time.", emulation=_IN_MEMORY),
    )


def ssl_rows(row: RowMaker) -> tuple[Directive, ...]:
    """The TLS directives of proxy, uwsgi and grpc."""
    tls = accepted("Connections to the upstream use the TLS settings of the system's library.")
    return (
        row("ssl_session_reuse", Flag(), "Whether TLS sessions are used again.", emulation=tls),
        row("ssl_protocols", choices(PROTOCOLS), "The TLS versions used.", ANY, emulation=tls, once=False),
        row("ssl_ciphers", String(), "The ciphers used.", emulation=tls),
        row("ssl_name", Complex(), "The name the upstream's certificate must have."),
        row("ssl_server_name", Flag(), "Whether the name is told to the upstream."),
        row(
            "ssl_verify",
            Flag(),
            "Whether the upstream's certificate is verified.",
            emulation=unsupported("Certificates of upstreams are not verified."),
        ),
        row("ssl_verify_depth", number(), "How long the chain of certificates may be.", emulation=tls),
        row("ssl_trusted_certificate", String(), "The certificates trusted.", emulation=tls),
        row("ssl_crl", String(), "The certificates revoked.", emulation=tls),
        row(
            "ssl_certificate",
            Complex(),
            "The certificate shown to the upstream.",
            emulation=unsupported("No certificate is shown to upstreams."),
        ),
        row("ssl_certificate_key", Complex(), "The key of that certificate.", emulation=tls),
        row("ssl_password_file", PasswordFile(), "Passwords of that key.", emulation=tls),
        row("ssl_conf_command", KeyValue(), "A command of OpenSSL's configuration.", Arguments(2, 2), emulation=tls, once=False),
    )


# ---------------------------------------------------------------------------------------------------------------- checks


def _value(scope: Scope, name: str, default: Any) -> Any:
    setting = scope.effective(name)
    return default if setting is None or setting.value is None else setting.value


def check_gateway(prefix: str, buffers: bool = True) -> Check:
    """The check of the buffers, the cache and the TLS settings of one module, for each server and location.

    An error comes once, though a setting may be wrong in many blocks.  buffers: whether the module has several.
    """

    def check(words: Words, http: Scope) -> None:
        said: set[str] = set()
        for scope in merged_scopes(http):
            for level, message, placed in _complaints(words, prefix, scope, buffers):
                if message not in said or level == "warn":
                    said.add(message)
                    words.report(level, message, fatal=level == "emerg", placed=placed)

    return check


def _complaints(words: Words, prefix: str, scope: Scope, several_buffers: bool) -> Iterator[tuple[str, str, bool]]:
    """Level, message and whether a place follows."""
    buffers = _buffers_complaint(prefix, scope) if several_buffers else None
    if buffers is not None:
        yield "emerg", buffers, True
    zone = scope.effective(f"{prefix}_cache")
    if zone is not None and zone.value is not None:
        name = zone.value.constant
        if name is not None and not _zone_size(words, name):
            yield "emerg", f'"{prefix}_cache" zone "{shown(name)}" is unknown', True
        if prefix != "proxy" and scope.effective(f"{prefix}_cache_key") is None:
            yield "warn", f'no "{prefix}_cache_key" for "{prefix}_cache"', True
    ssl = _ssl_complaint(prefix, scope)
    if ssl is not None:
        yield "emerg", ssl, False


def _zone_size(words: Words, name: bytes) -> int:
    zone = words.cycle.shared_memory.get(name)
    return 0 if zone is None else zone.size


def _buffers_complaint(prefix: str, scope: Scope) -> str | None:
    count, each = _value(scope, f"{prefix}_buffers", (8, _PAGE))
    if count < 2:
        return f'there must be at least 2 "{prefix}_buffers"'
    largest = max(_value(scope, f"{prefix}_buffer_size", _PAGE), each)
    largest_words = f'the maximum of the value of "{prefix}_buffer_size" and one of the "{prefix}_buffers"'
    busy = _value(scope, f"{prefix}_busy_buffers_size", 2 * largest)
    if busy < largest:
        return f'"{prefix}_busy_buffers_size" must be equal to or greater than {largest_words}'
    if busy > (count - 1) * each:
        return f'"{prefix}_busy_buffers_size" must be less than the size of all "{prefix}_buffers" minus one buffer'
    if _value(scope, f"{prefix}_temp_file_write_size", 2 * largest) < largest:
        return f'"{prefix}_temp_file_write_size" must be equal to or greater than {largest_words}'
    most = _value(scope, f"{prefix}_max_temp_file_size", 1 << 30)
    if most and most < largest:
        equal = "must be equal to zero to disable temporary files usage or must be equal to or greater than"
        return f'"{prefix}_max_temp_file_size" {equal} {largest_words}'
    return None


def _ssl_complaint(prefix: str, scope: Scope) -> str | None:
    """A certificate without key, or verification without trusted certificates, where the upstream is reached by TLS."""
    target = scope.own(f"{prefix}_pass")
    if target is None or not isinstance(target.value, Target) or not target.value.secure:
        return None
    certificate = scope.effective(f"{prefix}_ssl_certificate")
    if certificate is not None and scope.effective(f"{prefix}_ssl_certificate_key") is None:
        name = shown(certificate.statement.arguments[0])
        return f'no "{prefix}_ssl_certificate_key" is defined for certificate "{name}"'
    if _value(scope, f"{prefix}_ssl_verify", False) and scope.effective(f"{prefix}_ssl_trusted_certificate") is None:
        return f"no {prefix}_ssl_trusted_certificate for {prefix}_ssl_verify"
    return None


def check_late_values(name: str) -> Check:
    """The check of the variables in a directive with `LateValue`, which nginx makes only now."""

    def check(words: Words, http: Scope) -> None:
        for scope in [http, *merged_scopes(http)]:
            for setting in scope.all(name):
                if setting.value is None:
                    continue
                try:
                    words.complex_value(setting.value.value.text)
                except Refused as error:
                    words.refused(error)

    return check
