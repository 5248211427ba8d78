"""The documents of the statistics, byte for byte as the module writes them, and which of them a request gets."""

from __future__ import annotations

import re
import time

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain
from ngxpush.push.operations import ChannelInfo, Create, Delete, Listing, Totals, WorkerInfo
from ngxpush.push.question import NO_CACHE, Answer
from ngxpush.push.statistics import statistics
from ngxpush.push.statistics.documents import Format, channel_document, list_document, list_records, summary_document
from ngxpush.push.worker import PushWorker

from .fakes import FakeQuestion, path, publish, run, worker

NOON = time.mktime((2026, 11, 24, 12, 0, 0, 0, 0, -1))
CHANNEL = ChannelInfo(b"ch1", 2, 1, 3)
SUMMARY = Totals(2, 1, 20, 10, 5, 4, 3, 7, 60, (WorkerInfo("w1", 11, 3, 60), WorkerInfo("w2", 12, 4, 59)))


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, Format.JSON),
        (b"*/*", Format.JSON),
        (b"text/plain", Format.PLAIN),
        (b"text/PLAIN", Format.JSON),
        (b"Text/plain; q=0.5, application/xml", Format.PLAIN),
        (b"image/gif, application/xaml+xml, */*", Format.JSON),
        (b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", Format.XML),
        (b"application/yaml", Format.YAML),
        (b"text/x-yaml", Format.X_YAML),
        (b"text/x-json", Format.X_JSON),
        (b"json", Format.JSON),
        (b"xml", Format.JSON),
    ],
)
def test_the_format_comes_from_the_accept_header(accept: bytes | None, expected: Format) -> None:
    assert Format.accepted(accept) is expected


JSON_CHANNEL = b'{"channel": "ch1", "published_messages": 2, "stored_messages": 1, "subscribers": 3}\r\n'
YAML_CHANNEL = b"  channel: ch1\r\n  published_messages: 2\r\n  stored_messages: 1\r\n  subscribers: 3\r\n"
PLAIN_CHANNEL = b"channel: ch1\r\npublished_messages: 2\r\nstored_messages: 1\r\nactive_subscribers: 3\r\n"
XML_HEAD = b'<?xml version="1.0" encoding="UTF-8" ?>\r\n'
XML_CHANNEL = (
    b"<channel>\r\n  <name>ch1</name>\r\n  <published_messages>2</published_messages>\r\n"
    b"  <stored_messages>1</stored_messages>\r\n  <subscribers>3</subscribers>\r\n</channel>\r\n"
)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Format.PLAIN, PLAIN_CHANNEL),
        (Format.JSON, JSON_CHANNEL),
        (Format.X_JSON, JSON_CHANNEL),
        (Format.YAML, YAML_CHANNEL),
        (Format.X_YAML, YAML_CHANNEL),
        (Format.XML, XML_HEAD + XML_CHANNEL + b"\r\n"),
    ],
)
def test_one_channel(form: Format, expected: bytes) -> None:
    assert channel_document(form, CHANNEL) == expected


def test_ids_are_not_escaped_and_end_at_a_zero_byte() -> None:
    document = channel_document(Format.JSON, ChannelInfo(b'"<\xc3\xa9\r\n\0rest', 0, 0, 0))
    assert document.startswith(b'{"channel": "' + b'"<\xc3\xa9\r\n' + b'", ')


HEAD = b'{"hostname": "box", "time": "2026-11-24T12:00:00", "channels": 2, "wildcard_channels": 1, "uptime": 60, "infos": [\r\n'
PLAIN_HEAD = b"hostname: box, time: 2026-11-24T12:00:00, channels: 2, wildcard_channels: 1, uptime: 60, infos: \r\n"
YAML_HEAD = b"hostname: box\r\ntime: 2026-11-24T12:00:00\r\nchannels: 2\r\nwildcard_channels: 1\r\nuptime: 60\r\ninfos: \r\n"
XML_LIST_HEAD = (
    XML_HEAD + b"<root>\r\n  <hostname>box</hostname>\r\n  <time>2026-11-24T12:00:00</time>\r\n  <channels>2</channels>\r\n"
    b"  <wildcard_channels>1</wildcard_channels>\r\n  <uptime>60</uptime>\r\n  <infos>\r\n"
)


