"""A connection to a gRPC server: what stays from one stream to the next, and the state of the present one."""

from __future__ import annotations

from msgspec import Struct

from ...upstream.connection import PeerConnection
from .frames import INITIAL_WINDOW, MAX_WINDOW


class Session(Struct, eq=False):
    """One connection. Windows in bytes.

    last_stream: its last stream's number.  send_window: what the server takes on all streams.
    initial_window: what it takes on a new stream.  receive_window: what the server may send.
    """

    last_stream: int
    send_window: int = INITIAL_WINDOW
    initial_window: int = INITIAL_WINDOW
    receive_window: int = MAX_WINDOW


class Stream(Struct, eq=False):
    """One request on a connection.

    is_first: it is the connection's first one.  send_window: what the server takes on this stream; below 0 after it has made its
    windows smaller.  receive_window: what it may send on it.  request_ended: the request and its body are sent.
    """

    session: Session
    connection: PeerConnection
    number: int
    is_first: bool
    send_window: int
    receive_window: int = MAX_WINDOW
    request_ended: bool = False

    @classmethod
    def begin(cls, connection: PeerConnection, first: int = 1) -> Stream:
        """The next stream of a connection. first: its number on a new connection."""
        session = connection.kept
        is_first = session is None
        if not isinstance(session, Session):
            session = connection.kept = Session(first - 2)
        session.last_stream += 2
        return cls(session, connection, session.last_stream, is_first, session.initial_window)

    @property
    def room(self) -> int:
        """How many bytes of the body may be sent now."""
        return min(self.session.send_window, self.send_window)

    def send(self, count: int) -> None:
        """So many bytes of the body are sent."""
        self.session.send_window -= count
        self.send_window -= count
