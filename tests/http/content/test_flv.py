"""flv."""

from __future__ import annotations

import pytest

from ..serving import Site

_HEAD = "FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"


@pytest.mark.parametrize(
    ("target", "method", "answer"),
    [
        ("/x.flv", "GET", (200, "FLV0123456789")),
        ("/x.flv?start=3", "GET", (200, _HEAD + "0123456789")),
        ("/x.flv?start=3", "HEAD", (200, "")),
        ("/x.flv?start=99", "GET", (200, "FLV0123456789")),
        ("/x.flv?start=x", "GET", (200, "FLV0123456789")),
        ("/x.flv", "POST", (405, None)),
        ("/none", "GET", (404, None)),
        ("/", "GET", (403, None)),
        ("/d", "GET", (301, None)),
        ("/bad/x", "GET", (500, None)),
    ],
)
def test_where_a_film_begins(target: str, method: str, answer: tuple[int, str | None]) -> None:
    site = Site(
        "server { root /s; location / { flv; } location /bad/ { alias /s/; rewrite ^ /y break; flv; } }",
        {"/s": None, "/s/d": None, "/s/x.flv": "FLV0123456789"},
    )
    assert site.get_own(target, method) == answer
