"""One HTTP/2 connection: its streams, and when it ends.

`receiving` says what each frame does. The connection lives while the client sends requests: of an idle one keepalive_timeout
counts, at first client_header_timeout. It ends with a GOAWAY: at once for a frame that is wrong, else when the streams under way
are at their end (keepalive_requests, keepalive_time, a worker that leaves).
"""

from __future__ import annotations

import enum
from bisect import insort_right
from operator import attrgetter

from h2.errors import ErrorCodes

from ...config.directives.http.core import HttpCoreLocation, HttpCoreServer
from ...config.directives.http.v2 import V2Server
from ..connection.facts import ConnectionFacts
from ..connection.lingering import end_of_lingering, pause
from ..connection.surroundings import Hosting, Transport
from ..request import Request
from ..routing import Listener
from .dependencies import Dependencies
from .frames import MOST_WINDOW, PREFACE, ReceivedFrames
from .head_decoder import HeadDecoder
from .sending import Sender
from .stream_head import StreamHead
from .streams import RequestStream

# So many frames of PRIORITY a client may send before its first stream; each stream lets it send as many as streams may be open.
_LEAST_PRIORITIES = 100

# So often for each request of keepalive_requests an idle connection may get bytes.
_MOST_WAKES = 10

_PROCESSING = " while processing HTTP/2 connection"


class ConnectionStage(enum.Enum):
    """Of a connection.

    LEAVING: a GOAWAY was sent, no further stream is served.  LINGERING: the sending side is closed, and what comes is dropped.
    """

    OPEN = enum.auto()
    LEAVING = enum.auto()
    LINGERING = enum.auto()
    CLOSED = enum.auto()


