"""The charset of text answers."""

from __future__ import annotations

import pytest

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.http.filters.charset import Recode
from ngxpush.http.output import send_header

from ..fakes import make_request


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


def test_recoding_by_bytes_and_from_utf_8() -> None:
    to_utf8 = Recode({b"\xc1": "а".encode()}, from_utf8=False)
    assert to_utf8.feed(b"x\xc1y", False, True) == "xаy".encode()
    from_utf8 = Recode({"а".encode(): b"\xc1"}, from_utf8=True)
    assert from_utf8.feed(b"x\xd0", False, False) + from_utf8.feed(b"\xb0y", False, True) == b"x\xc1y"
