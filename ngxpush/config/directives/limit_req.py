"""The limit_req module."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..complex_value import ComplexValue
from ..slots import Flag, between, number
from ..text import shown
from ..values import parse_number
from ..words import Refused, Words
from ..zones import declare_zone, parse_zone, use_zone
from .limit_conn import LOG_LEVELS
from .table import FLAG, HTTP_SERVER_LOCATION, Arguments, Context, Directive, Level, Module, settings_row


@dataclass(frozen=True, slots=True)
class LimitReqZone:
    """A limit_req_zone. rate: requests, in thousandths, a second."""

    key: ComplexValue
    name: bytes
    size: int
    rate: int


@dataclass(frozen=True, slots=True)
class LimitReq:
    """A limit_req. burst, delay: in requests; delay None: none is delayed (`nodelay`)."""

    zone: bytes
    burst: int = 0
    delay: int | None = 0


@dataclass(frozen=True, slots=True)
class LimitReqMain:
    """What is set once for http. zones: by name."""

    zones: dict[bytes, LimitReqZone] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LimitReqLocation:
    """What a location holds."""

    limit_req: tuple[LimitReq, ...] = ()
    limit_req_status: int = 503
    limit_req_log_level: str = "error"
    limit_req_dry_run: bool = False


class ZoneSlot:
    """`key zone=name:size rate=Nr/s`: a LimitReqZone by its name."""

    description = "key, zone and rate"

    def parse(self, words: Words) -> dict[bytes, LimitReqZone]:
        key = words.complex_value(words.arguments[0])
        name, size, rate = b"", 0, 1000
        for argument in words.arguments[1:]:
            if argument.startswith(b"zone="):
                name, size = parse_zone(argument)
            elif argument.startswith(b"rate="):
                rate = self._rate(argument)
            else:
                raise words.invalid_parameter(argument)
        if not name:
            raise Refused('"limit_req_zone" must have "zone" parameter')
        declare_zone(words, name, size, "limit_req", key.text)
        return {name: LimitReqZone(key, name, size, rate)}

    @staticmethod
    def _rate(argument: bytes) -> int:
        text, scale = argument[5:], 1
        if text.endswith((b"r/s", b"r/m")):
            scale = 60 if text.endswith(b"r/m") else 1
            text = text[:-3]
        rate = parse_number(text)
        if not rate:
            raise Refused(f'invalid rate "{shown(argument)}"')
        return rate * 1000 // scale


class LimitReqSlot:
    """`zone=name [burst=N] [nodelay | delay=N]`: a LimitReq."""

    description = "zone, burst and delay"

    def parse(self, words: Words) -> LimitReq:
        zone: bytes | None = None
        burst = 0
        delay: int | None = 0
        for argument in words.arguments:
            name, _, value = argument.partition(b"=")
            if argument.startswith(b"zone="):
                zone = value
                use_zone(words, zone, "limit_req")
            elif argument.startswith((b"burst=", b"delay=")):
                amount = parse_number(value)
                if not amount:
                    raise Refused(f'invalid {shown(name)} value "{shown(argument)}"')
                burst, delay = (amount, delay) if name == b"burst" else (burst, amount)
            elif argument == b"nodelay":
                delay = None
            else:
                raise words.invalid_parameter(argument)
        if zone is None:
            raise Refused('"limit_req" must have "zone" parameter')
        if any(setting.value.zone == zone for setting in words.scope.all(words.name) if setting.value is not None):
            raise words.duplicate()
        return LimitReq(zone, burst, delay)


_SETTINGS = (LimitReqMain, LimitReqMain, LimitReqLocation)
_WHERE = HTTP_SERVER_LOCATION
_DIRECTIVES = (
    Directive(
        "limit_req_zone",
        "limit_req",
        Context.HTTP,
        ZoneSlot(),
        Arguments(3, 3),
        Level.MAIN,
        "zones",
        once=False,
        summary="The memory in which requests are counted, and their rate.",
    ),
    settings_row(
        "limit_req",
        "limit_req",
        _WHERE,
        LimitReqSlot(),
        "The rate.",
        Arguments(1, 3),
        _SETTINGS,
        once=False,
    ),
    settings_row("limit_req", "limit_req_status", _WHERE, number(between(400, 599)), "The refusal.", Arguments(), _SETTINGS),
    settings_row("limit_req", "limit_req_log_level", _WHERE, LOG_LEVELS, "The refusal's log level.", Arguments(), _SETTINGS),
    settings_row("limit_req", "limit_req_dry_run", _WHERE, Flag(), "Whether nothing is refused.", FLAG, _SETTINGS),
)

MODULES = (Module("limit_req", _DIRECTIVES, guards=True, main=LimitReqMain, location=LimitReqLocation),)
