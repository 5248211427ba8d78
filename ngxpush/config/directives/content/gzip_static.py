"""The gzip_static module: files that are stored compressed."""

from __future__ import annotations

from msgspec import Struct

from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import Enum

_MODES = {mode: mode for mode in (b"off", b"on", b"always")}


class GzipStaticLocation(Struct, frozen=True):
    """gzip_static: `off`, `on` or `always`."""

    gzip_static: bytes = b"off"


MODULE = Module(
    "gzip_static",
    (
        Directive(
            "gzip_static",
            HTTP_SERVER_LOCATION,
            Enum(_MODES),
            "Whether a file with `.gz` after its name is sent in its place: `off`, `on` or `always`.",
        ),
    ),
    location=GzipStaticLocation,
    optional=True,
)
