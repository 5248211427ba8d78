"""nginx's events: the events block."""

from __future__ import annotations

from dataclasses import dataclass

from ..addresses import parse_network
from ..slots import Flag, NoValue, milliseconds, number
from ..text import shown
from ..values import parse_number
from ..words import Refused, Words
from .table import FLAG, Arguments, Block, Context, Directive, Level, Module, Slot, accepted


@dataclass(frozen=True, slots=True)
class EventsMain:
    """The events block."""

    worker_connections: int = 512
    multi_accept: bool = False


class Connections:
    """The most connections of a worker."""

    description = "number"

    def parse(self, words: Words) -> int:
        value = parse_number(words.arguments[0])
        if value is None:
            raise Refused(f'invalid number "{shown(words.arguments[0])}"')
        return value


class Use:
    """The method of waiting, one of those that Linux has."""

    description = "method"

    def parse(self, words: Words) -> bytes:
        method = words.arguments[0]
        if method not in (b"epoll", b"poll", b"select"):
            raise Refused(f'invalid event type "{shown(method)}"')
        return method


class DebugConnection:
    """An address, a network, a host or `unix:`."""

    description = "address"

    def parse(self, words: Words) -> bytes:
        text = words.arguments[0]
        if text == b"unix:":
            return text
        network = parse_network(text)
        if network is not None and network.low_bits:
            words.report("warn", f"low address bits of {shown(text)} are meaningless")
        if network is None:
            words.resolve_host(text)
        return text


_WAITING = accepted("The event loop of Python waits in its own way.")


def _row(name: str, slot: Slot, summary: str, arguments: Arguments = Arguments(), **more: object) -> Directive:
    return Directive(name, "events", Context.EVENTS, slot, arguments, Level.MAIN, summary=summary, **more)  # type: ignore[arg-type]


_DIRECTIVES = (
    Directive(
        "events",
        "events",
        Context.MAIN,
        NoValue(),
        Arguments(0, 0),
        block=Block.DIRECTIVES,
        opens=Context.EVENTS,
        summary="How connections are waited for; the block must be there.",
    ),
    _row("worker_connections", Connections(), "The most connections of a worker.", field="worker_connections", default=512),
    _row("multi_accept", Flag(), "Whether all waiting connections are taken at once.", FLAG, emulation=_WAITING),
    _row("use", Use(), "The method of waiting.", emulation=_WAITING),
    _row("accept_mutex", Flag(), "Whether workers accept in turns.", FLAG, emulation=_WAITING),
    _row("accept_mutex_delay", milliseconds(), "How long a worker waits for its turn.", emulation=_WAITING),
    _row("epoll_events", number(), "How many events are taken at once.", emulation=_WAITING),
    _row("worker_aio_requests", number(), "How many reads of files may be under way.", emulation=_WAITING),
    _row("debug_connection", DebugConnection(), "A client to debug.", once=False, emulation=accepted("There is no debug log.")),
)

MODULES = (Module("events", _DIRECTIVES, main=EventsMain),)
