"""The mirror module: subrequests whose answers are thrown away."""

from __future__ import annotations

from msgspec import Struct

from ...directive import Directive, DirectiveUse
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import Flag


class MirrorLocation(Struct, frozen=True):
    """mirror: the URIs of the subrequests; None stands for `off`."""

    mirror: tuple[bytes | None, ...] = ()
    mirror_request_body: bool = True


class MirrorUri:
    """A URI, or None for `off`, which must be the only `mirror`."""

    description = "URI"

    def parse(self, use: DirectiveUse) -> bytes | None:
        uri = None if use.arguments[0] == b"off" else use.arguments[0]
        earlier = use.scope.all("mirror")
        if earlier and (uri is None or earlier[0].statement.arguments == (b"off",)):
            raise use.duplicate()
        return uri


MODULE = Module(
    "mirror",
    (
        Directive("mirror", HTTP_SERVER_LOCATION, MirrorUri(), "A URI that each request is also sent to.", once=False),
        Directive("mirror_request_body", HTTP_SERVER_LOCATION, Flag(), "Whether mirrored requests include the body."),
    ),
    location=MirrorLocation,
)
