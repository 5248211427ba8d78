"""PS302 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import http, marked


@pytest.mark.parametrize(
    ("directive", "expected"),
    [
        ("push_stream_message_template ~id~~data~~text~;", ["~data~"]),
        ("push_stream_message_template ~data~text~;", ["~data~"]),
        ("push_stream_message_template ~Event-ID~~event_id~;", ["~event_id~"]),
        ("push_stream_message_template '~ text ~ 1~2 ~~';", []),
        ("push_stream_header_template ~id~;", ["~id~"]),
        ("push_stream_footer_template ~nothing~;", []),
    ],
)
def test_tokens(directive: str, expected: list[str]) -> None:
    assert marked("PS302", http(directive)) == expected
