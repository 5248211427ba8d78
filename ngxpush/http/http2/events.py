"""The events from outside, as `http.connection.events` has them for HTTP/1."""

from __future__ import annotations

from h2.errors import ErrorCodes

from ..connection.departure import LEFT, RECV_FAILED, RESET
from ..status import ERROR
from .connection import Http2Connection
from .receiving import take

_TIMED_OUT = "client timed out (110: Connection timed out)"


def receive(connection: Http2Connection, data: bytes) -> None:
    """Bytes came."""
    hosting = connection.hosting
    hosting.standing = hosting.now()
    try:
        if not connection.ends:
            take(connection, data)
        elif not connection.is_closed:
            connection.linger_on()
        connection.settle()
    finally:
        hosting.standing = None


def opened(connection: Http2Connection) -> None:
    """The header of a PROXY has come."""
    connection.greet()


def refused(connection: Http2Connection) -> None:
    """What has come is no header of a PROXY."""
    connection.greet()
    connection.finish(ErrorCodes.PROTOCOL_ERROR)
    connection.settle()


def end_of_input(connection: Http2Connection) -> None:
    """The client sends no more: for nginx it has left."""
    if not connection.ends:
        if not connection.is_idle:
            connection.log("info", LEFT)
        connection.end_streams()
    connection.close()


def lost(connection: Http2Connection, reset: bool = False) -> None:
    """The connection is gone. reset: the client has not closed it properly."""
    if connection.is_closed:
        return
    if reset and (connection.facts.tls is None or connection.ends):
        connection.log("info", RECV_FAILED)
    elif not (connection.ends or connection.is_idle):
        connection.log("info", LEFT)
    connection.read_no_more()
    if reset:
        connection.hosting.last_error = RESET
    connection.end_streams()
    connection.transport.close()


def time_is_up(connection: Http2Connection) -> None:
    """The time of a stream, or of an idle connection, is up."""
    for stream in connection.take_late_streams():
        stream.time_is_up()
    if connection.idle_is_over():
        if connection.ends:
            connection.close()
        elif connection.is_idle:
            connection.finish(ErrorCodes.NO_ERROR)
        else:
            connection.log("info", _TIMED_OUT)
            connection.finish(ErrorCodes.PROTOCOL_ERROR)
    connection.settle()


def output_taken(connection: Http2Connection) -> None:
    """The client has taken what was written."""
    for stream in connection.in_turn():
        stream.go_on()
    connection.settle()


def output_stuck(connection: Http2Connection) -> None:
    """The client has taken nothing for send_timeout."""
    connection.log("info", _TIMED_OUT)
    connection.read_no_more()
    connection.end_streams()
    connection.transport.abort()


def output_overflown(connection: Http2Connection, most: int) -> None:
    """The end will follow: more than `most` bytes wait for the client."""
    connection.log("error", f"client reads too slowly: more than {most} bytes wait for it")


def cut_off(connection: Http2Connection) -> None:
    """The worker waits no longer (worker_shutdown_timeout)."""
    connection.read_no_more()
    for stream in list(connection.streams.values()):
        stream.cut_off(ERROR)
    connection.transport.abort()


def reuse(connection: Http2Connection) -> None:
    """The worker needs one of its connections, and this one is in `Hosting.reusable`."""
    if connection.ends:
        connection.close()
    connection.finish(ErrorCodes.NO_ERROR)
    connection.settle()


def leave(connection: Http2Connection) -> None:
    """The worker wants to end: no further request is served."""
    if not connection.ends:
        connection.go_away()
        connection.settle()
