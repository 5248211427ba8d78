"""The empty_gif module: one transparent pixel."""

from __future__ import annotations

from ..slots import NoValue
from .table import NONE, Context, Directive, Module

MODULES = (
    Module(
        "empty_gif",
        (
            Directive(
                "empty_gif",
                "empty_gif",
                Context.LOCATION,
                NoValue(),
                NONE,
                once=False,
                inherit=False,
                content_handler="empty_gif",
                summary="Makes the location answer with a transparent image of one pixel.",
            ),
        ),
    ),
)
