"""PS209 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import http, marked


@pytest.mark.parametrize(
    ("limits", "path", "expected"),
    [
        ("", "w_a", []),
        ("push_stream_wildcard_channel_max_qtd 2;", "w_a", ["w_a"]),
        ("push_stream_wildcard_channel_max_qtd 2;", "w_a/b", []),
        ("push_stream_wildcard_channel_max_qtd 2;", "w_a.b1/w_b/w_c/d", ["w_a.b1/w_b/w_c/d"]),
        ("push_stream_wildcard_channel_max_qtd 2;", "w_$arg_id", []),
        ("push_stream_max_number_of_wildcard_channels 1;", "a/w_a/w_b", ["a/w_a/w_b"]),
        ("push_stream_max_number_of_wildcard_channels 3; push_stream_wildcard_channel_max_qtd 1;", "a/w_a/w_b", ["a/w_a/w_b"]),
    ],
)
def test_paths_that_are_always_refused(limits: str, path: str, expected: list[str]) -> None:
    location = f"location /a {{ push_stream_subscriber; push_stream_channels_path {path}; }}"
    assert marked("PS209", http(f"push_stream_wildcard_channel_prefix w_; {limits} server {{ {location} }}")) == expected


@pytest.mark.parametrize("prefix", ["w_*", "/w", "a/"])
def test_prefixes_no_channel_has(prefix: str) -> None:
    assert marked("PS209", http(f"push_stream_wildcard_channel_prefix {prefix};")) == [prefix]
