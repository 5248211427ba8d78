"""The directives of location, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("server", "location @n { alias /a; }", ['[emerg] the "alias" directive cannot be used inside the named location']),
    ("server", "location nonsense /a { }", ['[emerg] invalid location modifier "nonsense"']),
    ("server", "location ! /a { }", ['[emerg] invalid location modifier "!"']),
    ("server", "location =/a { } location ~\\.php$ { }", []),
    ("server", "location @a { location /b { } }", ['[emerg] location "/b" cannot be inside the named location "@a"']),
    ("server", "location /a { location @b { } }", ['[emerg] named location "@b" can be on the server level only']),
    ("server", "location /a { location /b { } }", ['[emerg] location "/b" is outside location "/a"']),
    ("server", "location ~ [ { }", ['[emerg] pcre2_compile() failed: missing terminating ] for character class in "["']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
