"""The flv module: FLV files from a given position on."""

from __future__ import annotations

from ...columns import NONE
from ...directive import Directive
from ...module import Module
from ...places import Context
from ...slots import NoValue

MODULE = Module(
    "flv",
    (
        Directive(
            "flv",
            Context.LOCATION,
            NoValue(),
            "Sends FLV files from the position the client asks for.",
            NONE,
            once=False,
            inherit=False,
            content_handler="flv",
        ),
    ),
    optional=True,
)
