"""Push locations over HTTP: heads, the framing of open answers, and their end. What is answered is tested in tests/push."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain
from ngxpush.http.content.push_stream import Engine
from ngxpush.push.operations import Publish, ZoneAway, ZoneLost
from tests.http.fakes import NOW
from tests.http.serving import Site
from tests.push.fakes import AbsentZone, FakeClock, run, subscribers, worker

LOCATIONS = """
location /pub { push_stream_publisher admin; push_stream_channels_path $arg_id; push_stream_store_messages on; }
location /sub { push_stream_subscriber; push_stream_channels_path $arg_id;
                push_stream_header_template "hi "; push_stream_footer_template bye; push_stream_message_template "<~text~>";
                push_stream_subscriber_connection_ttl 1m; }
location /plain { push_stream_subscriber; push_stream_channels_path $arg_id; default_type a/b; }
location /poll { push_stream_subscriber polling; push_stream_channels_path $arg_id; }
location /lp { push_stream_subscriber long-polling; push_stream_channels_path $arg_id; }
location /ws { push_stream_subscriber websocket; push_stream_channels_path $arg_id; push_stream_message_template "<~text~>"; }
location /stats { push_stream_channels_statistics; push_stream_channels_path $arg_id; }
"""
NO_CACHE = "Expires: Thu, 01 Jan 1970 00:00:01 GMT\r\nCache-Control: no-cache, no-store, must-revalidate\r\n"
WEBSOCKET = "\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13"


class PushSite(Site):
    """A site with an engine of its own. Each request has its connection; the last one's is `connection`."""

    def __init__(self, settings: str = "", locations: str = LOCATIONS) -> None:
        super().__init__(f"push_stream_shared_memory_size 32m; {settings} server {{ listen 80; {locations} }}")
        http = self.listener.http
        self.clock = FakeClock(NOW)
        self.worker = worker(*http.configuration.each(PushStreamLocation), main=http.of(PushStreamMain), clock=self.clock)
        self.engine = Engine(self.worker, b"here")

    def publish(self, channel: str, text: bytes) -> str:
        """The whole answer."""
        self.body = text
        answer = self.ask(f"/pub?id={channel}", "POST")
        self.clock.forward(0)
        return answer

    def ask(self, target: str, method: str = "GET", headers: str = "", version: str = "1.1") -> str:
        """The answer, as far as it came."""
        return self.serve(f"{method} {target} HTTP/{version}\nHost: a{headers}").decode("latin-1")


def head_of(answer: str) -> str:
    return answer.partition("\r\n\r\n")[0]


def unzipped(answer: bytes) -> tuple[bytes, bool]:
    """What the chunks of an answer hold, and whether that is all."""
    _, _, chunks = answer.partition(b"\r\n\r\n")
    decompressor = zlib.decompressobj(31)
    text = b""
    while chunks:
        size, _, rest = chunks.partition(b"\r\n")
        text += decompressor.decompress(rest[: int(size, 16)])
        chunks = rest[int(size, 16) + 2 :]
    return text, decompressor.eof


def test_a_publisher_is_answered() -> None:
    site = PushSite()
    answer = site.publish("news", b"hello")
    assert head_of(answer) + "\r\n" == (
        "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 09 Sep 2001 01:46:40 GMT\r\nContent-Type: application/json\r\n"
        "Content-Length: 86\r\nConnection: keep-alive\r\n" + NO_CACHE
    )
    assert answer.endswith('{"channel": "news", "published_messages": 1, "stored_messages": 1, "subscribers": 0}\r\n')
    assert site.connection.finished


def test_an_answer_without_a_body_has_no_type() -> None:
    answer = PushSite().ask("/pub?id=", "POST")
    assert answer.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert "Content-Type" not in answer
    assert answer.endswith(
        "Content-Length: 0\r\nConnection: keep-alive\r\n"
        + NO_CACHE
        + "X-Nginx-PushStream-Explain: No channel id provided.\r\n\r\n"
    )


@pytest.mark.parametrize(("status", "line"), [(413, "413 Request Entity Too Large"), (400, "400 Bad Request")])
def test_a_body_that_is_refused(status: int, line: str) -> None:
    site = PushSite()
    site.body = status
    assert site.ask("/pub?id=news", "POST").startswith(f"HTTP/1.1 {line}\r\n")
    assert '"published_messages": 0' in site.ask("/pub?id=news")


def test_a_stream_in_chunks() -> None:
    site = PushSite()
    answer = site.ask("/sub?id=news")
    assert head_of(answer) + "\r\n" == (
        "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 09 Sep 2001 01:46:40 GMT\r\nContent-Type: text/plain\r\n"
        "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n" + NO_CACHE
    )
    stream = site.connection
    assert answer.endswith("\r\n\r\n3\r\nhi \r\n")
    stream.writes.clear()
    site.publish("news", b"hello")
    assert stream.writes == [b"7\r\n<hello>\r\n"]
    stream.writes.clear()
    site.clock.forward(60)
    assert b"".join(stream.writes) == b"3\r\nbye\r\n0\r\n\r\n"
    assert stream.finished


