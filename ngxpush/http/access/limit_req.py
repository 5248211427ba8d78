"""limit_req: a leaky bucket for each key. Requests above the rate wait or are refused. Recordings: limit-req-*.

Requests are counted in thousandths, as nginx counts them.
"""

from __future__ import annotations

from msgspec import Struct

from ...config.configuration import Location
from ...config.directives.access.limit_req import LimitReq, LimitReqLocation, LimitReqMain
from ..operations import Sleep
from ..request import Request
from ..status import DECLINED, Status
from ..variables.evaluation import evaluate
from .limit_zone import Record

_STATUS = "limit_req_status"
_LONGEST_KEY = 65535
_DELAY_LEVELS = {"error": "warn", "warn": "notice", "notice": "info", "info": "info"}


class _Counted(Struct, frozen=True):
    """A limit, the key of a request, and what the bucket holds with this request."""

    limit: LimitReq
    rate: int
    key: bytes
    excess: int


def concerns(location: Location) -> bool:
    """Whether requests of this location are limited."""
    return bool(location.of(LimitReqLocation).limit_req)


def check(request: Request) -> Status:
    """Let a request through, delay it, or refuse it. It is counted only once, even if it is redirected."""
    if not request.location.of(LimitReqLocation).limit_req or _STATUS in request.main.lasting:
        return DECLINED
    return _limit(request)


async def _limit(request: Request) -> int:
    settings, lasting = request.location.of(LimitReqLocation), request.main.lasting
    dry_run = settings.limit_req_dry_run
    counted, refused = _count(request, settings.limit_req)
    if refused is not None:
        _log(request, "limiting requests{}, excess: {}.{:03} by zone", refused, settings.limit_req_log_level)
        lasting[_STATUS] = b"REJECTED_DRY_RUN" if dry_run else b"REJECTED"
        return DECLINED if dry_run else settings.limit_req_status
    if not counted:
        return DECLINED
    slowest = max(counted, key=_delay)
    delay = _delay(slowest)
    if not delay:
        lasting[_STATUS] = b"PASSED"
        return DECLINED
    _log(request, "delaying request{}, excess: {}.{:03}, by zone", slowest, _DELAY_LEVELS[settings.limit_req_log_level])
    lasting[_STATUS] = b"DELAYED_DRY_RUN" if dry_run else b"DELAYED"
    if not dry_run:
        await Sleep(request, delay / 1000)
    return DECLINED


def _count(request: Request, limits: tuple[LimitReq, ...]) -> tuple[list[_Counted], _Counted | None]:
    """Count the request for every limit for which it has a key; or for none, if one of them, which is returned, refuses it."""
    keys = [(limit, _key(request, limit)) for limit in limits]
    now = int(request.now * 1000)
    counted: list[_Counted] = []
    zones = request.connection.limit_zones
    with zones.lock:
        for limit, key in keys:
            if not key:
                continue
            rate = request.http.of(LimitReqMain).zones[limit.zone].rate
            one = _Counted(limit, rate, key, _excess(zones.zones[limit.zone].get(key), rate, now))
            if one.excess > limit.burst * 1000:
                return [], one
            counted.append(one)
        for one in counted:
            zones.zones[one.limit.zone].put(one.key, Record(now, one.excess), evict=True)
    return counted, None


def _key(request: Request, limit: LimitReq) -> bytes:
    """The key of a request. A request with an empty key is not counted."""
    expression = request.http.of(LimitReqMain).zones[limit.zone].key
    key = evaluate(request, expression)
    if len(key) <= _LONGEST_KEY:
        return key
    message = b'the value of the "%b" key is more than 65535 bytes: "%b"' % (expression.text, key)
    request.connection.log("error", message, request)
    return b""


def _excess(record: Record | None, rate: int, now: int) -> int:
    """What the bucket holds with one more request, less what has leaked since the last one."""
    if record is None:
        return 0
    return max(0, record.value - rate * max(0, now - record.time) // 1000 + 1000)


def _delay(one: _Counted) -> int:
    """How many milliseconds a request has to wait."""
    if one.limit.delay is None:
        return 0
    return max(0, one.excess - one.limit.delay * 1000) * 1000 // one.rate


def _log(request: Request, text: str, one: _Counted, level: str) -> None:
    dry_run = ", dry run" if request.location.of(LimitReqLocation).limit_req_dry_run else ""
    message = text.format(dry_run, *divmod(one.excess, 1000))
    request.connection.log(level, b'%b "%b"' % (message.encode(), one.limit.zone), request)


def limit_req_status(request: Request) -> bytes | None:
    """$limit_req_status: PASSED, DELAYED, REJECTED, DELAYED_DRY_RUN or REJECTED_DRY_RUN; None for a request not counted."""
    status: bytes | None = request.main.lasting.get(_STATUS)
    return status
