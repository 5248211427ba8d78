"""The limit_req module."""

from __future__ import annotations

from msgspec import Struct, field

from ...columns import Arguments
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import HTTP_SERVER_LOCATION, Context
from ...slots import Flag, between, number
from ...text import shown
from ...values import parse_number
from ...zones import declare_zone, parse_zone, use_zone
from .limit_conn import LOG_LEVELS


class LimitReqZone(Struct, frozen=True):
    """A limit_req_zone. rate: thousandths of a request per second."""

    key: ComplexValue
    name: bytes
    size: int
    rate: int


class LimitReq(Struct, frozen=True):
    """A limit_req. burst, delay: in requests; delay None: none is delayed (`nodelay`)."""

    zone: bytes
    burst: int = 0
    delay: int | None = 0


class LimitReqMain(Struct, frozen=True):
    """What is set once for http. zones: by name."""

    zones: dict[bytes, LimitReqZone] = field(default_factory=dict)


class LimitReqLocation(Struct, frozen=True):
    """What a location holds."""

    limit_req: tuple[LimitReq, ...] = ()
    limit_req_status: int = 503
    limit_req_log_level: str = "error"
    limit_req_dry_run: bool = False


class LimitReqZoneSlot:
    """`key zone=name:size rate=Nr/s`: a LimitReqZone by its name."""

    description = "key, zone and rate"

    def parse(self, use: DirectiveUse) -> dict[bytes, LimitReqZone]:
        key = use.complex_value(use.arguments[0])
        name, size, rate = b"", 0, 1000
        for argument in use.arguments[1:]:
            if argument.startswith(b"zone="):
                name, size = parse_zone(argument)
            elif argument.startswith(b"rate="):
                rate = self._rate(argument)
            else:
                raise use.invalid_parameter(argument)
        if not name:
            raise RefusedDirective('"limit_req_zone" must have "zone" parameter')
        declare_zone(use, name, size, "limit_req", key.text)
        return {name: LimitReqZone(key, name, size, rate)}

    @staticmethod
    def _rate(argument: bytes) -> int:
        text, scale = argument[5:], 1
        if text.endswith((b"r/s", b"r/m")):
            scale = 60 if text.endswith(b"r/m") else 1
            text = text[:-3]
        rate = parse_number(text)
        if not rate:
            raise RefusedDirective(f'invalid rate "{shown(argument)}"')
        return rate * 1000 // scale


class LimitReqSlot:
    """`zone=name [burst=N] [nodelay | delay=N]`: a LimitReq."""

    description = "zone, burst and delay"

    def parse(self, use: DirectiveUse) -> LimitReq:
        zone: bytes | None = None
        burst = 0
        delay: int | None = 0
        for argument in use.arguments:
            name, _, value = argument.partition(b"=")
            if argument.startswith(b"zone="):
                zone = value
                use_zone(use, zone, "limit_req")
            elif argument.startswith((b"burst=", b"delay=")):
                amount = parse_number(value)
                if not amount:
                    raise RefusedDirective(f'invalid {shown(name)} value "{shown(argument)}"')
                burst, delay = (amount, delay) if name == b"burst" else (burst, amount)
            elif argument == b"nodelay":
                delay = None
            else:
                raise use.invalid_parameter(argument)
        if zone is None:
            raise RefusedDirective('"limit_req" must have "zone" parameter')
        if any(setting.value.zone == zone for setting in use.scope.all(use.name) if setting.value is not None):
            raise use.duplicate()
        return LimitReq(zone, burst, delay)


_DIRECTIVES = (
    Directive(
        "limit_req_zone",
        Context.HTTP,
        LimitReqZoneSlot(),
        "A zone in which requests are counted by a key, and their rate.",
        Arguments(3, 3),
        field="zones",
        once=False,
    ),
    Directive(
        "limit_req",
        HTTP_SERVER_LOCATION,
        LimitReqSlot(),
        "The zone that limits requests, and how many more may wait or pass.",
        Arguments(1, 3),
        once=False,
    ),
    Directive("limit_req_status", HTTP_SERVER_LOCATION, number(between(400, 599)), "The status of refused requests."),
    Directive("limit_req_log_level", HTTP_SERVER_LOCATION, LOG_LEVELS, "The level refusals are logged at."),
    Directive("limit_req_dry_run", HTTP_SERVER_LOCATION, Flag(), "Whether requests over the limit are only logged."),
)

MODULE = Module("limit_req", _DIRECTIVES, guards=True, main=LimitReqMain, location=LimitReqLocation)