@pytest.mark.parametrize(
    ("form", "channels", "expected"),
    [
        (Format.JSON, 0, HEAD + b"]}\r\n"),
        (Format.JSON, 1, HEAD + JSON_CHANNEL + b"]}\r\n"),
        (Format.X_JSON, 2, HEAD + JSON_CHANNEL[:-2] + b",\r\n" + JSON_CHANNEL + b"]}\r\n"),
        (Format.PLAIN, 0, PLAIN_HEAD + b"\r\n"),
        (Format.PLAIN, 1, PLAIN_HEAD + PLAIN_CHANNEL),
        (Format.PLAIN, 2, PLAIN_HEAD + PLAIN_CHANNEL[:-2] + b",\r\n" + PLAIN_CHANNEL),
        (Format.YAML, 0, YAML_HEAD + b"\r\n"),
        (Format.X_YAML, 2, YAML_HEAD + b" -\r\n" + YAML_CHANNEL + b" -\r\n" + YAML_CHANNEL),
        (Format.XML, 0, XML_LIST_HEAD + b"  </infos>\r\n</root>\r\n"),
        (Format.XML, 2, XML_LIST_HEAD + XML_CHANNEL + XML_CHANNEL + b"  </infos>\r\n</root>\r\n"),
    ],
)
def test_list_of_channels(form: Format, channels: int, expected: bytes) -> None:
    records = list_records(form, (CHANNEL,) * channels)
    document, cuts = list_document(form, Listing(2, 1, 60, ()), [records, b""], b"box", NOON)
    assert document == expected
    assert (document[cuts[0] : cuts[-1]].removesuffix(b"\r\n") == records) and 0 < cuts[0] <= cuts[-1] < len(document)


SUMMARY_FIELDS = (
    b"hostname: box\r\ntime: 2026-11-24T12:00:00\r\nchannels: 2\r\nwildcard_channels: 1\r\npublished_messages: 20\r\n"
    b"stored_messages: 10\r\nmessages_in_trash: 5\r\nchannels_in_delete: 4\r\nchannels_in_trash: 3\r\nsubscribers: 7\r\n"
    b"uptime: 60\r\nby_worker:\r\n"
)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (
            Format.PLAIN,
            SUMMARY_FIELDS
            + b"  pid: 11\r\n  subscribers: 3\r\n  uptime: 60,\r\n  pid: 12\r\n  subscribers: 4\r\n  uptime: 59\r\n",
        ),
        (
            Format.JSON,
            b'{"hostname": "box", "time": "2026-11-24T12:00:00", "channels": 2, "wildcard_channels": 1, '
            b'"published_messages": 20, "stored_messages": 10, "messages_in_trash": 5, "channels_in_delete": 4, '
            b'"channels_in_trash": 3, "subscribers": 7, "uptime": 60, "by_worker": [\r\n'
            b'{"pid": "11", "subscribers": 3, "uptime": 60},\r\n'
            b'{"pid": "12", "subscribers": 4, "uptime": 59}\r\n]}\r\n',
        ),
        (
            Format.YAML,
            re.sub(rb"(?m)^", b"  ", SUMMARY_FIELDS.rstrip()) + b"\r\n"
            b"   -\r\n    pid: 11\r\n    subscribers: 3\r\n    uptime: 60\r\n"
            b"   -\r\n    pid: 12\r\n    subscribers: 4\r\n    uptime: 59\r\n",
        ),
        (
            Format.XML,
            XML_HEAD
            + b"<infos>\r\n"
            + re.sub(rb"(?m)^(\w+): ([^\r]*)\r\n", rb"  <\1>\2</\1>\r\n", SUMMARY_FIELDS).replace(b"by_worker:\r\n", b"")
            + b"  <by_worker>"
            b"<worker>\r\n  <pid>11</pid>\r\n  <subscribers>3</subscribers>\r\n  <uptime>60</uptime>\r\n</worker>\r\n"
            b"<worker>\r\n  <pid>12</pid>\r\n  <subscribers>4</subscribers>\r\n  <uptime>59</uptime>\r\n</worker>\r\n"
            b"</by_worker>\r\n</infos>\r\n",
        ),
    ],
)
def test_summary(form: Format, expected: bytes) -> None:
    assert summary_document(form, SUMMARY, b"box", NOON) == expected


VERSION = {b"X-Nginx-PushStream-Tag", b"X-Nginx-PushStream-Commit"}


