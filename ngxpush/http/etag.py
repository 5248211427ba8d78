"""The ETag of an answer whose body a filter changes."""

from __future__ import annotations

from .request import Request


def clear_etag(request: Request) -> None:
    """Remove the ETag line."""
    response = request.response
    response.headers = [line for line in response.headers if line[0].lower() != b"etag"]


def weaken_etag(request: Request) -> None:
    """Mark the ETag as weak, because a filter changes the body; remove one without quotes."""
    response = request.response
    etag = response.etag
    if etag is None or etag.startswith(b"W/"):
        return
    if not etag.startswith(b'"'):
        clear_etag(request)
        return
    weak = b"W/" + etag
    response.headers = [(name, weak) if name.lower() == b"etag" else (name, value) for name, value in response.headers]
