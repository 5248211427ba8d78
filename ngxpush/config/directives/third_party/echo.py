"""echo (Debian's libnginx-mod-http-echo): answers written in the configuration, from texts and the answers of other locations."""

from __future__ import annotations

from msgspec import Struct

from ...columns import NONE, Arguments
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse
from ...module import Module
from ...places import Context
from ...slots import number


class EchoCommand(Struct, frozen=True):
    """One directive: its name and its arguments."""

    name: str
    arguments: tuple[ComplexValue, ...]


class EchoLocation(Struct, frozen=True):
    """The commands of a location, in order: those that make the answer, and those before and after the body of any answer."""

    echo: tuple[EchoCommand, ...] = ()
    before_body: tuple[EchoCommand, ...] = ()
    after_body: tuple[EchoCommand, ...] = ()
    status: int = 200


class CommandSlot:
    description = "options and complex values"

    def parse(self, use: DirectiveUse) -> EchoCommand:
        return EchoCommand(use.name, tuple(use.complex_value(argument) for argument in use.arguments))


_PLACES = Context.LOCATION | Context.LOCATION_IF
_ANY_OR_NONE = Arguments(0, None)


def _row(name: str, summary: str, arguments: Arguments) -> Directive:
    return Directive(name, _PLACES, CommandSlot(), summary, arguments, once=False, field="echo", content_handler="echo")


_DIRECTIVES = (
    _row("echo", "Sends its arguments, with blanks between them and a line feed after them.", _ANY_OR_NONE),
    _row("echo_duplicate", "Sends a text several times.", Arguments(2, 2)),
    _row("echo_flush", "Sends at once what is there.", NONE),
    _row("echo_sleep", "Waits for so many seconds.", Arguments()),
    _row("echo_blocking_sleep", "Waits for so many seconds; other requests go on all the same.", Arguments()),
    _row("echo_reset_timer", "Lets $echo_timer_elapsed begin again.", NONE),
    _row("echo_read_request_body", "Reads the body of the request.", NONE),
    _row("echo_request_body", "Sends the body of the request, if it has been read.", NONE),
    _row("echo_location", "Sends the answer to a GET of a URI, with arguments.", Arguments(1, 2)),
    _row("echo_location_async", "The same without waiting for that answer.", Arguments(1, 2)),
    _row("echo_subrequest", "Sends the answer to any request of a URI.", Arguments(2, None)),
    _row("echo_subrequest_async", "The same without waiting for that answer.", Arguments(2, None)),
    _row("echo_foreach_split", "Begins a loop over the parts of a text: $echo_it.", Arguments(2, None)),
    _row("echo_end", "Ends a loop.", NONE),
    _row("echo_exec", "Has another location answer.", Arguments(1, 2)),
    _row("echo_abort_parent", "Fails: the module's authors have not written it.", NONE),
    Directive(
        "echo_before_body",
        _PLACES,
        CommandSlot(),
        "Sends its arguments before the body of an answer.",
        _ANY_OR_NONE,
        once=False,
        field="before_body",
    ),
    Directive(
        "echo_after_body",
        _PLACES,
        CommandSlot(),
        "Sends its arguments after the body of an answer.",
        _ANY_OR_NONE,
        once=False,
        field="after_body",
    ),
    Directive("echo_status", _PLACES, number(), "The status of answers that echo makes.", field="status"),
)

MODULE = Module("echo", _DIRECTIVES, location=EchoLocation, file="ngx_http_echo_module.so")
