"""The checks and headers all modes but websocket share, and where a client resumes."""

from __future__ import annotations

import pytest

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ngxpush.push.answers import Headers
from ngxpush.push.question import NO_CACHE, Answer, Encoding
from ngxpush.push.subscribers import subscribe
from tests.push.fakes import FakeQuestion, main_settings, path, publish, run, subscribers, worker

MODES = [SubscriberMode.STREAMING, SubscriberMode.POLLING, SubscriberMode.LONG_POLLING, SubscriberMode.EVENTSOURCE]
CORS = (
    (b"Access-Control-Allow-Origin", b"http://a.b"),
    (b"Access-Control-Allow-Methods", b"GET"),
    (b"Access-Control-Allow-Headers", b"If-Modified-Since,If-None-Match,Etag,Event-Id,Event-Type,Last-Event-Id"),
)


def location(mode: SubscriberMode = SubscriberMode.STREAMING, channels: bytes = b"ch1", **settings: object) -> PushStreamLocation:
    return PushStreamLocation(subscriber=mode, channels_path=path(channels), **settings)  # type: ignore[arg-type]


def answers(settings: PushStreamLocation, question: FakeQuestion, main: PushStreamMain | None = None) -> list[Answer]:
    run(subscribe(question, settings, worker(settings, main=main)))
    return question.answers


@pytest.mark.parametrize("mode", MODES)
def test_options_are_answered_whatever_the_channel(mode: SubscriberMode) -> None:
    assert answers(location(mode, b"ALL"), FakeQuestion(b"OPTIONS")) == [Answer(200, body_unread=True)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("method", [b"POST", b"HEAD"])
def test_other_methods_than_get_are_not_allowed(mode: SubscriberMode, method: bytes) -> None:
    assert answers(location(mode), FakeQuestion(method)) == [Answer(405, (*NO_CACHE, (b"Allow", b"GET")), body_unread=True)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("channels", "status", "explain"),
    [
        (b"", 400, b"No channel id provided."),
        (b"ch1/ALL", 403, b"Channel id not authorized for this method."),
        (b"abcdefghijk", 400, b"Channel id is too large."),
    ],
)
def test_refused_channels(mode: SubscriberMode, channels: bytes, status: int, explain: bytes) -> None:
    main = main_settings(max_channel_id_length=10)
    expected = Answer(status, (*NO_CACHE, (b"X-Nginx-PushStream-Explain", explain)), body_unread=True)
    assert answers(location(mode, channels), FakeQuestion(), main) == [expected]


@pytest.mark.parametrize(
    ("method", "channels", "status", "after"),
    [
        (b"OPTIONS", b"ch1", 200, ()),
        (b"POST", b"ch1", 405, (*NO_CACHE, (b"Allow", b"GET"))),
        (b"GET", b"ALL", 403, (*NO_CACHE, (b"X-Nginx-PushStream-Explain", b"Channel id not authorized for this method."))),
        (b"GET", b"ch1", 200, NO_CACHE),
    ],
)
def test_cross_domain_headers_come_first(method: bytes, channels: bytes, status: int, after: Headers) -> None:
    settings = location(channels=channels, allowed_origins=parse_complex_value(b"$http_origin"))
    (answer,) = answers(settings, FakeQuestion(method, variables={b"http_origin": b"http://a%2Eb"}))
    assert (answer.status, answer.headers) == (status, CORS + after)


def test_empty_origins_add_no_headers() -> None:
    settings = location(allowed_origins=parse_complex_value(b"$http_origin"))
    assert answers(settings, FakeQuestion(b"OPTIONS"))[0].headers == ()


@pytest.mark.parametrize(
    ("mode", "asked", "becomes"),
    [
        (SubscriberMode.STREAMING, b"polling", SubscriberMode.POLLING),
        (SubscriberMode.STREAMING, b"Long-Polling", SubscriberMode.LONG_POLLING),
        (SubscriberMode.STREAMING, b"eventsource", SubscriberMode.STREAMING),
        (SubscriberMode.STREAMING, b"poll", SubscriberMode.STREAMING),
        (SubscriberMode.EVENTSOURCE, b"POLLING", SubscriberMode.POLLING),
        (SubscriberMode.POLLING, b"long-polling", SubscriberMode.LONG_POLLING),
        (SubscriberMode.POLLING, b"streaming", SubscriberMode.POLLING),
        (SubscriberMode.LONG_POLLING, b"polling", SubscriberMode.LONG_POLLING),
    ],
)
def test_the_mode_header(mode: SubscriberMode, asked: bytes, becomes: SubscriberMode) -> None:
    question = FakeQuestion(headers={b"x-nginx-pushstream-mode": asked})
    opened = [answer.status for answer in answers(location(mode), question)]
    if becomes is SubscriberMode.POLLING:
        assert opened == [304]
    elif becomes is SubscriberMode.LONG_POLLING:
        assert opened == [] and question.left is not None
    else:
        assert opened == [200]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, b""),
        ({b"if-modified-since": b"Fri, 02 Jan 1970 10:00:00 GMT"}, b"1,2,3,"),
        ({b"if-modified-since": b"Thu, 01 Jan 1970 00:00:00 GMT"}, b"1,2,3,"),
        ({b"if-modified-since": b"yesterday", b"if-none-match": b"1"}, b""),
        ({b"if-modified-since": b"Mon, 12 Jan 1970 13:46:40 GMT"}, b""),
        ({b"if-modified-since": b"Mon, 12 Jan 1970 13:46:40 GMT", b"if-none-match": b"W/1"}, b"2,3,"),
        ({b"if-modified-since": b"Mon, 12 Jan 1970 13:46:40 GMT", b"if-none-match": b"0"}, b"1,2,3,"),
        ({b"if-modified-since": b"Mon, 12 Jan 1970 13:46:40 GMT", b"if-none-match": b'W/"1"'}, b""),
        ({b"last-event-id": b"e2"}, b"3,"),
        ({b"last-event-id": b""}, b""),
    ],
)
def test_where_a_client_resumes(headers: dict[bytes, bytes], expected: bytes) -> None:
    settings = location(SubscriberMode.POLLING, message_template=b"~id~,")
    here = worker(settings)
    for number in b"123":
        publish(here, b"ch1", b"m", event_id=b"e%c" % number)
    question = FakeQuestion(headers=headers, encoding=Encoding.IDENTITY)
    run(subscribe(question, settings, here))
    assert question.sink.taken() == expected


