"""Where variables get their values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ngxpush.http.variables.table import Getters

from ..fakes import make_request
from ..serving import server, shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"http_x_a", b"1"),
        (b"sent_http_x_b", b"2"),
        (b"cookie_c", b"3"),
        (b"arg_d", b"4"),
        (b"upstream_http_e", None),
        (b"upstream_cookie_f", None),
        (b"http_", None),
        (b"some_modules", None),
    ],
)
def test_families(name: bytes, value: bytes | None) -> None:
    http: Any = SimpleNamespace(definitions={}, initially_empty=frozenset())
    request, _ = make_request(headers=[(b"X-A", b"1"), (b"Cookie", b"c=3")])
    request.args = b"d=4"
    request.response.headers.append((b"X-B", b"2"))
    get, _ = Getters(http)[name]
    assert get(request) == value


def test_what_the_configuration_defines_comes_first() -> None:
    assert shown("$arg_a", "/?a=1", http='map $uri $arg_a { default "mine"; } ') == "mine"


@pytest.mark.parametrize(("warn", "messages"), [("on", [b'using uninitialized "a" variable']), ("off", [])])
def test_a_variable_of_set_is_empty_until_it_is_set(warn: str, messages: list[bytes]) -> None:
    script = "if ($uri ~ /(?<b>.)x) { set $A 1; set $b 1; } return 200 [$a$a$b];"
    site = server(f"uninitialized_variable_warn {warn}; location / {{ {script} }}")
    assert site.get("/q") == (200, "[]")
    assert [text for _, text in site.connection.logged] == messages
