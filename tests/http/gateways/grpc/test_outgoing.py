"""The frames of a request, as nginx 1.22.1 sends them."""

from __future__ import annotations

from ngxpush.http.gateways.grpc.frames import PREFACE, frame
from ngxpush.http.gateways.grpc.outgoing import MemoryOutflow, Outgoing
from ngxpush.http.gateways.grpc.session import Stream
from ngxpush.http.upstream.client_body import ClientBody
from tests.http.upstream.servers import Server

_HEAD = frame(1, 4, 1, b"head")


def test_the_first_request_on_a_connection_follows_the_preface() -> None:
    outgoing = Outgoing(Stream.begin(Server()), b"head", None)
    assert not outgoing.is_sent
    assert outgoing.next() == PREFACE + frame(1, 5, 1, b"head")
    assert outgoing.is_sent and not outgoing.is_blocked
    settings = b"\0\0\x12\x04\0\0\0\0\0" + b"\0\x01\0\0\0\0" + b"\0\x02\0\0\0\0" + b"\0\x04\x7f\xff\xff\xff"
    expected = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + b"\0\0\x04\x08\0\0\0\0\0\x7f\xff\0\0"
    assert expected == PREFACE


def test_the_next_one_has_the_next_stream_and_what_is_left_of_the_window() -> None:
    server = Server()
    first = Stream.begin(server)
    first.send(5)
    second = Stream.begin(server)
    assert Outgoing(second, b"head", None).next() == frame(1, 5, 3, b"head")
    assert (second.send_window, second.room) == (65535, 65530)


def test_a_large_head_is_cut_into_frames() -> None:
    stream = Stream.begin(Server())
    sent = Outgoing(stream, b"x" * 40000, MemoryOutflow(b"")).next().removeprefix(PREFACE)
    assert sent == frame(1, 0, 1, b"x" * 16384) + frame(9, 0, 1, b"x" * 16384) + frame(9, 4, 1, b"x" * 7232)


def test_a_body_that_is_here() -> None:
    outgoing = Outgoing(Stream.begin(Server()), b"head", MemoryOutflow(b"y" * 20000))
    assert outgoing.next() == PREFACE + _HEAD
    assert outgoing.next() == frame(0, 0, 1, b"y" * 16384) + frame(0, 1, 1, b"y" * 3616)
    assert outgoing.is_sent


def test_an_empty_body_has_a_frame() -> None:
    outgoing = Outgoing(Stream.begin(Server()), b"head", MemoryOutflow(b""))
    outgoing.next()
    assert (outgoing.next(), outgoing.is_sent) == (frame(0, 1, 1), True)


def test_windows_are_kept() -> None:
    stream = Stream.begin(Server())
    outgoing = Outgoing(stream, b"head", MemoryOutflow(b"0123456789"))
    outgoing.next()
    stream.send_window = 2
    assert (outgoing.next(), outgoing.is_blocked) == (frame(0, 0, 1, b"01"), True)
    assert outgoing.next() == b""
    stream.send_window, stream.session.send_window = 9, 1
    assert outgoing.next() == frame(0, 0, 1, b"2")
    stream.session.send_window = 7
    assert (outgoing.next(), outgoing.is_sent) == (frame(0, 1, 1, b"3456789"), True)


def test_a_body_as_the_client_sends_it() -> None:
    body = ClientBody()
    stream = Stream.begin(Server())
    outgoing = Outgoing(stream, b"head", body)
    outgoing.next()
    assert (outgoing.next(), outgoing.is_sent) == (b"", False)
    body.received(b"abc")
    assert outgoing.next() == frame(0, 0, 1, b"abc")
    stream.send_window = 0
    body.received(b"defg")
    assert (outgoing.next(), outgoing.is_blocked) == (b"", True)
    stream.send_window = 10
    assert outgoing.next() == frame(0, 0, 1, b"defg")
    body.received(b"", ended=True)
    assert (outgoing.next(), outgoing.is_sent) == (frame(0, 1, 1), True)
