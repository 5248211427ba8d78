"""The mirror module: subrequests whose answers are thrown away."""

from __future__ import annotations

from dataclasses import dataclass

from ..slots import Flag
from ..words import Words
from .rows import rows_of
from .table import Module


@dataclass(frozen=True, slots=True)
class MirrorLocation:
    """mirror: the URIs of the subrequests; None stands for `off`."""

    mirror: tuple[bytes | None, ...] = ()
    mirror_request_body: bool = True


class MirrorUri:
    """A URI, or `off`, which stands alone: None."""

    description = "URI"

    def parse(self, words: Words) -> bytes | None:
        uri = None if words.arguments[0] == b"off" else words.arguments[0]
        earlier = words.scope.all("mirror")
        if earlier and (uri is None or earlier[0].statement.arguments == (b"off",)):
            raise words.duplicate()
        return uri


_row = rows_of("mirror", MirrorLocation)

MODULES = (
    Module(
        "mirror",
        (
            _row("mirror", MirrorUri(), "A URI each request is also sent to.", once=False),
            _row("mirror_request_body", Flag(), "Whether the request's body is sent there, too."),
        ),
        location=MirrorLocation,
    ),
)
