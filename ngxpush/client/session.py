"""Sessions: how a server is reached."""

from __future__ import annotations

import contextlib
import os
import ssl
import string
from collections.abc import Mapping
from urllib.parse import quote

import aiohttp
from aiohttp import ClientSession
from aiohttp.client_exceptions import UnixClientConnectorError
from yarl import URL

from .. import __version__

__all__ = ["ClientSession", "as_given", "in_session", "open_session", "reason_of"]

# What OpenSSL calls an answer that is not TLS.
_NO_TLS = frozenset(("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"))

# Seconds until a server has to be connected. It may be silent as long as it likes.
_CONNECT = 10.0


def open_session(
    *, insecure: bool = False, unix_socket: str | None = None, headers: Mapping[str, str] | None = None
) -> aiohttp.ClientSession:
    """A session for `subscribe` and `publish`, to be closed by the caller (`async with`).

    insecure: certificates are not verified.  unix_socket: the path of a socket to connect to, whatever the URL's host is.
    headers: sent with each request.
    """
    connector: aiohttp.BaseConnector
    if unix_socket is None:
        connector = aiohttp.TCPConnector(limit=0, ssl=not insecure)
    else:
        connector = aiohttp.UnixConnector(unix_socket, limit=0)
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT),
        headers={"User-Agent": f"ngxpush/{__version__}", "Accept-Encoding": "identity", **(headers or {})},
    )


def in_session(given: aiohttp.ClientSession | None) -> contextlib.AbstractAsyncContextManager[aiohttp.ClientSession]:
    """The given session, or one that is closed at the end of the block."""
    return open_session() if given is None else contextlib.nullcontext(given)


def as_given(url: str) -> URL:
    """A URL whose escapes reach the server as they are written; what may not stand in a URL is escaped."""
    return URL(quote(url, safe=string.punctuation), encoded=True)


def reason_of(error: aiohttp.ClientError | OSError) -> str:
    """Why a server can't be reached, in the system's words."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        why = getattr(error.certificate_error, "verify_message", error.certificate_error)
        return f"certificate verify failed: {why} (SSL_CERT_FILE names other authorities, --insecure does not verify)"
    inner = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(inner, ssl.SSLError) and inner.reason is not None:
        why = inner.reason.lower().replace("_", " ")
        return f"no TLS connection: is it an http:// address? ({why})" if inner.reason in _NO_TLS else f"no TLS connection: {why}"
    if isinstance(inner, OSError) and inner.errno is not None:
        # asyncio puts the address into the text of an error; negative ones are of getaddrinfo.
        why = os.strerror(inner.errno) if inner.errno > 0 else str(inner.strerror)
        return f"{error.path}: {why}" if isinstance(error, UnixClientConnectorError) else why
    return str(error) or type(error).__name__
