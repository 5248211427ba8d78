"""The v2 module: HTTP/2."""

from __future__ import annotations

from msgspec import Struct

from ...columns import accepted, unsupported
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import HTTP_SERVER, HTTP_SERVER_LOCATION, Context
from ...slots import Flag, number, size


class V2Server(Struct, frozen=True):
    """What a server holds. body_preread_size: bytes of a body that may come before someone wants it."""

    max_concurrent_streams: int = 128
    body_preread_size: int = 65536


class V2Location(Struct, frozen=True):
    """What a location holds. chunk_size: of the largest DATA frame."""

    chunk_size: int = 8192


class Obsolete(Struct, frozen=True):
    """A directive that only makes nginx warn. instead: the directive that the warning names."""

    instead: str
    description: str = "obsolete"

    def parse(self, use: DirectiveUse) -> bytes:
        use.report("warn", f'the "{use.name}" directive is obsolete, use the "{self.instead}" directive instead')
        return use.arguments[0]


class Push:
    """A URI with variables, or None for `off`, which must be the only `http2_push`."""

    description = "URI"

    def parse(self, use: DirectiveUse) -> ComplexValue | None:
        off = use.arguments[0] == b"off"
        for earlier in use.scope.all(use.name):
            was_off = earlier.statement.arguments[0] == b"off"
            if off and was_off:
                raise use.duplicate()
            if off:
                raise RefusedDirective(f'"{use.name}" directive "off" parameter cannot be used with URI')
            if was_off:
                raise RefusedDirective(f'"{use.name}" directive URI cannot be used with "off" parameter')
        return None if off else use.complex_value(use.arguments[0])


def _pool(use: DirectiveUse, value: int) -> None:
    if value < 112:
        raise RefusedDirective("the pool size must be no less than 112")
    if value % 16:
        raise RefusedDirective("the pool size must be a multiple of 16")


def _chunk(use: DirectiveUse, value: int) -> None:
    if value == 0:
        raise RefusedDirective("the http2 chunk size cannot be zero")


def _preread(use: DirectiveUse, value: int) -> None:
    if value > 2147483647:
        raise RefusedDirective("the maximum body preread buffer size is 2147483647")


def _power_of_two(use: DirectiveUse, value: int) -> None:
    if value == 0 or value & (value - 1):
        raise RefusedDirective(f'"{use.name}" directive must be a power of two')


def _receive(use: DirectiveUse, value: int) -> None:
    if value <= 32:
        raise RefusedDirective(f'"{use.name}" directive value is too small')


_MEMORY = accepted("It concerns nginx's memory.")
_OBSOLETE = accepted("It is obsolete.")
_NO_PUSH = unsupported("ngxpush pushes nothing: the client asks for what it needs, as today's browsers do in any case.")

MODULE = Module(
    "v2",
    (
        Directive(
            "http2_recv_buffer_size", Context.HTTP, size(_receive), "The size of the buffer for frames.", emulation=_MEMORY
        ),
        Directive("http2_pool_size", HTTP_SERVER, size(_pool), "The memory allocated at first for a request.", emulation=_MEMORY),
        Directive(
            "http2_max_concurrent_streams",
            HTTP_SERVER,
            number(),
            "The most concurrent requests of a connection.",
        ),
        Directive(
            "http2_max_concurrent_pushes",
            HTTP_SERVER,
            number(),
            "The most concurrent pushes of a connection.",
            emulation=_NO_PUSH,
        ),
        Directive(
            "http2_max_requests",
            HTTP_SERVER,
            Obsolete("keepalive_requests"),
            "The most requests of a connection.",
            once=False,
            emulation=_OBSOLETE,
        ),
        Directive(
            "http2_max_field_size",
            HTTP_SERVER,
            Obsolete("large_client_header_buffers"),
            "The largest header field.",
            once=False,
            emulation=_OBSOLETE,
        ),
        Directive(
            "http2_max_header_size",
            HTTP_SERVER,
            Obsolete("large_client_header_buffers"),
            "The largest list of header fields.",
            once=False,
            emulation=_OBSOLETE,
        ),
        Directive(
            "http2_body_preread_size",
            HTTP_SERVER,
            size(_preread),
            "How much of a body is buffered before it is processed.",
        ),
        Directive(
            "http2_streams_index_size", HTTP_SERVER, number(_power_of_two), "The size of a table of requests.", emulation=_MEMORY
        ),
        Directive(
            "http2_recv_timeout",
            HTTP_SERVER,
            Obsolete("client_header_timeout"),
            "How long a client may send nothing.",
            once=False,
            emulation=_OBSOLETE,
        ),
        Directive(
            "http2_idle_timeout",
            HTTP_SERVER,
            Obsolete("keepalive_timeout"),
            "How long an idle connection is kept.",
            once=False,
            emulation=_OBSOLETE,
        ),
        Directive(
            "http2_chunk_size",
            HTTP_SERVER_LOCATION,
            size(_chunk),
            "The largest chunk of an answer.",
        ),
        Directive(
            "http2_push_preload",
            HTTP_SERVER_LOCATION,
            Flag(),
            "Whether Link headers of answers become pushes.",
            emulation=_NO_PUSH,
        ),
        Directive(
            "http2_push", HTTP_SERVER_LOCATION, Push(), "A URI that is pushed to the client.", once=False, emulation=_NO_PUSH
        ),
    ),
    server=V2Server,
    location=V2Location,
    prefix="http2_",
    optional=True,
)
