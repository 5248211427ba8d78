"""The messages of name servers (RFC 1035): questions for addresses, and answers.

An answer is read as nginx reads it: what it has no use for is passed over, and what it refuses is refused in its words
(`BadAnswer`). That is why no library reads them: dnspython refuses an answer as a whole where nginx takes its good records, and
names longer than 255 bytes.
"""

from __future__ import annotations

import struct

from msgspec import Struct, field

from ...config.addresses import address_text

A, CNAME, AAAA, DNAME = 1, 5, 28, 39
"""Types of records."""

_INTERNET = 1
_HEAD = struct.Struct(">HHHHHH")
_QUESTION = struct.Struct(">HH")
_RECORD = struct.Struct(">HHiH")
_SIZES = {A: 4, AAAA: 16}
_TYPE_NAMES = {A: "A", AAAA: "AAAA"}

# Bits of the second word: an answer to a standard query, unused ones zero; only a part of the answer; the code.
_KIND, _ANSWER, _TRUNCATED, _CODE = 0xF870, 0x8000, 0x0200, 0x000F
_RECURSION_DESIRED = 0x0100

_FORMAT_ERROR, _HIGHEST_CODE = 1, 5
_POINTER = 0xC0
# Pointers followed in one name.
_MOST_POINTERS = 128


class BadAnswer(ValueError):
    """An answer that is not used. The text is nginx's."""


class NameAnswer(Struct, frozen=True):
    """An answer up to its records.

    host: the name that was asked for, in lower case; empty for one that reports an error of the question's form or of a kind
    that is not known.  type: the type that was asked for.
    """

    data: bytes
    ident: int
    code: int
    truncated: bool = False
    host: bytes = b""
    type: int = 0
    count: int = 0
    start: int = 0


class Records(Struct):
    """What the records of an answer say.

    alias: where the name that a CNAME names stands.  ttl: seconds for which the answer may be kept; None without records.
    unexpected: records of other types, for the log.
    """

    addresses: list[tuple[bytes, bool]] = field(default_factory=list)
    alias: int | None = None
    ttl: int | None = None
    unexpected: list[int] = field(default_factory=list)


def question(ident: int, host: bytes, type_: int) -> bytes | None:
    """A question for the addresses of a name; None for a name that can't be one. A label that is too long is sent, too."""
    labels = host.split(b".")
    if not all(labels):
        return None
    name = b"".join(b"%c%b" % (len(label) & 0xFF, label) for label in labels)
    return _HEAD.pack(ident, _RECURSION_DESIRED, 1, 0, 0, 0) + name + b"\0" + _QUESTION.pack(type_, _INTERNET)


def parse_answer(data: bytes, over_tcp: bool = False) -> NameAnswer:
    """Read an answer up to its records. Raises BadAnswer."""
    if len(data) < _HEAD.size:
        raise BadAnswer("short DNS response")
    ident, flags, questions, count, _, _ = _HEAD.unpack_from(data)
    truncated = bool(flags & _TRUNCATED)
    if flags & _KIND != _ANSWER or (truncated and over_tcp):
        raise BadAnswer(f"invalid {'TCP' if over_tcp else 'UDP'} DNS response {ident} fl:{flags:04X}")
    code = flags & _CODE
    if code == _FORMAT_ERROR or code > _HIGHEST_CODE:
        return NameAnswer(data, ident, code)
    if questions != 1:
        raise BadAnswer("invalid number of questions in DNS response")
    end = _end_of_question(data)
    if end == _HEAD.size + 1:
        raise BadAnswer("zero-length domain name in DNS response")
    if end + _QUESTION.size + count * (2 + _RECORD.size) > len(data):
        raise BadAnswer("short DNS response")
    type_, class_ = _QUESTION.unpack_from(data, end)
    if class_ != _INTERNET:
        raise BadAnswer(f"unknown query class {class_} in DNS response")
    if type_ not in _SIZES:
        raise BadAnswer(f"unknown query type {type_} in DNS response")
    return NameAnswer(data, ident, code, truncated, read_name(data, _HEAD.size), type_, count, end + _QUESTION.size)


def _end_of_question(data: bytes) -> int:
    """Where the name of the question ends."""
    position = _HEAD.size
    while position < len(data):
        length = data[position]
        if length & _POINTER:
            raise BadAnswer("unexpected compression pointer in DNS response")
        position += 1
        if not length:
            return position
        position += length
    raise BadAnswer("short DNS response")


def read_records(answer: NameAnswer) -> Records:
    """Read the records of an answer. Raises BadAnswer."""
    records, data, position = Records(), answer.data, answer.start
    for _ in range(answer.count):
        position = _end_of_name(data, position)
        if position + _RECORD.size >= len(data):
            raise BadAnswer("short DNS response")
        type_, class_, ttl, length = _RECORD.unpack_from(data, position)
        if class_ != _INTERNET:
            raise BadAnswer(f"unexpected RR class {class_} in DNS response")
        ttl = max(0, ttl)
        records.ttl = ttl if records.ttl is None else min(records.ttl, ttl)
        position += _RECORD.size
        if type_ in _SIZES:
            records.addresses.append(_address(answer, type_, position, length))
        elif type_ == CNAME:
            records.alias = position
        elif type_ != DNAME:
            records.unexpected.append(type_)
        position += length
    return records


def _address(answer: NameAnswer, type_: int, position: int, length: int) -> tuple[bytes, bool]:
    name, size = _TYPE_NAMES[type_], _SIZES[type_]
    if type_ != answer.type:
        raise BadAnswer(f"unexpected {name} record in DNS response")
    if length != size:
        raise BadAnswer(f"invalid {name} record in DNS response")
    packed = answer.data[position : position + size]
    if len(packed) < size:
        raise BadAnswer("short DNS response")
    return address_text(packed), type_ == AAAA


def _end_of_name(data: bytes, position: int) -> int:
    """Where the name of a record ends: after a pointer, or after the empty label."""
    start = position
    while position < len(data):
        length = data[position]
        if length & _POINTER:
            return position + 2
        position += 1 + length
        if not length:
            if position - start < 2:
                raise BadAnswer("invalid name in DNS response")
            return position
    raise BadAnswer("short DNS response")


def read_name(data: bytes, position: int) -> bytes:
    """The name at a position, in lower case; parts of it may stand elsewhere. Raises BadAnswer."""
    labels: list[bytes] = []
    pointers = 0
    while position < len(data):
        length = data[position]
        if not length:
            return b".".join(labels).lower()
        if length & _POINTER:
            pointers += 1
            if pointers > _MOST_POINTERS:
                raise BadAnswer("compression pointers loop in DNS response")
            position = (length & ~_POINTER & 0xFF) << 8 | int.from_bytes(data[position + 1 : position + 2])
        else:
            labels.append(data[position + 1 : position + 1 + length])
            position += 1 + length
    raise BadAnswer("name is out of DNS response")
