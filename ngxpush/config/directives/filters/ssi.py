"""The ssi module: server side includes."""

from __future__ import annotations

from msgspec import Struct

from ...columns import ANY, accepted
from ...directive import Directive
from ...module import Module
from ...places import ALSO_IN_IF, HTTP_SERVER_LOCATION
from ...slots import Flag, size
from ..http.hashes import check_types
from .gzip import TypesSlot


class SsiLocation(Struct, frozen=True):
    """What a location holds. ssi_value_length: bytes."""

    ssi: bool = False
    ssi_silent_errors: bool = False
    ssi_value_length: int = 255
    ssi_types: frozenset[bytes] = frozenset({b"text/html"})
    ssi_last_modified: bool = False


_NOT_SEEN = accepted("It changes nothing an HTTP client can see.")

MODULE = Module(
    "ssi",
    (
        Directive("ssi", ALSO_IN_IF, Flag(), "Whether SSI commands in answers are carried out."),
        Directive("ssi_silent_errors", HTTP_SERVER_LOCATION, Flag(), "Whether errors in commands are not shown in the answer."),
        Directive(
            "ssi_ignore_recycled_buffers",
            HTTP_SERVER_LOCATION,
            Flag(),
            "Whether buffers are kept while commands are carried out.",
            emulation=_NOT_SEEN,
        ),
        Directive(
            "ssi_min_file_chunk",
            HTTP_SERVER_LOCATION,
            size(),
            "The least part of an answer that is sent straight from a file.",
            emulation=_NOT_SEEN,
        ),
        Directive("ssi_value_length", HTTP_SERVER_LOCATION, size(), "The longest parameter of a command."),
        Directive(
            "ssi_types", HTTP_SERVER_LOCATION, TypesSlot(), "The content types with commands, besides text/html.", ANY, once=False
        ),
        Directive("ssi_last_modified", HTTP_SERVER_LOCATION, Flag(), "Whether Last-Modified is kept."),
    ),
    checks=(check_types("ssi_types"),),
    location=SsiLocation,
)