def test_directives_take_the_place_of_headers() -> None:
    settings = location(
        SubscriberMode.POLLING,
        last_received_message_time=parse_complex_value(b"$arg_time"),
        last_received_message_tag=parse_complex_value(b"$arg_tag"),
        last_event_id=parse_complex_value(b"$arg_eventid"),
    )
    headers = {b"if-modified-since": b"Mon, 03 Jan 2000 10:00:00 GMT", b"if-none-match": b"5", b"last-event-id": b"e1"}
    (none,) = answers(settings, FakeQuestion(headers=headers))
    assert (none.last_modified, none.headers) == (None, NO_CACHE)
    variables = {b"arg_time": b"Thu,%2001%20Jan%201970%2000:00:07%20GMT", b"arg_tag": b"W%2F3"}
    (some,) = answers(settings, FakeQuestion(headers=headers, variables=variables))
    assert (some.last_modified, some.headers) == (7, (*NO_CACHE, (b"Etag", b"W/3")))


@pytest.mark.parametrize("tag", [b"", b"W/", b"w/1", b"-1", b"*", b"1, 2", b"0x1", b"W/99999999999999999999"])
def test_what_is_no_tag(tag: bytes) -> None:
    (answer,) = answers(location(SubscriberMode.POLLING), FakeQuestion(headers={b"if-none-match": tag}))
    assert answer.headers == NO_CACHE


def test_a_refused_client_is_not_counted() -> None:
    settings = location(channels=b"ch1/ALL")
    here = worker(settings)
    run(subscribe(FakeQuestion(), settings, here))
    assert here.subscribers == 0
    assert subscribers(here, [b"ch1"]) == []