def test_a_stream_for_http_1_0() -> None:
    site = PushSite()
    answer = site.ask("/sub?id=news", version="1.0")
    stream = site.connection
    assert "chunked" not in answer
    assert answer.endswith("\r\n\r\nhi ")
    stream.writes.clear()
    site.publish("news", b"hello")
    assert stream.writes == [b"<hello>"]


def test_the_head_waits_for_the_first_message() -> None:
    """Less than postpone_output is not sent before something is flushed."""
    site = PushSite()
    assert site.ask("/plain?id=news") == ""
    stream = site.connection
    site.publish("news", b"hello")
    assert stream.written.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Content-Type: a/b\r\n" in stream.written
    assert stream.written.endswith(b"\r\n\r\n5\r\nhello\r\n")


def test_a_compressed_stream() -> None:
    site = PushSite("gzip on; gzip_types text/plain; gzip_min_length 1;")
    site.ask("/sub?id=news", headers="\nAccept-Encoding: gzip")
    stream = site.connection
    site.publish("news", b"hello")
    assert unzipped(stream.written) == (b"hi <hello>", False)


def test_the_end_of_a_compressed_stream() -> None:
    site = PushSite("gzip on; gzip_types text/plain; gzip_min_length 1;")
    site.ask("/sub?id=news", headers="\nAccept-Encoding: gzip")
    stream = site.connection
    site.clock.forward(60)
    assert unzipped(stream.written) == (b"hi bye", True)


@pytest.mark.parametrize(
    ("settings", "target", "headers", "version", "writes"),
    [
        ("", "/sub", "", "1.1", [b"3\r\n<1>\r\n3\r\n<2>\r\n"]),
        ("", "/sub", "", "1.0", [b"<1><2>"]),
        ("", "/ws", WEBSOCKET, "1.1", [b"\x81\x03<1>\x81\x03<2>"]),
        # nginx sends a first piece, and perhaps no other one.
        ("limit_rate 1k;", "/sub", "", "1.1", [b"3\r\n<1>\r\n", b"3\r\n<2>\r\n"]),
        ("limit_rate 1k;", "/sub", "", "1.0", [b"<1>", b"<2>"]),
        ("limit_rate 1k;", "/ws", WEBSOCKET, "1.1", [b"\x81\x03<1>", b"\x81\x03<2>"]),
        # Each piece is flushed through the filter.
        ("sub_filter a b; sub_filter_types *;", "/sub", "", "1.0", [b"<1>", b"<2>"]),
    ],
)
def test_messages_of_one_turn(settings: str, target: str, headers: str, version: str, writes: list[bytes]) -> None:
    site = PushSite(settings)
    turns: list[Callable[[], None]] = []
    site.worker.next_turn = turns.append
    site.ask(f"{target}?id=news", headers=headers, version=version)
    stream = site.connection
    stream.writes.clear()
    for text in (b"1", b"2"):
        run(site.worker.zone.do(Publish((b"news",), text, store=False)))
    turns[0]()
    assert stream.writes == writes


def test_who_leaves_is_not_counted() -> None:
    site = PushSite()
    site.ask("/sub?id=news")
    request = site.request
    assert request is not None
    assert subscribers(site.worker, [b"news"]) == [1]
    assert request.on_close is not None
    request.on_close()
    assert subscribers(site.worker, [b"news"]) == [0]


def test_polling() -> None:
    site = PushSite()
    site.publish("news", b"hello")
    answer = site.ask("/poll?id=news", headers="\nIf-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT")
    assert "Last-Modified: Sun, 09 Sep 2001 01:46:40 GMT\r\n" in answer
    assert "Etag: W/1\r\n" in answer
    assert answer.endswith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    again = "\nIf-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT\nIf-None-Match: W/1"
    assert site.ask("/poll?id=news.b1", headers=again).startswith("HTTP/1.1 200 OK\r\n")
    later = site.ask("/poll?id=news", headers="\nIf-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT\nIf-None-Match: 1")
    assert later.startswith("HTTP/1.1 304 Not Modified\r\n")


