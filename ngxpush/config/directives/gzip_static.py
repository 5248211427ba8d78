"""The gzip_static module: files that are compressed already."""

from __future__ import annotations

from dataclasses import dataclass

from ..slots import Enum
from .table import HTTP_SERVER_LOCATION, Directive, Module

_MODES = {mode: mode for mode in (b"off", b"on", b"always")}


@dataclass(frozen=True, slots=True)
class GzipStaticLocation:
    """gzip_static: `off`, `on` or `always`."""

    gzip_static: bytes = b"off"


MODULES = (
    Module(
        "gzip_static",
        (
            Directive(
                "gzip_static",
                "gzip_static",
                HTTP_SERVER_LOCATION,
                Enum(_MODES),
                field="gzip_static",
                default=b"off",
                summary="Whether a .gz file is sent in a file's place.",
            ),
        ),
        location=GzipStaticLocation,
    ),
)
