"""WebSocket subscribers: the handshake, refusals, what a client says. Frames themselves are tested in test_frames.py."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.padding import Padding
from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.config.pattern import compile_pattern
from ngxpush.push.frames import refusal_frame
from ngxpush.push.operations import ChannelsInfo, ZoneAway, ZoneLost
from ngxpush.push.question import NO_CACHE, Answer
from ngxpush.push.subscribers import subscribe
from ngxpush.push.worker import PushWorker
from tests.push.fakes import AbsentZone, FakeClock, FakeQuestion, main_settings, path, publish, run, subscribers, worker

HANDSHAKE = {
    b"upgrade": b"websocket",
    b"connection": b"Upgrade",
    b"sec-websocket-key": b"dGhlIHNhbXBsZSBub25jZQ==",
    b"sec-websocket-version": b"13",
}
SWITCHED = (
    (b"Expires", b"Thu, 01 Jan 1970 00:00:01 GMT"),
    (b"Cache-Control", b"no-cache, no-store, must-revalidate"),
    (b"Upgrade", b"WebSocket"),
    (b"Connection", b"Upgrade"),
    (b"Sec-WebSocket-Accept", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
)
EXPLAIN = b"X-Nginx-PushStream-Explain"


def location(channels: bytes = b"ch1", **settings: object) -> PushStreamLocation:
    return PushStreamLocation(subscriber=SubscriberMode.WEBSOCKET, channels_path=path(channels), **settings)  # type: ignore[arg-type]


def connect(here: PushWorker, settings: PushStreamLocation) -> FakeQuestion:
    question = FakeQuestion(headers=dict(HANDSHAKE))
    run(subscribe(question, settings, here))
    assert question.switched == SWITCHED
    return question


def say(question: FakeQuestion, data: bytes) -> bytes:
    assert question.received is not None
    question.received(data)
    return question.sink.taken()


@pytest.mark.parametrize("method", [b"POST", b"OPTIONS", b"HEAD"])
def test_other_methods_are_refused_without_any_header(method: bytes) -> None:
    settings = location(allowed_origins=path(b"*"))
    question = FakeQuestion(method, headers=dict(HANDSHAKE))
    run(subscribe(question, settings, worker(settings)))
    assert question.answers == [Answer(405, ((b"Allow", b"GET"),), body_unread=True, close=True)]


@pytest.mark.parametrize("missing", sorted(HANDSHAKE))
def test_a_mandatory_header_is_missing(missing: bytes) -> None:
    settings = location()
    question = FakeQuestion(headers={name: value for name, value in HANDSHAKE.items() if name != missing})
    run(subscribe(question, settings, worker(settings)))
    (answer,) = question.answers
    assert (answer.status, answer.close, answer.headers[:2], answer.headers[2][0]) == (400, True, NO_CACHE, EXPLAIN)


@pytest.mark.parametrize("version", [b"7", b"14", b"13, 8", b"0", b"", b"-13"])
def test_other_versions(version: bytes) -> None:
    settings = location()
    question = FakeQuestion(headers={**HANDSHAKE, b"sec-websocket-version": version})
    run(subscribe(question, settings, worker(settings)))
    explain = (EXPLAIN, b"Version not supported. Supported versions: 8, 13")
    headers = (*NO_CACHE, (b"Sec-WebSocket-Version", b"8, 13"), explain)
    assert question.answers == [Answer(400, headers, body_unread=True, close=True)]


@pytest.mark.parametrize(
    ("version", "logged"),
    [(b"7", 7), (b"x", -1), (b"2147483648", -(1 << 31)), (b"4294967309", 13), (b"9" * 19, -1), (b"9" * 5000, -1)],
)
def test_what_is_logged_of_other_versions(version: bytes, logged: int) -> None:
    settings = location()
    question = FakeQuestion(headers={**HANDSHAKE, b"sec-websocket-version": version})
    run(subscribe(question, settings, worker(settings)))
    text = f"push stream module: version: {logged} Version not supported. Supported versions: 8, 13"
    assert question.logged == [("error", text)] and question.answers[0].status == 400


@pytest.mark.parametrize("version", [b"8", b"13", b"013", b"0" * 5000 + b"13"])
def test_the_handshake(version: bytes) -> None:
    settings = location(allowed_origins=path(b"*"))
    question = FakeQuestion(headers={**HANDSHAKE, b"sec-websocket-version": version, b"upgrade": b"h2c"})
    run(subscribe(question, settings, worker(settings)))
    assert (question.switched, question.status, question.sink.writes) == (SWITCHED, 200, [])


@pytest.mark.parametrize(
    ("channels", "status", "frame", "ended"),
    [
        (b"ALL", 0, refusal_frame(403, b"Channel id not authorized for this method."), "finished"),
        (b"abcdefghijk", 0, refusal_frame(400, b"Channel id is too large."), "finished"),
        (b"", 400, b"", "aborted"),
    ],
)
def test_refused_channels(channels: bytes, status: int, frame: bytes, ended: str) -> None:
    settings = location(channels)
    here = worker(settings, main=main_settings(max_channel_id_length=10))
    question = connect(here, settings)
    assert (question.status, question.sink.taken(), question.sink.ended) == (status, frame, ended)
    assert (("alert", "header already sent") in question.logged) is (not channels)
    assert question.unsent == (() if channels else ((EXPLAIN, b"No channel id provided."),))


def test_header_messages_ping_footer_and_close_are_frames() -> None:
    settings = location(
        b"ch1.b9",
        header_template=b"HEAD",
        footer_template=b"FOOT",
        message_template=b"<~text~>",
        ping_message_interval=1.0,
        subscriber_connection_ttl=1.5,
        padding_by_user_agent=(Padding(compile_pattern(b"."), 200, 200),),
    )
    here = worker(settings, clock=(clock := FakeClock()))
    publish(here, b"ch1", b"old")
    question = FakeQuestion(headers={**HANDSHAKE, b"user-agent": b"Test"})
    run(subscribe(question, settings, here))
    assert question.sink.taken() == b"\x81\x04HEAD\x81\x05<old>"
    publish(here, b"ch1", b"new")
    clock.forward(2)
    assert question.sink.taken() == b"\x81\x05<new>\x89\x00\x81\x04FOOT\x88\x00"
    assert (question.sink.ended, here.subscribers) == ("finished", 0)


def test_an_empty_message_is_an_empty_frame() -> None:
    settings = location(message_template=b"~event-id~")
    here = worker(settings)
    question = connect(here, settings)
    publish(here, b"ch1", b"m")
    assert question.sink.taken() == b"\x81\x00"


@pytest.mark.parametrize(
    ("data", "answer", "ended"),
    [
        pytest.param(b"\x89\x02hi", b"\x8a\x00", "", id="ping"),
        pytest.param(b"\x8a\x02hi", b"", "", id="pong"),
        pytest.param(b"\x81\x04text", b"", "", id="text that may not be published"),
        pytest.param(b"\x88\x00", b"\x88\x00", "finished", id="close"),
        pytest.param(b"\x82\x01x", b"\x88\x00", "finished", id="binary"),
        pytest.param(b"\x81\x01\xff", b"", "finished", id="invalid UTF-8"),
        pytest.param(b"\x88\x02\x03\xe8", b"", "finished", id="close with code 1000"),
        pytest.param(b"\x80\x01", b"\x88\x00", "finished", id="continuation of nothing"),
        pytest.param(b"\x81\x7f" + (1 << 40).to_bytes(8), b"", "finished", id="a terabyte"),
    ],
)
def test_what_a_client_says(data: bytes, answer: bytes, ended: str) -> None:
    settings = location(footer_template=b"FOOT")
    here = worker(settings)
    question = connect(here, settings)
    assert (say(question, data), question.sink.ended) == (answer, ended)
    assert subscribers(here, [b"ch1"]) == [0 if ended else 1]


def test_what_is_logged_of_frames() -> None:
    settings = location()
    here = worker(settings)
    wrong, large, binary = connect(here, settings), connect(here, settings), connect(here, settings)
    say(wrong, b"\x01\x01a")
    say(wrong, b"\x81\x01b")
    say(large, b"\x81\x7f" + (1 << 40).to_bytes(8))
    say(binary, b"\x82\x01x")
    assert wrong.logged == [("error", "push stream module: wrong websocket frames sequence")]
    assert large.logged == [
        ("emerg", "malloc(1099511627776) failed (12: Cannot allocate memory)"),
        ("error", "push stream module: unable to allocate memory for payload"),
    ]
    assert binary.logged == []


def test_publishing() -> None:
    settings = location(b"ch1/ch2/ch1", websocket_allow_publish=True, message_template=b"~channel~:~id~:~text~")
    other = location(b"ch2.b9")
    here = worker(settings, other)
    question = connect(here, settings)
    assert say(question, b"\x81\x00") == b""
    expected = [b"ch1:1:hi", b"ch1:1:hi", b"ch2:1:hi", b"ch1:2:hi", b"ch1:2:hi"]
    assert say(question, b"\x81\x02hi") == b"".join([b"\x81\x08" + text for text in expected])
    assert connect(here, other).sink.taken() == b""


def test_published_messages_are_stored_where_the_location_says_so() -> None:
    settings = location(b"ch1.b9", websocket_allow_publish=True, store_messages=True)
    here = worker(settings)
    question = connect(here, settings)
    assert say(question, b"\x81\x02hi") + say(question, b"\x81\x03you") == b"\x81\x02hi\x81\x03you"
    assert connect(here, settings).sink.taken() == b"\x81\x02hi\x81\x03you"


def test_the_events_channel_is_not_published_to() -> None:
    settings = location(b"events/ch1", websocket_allow_publish=True, allow_connections_to_events_channel=True)
    here = worker(settings, main=main_settings(events_channel_id=b"events"))
    question = connect(here, settings)
    assert question.sink.taken() == b'\x81\x2f{"type": "client_subscribed", "channel": "ch1"}'
    assert say(question, b"\x81\x03not") == b"\x81\x03not"


def test_the_empty_channel_is_published_to_like_others() -> None:
    settings = location(b"/ch1", websocket_allow_publish=True, message_template=b"~channel~:~id~")
    assert say(connect(worker(settings), settings), b"\x81\x02hi") == b"\x81\x02:1\x81\x05ch1:1"


@pytest.mark.parametrize(
    ("waiting", "published"),
    [
        pytest.param(b"", 1, id="nothing"),
        pytest.param(b"\x81\x011\x81\x012\x81\x013", 3, id="two frames after whose answers nginx knows that it has left"),
        pytest.param(b"\x89\x00\x81\x012\x81\x013", 2, id="a ping and the next frame"),
        pytest.param(b"\x8a\x00\x81\x012", 1, id="a pong, which is not answered"),
        pytest.param(b"\x88\x00\x81\x012", 1, id="a close"),
    ],
)
def test_frames_that_wait_when_the_client_leaves(waiting: bytes, published: int) -> None:
    settings = location(websocket_allow_publish=True)
    here = worker(settings)
    question = connect(here, settings)
    say(question, b"\x81\x010" + waiting)
    question.sink.client_leaves()
    (info,) = run(here.zone.do(ChannelsInfo((b"ch1",)))).infos
    assert (info.published_messages, info.subscribers) == (published, 0)


def test_a_client_is_told_that_its_message_is_not_published_while_the_zone_is_away() -> None:
    settings = location(websocket_allow_publish=True)
    here = worker(settings)
    question = connect(here, settings)
    here.zone = AbsentZone(ZoneAway("Redis is away"))
    assert say(question, b"\x81\x02hi") == refusal_frame(503, b"Redis is away")
    assert question.sink.ended == "finished"
    assert question.logged == [("error", "push stream module: Redis is away")]


def test_nothing_is_said_of_a_message_when_the_process_of_the_zone_is_gone() -> None:
    settings = location(websocket_allow_publish=True)
    here = worker(settings)
    question = connect(here, settings)
    here.zone = AbsentZone(ZoneLost("gone"))
    assert say(question, b"\x81\x02hi") == b""
    assert not question.sink.ended


def test_nothing_is_published_by_a_client_that_is_gone() -> None:
    settings = location(websocket_allow_publish=True)
    here = worker(settings)
    question = connect(here, settings)
    question.sink.client_leaves()
    publish(here, b"ch1", b"1")
    say(question, b"\x81\x02hi")
    assert [info.published_messages for info in run(here.zone.do(ChannelsInfo((b"ch1",)))).infos] == [1]
