"""The server a request would be passed on to. It is not contacted: the bytes that it would be sent are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..config.text import shown
from ..http.operations import WAITING
from ..http.upstream.connection import Endpoint, Happening, PeerEvent


class AskedServer:
    """A `http.upstream.connection.PeerConnection` that is connected at once and on which nothing ever comes back.

    sent: the bytes the server would get.  silent: its answer is waited for.
    """

    requests = 1
    kept: object = None
    unsent = 0
    is_full = False
    is_handshaking = is_ending = False

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

    def wait(self, seconds: float | None, resume: Callable[[Any], None], held: bool) -> Any:
        if not self._connected:
            self._connected = True
            return PeerEvent(Happening.CONNECTED)
        self.silent = True
        return WAITING

    def client_sent(self) -> None:
        """Do nothing: the whole body is there from the beginning, and is sent at once."""

    def client_failed(self) -> None:
        """Do nothing: a broken body is refused before the server is asked."""

    def client_taken(self) -> None:
        """Do nothing: the client of an explanation takes everything at once."""

    def client_left(self) -> None:
        """Do nothing: the client of an explanation does not leave."""

    def rest(self, seconds: float, dropped: Callable[[], None]) -> None:
        """Do nothing: the server is asked only once."""

    def resume_use(self) -> None:
        """Do nothing: the server is asked only once."""

    def close(self, silently: bool = False) -> None:
        """Do nothing: there is no connection to close."""
