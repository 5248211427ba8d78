"""What observers hear of requests."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.settings import SubscriberMode
from ngxpush.http.connection.departure import DROPPED
from ngxpush.push.observing import End
from ngxpush.push.operations import Delete
from ngxpush.server.observing.observed import BODY_KEPT
from tests.http.content.test_push_stream import LOCATIONS, WEBSOCKET
from tests.http.fakes import NOW
from tests.push.fakes import run
from tests.push.test_frames import client_frame

from .observers import ObservedSite

ASKED_MODE = "\nX-Nginx-PushStream-Mode: long-polling"


def test_a_request_of_any_location() -> None:
    site = ObservedSite(locations="location / { return 204; }")
    site.ask("/x?a=1", headers="\nAuthorization: Basic YTpi")
    site.clock.forward(2)
    event = site.log()
    assert (event.status, event.time, event.user, event.role) == (204, NOW + 2, b"a", None)
    assert (event.channels, event.published, event.mode, event.began, event.explanation) == ((), None, None, False, b"")
    assert event.duration == event.time - event.asker.started
    assert event.asker.host == b"a"
    asker = event.asker
    assert (asker.method, asker.target, asker.request_line) == (b"GET", b"/x?a=1", b"GET /x?a=1 HTTP/1.1")
    assert (asker.address, asker.peer, asker.server_address, asker.by_tls) == (*[b"127.0.0.1"] * 2, (b"127.0.0.1", 8080), False)
    assert (event.body, event.body_length, event.refused, asker.connection) == (b"", 0, False, 1)
    assert list(asker.headers) == [(b"Host", b"a"), (b"Authorization", b"Basic YTpi")]
    assert event.bytes_sent > event.body_sent == 0
    assert event.server is not None and event.location is not None
    assert (event.server.name, event.location.name, event.location.arguments) == (b"server", b"location", (b"/",))
    assert event.location.start.line >= event.server.start.line


def test_a_request_outside_all_locations() -> None:
    site = ObservedSite(locations="return 204;")
    site.ask("/")
    assert site.log().location is None


def test_a_request_that_is_refused_at_once() -> None:
    site = ObservedSite()
    site.serve("GET / HTTP/1.1")
    event = site.log()
    assert (event.status, event.asker.request_line, event.role) == (400, b"GET / HTTP/1.1", None)


def test_an_error_page_changes_no_method() -> None:
    site = ObservedSite(locations="error_page 404 /page; location /page { empty_gif; }")
    site.ask("/x", "POST")
    event = site.log()
    assert (event.status, event.asker.method) == (404, b"POST")


def test_the_body_begins_with() -> None:
    site = ObservedSite()
    site.publish("a", b"x" * 5000)
    event = site.log()
    assert (event.body, event.body_length) == (b"x" * BODY_KEPT, 5000)


def test_numbers_are_of_requests() -> None:
    site = ObservedSite()
    site.publish("a", b"x")
    first = site.log()
    site.publish("a", b"x")
    assert site.log().asker.number == first.asker.number + 1


def test_a_publisher_and_whom_it_reaches() -> None:
    site = ObservedSite()
    site.asked("/sub?id=a/b")
    site.asked("/sub?id=a")
    site.publish("a/b", b"hello")
    event = site.log()
    assert str(event.role) == "publisher admin"
    assert (event.channels, event.published, event.reached) == ((b"a", b"b"), 5, 3)
    assert site.observed.tally.deliveries == 3


@pytest.mark.parametrize(
    ("method", "status", "channels"), [("GET", 404, (b"none",)), ("DELETE", 404, (b"none",)), ("POST", 400, (b"a",))]
)
def test_a_publisher_that_publishes_nothing(method: str, status: int, channels: tuple[bytes, ...]) -> None:
    site = ObservedSite()
    site.ask(f"/pub?id={channels[0].decode()}", method, "\nContent-Length: 0")
    event = site.log()
    assert (event.status, event.channels, event.published, event.reached) == (status, channels, None, None)


def test_why_push_refuses() -> None:
    site = ObservedSite()
    site.ask("/pub?id=")
    event = site.log()
    assert (event.status, event.explanation, event.channels) == (400, b"No channel id provided.", ())


@pytest.mark.parametrize(
    ("target", "headers", "mode"),
    [
        ("/sub", "", SubscriberMode.STREAMING),
        ("/lp", "", SubscriberMode.LONG_POLLING),
        ("/sub", ASKED_MODE, SubscriberMode.LONG_POLLING),
        ("/ws", WEBSOCKET, SubscriberMode.WEBSOCKET),
    ],
)
def test_a_subscriber_begins(target: str, headers: str, mode: SubscriberMode) -> None:
    site = ObservedSite()
    request = site.asked(f"{target}?id=a", headers=headers)
    (began,) = site.heard.began
    assert (began.mode, began.channels, began.time) == (mode, (b"a",), NOW)
    ended = site.log(request)
    assert (ended.asker, ended.mode, ended.channels, ended.began, ended.end) == (began.asker, mode, (b"a",), True, None)


def test_polling_and_old_messages_are_no_subscribers() -> None:
    site = ObservedSite()
    site.publish("a", b"x")
    for target in ("/poll?id=a.b1", "/lp?id=a.b1"):
        event = site.log(site.asked(target))
        assert (event.status, event.channels, event.began, event.end) == (200, (b"a",), False, None)
    assert site.heard.began == []


@pytest.mark.parametrize("target", ["/sub", "/lp"])
def test_the_end_of_a_deleted_channel(target: str) -> None:
    site = ObservedSite()
    request = site.asked(f"{target}?id=a")
    run(site.worker.zone.do(Delete((b"a",))))
    site.clock.forward(1)
    assert site.log(request).end is End.DELETED


def test_the_end_of_its_time() -> None:
    site = ObservedSite(locations=LOCATIONS.replace("long-polling;", "long-polling; push_stream_longpolling_connection_ttl 1m;"))
    requests = [site.asked(f"{target}?id=a") for target in ("/sub", "/lp")]
    site.clock.forward(60)
    assert [site.log(request).end for request in requests] == [End.TIME_OVER] * 2


def test_the_end_of_the_worker() -> None:
    site = ObservedSite()
    requests = [site.asked(f"{target}?id=a") for target in ("/sub", "/lp")]
    site.worker.end_all()
    assert [site.log(request).end for request in requests] == [End.WORKER_ENDS] * 2


def test_a_message_ends_long_polling() -> None:
    site = ObservedSite()
    request = site.asked("/lp?id=a")
    site.publish("a", b"x")
    event = site.log(request)
    assert (event.status, event.end) == (200, End.MESSAGE)


def test_an_empty_message_ends_a_stream() -> None:
    site = ObservedSite(locations=LOCATIONS.replace('"<~text~>"', '"~event-id~"'))
    request = site.asked("/sub?id=a")
    site.publish("a", b"x")
    assert site.log(request).end is End.EMPTY_PIECE


@pytest.mark.parametrize(("opcode", "end"), [(8, End.CLOSE_FRAME), (3, End.WRONG_FRAME)])
def test_the_end_of_a_websocket(opcode: int, end: End) -> None:
    site = ObservedSite()
    request = site.asked("/ws?id=a", headers=WEBSOCKET)
    assert site.connection.received is not None
    site.connection.received(client_frame(0x80 | opcode, b""))
    assert site.log(request).end is end


def test_a_client_that_reads_too_slowly() -> None:
    site = ObservedSite()
    request = site.asked("/sub?id=a")
    request.lasting[DROPPED] = True
    assert site.log(request).end is End.TOO_SLOW


def test_a_frame_publishes() -> None:
    site = ObservedSite(locations=LOCATIONS.replace("websocket;", "websocket; push_stream_websocket_allow_publish on;"))
    request = site.asked("/ws?id=a", headers=WEBSOCKET)
    assert site.connection.received is not None
    site.connection.received(client_frame(0x81, b"hello"))
    (event,) = site.heard.published
    assert (event.channels, event.size, event.reached, event.asker) == ((b"a",), 5, 1, site.heard.began[0].asker)
    assert site.log(request).published is None


def test_subrequests_are_part_of_their_request() -> None:
    site = ObservedSite(locations=LOCATIONS + "location /main { mirror /pub; empty_gif; }")
    site.body = b"hello"
    site.ask("/main?id=a", "POST")
    assert len(site.subrequests) == 1
    site.observed.request_ended(site.subrequests[0])
    assert site.heard.ended == []
    assert site.log().asker.target == b"/main?id=a"


def test_nobody_observes() -> None:
    site = ObservedSite()
    site.worker.observer = None
    site.publish("a", b"x")
    assert site.request is not None
    assert "observed" not in site.request.lasting
