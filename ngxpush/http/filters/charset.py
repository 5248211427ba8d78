"""The charset filter: names the charset of text answers, and recodes them by charset_map."""

from __future__ import annotations

import codecs
from typing import ClassVar

from ...config.complex_value import ComplexValue
from ...config.directives.filters.charset import CharsetLocation, CharsetMain
from ..body_output import Output
from ..request import Request
from ..status import MOVED_PERMANENTLY, MOVED_TEMPORARILY, OK
from ..variables.evaluation import evaluate


class Recode:
    """The body filter for character sets of single bytes: each byte is replaced, by `?` if it is not in the table."""

    __slots__ = ("_table",)

    takes_empty: ClassVar[bool] = False

    def __init__(self, table: dict[bytes, bytes]) -> None:
        ascii_too = {bytes((byte,)): bytes((byte,)) for byte in range(128)} | table
        self._table = [ascii_too.get(bytes((byte,)), b"?") for byte in range(256)]

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Recode a piece."""
        return b"".join(map(self._table.__getitem__, data))


class RecodeUtf8:
    """The body filter for UTF-8: each character is replaced, by its number (`&#1074;`) if it is not in the table."""

    __slots__ = ("_decoder", "_table")

    takes_empty: ClassVar[bool] = False

    def __init__(self, table: dict[bytes, bytes]) -> None:
        self._table = table
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Recode a piece. An incomplete character is kept until the rest of it comes, and dropped at the end of the body."""
        return b"".join(map(self._recoded, self._decoder.decode(data)))

    def _recoded(self, character: str) -> bytes:
        if "\udc80" <= character <= "\udcff":
            return b"?"
        encoded = character.encode()
        return encoded if encoded < b"\x80" else self._table.get(encoded) or b"&#%d;" % ord(character)


def _evaluated(request: Request, value: ComplexValue | None) -> bytes:
    charset = evaluate(request, value) if value is not None else b""
    return b"" if charset.lower() == b"off" else charset


def filter_header(request: Request, output: Output) -> int:
    """Set `response.charset` where the type is one of charset_types."""
    response = request.response
    charset = _charset(request)
    if not charset:
        return OK
    source = response.charset or _evaluated(request, request.location.of(CharsetLocation).source_charset)
    table = request.http.of(CharsetMain).tables.get((source.lower(), charset.lower()))
    same = not source or source.lower() == charset.lower()
    if not same and response.content_encoding is not None:
        return OK
    if not same and table is None:
        message = b'no "charset_map" between the charsets "%b" and "%b"' % (source, charset)
        request.connection.log("error", message, request)
        return OK
    if response.status in (MOVED_PERMANENTLY, MOVED_TEMPORARILY):
        response.charset = None
    else:
        response.content_type_line = None
        response.charset = charset
    if table is not None and not same and not response.header_only:
        output.body_filters.append(RecodeUtf8(table) if source.lower() == b"utf-8" else Recode(table))
        if b"utf-8" in (source.lower(), charset.lower()):
            response.content_length = None
            response.clear_accept_ranges()
    return OK


def _charset(request: Request) -> bytes:
    """The charset the answer is to have, named by its upstream or by the location; empty if neither names one."""
    response = request.response
    settings = request.location.of(CharsetLocation)
    if not response.content_type and not response.content_type_line:
        return b""
    override = response.override_charset
    if override is not None:
        if is_known(request, override):
            return override
        request.connection.log("error", b'unknown charset "%b" to override' % override, request)
        return b""
    if settings.charset is None:
        return b""
    if response.status in (MOVED_PERMANENTLY, MOVED_TEMPORARILY) and response.location is not None:
        return b""
    if response.charset:
        return _evaluated(request, settings.charset) if settings.override_charset else b""
    if (response.content_type or b"").lower() not in settings.charset_types and b"*" not in settings.charset_types:
        return b""
    return _evaluated(request, settings.charset)


def is_known(request: Request, charset: bytes) -> bool:
    """Whether the configuration names a character set anywhere."""
    name = charset.lower()
    if any(name in pair for pair in request.http.of(CharsetMain).tables):
        return True
    blocks = request.http.configuration.each(CharsetLocation)
    values = [value for block in blocks for value in (block.charset, block.source_charset)]
    return any(value is not None and (value.constant or b"").lower() == name for value in values)
