"""grpc_pass: requests to gRPC servers and their answers, as nginx 1.22.1 has them (tests/differential/test_grpc.py)."""

from __future__ import annotations

import pytest

from ngxpush.http.gateways.grpc import frames
from ngxpush.http.gateways.grpc.frames import PREFACE, frame
from ngxpush.http.gateways.grpc.header_block import HeaderBlock, Line
from ngxpush.http.upstream.connection import Happening, PeerEvent
from tests.http.gateways.grpc.wire import HEAD, OK, SETTINGS, TRAILERS, data, headers, line
from tests.http.upstream.servers import CLOSED, SILENT, ProxiedSite, Server, client, says

_ENDED = frames.END_HEADERS | frames.END_STREAM
_ACK = frame(frames.SETTINGS, frames.ACK, 0)


def site(*servers: Server, directives: str = "", target: str = "127.0.0.1:81", group: str = "", body: bytes = b"") -> ProxiedSite:
    made = f"{group} server {{ location / {{ grpc_pass {target}; {directives} }} }}"
    return ProxiedSite(made, *servers, body=body)


def answer(*sent: bytes | PeerEvent, directives: str = "", request: str = "GET / HTTP/1.1") -> bytes:
    """What the client gets of an answer."""
    events = [says(event) if isinstance(event, bytes) else event for event in sent]
    return site(Server(*events), directives=directives).serve(request + "\nHost: localhost")


def message(*sent: bytes | PeerEvent) -> bytes:
    """The lines that an answer leaves in the error log."""
    events = [says(event) if isinstance(event, bytes) else event for event in sent]
    asked = site(Server(*events))
    asked.serve("GET / HTTP/1.1\nHost: localhost")
    return b"\n".join(text for _, text in asked.connection.logged)


def request_lines(server: Server, stream: int = 1) -> list[Line]:
    """The lines of a request. What follows its first frame is not looked at."""
    sent = server.sent.removeprefix(PREFACE)
    length = int.from_bytes(sent[:3], "big")
    assert (sent[3], sent[8]) == (frames.HEADERS, stream)
    return list(HeaderBlock().lines(sent[9 : 9 + length]))


