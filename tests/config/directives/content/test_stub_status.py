"""The directives of stub_status, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "stub_status x y;", ['[emerg] invalid number of arguments in "stub_status" directive']),
    ("server", "stub_status;", []),
    ("location", "stub_status; stub_status;", []),
    ("location", "stub_status on;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
