"""The events from outside, and what each of them does in each state.

The transport of a connection calls these functions. Their tables have a function for each state. `states.LEADS_TO` says to which
states an event can lead, and why those that are missing here can't happen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ..status import BAD_REQUEST, CLIENT_CLOSED_REQUEST, ERROR, REQUEST_TIME_OUT
from . import states
from .connection import Connection
from .departure import DROPPED, LEFT, LEFT_WEBSOCKET, RECV_FAILED, RESET
from .incoming_head import IncomingHead
from .lingering import pause
from .serving import Serving
from .states import State

_TIMED_OUT = "client timed out (110: Connection timed out)"


def receive(connection: Connection, data: bytes) -> None:
    """BYTES came."""
    hosting = connection.hosting
    hosting.standing = hosting.now()
    try:
        _TAKE[connection.state](connection, data)
        connection.settle()
    finally:
        hosting.standing = None


def opened(connection: Connection) -> None:
    """The header of a PROXY has come."""


def refused(connection: Connection) -> None:
    """What has come is no header of a PROXY: the connection is to be closed."""
    connection.transport.close()


def end_of_input(connection: Connection) -> None:
    """END: the client sends no more."""
    _END[connection.state](connection)
    connection.settle()


def lost(connection: Connection, reset: bool = False) -> None:
    """LOST: the connection is gone. reset: the client has not closed it properly."""
    if connection.state is states.CLOSED or connection.state is states.ORPHANED:
        return
    serving = connection.serving
    awaited = connection.head is not None or (serving is not None and serving.body is not None and serving.body.is_wanted)
    if reset:
        _report_reset(connection)
    if serving is None:
        connection.close(states.LOST)
    elif reset and awaited:
        connection.end(serving, BAD_REQUEST, states.LOST, abort=True)
    else:
        connection.client_left(serving, states.LOST, abort=True)
    connection.settle()


def _report_reset(connection: Connection) -> None:
    """Log that the client has reset its connection: see `departure`."""
    connection.hosting.last_error = RESET
    serving, state = connection.serving, connection.state
    if state is states.HEAD:
        head = _head(connection)
        connection.log("info", f"{RECV_FAILED} while {head.activity}", head.request)
    elif serving is not None and (serving.body is not None or state is states.TUNNEL or state is states.LINGERING):
        connection.log("info", RECV_FAILED, serving.request)
        if state is states.TUNNEL:
            _report_end_of_websocket(connection, serving)
    else:
        connection.log_left(RESET)


def _report_end_of_websocket(connection: Connection, serving: Serving) -> None:
    """Log what the module does; of another tunnel's end nothing is said."""
    if connection.receiver is None:
        connection.log("info", LEFT_WEBSOCKET + connection.hosting.last_error, serving.request)


def time_is_up(connection: Connection) -> None:
    """TIME: the deadline is over."""
    connection.deadline = None
    _LATE[connection.state](connection)
    connection.settle()


def output_taken(connection: Connection) -> None:
    """TAKEN: the client has taken what was written, or limit_rate holds nothing back any more."""
    transport = connection.transport
    if connection.serving is not None and not (transport.is_paced or transport.is_behind):
        connection.serving.taken()
    connection.settle()


def output_stuck(connection: Connection) -> None:
    """LOST, because the client has taken nothing for send_timeout."""
    speaker = "push stream module: " if connection.state is states.HELD else ""
    connection.log("info", speaker + _TIMED_OUT, connection.request)
    _note_drop(connection)
    _drop(connection)


def output_overflown(connection: Connection, most: int) -> None:
    """LOST will follow: the client takes what is sent too slowly, and more than `most` bytes would wait for it.

    This comes in the middle of a write, so the state stays as it is for now.
    """
    connection.log("error", f"client reads too slowly: more than {most} bytes wait for it", connection.request)
    _note_drop(connection)


def _note_drop(connection: Connection) -> None:
    if connection.request is not None:
        connection.request.lasting[DROPPED] = True


def _drop(connection: Connection) -> None:
    """End a connection whose client takes nothing."""
    if connection.serving is not None and connection.state is not states.ORPHANED and connection.state is not states.LINGERING:
        connection.client_left(connection.serving, states.LOST, abort=True)
        connection.settle()
    else:
        connection.transport.abort()


def cut_off(connection: Connection) -> None:
    """LOST, because the worker waits no longer (worker_shutdown_timeout). nginx gives a request no status for that."""
    if connection.serving is not None and connection.state is not states.ORPHANED and connection.state is not states.LINGERING:
        connection.end(connection.serving, ERROR, states.LOST, abort=True)
        connection.settle()
    else:
        connection.transport.abort()


def leave(connection: Connection) -> None:
    """LEAVE: the worker wants to end. An idle connection is closed; a request under way is the last one on its connection.

    A new connection still gets its first answer, so that no client loses a request to a reload.
    """
    if connection.request is not None:
        connection.request.keepalive = False
    if connection.state is states.WAITING and connection.facts.requests:
        connection.close(states.LEAVE)
        connection.settle()


def reuse(connection: Connection) -> None:
    """REUSED: the worker needs one of its connections, and this one is in `Hosting.reusable`."""
    connection.close(states.REUSED)
    connection.settle()


