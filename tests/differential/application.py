"""A WSGI application such as a framework's: redirects, cookies, a form, errors, an answer in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

_SHOWN = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "SCRIPT_NAME", "REQUEST_URI", "HTTP_HOST", "HTTP_COOKIE", "REMOTE_ADDR")


def application(environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """Answer one request."""
    path = environ["PATH_INFO"]
    if path == "/login":
        start("302 Found", [("Location", "/home?a=b"), ("Set-Cookie", "session=1; Path=/; HttpOnly")])
        return [b""]
    if path == "/form":
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start("201 Created", [("Content-Type", environ.get("CONTENT_TYPE", "")), ("Content-Length", str(len(body)))])
        return [body]
    if path == "/missing":
        start("404 Not Found", [("Content-Type", "text/html; charset=utf-8"), ("X-Frame-Options", "DENY")])
        return [b"<h1>Not Found</h1>"]
    start("200 OK", [("Content-Type", "text/plain")])
    return (f"{name}={environ.get(name, '-')}\n".encode() for name in _SHOWN)
