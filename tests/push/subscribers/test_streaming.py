"""Streaming subscribers: what all open answers do is tested here."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.padding import Padding
from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.config.pattern import compile_pattern
from ngxpush.push.operations import Delete, Publish
from ngxpush.push.question import NO_CACHE, Answer, Encoding
from ngxpush.push.subscribers import subscribe
from ngxpush.push.worker import PushWorker
from tests.push.fakes import FakeClock, FakeQuestion, main_settings, path, publish, run, subscribers, worker


def location(channels: bytes = b"ch1", **settings: object) -> PushStreamLocation:
    return PushStreamLocation(subscriber=SubscriberMode.STREAMING, channels_path=path(channels), **settings)  # type: ignore[arg-type]


def connect(here: PushWorker, settings: PushStreamLocation, **question: object) -> FakeQuestion:
    asked = FakeQuestion(**question)  # type: ignore[arg-type]
    run(subscribe(asked, settings, here))
    return asked


def delete(here: PushWorker, channel: bytes, text: bytes | None = None) -> None:
    assert run(here.zone.do(Delete((channel,), text)))


def test_the_head_says_nothing_of_the_content() -> None:
    question = connect(worker(location()), location())
    assert question.answers == [Answer(200, NO_CACHE, body_unread=True)]
    assert question.sink.writes == []


def test_header_old_messages_and_new_ones_are_chunks() -> None:
    settings = location(b"ch1.b1/ch2.b5", header_template=b"HEAD\n", message_template=b"~channel~:~text~\n")
    here = worker(settings)
    for channel, text in ((b"ch1", b"1"), (b"ch2", b"2"), (b"ch1", b"3")):
        publish(here, channel, text)
    question = connect(here, settings)
    assert question.sink.taken() == b"5\r\nHEAD\n\r\n6\r\nch1:3\n\r\n6\r\nch2:2\n\r\n"
    publish(here, b"ch2", b"4")
    assert question.sink.taken() == b"6\r\nch2:4\n\r\n"


def test_an_identity_sink_gets_each_piece_by_itself() -> None:
    settings = location(b"ch1.b9", header_template=b"HEAD")
    here = worker(settings)
    publish(here, b"ch1", b"1")
    question = connect(here, settings, encoding=Encoding.IDENTITY)
    publish(here, b"ch1", b"2")
    assert question.sink.writes == [b"HEAD", b"1", b"2"]


def test_one_message_is_the_same_object_for_all() -> None:
    settings = location(message_template=b"<~text~>")
    here = worker(settings)
    first, second = connect(here, settings), connect(here, settings)
    publish(here, b"ch1", b"m")
    assert first.sink.writes == [b"3\r\n<m>\r\n"]
    assert first.sink.writes[0] is second.sink.writes[0]


def test_each_location_has_its_own_template() -> None:
    plain, xml = location(), location(message_template=b"<m>~text~</m>")
    here = worker(plain, xml)
    first, second = connect(here, plain), connect(here, xml)
    publish(here, b"ch1", b"1")
    assert (first.sink.taken(), second.sink.taken()) == (b"1\r\n1\r\n", b"8\r\n<m>1</m>\r\n")


def test_an_empty_message_is_no_chunk() -> None:
    settings = location(message_template=b"~event-id~", padding_by_user_agent=(Padding(compile_pattern(b"."), 0, 100),))
    here = worker(settings)
    question = connect(here, settings, headers={b"user-agent": b"MSIE"})
    publish(here, b"ch1", b"m")
    assert question.sink.writes == []


def test_a_channel_named_twice_is_subscribed_twice() -> None:
    settings = location(b"ch1/ch2/ch1", message_template=b"~id~:~text~")
    here = worker(settings)
    question = connect(here, settings)
    assert subscribers(here, [b"ch1", b"ch2"]) == [2, 1]
    publish(here, b"ch1", b"m")
    assert question.sink.taken() == b"3\r\n1:m\r\n" * 2
    question.sink.client_leaves()
    assert subscribers(here, [b"ch1", b"ch2"]) == [0, 0]


def test_deletion_of_one_channel_and_of_the_last() -> None:
    settings = location(b"ch1/ch2", message_template=b"~id~:~text~", footer_template=b"FOOT")
    here = worker(settings, clock=(clock := FakeClock()))
    question = connect(here, settings)
    delete(here, b"ch1", b"gone")
    assert question.sink.taken() == b"7\r\n-2:gone\r\n"
    publish(here, b"ch1", b"another channel of that name")
    assert question.sink.taken() == b""
    delete(here, b"ch2")
    clock.forward(0)
    assert question.sink.taken() == b"12\r\n-2:Channel deleted\r\n4\r\nFOOT\r\n"
    assert question.sink.ended == "finished"
    assert here.subscribers == 0


def test_a_client_that_leaves_is_forgotten() -> None:
    settings = location(b"ch1/ch2", ping_message_interval=1.0, subscriber_connection_ttl=5.0)
    here = worker(settings, clock=(clock := FakeClock()))
    question, other = connect(here, settings), connect(here, settings)
    assert (here.subscribers, subscribers(here, [b"ch1", b"ch2"])) == (2, [2, 2])
    question.sink.client_leaves()
    assert (here.subscribers, subscribers(here, [b"ch1", b"ch2"])) == (1, [1, 1])
    publish(here, b"ch1", b"m")
    clock.forward(10)
    assert question.sink.writes == []
    assert other.sink.ended == "finished"
    assert len(clock.pending) == 1, "only the zone's own timer is left"


def test_the_ttl_is_not_prolonged_by_messages() -> None:
    settings = location(footer_template=b"FOOT", subscriber_connection_ttl=1.0)
    here = worker(settings, clock=(clock := FakeClock()))
    question = connect(here, settings)
    clock.forward(0.6)
    publish(here, b"ch1", b"m")
    clock.forward(0.3)
    assert question.sink.ended == ""
    clock.forward(0.1)
    assert question.sink.taken() == b"1\r\nm\r\n4\r\nFOOT\r\n"
    assert (question.sink.ended, subscribers(here, [b"ch1"])) == ("finished", [0])


def test_pings_come_when_the_interval_passed_without_a_message() -> None:
    settings = location(b"ch1/ch2", ping_message_interval=1.0, message_template=b"~id~:~text~")
    here = worker(settings, clock=(clock := FakeClock()))
    publish(here, b"ch1", b"before")
    clock.forward(0.5)
    question = connect(here, settings)
    clock.forward(0.6)
    publish(here, b"ch2", b"m")
    assert question.sink.taken() == b"3\r\n1:m\r\n"
    clock.forward(0.9)
    assert question.sink.taken() == b""
    clock.forward(0.2)
    assert question.sink.taken() == b"4\r\n-1: \r\n"
    clock.forward(2)
    assert question.sink.taken() == b"4\r\n-1: \r\n" * 2


def test_a_message_soon_after_the_interval_began_does_not_put_the_ping_off() -> None:
    settings = location(ping_message_interval=1.0)
    here = worker(settings, clock=(clock := FakeClock()))
    question = connect(here, settings)
    clock.forward(0.25)
    publish(here, b"ch1", b"m")
    assert question.sink.taken() == b"1\r\nm\r\n"
    clock.forward(0.75)
    assert question.sink.taken() == b"1\r\n \r\n"


def test_an_empty_ping_mutes_a_stream() -> None:
    settings = location(ping_message_interval=1.0, footer_template=b"FOOT", subscriber_connection_ttl=2.0)
    main = main_settings(ping_message_text=b"")
    here = worker(settings, main=main, clock=(clock := FakeClock()))
    question = connect(here, settings)
    clock.forward(3)
    assert (question.sink.writes, question.sink.ended, here.subscribers) == ([], "spoiled", 0)


def test_an_empty_message_mutes_a_stream() -> None:
    settings = location(b"ch1/ch2", message_template=b"~event-id~", footer_template=b"FOOT")
    here = worker(settings, clock=(clock := FakeClock()))
    question = connect(here, settings)
    publish(here, b"ch1", b"m", event_id=b"1")
    run(here.zone.do(Publish((b"ch1",), b"m", store=False)))
    assert (question.sink.ended, here.subscribers, subscribers(here, [b"ch1", b"ch2"])) == ("", 0, [0, 0])
    clock.forward(0)
    publish(here, b"ch2", b"m", event_id=b"1")
    assert (question.sink.taken(), question.sink.ended) == (b"1\r\n1\r\n", "spoiled")


def test_an_empty_old_message_mutes_a_stream_at_the_next_piece() -> None:
    settings = location(b"ch1.b9", message_template=b"~event-id~", header_template=b"HEAD")
    here = worker(settings, clock=(clock := FakeClock()))
    for event_id in (b"1", None, b"2"):
        publish(here, b"ch1", b"m", event_id=event_id)
    question = connect(here, settings)
    assert question.sink.taken() == b"4\r\nHEAD\r\n1\r\n1\r\n"
    assert here.subscribers == 1
    publish(here, b"ch1", b"m", event_id=b"3")
    clock.forward(0)
    assert (here.subscribers, question.sink.taken(), question.sink.ended) == (0, b"", "spoiled")
    here.end_all()


def test_a_stream_whose_filter_takes_empty_pieces_goes_on() -> None:
    settings = location(b"ch1.b9", message_template=b"~event-id~", footer_template=b"FOOT")
    here = worker(settings)
    publish(here, b"ch1", b"m")
    question = FakeQuestion(encoding=Encoding.IDENTITY, takes_empty=True)
    run(subscribe(question, settings, here))
    publish(here, b"ch1", b"m")
    publish(here, b"ch1", b"m", event_id=b"1")
    here.end_all()
    assert (question.sink.taken(), question.sink.ended) == (b"1FOOT", "finished")


def test_the_last_message_of_a_deleted_channel_may_be_empty() -> None:
    settings = location(b"ch1/ch2", message_template=b"~event-id~")
    here = worker(settings, clock=(clock := FakeClock()))
    question = connect(here, settings)
    delete(here, b"ch1")
    clock.forward(0)
    assert (question.sink.taken(), question.sink.ended, subscribers(here, [b"ch2"])) == (b"", "spoiled", [0])


@pytest.mark.parametrize(
    ("agent", "header", "message"),
    [(b"Test", b"\r\n" * 100, b"\r\n" * 50), (b"Curl", b"", b""), (b"", b"", b"")],
)
def test_padding(agent: bytes, header: bytes, message: bytes) -> None:
    def chunk(data: bytes) -> bytes:
        return b"%x\r\n%b\r\n" % (len(data), data) if data else b""

    settings = location(
        header_template=b"HEAD",
        ping_message_interval=1.0,
        padding_by_user_agent=(Padding(compile_pattern(b"Test"), 200, 10),),
    )
    here = worker(settings, clock=(clock := FakeClock()))
    question = connect(here, settings, headers={b"user-agent": agent})
    assert question.sink.taken() == chunk(b"HEAD") + chunk(header)
    publish(here, b"ch1", b"m")
    publish(here, b"ch1", b"long enough")
    clock.forward(1)
    assert question.sink.taken() == chunk(b"m") + chunk(message) + chunk(b"long enough") + chunk(b" ") + chunk(message)


def test_at_the_end_of_the_worker_every_stream_gets_its_footer() -> None:
    settings = location(b"ch1/ch2", footer_template=b"FOOT")
    here = worker(settings)
    questions = [connect(here, settings) for _ in range(3)]
    here.end_all()
    assert [(question.sink.taken(), question.sink.ended) for question in questions] == [(b"4\r\nFOOT\r\n", "finished")] * 3
    assert subscribers(here, [b"ch1", b"ch2"]) == [0, 0]


def test_who_comes_when_the_worker_has_ended_its_subscribers_is_ended_at_once() -> None:
    settings = location(header_template=b"HEAD", footer_template=b"FOOT")
    here = worker(settings, clock=(clock := FakeClock()))
    here.end_all()
    question = connect(here, settings)
    clock.forward(0)
    assert question.sink.taken() == b"4\r\nHEAD\r\n4\r\nFOOT\r\n"
    assert (question.sink.ended, here.subscribers, subscribers(here, [b"ch1"])) == ("finished", 0, [0])


def test_a_worker_that_quits_sends_one_more_ping() -> None:
    settings = location(ping_message_interval=1.0)
    here = worker(settings, clock=(clock := FakeClock()))
    question = connect(here, settings)
    here.quit()
    assert here.has_timers
    clock.forward(3)
    assert question.sink.taken() == b"1\r\n \r\n"
    assert (question.sink.ended, here.has_timers) == ("", False)
