"""The directives of gzip, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting
from tests.http.serving import Site

CASES: list[Case] = [
    ("location", "gzip_types text/html;", ['[warn] duplicate MIME type "text/html"']),
    ("location", "gzip_types a/b a/b;", ['[warn] duplicate MIME type "a/b"']),
    ("location", "gzip_types * a/b;", []),
    ("location", "gzip_types a/b; gzip_types a/b;", ['[warn] duplicate MIME type "a/b"']),
    ("location", 'gzip_disable msie6 "Mozilla/4";', []),
    ("location", "gzip_disable [;", ['[emerg] pcre2_compile() failed: missing terminating ] for character class in "["']),
    ("location", "gzip_disable degradation;", []),
    ("location", "gzip_window 1000;", ['[emerg] "gzip_window" directive must be 512, 1k, 2k, 4k, 8k, 16k, or 32k']),
    ("location", "gzip_window 4k;", []),
    ("location", "gzip_comp_level 10;", ["[emerg] value must be between 1 and 9"]),
    ("location", "gzip_proxied nonsense;", ['[emerg] invalid value "nonsense"']),
    ("location", "gzip_proxied any off;", []),
    ("location", "gzip_buffers 4 8k;", []),
    ("location", "gzip_hash 100;", ['[emerg] "gzip_hash" directive must be 512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k']),
    ("location", "gzip_hash 64k;", []),
    ("location", "gzip_hash 256k;", ['[emerg] "gzip_hash" directive must be 512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_types() -> None:
    assert setting("location", "gzip_types a/b;") == {b"a/b", b"text/html"}
    assert setting("location", "gzip_types a/b; gzip_types c/d;") == {b"a/b", b"c/d", b"text/html"}


def test_disabled_for_browsers() -> None:
    site = Site(
        "gzip on; gzip_min_length 1; gzip_disable msie6; server { listen 80; default_type text/html; location / { return 200 hello; } }"
    )
    accepts = "GET / HTTP/1.1\nHost: localhost\nAccept-Encoding: gzip\nUser-Agent: "
    assert b"Content-Encoding: gzip" not in site.serve(accepts + "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)")
    assert b"Content-Encoding: gzip" in site.serve(accepts + "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)")
