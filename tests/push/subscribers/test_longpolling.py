"""Long-polling: the wait and its ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.push.operations import Delete, Publish, Published
from ngxpush.push.question import NO_CACHE, Answer
from ngxpush.push.subscribers import subscribe
from ngxpush.push.worker import PushWorker
from tests.push.fakes import START, FakeClock, FakeQuestion, FakeSink, main_settings, path, publish, run, subscribers, worker

NOW = int(START)
TAG_0 = (*NO_CACHE, (b"Etag", b"W/0"))


def location(
    channels: bytes = b"ch1", mode: SubscriberMode = SubscriberMode.LONG_POLLING, **settings: object
) -> PushStreamLocation:
    return PushStreamLocation(subscriber=mode, channels_path=path(channels), **settings)  # type: ignore[arg-type]


def wait(here: PushWorker, settings: PushStreamLocation, **question: object) -> FakeQuestion:
    asked = FakeQuestion(headers={b"x-nginx-pushstream-mode": b"long-polling"}, **question)  # type: ignore[arg-type]
    run(subscribe(asked, settings, here))
    assert asked.answers == []
    return asked


def test_old_messages_are_answered_at_once() -> None:
    settings = location(b"ch1.b1")
    here = worker(settings)
    publish(here, b"ch1", b"m")
    question = FakeQuestion()
    run(subscribe(question, settings, here))
    assert question.sink.taken() == b"1\r\nm\r\n"
    assert here.subscribers == 0


def test_the_first_message_of_any_channel_is_the_answer() -> None:
    settings = location(b"ch1/ch2/ch1", header_template=b"H", footer_template=b"F", message_template=b"~channel~:~text~")
    here = worker(settings)
    question = wait(here, settings)
    assert (here.subscribers, subscribers(here, [b"ch1", b"ch2"])) == (1, [2, 1])
    publish(here, b"ch2", b"first")
    publish(here, b"ch1", b"second")
    headers = (*NO_CACHE, (b"Etag", b"W/1"))
    assert question.answers == [Answer(200, headers, last_modified=NOW, body_unread=True)]
    assert question.sink.taken() == b"1\r\nH\r\n9\r\nch2:first\r\n1\r\nF\r\n"
    assert (question.sink.ended, here.subscribers, subscribers(here, [b"ch1", b"ch2"])) == ("finished", 0, [0, 0])


def test_an_empty_message_ends_the_answer_and_leaves_the_connection_open() -> None:
    settings = location(header_template=b"H", footer_template=b"F", message_template=b"~event-id~")
    here = worker(settings)
    question = wait(here, settings)
    publish(here, b"ch1", b"no event id")
    assert (question.sink.taken(), question.sink.ended, here.subscribers) == (b"1\r\nH\r\n", "spoiled", 0)


def test_the_publisher_still_counts_whom_its_message_answers() -> None:
    settings = location()
    here = worker(settings)
    wait(here, settings)
    result = run(here.zone.do(Publish((b"ch1",), b"m", True)))
    assert isinstance(result, Published)
    assert [info.subscribers for info in result.infos] == [1]


@pytest.mark.parametrize(
    ("mode", "callback", "content_type"),
    [
        (SubscriberMode.LONG_POLLING, None, None),
        (SubscriberMode.EVENTSOURCE, None, b"text/event-stream; charset=utf-8"),
        (SubscriberMode.LONG_POLLING, b"cb", b"application/javascript"),
    ],
)
def test_content_type(mode: SubscriberMode, callback: bytes | None, content_type: bytes | None) -> None:
    settings = location(mode=mode, longpolling_connection_ttl=1.0)
    here = worker(settings, clock=(clock := FakeClock()))
    arguments = {} if callback is None else {b"callback": callback}
    answered, timed_out = wait(here, settings, arguments=arguments), wait(here, settings, arguments=arguments)
    answered_by = here.zone
    run(answered_by.do(Publish((b"ch1",), b"m", True)))
    clock.forward(0)
    assert answered.answers[0].content_type == content_type
    assert timed_out.answers[0].content_type == content_type
    late = wait(here, settings, arguments=arguments)
    clock.forward(1)
    assert late.answers == [Answer(304, TAG_0, content_type=content_type, last_modified=NOW + 1, body_unread=True)]


def test_a_callback_stands_after_the_lines_of_an_eventsource() -> None:
    settings = location(mode=SubscriberMode.EVENTSOURCE)
    here = worker(settings)
    question = wait(here, settings, arguments={b"callback": b"cb"})
    run(here.zone.do(Publish((b"ch1",), b"m", True, b"1", b"news")))
    pieces = [b"id: 1\n", b"event: news\n", b"cb", b"([", b"data: m\n\n", b"]);"]
    assert question.sink.taken() == b"".join([b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (b": \n", *pieces)])


def test_a_callback_wraps_the_answer() -> None:
    settings = location(header_template=b"H")
    here = worker(settings)
    question = wait(here, settings, arguments={b"callback": b"cb"})
    publish(here, b"ch1", b"m")
    assert question.sink.taken() == b"1\r\nH\r\n2\r\ncb\r\n2\r\n([\r\n1\r\nm\r\n3\r\n]);\r\n"


@pytest.mark.parametrize(
    ("ttls", "after"),
    [
        ({"longpolling_connection_ttl": 0.7, "subscriber_connection_ttl": 0.2}, 0.7),
        ({"subscriber_connection_ttl": 0.2}, 0.2),
    ],
)
def test_the_time_is_over(ttls: dict[str, Any], after: float) -> None:
    settings = location(ping_message_interval=0.1, **ttls)
    here = worker(settings, clock=(clock := FakeClock()))
    question = wait(here, settings)
    clock.forward(after - 0.01)
    assert question.answers == []
    clock.forward(0.01)
    assert question.answers == [Answer(304, TAG_0, last_modified=NOW, body_unread=True)]
    assert (here.subscribers, clock.pending) == (0, [])


def test_timeout_with_body() -> None:
    settings = location(
        longpolling_connection_ttl=1.0, header_template=b"H", footer_template=b"F", message_template=b"~id~:~text~"
    )
    main = main_settings(timeout_with_body=True)
    here = worker(settings, main=main, clock=(clock := FakeClock()))
    question = wait(here, settings)
    clock.forward(1)
    assert question.answers == [Answer(200, TAG_0, last_modified=NOW + 1, body_unread=True)]
    assert question.sink.taken() == b"1\r\nH\r\nc\r\n-3:Timed out\r\n1\r\nF\r\n"
    assert question.sink.ended == "finished"


def test_deletion_is_answered_with_the_present_time() -> None:
    settings = location(b"ch1/ch2", message_template=b"~id~:~channel~:~text~")
    here = worker(settings, clock=(clock := FakeClock()))
    question = wait(here, settings)
    clock.forward(5)
    assert run(here.zone.do(Delete((b"ch1",))))
    assert not question.answers
    clock.forward(0)
    assert question.answers == [Answer(200, TAG_0, last_modified=NOW + 5, body_unread=True)]
    assert question.sink.taken() == b"16\r\n-2:ch1:Channel deleted\r\n"
    assert (here.subscribers, subscribers(here, [b"ch2"])) == (0, [0])


def test_a_client_that_leaves_is_forgotten() -> None:
    settings = location(longpolling_connection_ttl=1.0)
    here = worker(settings, clock=(clock := FakeClock()))
    question = wait(here, settings)
    assert question.left is not None
    question.left()
    publish(here, b"ch1", b"m")
    clock.forward(2)
    assert (question.answers, here.subscribers, subscribers(here, [b"ch1"])) == ([], 0, [0])


def test_at_the_end_of_the_worker_the_time_is_over() -> None:
    settings = location()
    here = worker(settings)
    question = wait(here, settings)
    here.end_all()
    assert question.answers == [Answer(304, TAG_0, last_modified=NOW, body_unread=True)]


def test_the_next_request_may_come_while_the_first_is_answered() -> None:
    """Pipelined polls: the second waits for the next message (recording long-polling/pipelined-polls)."""
    settings = location()
    here = worker(settings)
    first, second = PipeliningQuestion(), FakeQuestion()
    first.next = lambda: run(subscribe(second, settings, here))
    run(subscribe(first, settings, here))
    publish(here, b"ch1", b"m1")
    assert (first.sink.taken(), second.answers, here.subscribers) == (b"2\r\nm1\r\n", [], 1)
    publish(here, b"ch1", b"m2")
    assert second.sink.taken() == b"2\r\nm2\r\n"


class PipeliningQuestion(FakeQuestion):
    """The next request of its connection is served as soon as the answer is whole."""

    next: Callable[[], None]

    def open(self, answer: Answer) -> FakeSink:
        sink = super().open(answer)
        sink.closed = self.next
        return sink


def test_on_the_events_channel_the_own_subscription_is_an_answer() -> None:
    settings = location(b"ev/ch1", allow_connections_to_events_channel=True)
    here = worker(settings, main=main_settings(events_channel_id=b"ev"))
    question = FakeQuestion()
    run(subscribe(question, settings, here))
    assert b'"client_subscribed", "channel": "ch1"' in question.sink.taken()
    assert here.subscribers == 0


def test_who_comes_when_the_worker_has_ended_its_subscribers_is_answered_at_once() -> None:
    settings = location()
    here = worker(settings, clock=(clock := FakeClock()))
    here.end_all()
    late = wait(here, settings)
    clock.forward(0)
    assert [answer.status for answer in late.answers] == [304]
    assert here.subscribers == 0


@pytest.mark.parametrize("ttls", [{}, {"longpolling_connection_ttl": 7.0}, {"subscriber_connection_ttl": 7.0}])
def test_a_ttl_is_a_timer(ttls: dict[str, Any]) -> None:
    settings = location(**ttls)
    here = worker(settings)
    wait(here, settings)
    assert here.has_timers is bool(ttls)
