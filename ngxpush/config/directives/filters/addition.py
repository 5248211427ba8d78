"""The addition module: text before and after an answer, from subrequests."""

from __future__ import annotations

from msgspec import Struct

from ...columns import ANY
from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import String
from ..http.hashes import check_types
from .gzip import TypesSlot


class AdditionLocation(Struct, frozen=True):
    """The URIs of the subrequests (empty: none), and the content types of the answers they are added to."""

    add_before_body: bytes = b""
    add_after_body: bytes = b""
    addition_types: frozenset[bytes] = frozenset({b"text/html"})


MODULE = Module(
    "addition",
    (
        Directive(
            "add_before_body", HTTP_SERVER_LOCATION, String(), "The URI of the subrequest whose answer is sent before the body."
        ),
        Directive(
            "add_after_body", HTTP_SERVER_LOCATION, String(), "The URI of the subrequest whose answer is sent after the body."
        ),
        Directive(
            "addition_types",
            HTTP_SERVER_LOCATION,
            TypesSlot(),
            "The content types these texts are added to, besides text/html.",
            ANY,
            once=False,
        ),
    ),
    checks=(check_types("addition_types"),),
    location=AdditionLocation,
    optional=True,
)
