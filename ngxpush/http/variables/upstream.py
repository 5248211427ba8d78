"""$upstream_… and $proxy_….

Each attempt has its own value. They are separated by `, `, or by ` : ` where an answer has led to another upstream. If no server
could be found before, nginx shows an attempt with nothing in it at first, and no ` : ` (measured).
Recordings: core_access_proxy/upstream-variables-in-log.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from ...dates import format_http_date
from ..request import Request
from ..upstream.state import Attempt, CacheUse, Passed
from .evaluation import Getter


def _each(show: Callable[[Attempt], bytes]) -> Getter:
    def get(request: Request) -> bytes | None:
        states = [] if request.upstream is None else _states(request.upstream.rounds)
        if not states:
            return None
        pieces = [show(states[0] or _NONE)]
        for before, state in itertools.pairwise(states):
            if state is None:
                pieces.append(b" : ")
            else:
                pieces += [b"" if before is None and len(pieces) > 1 else b", ", show(state)]
        return b"".join(pieces)

    return get, False


# What is shown where nginx has no attempt before the first one.
_NONE = Attempt(b"", 0, connect_time=0, header_time=0, response_time=0)


def _states(rounds: list[list[Attempt]]) -> list[Attempt | None]:
    """The attempts, with None between two rounds. A round may be without one: its servers could not be found."""
    states: list[Attempt | None] = []
    for number, attempts in enumerate(rounds):
        states += [*([None] if number else []), *attempts]
    return states


def _seconds(time: float | None) -> bytes:
    return b"-" if time is None else b"%.3f" % max(time, 0)


def _of_proxy(value: Callable[[Passed], bytes]) -> Getter:
    """Unlike the upstream state, the values of a proxy_pass are lost when the request is redirected inside."""

    def get(request: Request) -> bytes | None:
        passed = request.kept("proxy")
        return None if passed is None else value(passed)

    return get, False


def _of_cache(value: Callable[[CacheUse], bytes]) -> Getter:
    """Empty values are none."""

    def get(request: Request) -> bytes | None:
        cache = None if request.upstream is None else request.upstream.cache
        return None if cache is None else value(cache) or None

    return get, False


def _last_modified(cache: CacheUse) -> bytes:
    return b"" if cache.last_modified is None or cache.status != b"EXPIRED" else format_http_date(cache.last_modified)


def proxy_add_x_forwarded_for(request: Request) -> bytes:
    """The client's X-Forwarded-For lines with its own address after them."""
    return b", ".join([*request.input.headers.get_all(b"x-forwarded-for"), request.connection.remote_addr])


def upstream_header(name: bytes) -> Callable[[Request], bytes | None]:
    """$upstream_http_NAME: the first line of that name in the last answer."""

    def get(request: Request) -> bytes | None:
        for key, value in request.upstream.headers if request.upstream is not None else ():
            if key.lower().replace(b"-", b"_") == name:
                return value
        return None

    return get


def upstream_trailer(name: bytes) -> Callable[[Request], bytes | None]:
    """$upstream_trailer_NAME: the first line of that name after the body of the last answer."""

    def get(request: Request) -> bytes | None:
        for key, value in request.upstream.trailers if request.upstream is not None else ():
            if key.replace(b"-", b"_") == name:
                return value
        return None

    return get


def upstream_cookie(name: bytes) -> Callable[[Request], bytes | None]:
    """$upstream_cookie_NAME: the value of the first Set-Cookie line for that cookie, in any letter case."""

    def get(request: Request) -> bytes | None:
        for key, line in request.upstream.headers if request.upstream is not None else ():
            cookie, equals, value = line.partition(b";")[0].partition(b"=")
            if key.lower() == b"set-cookie" and equals and cookie.strip(b" ").lower() == name:
                return value.lstrip(b" ")
        return None

    return get


VARIABLES: dict[bytes, Getter] = {
    b"upstream_addr": _each(lambda attempt: attempt.peer),
    b"upstream_status": _each(lambda attempt: b"%d" % attempt.status if attempt.status else b"-"),
    b"upstream_connect_time": _each(lambda attempt: _seconds(attempt.connect_time)),
    b"upstream_header_time": _each(lambda attempt: _seconds(attempt.header_time)),
    b"upstream_response_time": _each(lambda attempt: _seconds(attempt.response_time)),
    b"upstream_response_length": _each(lambda attempt: b"%d" % attempt.response_length),
    b"upstream_bytes_received": _each(lambda attempt: b"%d" % attempt.bytes_received),
    b"upstream_bytes_sent": _each(lambda attempt: b"%d" % attempt.bytes_sent),
    b"upstream_cache_status": _of_cache(lambda cache: cache.status),
    b"upstream_cache_last_modified": _of_cache(_last_modified),
    b"upstream_cache_etag": _of_cache(lambda cache: cache.etag if cache.status == b"EXPIRED" else b""),
    b"proxy_host": _of_proxy(lambda passed: passed.host),
    b"proxy_port": _of_proxy(lambda passed: passed.port),
    b"proxy_add_x_forwarded_for": (proxy_add_x_forwarded_for, False),
}
