"""The directives of hashes, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "types_hash_max_size x;", ['[emerg] "types_hash_max_size" directive invalid number']),
    (
        "http",
        "variables_hash_max_size 0;",
        ["[emerg] could not build variables_hash, you should increase variables_hash_max_size: 0"],
    ),
    ("http", "server_names_hash_bucket_size 1;", []),
    ("http", "server_names_hash_max_size 0;", []),
    ("http", "types_hash_bucket_size 0;", []),
    ("http", "variables_hash_bucket_size 16;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
