"""The directives of headers-more, in the words of its build for Debian's nginx."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.third_party.headers_more import HeaderChange
from tests.config.said import Case, said, setting

CASES: list[Case] = [
    ("location", "more_set_headers a;", ['[emerg] unknown directive "more_set_headers"']),
    ("loaded", 'more_set_headers "X-Foo: bar" "Y: $uri"; more_clear_headers "X-*" Foo;', []),
    ("loaded", 'more_set_headers -s "404 500" -t "text/html text/plain" "a: b" -s "" -t "" c d: "" ":" :e;', []),
    ("loaded", 'more_set_input_headers -r -t text/html "Host: $uri"; more_clear_input_headers -r a;', []),
    ("loaded", "more_set_headers;", ['[emerg] invalid number of arguments in "more_set_headers" directive']),
    ("loaded", "more_set_headers -s;", ["[error] more_set_headers: option -s takes an argument."]),
    ("loaded", "more_set_input_headers -t;", ["[error] more_set_input_headers: option -t takes an argument."]),
    ("loaded", "more_set_headers -r a;", ['[error] more_set_headers: invalid option name: "-r"']),
    ("loaded", "more_set_input_headers -s 404 a;", ['[error] more_set_input_headers: invalid option name: "-s"']),
    ("loaded", "more_set_headers -;", ['[error] more_set_headers: invalid option name: "-"']),
    (
        "loaded",
        "more_set_headers -s 4a4 a;",
        ['[error] more_set_headers: invalid digit "a" found in the status code list "4a4"'],
    ),
    ("loaded", "more_clear_input_headers a b* *;", ["[error] more_clear_input_headers: wildcard key too short: *"]),
    ("loaded", "more_set_headers '*: b';", ["[error] more_set_headers: wildcard key too short: *: b"]),
    ("loaded", 'more_set_headers "a: $nope";', ['[emerg] unknown "nope" variable']),
    ("loaded", "limit_except GET { more_set_headers a; }", ['[emerg] "more_set_headers" directive is not allowed here']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_what_is_changed() -> None:
    made = setting("loaded", 'more_set_headers -s "404 500" -t "Text/HTML x/y" "X-*: b" A;')
    assert (made.statuses, made.types) == ({404, 500}, {b"text/html", b"x/y"})
    first, second = made.changes
    assert first.fits(b"x-one")
    assert not first.fits(b"y")
    assert isinstance(second, HeaderChange)
    assert second.value.constant == b""
