"""The charset filter: names the charset of text answers, and recodes them by charset_map."""

from __future__ import annotations

import re
from typing import ClassVar

from ...config.complex_value import ComplexValue
from ...config.directives.filters.charset import CharsetLocation, CharsetMain
from ..body_output import Output
from ..request import Request
from ..response import Response
from ..status import ERROR, MOVED_PERMANENTLY, MOVED_TEMPORARILY, OK
from ..variables.evaluation import variable

_ABOVE_ASCII = re.compile(rb"[\x80-\xff]")


class Recode:
    """The body filter for character sets of single bytes: each byte is replaced, by `?` if it is not in the table."""

    __slots__ = ("_table",)

    takes_empty: ClassVar[bool] = False
    reads: ClassVar[bool] = True

    def __init__(self, table: dict[bytes, bytes]) -> None:
        ascii_too = {bytes((byte,)): bytes((byte,)) for byte in range(128)} | table
        self._table = [ascii_too.get(bytes((byte,)), b"?") for byte in range(256)]

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Recode a piece."""
        return b"".join(map(self._table.__getitem__, data))


class RecodeToUtf8:
    """The body filter to UTF-8. A piece is left as it is if each of its bytes would become one byte, even if that is `?`."""

    __slots__ = ("_longer", "_recode")

    takes_empty: ClassVar[bool] = False
    reads: ClassVar[bool] = True

    def __init__(self, table: dict[bytes, bytes]) -> None:
        self._recode = Recode(table)
        self._longer = {byte[0] for byte, character in table.items() if len(character) > 1}

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Recode a piece."""
        return data if self._longer.isdisjoint(data) else self._recode.feed(data, flush, last)


class RecodeFromUtf8:
    """The body filter from UTF-8: each character is replaced, by its number (`&#1074;`) if it is not in the table."""

    __slots__ = ("_kept", "_table")

    takes_empty: ClassVar[bool] = False
    reads: ClassVar[bool] = True

    def __init__(self, table: dict[bytes, bytes]) -> None:
        self._table = table
        self._kept = b""

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Recode a piece. An incomplete character is kept until the rest of it comes, and dropped at the end of the body."""
        data, recoded = self._kept + data, []
        start = 0
        while found := _ABOVE_ASCII.search(data, start):
            begin = found.start()
            recoded.append(data[start:begin])
            start = _end_of_character(data, begin)
            if start > len(data):
                start = begin
                break
            recoded.append(self._recoded(data[begin:start]))
        else:
            recoded.append(data[start:])
            start = len(data)
        self._kept = data[start:]
        return b"".join(recoded)

    def _recoded(self, encoded: bytes) -> bytes:
        number = _character(encoded)
        if number is None:
            return b"?"
        return self._table.get(chr(number).encode("utf-8", "surrogatepass")) or b"&#%d;" % number


def _character(encoded: bytes) -> int | None:
    """The number of a character; None for bytes that are none. Of the bytes after the first only six bits count."""
    length = len(encoded)
    if length == 1 or encoded[-1] < 0x80:
        return None
    number = encoded[0] & (0x1F, 0x0F, 0x07)[length - 2]
    for byte in encoded[1:]:
        number = number << 6 | byte & 0x3F
    return number if (0x7F, 0x7FF, 0xFFFF)[length - 2] < number <= 0x10FFFF else None


def _end_of_character(data: bytes, begin: int) -> int:
    """Where the character at `begin` ends: beyond `data` if it is incomplete. An ASCII byte that breaks it off belongs to it."""
    first = data[begin]
    length = 4 if first >= 0xF0 else 3 if first >= 0xE0 else 2 if first >= 0xC2 else 1
    end = begin + length
    if end > len(data):
        return end
    return next((at + 1 for at in range(begin + 1, end) if data[at] < 0x80), end)


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
    if source.lower() == b"utf-8":
        output.body_filters.append(RecodeFromUtf8(table))
    elif target.lower() == b"utf-8":
        output.body_filters.append(RecodeToUtf8(table))
    else:
        output.body_filters.append(Recode(table))
        return
    response.content_length = None


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
