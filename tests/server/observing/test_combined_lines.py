"""The request log as nginx writes it: the same line as the combined format of an access log."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.http.log import COMBINED
from ngxpush.http.log import access_line
from ngxpush.server.observing.combined_lines import CombinedLines

from .observers import BEGAN, FRAME, ObservedSite


@pytest.mark.parametrize(
    "head",
    [
        "GET /none HTTP/1.1\nHost: a",
        'GET /none HTTP/1.0\nReferer: http://a/"x"\nUser-Agent: \x1b\xe9\nAuthorization: Basic YTpi',
        "GET /none",
        "POST /pub HTTP/1.1\nHost: a",
        "GET /x\x01 HTTP/1.1\nHost: a",
        "GET /lp?id=a.b1&callback=%41 HTTP/1.1\nHost: a",
    ],
)
def test_the_line_of_a_request(head: str) -> None:
    site = ObservedSite()
    site.publish("a", b"x")
    site.serve(head)
    assert site.request is not None
    site.request.started = site.clock.now()
    line = CombinedLines().request_ended(site.log())
    assert line == access_line(site.request, COMBINED)


def test_nothing_else_has_a_line() -> None:
    assert CombinedLines().subscriber_began(BEGAN) == CombinedLines().frame_published(FRAME) == b""
