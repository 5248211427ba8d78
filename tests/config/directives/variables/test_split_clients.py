"""The directives of split_clients, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "split_clients a $b { }", ['[emerg] "split_clients" directive is not allowed here']),
    ("http", "split_clients a $b { x% c; }", ['[emerg] invalid percent value "x%"']),
    ("http", "split_clients a $b { 0% c; }", ['[emerg] invalid percent value "0%"']),
    ("http", "split_clients a $b { 50% c; * d; }", []),
    ("http", "split_clients a b { }", ['[emerg] invalid variable name "b"']),
    ("http", "split_clients a $b { 10% c d; }", []),
    ("http", "split_clients a $b { 33.333% c; }", ['[emerg] invalid percent value "33.333%"']),
    ("http", "split_clients $remote_addr $v { 0.5% a; 2.0% b; * c; }", []),
    ("http", "split_clients a $v { 50.001% a; }", ['[emerg] invalid percent value "50.001%"']),
    ("http", "split_clients a $v { -1% a; }", ['[emerg] invalid percent value "-1%"']),
    ("http", "split_clients a $v { 100% a; * b; }", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
