"""The gunzip module: compressed answers for clients that can't read them."""

from __future__ import annotations

from msgspec import Struct

from ...columns import Arguments, accepted
from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import Flag, NumberAndSize


class GunzipLocation(Struct, frozen=True):
    """What a location holds."""

    gunzip: bool = False


MODULE = Module(
    "gunzip",
    (
        Directive(
            "gunzip", HTTP_SERVER_LOCATION, Flag(), "Whether compressed answers are unpacked for clients that do not accept them."
        ),
        Directive(
            "gunzip_buffers",
            HTTP_SERVER_LOCATION,
            NumberAndSize(),
            "The number and size of buffers for unpacking.",
            Arguments(2, 2),
            emulation=accepted("Each piece of an answer is unpacked whole."),
        ),
    ),
    location=GunzipLocation,
    optional=True,
)
