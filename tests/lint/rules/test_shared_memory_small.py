"""PS502 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import marked


def limits(size: str, text: str, store: str = "push_stream_store_messages on;") -> str:
    locations = (
        f"location /p {{ push_stream_publisher; push_stream_channels_path $arg_id; {store} }}"
        "location /s { push_stream_subscriber; push_stream_channels_path $arg_id; }"
    )
    return f"events {{}} http {{ push_stream_shared_memory_size {size}; {text} server {{ {locations} }} }}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (limits("1m", "push_stream_max_number_of_channels 10000;", ""), ["1m"]),
        (limits("4m", "push_stream_max_number_of_channels 10000;", ""), []),
        (limits("1m", "push_stream_max_messages_stored_per_channel 10000;"), ["1m"]),
        (limits("8m", "push_stream_max_messages_stored_per_channel 10000;"), []),
        (limits("128k", ""), []),
    ],
)
def test_what_the_limits_allow_fits_or_not(content: str, expected: list[str]) -> None:
    assert marked("PS502", content) == expected
