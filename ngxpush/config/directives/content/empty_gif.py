"""The empty_gif module: one transparent pixel."""

from __future__ import annotations

from ...columns import NONE
from ...directive import Directive
from ...module import Module
from ...places import Context
from ...slots import NoValue

MODULE = Module(
    "empty_gif",
    (
        Directive(
            "empty_gif",
            Context.LOCATION,
            NoValue(),
            "Makes the location answer with a transparent image of one pixel.",
            NONE,
            once=False,
            inherit=False,
            content_handler="empty_gif",
        ),
    ),
)
