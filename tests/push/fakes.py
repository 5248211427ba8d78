"""The engine's surroundings, without an event loop: a clock whose time is set, questions and sinks that keep what they get."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

from ngxpush.config.complex_value import ComplexValue, Variable, parse_complex_value
from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain
from ngxpush.push.answers import Headers
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.messages import Message
from ngxpush.push.operations import Attach, Change, ChannelsInfo, Publish, Recipient, ZoneLost, ZoneOperation
from ngxpush.push.padding import Paddings
from ngxpush.push.path import unescape
from ngxpush.push.question import Answer, Encoding, PushClient
from ngxpush.push.templates import Templates
from ngxpush.push.worker import PushWorker
from ngxpush.push.zone import Zone

T = TypeVar("T")
START = 1_000_000.0
CLIENT = PushClient(b"192.0.2.1", START, b"tests", 1)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that does not wait."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("the coroutine waits")


class Recording:
    """A recorder that keeps what it gets."""

    def __init__(self) -> None:
        self.entries: list[tuple[Change, int]] = []
        self.stopped = False

    def record(self, operation: Change, now: int) -> None:
        self.entries.append((operation, now))

    def stop(self) -> None:
        self.stopped = True


class FakeTimer:
    def __init__(self, at: float, callback: Callable[[], None]) -> None:
        self.at = at
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class FakeClock:
    """A clock that stands still until it is put forward."""

    def __init__(self, now: float = START) -> None:
        self._now = now
        self.timers: list[FakeTimer] = []

    @property
    def pending(self) -> list[FakeTimer]:
        """The timers that were not cancelled and are still to come."""
        return [timer for timer in self.timers if timer.callback is not None]

    def now(self) -> float:
        return self._now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> FakeTimer:
        timer = FakeTimer(self._now + seconds, callback)
        self.timers.append(timer)
        return timer

    def forward(self, seconds: float) -> None:
        """Let time pass: timers are called, each at its own time."""
        end = self._now + seconds
        while True:
            self.timers = self.pending
            due = min(self.timers, key=lambda timer: timer.at, default=None)
            if due is None or due.at > end:
                break
            self._now = max(due.at, self._now)
            self.timers.remove(due)
            assert due.callback is not None
            due.callback()
        self._now = end


class FakeSink:
    """Remembers what was written, one item for each call."""

    def __init__(self, encoding: Encoding = Encoding.CHUNKED) -> None:
        self.encoding = encoding
        self.takes_empty = False
        self.takes_joined = True
        self.client = CLIENT
        self.writes: list[bytes] = []
        self.ended = ""
        self.closed: Callable[[], None] = lambda: None

    def write(self, data: bytes) -> None:
        assert self.ended in ("", "left")
        if not self.ended:
            self.writes.append(data)

    def finish(self, last: bytes = b"") -> None:
        if self.ended != "left":
            if last:
                self.write(last)
            self._end("finished")

    def abort(self) -> None:
        if self.ended != "left":
            self._end("aborted")

    def spoil(self) -> None:
        self._end("spoiled")

    def taken(self) -> bytes:
        """All that was written since the last call."""
        data = b"".join(self.writes)
        self.writes.clear()
        return data

    def client_leaves(self) -> None:
        self._end("left")

    def _end(self, how: str) -> None:
        assert not self.ended
        self.ended = how
        self.closed()


class Ear:
    """A worker that writes down what it hears."""

    def __init__(self, zone: Zone, name: str) -> None:
        self.name = name
        self.messages: list[Message] = []
        self.deletions: list[Message] = []
        zone.do(Attach(name, 1), 0)
        zone.recipients[name] = self

    def message(self, message: Message) -> None:
        self.messages.append(message)

    def deleted(self, message: Message) -> None:
        self.deletions.append(message)


class Failed(Exception):
    """A question that ended with nginx's own page: status and headers."""


