"""The registry of subscribers and the passing on of messages, with clients that only keep what they get."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.push.delivery import Delivery
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.messages import DELETED_ID, Message
from ngxpush.push.operations import Delete, Publish, Resume, Subscribe, Unsubscribe
from ngxpush.push.path import parse_channels_path
from ngxpush.push.question import Encoding
from ngxpush.push.worker import PushWorker
from tests.push.fakes import START, FakeClock, path, publish, run, subscribers, worker

SETTINGS = PushStreamLocation(subscriber=SubscriberMode.STREAMING, channels_path=path(b"unused"))


NOWHERE = Resume()


class Stream:
    """A streaming client."""

    def __init__(
        self,
        here: PushWorker,
        channels: bytes,
        encoding: Encoding = Encoding.CHUNKED,
        has_old: bool = False,
        resume: Resume = NOWHERE,
    ) -> None:
        self.here = here
        self.channels = count(here, channels)
        self.delivery: Delivery = here.delivery(SETTINGS, encoding)
        self.got: list[object] = []
        self.takes_joined = True
        self.on_write: Callable[[], None] = lambda: None
        self.ended = False
        here.add_open(self, resume, has_old)

    def write(self, payload: object) -> None:
        self.got.append(payload)
        self.on_write()

    def empty(self) -> None:
        self.got.append(None)

    def leave(self) -> None:
        self.here.remove_open(self)

    def end(self) -> None:
        self.ended = True
        self.leave()


class Poll:
    """A long-polling client: the first message is the last."""

    def __init__(self, here: PushWorker, channels: bytes, resume: Resume = NOWHERE) -> None:
        self.here = here
        self.channels = count(here, channels)
        self.got: list[int] = []
        self.gone = self.ended = False
        self.on_answer: Callable[[], None] = lambda: None
        here.add_waiting(self, resume)

    def message(self, message: Message) -> None:
        if not self.gone:
            self.got.append(message.id)
            self.leave()
            self.on_answer()

    def leave(self) -> None:
        self.gone = True
        self.here.remove_waiting(self)

    def end(self) -> None:
        self.ended = True
        self.here.remove_waiting(self)


def count(here: PushWorker, channels: bytes) -> tuple[bytes, ...]:
    requests = parse_channels_path(channels)
    run(here.zone.do(Subscribe(here.name, requests)))
    return tuple([request.id for request in requests])


def is_empty(here: PushWorker) -> bool:
    return here.subscribers == 0 and not here._audiences


def test_only_the_subscribers_of_the_channel_get_a_message() -> None:
    here = worker(SETTINGS)
    first, both, second = Stream(here, b"a"), Stream(here, b"a/b"), Stream(here, b"b")
    publish(here, b"a", b"m")
    assert (first.got, both.got, second.got) == ([b"1\r\nm\r\n"], [b"1\r\nm\r\n"], [])


def test_each_client_gets_its_own_encoding() -> None:
    here = worker(SETTINGS)
    chunked, plain = Stream(here, b"a"), Stream(here, b"a", Encoding.IDENTITY)
    publish(here, b"a", b"m")
    assert (chunked.got, plain.got) == ([b"1\r\nm\r\n"], [(b"m",)])


def test_the_delivery_of_a_location_is_one_object() -> None:
    here = worker(SETTINGS)
    assert here.delivery(SETTINGS, Encoding.CHUNKED) is here.delivery(SETTINGS, Encoding.CHUNKED)
    assert here.delivery(SETTINGS, Encoding.CHUNKED) is not here.delivery(SETTINGS, Encoding.IDENTITY)


def test_a_client_may_leave_while_it_gets_a_message() -> None:
    here = worker(SETTINGS)
    leaving, staying = Stream(here, b"a"), Stream(here, b"a")
    leaving.on_write = leaving.leave
    publish(here, b"a", b"1")
    publish(here, b"a", b"2")
    assert (len(leaving.got), len(staying.got), here.subscribers) == (1, 2, 1)


def test_a_client_may_come_while_others_get_a_message() -> None:
    here = worker(SETTINGS)
    first = Stream(here, b"a")
    came: list[Stream] = []
    first.on_write = lambda: came.append(Stream(here, b"a"))
    publish(here, b"a", b"1")
    assert [client.got for client in came] == [[]]


@pytest.mark.parametrize("first", [b"1", b"x" * 0x8000, b""], ids=["joined", "too large to be joined", "one by one"])
def test_who_comes_when_another_is_answered_hears_nothing_of_that_turn(first: bytes) -> None:
    """It gets what has been published before as old messages: a pipelined subscription behind a long poll."""
    here = worker(SETTINGS)
    turns: list[Callable[[], None]] = []
    here.next_turn = turns.append
    stream, poll = Stream(here, b"b"), Poll(here, b"a")
    came: list[Stream] = []
    poll.on_answer = lambda: came.append(Stream(here, b"b"))
    run(here.zone.do(Publish((b"a", b"b"), first, store=False)))
    run(here.zone.do(Publish((b"b",), b"2", store=False)))
    turns[0]()
    assert [client.got for client in came] == [[]]
    assert b"".join(part for part in stream.got if isinstance(part, bytes)).endswith(b"1\r\n2\r\n")
    publish(here, b"b", b"3")
    turns[-1]()
    assert came[0].got == [b"1\r\n3\r\n"]


@pytest.mark.parametrize("channels", [b"a", b"a/b", b"a/b/a"])
def test_a_waiting_client_gets_one_message(channels: bytes) -> None:
    here = worker(SETTINGS)
    poll = Poll(here, channels)
    publish(here, b"a", b"1")
    publish(here, b"a", b"2")
    assert poll.got == [1]
    assert is_empty(here)
    assert subscribers(here, [b"a"]) == [0]


def test_a_waiting_client_is_answered_after_the_request_that_publishes() -> None:
    here = worker(SETTINGS)
    turns: list[Callable[[], None]] = []
    here.next_turn = turns.append
    poll, other = Poll(here, b"a"), Poll(here, b"b")
    for channel in (b"a", b"a", b"b"):
        run(here.zone.do(Publish((channel,), b"m", store=False)))
    assert (poll.got, subscribers(here, [b"a"]), len(turns)) == ([], [1], 1)
    other.leave()
    turns[0]()
    assert (poll.got, other.got) == ([1], [])
    assert is_empty(here)


def test_who_comes_in_the_turn_of_a_message_gets_it_but_not_who_comes_while_messages_are_passed_on() -> None:
    here = worker(SETTINGS)
    turns: list[Callable[[], None]] = []
    here.next_turn = turns.append
    first, behind = Poll(here, b"a"), []
    first.on_answer = lambda: behind.append(Poll(here, b"a"))
    for _ in range(2):
        run(here.zone.do(Publish((b"a",), b"m", store=False)))
    last = Poll(here, b"a")
    turns[0]()
    assert (first.got, last.got, behind[0].got) == ([1], [1], [])


@pytest.mark.parametrize("has_old", [False, True])
def test_a_stream_that_begins_in_the_turn_of_a_message_gets_it_unless_it_has_old_messages(has_old: bool) -> None:
    here = worker(SETTINGS)
    here.next_turn = lambda call: None
    other = Stream(here, b"a")
    run(here.zone.do(Publish((b"a",), b"m", store=True)))
    late = Stream(here, b"a", has_old=has_old)
    here._pass_on()
    assert other.got == [b"1\r\nm\r\n"]
    assert late.got == ([] if has_old else other.got)


@pytest.mark.parametrize(
    ("resume", "gets"),
    [
        (Resume(int(START), 1), False),
        (Resume(int(START)), False),
        (Resume(event_id=b"e"), False),
        (Resume(int(START), 0), True),
        (Resume(int(START) - 1), True),
        (Resume(event_id=b"other"), True),
    ],
)
def test_who_joins_in_the_turn_of_a_message_does_not_get_what_another_worker_has_given_it(resume: Resume, gets: bool) -> None:
    here = worker(SETTINGS)
    here.next_turn = lambda call: None
    other = Stream(here, b"a")
    run(here.zone.do(Publish((b"a",), b"m", True, b"e")))
    late, waiting = Stream(here, b"a", resume=resume), Poll(here, b"a", resume)
    here._pass_on()
    assert other.got == [b"1\r\nm\r\n"]
    assert (late.got, waiting.got) == ((other.got, [1]) if gets else ([], []))


def test_messages_of_a_turn_are_passed_on_together_up_to_the_end_of_a_channel_or_a_size() -> None:
    here = worker(SETTINGS)
    turns: list[Callable[[], None]] = []
    here.next_turn = turns.append
    stream = Stream(here, b"a/b")
    large = b"x" * 0x8000
    for operation in (
        Publish((b"a", b"b"), b"1", store=False),
        Delete((b"b",), b"bye"),
        Publish((b"a",), b"2", store=False),
        Publish((b"a",), large, store=False),
        Publish((b"a",), b"3", store=False),
    ):
        run(here.zone.do(operation))
    assert (stream.got, len(turns)) == ([], 1)
    turns[0]()
    chunks = [b"1\r\n1\r\n" * 2, b"3\r\nbye\r\n", b"1\r\n2\r\n8000\r\n" + large + b"\r\n", b"1\r\n3\r\n"]
    assert stream.got == chunks


def test_who_is_about_to_be_answered_is_not_ended_without_it() -> None:
    here = worker(SETTINGS)
    poll = Poll(here, b"a")
    run(here.zone.do(Publish((b"a",), b"m", store=False)))
    here.end_all()
    assert (poll.got, poll.ended) == ([1], False)


def test_deletion_ends_those_without_another_channel() -> None:
    here = worker(SETTINGS, clock=(clock := FakeClock()))
    one, two, poll = Stream(here, b"a/a"), Stream(here, b"a/b"), Poll(here, b"b/a")
    assert run(here.zone.do(Delete((b"a",), b"bye")))
    assert not one.ended and not poll.got  # not before the request that deletes is answered
    clock.forward(0)
    assert (one.got, one.ended) == ([b"3\r\nbye\r\n"] * 2, True)
    assert (two.got, two.ended, two.channels) == ([b"3\r\nbye\r\n"], False, (b"b",))
    assert poll.got == [DELETED_ID]
    assert (here.subscribers, subscribers(here, [b"b"])) == (1, [1])
    two.leave()
    assert is_empty(here)


def delete_channels(here: PushWorker) -> None:
    for channel in (b"b", b"a"):
        run(here.zone.do(Delete((channel,), b"bye")))


@pytest.mark.parametrize("end", [PushWorker.end_all, PushWorker.end_soon, delete_channels])
def test_subscribers_end_in_the_order_in_which_they_have_subscribed(
    end: Callable[[PushWorker], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = worker(SETTINGS, clock=(clock := FakeClock()))
    left: list[object] = []
    leave = PushWorker._left
    monkeypatch.setattr(PushWorker, "_left", lambda here, client: (left.append(client), leave(here, client)))
    clients = [Poll(here, b"a"), Stream(here, b"a"), Poll(here, b"a"), Stream(here, b"b/a"), Stream(here, b"a")]
    end(here)
    clock.forward(0)
    assert is_empty(here)
    assert left == clients


def test_many_subscribers_of_a_deleted_channel_end_in_slices() -> None:
    clock = FakeClock()
    here = worker(SETTINGS, clock=clock)
    streams = [Stream(here, b"a") for _ in range(250)]
    run(here.zone.do(Delete((b"a",))))
    assert all(len(stream.got) == 1 for stream in streams)
    clock.forward(0)
    assert [stream.ended for stream in streams] == [True] * 100 + [False] * 150
    clock.forward(1)
    assert all(stream.ended for stream in streams)


def test_end_all_ends_each_client_once() -> None:
    here = worker(SETTINGS)
    clients: list[Stream | Poll] = [Stream(here, b"a/b"), Stream(here, b"b"), Poll(here, b"a/b")]
    here.end_all()
    assert [client.ended for client in clients] == [True] * 3
    assert is_empty(here)
    assert subscribers(here, [b"a", b"b"]) == [0, 0]


def test_many_clients_of_a_worker_that_leaves_end_in_slices_and_hear_until_then() -> None:
    here = worker(SETTINGS, clock=(clock := FakeClock()))
    streams = [Stream(here, b"a") for _ in range(250)]
    here.end_soon()
    assert [stream.ended for stream in streams] == [True] * 100 + [False] * 150
    publish(here, b"a", b"m")
    assert [len(stream.got) for stream in streams] == [0] * 100 + [1] * 150
    clock.forward(1)
    assert all(stream.ended for stream in streams)
    assert is_empty(here)


def test_who_comes_after_the_present_subscribers_have_ended_stays_until_the_worker_ends() -> None:
    here = worker(SETTINGS, clock=(clock := FakeClock()))
    present = Stream(here, b"a")
    here.end_present()
    late = Stream(here, b"a")
    clock.forward(1)
    assert (present.ended, late.ended) == (True, False)
    here.end_soon()
    assert late.ended and is_empty(here)


def test_when_channels_had_messages() -> None:
    here = worker(SETTINGS, clock=(clock := FakeClock()))
    Stream(here, b"a/b")
    clock.forward(1)
    publish(here, b"a", b"m")
    passed_on = clock.now()
    clock.forward(1)
    assert [channel.times for channel in here.message_times((b"a", b"b", b"a"))] == [[passed_on], []]


def test_those_whom_a_message_answers_leave_by_one_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    here = worker(SETTINGS, clock=(clock := FakeClock()))
    clients = [Poll(here, b"a"), Poll(here, b"a/b"), Poll(here, b"b")]
    counted: list[list[int]] = []
    for client in clients:
        client.on_answer = lambda: counted.append(subscribers(here, [b"a", b"b"]))
    asked: list[object] = []
    do = LocalZone.do_at_once
    monkeypatch.setattr(LocalZone, "do_at_once", lambda zone, operation: (asked.append(operation), do(zone, operation))[1])
    publish(here, b"a", b"m")
    clock.forward(0)
    assert [operation for operation in asked if isinstance(operation, Unsubscribe)] == [
        Unsubscribe(here.name, (b"a", b"a", b"b"), 2)
    ]
    # As in nginx, none of them counts any more when the first one asks again.
    assert counted == [[0, 1], [0, 1]]
    assert here.subscribers == 1
