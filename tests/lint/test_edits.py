"""Rewrites of the source, and those of legacy spellings."""

from __future__ import annotations

import pytest

from ngxpush.config.tree import Position
from ngxpush.lint.edits import apply_edits, offset
from ngxpush.lint.finding import Edit
from ngxpush.lint.linter import lint
from tests.lint.one_file import PATH, http, one_file, server


def test_edits_are_applied_in_order_and_the_first_of_two_that_overlap() -> None:
    edits = [Edit("f", 6, 7, b"X"), Edit("f", 0, 1, b""), Edit("f", 5, 7, b"Y"), Edit("f", 5, 7, b"Z")]
    assert apply_edits(b"0123456789", edits) == b"1234Y789"


def test_offset() -> None:
    assert offset(b"ab\ncd\nef", Position("f", 3, 2)) == 7


def fixed(content: str) -> str:
    report = lint(PATH, "/", one_file(content.encode()))
    return apply_edits(content.encode(), [edit for finding in report.findings for edit in finding.edits]).decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("push_stream_websocket;", "push_stream_subscriber websocket;"),
        ("push_stream_subscriber; push_stream_eventsource_support on;", "push_stream_subscriber eventsource; "),
        ("push_stream_eventsource_support on;", "push_stream_subscriber eventsource;"),
        ("push_stream_subscriber; push_stream_eventsource_support off;", "push_stream_subscriber; "),
        ('push_stream_content_type  "text/x; charset=utf-8" ;', 'default_type "text/x; charset=utf-8";'),
        ('set $push_stream_channels_path "a\\"$1";', 'push_stream_channels_path "a\\"$1";'),
        ("set $push_stream_channel_id  $arg_id;", "push_stream_channels_path $arg_id;"),
        ("push_stream_broadcast_channel_max_qtd 3;", "push_stream_wildcard_channel_max_qtd 3;"),
        ("push_stream_keepalive on;", ""),
        ("\n\tpush_stream_keepalive on; \n\troot /srv;\n", "\n\troot /srv;\n"),
        # Not safe: the new one is there already, or may not stand here.
        ("default_type a/b; push_stream_content_type a/c;", "default_type a/b; push_stream_content_type a/c;"),
        ("push_stream_min_message_buffer_timeout 5m;", "push_stream_min_message_buffer_timeout 5m;"),
        # No legacy spelling.
        ("set $channel $1;", "set $channel $1;"),
    ],
)
def test_legacy_spellings_in_a_location(old: str, new: str) -> None:
    assert fixed(server(f"location /a {{ {old} }}")) == server(f"location /a {{ {new} }}")


def test_legacy_spellings_in_http() -> None:
    old = "push_stream_min_message_buffer_timeout 5m; push_stream_max_message_buffer_length 4;"
    new = "push_stream_message_ttl 5m; push_stream_max_messages_stored_per_channel 4;"
    assert fixed(http(old)) == http(new)
