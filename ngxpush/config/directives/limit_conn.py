"""The limit_conn module."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..complex_value import ComplexValue
from ..slots import Enum, Flag, between, number
from ..text import shown
from ..values import parse_number
from ..words import Refused, Words
from ..zones import declare_zone, parse_zone, use_zone
from .table import FLAG, HTTP_SERVER_LOCATION, Arguments, Context, Directive, Level, Module, settings_row

LOG_LEVELS = Enum({level.encode(): level for level in ("info", "notice", "warn", "error")})


@dataclass(frozen=True, slots=True)
class LimitConnZone:
    """A limit_conn_zone."""

    key: ComplexValue
    name: bytes
    size: int


@dataclass(frozen=True, slots=True)
class LimitConn:
    """A limit_conn."""

    zone: bytes
    connections: int


@dataclass(frozen=True, slots=True)
class LimitConnMain:
    """What is set once for http. zones: by name."""

    zones: dict[bytes, LimitConnZone] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LimitConnLocation:
    """What a location holds."""

    limit_conn: tuple[LimitConn, ...] = ()
    limit_conn_status: int = 503
    limit_conn_log_level: str = "error"
    limit_conn_dry_run: bool = False


class ZoneSlot:
    """`key zone=name:size`: a LimitConnZone by its name."""

    description = "key and zone"

    def parse(self, words: Words) -> dict[bytes, LimitConnZone]:
        key = words.complex_value(words.arguments[0])
        if not words.arguments[1].startswith(b"zone="):
            raise words.invalid_parameter(words.arguments[1])
        name, size = parse_zone(words.arguments[1])
        if not name:
            raise Refused('"limit_conn_zone" must have "zone" parameter')
        declare_zone(words, name, size, "limit_conn", key.text)
        return {name: LimitConnZone(key, name, size)}


class LimitConnSlot:
    """`zone number`: a LimitConn."""

    description = "zone and number"

    def parse(self, words: Words) -> LimitConn:
        zone, text = words.arguments
        use_zone(words, zone, "limit_conn")
        if any(setting.value.zone == zone for setting in words.scope.all(words.name) if setting.value is not None):
            raise words.duplicate()
        connections = parse_number(text)
        if not connections:
            raise Refused(f'invalid number of connections "{shown(text)}"')
        if connections > 65535:
            raise Refused("connection limit must be less 65536")
        return LimitConn(zone, connections)


_SETTINGS = (LimitConnMain, LimitConnMain, LimitConnLocation)
_WHERE = HTTP_SERVER_LOCATION
_DIRECTIVES = (
    Directive(
        "limit_conn_zone",
        "limit_conn",
        Context.HTTP,
        ZoneSlot(),
        Arguments(2, 2),
        Level.MAIN,
        "zones",
        once=False,
        summary="The memory in which connections are counted.",
    ),
    settings_row(
        "limit_conn",
        "limit_conn",
        _WHERE,
        LimitConnSlot(),
        "The most connections.",
        Arguments(2, 2),
        _SETTINGS,
        once=False,
    ),
    settings_row("limit_conn", "limit_conn_status", _WHERE, number(between(400, 599)), "The refusal.", Arguments(), _SETTINGS),
    settings_row("limit_conn", "limit_conn_log_level", _WHERE, LOG_LEVELS, "The refusal's log level.", Arguments(), _SETTINGS),
    settings_row("limit_conn", "limit_conn_dry_run", _WHERE, Flag(), "Whether nothing is refused.", FLAG, _SETTINGS),
)

MODULES = (Module("limit_conn", _DIRECTIVES, guards=True, main=LimitConnMain, location=LimitConnLocation),)