@pytest.mark.parametrize(
    ("directives", "request_head", "lines"),
    [
        (
            "",
            "GET /a?b HTTP/1.1\nHost: h\nX-A: b\nConnection: close\nUpgrade: x\nKeep-Alive: 3\nExpect: x",
            [(b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/a?b"), (b":authority", b"127.0.0.1:81"), (b"x-a", b"b")],
        ),
        ("", "PUT / HTTP/1.1\nHost: h\nTE: gzip, trailers", [(b":method", b"PUT"), (b":path", b"/"), (b"te", b"trailers")]),
        ("", "GET / HTTP/1.1\nHost: h\nTE: gzip", [(b":method", b"GET"), (b":path", b"/")]),
        ("rewrite ^ '/e f?x=y' break;", "GET /%20 HTTP/1.1\nHost: h", [(b":path", b"/e%20f?x=y")]),
        ("grpc_set_header Host $host:1;", "GET / HTTP/1.1\nHost: h", [(b":path", b"/"), (b"host", b"h:1")]),
        (
            "grpc_set_header X-FOO $request_method; grpc_set_header User-Agent ''; grpc_set_header TE $http_te;",
            "GET / HTTP/1.1\nHost: h\nUser-Agent: u\nX-Foo: c\nTE: gzip\nA: z",
            [(b":authority", b"127.0.0.1:81"), (b"x-foo", b"GET"), (b"te", b"gzip"), (b"a", b"z")],
        ),
    ],
)
def test_the_request(directives: str, request_head: str, lines: list[Line]) -> None:
    server = Server(says(HEAD), CLOSED)
    site(server, directives=directives).serve(request_head)
    sent = request_lines(server)
    assert [entry for entry in sent if entry in lines] == lines
    assert {name for name, _ in sent} - {name for name, _ in lines} <= {b":method", b":scheme", b":path", b":authority"}
    assert (b":authority", b"127.0.0.1:81") in sent or b"host" in dict(sent)


@pytest.mark.parametrize(
    ("target", "group", "authority", "scheme"),
    [
        ("grpcs://[::1]:82", "", b"[::1]:82", b"https"),
        ("unix:/tmp/s", "", b"localhost", b"http"),
        ("grpc://app", "upstream app { server 127.0.0.1:81; }", b"app", b"http"),
        ("GRPC://$arg_to", "", b"10.0.0.1:83", b"http"),
        ("$arg_to", "", b"10.0.0.1:83", b"http"),
    ],
)
def test_the_target(target: str, group: str, authority: bytes, scheme: bytes) -> None:
    server = Server(CLOSED)
    asked = site(server, target=target, group=group)
    asked.serve("GET /?to=10.0.0.1:83 HTTP/1.1\nHost: h")
    lines = dict(request_lines(server))
    assert (lines[b":authority"], lines[b":scheme"]) == (authority, scheme)


def test_the_body_follows_the_head() -> None:
    server = Server(client(b"hello"), client(b""), says(SETTINGS), says(HEAD + TRAILERS))
    site(server).serve("POST / HTTP/1.1\nHost: h\nContent-Length: 5")
    assert (b"content-length", b"5") in request_lines(server)
    assert server.sent.endswith(data(b"hello") + data(b"", flags=1) + _ACK)


def test_the_body_of_a_client_that_is_still_sending_it() -> None:
    server = Server(
        client(b"one"), says(SETTINGS + HEAD + data(b"1")), client(b"two"), says(data(b"2")), client(b""), says(TRAILERS)
    )
    got = site(server).serve("POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked")
    assert server.sent.endswith(data(b"one") + _ACK + data(b"two") + data(b"", flags=1))
    assert got.endswith(b"\r\n\r\n1\r\n1\r\n1\r\n2\r\n0\r\ngrpc-status: 0\r\n\r\n")


def test_a_server_that_does_not_widen_its_window_is_slow() -> None:
    small = frame(frames.SETTINGS, 0, 0, b"\0\4\0\0\0\0")
    server = Server(says(small), client(b"hello"), SILENT)
    directives = "grpc_read_timeout 1s; grpc_send_timeout 2s;"
    asked = site(server, directives=directives)
    assert asked.serve("POST / HTTP/1.1\nHost: h\nContent-Length: 5").startswith(b"HTTP/1.1 504")
    assert server.waited[-1] == 2000


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ([HEAD, data(b"abc"), data(b"def"), TRAILERS], b"x-a: b\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\ngrpc-status: 0\r\n\r\n"),
        ([HEAD + data(b"abc") + data(b"def", flags=1)], b"x-a: b\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n"),
        (
            [headers(OK + line(b"grpc-status", b"12"), flags=_ENDED)],
            b"Content-Length: 0\r\nConnection: keep-alive\r\ngrpc-status: 12\r\n\r\n",
        ),
        (
            [headers(OK + line(b"content-length", b"3")), data(b"abc") + TRAILERS],
            b"Content-Length: 3\r\nConnection: keep-alive\r\n\r\nabc",
        ),
        (
            [HEAD, headers(line(b"set-cookie", b"b") + line(b"date", b"d") + line(b"x-accel-redirect", b"/e"), flags=_ENDED)],
            b"x-a: b\r\n\r\n0\r\nset-cookie: b\r\n\r\n",
        ),
        (
            [headers(OK + line(b"x-pad", b"c") + line(b"server", b"d") + line(b"location", b"/l"), flags=_ENDED)],
            b"x-pad: c\r\nlocation: /l\r\n\r\n",
        ),
        (
            [headers(OK + line(b"x-accel-buffering", b"yes")), data(b"a"), TRAILERS],
            b"\r\n\r\n1\r\na\r\n0\r\ngrpc-status: 0\r\n\r\n",
        ),
    ],
)
def test_the_answer(sent: list[bytes], received: bytes) -> None:
    got = answer(*sent)
    assert got.startswith(b"HTTP/1.1 200 OK\r\n") and got.endswith(received)


def test_what_reaches_a_client_of_http_1_0() -> None:
    assert answer(HEAD, data(b"abc"), TRAILERS, request="GET / HTTP/1.0").endswith(b"x-a: b\r\n\r\nabc")


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        (line(b"a", b"b"), b"upstream sent no :status header"),
        (OK + OK, b"upstream sent duplicate :status header"),
        (line(b":status", b"2x0"), b'upstream sent invalid :status "2x0"'),
        (line(b":status", b"103"), b'upstream sent unexpected :status "103"'),
        (OK + line(b":foo", b"9"), b'upstream sent invalid header ":foo: 9"'),
        (OK + line(b"A", b"9"), b'upstream sent invalid header: "A: 9"\nupstream sent invalid header'),
        (OK + b"".join(line(b"a%d" % number, b"v" * 100) for number in range(60)), b"upstream sent too big header"),
    ],
)
def test_heads_that_are_refused(block: bytes, lines: bytes) -> None:
    assert message(headers(block)) == lines
    assert answer(headers(block)).startswith(b"HTTP/1.1 502")


