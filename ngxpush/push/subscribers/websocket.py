"""push_stream_subscriber websocket: each message a text frame; the client may publish (push_stream_websocket_allow_publish).

The module writes the 101 itself, so it has none of the location's headers. After the 101 a refusal can only be a close frame
(recording websocket/refused-channels-get-a-close-frame).
"""

from __future__ import annotations

from ...config.directives.push_stream.settings import PushStreamLocation
from ...numbers import parse_decimal
from ..answers import Headers, explained, log_refusal
from ..frames import CLOSE_FRAME, PONG_FRAME, FrameReader, Received, accept_key, refusal_frame
from ..observing import End
from ..operations import ALWAYS, Publish, Refusal, ZoneAway, ZoneLost
from ..path import NO_CHANNEL_ID
from ..question import NO_CACHE, Answer, Question, Sink
from ..worker import PushWorker
from .common import Granted, grant
from .stream import StreamSubscriber

_SERVICE_UNAVAILABLE = 503
_VERSIONS = (8, 13)
_MISSING = "Don't have at least one of the mandatory headers: Connection, Upgrade, Sec-WebSocket-Key and Sec-WebSocket-Version"
_NOT_SUPPORTED = "Version not supported. Supported versions: 8, 13"


async def subscribe(question: Question, settings: PushStreamLocation, worker: PushWorker) -> None:
    """Shake hands and open the connection, or refuse."""
    if question.method != b"GET":
        question.answer(Answer(405, ((b"Allow", b"GET"),), body_unread=True, close=True))
        return
    refused = _refused_handshake(question)
    if refused is not None:
        question.answer(Answer(400, NO_CACHE + refused, body_unread=True, close=True))
        return
    granted = await grant(question, settings, worker, ALWAYS, ())
    if isinstance(granted, Refusal):
        _refuse(question, granted)
    else:
        WebSocketClient(question, settings, granted, worker)


def _refused_handshake(question: Question) -> Headers | None:
    """The headers that say what is wrong with a handshake; None for a good one.

    Upgrade and Connection must be there, whatever they say (recording websocket/values-of-upgrade-and-connection-do-not-matter).
    """
    version = question.header(b"sec-websocket-version")
    others = (b"upgrade", b"connection", b"sec-websocket-key")
    if version is None or any(question.header(name) is None for name in others):
        question.log("error", f"push stream module: {_MISSING}")
        return explained(_MISSING.encode())
    number = _version(version)
    if number not in _VERSIONS:
        question.log("error", f"push stream module: version: {_as_32_bits(number)} {_NOT_SUPPORTED}")
        return ((b"Sec-WebSocket-Version", b"8, 13"), *explained(_NOT_SUPPORTED.encode()))
    return None


def _version(text: bytes) -> int:
    """The version a client asks for; -1 where that is no number."""
    number = parse_decimal(text)
    return -1 if number is None else number


def _as_32_bits(number: int) -> int:
    """A number as the module logs it: its lowest 32 bits, with their sign."""
    return (number & 0xFFFFFFFF ^ 0x80000000) - 0x80000000


def _head(question: Question) -> Headers:
    """The headers of the 101."""
    return (
        *NO_CACHE,
        (b"Upgrade", b"WebSocket"),
        (b"Connection", b"Upgrade"),
        (b"Sec-WebSocket-Accept", accept_key(question.header(b"sec-websocket-key") or b"")),
    )


def _refuse(question: Question, refusal: Refusal) -> None:
    """Switch protocols, and say why not in a close frame; without a channel the connection just ends.

    The access log shows `000` for the one and 400 for the other, for which nginx tries to send a second head, and
    breaks off (recording found-push-frames/refused-handshakes-in-the-logs).
    """
    log_refusal(question, refusal)
    if refusal is NO_CHANNEL_ID:
        question.log("alert", "header already sent")
        question.switch_protocols(_head(question), _ignore, refusal.status, explained(refusal.explain)).abort()
        return
    sink = question.switch_protocols(_head(question), _ignore, 0)
    sink.write(refusal_frame(refusal.status, refusal.explain))
    sink.finish()


def _ignore(data: bytes) -> None:
    """Bytes of a refused client are dropped."""


