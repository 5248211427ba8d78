"""The body of a server's answer on its way to the client.

proxy_limit_rate counts what is read of the body, as limit_rate counts what is sent: the allowance of the first second is there at
the start. After each read, the last one too, nginx waits for as long as it should have taken; not after what came with the head.
Without proxy_buffering the rate has no effect. Measured with nginx 1.22.1 (nginx-tests: proxy_limit_rate).

Recordings: core_access_proxy/proxy-buffering-*; found_core/found-upstream/error-log-of-*, bad-first-chunk*.
"""

from __future__ import annotations

from ...config.directives.http.core import HttpCoreLocation
from ..limit_rate import Rate
from ..output import send_body
from .answer_file import AnswerCopy
from .body import BodyBuffers, BodyReader
from .connection import Happening, PeerEvent
from .exchange import READING, READING_HEADER, SENDING_TO_CLIENT, TIMED_OUT, Exchange


class Passing:
    """One body, from what has come with the head on.

    Without proxy_buffering nginx reads at most a buffer at a time and passes it on alone; with it, all that is there.
    """

    def __init__(self, exchange: Exchange, reader: BodyReader, buffering: bool, stored: AnswerCopy | None) -> None:
        settings = exchange.settings
        self._exchange = exchange
        self._reader = reader
        self._stored = stored
        self._buffers = _buffers(exchange, reader, stored is not None) if buffering else None
        # Of a body whose end has come, but is not read yet: what is passed on with its last piece.
        self._late = b""
        # What has come and is not read.
        self._unread = exchange.answer.unread
        rate = settings.limit_rate if buffering else 0
        self._rate = Rate(rate, -len(exchange.answer.rest), exchange.request.now) if rate else None
        self._next_read = exchange.request.now
        # What has come and may not be read yet.
        self._ahead = b""

    async def run(self) -> bool:
        """Pass the body on. Returns whether it is whole. Raises InvalidBody and ClientGone."""
        exchange, reader = self._exchange, self._reader
        exchange.upstream.action = READING_HEADER if self._buffers is None and exchange.answer.rest else READING
        if self._buffers is not None and not reader.ended:
            if self._rate is not None:
                self._ahead, self._unread = self._unread, b""
            self._unread = exchange.answer.rest + self._unread
            exchange.attempt.bytes_received -= len(exchange.answer.rest)
            self._take_all(self._buffers)
        else:
            self._take(exchange.answer.rest)
            if self._buffers is None and not exchange.answer.rest:
                send_body(exchange.request, b"", flush=True)
        while not reader.ended:
            if reader.cut:
                return False
            if self._stored is not None:
                await self._stored.write()
            if self._unread:
                self._take_unread()
                continue
            exchange.upstream.action = READING
            if not self._ahead:
                event = await exchange.next_event(exchange.settings.read_timeout)
                if event.happening is not Happening.DATA:
                    return self._end(event)
                self._ahead = event.data
            await self._read_ahead()
        if self._rate is not None:
            await exchange.pause(self._next_read - exchange.request.now)
        return True

    async def _read_ahead(self) -> None:
        """Read what has come, or as much of it as proxy_limit_rate allows."""
        count = len(self._ahead)
        if self._rate is not None:
            now = self._exchange.request.now
            await self._exchange.pause(self._next_read - now)
            now = self._exchange.request.now
            count, seconds = self._rate.take(count, now)
            self._next_read = now + seconds
        self._unread, self._ahead = self._ahead[:count], self._ahead[count:]

    @property
    def is_clean(self) -> bool:
        """Whether the server has sent the body and nothing after it."""
        return self._reader.ended and not self._reader.excess and not self._unread and not self._ahead

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
        pieces = [reader.feed(data)] if self._buffers is None else self._buffers.feed(data)
        exchange.reply()
        self._complain()
        if not reader.ended and not reader.cut and any(pieces) and self._ends_at_once():
            self._late += b"".join(pieces)
        else:
            self._send([self._late + pieces[0], *pieces[1:]] if self._late else pieces, more=not reader.ended)
            self._late = b""
        if self._buffers is None and data:
            exchange.upstream.action = SENDING_TO_CLIENT

    def _ends_at_once(self) -> bool:
        """Whether what the server has sent ends with this piece. nginx then passes on the rest of the body as one piece."""
        buffers = self._buffers
        if buffers is None or buffers.unread or self._ahead or not self._shows_pieces:
            return False
        return self._exchange.connection.is_ending

    @property
    def _shows_pieces(self) -> bool:
        """Whether it makes a difference in which pieces the body is passed on."""
        output, sent = self._exchange.request.response.output, self._exchange.request.main.response.output
        assert output is not None
        return not output.is_direct or sent is None or sent.chunked is not None

    def _complain(self) -> None:
        """Log what is wrong with the end of the body."""
        if self._reader.excess:
            self._exchange.log("warn", self._reader.excess)
        if self._reader.cut:
            self._exchange.log("error", self._reader.cut)

    def _send(self, pieces: list[bytes], more: bool) -> None:
        """Send pieces of the body. While more comes, postpone_output holds back nothing of what is in a buffer; filters may.

        One that also goes to a file is passed on as nginx reads it from there: in buffers of output_buffers.
        """
        if self._stored is not None:
            core = self._exchange.request.location.of(HttpCoreLocation)
            size = core.output_buffers[1]
            if not core.sendfile:
                pieces = [piece[place : place + size] for piece in pieces for place in range(0, len(piece), size)]
        elif len(pieces) > 1 and not self._shows_pieces:
            pieces = [b"".join(pieces)]
        for piece in pieces:
            self._send_piece(piece, more)

    def _send_piece(self, body: bytes, more: bool) -> None:
        request, upstream = self._exchange.request, self._exchange.upstream
        output, sent = request.response.output, request.main.response.output
        assert output is not None
        if not body:
            return
        if self._stored is not None:
            self._stored.add(body)
            if request.response.header_only:
                return
        held = 0 if sent is None else len(sent.held)
        action, upstream.action = upstream.action, SENDING_TO_CLIENT  # for what the body's filters log
        send_body(request, body, flush=self._buffers is None or (more and output.is_direct))
        upstream.action = action
        if more and sent is not None and not sent.encoders and len(sent.held) > held:
            sent.send(b"", flush=True)

    def _end(self, event: PeerEvent) -> bool:
        """Whether the event that has stopped the body is its proper end. Any other event is logged."""
        exchange = self._exchange
        if event.happening is Happening.TIMED_OUT:
            exchange.log("error", TIMED_OUT)
            return False
        if event.error is not None:
            exchange.log_broken(event.error, b"recv()" if self._buffers is None else b"readv()")
        if self._buffers is not None and event.fault is None:
            body = self._buffers.take()
            self._complain()
            # Of a connection that breaks nginx takes the last bytes, which may be the end of the body, but does not pass them on.
            self._send([self._late if event.error is not None else self._late + body], more=False)
        elif self._late:
            self._send([self._late], more=False)
        if self._reader.cut:
            return False
        if event.fault is not None:
            exchange.log(event.fault.level, event.fault.text)
        elif event.error is not None:
            return self._reader.ended
        elif self._reader.at_end():
            return True
        else:
            exchange.log("error", b"upstream prematurely closed connection")
        return False


def _buffers(exchange: Exchange, reader: BodyReader, to_file: bool) -> BodyBuffers:
    """The buffers for a body."""
    settings = exchange.settings
    count, size = settings.buffers
    busy = settings.busy_buffers_size or 2 * max(settings.buffer_size, size)
    sizes = (settings.buffer_size, *(size for _ in range(count)))
    return BodyBuffers(reader, exchange.buffer_size - exchange.head.size, sizes, busy, to_file)
