"""Subrequests: requests made inside the server for a client's request. The client does not see their answers as such.

auth_request uses the status of the answer, mirror drops it, addition and ssi put it into the main answer, slice asks for its next
part. As in nginx a subrequest goes through all phases but access, with the client's header lines, and shares the values of
variables with its main request. Only ssi makes subrequests for a subrequest.
"""

from __future__ import annotations

from dataclasses import replace

from .recorder import Phase, note
from .request import Request


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
    request = Request(main.connection, main.http, main.server, main.server.location, sent)
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
