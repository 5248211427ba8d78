"""echo: the texts of its directives, the texts around the body of any answer, and its variables."""

from __future__ import annotations

from collections.abc import Sequence

from ...config.configuration import Location
from ...config.directives.third_party.echo import EchoCommand, EchoLocation
from ..body_output import Output
from ..request import Request
from ..status import OK
from ..variables.evaluation import Getter, evaluate


def arguments(request: Request, command: EchoCommand) -> tuple[set[bytes], list[bytes]]:
    """The options before the arguments (`-n`, `-q` …) and the arguments. `--` ends the options."""
    options: set[bytes] = set()
    values = list(command.arguments)
    while values and (values[0].constant or b"").startswith(b"-"):
        option = values.pop(0).constant
        if option == b"--":
            break
        options.add(option or b"")
    return options, [evaluate(request, value) for value in values]


def text(request: Request, command: EchoCommand) -> bytes:
    """What `echo` sends."""
    options, values = arguments(request, command)
    return b" ".join(values) + (b"" if b"-n" in options else b"\n")


class Around:
    """Sends texts before and after the body that passes it."""

    __slots__ = ("_after", "_before", "_output")

    def __init__(self, output: Output, before: Sequence[EchoCommand], after: Sequence[EchoCommand]) -> None:
        self._output = output
        self._before = before
        self._after = after

    def feed(self, data: bytes, flush: bool, last: bool) -> None:
        """Take a piece of the body."""
        before, self._before = self._before, ()
        self._send(before)
        if not last or not self._after:
            self._output.filter(data, flush, last)
            return
        if data:
            self._output.filter(data, flush, last=False)
        self._send(self._after)
        self._output.filter(b"", flush, last)

    def _send(self, commands: Sequence[EchoCommand]) -> None:
        for command in commands:
            data = text(self._output.request, command)
            if data:
                self._output.filter(data, flush=False, last=False)


def concerns(location: Location) -> bool:
    """Whether the location has texts around the body."""
    settings = location.of(EchoLocation)
    return bool(settings.before_body or settings.after_body)


def filter_header(request: Request, output: Output) -> int:
    """Put texts around the body, whose length is then unknown."""
    settings = request.location.of(EchoLocation)
    if settings.before_body or settings.after_body:
        output.around = Around(output, settings.before_body, settings.after_body)
        request.response.content_length = None
        request.response.clear_accept_ranges()
    return OK


# ------------------------------------------------------------------------------------------------------------------ variables


def _elapsed(request: Request) -> bytes:
    since = request.lasting.get("echo_timer", request.started)
    return b"%.3f" % max(0.0, request.now - since)


def _incremented(request: Request) -> bytes:
    kept = request.main.lasting
    kept["echo_incr"] = kept.get("echo_incr", 0) + 1
    return b"%d" % kept["echo_incr"]


def _client_headers(request: Request) -> bytes:
    sent = request.main.input
    lines = (b"%b: %b\r\n" % line for line in sent.headers.lines)
    return b"".join((sent.request_line, b"\r\n", *lines, b"\r\n"))


VARIABLES: dict[bytes, Getter] = {
    b"echo_it": (lambda request: request.lasting.get("echo_it"), False),
    b"echo_timer_elapsed": (_elapsed, False),
    b"echo_incr": (_incremented, True),
    b"echo_request_method": (lambda request: request.method, False),
    b"echo_client_request_method": (lambda request: request.main.method, True),
    b"echo_client_request_headers": (_client_headers, False),
    b"echo_request_uri": (lambda request: request.uri, False),
    b"echo_cacheable_request_uri": (lambda request: request.uri, True),
    b"echo_request_body": (lambda request: request.input.body or None, False),
    b"echo_response_status": (lambda request: b"%d" % request.response.status, False),
}
