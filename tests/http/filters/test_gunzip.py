"""gunzip: packed answers for clients that can't read them."""

from __future__ import annotations

import gzip

import pytest

from ..fakes import FakeConnection
from ..serving import Site
from ..upstream.servers import ProxiedSite, Server, location, says

_PACKED = gzip.compress(b"hello", mtime=0).decode("latin-1")


@pytest.mark.parametrize(
    ("headers", "lines", "body"),
    [
        ("", [b"Transfer-Encoding: chunked", b"Connection: keep-alive", b'ETag: W/"3b9aca00-'], b"5\r\nhello\r\n0\r\n\r\n"),
        ("\nAccept-Encoding: gzip", [b"Content-Encoding: gzip"], _PACKED.encode("latin-1")),
    ],
)
def test_who_gets_what(headers: str, lines: list[bytes], body: bytes) -> None:
    site = Site("server { root /s; gunzip on; gzip_static always; gzip_vary on; }", {"/s/a.gz": _PACKED})
    site.encoding = "latin-1"
    head, _, sent = site.serve(f"GET /a HTTP/1.1\nHost: a{headers}").partition(b"\r\n\r\n")
    assert sent == body
    assert b"Vary: Accept-Encoding" in head
    assert all(line in head for line in lines)


@pytest.mark.parametrize(
    ("packed", "message"),
    [("no gzip", b"inflate() failed: 4, -3"), (_PACKED[:-4], b"inflate() returned -5 on response end")],
)
def test_what_is_no_gzip_ends_the_connection(packed: str, message: bytes) -> None:
    site = Site("server { root /s; gunzip on; gzip_static always; }", {"/s/a.gz": packed})
    site.encoding = "latin-1"
    site.serve("GET /a HTTP/1.1\nHost: a")
    assert site.connection.terminated == -1
    assert site.connection.logged == [("error", message)]


@pytest.mark.parametrize(("kept", "body"), [(len(_PACKED) - 1, b"5\r\nhello\r\n"), (5, b"")])
def test_what_was_unpacked_before_an_answer_breaks_off_is_sent(kept: int, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = _PACKED[:kept].encode("latin-1")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    site = ProxiedSite(location("gunzip on;"), Server(says(head + packed)))
    sent: list[bytes] = []
    monkeypatch.setattr(FakeConnection, "terminate", lambda connection, request, status: sent.append(connection.written))
    site.get("/")
    assert sent[0].partition(b"\r\n\r\n")[2] == body
    assert site.connection.logged == [("error", b"inflate() returned -5 on response end")]


def test_texts_that_follow_each_other() -> None:
    site = Site("server { root /s; gunzip on; gzip_static always; }", {"/s/a.gz": _PACKED + _PACKED})
    site.encoding = "latin-1"
    assert b"hellohello" in site.serve("GET /a HTTP/1.1\nHost: a")


def test_an_included_answer_is_unpacked() -> None:
    pages = {"/s/p.html": '<!--#include virtual="/a" -->!', "/s/a.gz": _PACKED}
    site = Site("server { root /s; location / { ssi on; } location /a { gunzip on; gzip_static always; } }", pages)
    site.encoding = "latin-1"
    for headers in ("", "\nAccept-Encoding: gzip"):
        assert b"hello" in site.serve(f"GET /p.html HTTP/1.1\nHost: a{headers}")
