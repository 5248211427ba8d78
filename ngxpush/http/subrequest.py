"""Subrequests: requests made inside the server for a client's request. The client does not see their answers as such.

auth_request uses the status of the answer, mirror drops it, addition, ssi and echo put it into the main answer, slice asks for
its next part, a cache renews what it keeps. As in nginx a subrequest goes through all phases but access, with the client's header
lines, and shares the values of variables with its main request. ssi and echo also make subrequests for a subrequest.
"""

from __future__ import annotations

from msgspec.structs import replace

from .recorder import Phase, note
from .request import Request

# How deep nginx nests subrequests, and how many of a request it has at a time: its counter has 16 bits, less a reserve.
_DEEPEST, _MOST = 51, 65535 - 1000 - 1


def subrequest_refusal(parent: Request, uri: bytes) -> tuple[str, bytes] | None:
    """Why nginx makes no subrequest for `uri`: the level and the message for the error log; None if it makes one."""
    if _depth(parent) == _DEEPEST:
        return "error", b'subrequests cycle while processing "%b"' % uri
    if parent.carrier.subrequests >= _MOST:
        return "crit", b'request reference counter overflow while processing "%b"' % uri
    return None


def _depth(request: Request) -> int:
    depth = 0
    while request.parent is not None:
        request, depth = request.parent, depth + 1
    return depth


def make_subrequest(
    main: Request, uri: bytes, args: bytes | None = None, method: bytes = b"GET", body: bytes | None = None
) -> Request:
    """A subrequest for `uri`, as it stands in the configuration: neither decoded nor split from arguments.

    args: None for none, which is another value of `$args` than empty ones.  body: None for the body of the main request, if
    that has been read. No body is read for a subrequest.
    """
    sent = replace(
        main.input,
        body=(main.input.body or b"") if body is None else body,
        body_file=main.input.body_file if body is None else None,
        request_length=0,
        pipelined=False,
        chunked=False,
        body_unread=False,
        expect_tested=True,
        lingering_close=False,
    )
    request = Request(main.connection, main.http, main.server, main.server.location, input=sent)
    request.parent = main
    request.carrier = main.carrier
    request.method = method
    request.uri = uri
    request.args = args or b""
    request.progress.own_args = args is not None
    request.started = main.now
    request.keepalive = False
    request.progress.internal = True
    request.progress.valid_unparsed_uri = False
    request.variables = main.variables
    request.recorder = main.recorder
    note(request, Phase.SUBREQUEST, None, "to the URI {}", uri)
    return request
