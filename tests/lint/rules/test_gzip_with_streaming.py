"""PS404 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import marked, server

_CHANNEL = "push_stream_channels_path $arg_id;"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            server(f"gzip on; location /s {{ push_stream_subscriber; {_CHANNEL} default_type 'text/html; charset=utf-8'; }}"),
            ["gzip"],
        ),
        (server(f"gzip on; location /s {{ push_stream_subscriber; {_CHANNEL} }}"), []),
        (server(f"gzip on; gzip_types *; location /s {{ push_stream_subscriber eventsource; {_CHANNEL} }}"), ["gzip"]),
        (server(f"gzip on; gzip_types *; location /s {{ push_stream_subscriber websocket; {_CHANNEL} }}"), []),
        (server(f"gzip_types *; location /s {{ push_stream_subscriber eventsource; {_CHANNEL} }}"), []),
    ],
)
def test_types_that_are_compressed(content: str, expected: list[str]) -> None:
    assert marked("PS404", content) == expected
