"""Who can reach a location."""

from __future__ import annotations

import pytest

from ngxpush.config.places import Context
from ngxpush.lint.reachability import is_guarded
from tests.lint.one_file import http, server, subject_of


def guarded(content: str) -> bool:
    """Whether the last location of the file is."""
    return is_guarded(list(subject_of(content).scopes(Context.LOCATION))[-1])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("location /a { }", False),
        ("location /a { allow 127.0.0.1; deny all; }", True),
        ("deny all; location /a { }", True),
        ("deny all; location /a { allow 127.0.0.1; }", False),
        ("location /a { allow 127.0.0.1; }", False),
        ("location /a { deny 10.0.0.1; }", False),
        ("location /a { internal; }", True),
        ("location /a { auth_basic members; }", True),
        ("auth_basic members; location /a { auth_basic off; }", False),
        ("location = /who { return 204; } location /a { auth_request /who; }", True),
        ("location /a { limit_except GET { deny all; } }", True),
        ('location /a { if ($arg_key != "x") { return 403; } }', True),
        ('if ($arg_key != "x") { return 403; } location /a { }', True),
        ('location /a { if ($arg_key != "x") { return 200; } }', False),
        ("location /a { accesskey on; }", True),
    ],
)
def test_guards(content: str, expected: bool) -> None:
    assert guarded(server(content)) is expected


@pytest.mark.parametrize(
    ("listen", "expected"),
    [
        ("listen 127.0.0.1:8080;", True),
        ("listen unix:/run/a.sock; listen [::1]:80;", True),
        ("listen 127.0.0.1:8080; listen 80;", False),
        ("", False),
    ],
)
def test_a_server_for_this_machine_is_a_guard(listen: str, expected: bool) -> None:
    assert guarded(http(f"server {{ {listen} location /a {{ }} }}")) is expected
