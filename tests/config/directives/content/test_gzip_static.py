"""The directives of gzip_static, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "gzip_static maybe;", ['[emerg] invalid value "maybe"']),
    ("location", "gzip_static always;", []),
    ("location", "gzip_static on; gzip_static off;", ['[emerg] "gzip_static" directive is duplicate']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
