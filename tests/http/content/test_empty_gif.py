"""The picture of one pixel."""

from __future__ import annotations

from ..serving import Site


def test_the_picture_and_its_methods() -> None:
    site = Site("server { location / { empty_gif; } }")
    head, _, body = site.serve("GET / HTTP/1.1\nHost: a").partition(b"\r\n\r\n")
    assert b"Content-Type: image/gif\r\nContent-Length: 43\r\nLast-Modified: Mon, 28 Sep 1970 06:00:00 GMT\r\n" in head
    assert len(body) == 43 and body.startswith(b"GIF89a")
    assert site.get("/", "HEAD") == (200, "")
    assert site.get("/", "POST")[0] == 405
