"""push_stream_subscriber long-polling: the old messages at once, or the first new one, or 304 when the time is over."""

from __future__ import annotations

from ...config.directives.push_stream.settings import PushStreamLocation
from ..messages import DELETED_ID, Message
from ..observing import End
from ..operations import UNLESS_MESSAGES
from ..question import PushClient, Question, Timer
from ..templates import EVENTSOURCE, LocationTemplates, pieces
from ..worker import PushWorker
from .common import EVENT_STREAM, Granted, ask
from .polling import JAVASCRIPT, answer, answer_with_messages, in_callback, not_modified


async def subscribe(question: Question, settings: PushStreamLocation, worker: PushWorker) -> None:
    """Answer with the old messages or, where there are none, wait."""
    granted = await ask(question, settings, worker, UNLESS_MESSAGES)
    if granted is None:
        return
    if granted.staying:
        subscriber = LongPollingSubscriber(question, settings, granted, worker)
        if granted.messages:  # on the events channel the client gets the event of its own subscription to the next channel
            subscriber.message(granted.messages[0])
    else:
        answer_with_messages(question, granted, worker.templates.of(settings))


class LongPollingSubscriber:
    """A client that waits for its answer."""

    __slots__ = ("_callback", "_gone", "_headers", "_question", "_settings", "_timer", "_worker", "channels")

    def __init__(self, question: Question, settings: PushStreamLocation, granted: Granted, worker: PushWorker) -> None:
        """Register with the worker."""
        self.channels = granted.channels
        self._question = question
        self._settings = settings
        self._headers = granted.headers
        self._callback = question.take_callback()
        self._worker = worker
        self._gone = False
        self._timer: Timer | None = None
        worker.add_waiting(self, granted.resume)
        question.wait(self._headers, self.leave)
        if worker.observer is not None and not self._gone:
            worker.observer.subscribed(question, self.channels)
        ttl = settings.longpolling_connection_ttl
        if ttl is None:
            ttl = settings.subscriber_connection_ttl
        if ttl is not None and not self._gone:
            self._timer = worker.clock.call_later(ttl, self._time_is_over)

    @property
    def client(self) -> PushClient:
        """See audiences.Subscriber."""
        return self._question.client

    @property
    def has_timer(self) -> bool:
        """See audiences.Subscriber."""
        return self._timer is not None

    def leave(self) -> None:
        """Take no more messages: the client is gone, or is being answered."""
        if self._gone:
            return
        self._gone = True
        if self._timer is not None:
            self._timer.cancel()
        self._worker.remove_waiting(self)

    def message(self, message: Message) -> None:
        """Answer with a message. The message of a deleted channel has no time: the answer gets the present one."""
        if self._gone:
            return
        deleted = message.id == DELETED_ID
        if self._worker.observer is not None:
            self._report(End.DELETED if deleted else End.MESSAGE)
        time = int(self._worker.clock.now()) if deleted else message.time
        templates = self._worker.templates.of(self._settings)
        self._answer(time, message.tag, pieces(message, templates.index, templates.kind), templates)

    def end(self) -> None:
        """Answer without a message: 304, or the time-out message where push_stream_timeout_with_body is on."""
        if self._gone:
            return
        self._report(End.WORKER_ENDS)
        now, templates = int(self._worker.clock.now()), self._worker.templates.of(self._settings)
        if self._worker.main.timeout_with_body:
            self._answer(now, 0, [templates.timed_out], templates)
        else:
            self.leave()
            not_modified(self._question, self._headers, now, 0, self._content_type(templates))

    def _time_is_over(self) -> None:
        self._report(End.TIME_OVER)
        self.end()

    def _report(self, why: End) -> None:
        if self._worker.observer is not None:
            self._worker.observer.ends(self._question, why)

    def _answer(self, time: int, tag: int, parts: list[bytes], templates: LocationTemplates) -> None:
        """Answer with the pieces of a message; its text is the last one."""
        self.leave()
        if self._callback is not None:
            parts[-1:] = in_callback(parts[-1], self._callback)
        sink = answer(self._question, self._headers, time, tag, self._content_type(templates), parts, templates)
        if sink is not None:
            sink.spoil()

    def _content_type(self, templates: LocationTemplates) -> bytes | None:
        # Only an answer that was waited for has an eventsource location's type (recording eventsource/long-polling-mode-header).
        if self._callback is not None:
            return JAVASCRIPT
        return EVENT_STREAM if templates.kind is EVENTSOURCE else None
