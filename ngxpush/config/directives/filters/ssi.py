"""The ssi module: server side includes."""

from __future__ import annotations

from ...columns import ANY, unsupported
from ...directive import Directive
from ...module import Module
from ...places import ALSO_IN_IF, HTTP_SERVER_LOCATION
from ...slots import Flag, size
from ..http.hashes import check_types
from .gzip import TypesSlot

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
        ),
        Directive(
            "ssi_min_file_chunk", HTTP_SERVER_LOCATION, size(), "The least part of an answer that is sent straight from a file."
        ),
        Directive("ssi_value_length", HTTP_SERVER_LOCATION, size(), "The longest parameter of a command."),
        Directive(
            "ssi_types", HTTP_SERVER_LOCATION, TypesSlot(), "The content types with commands, besides text/html.", ANY, once=False
        ),
        Directive("ssi_last_modified", HTTP_SERVER_LOCATION, Flag(), "Whether Last-Modified is kept."),
    ),
    checks=(check_types("ssi_types"),),
    emulation=unsupported("The commands in answers are not carried out: they are sent as they stand."),
)
