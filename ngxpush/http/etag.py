"""The ETag of an answer: `response.etag`, and its line among the headers, in step."""

from __future__ import annotations

from .request import Request


def set_etag(request: Request, value: bytes) -> None:
    """Put an ETag line behind the lines there are."""
    request.response.etag = value
    request.response.headers.append((b"ETag", value))


def clear_etag(request: Request) -> None:
    """Take the ETag line out."""
    response = request.response
    response.etag = None
    response.headers = [line for line in response.headers if line[0].lower() != b"etag"]


def weaken_etag(request: Request) -> None:
    """The tag of a file is not the tag of what a filter makes of it: mark it as weak, or drop one without quotes."""
    response = request.response
    if response.etag is None or response.etag.startswith(b"W/"):
        return
    if not response.etag.startswith(b'"'):
        clear_etag(request)
        return
    response.etag = weak = b"W/" + response.etag
    response.headers = [(name, weak) if name.lower() == b"etag" else (name, value) for name, value in response.headers]
