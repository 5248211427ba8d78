"""The directives of try_files, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "try_files a;", ['[emerg] invalid number of arguments in "try_files" directive']),
    ("location", "try_files a b c;", []),
    ("location", "try_files $uri =404;", []),
    ("location", "try_files $uri =999;", []),
    ("location", "try_files $uri =1000;", ['[emerg] invalid code "=1000"']),
    ("location", "try_files $uri =x;", ['[emerg] invalid code "=x"']),
    ("location", "try_files $uri =;", ['[emerg] invalid code "="']),
    ("location", "try_files $nope /;", ['[emerg] unknown "nope" variable']),
    ("location", "try_files a b; try_files a b;", ['[emerg] "try_files" directive is duplicate']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
