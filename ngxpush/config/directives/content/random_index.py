"""The random_index module: a file of a directory, chosen at random."""

from __future__ import annotations

from msgspec import Struct

from ...directive import Directive
from ...module import Module
from ...places import Context
from ...slots import Flag


class RandomIndexLocation(Struct, frozen=True):
    """What a location holds."""

    random_index: bool = False


MODULE = Module(
    "random_index",
    (
        Directive(
            "random_index",
            Context.LOCATION,
            Flag(),
            "Whether a request for a directory is answered with one of its files, chosen at random.",
        ),
    ),
    location=RandomIndexLocation,
    optional=True,
)
