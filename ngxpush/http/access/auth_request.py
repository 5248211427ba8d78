"""auth_request: another location decides, by the status of its answer. Recordings: core_access_proxy, auth-request-*."""

from __future__ import annotations

from functools import partial

from ...config.configuration import Location
from ...config.directives.access.auth_request import AuthRequestLocation
from ..operations import Answered
from ..recorder import Phase, note
from ..request import Request
from ..status import DECLINED, FORBIDDEN, INTERNAL_SERVER_ERROR, OK, SPECIAL_RESPONSE, UNAUTHORIZED, Status
from ..subrequest import make_subrequest
from ..variables.evaluation import evaluate, set_variable

_LEAST_SUCCESS = 200


def concerns(location: Location) -> bool:
    """Whether another location decides."""
    return location.of(AuthRequestLocation).auth_request is not None


def check(request: Request) -> Status:
    """nginx's auth_request module: 2xx lets the request through, 401 and 403 are passed on, any other status becomes 500."""
    uri = request.location.of(AuthRequestLocation).auth_request
    return DECLINED if uri is None else _ask(request, uri)


async def _ask(request: Request, uri: bytes) -> int:
    asked = make_subrequest(request, uri, body=b"")
    asked.response.header_only = True
    asked.take_body = partial(_send, request)
    await Answered(asked)
    for variable in request.location.of(AuthRequestLocation).auth_request_set:
        set_variable(request, variable.name, evaluate(asked, variable.value))
    status = asked.response.status
    note(request, Phase.ACCESS, request.location.source("auth_request"), "{} answers {}", uri, status)
    if status == UNAUTHORIZED:
        _copy_challenge(asked, request)
    if status in (FORBIDDEN, UNAUTHORIZED):
        return status
    if _LEAST_SUCCESS <= status < SPECIAL_RESPONSE:
        return OK
    request.connection.log("error", b"auth request unexpected status: %d" % status, request)
    return INTERNAL_SERVER_ERROR


def _send(request: Request, data: bytes, flush: bool) -> None:
    """Send what a push subscriber writes: it has no regard for `header_only`, so its messages come before the answer's head."""
    request.response.bytes_sent += len(data)
    request.carrier.write(data)


def _copy_challenge(asked: Request, request: Request) -> None:
    """Copy the WWW-Authenticate line a 401 needs: the first one of the answer, else of the upstream's answer."""
    upstream = () if asked.upstream is None else asked.upstream.headers
    for name, value in (*asked.response.headers, *upstream):
        if name.lower() == b"www-authenticate":
            request.response.headers.append((name, value))
            return
