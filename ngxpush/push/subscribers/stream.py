"""A subscriber whose answer stays open: streaming, eventsource and websocket."""

from __future__ import annotations

from ...config.directives.push_stream.padding import Padding
from ...config.directives.push_stream.settings import PushStreamLocation
from ..delivery import writer
from ..ping_times import begun
from ..question import Sink, Timer
from ..worker import PushWorker, Stage
from .common import Granted


class StreamSubscriber:
    """One client. There is one of these for each client that waits, so it holds little.

    gone: the client has left or was ended; nothing may be written to it any more.
    """

    __slots__ = ("_ping_timer", "_since", "_sink", "_ttl_timer", "_worker", "channels", "delivery", "gone", "write")

    def __init__(
        self, sink: Sink, settings: PushStreamLocation, padding: Padding | None, granted: Granted, worker: PushWorker
    ) -> None:
        """Register with the worker and write what the answer begins with: the header template and the old messages."""
        self._sink = sink
        self.write = writer(sink)
        self.delivery = worker.delivery(settings, sink.encoding, padding)
        self.channels = granted.channels
        self._worker = worker
        self.gone = False
        self._since = 0.0
        self._ping_timer: Timer | None = None
        self._ttl_timer: Timer | None = None
        worker.add_open(self)
        sink.closed = self.leave
        if self.gone:
            return
        self._start_timers()
        start = self.delivery.start(granted.messages)
        if start:
            self.write(start)

    @property
    def has_timer(self) -> bool:
        """See worker.Subscriber."""
        return self._ttl_timer is not None or self._ping_timer is not None

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
        if not self.gone:
            self.leave()
            if self.delivery.end:
                self.write(self.delivery.end)
            self._sink.finish()

    def _start_timers(self) -> None:
        delivery, clock = self.delivery, self._worker.clock
        if delivery.ping_interval is not None:
            self._since = clock.now()
            self._ping_timer = clock.call_later(delivery.ping_interval, self._ping_due)
        if delivery.connection_ttl is not None:
            self._ttl_timer = clock.call_later(delivery.connection_ttl, self.end)

    def _ping_due(self) -> None:
        """Ping, unless a message has put it off meanwhile: then wait for what is left of the interval."""
        interval, clock = self.delivery.ping_interval or 0.0, self._worker.clock
        now = clock.now()
        self._since = begun(self._since, self._worker.message_times(self.channels))
        left = self._since + interval - now
        if left <= 0:
            if self.delivery.ping:
                self.write(self.delivery.ping)
            self._since = now
            left = interval
        again = not self.gone and self._worker.stage is Stage.OPEN
        self._ping_timer = clock.call_later(left, self._ping_due) if again else None
