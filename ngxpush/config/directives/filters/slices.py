"""The slice module: files that are requested in parts."""

from __future__ import annotations

from ...columns import accepted
from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import size

MODULE = Module(
    "slice",
    (Directive("slice", HTTP_SERVER_LOCATION, size(), "The size of the parts that a file is requested in."),),
    emulation=accepted("Slices serve the cache, and nothing is cached."),
)
