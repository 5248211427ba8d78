"""Polling: what there is, or 304."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.push.question import NO_CACHE, Answer
from ngxpush.push.subscribers import subscribe
from tests.push.fakes import START, FakeQuestion, path, publish, run, subscribers, worker

HALVES: dict[str, Any] = {"header_template": b"/*h*/", "footer_template": b"/*f*/"}


def location(channels: bytes = b"ch1", mode: SubscriberMode = SubscriberMode.POLLING, **settings: object) -> PushStreamLocation:
    return PushStreamLocation(subscriber=mode, channels_path=path(channels), **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "callback", "expected"),
    [
        ({}, None, Answer(304, NO_CACHE)),
        ({}, b"cb", Answer(304, NO_CACHE, content_type=b"application/javascript")),
        ({b"if-none-match": b"12"}, None, Answer(304, (*NO_CACHE, (b"Etag", b"W/12")))),
        (
            {b"if-modified-since": b"Mon, 03 Jan 2000 10:00:00 GMT", b"if-none-match": b"W/7"},
            None,
            Answer(304, (*NO_CACHE, (b"Etag", b"W/7")), last_modified=946893600),
        ),
        (
            {b"if-modified-since": b"Thu, 01 Jan 1970 00:00:00 GMT", b"if-none-match": b"0"},
            None,
            Answer(304, (*NO_CACHE, (b"Etag", b"W/0"))),
        ),
    ],
)
def test_nothing_new(headers: dict[bytes, bytes], callback: bytes | None, expected: Answer) -> None:
    settings = location(**HALVES)
    here = worker(settings)
    question = FakeQuestion(headers=headers, arguments={} if callback is None else {b"callback": callback})
    run(subscribe(question, settings, here))
    (answer,) = question.answers
    assert answer.body_unread
    assert answer == Answer(304, expected.headers, b"", expected.content_type, expected.last_modified, body_unread=True)
    assert (here.subscribers, subscribers(here, [b"ch1"])) == (0, [0])


@pytest.mark.parametrize(
    ("callback", "content_type", "pieces"),
    [
        (None, None, [b"/*h*/", b"1", b"2", b"/*f*/"]),
        (b"app.push%5B0%5D", b"application/javascript", [b"/*h*/", b"app.push[0]", b"([", b"1", b",", b"2", b"]);", b"/*f*/"]),
    ],
)
def test_messages(callback: bytes | None, content_type: bytes | None, pieces: list[bytes]) -> None:
    settings = location(b"ch2.b9/ch1.b9", **HALVES)
    here = worker(settings)
    publish(here, b"ch1", b"2")
    publish(here, b"ch2", b"1")
    question = FakeQuestion(arguments={} if callback is None else {b"callback": callback})
    run(subscribe(question, settings, here))
    headers = (*NO_CACHE, (b"Etag", b"W/2"))
    assert question.answers == [Answer(200, headers, content_type=content_type, last_modified=int(START), body_unread=True)]
    assert question.sink.writes == [b"".join([b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces])]
    assert question.sink.ended == "finished"


@pytest.mark.parametrize(
    ("arguments", "template", "sent"),
    [
        ({b"callback": b""}, b"~text~", b"5\r\n/*h*/\r\n"),
        ({b"callback": b"f"}, b"~event-id~", b"5\r\n/*h*/\r\n1\r\nf\r\n2\r\n([\r\n"),
    ],
)
def test_an_empty_piece_ends_the_answer(arguments: dict[bytes, bytes], template: bytes, sent: bytes) -> None:
    settings = location(b"ch1.b1", **HALVES, message_template=template)
    here = worker(settings)
    publish(here, b"ch1", b"m")
    question = FakeQuestion(arguments=arguments)
    run(subscribe(question, settings, here))
    assert (question.sink.taken(), question.sink.ended) == (sent, "aborted")


@pytest.mark.parametrize(
    ("time", "tag", "sent"),
    [
        (None, None, (int(START), b"W/2")),
        (b"Thu, 01 Jan 1970 00:00:01 GMT", b"9", (int(START), b"W/3")),
        (b"Fri, 01 Jan 2094 00:00:00 GMT", b"1", (3913142400, b"W/1")),
        (b"Fri, 01 Jan 2094 00:00:00 GMT", None, (3913142400, None)),
    ],
)
def test_where_a_client_resumes_that_has_got_old_messages(
    time: bytes | None, tag: bytes | None, sent: tuple[int, bytes | None]
) -> None:
    settings = location(b"ch1.b1/ch2")
    here = worker(settings)
    publish(here, b"ch1", b"m")
    publish(here, b"ch1", b"not stored", store=False)
    publish(here, b"ch2", b"not for this client")
    headers = {b"if-modified-since": time, b"if-none-match": tag}
    question = FakeQuestion(headers={name: value for name, value in headers.items() if value is not None})
    run(subscribe(question, settings, here))
    assert (question.answers[0].last_modified, dict(question.answers[0].headers).get(b"Etag")) == sent


def test_an_eventsource_location_polled_keeps_its_lines_but_not_its_type() -> None:
    settings = location(b"ch1.b1", SubscriberMode.EVENTSOURCE)
    here = worker(settings)
    publish(here, b"ch1", b"m1", event_id=b"1")
    question = FakeQuestion(headers={b"x-nginx-pushstream-mode": b"polling"})
    run(subscribe(question, settings, here))
    assert question.answers[0].content_type is None
    assert question.sink.taken() == b"3\r\n: \n\r\n6\r\nid: 1\n\r\na\r\ndata: m1\n\n\r\n"


def test_among_old_messages_the_lines_of_an_eventsource_stand_before_the_comma() -> None:
    settings = location(b"ch1.b9", SubscriberMode.EVENTSOURCE)
    here = worker(settings)
    for text, event_id in ((b"1", b"a"), (b"2", b"b")):
        publish(here, b"ch1", text, event_id=event_id)
    question = FakeQuestion(headers={b"x-nginx-pushstream-mode": b"polling"}, arguments={b"callback": b"cb"})
    run(subscribe(question, settings, here))
    pieces = [b": \n", b"cb", b"([", b"id: a\n", b"data: 1\n\n", b"id: b\n", b",", b"data: 2\n\n", b"]);"]
    assert question.sink.taken() == b"".join([b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces])