class WebSocketClient:
    """A subscribed client, and the frames it sends."""

    __slots__ = ("_question", "_reader", "_settings", "_sink", "_subscriber", "_worker")

    def __init__(self, question: Question, settings: PushStreamLocation, granted: Granted, worker: PushWorker) -> None:
        self._question = question
        self._reader = FrameReader()
        self._settings = settings
        self._worker = worker
        self._sink: Sink = question.switch_protocols(_head(question), self.received, 200)
        self._subscriber = StreamSubscriber(self._sink, settings, None, granted, worker)
        self._sink.closed = self._left
        if not granted.complete:  # it stays a subscriber of the channels there is memory for, until it leaves
            self._sink.write(refusal_frame(500, b""))

    def received(self, data: bytes) -> None:
        """Take bytes from the client. They are ignored once its subscription has ended.

        The module reads a frame to its last byte and no further, so after a whole frame nginx takes it that more may be there.
        """
        if not self._subscriber.gone:
            self._handle(data)

    def _handle(self, data: bytes) -> bool:
        """Handle what has arrived. Returns whether something is written to the client because of it."""
        answered = False
        events = self._reader.receive(data)
        self._sink.more_may_come = self._reader.ends_with_frame
        for event, payload in events:
            if event is Received.TEXT:
                if self._settings.websocket_allow_publish:
                    self._worker.run(self._publish(payload))
                    answered = True
            elif event is Received.PING:
                self._sink.write(PONG_FRAME)
                answered = True
            elif event is not Received.PONG:
                self._end(event, payload)
        return answered

    def _left(self) -> None:
        """The client has left.

        That is an arrival, too, so a frame that waits is handled. If nginx writes something because of it, the reset that comes
        back is another arrival; after that its writes fail.
        """
        if not self._subscriber.gone and self._handle(b"") and not self._subscriber.gone:
            self._handle(b"")
        self._subscriber.leave()

    def _end(self, event: Received, payload: bytes) -> None:
        """End the connection, with a close frame unless the frame is too large or no UTF-8."""
        if event is Received.WRONG_SEQUENCE:
            self._question.log("error", "push stream module: wrong websocket frames sequence")
        elif event is Received.TOO_LARGE:
            self._question.log("emerg", f"malloc({payload.decode()}) failed (12: Cannot allocate memory)")
            self._question.log("error", "push stream module: unable to allocate memory for payload")
        self._report(End.CLOSE_FRAME if event in (Received.CLOSE, Received.UNREADABLE_CLOSE) else End.WRONG_FRAME)
        self._subscriber.leave()
        if event not in (Received.TOO_LARGE, Received.INVALID_UTF8, Received.UNREADABLE_CLOSE):
            self._sink.write(CLOSE_FRAME)
        self._sink.finish()

    async def _publish(self, text: bytes) -> None:
        """Publish to each channel it is subscribed to, as often as it is, but not to the events channel."""
        events = self._worker.main.events_channel_id or None  # without it the empty name is a channel like others
        channels = tuple([name for name in self._subscriber.channels if name != events])
        if not channels:
            return
        try:
            published = await self._worker.zone.do(Publish(channels, text, self._settings.store_messages))
        except ZoneAway as away:
            self._refuse(Refusal(_SERVICE_UNAVAILABLE, str(away).encode(), (str(away),)), told=True)
        except ZoneLost:
            pass  # its process is gone, and this worker leaves
        else:
            if isinstance(published, Refusal):
                self._refuse(published, told=False)
            elif self._worker.observer is not None:
                self._worker.observer.published(self._question, len(text), published.infos)

    def _refuse(self, refusal: Refusal, told: bool) -> None:
        """End the connection, because what it publishes is refused. told: whether the client is told why, as nginx does not."""
        if self._subscriber.gone:
            return
        log_refusal(self._question, refusal)
        self._report(End.REFUSED)
        self._subscriber.leave()
        if told:
            self._sink.write(refusal_frame(refusal.status, refusal.explain))
        self._sink.finish()

    def _report(self, why: End) -> None:
        if self._worker.observer is not None:
            self._worker.observer.ends(self._question, why)
