"""The stub_status module: numbers of connections and requests."""

from __future__ import annotations

from ...columns import Arguments
from ...directive import Directive
from ...module import Module
from ...places import Context
from ...slots import NoValue

MODULE = Module(
    "stub_status",
    (
        Directive(
            "stub_status",
            Context.SERVER | Context.LOCATION,
            NoValue(),
            "Makes the location answer with the numbers of connections and requests.",
            Arguments(0, 1),
            once=False,
            inherit=False,
            content_handler="stub_status",
        ),
    ),
    optional=True,
)
