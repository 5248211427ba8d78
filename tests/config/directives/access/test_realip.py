"""The directives of realip, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("server", "set_real_ip_from 10.0.0.1/8;", ["[warn] low address bits of 10.0.0.1/8 are meaningless"]),
    ("server", "set_real_ip_from unix:;", []),
    ("server", "set_real_ip_from nowhere.invalid;", ['[emerg] host not found in set_real_ip_from "nowhere.invalid"']),
    ("server", "set_real_ip_from ::1/128;", []),
    ("server", "real_ip_header proxy_protocol;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
