"""The ssi module: server side includes."""

from __future__ import annotations

from ..slots import Flag, size
from .gzip import TypesSlot
from .hashes import check_types
from .rows import rows_of
from .table import ANY, HTTP_SERVER_LOCATION, Context, Module, unsupported

_row = rows_of("ssi", emulation=unsupported("The commands in answers are not carried out: they are sent as they stand."))

MODULES = (
    Module(
        "ssi",
        (
            _row("ssi", Flag(), "Whether SSI commands are carried out.", contexts=HTTP_SERVER_LOCATION | Context.LOCATION_IF),
            _row("ssi_silent_errors", Flag(), "Whether errors in commands leave no trace in the answer."),
            _row("ssi_ignore_recycled_buffers", Flag(), "Whether buffers may be kept while commands are carried out."),
            _row("ssi_min_file_chunk", size(), "The smallest part of a file sent straight from the file."),
            _row("ssi_value_length", size(), "The longest value of a command's parameter."),
            _row("ssi_types", TypesSlot(), "The content types with commands, besides text/html.", ANY, once=False),
            _row("ssi_last_modified", Flag(), "Whether Last-Modified is kept."),
        ),
        checks=(check_types("ssi_types"),),
    ),
)
