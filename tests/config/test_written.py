"""Values as one would write them."""

from __future__ import annotations

import pytest

from ngxpush.config.modules import find
from ngxpush.config.places import Context
from ngxpush.config.written import argument, value_of
from tests.config.said import setting


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (b"plain", "plain"),
        (b"", '""'),
        (b"two words", '"two words"'),
        (b'a"b', '"a\\"b"'),
        (b"a\nb;", '"a\\nb;"'),
        (b"a b\\", '"a b\\\\"'),
    ],
)
def test_an_argument(text: bytes, written: str) -> None:
    assert argument(text) == written


@pytest.mark.parametrize(
    ("directive", "written"),
    [
        ("send_timeout 1m;", "60s"),
        ("push_stream_ping_message_interval 500ms;", "0.5s"),
        ("keepalive_timeout 1m 20;", "60s 20s"),
        ("keepalive_timeout 5;", "5s"),
        ("root html;", "/etc/nginx/html"),
        ("etag off;", "off"),
        ("access_log a.log;", "/etc/nginx/a.log combined"),
        ("satisfy any;", "any"),
        ("gzip_http_version 1.0;", "1.0"),
        ("push_stream_header_template 'a b';", '"a b"'),
        ("push_stream_channels_path $arg_id;", "$arg_id"),
        ("client_body_buffer_size 1k;", "1024"),
        ("gzip_types text/css a/b;", "a/b text/css text/html"),
    ],
)
def test_a_value(directive: str, written: str) -> None:
    row = find(directive.split()[0].encode(), Context.LOCATION)
    assert row is not None
    assert value_of(row, setting("location", directive)) == written