@dataclass
class FakeQuestion:
    """A request; `answers` and `sink` are what became of it. Variables of complex values are looked up in `variables`."""

    method: bytes = b"GET"
    http_version: int = 1001
    client: PushClient = CLIENT
    headers: dict[bytes, bytes] = field(default_factory=dict)
    arguments: dict[bytes, bytes] = field(default_factory=dict)
    variables: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    encoding: Encoding = Encoding.CHUNKED
    takes_empty: bool = False
    answers: list[Answer] = field(default_factory=list)
    sink: FakeSink = field(default_factory=FakeSink)
    logged: list[tuple[str, str]] = field(default_factory=list)
    switched: Headers = ()
    unsent: Headers = ()
    pauses: int = 0
    status: int | None = None
    left: Callable[[], None] | None = None
    received: Callable[[bytes], None] | None = None

    def log(self, level: str, text: str) -> None:
        self.logged.append((level, text))

    def header(self, name: bytes) -> bytes | None:
        return self.headers.get(name)

    def argument(self, name: bytes) -> bytes | None:
        return self.arguments.get(name)

    def take_callback(self) -> bytes | None:
        callback = self.arguments.get(b"callback")
        return None if callback is None else unescape(callback)

    def evaluate(self, value: ComplexValue) -> bytes:
        return b"".join(
            [self.variables.get(part.name, b"") if isinstance(part, Variable) else part for part in value.parts if part]  # type: ignore[misc]
        )

    async def pause(self) -> None:
        self.pauses += 1

    async def read_body(self, headers: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
        return self.body

    def fail(self, status: int, headers: tuple[tuple[bytes, bytes], ...]) -> NoReturn:
        raise Failed(status, headers)

    def answer(self, answer: Answer) -> None:
        self.answers.append(answer)

    def answer_in_pieces(self, answer: Answer, pieces: Sequence[bytes]) -> bool:
        return False

    def open(self, answer: Answer) -> FakeSink:
        self.answers.append(answer)
        self.sink = FakeSink(self.encoding)
        self.sink.takes_empty = self.takes_empty
        return self.sink

    def wait(self, headers: Headers, closed: Callable[[], None]) -> None:
        self.left = closed

    def switch_protocols(
        self, headers: Headers, received: Callable[[bytes], None], status: int, unsent: Headers = ()
    ) -> FakeSink:
        self.switched, self.received, self.status, self.unsent = headers, received, status, unsent
        self.sink = FakeSink(Encoding.FRAME)
        return self.sink


def path(text: bytes) -> ComplexValue:
    """A value without variables, as push_stream_channels_path."""
    return parse_complex_value(text)


def main_settings(**settings: object) -> PushStreamMain:
    """The settings of http, with memory enough."""
    return PushStreamMain(shared_memory=(1 << 25, b"push_stream_module"), **settings)  # type: ignore[arg-type]


class AbsentZone:
    """A zone that can't be reached: each operation ends with this error."""

    waits = False

    def __init__(self, error: ZoneLost) -> None:
        self._error = error

    def listen(self, worker: str, recipient: Recipient) -> None: ...

    async def do(self, operation: ZoneOperation[T]) -> T:
        raise self._error

    def post(self, operation: ZoneOperation[Any]) -> None: ...


def _at_once(act: Callable[[], None]) -> None:
    act()


def worker(
    *locations: PushStreamLocation, main: PushStreamMain | None = None, clock: FakeClock | None = None, name: str = "here"
) -> PushWorker:
    """A worker with a zone of its own, for these locations."""
    main = main or PushStreamMain(shared_memory=(1 << 25, b"zone"))
    clock = clock or FakeClock()
    templates = Templates(main, locations)
    zone = Zone(main, templates, int(clock.now()))
    zone.do(Attach(name, 100), int(clock.now()))
    made = PushWorker(name, main, templates, Paddings(locations), LocalZone(zone, clock), clock, run, _at_once)
    made.zone.listen(name, made)
    return made


def publish(
    worker: PushWorker,
    channel: bytes,
    text: bytes,
    store: bool = True,
    event_id: bytes | None = None,
    event_type: bytes | None = None,
) -> None:
    """Publish into the worker's zone."""
    run(worker.zone.do(Publish((channel,), text, store, event_id, event_type)))


def subscribers(worker: PushWorker, channels: Iterable[bytes]) -> list[int]:
    """How many subscribers the zone counts in each channel."""
    return [info.subscribers for info in run(worker.zone.do(ChannelsInfo(tuple(channels)))).infos]
