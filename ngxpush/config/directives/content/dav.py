"""The dav module: files written, moved and deleted by WebDAV methods."""

from __future__ import annotations

from msgspec import Struct

from ...columns import ANY, Arguments
from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import Choices, Flag, number
from ..gateways.slots import StoreAccess

_METHODS = {method.lower(): method for method in (b"off", b"PUT", b"DELETE", b"MKCOL", b"COPY", b"MOVE")}


class DavLocation(Struct, frozen=True):
    """What a location holds. dav_access: permissions as a number."""

    dav_methods: frozenset[bytes] = frozenset()
    create_full_put_path: bool = False
    min_delete_depth: int = 0
    dav_access: int = 0o600


MODULE = Module(
    "dav",
    (
        Directive("dav_methods", HTTP_SERVER_LOCATION, Choices(_METHODS), "The methods that are allowed.", ANY, once=False),
        Directive("create_full_put_path", HTTP_SERVER_LOCATION, Flag(), "Whether PUT creates missing directories."),
        Directive(
            "min_delete_depth", HTTP_SERVER_LOCATION, number(), "The least number of elements in the path of a deleted file."
        ),
        Directive(
            "dav_access", HTTP_SERVER_LOCATION, StoreAccess(), "The permissions of new files and directories.", Arguments(1, 3)
        ),
    ),
    location=DavLocation,
    optional=True,
)
