"""The body of a server's answer on its way to the client.

Recordings: core_access_proxy/proxy-buffering-*; found_core/found-upstream/error-log-of-*, bad-first-chunk*.
"""

from __future__ import annotations

from ..output import send_body
from .body import BodyBuffers, BodyReader, ByLength
from .connection import Happening, PeerEvent
from .exchange import READING, READING_HEADER, SENDING_TO_CLIENT, TIMED_OUT, Exchange

_EXCESS = {
    True: b'upstream sent more data than specified in "Content-Length" header',
    False: b"upstream sent data after final chunk",
}


class Passing:
    """One body, from what has come with the head on.

    Without proxy_buffering nginx reads at most a buffer at a time and passes it on alone; with it, all that is there.
    """

    def __init__(self, exchange: Exchange, reader: BodyReader, buffering: bool) -> None:
        settings = exchange.settings
        self._exchange = exchange
        self._reader = reader
        self._buffers = BodyBuffers(reader, settings.buffer_size - exchange.head.size, settings.buffers[1]) if buffering else None
        # What has come and is not read.
        self._unread = exchange.unread

    async def run(self) -> bool:
        """Pass the body on. Returns whether it is whole. Raises InvalidChunks and ClientGone."""
        exchange, reader = self._exchange, self._reader
        exchange.upstream.action = READING_HEADER if self._buffers is None and exchange.rest else READING
        if self._buffers is not None and not reader.ended:
            self._unread = exchange.rest + self._unread
            exchange.attempt.bytes_received -= len(exchange.rest)
            self._take_all(self._buffers)
        else:
            self._take(exchange.rest)
            if self._buffers is None and not exchange.rest:
                send_body(exchange.request, b"", flush=True)
        while not reader.ended:
            if self._unread:
                self._take_unread()
                continue
            exchange.upstream.action = READING
            event = await exchange.next_event(exchange.settings.read_timeout)
            if event.happening is Happening.DATA:
                self._unread = event.data
            else:
                return self._end(event)
        return True

    @property
    def is_clean(self) -> bool:
        """Whether the server has sent the body and nothing after it."""
        return self._reader.ended and not self._reader.excess and not self._unread

    def _take_unread(self) -> None:
        if self._buffers is not None:
            self._take_all(self._buffers)
            return
        most = self._exchange.settings.buffer_size
        data, self._unread = self._unread[:most], self._unread[most:]
        self._exchange.attempt.bytes_received += len(data)
        self._take(data)

    def _take_all(self, buffers: BodyBuffers) -> None:
        attempt = self._exchange.attempt
        data, self._unread = self._unread, b""
        attempt.bytes_received += len(data)
        try:
            self._take(data)
        finally:
            self._unread = buffers.unread
            attempt.bytes_received -= len(self._unread)
            attempt.response_length -= len(self._unread)

    def _take(self, data: bytes) -> None:
        exchange, reader = self._exchange, self._reader
        exchange.attempt.response_length += len(data)
        body = (self._buffers or reader).feed(data)
        if reader.excess:
            exchange.log("warn", _EXCESS[isinstance(reader, ByLength)])
        self._send(body, more=not reader.ended)
        if self._buffers is None and data:
            exchange.upstream.action = SENDING_TO_CLIENT

    def _send(self, body: bytes, more: bool) -> None:
        """Send a piece of the body. While more comes, postpone_output holds back nothing of what is in a buffer; filters may."""
        request = self._exchange.request
        output, sent = request.response.output, request.main.response.output
        assert output is not None
        if not body:
            return
        held = 0 if sent is None else len(sent.held)
        send_body(request, body, flush=self._buffers is None or output.is_direct)
        if more and sent is not None and not sent.encoders and len(sent.held) > held:
            sent.send(b"", flush=True)

    def _end(self, event: PeerEvent) -> bool:
        """Whether the event that has stopped the body is its proper end. Any other event is logged."""
        exchange = self._exchange
        if event.happening is Happening.TIMED_OUT:
            exchange.log("error", TIMED_OUT)
            return False
        if self._buffers is not None:
            self._send(self._buffers.take(), more=False)
        if event.error is not None:
            exchange.log_broken(event.error, b"recv()" if self._buffers is None else b"readv()")
        elif self._reader.at_end():
            return True
        else:
            exchange.log("error", b"upstream prematurely closed connection")
        return False
