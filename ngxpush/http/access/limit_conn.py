"""limit_conn: how many requests with one key may be in progress at once. Recordings: limit-conn-*.

The request of a subscriber is in progress as long as the subscriber is connected.
"""

from __future__ import annotations

from collections.abc import Callable

from ...config.configuration import Location
from ...config.directives.access.limit_conn import LimitConn, LimitConnLocation, LimitConnMain
from ..request import Request
from ..status import DECLINED
from ..variables.evaluation import evaluate
from .limit_zone import LimitZones, Record

_STATUS = "limit_conn_status"
_LONGEST_KEY = 255


def concerns(location: Location) -> bool:
    """Whether requests of this location are limited."""
    return bool(location.of(LimitConnLocation).limit_conn)


def check(request: Request) -> int:
    """Count a request until it ends, or refuse it. It is counted only once, even if it is redirected."""
    settings = request.location.of(LimitConnLocation)
    if not settings.limit_conn:
        return DECLINED
    main = request.main
    if _STATUS in main.lasting:
        return DECLINED
    counted: list[Callable[[], None]] = []
    for limit in settings.limit_conn:
        key = _key(request, limit.zone)
        if not key:
            continue
        main.lasting[_STATUS] = b"PASSED"
        zones = request.connection.limit_zones
        if _enter(zones, limit, key, int(request.now * 1000)):
            counted.append(_leaving(zones, limit.zone, key))
            continue
        dry_run = b", dry run," if settings.limit_conn_dry_run else b""
        message = b'limiting connections%b by zone "%b"' % (dry_run, limit.zone)
        request.connection.log(settings.limit_conn_log_level, message, request)
        for leave in counted:
            leave()
        main.lasting[_STATUS] = b"REJECTED_DRY_RUN" if settings.limit_conn_dry_run else b"REJECTED"
        return DECLINED if settings.limit_conn_dry_run else settings.limit_conn_status
    main.at_end(*counted)
    return DECLINED


def _key(request: Request, zone: bytes) -> bytes:
    """The key of the request. A request with an empty key is not counted."""
    expression = request.http.of(LimitConnMain).zones[zone].key
    key = evaluate(request, expression)
    if len(key) <= _LONGEST_KEY:
        return key
    message = b'the value of the "%b" key is more than 255 bytes: "%b"' % (expression.text, key)
    request.connection.log("error", message, request)
    return b""


def _enter(zones: LimitZones, limit: LimitConn, key: bytes, now: int) -> bool:
    """Count one more request. False if the limit is reached or the zone is full."""
    zone = zones.zones[limit.zone]
    with zones.lock:
        record = zone.get(key)
        count = 0 if record is None else record.value
        return count < limit.connections and zone.put(key, Record(now, count + 1), evict=False)


def _leaving(zones: LimitZones, name: bytes, key: bytes) -> Callable[[], None]:
    """The function to call when the request ends."""

    def leave() -> None:
        zone = zones.zones[name]
        with zones.lock:
            record = zone.get(key)
            if record is None or record.value <= 1:
                zone.remove(key)
            else:
                zone.put(key, Record(record.time, record.value - 1), evict=False)

    return leave


def limit_conn_status(request: Request) -> bytes | None:
    """$limit_conn_status: PASSED, REJECTED or REJECTED_DRY_RUN; None for a request not counted."""
    status: bytes | None = request.main.lasting.get(_STATUS)
    return status
