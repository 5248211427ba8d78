"""The headers module: header lines added to answers."""

from __future__ import annotations

from msgspec import Struct

from ...columns import Arguments
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...headers import AddedHeader, EvaluatedExpires, Expires, InvalidExpires, parse_expires
from ...module import Module
from ...places import ALSO_IN_IF


class HeadersLocation(Struct, frozen=True):
    """What a location adds."""

    add_header: tuple[AddedHeader, ...] = ()
    add_trailer: tuple[AddedHeader, ...] = ()
    expires: Expires | EvaluatedExpires | None = None


class AddHeader:
    """`name value [always]`."""

    description = "name and value"

    def parse(self, use: DirectiveUse) -> AddedHeader:
        name, value, *more = use.arguments
        if more and more[0] != b"always":
            raise use.invalid_parameter(more[0])
        return AddedHeader(name, use.complex_value(value), bool(more))


class ExpiresSlot:
    """`[modified] time`, `epoch`, `max` or `off`."""

    description = "time"

    def parse(self, use: DirectiveUse) -> Expires | EvaluatedExpires:
        modified = len(use.arguments) == 2
        if modified and use.arguments[0] != b"modified":
            raise use.invalid_value()
        value = use.complex_value(use.arguments[-1])
        if value.constant is None:
            return EvaluatedExpires(value, modified)
        try:
            return parse_expires(value.constant, modified)
        except InvalidExpires as error:
            raise RefusedDirective(f'"{use.name}" directive {error}') from None


MODULE = Module(
    "headers",
    (
        Directive("add_header", ALSO_IN_IF, AddHeader(), "Adds a header to answers.", Arguments(2, 3), once=False),
        Directive("add_trailer", ALSO_IN_IF, AddHeader(), "Adds a trailer to chunked answers.", Arguments(2, 3), once=False),
        Directive("expires", ALSO_IN_IF, ExpiresSlot(), "Sets Expires and Cache-Control of answers.", Arguments(1, 2)),
    ),
    location=HeadersLocation,
)