class Http2Connection:
    """One client's connection.

    facts: of the connection; each stream has its own copy, which counts the requests.  requests: how many there were.
    streams: those that have not ended, by their number.  last_stream: the highest number so far.  most_streams: at once.
    waiting: those whose answers wait for the connection's window, in their turn.  dependencies: what is said of their turns.
    priorities_left: frames of PRIORITY that may still come.
    room: bytes of DATA that the client may still send.  preread: of each new stream.
    greeted: bytes of the client's preface that have come; None before any byte.  incoming: a head that is not whole yet.
    posted: streams that have got of a body, until all that has come is read.
    blocked: streams whose bodies the disk takes too slowly.
    receiver: the stream that the frame of DATA under way belongs to, if any.  padding: at the end of that frame.
    is_acknowledged: the client has seen our settings.
    """

    __slots__ = (
        "_alarm",
        "_idle_until",
        "_linger_end",
        "_state",
        "_wakes",
        "blocked",
        "decoder",
        "dependencies",
        "facts",
        "greeted",
        "hosting",
        "incoming",
        "is_acknowledged",
        "last_stream",
        "listener",
        "most_streams",
        "padding",
        "posted",
        "preread",
        "priorities_left",
        "reader",
        "receiver",
        "requests",
        "room",
        "sender",
        "streams",
        "transport",
        "waiting",
    )

    def __init__(
        self,
        hosting: Hosting,
        transport: Transport,
        listener: Listener,
        facts: ConnectionFacts,
    ) -> None:
        self.hosting = hosting
        self.transport = transport
        self.listener = listener
        self.facts = facts
        self.requests = self.last_stream = 0
        self.greeted: int | None = None
        self.streams: dict[int, RequestStream] = {}
        self.posted: list[RequestStream] = []
        self.blocked: set[RequestStream] = set()
        self.waiting: list[RequestStream] = []
        self.dependencies = Dependencies()
        self.is_acknowledged = False
        self._state = ConnectionStage.OPEN
        buffers, size = self.listener.default_server.of(HttpCoreServer).large_client_header_buffers
        self.decoder = HeadDecoder(size, buffers * size)
        self.reader = ReceivedFrames()
        self.incoming: StreamHead | None = None
        self.receiver: RequestStream | None = None
        self.padding = 0
        self.room = MOST_WINDOW
        settings = self.listener.default_server.of(V2Server)
        self.preread = settings.body_preread_size
        self.most_streams = settings.max_concurrent_streams
        self.priorities_left = max(self.most_streams, _LEAST_PRIORITIES)
        self.sender = Sender(transport.write, transport.overflown)
        self._linger_end = self._wakes = 0
        self._alarm: float | None = None
        self._idle_until: float | None = None
        self._wait(self.listener.default_server.of(HttpCoreServer).client_header_timeout)

    def log(self, level: str, text: str | bytes, request: Request | None = None) -> None:
        """Write a line to the error log."""
        if request is None:
            text = (text.encode() if isinstance(text, str) else text) + _PROCESSING.encode()
        self.facts.log(level, text, request)

    # What the transport and the process ask

    @property
    def wants_bytes(self) -> bool:
        """Whether the transport is to read on. Windows hold single streams back, except that for a body that goes to a file."""
        return not (self.is_closed or self.blocked)

    @property
    def is_closed(self) -> bool:
        return self._state is ConnectionStage.CLOSED

    @property
    def is_leaving(self) -> bool:
        """Whether no further stream is served."""
        return self._state is not ConnectionStage.OPEN

    @property
    def ends(self) -> bool:
        """Whether nothing that comes is looked at, and nothing more is sent."""
        return self._state is ConnectionStage.LINGERING or self.is_closed

    @property
    def deadline(self) -> float | None:
        """When a stream or an idle connection may be out of time. What is put off since then is seen at that time."""
        return self._alarm

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way: no stream, and nothing of a frame or of the preface."""
        begun = self.greeted is not None and self.greeted < len(PREFACE)
        return not (self.streams or begun or self.incoming is not None or self.reader.has_part)

    @property
    def settings(self) -> HttpCoreLocation:
        """The http_core settings of the default server's location."""
        return self.listener.default_server.location.of(HttpCoreLocation)

    @property
    def activities(self) -> tuple[str, ...]:
        """What stub_status counts: each request, or a connection that waits."""
        return ("writing",) * len(self.streams) or ("waiting",)

    def in_turn(self) -> list[RequestStream]:
        """The streams, that first that goes first."""
        return sorted(self.streams.values(), key=attrgetter("place.turn"))

    @property
    def present_requests(self) -> list[Request]:
        """The requests under way."""
        return [stream.serving.request for stream in self.streams.values() if stream.serving is not None]

    def use_write(self) -> None:
        """Use the transport's `write`, which has changed."""
        self.sender.use(self.transport.write)

    def wake(self) -> bool:
        """Bytes have come. Returns whether they were too often for nothing."""
        if self._idle_until is not None and not self.streams:
            self._wakes += 1
        return self._wakes > _MOST_WAKES * self.settings.keepalive_requests + 1

    def greet(self) -> None:
        """Bytes have come: send the settings."""
        self.greeted = 0
        self.sender.greet(self.most_streams, self.preread)

    # For streams

    def add(self, stream: RequestStream) -> None:
        """A stream begins."""
        self.streams[stream.number] = stream
        self.priorities_left += self.most_streams
        self._idle_until = None
        self.hosting.reusable.pop(self, None)

    def remove(self, stream: RequestStream, error: ErrorCodes | None) -> None:
        """A stream has ended here. error: sent, if one of its sides has not ended: NO_ERROR if only the client's has not."""
        self.streams.pop(stream.number, None)
        self.blocked.discard(stream)
        self.dependencies.end(stream.place)
        if stream in self.waiting:
            self.waiting.remove(stream)
        if stream in self.posted:
            self.posted.remove(stream)
        if self.receiver is stream:
            self.receiver = None
        if error is None or self.ends or (error is ErrorCodes.NO_ERROR and stream.input_ended):
            return
        self.sender.reset(stream.number, error)

    def post(self, stream: RequestStream) -> None:
        """Call its `hand_over_body` when all that has come is read."""
        if stream not in self.posted:
            self.posted.append(stream)

    def await_window(self, stream: RequestStream) -> None:
        """An answer waits for the window of the connection."""
        if stream not in self.waiting:
            insort_right(self.waiting, stream, key=attrgetter("place.turn"))

    def settle(self) -> None:
        """See what is to be done now that something has happened: end, or wait for another request."""
        if not self.ends:
            if self.streams or self.sender.holds:
                pass
            elif self.is_leaving:
                self._linger()
            elif self._idle_until is None:
                self._wait(self.settings.keepalive_timeout[0])
        self.transport.fulfil()

    # Its end

    def go_away(self, error: ErrorCodes = ErrorCodes.NO_ERROR) -> None:
        """Serve no further stream."""
        if self._state is ConnectionStage.OPEN:
            self._state = ConnectionStage.LEAVING
            self.sender.go_away(self.last_stream, error)

    def finish(self, error: ErrorCodes) -> None:
        """End at once: with a GOAWAY, and without what the streams still have to send."""
        if self.ends:
            return
        if self.is_leaving:
            self.sender.drop()
        else:
            self.go_away(error)
            self.sender.release()
        self.end_streams()
        if self.idle_is_over():  # nginx then closes at the first event
            self.close()
        self._linger()

    def end_streams(self) -> None:
        """The client is gone."""
        for stream in list(self.streams.values()):
            stream.left()

    def close(self) -> None:
        """Close when what was written has been sent."""
        if not self.is_closed:
            self.read_no_more()
            self.transport.close()

    def read_no_more(self) -> None:
        """The connection is closed, or is to be."""
        self._state = ConnectionStage.CLOSED
        self._idle_until = self._alarm = None
        self.hosting.reusable.pop(self, None)

    def _linger(self) -> None:
        """Close the sending side, and read on for a while: without that a client could get a reset and lose what was sent."""
        if self.ends:
            return
        if self.settings.lingering_close == "off":
            self.close()
            return
        self._state = ConnectionStage.LINGERING
        self._linger_end = end_of_lingering(self.settings, self.hosting.now())
        self.transport.half_close()
        self._alarm = None
        self._wait(self.settings.lingering_timeout)

    def linger_on(self) -> None:
        """Bytes came that no one wants."""
        milliseconds = pause(self.settings, self._linger_end, self.hosting.now())
        if milliseconds:
            self._alarm = None
            self._wait(milliseconds)
        else:
            self.close()

    # Time

    def expect(self, deadline: float) -> None:
        """Something has a deadline."""
        if self._alarm is None or deadline < self._alarm:
            self._alarm = deadline

    def take_late_streams(self) -> list[RequestStream]:
        """The streams whose time is up. From now on the others' deadlines count."""
        now, self._alarm = self.hosting.time(), self._idle_until
        late = []
        for stream in self.streams.values():
            if stream.deadline is None:
                continue
            if stream.deadline <= now:
                late.append(stream)
            else:
                self.expect(stream.deadline)
        return late

    def idle_is_over(self) -> bool:
        """Whether the time of an idle connection is up."""
        return self._idle_until is not None and self.hosting.time() >= self._idle_until

    def _wait(self, milliseconds: float) -> None:
        self._idle_until = self.hosting.time() + milliseconds / 1000
        self.expect(self._idle_until)
        self.hosting.reusable[self] = None
