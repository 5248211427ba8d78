"""A client's body that is passed on as it comes (proxy_request_buffering off).

Recording: core_access_proxy/proxy-body-unbuffered-chunked.
"""

from __future__ import annotations

from ..filters.chunked import LAST_CHUNK, chunk
from .connection import PeerConnection


class ClientBody:
    """The pieces of the body, chunked or unchanged. They are kept until there is a connection to pass them to.

    ended: the body is whole.  status: the status to answer a broken or too large body with; 0 for none.
    """

    def __init__(self) -> None:
        self.ended = False
        self.status = 0
        self._chunked = False
        self._held: list[bytes] = []
        self._connection: PeerConnection | None = None

    def received(self, data: bytes, ended: bool) -> None:
        """Take a piece. ended: it is the last one."""
        self.ended = ended
        if data:
            self._held.append(data)
        if self._connection is not None:
            self._pass()

    def failed(self, status: int) -> None:
        """Discard the body, of which no more comes."""
        self.status = status
        if self._connection is not None:
            self._connection.client_failed()

    def take(self) -> bytes:
        """What is here, if that is the whole body."""
        held, self._held = b"".join(self._held), []
        return held

    def pass_to(self, connection: PeerConnection, chunked: bool) -> None:
        """Pass on what has come, and each further piece."""
        self._connection = connection
        self._chunked = chunked
        self._pass()

    def stop(self) -> None:
        """Pass on nothing more."""
        self._connection = None

    def _pass(self) -> None:
        connection = self._connection
        assert connection is not None
        data = self.take()
        if self._chunked:
            data = (chunk(data) if data else b"") + (LAST_CHUNK if self.ended else b"")
        if data:
            connection.client_sent(data)
        if self.ended:
            connection.client_ended()
