"""What reads bytes from outside, as functions of any bytes: none may raise what it does not declare.

coverage_guided.py searches for bytes that do; test_targets.py tries some at each run of the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from ngxpush.config.analyzer import analyze
from ngxpush.config.compiler import compile_configuration
from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.http import phases
from ngxpush.http.body import ChunkedBody
from ngxpush.http.chunks import InvalidChunks, TooLargeBody
from ngxpush.http.connection import events
from ngxpush.http.connection.connection import Connection
from ngxpush.http.connection.states import State
from ngxpush.http.request import Request
from ngxpush.http.routing import listeners, running
from ngxpush.http.upstream.body import ByChunks, InvalidBody
from ngxpush.push.frames import FrameReader, Received
from ngxpush.push.subscribers import subscribe
from tests.http.connection import client
from tests.http.serving import compiled
from tests.machine import Machine
from tests.push.fakes import FakeQuestion, path, worker
from tests.push.fakes import run as complete


@dataclass(frozen=True)
class Target:
    """read: takes any bytes.  words: what is worth being put together.  seeds: to begin with."""

    read: Callable[[bytes], None]
    words: tuple[bytes, ...]
    seeds: tuple[bytes, ...]


def pieces(data: bytes) -> Iterator[bytes]:
    """All but the first bytes, cut as those say: so many cuts, and where each is."""
    count = data[0] % 4 if data else 0
    rest = data[1 + count :]
    places = sorted({0, len(rest), *(cut * len(rest) // 256 for cut in data[1 : 1 + count])})
    for start, end in pairwise(places):
        yield rest[start:end]


def read_configuration(data: bytes) -> None:
    """A configuration is refused with a message, or it can be served."""
    machine = Machine({"/etc/nginx/nginx.conf": data, "/etc/nginx/more.conf": data[: len(data) // 2]})
    analysis = analyze("/etc/nginx/nginx.conf", "/etc/nginx", system=machine)
    if analysis.fatal is None:
        compile_configuration(analysis)


_HTTP = r"""
map $uri $mapped { default $host; ~^/(?<first>.)(.*)$ "$2$first"; }
server {
    listen 80; server_name a *.b.test ~^(?<name>.+)\.c$;
    client_max_body_size 100; large_client_header_buffers 2 1k; keepalive_requests 5;
    error_page 404 /missing; error_page 405 =200 @named;
    location / { return 200 "$request_method $uri $args $host $http_x $cookie_a $arg_b $request_length $request"; }
    location = /missing { internal; return 404; }
    location @named { return 200 "$status $content_length $http_host"; }
    location ~ ^/r/(.*)$ { rewrite ^/r/(a.*)$ /$1?x last; if ($args) { set $x $1; } return 301 $scheme://$http_host/$x; }
    location /m { if ($mapped = a) { return 405; } return 302 $mapped; }
    location /denied { satisfy any; deny all; auth_basic "$uri"; auth_basic_user_file /none; }
}
server { listen 80; server_name z; merge_slashes off; ignore_invalid_headers off; underscores_in_headers on; return 444; }
"""
_SERVED_BY_CLIENT = frozenset((b"/body", b"/later", b"/later-body", b"/stream", b"/drained", b"/tunnel", b"/websocket", b"/pass"))
_LISTENERS: list[object] = []


@contextmanager
def _phases() -> Iterator[None]:
    """Some addresses have the content handlers of tests/http/connection/client.py, which need neither files nor sockets."""
    serve = phases.serve

    async def serve_or_handle(request: Request) -> None:
        await (client.serve if request.uri in _SERVED_BY_CLIENT else serve)(request)

    phases.serve = serve_or_handle
    try:
        yield
    finally:
        phases.serve = serve


def read_requests(data: bytes) -> None:
    """A connection survives any bytes: what it can't serve it refuses, and in the end nothing is left."""
    if not _LISTENERS:
        configuration = compiled(_HTTP).http
        assert configuration is not None
        _LISTENERS.append(listeners(running(configuration))[0])
    client.begin()
    hosting, transport = client.FakeHosting(), client.FakeTransport()
    connection = Connection(hosting, transport, _LISTENERS[0], (b"127.0.0.1", 40000), (b"127.0.0.1", 80))  # type: ignore[arg-type]
    with _phases():
        for piece in pieces(data):
            if connection.wants_bytes:
                events.receive(connection, piece)
        while client.Later.resumes:
            client.Later.resumes.pop(0)(None)
        events.end_of_input(connection)
        events.lost(connection)
    while client.Later.resumes:
        client.Later.resumes.pop(0)(None)
    assert connection.state is State.CLOSED and connection.request is None
    assert not [line for line in hosting.logged if "inside ngxpush" in line], hosting.logged


def read_chunks(data: bytes) -> None:
    """A client's and a server's chunked body: what is in them does not depend on where they are cut."""
    cut = list(pieces(data))
    assert _client_body(cut) == _client_body([b"".join(cut)])
    assert _server_body(cut) == _server_body([b"".join(cut)])


def _client_body(cut: list[bytes]) -> tuple[bytes, bytes | None] | type[Exception]:
    body, rest = ChunkedBody(keep=True, limit=1000), None
    try:
        for piece in cut:
            rest = body.feed(piece) if rest is None else rest + piece
    except (InvalidChunks, TooLargeBody) as error:
        return type(error)
    return b"".join(body.pieces), rest


def _server_body(cut: list[bytes]) -> tuple[bytes, bool] | type[Exception]:
    body, text = ByChunks(), b""
    try:
        for piece in cut:
            if not body.ended:
                text += body.feed(piece)
    except InvalidBody as error:
        return type(error)
    return text, body.ended


def _waiting(reader: FrameReader, most: int) -> list[tuple[Received, bytes]]:
    """What frames that wait say, which are `most` at most."""
    return [event for _ in range(most) for event in reader.receive(b"")]


def read_frames(data: bytes) -> None:
    """Frames say the same wherever they are cut, and a subscriber survives all of them."""
    cut = list(pieces(data))
    reader, whole = FrameReader(), FrameReader()
    said = [event for piece in cut for event in reader.receive(piece)]
    said += _waiting(reader, len(data))
    assert said == whole.receive(b"".join(cut)) + _waiting(whole, len(data))
    settings = PushStreamLocation(
        subscriber=SubscriberMode.WEBSOCKET, channels_path=path(b"a"), websocket_allow_publish=bool(data and data[0] & 4)
    )
    here = worker(settings)
    question = FakeQuestion(
        headers={b"upgrade": b"", b"connection": b"", b"sec-websocket-key": b"", b"sec-websocket-version": b"13"}
    )
    complete(subscribe(question, settings, here))
    assert question.received is not None
    for piece in [*cut, *(b"" for _ in data)]:
        question.received(piece)
    ended = bool(said) and said[-1][0] not in (Received.TEXT, Received.PING, Received.PONG)
    assert bool(question.sink.ended) is ended and here.subscribers == (0 if ended else 1)


_CONFIGURATION_WORDS = rb"""
    events{} http{ server{ location location~ ^/(.*)$ { } ; " ' \ # $ ${ $1 $host $arg_a ${uri} listen server_name 80
    127.0.0.1:80 [::1]:80 ssl default_server root alias return 200 301 rewrite last if($a if ($ !~* -f include more.conf map
    geo ranges upstream split_clients 10% * set $a proxy_pass http://a proxy_set_header log_format combined access_log off
    error_log info error_page 404 =200 @named try_files =404 expires max modified add_header always push_stream_publisher
    admin push_stream_subscriber websocket push_stream_channels_path push_stream_message_template ~text~
    push_stream_shared_memory_size 32m push_stream_padding_by_user_agent [M]SIE,1024,512: gzip on types text/html
    limit_req_zone zone=a:1m rate=1r/s limit_req zone=a burst=5 geo$a 10.0.0.0/8 10.0.0.1-10.0.0.2 delete proxy userid
    resolver worker_processes auto user nobody env A=b load_module daemon _by_lua_block{ }} valid_referers none blocked ~\.a\.
    internal satisfy any deny all allow sub_filter 1d 10k 999999999999999999999 -1
"""

_REQUEST_WORDS = rb"""
    GET POST HEAD OPTIONS / /body /later /later-body /stream /drained /tunnel /websocket /pass /r/a?x /m /denied /missing //
    /../ %2f %00 %zz ?b=1 #f http://a/x http://[::1 HTTP/1.1 HTTP/1.0 HTTP/9 Host: a x.b.test n.c z a..b Connection: close
    keep-alive upgrade Upgrade: Transfer-Encoding: chunked gzip Content-Length: 3 0 99999999999999999999 Expect: 100-continue
    X: Cookie: a=1; If-Modified-Since: Authorization: Basic YTpi Range: bytes=0-1 5;x Hello 0 -1 ffffffffffffffff
"""

_CHUNK_WORDS = b"0 1 3 a ff ;x abc ffffffff 7fffffffffffffff 8000000000000000 A: b"

# First bytes, lengths and payloads, and frames of them.
_FRAME_WORDS = (
    *(bytes((byte,)) for byte in (0, 1, 2, 5, 8, 9, 10, 126, 127, 0x80, 0x81, 0x82, 0x85, 0x88, 0x89, 0x8A, 0xF1, 0xFE, 0xFF)),
    *(
        b"abcd",
        b"\xc3\xa9",
        b"\xe2\x82",
        b"\x81\x01a",
        b"\x01\x01a",
        b"\x80\x01b",
        b"\x89\0",
        b"\x81\x7f" + bytes(7),
        b"\x81\x81abcdx",
    ),
)

_POST = b"POST /body HTTP/1.1\r\nHost: a\r\n"

TARGETS = {
    "configuration": Target(
        read_configuration,
        (*_CONFIGURATION_WORDS.split(), b" ", b"\n", b";\n", b"events {}\nhttp {\n", b"}\n", b"\0", b"\xff"),
        (
            b'events{}http{map $uri $a{default $host;~^/(?<b>.)$ $b;}server{listen 80;if ($a) {return 200 "$b";}}}',
            b"events{}http{push_stream_shared_memory_size 1m;server{push_stream_publisher;push_stream_channels_path $arg_a;}}",
        ),
    ),
    "requests": Target(
        read_requests,
        (*_REQUEST_WORDS.split(), b" ", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b":", b" HTTP/1.1\r\nHost: a\r\n"),
        (
            b"\0GET /r/a?x HTTP/1.1\r\nHost: x.b.test\r\nCookie: a=1\r\n\r\nGET /later HTTP/1.0\r\n\r\n",
            b"\1\x80" + _POST + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\nabcGET /m HTTP/1.1\r\nHost: z\r\n\r\n",
            b"\1\xc0" + _POST + b"Transfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\nOPTIONS * HTTP/1.1\r\n\r\n",
            b"\0GET /websocket HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nabc",
        ),
    ),
    "chunks": Target(
        read_chunks,
        (*_CHUNK_WORDS.split(), b"\r\n", b"\n", b"\r", b" ", b"\t"),
        (b"\1\x203;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nA: b\r\n\r\nrest",),
    ),
    "frames": Target(read_frames, _FRAME_WORDS, (b"\5\x30\x01\x01a\0\x81\1\2\3\4c\x80\x01d\x81\x7e\0\3abc\x88\0",)),
}
