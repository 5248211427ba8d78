"""Records, to bytes and from bytes in any cut."""

from __future__ import annotations

import pytest

from ngxpush.http.gateways.fastcgi.records import (
    STDOUT,
    InvalidRecord,
    RecordPart,
    RecordReader,
    TooLargeRecord,
    begin,
    parameters,
    stdin,
)


def test_a_request_begins() -> None:
    assert begin(keep=False) == b"\1\1\0\1\0\10\0\0" + b"\0\1\0" + bytes(5)
    assert begin(keep=True)[10] == 1


def test_parameters_are_one_record_and_an_empty_one() -> None:
    assert parameters([(b"A", b"bc")]) == b"\1\4\0\1\0\5\3\0" + b"\1\2Abc" + bytes(3) + b"\1\4\0\1\0\0\0\0"


def test_a_long_value_has_a_length_of_four_bytes() -> None:
    assert b"\1\x80\0\0\x80A" + b"v" * 128 in parameters([(b"A", b"v" * 128)])


def test_parameters_of_more_than_a_record() -> None:
    with pytest.raises(TooLargeRecord) as raised:
        parameters([(b"A", b"v" * 65536)])
    assert raised.value.args == (65542,)


@pytest.mark.parametrize(
    ("data", "last", "sent"),
    [
        (b"abc", False, b"\1\5\0\1\0\3\5\0abc" + bytes(5)),
        (b"", True, b"\1\5\0\1\0\0\0\0"),
        (b"", False, b""),
        (b"x" * 32769, False, b"\1\5\0\1\x80\0\0\0" + b"x" * 32768 + b"\1\5\0\1\0\1\7\0x" + bytes(7)),
    ],
)
def test_the_body_is_sent_in_records(data: bytes, last: bool, sent: bytes) -> None:
    assert stdin(data, last) == sent


@pytest.mark.parametrize("step", [1, 3, 100])
def test_a_record_in_any_cut(step: int) -> None:
    reader, content = RecordReader(), b""
    data = b"\1\6\0\1\0\5\3\0hello\0\0\0"
    for piece in (data[place : place + step] for place in range(0, len(data), step)):
        position = 0
        while position < len(piece):
            if reader.part is RecordPart.HEADER:
                position, _ = reader.take_header(piece, position)
            elif reader.part is RecordPart.CONTENT:
                taken = reader.take_content(piece, position)
                content, position = content + taken, position + len(taken)
            else:
                position = reader.take_padding(piece, position)
    assert (reader.kind, reader.part, content) == (STDOUT, RecordPart.HEADER, b"hello")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\2", b"upstream sent unsupported FastCGI protocol version: 2"),
        (b"\1\1", b"upstream sent invalid FastCGI record type: 1"),
        (b"\1\6\3", b"upstream sent unexpected FastCGI request id high byte: 3"),
        (b"\1\6\0\2", b"upstream sent unexpected FastCGI request id low byte: 2"),
    ],
)
def test_a_header_is_refused_at_its_first_wrong_byte(data: bytes, message: bytes) -> None:
    with pytest.raises(InvalidRecord) as raised:
        RecordReader().take_header(data, 0)
    assert raised.value.args == (message,)
