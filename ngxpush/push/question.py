"""What a push location is asked, what it answers, and where a subscriber's bytes go.

The push engine does no I/O. It sees a request as a `Question`, and it either gives one `Answer` or opens a `Sink` that stays
open: the HTTP side implements `Question` and `Sink`, the tests implement them with lists.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NoReturn, Protocol

from msgspec import Struct

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


# Python 3.11 looks a member up by several calls, and each delivery compares some.
IDENTITY, CHUNKED, FRAME = Encoding


class Answer(Struct, frozen=True, gc=False):
    """A response head, with its body where the body is whole.

    The client's conditions may make a 304 of a 200 (not_modified filter). The pieces of an open answer follow that, too.
    """

    status: int

    # In the order in which they are sent, after those nginx itself writes.
    headers: tuple[tuple[bytes, bytes], ...] = ()

    # b"" for an answer without body: it has Content-Length: 0 and no Content-Type, but a 304 keeps its type.
    body: bytes = b""

    # None leaves it to the location's types and default_type; b"" sends none.
    content_type: bytes | None = None

    # Whole seconds since the epoch; None sends none.
    last_modified: int | None = None

    # The request's body is not read, as the module leaves it: nginx then takes it for the next request.
    body_unread: bool = False

    # The connection is closed after the answer, whatever the client asks for.
    close: bool = False

    # Where the module cuts the body: it sends it in pieces, and flushes the first. An answer that is compressed, or part of
    # another one (ssi), shows that.
    cuts: tuple[int, ...] = ()


class PushClient(Struct, frozen=True, gc=False):
    """Who sent a request. since: when it began, seconds since the epoch.  user_agent: b"" where it says none.

    connection: the number of its connection, counted over the process.
    """

    address: bytes
    since: float
    user_agent: bytes
    connection: int


class Sink(Protocol):
    """An open answer. What is written is sent at once; the sink deals with a client that does not read.

    encoding: how the writer must encode its pieces before `write`. An IDENTITY sink gets each piece by a call of its own,
    the others several pieces in one.
    takes_empty: whether a piece without bytes can be sent; nginx refuses to, unless a filter (gzip) takes it.
    takes_joined: whether several payloads may be written as one, joined. It may change from call to call.
    closed: set by the caller that opened the sink. It is called once: when the client has left, when send_timeout has dropped
    it, or after `finish`, `abort` or `spoil`. Where the client left before `closed` was set, it is called as soon as it is set.
    more_may_come: set by the reader of a FRAME sink. nginx then closes the connection lingeringly.
    """

    encoding: Encoding
    takes_empty: bool
    closed: Callable[[], None]
    more_may_come: bool

    @property
    def takes_joined(self) -> bool: ...

    @property
    def client(self) -> PushClient: ...

    def write(self, data: bytes) -> None:
        """Send bytes, encoded already. It does nothing once the client is gone or the sink is finished."""

    def finish(self, last: bytes = b"") -> None:
        """End the answer as nginx does (last chunk, keep-alive or close); a FRAME sink's connection is closed.

        last: for a CHUNKED sink, the last pieces: they leave in one write with the end.
        """

    def abort(self) -> None:
        """Close the connection without ending the answer."""

    def spoil(self) -> None:
        """End the request, but not the answer, as nginx does after it has refused to send an empty piece.

        The client gets nothing more on its connection, which stays open until the client's next request.
        """


class Question(Protocol):
    """A request for a push location.

    method: as sent (b"GET").  http_version: 9, 1000, 1001 (nginx's numbers).
    """

    method: bytes
    http_version: int

    @property
    def client(self) -> PushClient: ...

    def header(self, name: bytes) -> bytes | None:
        """The first header of that name (given in lower case); None where there is none."""

    def argument(self, name: bytes) -> bytes | None:
        """The first argument of that name in the query string, undecoded (nginx's $arg_name); None where there is none."""

    def take_callback(self) -> bytes | None:
        """The argument `callback`, decoded; None where there is none. The module asks once for it, and decodes it in its place:
        from then on the arguments, and what a log shows of the request, have the decoded bytes (HTTP sees to that).
        """

    def evaluate(self, value: ComplexValue) -> bytes:
        """The value of a directive for this request. May run a map's regex and so change the captures."""

    async def pause(self) -> None:
        """Let others be served before this request goes on with something long. The request ends here if the client leaves."""

    async def read_body(self, headers: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
        """The whole body. After an error (400, 408, 413, a client that has left) it does not return: HTTP ends the request.

        headers: those the module has set already. An error page carries them (recording push-publisher/chunked-body-invalid).
        """

    def log(self, level: str, text: str) -> None:
        """Write a line to the error log, at that level of error_log ("warn", "error", …); the request's context is added."""

    def fail(self, status: int, headers: tuple[tuple[bytes, bytes], ...]) -> NoReturn:
        """End the request with nginx's own page for that status, or the error_page, with these headers. It does not return."""

    def answer(self, answer: Answer) -> None:
        """Send a whole answer and end the request."""

    def answer_in_pieces(self, answer: Answer, pieces: Sequence[bytes]) -> bool:
        """Send a whole answer whose body is these pieces, none of them empty, and end the request, if that can be done at once.

        False: nothing was done. `open`, and a `finish` of its sink, do the same whatever the answer has to go through.
        """

    def open(self, answer: Answer) -> Sink:
        """Send the head of `answer` (and its body, if any, as the first piece) and keep the answer open.

        The head is withheld until the first piece is written or the sink is finished, as nginx's postpone_output does.
        """

    def wait(self, headers: tuple[tuple[bytes, bytes], ...], closed: Callable[[], None]) -> None:
        """Wait (long-polling): `answer` or `open` is called later. `closed` is called if the client leaves before that.

        headers: what the access log of a client that leaves knows, beside the location's type.
        """

    def switch_protocols(
        self,
        headers: tuple[tuple[bytes, bytes], ...],
        received: Callable[[bytes], None],
        status: int,
        unsent: tuple[tuple[bytes, bytes], ...] = (),
    ) -> Sink:
        """Write a 101 with only these headers; from now on the client's bytes go to `received` and pieces are FRAMEs.

        Bytes that came together with the handshake are dropped (recording websocket/frames-behind-the-handshake).
        status: what the access log shows: 200, 0 (`000`) for a client that is refused after its 101, or the status of a second
        head, which can't be sent any more. unsent: the further headers of that one. The log's $sent_http_NAME shows all headers,
        the type of the location beside a 200, and the length 0 of a second head (recordings found-push-log).
        """


RunDetached = Callable[[Coroutine[Any, Any, None]], None]
"""Runs a coroutine that no one waits for. It returns at the coroutine's first wait, and continues it after each wait."""


class Timer(Protocol):
    """A call to come, from Clock.call_later."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Time for the engine: tests pass a fake one."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer: ...
