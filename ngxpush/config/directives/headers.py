"""The headers module: header lines added to answers."""

from __future__ import annotations

from dataclasses import dataclass

from ..complex_value import ComplexValue
from ..headers import AddedHeader, Expires, InvalidExpires, parse_expires
from ..words import Refused, Words
from .table import HTTP_SERVER_LOCATION, Arguments, Context, Directive, Module


@dataclass(frozen=True, slots=True)
class HeadersLocation:
    """What a location adds. expires: a ComplexValue where it has variables."""

    add_header: tuple[AddedHeader, ...] = ()
    add_trailer: tuple[AddedHeader, ...] = ()
    expires: Expires | ComplexValue | None = None


class AddHeader:
    """`name value [always]`."""

    description = "name and value"

    def parse(self, words: Words) -> AddedHeader:
        name, value, *more = words.arguments
        if more and more[0] != b"always":
            raise words.invalid_parameter(more[0])
        return AddedHeader(name, words.complex_value(value), bool(more))


class ExpiresSlot:
    """`[modified] time`, `epoch`, `max` or `off`."""

    description = "time"

    def parse(self, words: Words) -> Expires | ComplexValue:
        modified = len(words.arguments) == 2
        if modified and words.arguments[0] != b"modified":
            raise words.invalid_value()
        value = words.complex_value(words.arguments[-1])
        if value.constant is None:
            return value
        try:
            return parse_expires(value.constant, modified)
        except InvalidExpires as error:
            raise Refused(f'"{words.name}" directive {error}') from None


_PLACES = HTTP_SERVER_LOCATION | Context.LOCATION_IF

MODULES = (
    Module(
        "headers",
        (
            Directive(
                "add_header",
                "headers",
                _PLACES,
                AddHeader(),
                Arguments(2, 3),
                field="add_header",
                default=(),
                once=False,
                summary="Adds a header line to answers.",
            ),
            Directive(
                "add_trailer",
                "headers",
                _PLACES,
                AddHeader(),
                Arguments(2, 3),
                field="add_trailer",
                default=(),
                once=False,
                summary="Adds a line behind a chunked answer.",
            ),
            Directive(
                "expires",
                "headers",
                _PLACES,
                ExpiresSlot(),
                Arguments(1, 2),
                field="expires",
                summary="How long an answer may be kept.",
            ),
        ),
        location=HeadersLocation,
    ),
)
