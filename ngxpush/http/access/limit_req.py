"""limit_req: a leaky bucket for each key; what comes faster waits, or is refused. Recordings: limit-req-*.

Requests are counted in thousandths, as nginx counts them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...config.directives.limit_req import LimitReq
from ..operations import Sleep
from ..request import Request
from ..status import DECLINED
from ..variables.evaluation import evaluate
from .limit_zone import Record

_STATUS = "limit_req_status"
_LONGEST_KEY = 65535
_DELAY_LEVELS = {"error": "warn", "warn": "notice", "notice": "info", "info": "info"}


@dataclass(frozen=True, slots=True)
class _Counted:
    """A limit with the key it counts a request by, and what the bucket holds with this request."""

    limit: LimitReq
    rate: int
    key: bytes
    excess: int


async def check(request: Request) -> int:
    """Let a request through at once, let it wait, or refuse it; it is counted once, also when it is redirected."""
    settings = request.location.limit_req
    lasting = request.main.lasting
    if not settings.limit_req or _STATUS in lasting:
        return DECLINED
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
    """Count the request by every limit for which it has a key; or by none, when one of them, which is given, refuses it."""
    keys = [(limit, _key(request, limit)) for limit in limits]
    now = int(request.now * 1000)
    counted: list[_Counted] = []
    zones = request.connection.limit_zones
    with zones.lock:
        for limit, key in keys:
            if not key:
                continue
            rate = request.http.limit_req.zones[limit.zone].rate
            one = _Counted(limit, rate, key, _excess(zones.zones[limit.zone].get(key), rate, now))
            if one.excess > limit.burst * 1000:
                return [], one
            counted.append(one)
        for one in counted:
            zones.zones[one.limit.zone].put(one.key, Record(now, one.excess), evict=True)
    return counted, None


def _key(request: Request, limit: LimitReq) -> bytes:
    """What a request is counted by; empty: it is not counted."""
    expression = request.http.limit_req.zones[limit.zone].key
    key = evaluate(request, expression)
    if len(key) <= _LONGEST_KEY:
        return key
    message = b'the value of the "%b" key is more than 65535 bytes: "%b"' % (expression.text, key)
    request.connection.log("error", message, request)
    return b""


def _excess(record: Record | None, rate: int, now: int) -> int:
    """What the bucket holds with one more request, after what has run out of it."""
    if record is None:
        return 0
    return max(0, record.value - rate * max(0, now - record.time) // 1000 + 1000)


def _delay(one: _Counted) -> int:
    """Milliseconds a request has to wait for its turn."""
    if one.limit.delay is None:
        return 0
    return max(0, one.excess - one.limit.delay * 1000) * 1000 // one.rate


def _log(request: Request, text: str, one: _Counted, level: str) -> None:
    dry_run = ", dry run" if request.location.limit_req.limit_req_dry_run else ""
    message = text.format(dry_run, *divmod(one.excess, 1000))
    request.connection.log(level, b'%b "%b"' % (message.encode(), one.limit.zone), request)


def limit_req_status(request: Request) -> bytes | None:
    """$limit_req_status: PASSED, DELAYED, REJECTED, DELAYED_DRY_RUN or REJECTED_DRY_RUN; None for a request not counted."""
    status: bytes | None = request.main.lasting.get(_STATUS)
    return status
