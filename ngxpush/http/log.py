"""The text of log lines about a request: lines of access logs, and the context of error log messages.

Recordings core_access_proxy/log-* and push_publish/push-publisher/error-log.
"""

from __future__ import annotations

import re

from ..config.complex_value import Capture, Variable
from ..config.directives.http.log import LogFormat
from .request import ClientConnection, Request
from .variables.evaluation import variable

_UNSAFE = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')
_UNSAFE_IN_JSON = re.compile(rb'[\x00-\x1f"\\]')
_JSON_ESCAPES = {b"\n": rb"\n", b"\r": rb"\r", b"\t": rb"\t", b"\b": rb"\b", b"\f": rb"\f", b'"': rb"\"", b"\\": rb"\\"}


def escape_default(value: bytes | None) -> bytes:
    r"""nginx's own escapes, `\xXX`; a missing value is a dash."""
    if value is None:
        return b"-"
    return _UNSAFE.sub(lambda byte: b"\\x%02X" % byte[0][0], value)


def escape_json(value: bytes | None) -> bytes:
    """Escapes for text inside a JSON string; a missing value is empty."""
    return _UNSAFE_IN_JSON.sub(lambda byte: _JSON_ESCAPES.get(byte[0]) or b"\\u%04X" % byte[0][0], value or b"")


def escape_none(value: bytes | None) -> bytes:
    """The value as it is; a missing one is empty."""
    return value or b""


ESCAPES = {"default": escape_default, "json": escape_json, "none": escape_none}
"""log_format's escape= parameter."""


def access_line(request: Request, log_format: LogFormat) -> bytes:
    """The line an access log gets for a request, with its line end."""
    escape = ESCAPES[log_format.escape]
    pieces: list[bytes] = []
    for part in log_format.value.parts:
        if isinstance(part, Variable):
            pieces.append(escape(variable(request, part.name)))
        elif isinstance(part, Capture):
            captures = request.captures or ()
            pieces.append(escape(captures[part.number] if part.number < len(captures) else None))
        else:
            pieces.append(part)
    return b"".join(pieces) + b"\n"


def context(connection: ClientConnection, listen: bytes, request: Request | None) -> bytes:
    """What nginx adds to an error message: client, server, request, host, referrer.

    listen: the address listened on, which is named as the server before there is a request.
    """
    client = b", client: " + connection.remote_addr
    if request is None and connection.requests:
        return b""  # between two requests
    if request is None:
        return client + b", server: " + listen
    pieces = [client, b", server: ", request.server.name]
    upstream = request.upstream
    action = upstream.action if upstream is not None and upstream.action else request.main.progress.log_action
    if action:
        pieces.insert(0, b" while " + action)
    if request.input.request_line:
        pieces += [b', request: "', request.main.input.request_line, b'"']
    if request.parent is not None:
        pieces += [b', subrequest: "', request.uri, b'"']
    if upstream is not None and upstream.attempts:
        pieces += [b', upstream: "', upstream.url, b'"']
    for name, header in ((b"host", b"host"), (b"referrer", b"referer")):
        value = request.input.headers.get(header)
        if value is not None:
            pieces += [b", ", name, b': "', value, b'"']
    return b"".join(pieces)
