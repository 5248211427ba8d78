"""The status of a head without a status line."""

from __future__ import annotations

import pytest

from ngxpush.http.gateways.cgi.status import complete
from ngxpush.http.upstream.response import Head, InvalidHeader


@pytest.mark.parametrize(
    ("lines", "status", "status_line"),
    [
        ([], 200, b"200 OK"),
        ([(b"Location", b"")], 302, b"302 Moved Temporarily"),
        ([(b"Location", b"/"), (b"STATUS", b"201")], 201, b"201"),
        ([(b"Status", b"4044 X"), (b"Status", b"x")], 404, b"4044 X"),
        ([(b"Status", b"099")], 99, b"099"),
    ],
)
def test_the_status(lines: list[tuple[bytes, bytes]], status: int, status_line: bytes) -> None:
    head = Head(headers=lines)
    complete(head)
    assert (head.status, head.status_line) == (status, status_line)


@pytest.mark.parametrize("text", [b"", b"40", b"abc", b"4 4", b"-40"])
def test_a_status_that_is_none(text: bytes) -> None:
    with pytest.raises(InvalidHeader) as refused:
        complete(Head(headers=[(b"Status", text)]))
    assert refused.value.args == (b'upstream sent invalid status "%b"' % text,)
