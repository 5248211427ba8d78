"""The directives of v2, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    (
        "http",
        "http2_max_field_size 4k;",
        ['[warn] the "http2_max_field_size" directive is obsolete, use the "large_client_header_buffers" directive instead'],
    ),
    (
        "http",
        "http2_idle_timeout 5s;",
        ['[warn] the "http2_idle_timeout" directive is obsolete, use the "keepalive_timeout" directive instead'],
    ),
    ("location", "http2_push off; http2_push off;", ['[emerg] "http2_push" directive is duplicate']),
    ("location", "http2_push /a; http2_push off;", ['[emerg] "http2_push" directive "off" parameter cannot be used with URI']),
    ("location", "http2_push off; http2_push /a;", ['[emerg] "http2_push" directive URI cannot be used with "off" parameter']),
    ("location", "http2_push /a; http2_push $uri;", []),
    ("server", "http2_pool_size 100;", ["[emerg] the pool size must be no less than 112"]),
    ("location", "http2_body_preread_size 2147483648;", ['[emerg] "http2_body_preread_size" directive is not allowed here']),
    ("server", "http2_body_preread_size 2147483648;", ["[emerg] the maximum body preread buffer size is 2147483647"]),
    ("server", "http2_streams_index_size 3;", ['[emerg] "http2_streams_index_size" directive must be a power of two']),
    ("server", "http2_streams_index_size 4;", []),
    ("location", "http2_chunk_size 8k;", []),
    ("server", "http2_pool_size 120;", ["[emerg] the pool size must be a multiple of 16"]),
    (
        "http",
        "http2_max_field_size x;",
        ['[warn] the "http2_max_field_size" directive is obsolete, use the "large_client_header_buffers" directive instead'],
    ),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
