"""Subrequests: requests inside, made for a client's own, with an answer of their own that the client does not see as one.

auth_request asks one, mirror throws its answer away, addition puts it around the main answer. As in nginx a subrequest goes
through all phases but access, with the client's header lines, and shares the values of variables with its main request.
Nothing here makes a subrequest for a subrequest (in nginx only SSI does).
"""

from __future__ import annotations

from .recorder import Phase, quoted
from .request import Request


def make_subrequest(main: Request, uri: bytes, args: bytes = b"", method: bytes = b"GET", body: bytes | None = None) -> Request:
    """A subrequest for `uri`, as it stands in the configuration: neither decoded nor split from arguments.

    body: None takes that of the main request as far as it is read; it is never read for a subrequest.
    """
    request = Request(main.connection, main.http, main.listener, main.server, main.server.location)
    request.parent = main
    request.carrier = main.carrier
    request.internal = True
    request.method = method
    request.uri = uri
    request.args = args
    request.started = main.now
    request.keepalive = False
    request.expect_tested = True
    request.valid_unparsed_uri = False
    for name in _OF_THE_CLIENT:
        setattr(request, name, getattr(main, name))
    request.variables = main.variables
    request.recorder = main.recorder
    if request.recorder is not None:
        request.recorder.note(Phase.SUBREQUEST, f"to the URI {quoted(uri)}")
    request.body = (main.body or b"") if body is None else body
    return request


# What the client has sent: the same for all requests made for it.
_OF_THE_CLIENT = (
    "request_line",
    "unparsed_uri",
    "http_version",
    "headers",
    "host",
    "request_line_host",
    "content_length",
)
