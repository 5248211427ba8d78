"""The directives of ssi, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "ssi on; ssi_types a/b a/b;", ['[warn] duplicate MIME type "a/b"']),
    ("location", "ssi maybe;", ['[emerg] invalid value "maybe" in "ssi" directive, it must be "on" or "off"']),
    ("location", "ssi_value_length x;", ['[emerg] "ssi_value_length" directive invalid value']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
