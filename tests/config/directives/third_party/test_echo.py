"""The directives of echo, in the words of its build for Debian's nginx."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "echo a;", ['[emerg] unknown directive "echo"']),
    ("location", "set $a $echo_it;", ['[emerg] unknown "echo_it" variable']),
    ("loaded", "echo; echo -n a; echo $echo_it $echo_incr; echo_duplicate $uri a; echo_sleep x; echo_flush;", []),
    ("loaded", "echo_foreach_split & $args; echo_end; echo_end; echo_before_body; echo_after_body -n a;", []),
    ("loaded", "echo_subrequest GET /a -q b -x c; echo_location_async /a b; echo_exec @x; echo_request_body;", []),
    ("loaded", "if ($uri) { echo a; echo_status 404; echo_exec /a; }", []),
    ("loaded", "echo $nope;", ['[emerg] unknown "nope" variable']),
    ("loaded", "echo $;", ["[emerg] invalid variable name"]),
    ("loaded", "echo_duplicate 3;", ['[emerg] invalid number of arguments in "echo_duplicate" directive']),
    ("loaded", "echo_flush a;", ['[emerg] invalid number of arguments in "echo_flush" directive']),
    ("loaded", "echo_subrequest GET;", ['[emerg] invalid number of arguments in "echo_subrequest" directive']),
    ("loaded", "echo_status x;", ['[emerg] "echo_status" directive invalid number']),
    ("loaded", "echo_status 404; echo_status 405;", ['[emerg] "echo_status" directive is duplicate']),
    ("loaded", "set $echo_it a;", []),
    ("loaded http", "echo_before_body a;", ['[emerg] "echo_before_body" directive is not allowed here']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
