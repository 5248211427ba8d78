"""The slice module: files that are requested in parts."""

from __future__ import annotations

from msgspec import Struct

from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import size


class SliceLocation(Struct, frozen=True):
    """What a location holds. slice: bytes; 0 for none."""

    slice: int = 0


MODULE = Module(
    "slice",
    (Directive("slice", HTTP_SERVER_LOCATION, size(), "The size of the parts that a file is requested in."),),
    location=SliceLocation,
    optional=True,
)
