"""HTTP/2 as grpc_pass speaks it: a stream for each request, and one request at a time on a connection.

Measured with nginx 1.22.1 (tests/differential/test_grpc.py; nginx-tests: grpc*).
"""

from __future__ import annotations

from ....config.directives.gateways.grpc import GrpcLocation
from ...operations import BodyFile
from ...request import Request
from ...upstream.client_body import ClientBody
from ...upstream.codec import SentRequest, Target, UrlForm
from ...upstream.connection import PeerConnection
from ...upstream.outflow import Outflow, unframed
from ..passed_on import awaits_body
from .answer import GrpcAnswer
from .outgoing import MemoryOutflow, Outgoing
from .request import header_block
from .session import Stream


class GrpcCodec:
    """One request, and the answers to it (`upstream.codec.Codec`)."""

    url_form = UrlForm({b"grpc": 0, b"grpcs": 0}, b"grpc")
    rewriting = None

    def __init__(self, request: Request, settings: GrpcLocation) -> None:
        self._request = request
        self._settings = settings
        self.destination = GrpcDestination()
        self._block = b""
        self._stream: Stream | None = None
        self._answer: GrpcAnswer | None = None
        self._outgoing: Outgoing | None = None

    def is_streamed(self) -> bool:
        """Whether there is a body, and it is not here."""
        given = self._request.input
        return given.body is None and given.body_file is None and awaits_body(self._request)

    def request(self, streamed: ClientBody | None) -> SentRequest:
        """The request, whose bytes depend on the connection: `open` makes them."""
        given = self._request.input
        file: BodyFile | None = given.body_file if streamed is None else None
        length = given.content_length
        if given.chunked and streamed is None:
            length = len(given.body or b"") if file is None else file.size
        self._block = header_block(self._request, self._settings, self.destination.authority, self.destination.secure, length)
        return SentRequest(b"", unframed, streamed, file, self)

    def open(self, connection: PeerConnection, body: Outflow | None) -> Outflow:
        """Begin a stream for an attempt. On a new connection it has the number that the last attempt had on another one."""
        given = self._request.input
        stream = self._stream = Stream.begin(connection, 1 if self._stream is None else self._stream.number)
        if body is None and (given.chunked or given.content_length is not None):
            body = MemoryOutflow(given.body or b"")
        self._answer = GrpcAnswer(self._request, self._settings, stream)
        self._outgoing = Outgoing(stream, self._block, body)
        return self._outgoing

    def answer(self, buffer_size: int) -> GrpcAnswer:
        """The answer on the stream that has begun."""
        assert self._answer is not None
        return self._answer

    def reply(self) -> bytes:
        """What acknowledges what has come."""
        return b"" if self._answer is None else self._answer.reply()

    @property
    def is_blocked(self) -> bool:
        """Whether the server's window is full."""
        return self._outgoing is not None and self._outgoing.is_blocked


class GrpcDestination:
    """The server that is asked (`upstream.codec.Destination`). authority: the pseudo header.  secure: by TLS."""

    cache_key = b""  # nothing is cached

    def __init__(self) -> None:
        self.authority = b""
        self.secure = False

    def aim(self, target: Target | None) -> None:
        """Do nothing: no variable shows the target."""

    def uri(self, target: Target) -> bytes:
        """Nothing: the log shows the address alone."""
        self.authority = _authority(target)
        self.secure = target.scheme == b"grpcs"
        return b""


def _authority(target: Target) -> bytes:
    address = target.address
    if address.path is not None:
        return b"localhost"
    host = b"[%b]" % address.host if address.ipv6 else address.host
    return host if address.no_port else b"%b:%d" % (host, address.port)