def ask(made: PushWorker, ids: bytes, accept: bytes | None = None, method: bytes = b"GET") -> Answer:
    headers = {} if accept is None else {b"accept": accept}
    question = FakeQuestion(method, headers=headers)
    run(statistics(question, PushStreamLocation(statistics=True, channels_path=path(ids)), made, b"box"))
    (answer,) = question.answers
    return answer


def listed(answer: Answer) -> list[bytes]:
    assert b'"infos": [' in answer.body
    return re.findall(rb'"channel": "([^"]*)"', answer.body)


@pytest.fixture
def made() -> PushWorker:
    made = worker(main=PushStreamMain(shared_memory=(1 << 25, b"zone"), max_channel_id_length=6))
    for name in (b"a1", b"b1", b"a2", b"a\0*"):
        publish(made, name, b"m")
    return made


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (b"ALL", [b"a1", b"b1", b"a2", b"a"]),
        (b"*", [b"a1", b"b1", b"a2", b"a"]),
        (b"a*", [b"a1", b"a2", b"a"]),
        (b"a2*/b*", [b"a2"]),
        (b"b1/nope/a*x", [b"a1", b"a2", b"a"]),
        (b"no*", []),
        (b"a2/a1", [b"a2", b"a1"]),
        (b"nope/b1/a1", [b"b1", b"a1"]),
    ],
)
def test_which_channels_are_listed(made: PushWorker, ids: bytes, expected: list[bytes]) -> None:
    assert listed(ask(made, ids)) == expected


@pytest.mark.parametrize("ids", [b"b1", b"nope/b1", b"b1/", b"b1.b5"])
def test_a_single_channel_that_is_known_is_a_document_of_its_own(made: PushWorker, ids: bytes) -> None:
    answer = ask(made, ids, b"text/x-json")
    assert answer.body == b'{"channel": "b1", "published_messages": 1, "stored_messages": 1, "subscribers": 0}\r\n'
    assert answer.content_type == b"text/x-json"
    assert {name for name, _ in answer.headers[2:]} == VERSION


def test_without_an_id_the_summary(made: PushWorker) -> None:
    answer = ask(made, b"", b"application/yaml")
    assert answer.body.startswith(b"  hostname: box\r\n")
    assert (answer.status, answer.content_type) == (200, b"application/yaml")


def test_unknown_channels_are_not_found(made: PushWorker) -> None:
    answer = ask(made, b"nope/nada")
    assert (answer.status, answer.body) == (404, b"")
    assert {name for name, _ in answer.headers[2:]} == VERSION


@pytest.mark.parametrize("ids", [b"1234567", b"123456*", b"a1/1234567"])
def test_an_id_too_long_is_refused(made: PushWorker, ids: bytes) -> None:
    answer = ask(made, ids)
    assert (answer.status, answer.headers[-1]) == (400, (b"X-Nginx-PushStream-Explain", b"Channel id is too large."))


@pytest.mark.parametrize("method", [b"HEAD", b"OPTIONS", b"POST", b"DELETE"])
def test_only_get_is_allowed(made: PushWorker, method: bytes) -> None:
    assert ask(made, b"a1", method=method) == Answer(405, (*NO_CACHE, (b"Allow", b"GET")), body_unread=True)


@pytest.mark.parametrize("accept", [b"text/plain", b"text/json", b"text/yaml", b"text/xml"])
def test_many_channels_come_in_slices_and_others_are_served_in_between(accept: bytes) -> None:
    made = worker(main=PushStreamMain(shared_memory=(1 << 25, b"zone")))
    ids = tuple([b"c%04d" % number for number in range(2500)])
    run(made.zone.do(Create(ids)))

    class Deleting(FakeQuestion):
        async def pause(self) -> None:
            await super().pause()
            await made.zone.do(Delete((b"c0500", b"c2400")))

    question = Deleting(headers={b"accept": accept})
    run(statistics(question, PushStreamLocation(statistics=True, channels_path=path(b"c*")), made, b"box"))
    assert question.pauses == 2
    (answer,) = question.answers
    form = Format.accepted(accept)
    infos = [ChannelInfo(id, 0, 0, 0) for id in ids if id != b"c2400"]
    assert list_records(form, infos) in answer.body
    assert answer.body.count(b"c2") == 499
