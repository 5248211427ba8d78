"""What happens to a connection of HTTP/2: time that is over, a client or a worker that leaves."""

from __future__ import annotations

import pytest
from h2.errors import ErrorCodes

from ngxpush.http.http2 import events
from ngxpush.http.http2.frames import (
    ACK,
    END_HEADERS,
    END_STREAM,
    PREFACE,
    FrameKind,
    frame,
    number,
)
from ngxpush.http.upstream.state import UpstreamState
from tests.http.http2.client import GET, FrameClient
from tests.http.http2.received import Frame


def test_a_worker_that_leaves_says_so() -> None:
    client = FrameClient()
    client.ask(1)
    events.leave(client.connection)
    assert client.frames() == [Frame(FrameKind.GOAWAY, 0, 0, number(1) + number(ErrorCodes.NO_ERROR))]
    assert client.transport.half_closed


def test_an_idle_connection_ends() -> None:
    client = FrameClient()
    client.hosting.clock += 50
    client.ask(1)
    assert client.connection in client.hosting.reusable
    client.hosting.clock += 74
    events.time_is_up(client.connection)
    assert client.frames() == []
    client.hosting.clock += 1
    assert client.connection.deadline == client.hosting.clock
    events.time_is_up(client.connection)
    assert client.frames() == [Frame(FrameKind.GOAWAY, 0, 0, number(1) + number(ErrorCodes.NO_ERROR))]
    assert not client.hosting.logged
    assert client.transport.closed


def test_a_preface_that_is_not_whole_is_late() -> None:
    client = FrameClient(preface=PREFACE[:5])
    client.hosting.clock = client.connection.deadline
    events.time_is_up(client.connection)
    assert client.frames()[-1] == Frame(FrameKind.GOAWAY, 0, 0, number(0) + number(ErrorCodes.PROTOCOL_ERROR))
    assert "timed out" in client.hosting.logged[0]


def test_an_idle_connection_makes_room_for_others() -> None:
    client = FrameClient()
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(0)))
    client.ask(1)
    assert client.connection not in client.hosting.reusable
    client.send(frame(FrameKind.WINDOW_UPDATE, 0, 1, number(9)))
    assert client.connection in client.hosting.reusable
    events.reuse(client.connection)
    assert client.transport.half_closed


def test_an_answer_that_is_not_taken_ends_in_time() -> None:
    client = FrameClient()
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(0)))
    client.ask(1)
    client.hosting.clock += 30
    client.ask(3)
    client.hosting.clock += 30
    events.time_is_up(client.connection)
    assert client.frames() == [Frame(FrameKind.RST_STREAM, 0, 1, number(ErrorCodes.PROTOCOL_ERROR))]
    assert client.connection.deadline == client.hosting.clock + 30


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", []),
        (
            frame(FrameKind.PING, 0, 0, b"12345678")[:5],
            ["client prematurely closed connection while processing HTTP/2 connection"],
        ),
    ],
)
def test_a_client_leaves(sent: bytes, words: list[str]) -> None:
    client = FrameClient()
    client.ask(1)
    client.send(sent)
    events.end_of_input(client.connection)
    assert client.hosting.logged == words


def test_what_comes_after_the_end_is_dropped() -> None:
    client = FrameClient()
    client.send(frame(FrameKind.PING, 0, 0, b"short"))
    assert client.transport.half_closed
    assert client.send(b"anything") == []
    assert not client.transport.closed
    events.end_of_input(client.connection)
    assert client.transport.closed


@pytest.mark.parametrize(("action", "lines"), [(b"reading upstream", 1), (b"", 2)])
def test_nothing_is_said_of_a_client_that_leaves_an_upstream(action: bytes, lines: int) -> None:
    client = FrameClient()
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(0)))
    client.ask(1)
    client.connection.streams[1].request.upstream = UpstreamState(action=action)
    events.end_of_input(client.connection)
    assert len(client.hosting.logged) == lines


def test_a_head_has_to_be_whole_in_time() -> None:
    client = FrameClient()
    block = client.encoder.encode(list(GET))
    whole = frame(FrameKind.HEADERS, END_HEADERS | END_STREAM, 1, block)
    assert client.send(whole[:-3]) == []
    client.hosting.clock += 60
    events.time_is_up(client.connection)
    assert client.frames() == [Frame(FrameKind.RST_STREAM, 0, 1, number(ErrorCodes.PROTOCOL_ERROR))]
    assert client.hosting.access == [(b"/", 408, 0)]
    assert client.send(whole[-3:] + frame(FrameKind.PING, 0, 0, bytes(8))) == [Frame(FrameKind.PING, ACK, 0, bytes(8))]
