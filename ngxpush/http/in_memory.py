"""The answers of subrequests that are kept in memory and not sent: those of ssi that fill a variable (`set=`).

An answer may be as long as its head says, or as `subrequest_output_buffer_size` of its own location allows if it does not say
so: the buffer is made when the first piece comes. A longer one ends the client's request. Such a subrequest can't have
subrequests of its own. Recording core-ssi-set.
"""

from __future__ import annotations

from ..config.directives.http.core import HttpCoreLocation
from .request import Request
from .status import ERROR


class InMemory:
    """Keeps the body of one subrequest. Pieces after one that did not fit are dropped."""

    __slots__ = ("_pieces", "_request", "_room")

    def __init__(self, request: Request) -> None:
        self._request = request
        self._pieces: list[bytes] | None = None
        self._room = 0

    @property
    def body(self) -> bytes | None:
        """What has come so far; None if not even an empty piece has."""
        return None if self._pieces is None else b"".join(self._pieces)

    def take(self, data: bytes) -> None:
        """Keep a piece."""
        if self._pieces is None:
            limit = self._request.location.of(HttpCoreLocation).subrequest_output_buffer_size
            length = self._request.response.content_length
            if length is not None and length > limit:
                self._refuse(b"too big subrequest response: %d" % length)
                return
            self._pieces = []
            self._room = limit if length is None else length
        if len(data) > self._room:
            self._refuse(b"too big subrequest response")
            return
        self._room -= len(data)
        self._pieces.append(data)

    def _refuse(self, message: bytes) -> None:
        request = self._request
        request.take_body = None
        request.connection.log("error", message, request)
        request.carrier.terminate(request, ERROR)
