"""The server a request would be passed on to. It is not contacted: what it would be sent is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..config.text import shown
from ..http.operations import WAITING
from ..http.upstream.connection import Endpoint, Happening, PeerEvent


class AskedServer:
    """A `http.upstream.connection.UpstreamConnection` that stands at once and on which nothing ever comes back.

    sent: what the server would have got.  silent: its answer is waited for.
    """

    requests = 1
    unsent = 0

    def __init__(self, endpoint: Endpoint, made: float) -> None:
        self.made = made
        self.endpoint = endpoint
        self.sent = bytearray()
        self.silent = False
        self._connected = False

    @property
    def name(self) -> str:
        """The address as nginx writes it in a configuration."""
        endpoint = self.endpoint
        if endpoint.path is not None:
            return f"unix:{shown(endpoint.path)}"
        host = shown(endpoint.host)
        return f"[{host}]:{endpoint.port}" if ":" in host else f"{host}:{endpoint.port}"

    def send(self, data: bytes) -> None:
        self.sent += data

    def wait(self, seconds: float, resume: Callable[[Any], None]) -> Any:
        if not self._connected:
            self._connected = True
            return PeerEvent(Happening.CONNECTED)
        self.silent = True
        return WAITING

    def client_sent(self, data: bytes) -> None:
        self.sent += data

    def client_ended(self) -> None:
        """The whole body is there from the beginning."""

    def client_failed(self) -> None:
        """A body that is broken is refused before."""

    def client_left(self) -> None:
        """The client of an explanation stays."""

    def rest(self, seconds: float, dropped: Callable[[], None]) -> None:
        """It is asked once only."""

    def resume_use(self) -> None:
        """It is asked once only."""

    def close(self) -> None:
        """There is nothing to close."""
