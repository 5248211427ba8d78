"""Sessions: how a server is reached."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from .. import __version__

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
