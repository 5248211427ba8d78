"""A subscriber whose answer stays open: streaming, eventsource and websocket.

nginx refuses to send a piece without bytes: a message that its template makes empty, or an empty ping. A subscriber that has one
leaves its channels and gets nothing more, not even an end; its next request closes the connection (`Sink.spoil`). Where the
piece is among the old messages, it leaves with the next piece of any kind, which is refused as well. A filter that takes
empty pieces (gzip) spares it that. Recordings of oddities/streaming.
"""

from __future__ import annotations

from ...config.directives.push_stream.padding import Padding
from ...config.directives.push_stream.settings import PushStreamLocation
from ..delivery import Payload, Write, writer
from ..observing import End
from ..operations import ALWAYS
from ..ping_times import begun
from ..question import Answer, PushClient, Question, Sink, Timer
from ..worker import PushWorker, Stage
from .common import Granted, ask, choose_padding


async def open_stream(
    question: Question, settings: PushStreamLocation, worker: PushWorker, content_type: bytes | None = None
) -> None:
    """Open a stream. content_type: None for the location's."""
    granted = await ask(question, settings, worker, ALWAYS)
    if granted is not None:
        sink = question.open(Answer(200, granted.headers, content_type=content_type, body_unread=True))
        subscriber = StreamSubscriber(sink, settings, choose_padding(question, settings), granted, worker)
        if not granted.complete:
            question.log("alert", "header already sent")
            subscriber.abort()


class StreamSubscriber:
    """One client. There is one of these for each client that waits, so it holds little.

    gone: the client has left or was ended; nothing may be written to it any more.  _whole: nothing was refused so far.
    """

    __slots__ = ("_ping_timer", "_since", "_sink", "_ttl_timer", "_whole", "_worker", "channels", "delivery", "gone", "write")

    def __init__(
        self, sink: Sink, settings: PushStreamLocation, padding: Padding | None, granted: Granted, worker: PushWorker
    ) -> None:
        """Register with the worker and write what the answer begins with: the header template and the old messages."""
        self._sink = sink
        write = writer(sink)
        self.delivery = worker.delivery(settings, sink.encoding, padding)
        start, self._whole = self.delivery.start(granted.messages, sink.takes_empty)
        self.write: Write = write if self._whole else self._refuse
        self.channels = granted.channels
        self._worker = worker
        self.gone = False
        self._since = 0.0
        self._ping_timer: Timer | None = None
        self._ttl_timer: Timer | None = None
        worker.add_open(self, granted.resume, bool(granted.messages))
        sink.closed = self.leave
        if self.gone:
            return
        if worker.observer is not None:
            worker.observer.subscribed(sink, self.channels)
        self._start_timers()
        if start:
            write(start)

    @property
    def client(self) -> PushClient:
        """See audiences.Subscriber."""
        return self._sink.client

    @property
    def has_timer(self) -> bool:
        """See audiences.Subscriber."""
        return self._ttl_timer is not None or self._ping_timer is not None

    @property
    def takes_joined(self) -> bool:
        """See Sink."""
        return self._sink.takes_joined

    def leave(self) -> None:
        """Take no more messages: the client is gone, or about to be ended."""
        if self.gone:
            return
        self.gone = True
        for timer in (self._ping_timer, self._ttl_timer):
            if timer is not None:
                timer.cancel()
        self._worker.remove_open(self)

    def end(self) -> None:
        """Write the footer and end the answer."""
        self._report(End.WORKER_ENDS if self.channels else End.DELETED)
        if not self._whole:
            self._refuse(self.delivery.end)
        elif not self.gone:
            self.leave()
            if self.delivery.end:
                self.write(self.delivery.end)
            self._sink.finish()

    def abort(self) -> None:
        """Close the connection: there is no memory for the subscription."""
        self._report(End.NO_MEMORY)
        self.leave()
        self._sink.abort()

    def empty(self) -> None:
        """Take a message, or a ping, without bytes."""
        if not self._sink.takes_empty:
            self._refuse(b"")

    def _time_is_over(self) -> None:
        self._report(End.TIME_OVER)
        self.end()

    def _report(self, why: End) -> None:
        if self._worker.observer is not None and not self.gone:
            self._worker.observer.ends(self._sink, why)

    def _refuse(self, payload: Payload) -> None:
        if not self.gone:
            self._report(End.EMPTY_PIECE)
            self.leave()
            self._worker.clock.call_later(0, self._sink.spoil)  # after the request that publishes, as in nginx's access log

    def _start_timers(self) -> None:
        delivery, clock = self.delivery, self._worker.clock
        if delivery.ping_interval is not None:
            self._since = clock.now()
            self._ping_timer = clock.call_later(delivery.ping_interval, self._ping_due)
        if delivery.connection_ttl is not None:
            self._ttl_timer = clock.call_later(delivery.connection_ttl, self._time_is_over)

    def _ping_due(self) -> None:
        """Ping, unless a message has put it off meanwhile: then wait for what is left of the interval."""
        interval, clock = self.delivery.ping_interval or 0.0, self._worker.clock
        now = clock.now()
        self._since = begun(self._since, self._worker.message_times(self.channels))
        left = self._since + interval - now
        if left <= 0:
            if self.delivery.ping:
                self.write(self.delivery.ping)
            else:
                self.empty()
            self._since = now
            left = interval
        again = not self.gone and self._worker.stage is Stage.OPEN
        self._ping_timer = clock.call_later(left, self._ping_due) if again else None
