"""The charset filter: names the charset of text answers, and recodes them by charset_map."""

from __future__ import annotations

import re
from typing import ClassVar

from ... import utf8
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
    """The body filter from UTF-8: each character is replaced, by its number (`&#1074;`) if it is not in the table.

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
        data, recoded, place = self._kept + data, [], 0
        while found := _ABOVE_ASCII.search(data, place):
            recoded.append(data[place : found.start()])
            place = found.start()
            whole = utf8.CHARACTER.match(data, place)
            if whole is None:
                break
            length, number = utf8.character(whole[0])
            recoded.append(b"?" if number is None else self._table.get(number) or b"&#%d;" % number)
            place += length
        else:
            recoded.append(data[place:])
            place = len(data)
        self._kept = data[place:]
        return b"".join(recoded)


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
