"""The directives of media, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "mp4; flv;", []),
    ("location", "mp4 x;", ['[emerg] invalid number of arguments in "mp4" directive']),
    ("location", "mp4_buffer_size x;", ['[emerg] "mp4_buffer_size" directive invalid value']),
    ("location", "mp4_max_buffer_size 1k;", []),
    ("location", "flv; flv;", []),
    ("server", "mp4;", ['[emerg] "mp4" directive is not allowed here']),
    ("location", "slice x;", ['[emerg] "slice" directive invalid value']),
    ("location", "slice 1m;", []),
    ("location", "slice 0;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
