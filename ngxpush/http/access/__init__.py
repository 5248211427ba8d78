"""Who may have a request served: the post-read, preaccess and access phases.

Each check is a coroutine function: OK (let through), DECLINED (no opinion) or a status.  The lists are in nginx's order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...config.directives.http.core import HttpCoreLocation
from ..recorder import Phase
from ..request import Request
from ..status import DECLINED, FORBIDDEN, OK, UNAUTHORIZED
from . import addresses, auth_basic, auth_request, limit_conn, limit_req, realip

Check = Callable[[Request], Awaitable[int]]

POST_READ: tuple[Check, ...] = (realip.check,)
PREACCESS: tuple[Check, ...] = (realip.check, limit_req.check, limit_conn.check)
CHECKS: tuple[Check, ...] = (addresses.check, auth_basic.check, auth_request.check)


async def run(request: Request) -> int:
    """OK when the request may go on, else what it is refused with. `satisfy any`: one check that lets it through is enough."""
    satisfy_any = request.location.of(HttpCoreLocation).satisfy == "any"
    refused = OK
    for check in CHECKS:
        status = await check(request)
        if status == DECLINED:
            continue
        if request.recorder is not None:
            outcome = "lets the request through" if status == OK else f"refuses the request with {status}"
            request.recorder.note(Phase.ACCESS, f"{check.__module__.rpartition('.')[2]} {outcome}")
        if not satisfy_any:
            if status != OK:
                return status
        elif status == OK:
            _forget_challenge(request)
            return OK
        elif status in (FORBIDDEN, UNAUTHORIZED):
            if refused != UNAUTHORIZED:
                refused = status
        else:
            return status
    if refused == FORBIDDEN:
        request.connection.log("error", b"access forbidden by rule", request)
    return refused


def _forget_challenge(request: Request) -> None:
    request.response.headers = [line for line in request.response.headers if line[0] != b"WWW-Authenticate"]
