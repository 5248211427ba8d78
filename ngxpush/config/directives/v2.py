"""The v2 module: HTTP/2. Its directives are checked; ngxpush itself speaks HTTP/1 only."""

from __future__ import annotations

from dataclasses import dataclass

from ..complex_value import ComplexValue
from ..slots import Flag, number, size
from ..words import Refused, Words
from .rows import rows_of
from .table import HTTP_SERVER, HTTP_SERVER_LOCATION, Context, Module, unsupported


@dataclass(frozen=True, slots=True)
class Obsolete:
    """A directive nginx only warns of. instead: the one it names."""

    instead: str
    description: str = "obsolete"

    def parse(self, words: Words) -> bytes:
        words.report("warn", f'the "{words.name}" directive is obsolete, use the "{self.instead}" directive instead')
        return words.arguments[0]


class Push:
    """A URI with variables, or `off`, which stands alone."""

    description = "URI"

    def parse(self, words: Words) -> ComplexValue | None:
        off = words.arguments[0] == b"off"
        for earlier in words.scope.all(words.name):
            was_off = earlier.statement.arguments[0] == b"off"
            if off and was_off:
                raise words.duplicate()
            if off:
                raise Refused(f'"{words.name}" directive "off" parameter cannot be used with URI')
            if was_off:
                raise Refused(f'"{words.name}" directive URI cannot be used with "off" parameter')
        return None if off else words.complex_value(words.arguments[0])


def _pool(words: Words, value: int) -> None:
    if value < 112:
        raise Refused("the pool size must be no less than 112")
    if value % 16:
        raise Refused("the pool size must be a multiple of 16")


def _chunk(words: Words, value: int) -> None:
    if value == 0:
        raise Refused("the http2 chunk size cannot be zero")


def _preread(words: Words, value: int) -> None:
    if value > 2147483647:
        raise Refused("the maximum body preread buffer size is 2147483647")


def _power_of_two(words: Words, value: int) -> None:
    if value == 0 or value & (value - 1):
        raise Refused(f'"{words.name}" directive must be a power of two')


def _receive(words: Words, value: int) -> None:
    if value <= 32:
        raise Refused(f'"{words.name}" directive value is too small')


_row = rows_of("v2", contexts=HTTP_SERVER, emulation=unsupported("HTTP/2 is not spoken: clients have to use HTTP/1.1."))

MODULES = (
    Module(
        "v2",
        (
            _row("http2_recv_buffer_size", size(_receive), "The size of the buffer for frames.", contexts=Context.HTTP),
            _row("http2_pool_size", size(_pool), "The memory allocated at first for a request."),
            _row("http2_max_concurrent_streams", number(), "The most requests at a time on a connection."),
            _row("http2_max_concurrent_pushes", number(), "The most pushes at a time on a connection."),
            _row("http2_max_requests", Obsolete("keepalive_requests"), "The most requests on a connection.", once=False),
            _row("http2_max_field_size", Obsolete("large_client_header_buffers"), "The longest header.", once=False),
            _row("http2_max_header_size", Obsolete("large_client_header_buffers"), "The longest list of headers.", once=False),
            _row("http2_body_preread_size", size(_preread), "How much of a body is read before it is asked for."),
            _row("http2_streams_index_size", number(_power_of_two), "The size of a table of requests."),
            _row("http2_recv_timeout", Obsolete("client_header_timeout"), "How long a client may send nothing.", once=False),
            _row("http2_idle_timeout", Obsolete("keepalive_timeout"), "How long a connection may be idle.", once=False),
            _row("http2_chunk_size", size(_chunk), "The longest part of an answer.", contexts=HTTP_SERVER_LOCATION),
            _row("http2_push_preload", Flag(), "Whether Link headers become pushes.", contexts=HTTP_SERVER_LOCATION),
            _row("http2_push", Push(), "What is pushed to the client.", once=False, contexts=HTTP_SERVER_LOCATION),
        ),
    ),
)
