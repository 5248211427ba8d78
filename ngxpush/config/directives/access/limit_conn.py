"""The limit_conn module."""

from __future__ import annotations

from msgspec import Struct, field

from ...columns import Arguments
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import HTTP_SERVER_LOCATION, Context
from ...slots import Enum, Flag, between, number
from ...text import shown
from ...values import parse_number
from ...zones import declare_zone, parse_zone, use_zone

LOG_LEVELS = Enum({level.encode(): level for level in ("info", "notice", "warn", "error")})


class LimitConnZone(Struct, frozen=True):
    """A limit_conn_zone."""

    key: ComplexValue
    name: bytes
    size: int


class LimitConn(Struct, frozen=True):
    """A limit_conn."""

    zone: bytes
    connections: int


class LimitConnMain(Struct, frozen=True):
    """What is set once for http. zones: by name."""

    zones: dict[bytes, LimitConnZone] = field(default_factory=dict)


class LimitConnLocation(Struct, frozen=True):
    """What a location holds."""

    limit_conn: tuple[LimitConn, ...] = ()
    limit_conn_status: int = 503
    limit_conn_log_level: str = "error"
    limit_conn_dry_run: bool = False


class LimitConnZoneSlot:
    """`key zone=name:size`: a LimitConnZone by its name."""

    description = "key and zone"

    def parse(self, use: DirectiveUse) -> dict[bytes, LimitConnZone]:
        key = use.complex_value(use.arguments[0])
        if not use.arguments[1].startswith(b"zone="):
            raise use.invalid_parameter(use.arguments[1])
        name, size = parse_zone(use.arguments[1])
        if not name:
            raise RefusedDirective('"limit_conn_zone" must have "zone" parameter')
        declare_zone(use, name, size, "limit_conn", key.text)
        return {name: LimitConnZone(key, name, size)}


class LimitConnSlot:
    """`zone number`: a LimitConn."""

    description = "zone and number"

    def parse(self, use: DirectiveUse) -> LimitConn:
        zone, text = use.arguments
        use_zone(use, zone, "limit_conn")
        if any(setting.value.zone == zone for setting in use.scope.all(use.name) if setting.value is not None):
            raise use.duplicate()
        connections = parse_number(text)
        if not connections:
            raise RefusedDirective(f'invalid number of connections "{shown(text)}"')
        if connections > 65535:
            raise RefusedDirective("connection limit must be less 65536")
        return LimitConn(zone, connections)


_DIRECTIVES = (
    Directive(
        "limit_conn_zone",
        Context.HTTP,
        LimitConnZoneSlot(),
        "A zone in which connections are counted by a key.",
        Arguments(2, 2),
        field="zones",
        once=False,
    ),
    Directive(
        "limit_conn",
        HTTP_SERVER_LOCATION,
        LimitConnSlot(),
        "The most connections for each value of the zone's key.",
        Arguments(2, 2),
        once=False,
    ),
    Directive("limit_conn_status", HTTP_SERVER_LOCATION, number(between(400, 599)), "The status of refused requests."),
    Directive("limit_conn_log_level", HTTP_SERVER_LOCATION, LOG_LEVELS, "The level refusals are logged at."),
    Directive("limit_conn_dry_run", HTTP_SERVER_LOCATION, Flag(), "Whether requests over the limit are only logged."),
)

MODULE = Module("limit_conn", _DIRECTIVES, guards=True, main=LimitConnMain, location=LimitConnLocation)
