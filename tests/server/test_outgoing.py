"""What goes out to a client that is slow, or is to be served slowly."""

from __future__ import annotations

from typing import Any, cast

from ngxpush.http.limit_rate import Rate
from ngxpush.server.outgoing import Outgoing

from .fakes import FakeLoop, FakeTransport


class _Client:
    send_timeout = 2.0

    def __init__(self) -> None:
        self.loop = FakeLoop()
        self.transport = FakeTransport()
        self.now = self.loop.time
        self.told: list[str] = []
        self.outgoing = Outgoing(cast(Any, self), cast(Any, self.loop))

    def paced_out(self) -> None:
        self.told.append("paced out")

    def not_taken(self) -> None:
        self.told.append("not taken")

    def drained(self, result: object) -> None:
        self.told.append("drained")


def test_a_client_that_reads_is_never_waited_for() -> None:
    client = _Client()
    client.outgoing.write(b"x")
    assert client.transport.written == b"x"
    assert not client.outgoing.wait(client.drained)


def test_a_client_that_reads_on_is_waited_for_no_longer() -> None:
    client = _Client()
    client.outgoing.pause()
    assert client.outgoing.wait(client.drained) and client.outgoing.is_awaited
    client.outgoing.resume()
    client.loop.advance(5)
    assert client.told == ["drained"] and not client.outgoing.is_awaited


def test_send_timeout_begins_anew_when_something_was_taken() -> None:
    client = _Client()
    client.transport.unsent = 20000
    client.outgoing.pause()
    client.transport.unsent = 19000
    client.loop.advance(3)
    assert client.told == []
    client.loop.advance(2)
    assert client.told == ["not taken"]


def test_far_too_much_unsent_ends_the_client_at_once() -> None:
    client = _Client()
    client.transport.unsent = 65 * 1024 * 1024
    client.outgoing.pause()
    assert client.transport.aborted and client.loop.pending == 0


def test_a_paced_answer_is_waited_for_until_it_is_out() -> None:
    client = _Client()
    client.outgoing.pace(Rate(10, 0, client.loop.now))
    client.outgoing.write(b"0123456789abc")
    assert client.outgoing.is_held and client.outgoing.wait(client.drained)
    client.loop.advance(1)
    assert client.transport.written == b"0123456789abc"
    assert client.told == ["drained", "paced out"] and not client.outgoing.is_held


def test_what_is_held_back_can_be_dropped() -> None:
    client = _Client()
    client.outgoing.pace(Rate(10, 0, client.loop.now))
    client.outgoing.write(b"0123456789abc")
    assert client.outgoing.end_pace() == 3
    client.outgoing.write(b"next")
    assert client.transport.written == b"0123456789next"
