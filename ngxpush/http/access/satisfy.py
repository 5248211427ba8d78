"""The access phase: whether the checks together let a request through (directive satisfy)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...config.configuration import Location
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
"""The checks in nginx's order, by the directive that asks for them or by their name.

Each returns OK (let through), DECLINED (no opinion) or a status.
"""


def concerns(location: Location) -> bool:
    """Whether one of the checks has something to say. Without any a request may go on."""
    return addresses.concerns(location) or auth_basic.concerns(location) or auth_request.concerns(location)


def check(request: Request) -> Status:
    """OK if the request may go on, else the status to refuse it with. A subrequest is not checked."""
    if request.parent is not None:
        return OK
    settings = request.location.of(HttpCoreLocation)
    asked = _ask(request, settings.satisfy == "any")
    return _hold_back(request, asked, settings.auth_delay) if settings.auth_delay else asked


async def _hold_back(request: Request, asked: Awaitable[int], milliseconds: int) -> int:
    """Answer a 401 only after a while (auth_delay), so that passwords can't be guessed fast."""
    status = await asked
    if status == UNAUTHORIZED:
        request.connection.log("info", b"delaying unauthorized request", request)
        await Sleep(request, milliseconds / 1000)
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
            _note(request, name, "lets the request through")
        else:
            _note(request, name, "refuses the request with {}", status)
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


def _note(request: Request, name: str, text: str, *facts: int) -> None:
    directive = request.location.source(name)
    note(request, Phase.ACCESS, directive, text if directive else f"{name} {text}", *facts)


def _forget_challenge(request: Request) -> None:
    request.response.headers = [line for line in request.response.headers if line[0] != b"WWW-Authenticate"]
