"""What a push location is asked, what it answers, and where a subscriber's bytes go.

The push engine does no I/O. It sees a request as a `Question`, and it either gives one `Answer` or opens a `Sink` that stays
open: the HTTP side implements `Question` and `Sink`, the tests implement them with lists.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from ..config.complex_value import ComplexValue

NO_CACHE = (
    (b"Expires", b"Thu, 01 Jan 1970 00:00:01 GMT"),
    (b"Cache-Control", b"no-cache, no-store, must-revalidate"),
)


class Encoding(enum.Enum):
    """How pieces are put on the wire. A message is formatted once for each pair of template and encoding."""

    IDENTITY = "identity"  # the piece itself: HTTP/1.0, or a sink whose filters (gzip, sub_filter) still work on it
    CHUNKED = "chunked"  # one chunk of HTTP/1.1
    FRAME = "frame"  # one WebSocket text frame


@dataclass(frozen=True, slots=True)
class Answer:
    """A response head, with its body where the body is whole.

    content_type: None leaves it to the location's types and default_type; b"" sends none.
    last_modified: whole seconds since the epoch.
    headers: in the order they are sent, after those nginx itself writes.
    body: b"" for an answer without body: Content-Length: 0 and no Content-Type, save that a 304 keeps its type.
    body_unread: the request's body was not read, as the module leaves it: nginx then takes it for the next request.
    close: the connection is closed after the answer, whatever the client asked for.

    nginx's not-modified filter leaves these answers alone (docs/differences.md).
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    content_type: bytes | None = None
    last_modified: int | None = None
    body_unread: bool = False
    close: bool = False


class Sink(Protocol):
    """An open answer. What is written is on its way at once; a client that does not read is the sink's affair.

    encoding: how the writer must encode its pieces before `write`. An IDENTITY sink gets each piece by a call of its own,
    the others several pieces in one.
    closed: set by whoever opened the sink; called, once, when the client is gone, was dropped by send_timeout, or after
    `finish`/`abort`. A client that left before it was set counts as leaving then.
    """

    encoding: Encoding
    closed: Callable[[], None]

    def write(self, data: bytes) -> None:
        """Send bytes, encoded already. Nothing happens once the client is gone or the sink is finished."""

    def finish(self) -> None:
        """The end of the answer as nginx ends it (last chunk, keep-alive or close); a FRAME sink's connection is closed."""

    def abort(self) -> None:
        """Close the connection without an end."""


class Question(Protocol):
    """A request for a push location.

    method: as sent (b"GET").  http_version: 9, 1000, 1001 (nginx's numbers).
    """

    method: bytes
    http_version: int

    def header(self, name: bytes) -> bytes | None:
        """The first header of that name (given in lower case)."""

    def argument(self, name: bytes) -> bytes | None:
        """The first argument of that name in the query string, undecoded (nginx's $arg_name)."""

    def evaluate(self, value: ComplexValue) -> bytes:
        """The value of a directive for this request. May run a map's regex and so change the captures."""

    async def read_body(self, headers: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
        """The whole body. Errors (400, 413, 408, a client that left) never come back here: the HTTP side ends the request.

        headers: what the module has set already; an error page then carries it (recording push-publisher/chunked-body-invalid).
        """

    def log(self, level: str, text: str) -> None:
        """A line for the error log, at that level of error_log ("warn", "error", …); the request's particulars follow."""

    def answer(self, answer: Answer) -> None:
        """Answer, whole, and end the request."""

    def open(self, answer: Answer) -> Sink:
        """Send the head of `answer` (and its body, if any, as the first piece) and keep the answer open.

        The head is withheld until the first piece is written or the sink is finished, as nginx's postpone_output does.
        """

    def wait(self, closed: Callable[[], None]) -> None:
        """Nothing to say yet (long-polling): `answer` or `open` comes later. `closed` is called if the client leaves before."""

    def switch_protocols(self, head: bytes, received: Callable[[bytes], None], status: int) -> Sink:
        """Write `head` (a whole 101 response) as it is; from now on the client's bytes go to `received` and pieces are FRAMEs.

        What came together with the handshake is dropped (recording websocket/frames-behind-the-handshake).
        status: what the access log says: 200, or 0 (`000`) for a client that is refused after its 101.
        """


RunDetached = Callable[[Coroutine[Any, Any, None]], None]
"""Runs a coroutine that no one waits for: it does what it can at once, and goes on when what it waits for is there."""


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """Time for the engine: tests pass a fake one."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer: ...
