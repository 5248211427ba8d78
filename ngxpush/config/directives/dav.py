"""The dav module: files written, moved and deleted by WebDAV methods."""

from __future__ import annotations

from ..slots import Choices, Flag, number
from .gateway_slots import StoreAccess
from .rows import rows_of
from .table import ANY, Arguments, Module, unsupported

_METHODS = {method.lower(): method for method in (b"off", b"PUT", b"DELETE", b"MKCOL", b"COPY", b"MOVE")}
_row = rows_of("dav", emulation=unsupported("The WebDAV methods are answered with 405."))

MODULES = (
    Module(
        "dav",
        (
            _row("dav_methods", Choices(_METHODS), "The methods allowed.", ANY, once=False),
            _row("create_full_put_path", Flag(), "Whether PUT makes the folders that are missing."),
            _row("min_delete_depth", number(), "How deep a file must lie to be deleted."),
            _row("dav_access", StoreAccess(), "The permissions of new files and folders.", Arguments(1, 3)),
        ),
    ),
)
