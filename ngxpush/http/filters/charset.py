"""The charset filter: names the charset of text answers, and recodes them by charset_map."""

from __future__ import annotations

from typing import ClassVar

from ... import utf8
from ...config.complex_value import ComplexValue
from ...config.directives.filters.charset import CharsetLocation, CharsetMain
from ..body_output import Output
from ..request import Request
from ..response import Response
from ..status import ERROR, MOVED_PERMANENTLY, MOVED_TEMPORARILY, OK
from ..variables.evaluation import variable


class Recode:
    """The body filter for character sets of single bytes: each byte is replaced, by `?` if it is not in the table.

    nginx passes a piece on as it is, unless one of its bytes becomes more than one.
    """

    __slots__ = ("_grows", "_table")

    takes_empty: ClassVar[bool] = False
    reads: ClassVar[bool] = True

    def __init__(self, table: dict[bytes, bytes], to_utf8: bool) -> None:
        ascii_too = {bytes((byte,)): bytes((byte,)) for byte in range(128)} | table
        self._table = [ascii_too.get(bytes((byte,)), b"?") for byte in range(256)]
        self._grows = frozenset(byte for byte, text in enumerate(self._table) if len(text) > 1) if to_utf8 else None

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Recode a piece."""
        if self._grows is not None and self._grows.isdisjoint(data):
            return data
        return b"".join(map(self._table.__getitem__, data))


class RecodeUtf8:
    """The body filter for UTF-8: each character is replaced, by its number (`&#1074;`) if it is not in the table.

    A broken one becomes `?`.
    """

    __slots__ = ("_kept", "_table")

    takes_empty: ClassVar[bool] = False
    reads: ClassVar[bool] = True

    def __init__(self, table: dict[bytes, bytes]) -> None:
        self._table = {utf8.character(encoded)[1]: recoded for encoded, recoded in table.items()}
        self._kept = b""

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Recode a piece. An incomplete character is kept until the rest of it comes, and dropped at the end of the body."""
        data = self._kept + data
        recoded, place = [], 0
        while match := utf8.CHARACTER.match(data, place):
            length, number = utf8.character(match[0])
            recoded.append(self._recoded(number))
            place += length
        self._kept = data[place:]
        return b"".join(recoded)

    def _recoded(self, number: int | None) -> bytes:
        if number is None:
            return b"?"
        return bytes((number,)) if number < 0x80 else self._table.get(number) or b"&#%d;" % number


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
    is_main = request is request.main
    if is_main and request.response.override_charset is None and request.location.of(CharsetLocation).charset is None:
        return OK
    try:
        # What stands in the body of another answer has to be in its charset.
        target = _target(request) if is_main else request.main.response.charset
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
        from_utf8, to_utf8 = source.lower() == b"utf-8", target.lower() == b"utf-8"
        output.body_filters.append(RecodeUtf8(table) if from_utf8 else Recode(table, to_utf8))
        if from_utf8 or to_utf8:
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
