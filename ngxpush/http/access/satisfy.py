"""The access phase: whether the checks together let a request through (directive satisfy)."""

from __future__ import annotations

from collections.abc import Callable

from ...config.directives.http.core import HttpCoreLocation
from ..operations import Sleep
from ..recorder import Phase, note
from ..request import Request
from ..status import DECLINED, FORBIDDEN, OK, UNAUTHORIZED, Status
from . import addresses, auth_basic, auth_request

_CHECKS: tuple[tuple[str, Callable[[Request], Status]], ...] = (
    ("addresses", addresses.check),
    ("auth_basic", auth_basic.check),
    ("auth_request", auth_request.check),
)
"""The checks in nginx's order. Each returns OK (let through), DECLINED (no opinion) or a status."""


async def check(request: Request) -> int:
    """OK if the request may go on, else the status to refuse it with. A subrequest is not checked.

    A 401 is held back for as long as auth_delay says, so that passwords can't be guessed fast.
    """
    if request.parent is not None:
        return OK
    status = await _ask(request, request.location.of(HttpCoreLocation).satisfy == "any")
    delay = request.location.of(HttpCoreLocation).auth_delay
    if status == UNAUTHORIZED and delay:
        request.connection.log("info", b"delaying unauthorized request", request)
        await Sleep(request, delay / 1000)
    return status


async def _ask(request: Request, satisfy_any: bool) -> int:
    """Ask the checks. satisfy_any: one that lets the request through is enough."""
    refused = OK
    for name, check in _CHECKS:
        status = check(request)
        if not isinstance(status, int):
            status = await status
        if status == DECLINED:
            continue
        if status == OK:
            note(request, Phase.ACCESS, None, "{} lets the request through", name)
        else:
            note(request, Phase.ACCESS, None, "{} refuses the request with {}", name, status)
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
