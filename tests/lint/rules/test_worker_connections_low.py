"""PS503 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import marked

_HTTP = (
    "http {{ push_stream_shared_memory_size 1m; {}"
    " server {{ location /s {{ push_stream_subscriber; push_stream_channels_path $arg_id; }} }} }}"
)


@pytest.mark.parametrize(
    ("head", "text", "expected"),
    [
        ("events { worker_connections 100; }", "", ["worker_connections"]),
        ("events { worker_connections 100; }", "push_stream_max_subscribers_per_channel 20;", []),
        ("events { }", "", []),
        ("events { }", "push_stream_max_subscribers_per_channel 600;", ["events"]),
        ("worker_processes 2; events { }", "push_stream_max_subscribers_per_channel 600;", []),
        ("worker_processes auto; events { }", "push_stream_max_subscribers_per_channel 600;", []),
    ],
)
def test_connections_and_subscribers(head: str, text: str, expected: list[str]) -> None:
    assert marked("PS503", head + _HTTP.format(text)) == expected
