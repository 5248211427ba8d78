"""The ETag of an answer whose body a filter changes."""

from __future__ import annotations

from .request import Request


def clear_etag(request: Request) -> None:
    """Remove the ETag line. Of two lines of an upstream nginx knows only the last one."""
    _replace(request, None)


def weaken_etag(request: Request) -> None:
    """Mark the ETag as weak, because a filter changes the body; remove one without quotes."""
    etag = request.response.etag
    if etag is not None and not etag.startswith(b"W/"):
        _replace(request, b"W/" + etag if etag.startswith(b'"') else None)


def _replace(request: Request, value: bytes | None) -> None:
    headers = request.response.headers
    for place in range(len(headers) - 1, -1, -1):
        name = headers[place][0]
        if name.lower() == b"etag":
            headers[place : place + 1] = [] if value is None else [(name, value)]
            return
