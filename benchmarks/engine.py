"""What the push engine itself costs per delivery: one message to many EventSource subscribers, without sockets and event loop.

    python -m benchmarks.engine [SUBSCRIBERS [MESSAGES]]

Prints the time of one delivery, that of the write in it, and the difference: what the engine adds.  Publishing goes through the
zone, as it does in a worker.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from ngxpush.config.complex_value import ComplexValue, parse_complex_value
from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.operations import Attach, Publish
from ngxpush.push.padding import Paddings
from ngxpush.push.question import Answer, Encoding
from ngxpush.push.subscribers import subscribe
from ngxpush.push.templates import Templates
from ngxpush.push.worker import PushWorker
from ngxpush.push.zone import Zone

PATH = parse_complex_value(b"ch1")


class Sink:
    """Counts bytes, which is about the least that a write can do."""

    __slots__ = ("closed", "encoding", "sent")

    def __init__(self) -> None:
        self.encoding = Encoding.CHUNKED
        self.closed: Callable[[], None] = lambda: None
        self.sent = 0

    def write(self, data: bytes) -> None:
        self.sent += len(data)

    def finish(self) -> None: ...

    def abort(self) -> None: ...


class Question:
    """A GET without headers."""

    method = b"GET"
    http_version = 1001

    def __init__(self) -> None:
        self.sink = Sink()

    def header(self, name: bytes) -> None: ...

    def argument(self, name: bytes) -> None: ...

    def log(self, level: str, text: str) -> None: ...

    def evaluate(self, value: ComplexValue) -> bytes:
        return value.text

    async def read_body(self, headers: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
        return b""

    def fail(self, status: int, headers: tuple[tuple[bytes, bytes], ...]) -> NoReturn:
        raise RuntimeError(f"the request was answered with {status}")

    def answer(self, answer: Answer) -> None: ...

    def open(self, answer: Answer) -> Sink:
        return self.sink

    def wait(self, closed: Callable[[], None]) -> None: ...

    def switch_protocols(self, head: bytes, received: Callable[[bytes], None], status: int) -> Sink:
        return self.sink


class Timer:
    def cancel(self) -> None: ...


class Clock:
    """Real time, no timers."""

    def now(self) -> float:
        return time.time()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return Timer()


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that does not wait."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")


def main(subscribers: int = 1000, messages: int = 1000) -> None:
    settings = PushStreamLocation(
        subscriber=SubscriberMode.EVENTSOURCE, channels_path=PATH, ping_message_interval=15.0, subscriber_connection_ttl=900.0
    )
    http = PushStreamMain(shared_memory=(1 << 28, b"push_stream_module"))
    clock, templates = Clock(), Templates(http, [settings])
    zone = Zone(http, templates, int(clock.now()))
    zone.do(Attach("w1", 1), int(clock.now()))
    worker = PushWorker("w1", http, templates, Paddings([settings]), LocalZone(zone, clock), clock, run)
    worker.zone.listen("w1", worker)
    questions = [Question() for _ in range(subscribers)]
    for question in questions:
        run(subscribe(question, settings, worker))
    text = b'{"price": 1234.5}'

    begun = time.perf_counter()
    for _ in range(messages):
        run(worker.zone.do(Publish((b"ch1",), text, False)))
    whole = time.perf_counter() - begun
    assert len({question.sink.sent for question in questions}) == 1

    writes = [question.sink.write for question in questions]
    begun = time.perf_counter()
    for _ in range(messages):
        for write in writes:
            write(text)
    bare = time.perf_counter() - begun

    deliveries = subscribers * messages
    print(f"{messages} messages to {subscribers} subscribers: {messages / whole:,.0f} messages/s")
    print(f"per delivery: {whole / deliveries * 1e6:.3f} µs, of it the write {bare / deliveries * 1e6:.3f} µs")
    print(f"the engine adds {(whole - bare) / deliveries * 1e6:.3f} µs")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
