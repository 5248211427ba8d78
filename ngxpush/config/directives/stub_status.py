"""The stub_status module: numbers of connections and requests."""

from __future__ import annotations

from ..slots import NoValue
from .table import Arguments, Context, Directive, Module

MODULES = (
    Module(
        "stub_status",
        (
            Directive(
                "stub_status",
                "stub_status",
                Context.SERVER | Context.LOCATION,
                NoValue(),
                Arguments(0, 1),
                once=False,
                inherit=False,
                content_handler="stub_status",
                summary="Makes the location answer with numbers of connections and requests.",
            ),
        ),
    ),
)
