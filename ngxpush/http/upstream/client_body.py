"""What a client sends, passed on to a server as it comes: a body (proxy_request_buffering off), or bytes after an upgrade.

The server takes it at its own pace. What it has not taken yet waits here; while that is much, no more is read from the client.

Recording: core_access_proxy/proxy-body-unbuffered-chunked.
"""

from __future__ import annotations

from .connection import PeerConnection
from .outflow import Frame, unframed

_MOST_HELD = 64 * 1024


class ClientBody:
    """The pieces, as they came or framed. They are kept until the exchange takes them.

    ended: the body is whole.  size: the bytes that wait here.  status: to answer a broken or too large body with; 0 for none.
    """

    def __init__(self) -> None:
        self.ended = False
        self.status = 0
        self._frame: Frame = unframed
        self._held: list[bytes] = []
        self.size = 0
        self._connection: PeerConnection | None = None

    @property
    def is_full(self) -> bool:
        """Whether no more is to be read from the client (`request.BodyReceiver`)."""
        return self.size > _MOST_HELD

    def received(self, data: bytes, ended: bool = False) -> None:
        """Take a piece. ended: it is the last one."""
        self.ended = ended
        if data:
            self._held.append(data)
            self.size += len(data)
        if self._connection is not None:
            self._connection.client_sent()

    def failed(self, status: int) -> None:
        """Discard the body, of which no more comes."""
        self.status = status
        if self._connection is not None:
            self._connection.client_failed()

    def take(self) -> bytes:
        """Remove and return what is here, as it came."""
        held, self._held, self.size = b"".join(self._held), [], 0
        return held

    def pass_to(self, connection: PeerConnection, frame: Frame = unframed) -> None:
        """Report each further piece to the exchange on that connection, which takes it by `next`."""
        self._connection = connection
        self._frame = frame

    def stop(self) -> None:
        """Report nothing more."""
        self._connection = None

    # As outflow.Outflow

    @property
    def is_sent(self) -> bool:
        return self.ended and not self.size

    def next(self) -> bytes:
        """What has come, in the form in which the server gets it."""
        return self._frame(self.take(), self.ended)
