"""What makes an eventsource differ from a stream; its lines themselves are tested with the templates."""

from __future__ import annotations

from ngxpush.config.directives.push_stream.padding import Padding
from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.config.pattern import compile_pattern
from ngxpush.push.question import NO_CACHE, Answer
from ngxpush.push.subscribers import subscribe
from tests.push.fakes import FakeClock, FakeQuestion, path, publish, run, worker


def location(**settings: object) -> PushStreamLocation:
    return PushStreamLocation(subscriber=SubscriberMode.EVENTSOURCE, channels_path=path(b"ch1.b5"), **settings)  # type: ignore[arg-type]


def test_a_stream_of_events() -> None:
    settings = location(footer_template=b"bye\nnow", ping_message_interval=1.0, subscriber_connection_ttl=1.5)
    here = worker(settings, clock=(clock := FakeClock()))
    publish(here, b"ch1", b"old", event_id=b"1")
    question = FakeQuestion()
    run(subscribe(question, settings, here))
    assert question.answers == [Answer(200, NO_CACHE, content_type=b"text/event-stream; charset=utf-8", body_unread=True)]
    assert question.sink.taken() == b"3\r\n: \n\r\n6\r\nid: 1\n\r\nb\r\ndata: old\n\n\r\n"
    publish(here, b"ch1", b"a\nb", event_id=b"2", event_type=b"news")
    assert question.sink.taken() == b"6\r\nid: 2\n\r\nc\r\nevent: news\n\r\n11\r\ndata: a\ndata: b\n\n\r\n"
    clock.forward(2)
    assert question.sink.taken() == b"5\r\n: -1\n\r\nc\r\n: bye\n: now\n\r\n"
    assert question.sink.ended == "finished"


def test_padding_is_a_comment_and_counts_only_the_data() -> None:
    settings = location(padding_by_user_agent=(Padding(compile_pattern(b"Test"), 50, 12),))
    here = worker(settings)
    question = FakeQuestion(headers={b"user-agent": b"Test"})
    run(subscribe(question, settings, here))
    assert question.sink.taken() == b"3\r\n: \n\r\n32\r\n" + b":" * 49 + b"\n\r\n"
    publish(here, b"ch1", b"m1", event_id=b"a long event id")
    assert question.sink.taken().endswith(b"a\r\ndata: m1\n\n\r\n32\r\n" + b":" * 49 + b"\n\r\n")
