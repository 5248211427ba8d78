"""What those who observe a worker's requests hear. Addresses, methods, targets and names are bytes, as the client sent them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from ...config.directives.push_stream.settings import SubscriberMode
from ...config.role import Role
from ...config.tree import Statement
from ...push.observing import End


class Asker(Struct, frozen=True, gc=False):
    """A client's request.

    number: the same in all events of one request, another one for each request of this process.  connection: $connection.
    address: the client's, after realip.  peer: the address that is connected.  server_address: the end here, text and port.
    method: b"" where the request line was refused.  request_line: without its end, as far as it came.
    headers: in the order they came.  started: seconds since the epoch.
    host: the one that it asks for, in lower case, without a port; None where it names none.
    """

    number: int
    connection: int
    address: bytes
    peer: bytes
    server_address: tuple[bytes, int]
    by_tls: bool
    method: bytes
    target: bytes
    request_line: bytes
    headers: Sequence[tuple[bytes, bytes]]
    started: float
    host: bytes | None


class SubscriberBegan(Struct, frozen=True, gc=False):
    """A client waits for messages of these channels. time: seconds since the epoch.  location: the block, as in RequestEnded."""

    asker: Asker
    mode: SubscriberMode
    channels: tuple[bytes, ...]
    time: float
    location: Statement | None


class FramePublished(Struct, frozen=True, gc=False):
    """A WebSocket subscriber has published a message. size: bytes.  reached: how many subscribers it goes to."""

    asker: Asker
    channels: tuple[bytes, ...]
    size: int
    reached: int
    time: float
    location: Statement | None


class RequestEnded(Struct, frozen=True, gc=False):
    """A request has ended, whatever its answer was. Subrequests have none of their own.

    time: seconds since the epoch.  duration: seconds.  user: of a Basic Authorization header; None without one.
    refused: its head was refused.  body: what it sent begins with this; b"" also if no one has read it, or it is in a file.
    body_length: of the whole body, as far as it is known.
    status: as nginx logs it: 0 for none, 9 for HTTP/0.9.  bytes_sent: with the head; body_sent: without.
    explanation: the X-Nginx-PushStream-Explain of the answer, which says why push refused; b"" without one.
    server, location: the blocks whose settings were in force at the end, with their places; location is None outside all
    locations. The location may be an `if` or a `limit_except`.
    role: of the location for push; None for another.  mode: how a subscriber asked; None for others.
    channels: those that a publisher or subscriber names; for others ().
    published: the size of the message a publisher has published, in bytes; reached: how many subscribers it goes to. None for all
    others.
    began: whether it was a subscriber (there was a SubscriberBegan).
    end: why the subscription ended; None: its client has left.
    """

    asker: Asker
    time: float
    duration: float
    user: bytes | None
    refused: bool
    body: bytes
    body_length: int
    status: int
    bytes_sent: int
    body_sent: int
    explanation: bytes
    server: Statement | None
    location: Statement | None
    role: Role | None
    mode: SubscriberMode | None
    channels: tuple[bytes, ...]
    published: int | None
    reached: int | None
    began: bool
    end: End | None


class RequestObserver(Protocol):
    """Observes the requests of a worker. It is called in the middle of them: it must neither wait nor raise."""

    def subscriber_began(self, event: SubscriberBegan) -> None: ...

    def frame_published(self, event: FramePublished) -> None: ...

    def request_ended(self, event: RequestEnded) -> None: ...