@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        ([HEAD, headers(line(b":a", b"b"), flags=_ENDED)], b'upstream sent invalid trailer ":a: b"'),
        ([HEAD, headers(b"\xbe", flags=_ENDED)], b"upstream sent invalid http2 table index: 62\nupstream sent invalid trailer"),
        ([HEAD, frame(frames.RST_STREAM, 0, 1, b"\0\0\0\2")], b"upstream rejected request with error 2"),
        ([HEAD, data(b"x"), CLOSED], b"upstream prematurely closed connection"),
        (
            [headers(OK + line(b"content-length", b"2")), data(b"abc")],
            b"upstream sent response body larger than indicated content length",
        ),
        ([headers(OK + line(b"content-length", b"4")), data(b"abc", flags=1)], b"upstream prematurely closed stream"),
    ],
)
def test_bodies_that_are_refused(sent: list[bytes | PeerEvent], lines: bytes) -> None:
    assert message(*sent) == lines


def test_frames_before_the_head_do_not_fill_the_buffer() -> None:
    assert answer(SETTINGS * 1200, HEAD + TRAILERS).startswith(b"HTTP/1.1 200")


def test_an_answer_without_lines_has_status_000() -> None:
    assert answer(headers(b"", flags=_ENDED)).startswith(b"HTTP/1.1 000 \r\n")


_KEPT = "upstream app { server 127.0.0.1:81; keepalive 2; }"


def test_the_connection_is_used_again() -> None:
    third = says(headers(OK, 3) + data(b"2", 3, 1))
    server = Server(says(SETTINGS + HEAD + data(b"1") + TRAILERS), third, says(headers(OK, 5) + data(b"3", 5, 1)))
    asked = site(server, target="app", group=_KEPT)
    for body in (b"1", b"2", b"3"):
        assert asked.serve("GET / HTTP/1.1\nHost: h").partition(b"\r\n\r\n")[2].startswith(b"1\r\n" + body)
    assert server.sent.count(PREFACE) == 1 and server.sent.count(b"\x82\x86\x84") == 3


def test_the_next_connection_after_one_that_has_been_closed_goes_on_with_the_number() -> None:
    server, second = Server(says(HEAD + TRAILERS), CLOSED), Server(says(headers(OK, 3) + data(b"x", 3, 1)))
    asked = site(server, second, target="app", group=_KEPT)
    asked.serve("GET / HTTP/1.1\nHost: h")
    assert asked.serve("GET / HTTP/1.1\nHost: h").endswith(b"1\r\nx\r\n0\r\n\r\n")
    assert second.sent.startswith(PREFACE) and request_lines(second, 3)


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + frame(frames.GOAWAY, 0, 0, b"\0\0\0\1\0\0\0\0") + TRAILERS,
        # Its settings are not acknowledged before the answer is over.
        SETTINGS + headers(OK, flags=_ENDED),
        headers(b"\x89") + data(b"x", flags=1),
    ],
)
def test_the_connection_is_closed(sent: bytes) -> None:
    server = Server(says(sent))
    asked = site(server, target="app", group=_KEPT)
    asked.serve("GET / HTTP/1.1\nHost: h")
    assert server.closed and _ACK not in server.sent


def test_the_next_server_is_asked() -> None:
    group = "upstream app { server 127.0.0.1:81; server 127.0.0.1:82; }"
    first, second = Server(says(frame(frames.GOAWAY, 0, 0, bytes(8)))), Server(says(HEAD + data(b"x") + TRAILERS))
    asked = site(first, second, target="app", group=group, directives="grpc_next_upstream invalid_header;")
    assert asked.serve("GET / HTTP/1.1\nHost: h").startswith(b"HTTP/1.1 200")
    assert request_lines(first) == request_lines(second)


_PING = frame(frames.PING, 0, 0, b"12345678")


class _Deaf(Server):
    """A server that does not read until the event TAKEN."""

    def send(self, data: bytes) -> None:
        assert not self.is_full
        super().send(data)
        self.is_full = True


def test_what_is_said_in_return_waits_until_the_server_reads() -> None:
    server = _Deaf(says(SETTINGS), says(_PING * 2), PeerEvent(Happening.TAKEN), says(HEAD + TRAILERS), CLOSED)
    site(server).serve("GET / HTTP/1.1\nHost: localhost")
    assert server.sent.endswith(_ACK + frame(frames.PING, frames.ACK, 0, b"12345678") * 2)


def test_a_server_that_asks_and_does_not_read() -> None:
    asked = site(_Deaf(*(says(_PING * 10) for _ in range(101))))
    assert asked.serve("GET / HTTP/1.1\nHost: localhost").startswith(b"HTTP/1.1 502")
    assert asked.connection.logged[-1][1] == b"upstream sent too many ping frames"