def test_long_polling_waits_for_its_answer() -> None:
    site = PushSite()
    assert site.ask("/lp?id=news") == ""
    waiting = site.connection
    assert not waiting.finished
    site.publish("news", b"hello")
    assert waiting.written.endswith(b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    assert waiting.finished


def test_an_empty_message_ends_what_a_client_waits_for_unless_a_filter_takes_it() -> None:
    locations = LOCATIONS.replace("location /lp {", "location /lp { push_stream_message_template '~event-id~';")
    site = PushSite(locations=locations)
    site.ask("/lp?id=news")
    waiting = site.connection
    site.publish("news", b"hello")
    assert (waiting.spoiled, waiting.finished, waiting.written) == (True, True, b"")
    zipping = PushSite("gzip on; gzip_types text/plain; gzip_min_length 1;", locations)
    zipping.ask("/lp?id=news", headers="\nAccept-Encoding: gzip")
    waiting = zipping.connection
    zipping.publish("news", b"hello")
    assert (waiting.spoiled, waiting.finished, unzipped(waiting.written)) == (False, True, (b"", True))


def test_a_websocket() -> None:
    site = PushSite()
    answer = site.ask("/ws?id=news", headers=WEBSOCKET)
    assert answer == (
        "HTTP/1.1 101 Switching Protocols\r\n" + NO_CACHE + "Upgrade: WebSocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    )
    socket = site.connection
    socket.writes.clear()
    site.publish("news", b"hello")
    assert socket.writes == [b"\x81\x07<hello>"]
    assert socket.received is not None
    socket.received(b"\x88\x80\x00\x00\x00\x00")
    assert socket.finished
    assert subscribers(site.worker, [b"news"]) == [0]


def test_a_websocket_that_breaks_the_protocol_ends_without_a_frame() -> None:
    site = PushSite()
    site.ask("/ws?id=news", headers=WEBSOCKET)
    socket = site.connection
    assert socket.received is not None
    socket.writes.clear()
    socket.received(b"\x81\x81\x00\x00\x00\x00\xff")  # not UTF-8
    assert socket.finished and socket.writes == []
    assert subscribers(site.worker, [b"news"]) == [0]


def test_statistics() -> None:
    site = PushSite()
    site.publish("news", b"hello")
    answer = site.ask("/stats?id=news")
    assert "X-Nginx-PushStream-Tag: 0.5.5\r\n" in answer
    assert answer.endswith('{"channel": "news", "published_messages": 1, "stored_messages": 1, "subscribers": 0}\r\n')
    assert '"hostname": "here"' in site.ask("/stats")


@pytest.mark.parametrize("target", ["/sub?id=news", "/lp?id=news", "/ws?id=news"])
def test_who_a_subscriber_is(target: str) -> None:
    site = PushSite()
    assert site.worker.audience_of(b"news") is None
    site.ask(target, headers="\nUser-Agent: me" + (WEBSOCKET if "ws" in target else ""))
    audience = site.worker.audience_of(b"news")
    assert audience is not None
    (subscriber,) = [*(client for group in audience.groups.values() for client in group), *audience.waiting]
    assert (subscriber.client.address, subscriber.client.user_agent) == (b"127.0.0.1", b"me")


@pytest.mark.parametrize("target", ["/pub?id=ch", "/pub?id=a/b", "/pub?id=ALL", "/pub"])
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("body", [b"", b"m"])
def test_whose_body_has_come_is_answered_at_once_in_the_same_way(target: str, method: str, body: bytes) -> None:
    later, at_once = PushSite(), PushSite()
    at_once.body_came = True
    for site in (later, at_once):
        site.publish("ch", b"before")
        site.body = body
    assert later.ask(target, method) == at_once.ask(target, method)
    assert at_once.answered_at_once


def test_who_awaits_100_continue_is_not_answered_at_once() -> None:
    site = PushSite()
    site.body_came, site.body = True, b"m"
    site.ask("/pub?id=ch", "POST", "\nExpect: 100-continue")
    assert not site.answered_at_once


@pytest.mark.parametrize(
    "settings", ["allow 127.0.0.1;", "satisfy any; deny all;", "mirror /pub;", "try_files /a =404;", "if ($arg_a) { }"]
)
def test_a_location_that_asks_others_is_not_answered_at_once(settings: str) -> None:
    site = PushSite(locations=f"location /sub {{ push_stream_subscriber; push_stream_channels_path $arg_id; {settings} }}")
    site.ask("/sub?id=a")
    assert not site.answered_at_once


@pytest.mark.parametrize(
    ("target", "method"), [("/pub", "GET"), ("/pub", "POST"), ("/pub", "DELETE"), ("/sub", "GET"), ("/stats", "GET")]
)
def test_the_reason_is_given_while_the_zone_is_away(target: str, method: str) -> None:
    site = PushSite("push_stream_allowed_origins *;")
    site.worker.zone = AbsentZone(ZoneAway("the channels are away"))
    site.body = b"hello"
    answer = site.ask(f"{target}?id=news", method)
    assert answer.startswith("HTTP/1.1 503 Service Temporarily Unavailable\r\n")
    assert "\r\nX-Nginx-PushStream-Explain: the channels are away\r\n" in answer
    assert ("\r\nAccess-Control-Allow-Origin: *\r\n" in answer) is (target != "/stats")
    assert [(level, text) for level, text, *_ in site.connection.logged] == [
        ("error", "push stream module: the channels are away")
    ]


def test_no_reason_is_given_when_the_process_of_the_zone_is_gone() -> None:
    site = PushSite()
    site.worker.zone = AbsentZone(ZoneLost("gone"))
    answer = site.ask("/pub?id=news")
    assert answer.startswith("HTTP/1.1 503 Service Temporarily Unavailable\r\n")
    assert "X-Nginx-PushStream-Explain" not in answer
