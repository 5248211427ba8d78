"""PS207 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import marked, server

_PUBLISHER = "location = /pub { push_stream_publisher; push_stream_channels_path $arg_id; }"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("push_stream_channels_path a.b1/b/c.b05;", [".b1", ".b05"]),
        ("push_stream_channels_path a.b0/b.b/c.b1x;", []),
        ("push_stream_channels_path a; push_stream_last_event_id $arg_a;", ["$arg_a"]),
        ("push_stream_channels_path a; if ($arg_a) { push_stream_last_received_message_tag $arg_a; }", ["$arg_a"]),
        ("push_stream_channels_path a.b1; push_stream_allow_connections_to_events_channel on;", []),
    ],
)
def test_what_asks_for_old_messages(settings: str, expected: list[str]) -> None:
    assert marked("PS207", server(f"{_PUBLISHER} location /a {{ push_stream_subscriber; {settings} }}")) == expected


def test_a_directive_of_an_outer_block_is_reported_once() -> None:
    locations = "".join(f"location /{name} {{ push_stream_subscriber; push_stream_channels_path a; }}" for name in "ab")
    assert marked("PS207", server(f"push_stream_last_event_id $arg_a; {_PUBLISHER} {locations}")) == ["$arg_a"]
