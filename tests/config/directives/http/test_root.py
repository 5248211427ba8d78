"""`root` and `alias`, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting

CASES: list[Case] = [
    ("location", "alias /a; alias /b;", ['[emerg] "alias" directive is duplicate']),
    ("location", "root $document_root/x;", ['[emerg] the $document_root variable cannot be used in the "root" directive']),
    ("location", "alias ${realpath_root};", ['[emerg] the $realpath_root variable cannot be used in the "alias" directive']),
    ("location", "alias /a; root /b;", ['[emerg] "root" directive is duplicate, "alias" directive was specified earlier']),
    ("location", "root a b;", ['[emerg] invalid number of arguments in "root" directive']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


@pytest.mark.parametrize(
    ("where", "directive", "path", "alias_length"),
    [
        ("server", "root html;", b"/etc/nginx/html", None),
        ("server", "location /files/ { alias /srv/;", b"/srv/", 7),
        ("server", "location ~ ^/(.*)$ { alias /srv/x;", b"/srv/x", None),
    ],
)
def test_root_and_alias(where: str, directive: str, path: bytes, alias_length: int | None) -> None:
    root = setting(where, directive + (" }" if "{" in directive else ""), name="alias" if "alias" in directive else "root")
    assert (root.value.constant, root.alias_length) == (path, alias_length)
