"""The publisher's answers: methods, refusals and their order, what is published, shown and deleted."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ngxpush.config.complex_value import ComplexValue, Variable
from ngxpush.config.directives.push_stream.settings import PublisherMode, PushStreamLocation, PushStreamMain
from ngxpush.push.messages import Message
from ngxpush.push.operations import ChannelRequest, ChannelsInfo, Subscribe
from ngxpush.push.publisher import publish
from ngxpush.push.question import NO_CACHE, Answer
from ngxpush.push.worker import PushWorker

from .fakes import Ear, Failed, FakeQuestion, path, run, worker

MAIN = PushStreamMain(shared_memory=(1 << 25, b"zone"))
ADMIN = PushStreamLocation(
    publisher=PublisherMode.ADMIN, channels_path=ComplexValue(b"$arg_id", (Variable(b"arg_id"),)), store_messages=True
)
NORMAL = replace(ADMIN, publisher=PublisherMode.NORMAL)
ALLOWED = {ADMIN: b"GET, POST, PUT, DELETE", NORMAL: b"GET, POST, PUT"}


@pytest.fixture
def made() -> PushWorker:
    return worker(main=MAIN)


def ask(made: PushWorker, question: FakeQuestion, settings: PushStreamLocation = ADMIN) -> Answer:
    run(publish(question, settings, made, b"box"))
    (answer,) = question.answers
    return answer


def question(method: bytes, ids: bytes, body: bytes = b"", **headers: bytes) -> FakeQuestion:
    named = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    return FakeQuestion(method, headers=named, variables={b"arg_id": ids}, body=body)


def explain(answer: Answer) -> bytes:
    return dict(answer.headers).get(b"X-Nginx-PushStream-Explain", b"")


def info(channel: bytes, published: int, stored: int, subscribers: int = 0) -> bytes:
    return b'{"channel": "%b", "published_messages": %d, "stored_messages": %d, "subscribers": %d}\r\n' % (
        channel, published, stored, subscribers
    )  # fmt: skip


def shown(made: PushWorker, ids: bytes) -> bytes:
    return ask(made, question(b"GET", ids)).body


# -- methods


@pytest.mark.parametrize("method", [b"POST", b"PUT"])
def test_a_message_is_published_and_the_channel_shown(made: PushWorker, method: bytes) -> None:
    answer = ask(made, question(method, b"a.b3", b"Hello"))
    assert answer == Answer(200, NO_CACHE, info(b"a", 1, 1), b"application/json")
    answer = ask(made, question(method, b"a", b"Hello", accept=b"text/plain"), replace(ADMIN, store_messages=False))
    assert answer.body == b"channel: a\r\npublished_messages: 2\r\nstored_messages: 1\r\nactive_subscribers: 0\r\n"
    assert answer.content_type == b"text/plain"


def test_get_shows_channels_and_leaves_a_body_alone(made: PushWorker) -> None:
    ask(made, question(b"POST", b"a", b"m"))
    ask(made, question(b"POST", b"b", b"m"))
    assert ask(made, question(b"GET", b"a")) == Answer(200, NO_CACHE, info(b"a", 1, 1), b"application/json", body_unread=True)
    assert shown(made, b"nope/a") == info(b"a", 1, 1)
    listing = shown(made, b"b/nope/a")
    assert listing.startswith(b'{"hostname": "box", "time": "')
    assert listing.endswith(b'"infos": [\r\n' + info(b"b", 1, 1)[:-2] + b",\r\n" + info(b"a", 1, 1) + b"]}\r\n")


def test_unknown_channels_are_not_found(made: PushWorker) -> None:
    assert ask(made, question(b"GET", b"nope/no")) == Answer(404, NO_CACHE, body_unread=True)
    assert ask(made, question(b"DELETE", b"nope/no")) == Answer(404, NO_CACHE)


@pytest.mark.parametrize("ids", [b"", b"ALL", b"a*", b"much_too_long"])
def test_options_looks_at_no_channel(ids: bytes) -> None:
    made = worker(main=replace(MAIN, max_channel_id_length=5))
    assert ask(made, question(b"OPTIONS", ids)) == Answer(200, NO_CACHE, body_unread=True)


@pytest.mark.parametrize("settings", [ADMIN, NORMAL, replace(NORMAL, publisher=None)])
@pytest.mark.parametrize("method", [b"HEAD", b"PATCH", b"PROPFIND", b"DELETE"])
def test_other_methods_are_not_allowed(made: PushWorker, settings: PushStreamLocation, method: bytes) -> None:
    answer = ask(made, question(method, b"", b"body"), settings)
    if settings is ADMIN and method == b"DELETE":
        assert answer.status == 400
    else:
        allowed = ALLOWED.get(settings, ALLOWED[NORMAL])
        assert answer == Answer(405, (*NO_CACHE, (b"Allow", allowed)), body_unread=True)


# -- publishing


def test_several_channels_get_the_message_and_are_listed(made: PushWorker) -> None:
    answer = ask(made, question(b"POST", b"a/b/a", b"m"))
    expected = info(b"a", 2, 2)[:-2] + b",\r\n" + info(b"b", 1, 1)[:-2] + b",\r\n" + info(b"a", 2, 2)
    assert answer.body.endswith(b'"channels": 2, "wildcard_channels": 0, "uptime": 0, "infos": [\r\n' + expected + b"]}\r\n")


def test_event_id_and_type_are_headers(made: PushWorker) -> None:
    ear = Ear(made.zone.zone, made.name)  # type: ignore[attr-defined]
    run(made.zone.do(Subscribe(made.name, (ChannelRequest(b"a"),))))
    ask(made, question(b"POST", b"a", b"m", event_id=b"a b", event_type=b"news"))
    assert ear.messages == [Message(1, b"a", b"m", int(made.clock.now()), 1, b"a b", b"news")]


def test_without_channel_info_the_answer_is_empty(made: PushWorker) -> None:
    quiet = replace(ADMIN, channel_info_on_publish=False)
    assert ask(made, question(b"POST", b"a/b", b"m"), quiet) == Answer(200, NO_CACHE)
    assert ask(made, question(b"GET", b"a"), quiet).body == info(b"a", 1, 1)


def test_an_empty_message_is_refused_but_makes_the_channel(made: PushWorker) -> None:
    asked = question(b"POST", b"a")
    answer = ask(made, asked)
    assert (answer.status, explain(answer)) == (400, b"Empty post requests are not allowed.")
    assert not answer.body_unread
    assert asked.logged == [("error", "push stream module: Post request was sent with no message")]
    assert shown(made, b"a") == info(b"a", 0, 0)


def test_the_channel_is_there_before_the_body(made: PushWorker) -> None:
    class Slow(FakeQuestion):
        async def read_body(self, headers: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
            assert headers == NO_CACHE
            assert shown(made, b"a") == info(b"a", 0, 0)
            return b"m"

    answer = ask(made, Slow(b"POST", variables={b"arg_id": b"a"}))
    assert answer.body == info(b"a", 1, 1)


def test_without_memory_the_answer_is_500() -> None:
    made = worker(main=PushStreamMain(shared_memory=(1 << 17, b"zone")))
    asked = question(b"POST", b"a", b"x" * (1 << 17))
    with pytest.raises(Failed) as failed:
        ask(made, asked)
    assert failed.value.args == (500, NO_CACHE)
    assert asked.logged == [("error", "push stream module: unable to allocate message in shared memory")]


def test_a_channel_whose_last_message_does_not_fit_is_not_deleted() -> None:
    made = worker(main=PushStreamMain(shared_memory=(1 << 17, b"zone")))
    ask(made, question(b"POST", b"a", b"m"))
    asked = question(b"DELETE", b"a", b"x" * (1 << 17))
    assert ask(made, asked) == Answer(500, NO_CACHE)
    assert asked.logged == [
        ("error", "push stream module: unable to allocate memory to channel deleted message"),
        ("error", "push stream module: error while deleting channel 'a'"),
    ]
    assert shown(made, b"a") == info(b"a", 1, 1)


# -- refusals


@pytest.mark.parametrize("method", [b"GET", b"POST", b"PUT", b"DELETE"])
@pytest.mark.parametrize(
    ("ids", "status", "words", "logged"),
    [
        (b"", 400, b"No channel id provided.", [("warn", "the push_stream_channels_path is required but is not set")]),
        (b"ALL", 403, b"Channel id not authorized for this method.", []),
        (b"a/b*", 403, b"Channel id not authorized for this method.", []),
        (b"a/1234567", 400, b"Channel id is too large.", [("warn", "channel id is larger than allowed 7")]),
    ],
)
def test_refused_paths(method: bytes, ids: bytes, status: int, words: bytes, logged: list[tuple[str, str]]) -> None:
    made = worker(main=replace(MAIN, max_channel_id_length=6))
    asked = question(method, ids, b"body")
    answer = ask(made, asked)
    assert answer == Answer(status, (*NO_CACHE, (b"X-Nginx-PushStream-Explain", words)), body_unread=True)
    assert asked.logged == [(level, f"push stream module: {text}") for level, text in logged]


@pytest.mark.parametrize("method", [b"POST", b"PUT", b"DELETE"])
def test_the_events_channel_can_only_be_shown(method: bytes) -> None:
    made = worker(main=replace(MAIN, events_channel_id=b"ev"))
    asked = question(method, b"ev", b"m")
    answer = ask(made, asked)
    assert (answer.status, explain(answer)) == (403, b"Only internal routines can change events channel.")
    assert asked.logged == [("error", "push stream module: only internal routines can change events channel")]
    assert answer.body_unread
    assert shown(made, b"ev") == info(b"ev", 0, 0)


@pytest.mark.parametrize(
    ("method", "ids", "made"),
    [
        (b"POST", b"a/b/ev/c", [b"a", b"b"]),
        (b"PUT", b"a/ALL/c", [b"a"]),
        (b"POST", b"a/b/1234567", [b"a", b"b"]),
        (b"POST", b"a/b/c/1234567", [b"a", b"b"]),  # the third is one too many
        (b"POST", b"ALL/c", []),
        (b"DELETE", b"a/ev", []),
        (b"GET", b"a/ALL", []),
    ],
)
def test_channels_before_a_refused_one_are_made(method: bytes, ids: bytes, made: list[bytes]) -> None:
    here = worker(main=replace(MAIN, events_channel_id=b"ev", max_channel_id_length=6, max_number_of_channels=3))
    assert ask(here, question(method, ids, b"m")).status in {400, 403}
    assert [id for id in (b"a", b"b", b"c") if run(here.zone.do(ChannelsInfo((id,)))).infos] == made


def test_too_many_channels() -> None:
    made = worker(main=replace(MAIN, max_number_of_channels=1))
    asked = question(b"POST", b"a/b", b"m")
    answer = ask(made, asked)
    assert (answer.status, explain(answer), answer.body_unread) == (403, b"Number of channels were exceeded.", True)
    assert asked.logged == [("error", "push stream module: number of channels were exceeded")] * 2
    assert shown(made, b"a/b") == info(b"a", 0, 0)


# -- deleting


@pytest.mark.parametrize(("body", "text"), [(b"", b"Channel deleted"), (b"bye", b"bye")])
def test_delete(made: PushWorker, body: bytes, text: bytes) -> None:
    ask(made, question(b"POST", b"a", b"m"))
    ear = Ear(made.zone.zone, made.name)  # type: ignore[attr-defined]
    run(made.zone.do(Subscribe(made.name, (ChannelRequest(b"a"),))))
    answer = ask(made, question(b"DELETE", b"nope/a/a", body))
    assert answer == Answer(200, (*NO_CACHE, (b"X-Nginx-PushStream-Explain", b"Channel deleted.")))
    assert [message.text for message in ear.deletions] == [text]
    assert ask(made, question(b"GET", b"a")).status == 404


# -- cross domain

OTHER_ORIGIN = replace(NORMAL, allowed_origins=ComplexValue(b"$http_origin", (Variable(b"http_origin"),)))


@pytest.mark.parametrize(
    ("method", "ids", "body"),
    [(b"OPTIONS", b"", b""), (b"PATCH", b"a", b""), (b"GET", b"ALL", b""), (b"GET", b"nope", b""), (b"POST", b"a", b"m")],
)
def test_every_answer_allows_other_origins(made: PushWorker, method: bytes, ids: bytes, body: bytes) -> None:
    asked = FakeQuestion(method, variables={b"arg_id": ids, b"http_origin": b"http%3A//x"}, body=body)
    answer = ask(made, asked, OTHER_ORIGIN)
    assert answer.headers[: len(NO_CACHE) + 3] == (
        *NO_CACHE,
        (b"Access-Control-Allow-Origin", b"http://x"),
        (b"Access-Control-Allow-Methods", b"GET, POST, PUT"),
        (b"Access-Control-Allow-Headers", b"If-Modified-Since,If-None-Match,Etag,Event-Id,Event-Type,Last-Event-Id"),
    )


def test_an_empty_origin_allows_none(made: PushWorker) -> None:
    assert ask(made, FakeQuestion(b"OPTIONS"), OTHER_ORIGIN).headers == NO_CACHE
    assert ask(made, FakeQuestion(b"OPTIONS"), replace(NORMAL, allowed_origins=path(b""))).headers == NO_CACHE
