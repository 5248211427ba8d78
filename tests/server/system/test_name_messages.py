"""Questions to name servers and their answers, as bytes."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngxpush.server.system.name_messages import (
    AAAA,
    CNAME,
    DNAME,
    A,
    BadAnswer,
    NameAnswer,
    Records,
    parse_answer,
    question,
    read_name,
    read_records,
)

from .name_server import POINTER, answer, encoded, record

_HOST = b"a.test"
_V4, _V6 = bytes([192, 0, 2, 1]), bytes(15) + b"\1"


def test_a_question() -> None:
    asked = question(0x1234, b"www.test", AAAA)
    assert asked == b"\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\4test\0\0\x1c\0\1"


@pytest.mark.parametrize("host", [b"", b".", b"a..b", b".a"])
def test_what_is_no_name(host: bytes) -> None:
    assert question(1, host, A) is None


def test_an_answer() -> None:
    records = record(POINTER, CNAME, 60, encoded(b"b.test")), record(encoded(b"B.test"), A, 30, _V4)
    parsed = parse_answer(answer(7, b"A.Test", A, records))
    assert (parsed.ident, parsed.code, parsed.truncated, parsed.host, parsed.type) == (7, 0, False, b"a.test", A)
    read = read_records(parsed)
    assert (read.addresses, read.ttl, read.unexpected) == ([(b"192.0.2.1", False)], 30, [])
    assert read.alias is not None and read_name(parsed.data, read.alias) == b"b.test"


def test_other_records() -> None:
    records = record(POINTER, DNAME, 60, encoded(b"b.test")), record(POINTER, 15, -5, b"mail"), record(POINTER, AAAA, 9, _V6)
    assert read_records(parse_answer(answer(7, _HOST, AAAA, records))) == Records([(b"::1", True)], None, 0, [15])


def test_nothing() -> None:
    assert read_records(parse_answer(answer(7, _HOST, A))) == Records()


@pytest.mark.parametrize(("flags", "code"), [(0x8181, 1), (0x8186, 6), (0x818F, 15)])
def test_errors_without_a_name(flags: int, code: int) -> None:
    data = answer(7, _HOST, A, flags=flags)
    assert parse_answer(data) == NameAnswer(data, 7, code)


def test_errors_about_a_name() -> None:
    parsed = parse_answer(answer(7, _HOST, A, flags=0x8183))
    assert (parsed.code, parsed.host) == (3, _HOST)


def test_truncated() -> None:
    data = answer(7, _HOST, A, flags=0x8380)
    assert parse_answer(data).truncated
    with pytest.raises(BadAnswer, match="invalid TCP DNS response 7 fl:8380"):
        parse_answer(data, over_tcp=True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"abc", "short DNS response"),
        (answer(7, _HOST, A)[:-3], "short DNS response"),
        (answer(7, _HOST, A)[:14], "short DNS response"),
        (answer(7, _HOST, A, flags=0x0100), "invalid UDP DNS response 7 fl:0100"),
        (answer(7, _HOST, A).replace(b"\0\1\0\0", b"\0\2\0\0", 1), "invalid number of questions in DNS response"),
        (answer(7, b"", A)[:12] + POINTER + b"\0\1\0\1", "unexpected compression pointer in DNS response"),
        (answer(7, _HOST, A)[:12] + b"\0\0\1\0\1", "zero-length domain name in DNS response"),
        (answer(7, _HOST, A)[:-1] + b"\3", "unknown query class 3 in DNS response"),
        (answer(7, _HOST, 16), "unknown query type 16 in DNS response"),
    ],
)
def test_bad_answers(data: bytes, said: str) -> None:
    with pytest.raises(BadAnswer, match=said):
        parse_answer(data)


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([record(POINTER, A, 60, _V4)[:-2]], "short DNS response"),
        ([encoded(b"a" * 60), b""], "short DNS response"),
        ([b"\x3f" + b"a" * 20], "short DNS response"),
        ([record(b"\0", A, 60, _V4)], "invalid name in DNS response"),
        ([struct.pack(">2sHHIH4s", POINTER, A, 3, 60, 4, _V4)], "unexpected RR class 3 in DNS response"),
        ([record(POINTER, AAAA, 60, _V6)], "unexpected AAAA record in DNS response"),
        ([record(POINTER, A, 60, b"abc")], "invalid A record in DNS response"),
    ],
)
def test_bad_records(records: list[bytes], said: str) -> None:
    with pytest.raises(BadAnswer, match=said):
        read_records(parse_answer(answer(7, _HOST, A, records)))


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\xc0\0", "compression pointers loop in DNS response"), (b"\xc0\5", "name is out of DNS response"), (b"\1a", "out of")],
)
def test_bad_names(data: bytes, said: str) -> None:
    with pytest.raises(BadAnswer, match=said):
        read_name(data, 0)


def test_long_names_are_read() -> None:
    """nginx reads names longer than the 255 bytes of the standard."""
    label = b"a" * 63
    assert read_name(encoded(b".".join([label] * 5)), 0) == b".".join([label] * 5)


@given(st.integers(0, 80), st.integers(0, 8), st.binary(max_size=8))
def test_any_answer_is_read_or_refused(start: int, size: int, put: bytes) -> None:
    """Bytes of a good answer replaced by any others."""
    records = record(POINTER, A, 60, _V4), record(encoded(b"b.test"), CNAME, 5, POINTER)
    good = answer(7, _HOST, A, records)
    with suppress(BadAnswer):
        parsed = parse_answer(good[:start] + put + good[start + size :])
        if parsed.host:
            read = read_records(parsed)
            if read.alias is not None:
                read_name(parsed.data, read.alias)