def _head(connection: Connection) -> IncomingHead:
    assert connection.head is not None
    return connection.head


def _serving(connection: Connection) -> Serving:
    assert connection.serving is not None
    return connection.serving


# Bytes


def _begin_head(connection: Connection, data: bytes) -> None:
    if connection.facts.requests:
        connection.hosting.last_error = ""
    connection.begin_head(states.BYTES, data)


def _take_in_request(connection: Connection, data: bytes) -> None:
    serving = _serving(connection)
    body = serving.body
    if body is None:
        connection.keep(data)
        return
    ended = connection.feed_body(serving, body, data)
    if body.is_wanted and not serving.request.response.complete:
        body.hand_over(ended)
    elif body.status:
        connection.end(serving, CLIENT_CLOSED_REQUEST, states.BYTES)
    elif connection.state is states.DISCARDING and not ended:
        _let_pause(connection)


def _take_in_tunnel(connection: Connection, data: bytes) -> None:
    assert connection.received is not None
    connection.received(data)


def _throw_away(connection: Connection, data: bytes) -> None:
    _let_pause(connection)


def _let_pause(connection: Connection) -> None:
    """Bytes have come that no one wants: their client may pause."""
    connection.wait(pause(connection.settings, connection.linger_until, connection.hosting.now()))


def _too_late_to_read(connection: Connection, data: bytes) -> None:
    """Ignore bytes that were on their way when the connection was closed."""


_TAKE: Final[Mapping[State, Callable[[Connection, bytes], None]]] = {
    states.WAITING: _begin_head,
    states.HEAD: Connection.keep,
    states.SERVING: _take_in_request,
    states.HELD: _take_in_request,
    states.TUNNEL: _take_in_tunnel,
    states.DISCARDING: _take_in_request,
    states.LINGERING: _throw_away,
    states.CLOSED: _too_late_to_read,
}


# The end of the client's input


def _end_between_requests(connection: Connection) -> None:
    if connection.facts.requests:
        connection.hosting.last_error = ""
    connection.log_left()
    connection.close(states.END)


def _end_in_head(connection: Connection) -> None:
    head = _head(connection)
    connection.log("info", f"{LEFT} while {head.activity}", head.request)
    connection.end(_serving(connection), BAD_REQUEST, states.END)


def _end_in_request(connection: Connection) -> None:
    """If nginx waits for the client, the end of input means that the client has left. Else the request is still answered."""
    serving = _serving(connection)
    if serving.body is not None and serving.body.is_wanted:
        connection.body_breaks_off(serving, serving.body, states.END)
    elif serving.is_behind:
        connection.log_left()
        connection.client_left(serving, states.END, abort=True)
    elif serving.waiting is not None:
        connection.log_left()
        connection.client_left(serving, states.END)
    else:
        serving.body = None
        connection.enter(states.FINISHING, states.END)


def _end_in_tunnel(connection: Connection) -> None:
    serving = _serving(connection)
    _report_end_of_websocket(connection, serving)
    connection.client_left(serving, states.END)


def _end_while_discarding(connection: Connection) -> None:
    """Give up a skipped body whose rest will not come. nginx does not look for another request."""
    serving = _serving(connection)
    serving.body, serving.request.keepalive = None, False
    connection.enter(states.FINISHING, states.END)


def _end_while_lingering(connection: Connection) -> None:
    connection.close(states.END)


def _too_late_to_end(connection: Connection) -> None:
    """Ignore the end of input: the connection is closed."""


_END: Final[Mapping[State, Callable[[Connection], None]]] = {
    states.WAITING: _end_between_requests,
    states.HEAD: _end_in_head,
    states.SERVING: _end_in_request,
    states.HELD: _end_in_request,
    states.TUNNEL: _end_in_tunnel,
    states.DISCARDING: _end_while_discarding,
    states.LINGERING: _end_while_lingering,
    states.CLOSED: _too_late_to_end,
}


# The deadline


def _late_request(connection: Connection) -> None:
    if not connection.facts.requests:
        connection.log("info", f"{_TIMED_OUT} while {connection.facts.activity}")
    connection.close(states.TIME)


def _late_head(connection: Connection) -> None:
    head = _head(connection)
    connection.log("info", f"{_TIMED_OUT} while {head.activity}", head.request)
    connection.end(_serving(connection), REQUEST_TIME_OUT, states.TIME)


def _late_body(connection: Connection) -> None:
    """client_body_timeout is over. A body that is not read, because it is not taken, is not late."""
    serving = _serving(connection)
    if serving.body is not None and serving.body.is_full:
        connection.wait(connection.settings.client_body_timeout)
        return
    connection.end(serving, REQUEST_TIME_OUT, states.TIME)


def _discarded_enough(connection: Connection) -> None:
    connection.end(_serving(connection), CLIENT_CLOSED_REQUEST, states.TIME)


def _lingered_enough(connection: Connection) -> None:
    connection.close(states.TIME)


_LATE: Final[Mapping[State, Callable[[Connection], None]]] = {
    states.WAITING: _late_request,
    states.HEAD: _late_head,
    states.SERVING: _late_body,
    states.DISCARDING: _discarded_enough,
    states.LINGERING: _lingered_enough,
}
