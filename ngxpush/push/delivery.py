"""How bytes reach the subscribers of a location: what is written for a message, at the start, as a ping and at the end.

One `Delivery` serves all subscribers that get the same bytes, so a message is encoded once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Any, cast

from ..config.directives.push_stream.padding import Padding
from ..config.directives.push_stream.settings import PushStreamLocation
from .frames import CLOSE_FRAME, PING_FRAME
from .messages import Message
from .padding import Paddings
from .question import CHUNKED, IDENTITY, Encoding, Sink
from .templates import EVENTSOURCE, WEBSOCKET, LocationTemplates, pieces

# What one write takes: ready bytes or, for an IDENTITY sink, pieces that are written one by one.
Payload = bytes | tuple[bytes, ...]
Write = Callable[[Any], None]


def chunks(parts: Iterable[bytes]) -> bytes:
    """A chunk for each piece that is not empty."""
    return b"".join([b"%x\r\n%b\r\n" % (len(part), part) for part in parts if part])


def encode(parts: Iterable[bytes], encoding: Encoding) -> Payload:
    """Pieces in the form in which a sink of that encoding takes them, without empty ones. FRAME pieces are frames already."""
    if encoding is CHUNKED:
        return chunks(parts)
    present = [part for part in parts if part]
    return tuple(present) if encoding is IDENTITY else b"".join(present)


def writer(sink: Sink) -> Write:
    """The function that writes payloads of the sink's encoding to it."""
    return partial(_write_each, sink.write) if sink.encoding is IDENTITY else sink.write


def send(sink: Sink, parts: Iterable[bytes]) -> None:
    """Encode pieces and write them."""
    payload = encode(parts, sink.encoding)
    if payload:
        writer(sink)(payload)


def _write_each(write: Callable[[bytes], None], parts: tuple[bytes, ...]) -> None:
    for part in parts:
        write(part)


def joined(payloads: Sequence[Payload]) -> Payload:
    """Payloads of one sink as one payload, for a sink that takes them so."""
    if isinstance(payloads[0], tuple):
        return (b"".join(chain.from_iterable(cast("Sequence[tuple[bytes, ...]]", payloads))),)
    return b"".join(cast(Sequence[bytes], payloads))


class Repeated:
    """A `write` that writes each payload so many times.

    A subscriber that names a channel several times gets each of its messages as often (recording streaming/same-channel-twice).
    """

    __slots__ = ("_times", "_write")

    def __init__(self, write: Write, times: int) -> None:
        self._write = write
        self._times = times

    def __call__(self, payload: Payload) -> None:
        for _ in range(self._times):
            self._write(payload)

    def repeat(self, payloads: Sequence[Payload]) -> tuple[Payload, ...]:
        """What it writes of several payloads."""
        return tuple([payload for payload in payloads for _ in range(self._times)])


class Delivery:
    """What subscribers of one location, transport encoding and padding get.

    ping, end: payloads, empty where there is nothing to write.  ping_interval, connection_ttl: seconds, None for never.
    """

    __slots__ = ("_padding", "_paddings", "_templates", "connection_ttl", "encoding", "end", "ping", "ping_interval")

    def __init__(
        self,
        settings: PushStreamLocation,
        templates: LocationTemplates,
        encoding: Encoding,
        paddings: Paddings,
        padding: Padding | None,
    ) -> None:
        self._templates = templates
        self._paddings = paddings
        self._padding = padding
        self.encoding = encoding
        self.ping_interval = settings.ping_message_interval
        self.connection_ttl = settings.subscriber_connection_ttl
        if templates.kind is WEBSOCKET:
            self.ping = encode([PING_FRAME], encoding)
            self.end = encode([templates.footer, CLOSE_FRAME], encoding)
        else:
            self.ping = encode([templates.ping, self._fill(templates.ping, padding.message_minimum if padding else 0)], encoding)
            self.end = encode([templates.footer], encoding)

    def start(self, messages: Sequence[Message], takes_empty: bool) -> tuple[Payload, bool]:
        """The payload an answer begins with, the header template and the old messages, and whether that is all of them.

        An empty piece and what follows it can't be sent, unless the sink takes it (Sink.takes_empty).
        """
        header = self._templates.header
        padding = self._fill(header, self._padding.header_minimum if self._padding else 0)
        parts = [part for part in (header, padding) if part]
        for message in messages:
            parts += self._message(message)
        whole = takes_empty or b"" not in parts
        return encode(parts if whole else parts[: parts.index(b"")], self.encoding), whole

    def encode(self, message: Message) -> Payload:
        """The payload of a message, empty where its template makes it so. Called once for all subscribers of this delivery."""
        return encode(self._message(message), self.encoding)

    def _message(self, message: Message) -> list[bytes]:
        parts = pieces(message, self._templates.index, self._templates.kind)
        if self._padding is not None:
            # Event-Id and Event-Type lines do not count as length (recording eventsource/padding).
            padding = self._fill(parts[-1], self._padding.message_minimum)
            if padding:
                parts.append(padding)
        return parts

    def _fill(self, text: bytes, minimum: int) -> bytes:
        return self._paddings.fill(len(text), minimum, self._templates.kind is EVENTSOURCE) if text else b""
