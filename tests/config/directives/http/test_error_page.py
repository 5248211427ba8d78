"""`error_page`, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting

CASES: list[Case] = [
    ("location", "error_page 404 =;", []),
    ("location", "error_page =200 /x;", ['[emerg] invalid value "=200"']),
    ("location", "error_page 404 =x /x;", ['[emerg] invalid value "=x"']),
    ("location", "error_page 404 = /x;", []),
    ("location", "error_page 404 =200 /x;", []),
    ("location", "error_page 499 /x;", ['[emerg] invalid value "499"']),
    ("location", "error_page x /x;", ['[emerg] invalid value "x"']),
    ("location", "error_page 600 /x;", ['[emerg] value "600" must be between 300 and 599']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


@pytest.mark.parametrize(
    ("directive", "codes", "overwrite"),
    [
        ("error_page 404 500 /x;", (404, 500), None),
        ("error_page 404 = /x;", (404,), 0),
        ("error_page 404 =200 /x;", (404,), 200),
    ],
)
def test_error_page(directive: str, codes: tuple[int, ...], overwrite: int | None) -> None:
    page = setting("location", directive)
    assert (page.codes, page.uri.constant, page.overwrite) == (codes, b"/x", overwrite)
