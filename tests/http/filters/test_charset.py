"""The charset of text answers."""

from __future__ import annotations

import pytest

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.http.filters.charset import Recode, RecodeFromUtf8, RecodeToUtf8
from ngxpush.http.output import send_header

from ..fakes import make_request
from ..serving import Site


@pytest.mark.parametrize(
    ("status", "content_type", "charset", "named"),
    [
        (200, b"text/plain", b"utf-8", True),
        (404, b"text/html", b"utf-8", True),
        (200, b"image/gif", b"utf-8", False),
        (200, b"text/html; charset=latin1", b"utf-8", False),
        (200, b"text/plain", b"off", False),
        (200, b"text/plain", b"", False),
        (301, b"text/html", b"utf-8", False),
        (303, b"text/html", b"utf-8", True),
    ],
)
def test_where_it_is_named(status: int, content_type: bytes, charset: bytes, named: bool) -> None:
    request, _ = make_request(charset={"charset": parse_complex_value(charset)})
    response = request.response
    response.status, response.content_type, response.location = status, content_type, b"/x"
    send_header(request)
    assert response.charset == (charset if named else None)


def test_recoding_by_bytes() -> None:
    recode = Recode({b"\xc1": "а".encode(), b"\x41": b"\x42"})
    assert recode.feed(b"xA\xc1\xc2y", False, True) == "xBа?y".encode()


def test_recoding_from_utf_8_over_pieces() -> None:
    recode = RecodeFromUtf8({"а".encode(): b"\xc1"})
    pieces = [(b"x\xd0", False), (b"\xb0y\xd0\xb2 \xff", False), (b"zu\xd0", True)]
    assert b"".join(recode.feed(piece, False, last) for piece, last in pieces) == b"x\xc1y&#1074; ?u"


@pytest.mark.parametrize(
    ("data", "recoded"),
    [
        (b"\x80\xc1-", b"??-"),
        (b"\xf0\x9f\x98\x80", b"&#128512;"),
        (b"\xed\xa0\x80", b"&#55296;"),
        (b"\xe0\x80\x80\xf4\x90\x80\x80", b"??"),
        (b"\xffabc", b"?bc"),
        (b"\xffab", b""),
        (b"\xff\x80a\xe2\x82b", b"??"),
        (b"\xd0\xf0", b"\xc1"),  # as \xd0\xb0
    ],
)
def test_broken_utf_8(data: bytes, recoded: bytes) -> None:
    assert RecodeFromUtf8({"а".encode(): b"\xc1"}).feed(data, False, True) == recoded


def test_a_piece_that_stays_as_long_is_not_recoded_to_utf_8() -> None:
    recode = RecodeToUtf8({b"\xc1": "а".encode(), b"\xc2": b"b"})
    assert recode.feed(b"x\xc2\xc3", False, False) == b"x\xc2\xc3"
    assert recode.feed(b"\xc1\xc2\xc3", False, True) == "аb?".encode()


_MAPS = "charset_map koi8-r windows-1251 { C1 E0; } charset_map koi8-r utf-8 { C1 D0B0; }"


def test_what_another_answer_is_added_to_decides_its_charset() -> None:
    main = "location /main { return 200 x; addition_types *; add_after_body /added; }"
    added = 'location /added { source_charset koi8-r; charset off; return 200 "\udcc1"; }'
    site = Site(f"{_MAPS} server {{ default_type text/plain; charset utf-8; {main} {added} }}")
    assert site.serve("GET /main HTTP/1.1\nHost: a").endswith(b"\r\n\r\n1\r\nx\r\n2\r\n\xd0\xb0\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("source", "charset", "head", "body"),
    [
        ("koi8-r", "windows-1251", b"charset=windows-1251\r\nContent-Length: 2", b"x\xe0"),
        ("windows-1251", "koi8-r", b"charset=koi8-r\r\nContent-Length: 2", b"x?"),
        ("KOI8-R", "UTF-8", b"charset=UTF-8\r\nTransfer-Encoding: chunked", b"3\r\nx\xd0\xb0\r\n0\r\n\r\n"),
        ("koi8-r", "koi8-r", b"charset=koi8-r\r\nContent-Length: 2", b"x\xc1"),
        ("koi8-r", "$host", b"text/plain\r\nContent-Length: 2", b"x\xc1"),
    ],
)
def test_answers_in_another_charset(source: str, charset: str, head: bytes, body: bytes) -> None:
    text = 'location / { return 200 "x\udcc1"; }'
    site = Site(f"{_MAPS} server {{ source_charset {source}; charset {charset}; {text} }}")
    answer = site.serve("GET / HTTP/1.1\nHost: localhost")
    assert head in answer and answer.endswith(b"\r\n\r\n" + body)
    reported = [("error", b'no "charset_map" between the charsets "koi8-r" and "localhost"')]
    assert site.connection.logged == (reported if charset == "$host" else [])


@pytest.mark.parametrize("charset", ["charset $arg_none;", "charset utf-8; source_charset $arg_none;"])
@pytest.mark.parametrize("answer", ["return 200 x;", "return 404;"])
def test_a_variable_without_a_value_closes_the_connection(charset: str, answer: str) -> None:
    site = Site(f"server {{ location / {{ {charset} {answer} }} }}")
    assert site.serve("GET / HTTP/1.1\nHost: a") == b""
    assert site.connection.terminated == -1


def test_a_variable_may_be_off() -> None:
    site = Site("server { location / { charset $arg_x; return 200 x; } }")
    assert b"charset=off" in site.serve("GET /?x=off HTTP/1.1\nHost: a")
