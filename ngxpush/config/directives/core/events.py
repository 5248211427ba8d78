"""nginx's events module: the events block."""

from __future__ import annotations

from msgspec import Struct

from ...addresses import parse_network
from ...columns import NONE, Block, accepted
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import Context
from ...slots import Flag, NoValue, milliseconds, number
from ...text import shown
from ...values import parse_number


class EventsMain(Struct, frozen=True):
    """The events block."""

    worker_connections: int = 512
    debug_connection: tuple[bytes, ...] = ()


class Connections:
    """The most connections of a worker."""

    description = "number"

    def parse(self, use: DirectiveUse) -> int:
        value = parse_number(use.arguments[0])
        if value is None:
            raise RefusedDirective(f'invalid number "{shown(use.arguments[0])}"')
        return value


class UseSlot:
    """The method of connection processing. nginx is built with the best one of Linux only."""

    description = "method"

    def parse(self, use: DirectiveUse) -> bytes:
        method = use.arguments[0]
        if method != b"epoll":
            raise RefusedDirective(f'invalid event type "{shown(method)}"')
        return method


class DebugConnection:
    """An address, a network, a host or `unix:`."""

    description = "address"

    def parse(self, use: DirectiveUse) -> bytes:
        text = use.arguments[0]
        if text == b"unix:":
            return text
        network = parse_network(text)
        if network is not None and network.low_bits:
            use.report("warn", f"low address bits of {shown(text)} are meaningless")
        if network is None:
            use.resolve_host(text)
        return text


_WAITING = accepted("Python's event loop has its own method.")


_DIRECTIVES = (
    Directive(
        "events",
        Context.MAIN,
        NoValue(),
        "The settings of connection processing; the block is required.",
        NONE,
        block=Block.DIRECTIVES,
        opens=Context.EVENTS,
    ),
    Directive("worker_connections", Context.EVENTS, Connections(), "The most connections a worker may have open."),
    Directive(
        "multi_accept", Context.EVENTS, Flag(), "Whether a worker accepts all waiting connections at once.", emulation=_WAITING
    ),
    Directive("use", Context.EVENTS, UseSlot(), "The method of connection processing.", emulation=_WAITING),
    Directive("accept_mutex", Context.EVENTS, Flag(), "Whether workers take turns at accepting connections.", emulation=_WAITING),
    Directive(
        "accept_mutex_delay",
        Context.EVENTS,
        milliseconds(),
        "How long a worker waits before it tries to accept again.",
        emulation=_WAITING,
    ),
    Directive(
        "epoll_events", Context.EVENTS, number(), "The number of events taken from the kernel at once.", emulation=_WAITING
    ),
    Directive(
        "worker_aio_requests",
        Context.EVENTS,
        number(),
        "The most asynchronous reads a worker may have in progress.",
        emulation=_WAITING,
    ),
    Directive(
        "debug_connection",
        Context.EVENTS,
        DebugConnection(),
        "A client whose connections are logged at debug level.",
        once=False,
    ),
)

MODULE = Module("events", _DIRECTIVES, main=EventsMain)
