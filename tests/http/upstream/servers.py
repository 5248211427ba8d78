"""A site in front of servers that answer from a list, without sockets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ngxpush.http.operations import AskNameServers, Drained, Next, NotEnoughConnections, Open, ReadBody, Resolve
from ngxpush.http.upstream.connection import Endpoint, Happening, PeerEvent
from tests.http.fakes import NOW, MemoryBodyFile
from tests.http.serving import Site

REFUSED = PeerEvent(Happening.FAILED, error=ConnectionRefusedError(111, "Connection refused"))
CLOSED = PeerEvent(Happening.END)
SILENT = PeerEvent(Happening.TIMED_OUT)
LEFT = PeerEvent(Happening.CLIENT_LEFT)


def says(text: str | bytes) -> PeerEvent:
    """The server sends this, lines of the head ended by `\\n`."""
    if isinstance(text, bytes):
        return PeerEvent(Happening.DATA, text)
    head, blank, body = text.partition("\n\n")
    return PeerEvent(Happening.DATA, (head + blank).replace("\n", "\r\n").encode() + body.encode())


def client(data: bytes) -> PeerEvent:
    """The client sends this; nothing: its body is whole."""
    return PeerEvent(Happening.CLIENT_DATA, data)


class Server:
    """One connection to a server: `http.upstream.connection.PeerConnection`, with its events in order."""

    made, requests, unsent, is_full, is_handshaking, is_ending = NOW, 0, 0, False, False, False
    kept: object = None

    def __init__(self, *events: PeerEvent, refused: bool = False) -> None:
        self.events = list(events) if refused else [PeerEvent(Happening.CONNECTED), *events]
        self.endpoint: Endpoint | None = None
        self.waited: list[int | None] = []
        self.held: list[bool] = []
        self.sent = b""
        self.closed = self.resting = False

    def send(self, data: bytes) -> None:
        self.sent += data

    def client_sent(self) -> None:
        """Do nothing: the site takes the client's data out of the events."""

    def client_taken(self) -> None:
        self.events.insert(0, PeerEvent(Happening.CLIENT_TAKEN))

    def client_failed(self) -> None:
        self.events.append(PeerEvent(Happening.CLIENT_FAILED))

    def client_left(self) -> None:
        self.events.insert(0, LEFT)

    def wait(self, seconds: float | None, resume: Callable[[Any], None], held: bool) -> Any:
        raise AssertionError("the site takes the events itself")

    def rest(self, seconds: float, dropped: Callable[[], None]) -> None:
        self.resting = True

    def resume_use(self) -> None:
        self.resting = False

    def close(self, silently: bool = False) -> None:
        self.closed = True

    @property
    def lines(self) -> list[str]:
        """The head that was sent to it."""
        return self.sent.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")

    @property
    def body(self) -> bytes:
        return self.sent.partition(b"\r\n\r\n")[2]


class ProxiedSite(Site):
    """A site whose requests find these connections, in this order, and no more. body: the client's, or body_file."""

    def __init__(self, http: str, *servers: Server, body: bytes = b"") -> None:
        super().__init__(http)
        self.waiting = list(servers)
        self.opened: list[bytes] = []
        self.body = body
        self.body_file: MemoryBodyFile | None = None

    def _perform(self, operation: Any) -> tuple[Any, Exception | None]:
        if isinstance(operation, ReadBody):
            operation.request.input.body = self.body
            operation.request.input.body_file = self.body_file
            return self.body, None
        if isinstance(operation, Drained):
            return None, None
        if isinstance(operation, Resolve | AskNameServers):
            return [(b"192.0.2.1", False), (b"192.0.2.2", False)], None
        if isinstance(operation, Open):
            if not self.waiting:
                return None, NotEnoughConnections(512)
            server = self.waiting.pop(0)
            server.endpoint = operation.endpoint
            self.opened.append(operation.endpoint.path or b"%b:%d" % (operation.endpoint.host, operation.endpoint.port))
            return server, None
        if isinstance(operation, Next):
            server = operation.connection
            assert isinstance(server, Server)
            server.waited.append(operation.milliseconds)
            server.held.append(operation.held)
            if operation.held and operation.milliseconds is not None:
                self.connection.at += operation.milliseconds / 1000
                return PeerEvent(Happening.TIMED_OUT), None
            if operation.held:
                self.connection.draining = None
                self._serve_subrequests()
                return PeerEvent(Happening.CLIENT_TAKEN), None
            event = server.events.pop(0)
            server.is_full = server.is_full and event.happening is not Happening.TAKEN
            if event.happening is Happening.CLIENT_DATA:
                self.connection.receiver.received(event.data, ended=not event.data)
            return event, None
        return super()._perform(operation)


OK = says("HTTP/1.1 200 OK\nContent-Length: 2\n\nok")


def location(directives: str, target: str = "http://127.0.0.1:81", name: str = "/") -> str:
    """A server with one proxied location."""
    return f"server {{ location {name} {{ {directives} proxy_pass {target}; }} }}"
