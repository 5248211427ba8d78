"""The charset filter: names the charset of text answers, and recodes them by charset_map."""

from __future__ import annotations

import codecs
from typing import ClassVar

from ...config.complex_value import ComplexValue
from ...config.directives.filters.charset import CharsetLocation, CharsetMain
from ..body_output import Output
from ..request import Request
from ..response import Response
from ..status import ERROR, MOVED_PERMANENTLY, MOVED_TEMPORARILY, OK
from ..variables.evaluation import variable


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


class _NotFound(Exception):
    """A variable that is to name a character set has no value."""


def _evaluated(request: Request, value: ComplexValue | None) -> bytes | None:
    """The name of a character set; None for none. Only a name that is no variable can be `off`."""
    if value is None:
        return None
    constant = value.constant
    if constant is not None:
        return None if constant == b"off" else constant
    name = variable(request, value.variables[0])
    if name is None:
        raise _NotFound
    return name


def filter_header(request: Request, output: Output) -> int:
    """Set `response.charset` where the type is one of charset_types. ERROR if a variable that is to name it has no value."""
    if request.response.override_charset is None and request.location.of(CharsetLocation).charset is None:
        return OK
    try:
        target = _target(request)
        if target is None:
            return OK
        source = request.response.charset or _evaluated(request, request.location.of(CharsetLocation).source_charset)
    except _NotFound:
        return ERROR
    response = request.response
    is_redirect = response.status in (MOVED_PERMANENTLY, MOVED_TEMPORARILY) and response.location is not None
    if is_redirect and response.override_charset is None:
        return OK
    if source is None or source.lower() == target.lower():
        _name(request.response, target)
    else:
        _recode(request, output, source, target)
    return OK


def _name(response: Response, charset: bytes) -> None:
    """Name the character set in the answer's head. A redirect names none, not even that of its upstream."""
    if not response.keeps_content_type:
        response.content_type_line = None
    is_redirect = response.status in (MOVED_PERMANENTLY, MOVED_TEMPORARILY)
    response.charset = None if is_redirect else charset or None


def _recode(request: Request, output: Output, source: bytes, target: bytes) -> None:
    """Recode the body, if there is a charset_map."""
    response = request.response
    if response.content_encoding is not None and is_known(request, source) and is_known(request, target):
        return
    table = request.http.of(CharsetMain).tables.get((source.lower(), target.lower()))
    if table is None:
        message = b'no "charset_map" between the charsets "%b" and "%b"' % (source, target)
        request.connection.log("error", message, request)
        return
    _name(response, target)
    if not response.header_only:
        output.body_filters.append(RecodeUtf8(table) if source.lower() == b"utf-8" else Recode(table))
        if b"utf-8" in (source.lower(), target.lower()):
            response.content_length = None
            response.clear_accept_ranges()


def _target(request: Request) -> bytes | None:
    """The charset the answer is to have, named by its upstream or by the location; None if neither names one."""
    response = request.response
    settings = request.location.of(CharsetLocation)
    if not response.content_type and not response.content_type_line:
        return None
    override = response.override_charset
    if override is not None:
        if is_known(request, override):
            return override
        request.connection.log("error", b'unknown charset "%b" to override' % override, request)
        return None
    if settings.charset is None:
        return None
    if response.charset:
        return _evaluated(request, settings.charset) if settings.override_charset else None
    if not response.has_type(settings.charset_types):
        return None
    return _evaluated(request, settings.charset)


def is_known(request: Request, charset: bytes) -> bool:
    """Whether the configuration names a character set anywhere."""
    name = charset.lower()
    if any(name in pair for pair in request.http.of(CharsetMain).tables):
        return True
    blocks = request.http.configuration.each(CharsetLocation)
    values = [value for block in blocks for value in (block.charset, block.source_charset)]
    return any(value is not None and (value.constant or b"").lower() == name for value in values)
