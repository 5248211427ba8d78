"""The role a location plays for push, as the table of directives says it: which handler has which role, and where its mode is."""

from __future__ import annotations

import enum

from msgspec import Struct

from .configuration import Location
from .modules import DIRECTIVES


class Role(Struct, frozen=True):
    """name: `publisher`, `subscriber` or `statistics`.  mode: a member of PublisherMode or SubscriberMode; None without modes."""

    name: str
    mode: enum.Enum | None

    def __str__(self) -> str:
        return self.name if self.mode is None else f"{self.name} {self.mode.value}"


_ROLES = {
    row.content_handler: row
    for rows in DIRECTIVES.values()
    for row in rows
    if row.content_handler is not None and row.role is not None
}


def role_of(location: Location, handler: str | None) -> Role | None:
    """The role of a request that `handler` answers with the location's settings; None for other handlers."""
    row = None if handler is None else _ROLES.get(handler)
    if row is None or row.role is None or row.settings is None or row.field is None:
        return None
    mode = getattr(location.of(row.settings), row.field)
    return Role(row.role, mode if isinstance(mode, enum.Enum) else None)
