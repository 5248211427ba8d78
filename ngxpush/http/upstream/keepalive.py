"""Connections to a group's servers that are kept open between requests (directive keepalive)."""

from __future__ import annotations

from .connection import PeerConnection


class IdleConnections:
    """The idle connections of one group, the one that is idle for longest first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._idle: list[tuple[bytes, PeerConnection]] = []

    def take(self, peer: bytes) -> PeerConnection | None:
        """Take the connection to a peer that was put back last; None without one."""
        for place in range(len(self._idle) - 1, -1, -1):
            name, connection = self._idle[place]
            if name == peer:
                del self._idle[place]
                connection.resume_use()
                return connection
        return None

    def put(self, peer: bytes, connection: PeerConnection, milliseconds: int) -> None:
        """Keep a connection. If there are too many, the one that is idle for longest is closed."""
        while len(self._idle) >= self._most:
            self._idle.pop(0)[1].close()
        entry = (peer, connection)
        self._idle.append(entry)

        def dropped() -> None:
            if entry in self._idle:
                self._idle.remove(entry)

        connection.rest(milliseconds / 1000, dropped)
